"""The register of tenants' names on the table, and the index made of it.

Each lease has a row of its own with its names; the same names stand in one of 256 rows that are read together. One
counter says whether any changed: a process keeps the index that it made until the counter moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import batched

from quitus.adapters import keys, records
from quitus.domain.name_index import HOLDER, NameIndex
from quitus.domain.party import Party, PartyRole
from quitus.services.name_views import HeldNames, PartyName
from quitus.services.table import Is, New, Put, Row, Table, Update, Write

_TOGETHER = 45
"""Leases of one transaction: each writes its own row and at most one of those that are read together."""
_LANDLORDS_KEPT = 2
NEVER_NAMED = New()


class NameViewRows:
    """`name_views.NameViewStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def held_names(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, HeldNames]:
        """See `NameViewStore.held_names`."""
        wanted = {keys.names_of(landlord_id, lease_id): lease_id for lease_id in lease_ids}
        rows = self._table.batch_get(wanted)
        return {wanted[key]: HeldNames(row["names"], row["version"]) for key, row in rows.items()}

    def present_names(self, landlord_id: str, parties: Iterable[PartyName]) -> dict[PartyName, str | None]:
        """See `NameViewStore.present_names`."""
        wanted = {
            keys.lease(landlord_id, one[0]) if one[1] == HOLDER else keys.party(landlord_id, *one): one
            for one in parties
        }
        rows = self._table.batch_get(wanted)
        return {wanted[key]: _name(wanted[key], row) for key, row in rows.items()}

    def put_names(self, landlord_id: str, changed: Mapping[str, HeldNames]) -> None:
        """See `NameViewStore.put_names`."""
        for some in batched(changed.items(), _TOGETHER, strict=False):
            shelves = dict[str, dict[str, Mapping[str, str]]]()
            for lease_id, held in some:
                shelves.setdefault(_shelf(lease_id), {})[f"{keys.MEMBER}{lease_id}"] = held.names
            puts: list[Write] = [_put(landlord_id, lease_id, held) for lease_id, held in some]
            moved = (keys.names_shelf(landlord_id, shelf) for shelf in shelves)
            updates = [Update(key, set=names, add=_MOVED) for key, names in zip(moved, shelves.values(), strict=True)]
            self._table.write([*puts, *updates, Update(keys.names_counter(landlord_id), add=_MOVED)])


_MOVED = {"version": 1}


def _put(landlord_id: str, lease_id: str, held: HeldNames) -> Put:
    unchanged = Is("version", held.version) if held.version else NEVER_NAMED
    return Put(keys.names_of(landlord_id, lease_id).row(names=held.names, version=held.version + 1), unchanged)


def _name(one: PartyName, row: Row) -> str | None:
    """Who is or will be gone, and who only guarantees, is not looked for."""
    if one[1] == HOLDER:
        held: str = row["holder_name"]
        return held
    party = records.record(row, Party)
    return None if party.to_date is not None or party.role is PartyRole.GUARANTOR else party.name


def _shelf(lease_id: str) -> str:
    return sha256(lease_id.encode()).hexdigest()[:2]


@dataclass(slots=True)
class _Kept:
    """An index, the counter that it was made at, and the versions of what it was made of."""

    moved: int = 0
    shelves: dict[str, int] = field(default_factory=dict)
    index: NameIndex = field(default_factory=NameIndex)


class NameRows:
    """`attribution.TenantNames` on a table; keeps the indexes of the landlords last asked for."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._kept: dict[str, _Kept] = {}

    def index(self, landlord_id: str) -> NameIndex:
        """See `TenantNames.index`. The counter is read before what it counts: a later name is looked at again."""
        moved = (self._table.get(keys.names_counter(landlord_id)) or _UNMOVED)["version"]
        kept = self._kept.pop(landlord_id, None) or _Kept()
        if kept.moved != moved:
            self._renew(landlord_id, kept)
            kept.moved = moved
        while len(self._kept) >= _LANDLORDS_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[landlord_id] = kept
        return kept.index

    def _renew(self, landlord_id: str, kept: _Kept) -> None:
        for row in self._table.query(keys.names(landlord_id), keys.SHELVES).rows:
            if kept.shelves.get(row["SK"]) != row["version"]:
                for name, names in row.items():
                    if name.startswith(keys.MEMBER):
                        kept.index.put(name.removeprefix(keys.MEMBER), names)
                kept.shelves[row["SK"]] = row["version"]


_UNMOVED = {"version": 0}
