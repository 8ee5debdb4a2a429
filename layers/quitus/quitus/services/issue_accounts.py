"""Issue virtual accounts, and say in time when they run short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.ibans import VirtualAccount
from quitus.domain.landlord import Landlord
from quitus.services.leases import Numbers
from quitus.services.ports import Alerts, Clock

_CAPACITY = "virtual-ibans"
"""The subject of the alert: one per landlord, so that a new range or a filled pool ends it."""


@dataclass(frozen=True, slots=True)
class AccountIssuer:
    """Takes numbers from the landlord's range or pool."""

    numbers: Numbers
    alerts: Alerts
    clock: Clock

    def take(self, landlord: Landlord, count: int) -> Sequence[VirtualAccount]:
        """Accounts that nobody else gets: fewer than asked when there are no more, of which an alert tells."""
        taken = self.numbers.take(landlord, count)
        kind, at = AlertKind.VIRTUAL_IBAN_CAPACITY, instant_text(self.clock.now())
        if not taken.is_nearly_full and len(taken.accounts) == count:
            self.alerts.close(landlord.landlord_id, kind, _CAPACITY, at)
            return taken.accounts
        detail: dict[str, str | int] = {"source": taken.source, "used": taken.used, "capacity": taken.capacity}
        self.alerts.alert(landlord.landlord_id, Alert(kind, _CAPACITY, detail), at)
        return taken.accounts

    def watch_capacity(self, landlord: Landlord) -> None:
        """Alert when virtual IBANs run short; close the alert when they do no more."""
        self.take(landlord, 0)
