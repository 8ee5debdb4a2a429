"""The landlords' settings on the table."""

from __future__ import annotations

from dataclasses import replace
from itertools import batched

from quitus.adapters import keys, records
from quitus.adapters.clock import SystemClock
from quitus.adapters.ownership import claims_of
from quitus.domain.errors import NotFound
from quitus.domain.landlord import Landlord
from quitus.services.contention import until_written
from quitus.services.table import MAX_WRITES, Is, Key, Lacks, Put, Table

_CLOCK = SystemClock()


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
        """Replace the settings; claims the range of virtual IBANs, keeps former ranges and bank accounts in mind.

        Raises:
            Conflict: `range_taken`: it overlaps another landlord's.
            Contention: others kept writing the same settings or claims.
        """
        until_written(lambda: self._replace(landlord), _CLOCK)

    def _replace(self, landlord: Landlord) -> None:
        for some in batched(claims_of(landlord, self._table), MAX_WRITES, strict=False):
            self._table.write(some)
        self._table.write([Put(Key(keys.LANDLORDS, landlord.landlord_id).row())])
        key = keys.settings(landlord.landlord_id)
        row = self._table.get(key)
        version = row.get("version", 0) if row else 0
        unchanged = Is("version", version) if version else Lacks("version")
        settings = records.dense(_heir(landlord, records.record(row, Landlord) if row else None))
        self._table.write([Put(key.row(**settings, version=version + 1), unchanged)])

    def all(self) -> list[str]:
        """The ids of all landlords that have settings."""
        listed = [row["SK"] for row in self._table.query(keys.LANDLORDS).rows]
        held = self._table.batch_get(map(keys.settings, listed))
        return [landlord_id for landlord_id in listed if keys.settings(landlord_id) in held]

    def issued(self, landlord_id: str) -> int:
        """How many virtual IBANs are on leases (a view: follows within seconds)."""
        row = self._table.get(keys.issued(landlord_id))
        return row["count"] if row else 0

    def pool_size(self, landlord_id: str) -> int:
        """How many virtual IBANs the pool was ever given."""
        row = self._table.get(keys.numbers(landlord_id))
        return row.get("listed", 0) if row else 0


def _heir(landlord: Landlord, before: Landlord | None) -> Landlord:
    """The settings with the ranges and bank accounts of those before them."""
    if before is None:
        return landlord
    known = replace(landlord, former_ranges=()).numbered
    accounts = set(before.every_account) - {account.iban for account in landlord.bank_accounts}
    ranges = set(before.numbered) - set(known)
    return replace(landlord, former_ranges=tuple(sorted(ranges)), former_accounts=tuple(sorted(accounts)))
