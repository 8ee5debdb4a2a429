"""Requests under an idempotency key, on the table."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.services.idempotent_requests import Given, Kept
from quitus.services.table import Lacks, New, Put, Row, Stale, Table, Update

NEVER_CAME = New()
UNANSWERED = Lacks("status")


class RequestRows:
    """`idempotent_requests.Requests` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, landlord_id: str, key: str, fingerprint: str, at: str) -> Kept | None:
        """See `Requests.begin`."""
        place = keys.request(landlord_id, key)
        try:
            self._table.write([Put(place.row(fingerprint=fingerprint, at=at), NEVER_CAME)])
        except Stale:
            held = self._table.get(place)
            if held is None:
                raise
            return _kept(held)
        return None

    def answered(self, landlord_id: str, key: str, given: Given) -> None:
        """See `Requests.answered`."""
        place = keys.request(landlord_id, key)
        answer = {"status": given.status, "body": given.body}
        try:
            self._table.write([Update(place, set=answer, condition=UNANSWERED)])
        except Stale:
            return


def _kept(row: Row) -> Kept:
    given = Given(row["status"], row["body"]) if "status" in row else None
    return Kept(row["fingerprint"], row["at"], given)
