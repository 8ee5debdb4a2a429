"""Dues and their chargings on the table: whatever a charging changes on a lease is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any

from quitus.adapters import keys, records
from quitus.adapters.ledger_rows import LedgerRows, account_write, charging_writes
from quitus.adapters.origins import confirmation, older, origin_columns, origin_of
from quitus.adapters.shown_payments import payments_on
from quitus.adapters.units import write_units
from quitus.domain.charged import History, Paid
from quitus.domain.lease import Due
from quitus.domain.ledger import Entry
from quitus.domain.releasing import payments_of_dues
from quitus.services.leases import ChargeWrite, HeldDue, Origin
from quitus.services.table import New, Put, Table, Update, Write

NEVER_CALLED = New()


class DueRows:
    """`leases.DueStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def held_dues(self, landlord_id: str, dues: Iterable[Due]) -> dict[str, HeldDue]:
        """See `DueStore.held_dues`."""
        rows = self._table.batch_get(keys.due(landlord_id, due.lease_id, due.due_id) for due in dues)
        return {row["due_id"]: HeldDue(records.record(row, Due), origin_of(row)) for row in rows.values()}

    def owners(self, landlord_id: str, due_ids: Iterable[str]) -> dict[str, str]:
        """See `DueStore.owners`."""
        return LedgerRows(self._table).leases_of_dues(landlord_id, due_ids)

    def history(self, landlord_id: str, lease_id: str) -> History:
        """See `DueStore.history`."""
        return LedgerRows(self._table).history(landlord_id, lease_id)

    def paid(self, landlord_id: str, lease_id: str, due_ids: Collection[str]) -> Sequence[Paid]:
        """See `DueStore.paid`."""
        ledger = LedgerRows(self._table)
        shown = payments_on(self._table, landlord_id, lease_id)
        names = [one["payment_id"] for one in shown if any(part["due_id"] in due_ids for part in one["allocations"])]
        return payments_of_dues([ledger.payment(landlord_id, name) for name in names], lease_id, due_ids)

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
        if due.due_id in item.new:
            writes += first_due_writes(landlord_id, due, item.origin)
        else:
            writes.append(_change(landlord_id, due, item))
    return [*writes, *charging_writes(landlord_id, item.charging, at)]


def _change(landlord_id: str, due: Due, item: ChargeWrite) -> Update:
    """A change that a file brings loses against what a newer one brought; over HTTP the row keeps its file."""
    values = _values(due, item.origin)
    absent = [column.name for column in fields(Due) if column.name not in values]
    condition = older(item.origin.sequence) if item.origin else None
    return Update(keys.due(landlord_id, due.lease_id, due.due_id), set=values, remove=absent, condition=condition)


def _values(due: Due, origin: Origin | None) -> dict[str, Any]:
    return records.dense(due) | origin_columns(origin)


def first_due_writes(landlord_id: str, due: Due, origin: Origin | None = None) -> list[Write]:
    """What writes a due for the first time, with the row that says whose it is; `origin`: the file that called it."""
    row = keys.due(landlord_id, due.lease_id, due.due_id).row(**_values(due, origin))
    owner = keys.due_owner(landlord_id, due.due_id).row(lease_id=due.lease_id)
    return [Put(row, NEVER_CALLED), Put(owner, NEVER_CALLED)]
