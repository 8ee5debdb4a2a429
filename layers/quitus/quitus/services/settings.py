"""The settings of a landlord."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from quitus.domain.landlord import Landlord


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
        """Replace the whole; True when the landlord is new.

        Raises:
            Conflict: `range_taken`.
            Invalid: `bank_account_twice`, `no_virtual_iban_source`, or a bank account or range that is not valid.
        """
        ...
