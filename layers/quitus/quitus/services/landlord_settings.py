"""A landlord's settings as its administrator sees and replaces them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any, Protocol

import msgspec

from quitus.banking.profiles import profile_named
from quitus.domain.bulk_payers import BulkPayer
from quitus.domain.errors import Invalid
from quitus.domain.ibans import checked_iban
from quitus.domain.ids import is_landlord_id
from quitus.domain.landlord import BankAccount, Landlord
from quitus.services.ports import ActionLog


class LandlordStore(Protocol):
    """Landlords and what they hold of virtual IBANs."""

    def find(self, landlord_id: str) -> Landlord | None:
        """The landlord, or None."""
        ...

    def get(self, landlord_id: str) -> Landlord:
        """The landlord. Raises NotFound."""
        ...

    def put(self, landlord: Landlord) -> None:
        """Replace the settings. Raises Conflict: another landlord has the range; Contention."""
        ...

    def issued(self, landlord_id: str) -> int:
        """How many virtual IBANs are on leases."""
        ...

    def pool_size(self, landlord_id: str) -> int:
        """How many virtual IBANs the pool was ever given."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A landlord and how much of its range or pool is used."""

    landlord: Landlord
    capacity: int
    issued: int


@dataclass(frozen=True, slots=True)
class LandlordDesk:
    """Shows and replaces settings."""

    landlords: LandlordStore
    log: ActionLog

    def show(self, landlord_id: str) -> Held:
        """The settings. Raises NotFound."""
        landlord = self.landlords.get(landlord_id)
        numbering = landlord.virtual_iban_range
        capacity = numbering.capacity if numbering else self.landlords.pool_size(landlord_id)
        return Held(landlord, capacity, self.landlords.issued(landlord_id))

    def replace(self, landlord: Landlord, by: str, at: datetime) -> bool:
        """Replace the whole; True when the landlord is new. Account numbers are kept in their compact form.

        Raises:
            Conflict: `range_taken`.
            Contention: others kept replacing them.
            Invalid: `reserved_landlord_id`, `invalid_iban`, `bank_account_twice`, `unknown_profile`,
                `bulk_payer_twice`, `no_virtual_iban_source`.
        """
        checked = _checked(landlord)
        body: dict[str, Any] = {"settings": msgspec.to_builtins(checked), "by": by}
        self.log.record(landlord.landlord_id, "settings", f"{at:%Y%m%dT%H%M%S%fZ}", body, at)
        is_new = self.landlords.find(landlord.landlord_id) is None
        self.landlords.put(checked)
        return is_new


def _checked(landlord: Landlord) -> Landlord:
    if not is_landlord_id(landlord.landlord_id):
        raise Invalid("reserved_landlord_id", "No landlord can have this id.", landlord_id=landlord.landlord_id)
    accounts = tuple(replace(account, iban=checked_iban(account.iban)) for account in landlord.bank_accounts)
    _check_accounts(accounts)
    if (landlord.virtual_iban_range is None) == (landlord.virtual_iban_pool is None):
        raise Invalid("no_virtual_iban_source", "Virtual IBANs come either from a range or from a pool.")
    payers = tuple(
        replace(payer, ibans=tuple(checked_iban(iban) for iban in payer.ibans)) for payer in landlord.bulk_payers
    )
    _check_payers(payers)
    senders = tuple(
        replace(sender, ibans=tuple(checked_iban(iban) for iban in sender.ibans)) for sender in landlord.payout_senders
    )
    return replace(landlord, bank_accounts=accounts, bulk_payers=payers, payout_senders=senders)


def _check_payers(payers: tuple[BulkPayer, ...]) -> None:
    """A transfer is of one payer, and one list."""
    for one, other in combinations(payers, 2):
        if one.payer_id == other.payer_id or one.shares_with(other):
            message = "Two payers of lists have their id, an account or a name in common."
            raise Invalid("bulk_payer_twice", message, payer_ids=[one.payer_id, other.payer_id])


def _check_accounts(accounts: tuple[BankAccount, ...]) -> None:
    """An account stands once, and its files are read by a profile that there is."""
    twice = [iban for iban, count in Counter(held.iban for held in accounts).items() if count > 1]
    if twice:
        raise Invalid("bank_account_twice", "A bank account stands twice.", ending=twice[0][-4:])
    for account in accounts:
        profile_named(account.profile)
