"""Where the sweep goes on, on the table."""

from __future__ import annotations

from quitus.adapters import file_keys
from quitus.services.table import Put, Table


class SweepMarkRow:
    """`sweep.SweepMark` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self) -> str | None:
        """See `SweepMark.read`."""
        row = self._table.get(file_keys.SWEEP)
        return row.get("place") if row else None

    def write(self, place: str | None) -> None:
        """See `SweepMark.write`."""
        self._table.write([Put(file_keys.SWEEP.row(**({"place": place} if place is not None else {})))])
