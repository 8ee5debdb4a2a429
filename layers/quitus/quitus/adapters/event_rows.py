"""Payment events on the table."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.domain.identity import parse_payment_id
from quitus.services.ports import AcceptedEvent
from quitus.services.table import New, Put, Row, Stale, Table

NEVER_ACCEPTED = New()


class EventRows:
    """`ports.Events` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def accept(self, landlord_id: str, source: str, reference: str, event: AcceptedEvent, at: str) -> AcceptedEvent:
        """See `Events.accept`."""
        key = keys.event(landlord_id, source, reference)
        try:
            row = key.row(digest=event.digest, accepted_at=at, bucket=event.bucket.payment_id(1))
            row |= {"virtual_iban": event.virtual_iban} if event.virtual_iban else {}
            self._table.write([Put(row, NEVER_ACCEPTED)])
        except Stale:
            held = self._table.get(key)
            return _accepted(held) if held else event
        return event

    def reject(self, landlord_id: str, name: str, reason: str, at: str) -> None:
        """See `Events.reject`."""
        key = keys.rejected_event(landlord_id, name)
        self._table.write([Put(key.row(reason=reason, rejected_at=at))])


def _accepted(row: Row) -> AcceptedEvent:
    return AcceptedEvent(row["digest"], parse_payment_id(row["bucket"])[0], row.get("virtual_iban", ""))
