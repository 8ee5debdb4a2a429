"""Payment events on the table."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.services.table import New, Put, Stale, Table

NEVER_ACCEPTED = New()


class EventRows:
    """`ports.Events` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def digest(self, landlord_id: str, source: str, reference: str) -> str | None:
        """See `Events.digest`."""
        row = self._table.get(keys.event(landlord_id, source, reference))
        return str(row["digest"]) if row else None

    def accept(self, landlord_id: str, source: str, reference: str, digest: str, at: str) -> None:
        """See `Events.accept`."""
        key = keys.event(landlord_id, source, reference)
        try:
            self._table.write([Put({"PK": key.pk, "SK": key.sk, "digest": digest, "accepted_at": at}, NEVER_ACCEPTED)])
        except Stale:
            return

    def reject(self, landlord_id: str, event_id: str, reason: str, at: str) -> None:
        """See `Events.reject`."""
        key = keys.rejected_event(landlord_id, event_id)
        self._table.write([Put({"PK": key.pk, "SK": key.sk, "reason": reason, "rejected_at": at})])
