"""Exports on the table."""

from __future__ import annotations

from datetime import date

from quitus.adapters import keys
from quitus.services.exports import Export, ExportKind, ExportStatus
from quitus.services.table import New, Put, Stale, Table, Update

NEVER_ASKED = New()


class ExportRows:
    """`exports.Exports` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, landlord_id: str, export: Export) -> None:
        """See `Exports.add`."""
        key = keys.export(landlord_id, export.export_id)
        asked = {
            "kind": export.kind.value,
            "from": export.first.isoformat(),
            "to": export.last.isoformat(),
            "status": export.status.value,
            "requested_by": export.requested_by,
            "requested_at": export.requested_at,
        }
        try:
            self._table.write([Put(key.row(**asked), NEVER_ASKED)])
        except Stale:
            return

    def find(self, landlord_id: str, export_id: str) -> Export | None:
        """See `Exports.find`."""
        row = self._table.get(keys.export(landlord_id, export_id))
        if row is None:
            return None
        return Export(
            export_id=export_id,
            kind=ExportKind(row["kind"]),
            first=date.fromisoformat(row["from"]),
            last=date.fromisoformat(row["to"]),
            status=ExportStatus(row["status"]),
            requested_by=row["requested_by"],
            requested_at=row["requested_at"],
        )

    def ready(self, landlord_id: str, export_id: str, lines: int, at: str) -> None:
        """See `Exports.ready`."""
        written = {"status": ExportStatus.READY.value, "lines": lines, "written_at": at}
        self._table.write([Update(keys.export(landlord_id, export_id), set=written)])
