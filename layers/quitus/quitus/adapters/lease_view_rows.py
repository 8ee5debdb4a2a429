"""The views of leases on the table: residences, and virtual IBANs counted once by a row of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import batched

from quitus.adapters import keys, records, view_keys
from quitus.adapters.outbox_rows import issued_iban_put
from quitus.domain.erp_batch import IssuedIban
from quitus.domain.ibans import VirtualAccount
from quitus.domain.views import Residence
from quitus.services.table import MAX_WRITES, Key, New, Put, Row, Stale, Table, Update

NEVER_ADDED = New()
_COUNTED_AT_ONCE = MAX_WRITES - 1


class LeaseViewRows:
    """`lease_views.LeaseViewStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def residences_of(self, landlord_id: str, lease_ids: Iterable[str]) -> Mapping[str, Residence]:
        """See `LeaseViewStore.residences_of`."""
        rows = self._table.batch_get(keys.lease(landlord_id, lease_id) for lease_id in sorted(lease_ids))
        return {
            row["residence_id"]: Residence(row["residence_id"], row["residence_name"], row["commune"])
            for row in rows.values()
        }

    def residences(self, landlord_id: str, residence_ids: Iterable[str]) -> Mapping[str, Residence]:
        """See `LeaseViewStore.residences`."""
        partition = view_keys.residences(landlord_id)
        rows = self._table.batch_get(Key(partition, residence_id) for residence_id in residence_ids)
        return {row["SK"]: records.record(row, Residence) for row in rows.values()}

    def put_residence(self, landlord_id: str, residence: Residence) -> None:
        """See `LeaseViewStore.put_residence`."""
        key = Key(view_keys.residences(landlord_id), residence.residence_id)
        self._table.write([Put(key.row(residence_id=residence.residence_id, **_named(residence)))])

    def notices_of(self, landlord_id: str, ibans: Iterable[str]) -> Sequence[IssuedIban]:
        """See `LeaseViewStore.notices_of`."""
        wanted = {keys.virtual_iban(landlord_id, iban): iban for iban in ibans}
        held = {wanted[key]: row for key, row in self._table.batch_get(wanted).items()}
        return [_notice(iban, row) for iban, row in sorted(held.items()) if "lease_id" in row]

    def noticed(self, landlord_id: str, ibans: Iterable[str]) -> frozenset[str]:
        """See `LeaseViewStore.noticed`."""
        wanted = {keys.virtual_iban_notice(landlord_id, iban): iban for iban in ibans}
        return frozenset(wanted[key] for key in self._table.batch_get(wanted))

    def add_notices(self, landlord_id: str, notices: Sequence[IssuedIban], *, pushed: bool) -> None:
        """See `LeaseViewStore.add_notices`."""
        for some in batched(notices, _COUNTED_AT_ONCE, strict=False):
            counted = Update(keys.issued(landlord_id), add={"count": len(some)})
            self._table.write([*(issued_iban_put(landlord_id, notice, pushed=pushed) for notice in some), counted])


class ErpLandlordRows:
    """`update_views.ErpLandlords` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, landlord_id: str) -> None:
        """See `ErpLandlords.add`."""
        key = Key(keys.ERP_LANDLORDS, landlord_id)
        if self._table.get(key) is not None:
            return
        try:
            self._table.write([Put(key.row(), NEVER_ADDED)])
        except Stale:
            return

    def all(self) -> list[str]:
        """Every landlord that ever had something to push."""
        return [row["SK"] for row in self._table.query(keys.ERP_LANDLORDS).rows]


def _named(residence: Residence) -> Row:
    return {"name": residence.name, "commune": residence.commune}


def _notice(iban: str, row: Row) -> IssuedIban:
    account = VirtualAccount(iban, row["bic"], row["payee_name"])
    return IssuedIban(
        lease_id=row["lease_id"],
        iban=iban,
        bic=account.bic,
        payee_name=account.payee_name,
        payment_reference=account.payment_reference,
        party_id=row.get("party_id"),
    )
