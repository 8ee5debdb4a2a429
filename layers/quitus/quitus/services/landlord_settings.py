"""A landlord's settings as its administrator sees and replaces them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from quitus.domain.landlord import Landlord
from quitus.services.ports import ActionLog
from quitus.services.settings import Settings


class Holdings(Protocol):
    """Landlords and what they hold of virtual IBANs."""

    def get(self, landlord_id: str) -> Landlord:
        """The landlord. Raises NotFound."""
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

    holdings: Holdings
    settings: Settings
    log: ActionLog

    def show(self, landlord_id: str) -> Held:
        """The settings. Raises NotFound."""
        landlord = self.holdings.get(landlord_id)
        numbering = landlord.virtual_iban_range
        capacity = numbering.capacity if numbering else self.holdings.pool_size(landlord_id)
        return Held(landlord, capacity, self.holdings.issued(landlord_id))

    def replace(self, landlord: Landlord, by: str, at: datetime) -> bool:
        """Replace the whole; True when the landlord is new. Raises what `Settings.put_landlord` raises."""
        body: dict[str, Any] = {"settings": msgspec.to_builtins(landlord), "by": by}
        self.log.record(landlord.landlord_id, "settings", f"{at:%Y%m%dT%H%M%S%fZ}", body, at)
        return self.settings.put_landlord(landlord)
