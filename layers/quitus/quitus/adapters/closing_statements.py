"""The statements that can prove a day, from the registry of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from quitus.adapters import keys, records
from quitus.services.registry import StatementRecord
from quitus.services.table import Table


class ClosingStatementRows:
    """`proof.ClosingStatements` on a table; statements stand by their last day."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def closing(self, landlord_id: str, account: str, first: date, last: date) -> Sequence[StatementRecord]:
        """See `ClosingStatements.closing`."""
        end = (last + timedelta(days=1)).isoformat()
        found: list[StatementRecord] = []
        for row in self._table.query(keys.statements(landlord_id, account), after=first.isoformat()).rows:
            if row["SK"] >= end:
                break
            found.append(records.record(row, StatementRecord))
        return [statement for statement in found if statement.is_closing]
