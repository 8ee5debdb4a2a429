"""Payment events on the table."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.services.ports import EventName
from quitus.services.table import New, Put, Stale, Table

NEVER_ACCEPTED = New()


class EventRows:
    """`ports.Events` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def accept(self, landlord_id: str, name: EventName, digest: str, at: str) -> str:
        """See `Events.accept`."""
        key = keys.event(landlord_id, name.source, name.reference)
        try:
            row = key.row(digest=digest, accepted_at=at, bucket=name.bucket.payment_id(1))
            self._table.write([Put(row, NEVER_ACCEPTED)])
        except Stale:
            held = self._table.get(key)
            return str(held["digest"]) if held else digest
        return digest

    def reject(self, landlord_id: str, name: str, reason: str, at: str) -> None:
        """See `Events.reject`."""
        key = keys.rejected_event(landlord_id, name)
        self._table.write([Put(key.row(reason=reason, rejected_at=at))])
