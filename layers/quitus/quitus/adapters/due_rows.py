"""Dues and their chargings on the table: whatever a charging changes on a lease is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quitus.adapters import keys, records
from quitus.adapters.ledger_rows import LedgerRows, account_write, charging_writes
from quitus.adapters.origins import confirmation, origin_columns, origin_of
from quitus.adapters.units import write_units
from quitus.domain.charging import History
from quitus.domain.lease import Due
from quitus.domain.ledger import Entry
from quitus.services.leases import ChargeWrite, HeldDue, Origin
from quitus.services.table import New, Put, Row, Table, Write

NEVER_CALLED = New()


class DueRows:
    """`leases.DueStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def held_dues(self, landlord_id: str, dues: Iterable[Due]) -> dict[str, HeldDue]:
        """See `DueStore.held_dues`."""
        rows = self._table.batch_get(keys.due(landlord_id, due.lease_id, due.due_id) for due in dues)
        return {
            row["due_id"]: HeldDue(records.record(row, Due), row["charge"], origin_of(row)) for row in rows.values()
        }

    def owners(self, landlord_id: str, due_ids: Iterable[str]) -> dict[str, str]:
        """See `DueStore.owners`."""
        wanted = {keys.due_owner(landlord_id, due_id): due_id for due_id in due_ids}
        rows = self._table.batch_get(wanted)
        return {wanted[key]: row["lease_id"] for key, row in rows.items()}

    def history(self, landlord_id: str, lease_id: str) -> History:
        """See `DueStore.history`."""
        return LedgerRows(self._table).history(landlord_id, lease_id)

    def charges(self, landlord_id: str, lease_id: str) -> list[Entry]:
        """The charging entries of a lease, oldest first: never pushed, the ERP has them."""
        rows = self._table.query(keys.lease_partition(landlord_id, lease_id), keys.CHARGES).rows
        return [records.entry_of(row["entry"]) for row in rows if "entry" in row]

    def write_charges(self, landlord_id: str, charges: Sequence[ChargeWrite], at: str) -> set[str]:
        """See `DueStore.write_charges`."""
        units = {item.account.lease_id: _unit(landlord_id, item, at) for item in charges}
        return write_units(self._table, units)

    def confirm_dues(self, landlord_id: str, dues: Iterable[Due], sequence: int) -> None:
        """See `DueStore.confirm_dues`."""
        places = {due.due_id: keys.due(landlord_id, due.lease_id, due.due_id) for due in dues}
        write_units(self._table, {due_id: [confirmation(key, sequence)] for due_id, key in places.items()})


def _unit(landlord_id: str, item: ChargeWrite, at: str) -> list[Write]:
    writes: list[Write] = [account_write(landlord_id, item.account)]
    for due in item.dues:
        is_new = due.due_id in item.new
        row = _due_row(landlord_id, due, item.account.charge_sequence, item.origin)
        writes.append(Put(row, NEVER_CALLED if is_new else None))
        if is_new:
            owner = keys.due_owner(landlord_id, due.due_id).row(lease_id=due.lease_id)
            writes.append(Put(owner, NEVER_CALLED))
    return [*writes, *charging_writes(landlord_id, item.charging, at)]


def _due_row(landlord_id: str, due: Due, charge: int, origin: Origin | None) -> Row:
    key = keys.due(landlord_id, due.lease_id, due.due_id)
    return key.row(**records.dense(due) | {"charge": charge} | origin_columns(origin))
