"""What payers of aids took back from tenants, on the table: the line's row, the tenant's account and its new due."""

from __future__ import annotations

from quitus.adapters.due_rows import first_due_writes
from quitus.adapters.ledger_rows import account_write, charging_writes, movement_put
from quitus.domain.distributing import Recovery
from quitus.domain.lease import Due
from quitus.services.table import Table, Write


class RecoveryRows:
    """`payment_lists.Recoveries` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def commit(self, landlord_id: str, recovery: Recovery, at: str) -> None:
        """See `Recoveries.commit`."""
        made = recovery.recovered.made
        self._table.write(
            [
                movement_put(landlord_id, recovery.posted),
                account_write(landlord_id, made.account),
                *first_due_writes(landlord_id, recovery.recovered.due),
                *charging_writes(landlord_id, made, at),
            ]
        )

    def due_writes(self, landlord_id: str, due: Due) -> list[Write]:
        """See `Recoveries.due_writes`."""
        return first_due_writes(landlord_id, due)
