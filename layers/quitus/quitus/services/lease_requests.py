"""A lease or a due put over HTTP: the whole request is in the action log before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from quitus.domain.lease import Due, Lease
from quitus.services.lease_changes import DueResult, LeaseChange, LeaseChanges
from quitus.services.ports import ActionLog, Clock, Landlords


@dataclass(frozen=True, slots=True)
class LeaseRequests:
    """Takes leases and dues."""

    changes: LeaseChanges
    landlords: Landlords
    log: ActionLog
    clock: Clock

    def put_lease(self, landlord_id: str, lease: Lease, by: str, *, is_person: bool) -> LeaseChange:
        """Create or replace a lease. Raises NotFound (no such landlord) and what `LeaseChanges.put_lease` raises."""
        landlord = self.landlords.get(landlord_id)
        body = {"lease": msgspec.to_builtins(lease), "by": by, "is_person": is_person}
        self._keep(landlord_id, "lease-requests", lease.lease_id, body)
        return self.changes.put_lease(landlord, lease)

    def put_due(self, landlord_id: str, due: Due, by: str, *, is_person: bool) -> DueResult:
        """Create, replace or cancel a due. Raises like `put_lease`, and what `LeaseChanges.put_due` raises."""
        landlord = self.landlords.get(landlord_id)
        body = {"due": msgspec.to_builtins(due), "by": by, "is_person": is_person}
        self._keep(landlord_id, "due-requests", due.due_id, body)
        return self.changes.put_due(landlord, due)

    def _keep(self, landlord_id: str, kind: str, name: str, body: dict[str, Any]) -> None:
        now = self.clock.now()
        self.log.record(landlord_id, kind, f"{now:%Y%m%dT%H%M%S%f}-{name}", body, now)
