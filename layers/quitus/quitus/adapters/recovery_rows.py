"""What payers of aids took back from tenants, on the table: the line's row, the tenant's account and its new due."""

from __future__ import annotations

from quitus.adapters import keys, records
from quitus.adapters.ledger_rows import account_write, charging_writes, movement_put
from quitus.domain.distributing import Recovery
from quitus.domain.lease import Due
from quitus.services.table import New, Put, Table, Write

NEVER_CALLED = New()


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
                *self.due_writes(landlord_id, recovery.recovered.due, made.account.charge_sequence),
                *charging_writes(landlord_id, made, at),
            ]
        )

    def due_writes(self, landlord_id: str, due: Due, charge: int) -> list[Write]:
        """See `Recoveries.due_writes`."""
        return first_due_writes(landlord_id, due, charge)


def first_due_writes(landlord_id: str, due: Due, charge: int) -> list[Write]:
    """What writes a due that no ERP called, for the first time."""
    row = keys.due(landlord_id, due.lease_id, due.due_id).row(**records.dense(due), charge=charge)
    owner = keys.due_owner(landlord_id, due.due_id).row(lease_id=due.lease_id)
    return [Put(row, NEVER_CALLED), Put(owner, NEVER_CALLED)]
