"""The settings of a landlord."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Protocol

from quitus.domain.errors import Invalid
from quitus.domain.ibans import checked_iban
from quitus.domain.landlord import BankAccount, Landlord


class LandlordStore(Protocol):
    """Where settings are kept."""

    def find(self, landlord_id: str) -> Landlord | None:
        """The landlord, or None."""
        ...

    def put(self, landlord: Landlord) -> None:
        """Replace the settings. Raises Conflict: another landlord owns the range."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """Replaces settings."""

    landlords: LandlordStore

    def put_landlord(self, landlord: Landlord) -> bool:
        """Replace the whole; True when the landlord is new. Account numbers are kept in their compact form.

        Raises:
            Conflict: `range_taken`.
            Invalid: `invalid_iban`, `bank_account_twice`, `invalid_range`, `no_virtual_iban_source`.
        """
        checked = replace(landlord, bank_accounts=tuple(map(_checked, landlord.bank_accounts)))
        _check_accounts(checked)
        _check_source(checked)
        is_new = self.landlords.find(landlord.landlord_id) is None
        self.landlords.put(checked)
        return is_new


def _checked(account: BankAccount) -> BankAccount:
    return replace(account, iban=checked_iban(account.iban))


def _check_accounts(landlord: Landlord) -> None:
    twice = [iban for iban, count in Counter(held.iban for held in landlord.bank_accounts).items() if count > 1]
    if twice:
        raise Invalid("bank_account_twice", "A bank account stands twice.", ending=twice[0][-4:])


def _check_source(landlord: Landlord) -> None:
    numbering = landlord.virtual_iban_range
    if numbering is None and landlord.virtual_iban_pool is None:
        raise Invalid("no_virtual_iban_source", "A landlord needs a range or a pool of virtual IBANs.")
    if numbering is None:
        return
    codes = (numbering.bank_code, numbering.branch_code)
    prefix = numbering.account_prefix
    if not all(len(code) == 5 and code.isdecimal() for code in codes) or not (prefix == "" or prefix.isdecimal()):
        raise Invalid("invalid_range", "A range has a bank and a branch code of five digits and a prefix of digits.")
    if len(prefix) > 10:
        raise Invalid("invalid_range", "A range's prefix leaves at least one digit of the account.")
