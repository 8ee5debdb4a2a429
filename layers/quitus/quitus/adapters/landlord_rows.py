"""The landlords' settings on the table."""

from __future__ import annotations

from quitus.adapters import keys, records
from quitus.domain.errors import Conflict, NotFound
from quitus.domain.landlord import Landlord
from quitus.services.table import New, Put, Stale, Table

FREE = New()


class LandlordRows:
    """`ports.Landlords` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, landlord_id: str) -> Landlord | None:
        """The landlord, or None."""
        row = self._table.get(keys.settings(landlord_id))
        return records.record(row, Landlord) if row else None

    def get(self, landlord_id: str) -> Landlord:
        """See `Landlords.get`."""
        landlord = self.find(landlord_id)
        if landlord is None:
            raise NotFound("landlord_not_found", "There is no landlord with this id.", landlord_id=landlord_id)
        return landlord

    def put(self, landlord: Landlord) -> None:
        """Replace the settings; claims the range of virtual IBANs.

        Raises:
            Conflict: another landlord owns the range.
        """
        self._claim_range(landlord)
        key = keys.settings(landlord.landlord_id)
        self._table.write([Put(key.row(**records.dense(landlord)))])

    def _claim_range(self, landlord: Landlord) -> None:
        if landlord.virtual_iban_range is None:
            return
        key = keys.range_owner(landlord.virtual_iban_range.name)
        row = key.row(landlord_id=landlord.landlord_id)
        try:
            self._table.write([Put(row, FREE)])
        except Stale as error:
            held = self._table.get(key) or {}
            if held.get("landlord_id") != landlord.landlord_id:
                raise Conflict("range_taken", "Another landlord holds this range of virtual IBANs.") from error

    def issued(self, landlord_id: str) -> int:
        """How many virtual IBANs are on leases (a view: follows within seconds)."""
        row = self._table.get(keys.issued(landlord_id))
        return row["count"] if row else 0

    def pool_size(self, landlord_id: str) -> int:
        """How many virtual IBANs the pool was ever given."""
        row = self._table.get(keys.numbers(landlord_id))
        return row.get("listed", 0) if row else 0
