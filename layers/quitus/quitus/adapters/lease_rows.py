"""Leases and their parties on the table."""

from __future__ import annotations

from quitus.adapters import keys, records
from quitus.domain.errors import NotFound
from quitus.domain.lease import Lease, Party
from quitus.services.table import Table


class LeaseRows:
    """`leases.LeaseStore` on a table, and what readers ask of leases."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lease(self, landlord_id: str, lease_id: str) -> Lease:
        """The lease. Raises NotFound."""
        row = self._table.get(keys.lease(landlord_id, lease_id))
        if row is None:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return records.record(row, Lease)

    def parties(self, landlord_id: str, lease_id: str) -> list[Party]:
        """The lease's parties, by id."""
        rows = self._table.query(keys.lease_partition(landlord_id, lease_id), "party#").rows
        return [records.record(row, Party) for row in rows]

    def leases_of_residence(
        self, landlord_id: str, residence_id: str, after: str | None, limit: int
    ) -> tuple[list[Lease], str | None]:
        """A page of a residence's leases by id, and the lease id to go on after (None at the end)."""
        start = None if after is None else keys.lease(landlord_id, after)
        pk = keys.leases_of_residence(landlord_id, residence_id)
        page = self._table.query_listing(pk, after=start, limit=limit)
        leases = [records.record(row, Lease) for row in page.rows]
        return leases, leases[-1].lease_id if page.after else None
