"""Many days of an account: what tenants pay, with references or none, what nobody knows, twins, fees, and returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from demonstration.bank import BIC
from demonstration.camt import Detail, Entry, Party, Statement
from demonstration.ibans import french_iban

_TRANSFER: Final = ("PMNT", "RCDT", "ESCT")
_FEES: Final = ("ACMT", "MDOP", "CHRG")
_LINES_A_DAY: Final = 400
_RENT: Final = 45_000
"""What many pay; no return says only that."""


def statements_of(
    account: str, addresses: Mapping[str, str], lines: int, last: date, rng: Random
) -> Iterator[Statement]:
    """Statements of so many lines in all, a day each, the last one on `last`; `addresses` are leases' virtual IBANs."""
    days = -(-lines // _LINES_A_DAY)
    opening, number, sent = 5_000_000, 0, list[Entry]()
    for place in range(days):
        day = last - timedelta(days=days - 1 - place)
        of_day = [
            _line(day, number + index, addresses, sent, rng) for index in range(min(_LINES_A_DAY, lines - number))
        ]
        sent += (entry for entry in of_day if entry.cents > 0 and entry.cents != _RENT and entry.bank_reference)
        number += len(of_day)
        yield Statement(f"{day:%Y%m%d}", place + 1, account, "Un bailleur", BIC, day, opening, tuple(of_day))
        opening += sum(entry.cents for entry in of_day)


def _line(day: date, number: int, addresses: Mapping[str, str], sent: Sequence[Entry], rng: Random) -> Entry:
    roll = rng.random()
    if roll < 0.02:
        return Entry(-rng.randint(100, 5_000), day, f"F{number:07d}", _FEES, note="COTISATION")
    if roll < 0.025 and sent:
        back = rng.choice(sent[-_LINES_A_DAY:])
        return Entry(-back.cents, day, back.bank_reference, _TRANSFER)
    payer = Party(f"PAYEUR {number % 977}", french_iban("30004", "00001", f"{number % 977:011d}"), "BNPAFRPP")
    lease_id = rng.choice(sorted(addresses)) if rng.random() < 0.95 else None
    creditor = Party("Un bailleur", addresses[lease_id], BIC) if lease_id else None
    cents = _RENT if rng.random() < 0.1 else rng.randint(115, 90_000)
    reference = f"R{number:07d}" if rng.random() < 0.9 else None
    detail = Detail(cents, payer, creditor, reference, texts=("LOYER",))
    return Entry(cents, day, reference, _TRANSFER, (detail,))
