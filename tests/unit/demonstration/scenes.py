"""A small synthetic landlord, made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from demonstration.bank import BANK_CODE, BRANCH_CODE, Address, Bank
from demonstration.camt import Statement
from demonstration.days import Month, latest_month
from demonstration.dues import Called, called
from demonstration.estate import Estate, estate
from demonstration.ibans import french_iban
from demonstration.payers import Payment, payments
from quitus.domain.ibans import VirtualIban


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the demonstration invents."""

    month: Month
    estate: Estate
    called: Called
    payments: tuple[Payment, ...]
    addresses: dict[str, Address]
    statements: tuple[Statement, ...]


@cache
def a_scene(leases: int = 200, seed: int = 1) -> Scene:
    """The scene of a seed, with the virtual IBANs that a range would give."""
    month = latest_month(date(2026, 11, 23))
    held = estate(seed, leases, month.due_date)
    asked = called(seed, held, month)
    made = payments(seed, held, asked)
    addresses = {lease.lease_id: _address(number) for number, lease in enumerate(held.leases)}
    statements = Bank("Vidourle Habitat", month.bank_days, addresses).statements(made)
    return Scene(month, held, asked, tuple(made), addresses, tuple(statements))


def _address(number: int) -> Address:
    virtual_iban = VirtualIban.parse(french_iban(BANK_CODE, BRANCH_CODE, f"4{number:010d}"))
    return Address(virtual_iban.text, virtual_iban.payment_reference)
