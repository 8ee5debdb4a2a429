"""Leases and their parties on the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched

from quitus.adapters import keys, records
from quitus.adapters.account_records import account_of
from quitus.adapters.household_rows import members_of
from quitus.adapters.ledger_rows import account_write
from quitus.adapters.origins import SEQUENCE, confirmation, origin_columns, origin_of
from quitus.adapters.units import write_units
from quitus.domain.errors import NotFound
from quitus.domain.ibans import VirtualAccount
from quitus.domain.lease import Lease
from quitus.domain.party import Party, PartyKey
from quitus.services.leases import BalanceControl, HeldControl, HeldLease, HeldParty, LeaseWrite, Origin, PartyWrite
from quitus.services.table import MAX_WRITES, Condition, Is, Lacks, New, Put, Row, Table, Update, Write

NEVER_OPENED = New()
OF_NOBODY = Lacks("lease_id")


class LeaseRows:
    """`leases.LeaseStore` on a table, and what readers ask of leases."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lease(self, landlord_id: str, lease_id: str) -> Lease:
        """The lease. Raises NotFound."""
        row = self._table.get(keys.lease(landlord_id, lease_id))
        if row is None:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return records.record(row, Lease)

    def leases(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, Lease]:
        """The leases that exist."""
        rows = self._table.batch_get(keys.lease(landlord_id, lease_id) for lease_id in lease_ids)
        return {row["lease_id"]: records.record(row, Lease) for row in rows.values()}

    def parties(self, landlord_id: str, lease_id: str) -> list[Party]:
        """The lease's parties, by id."""
        rows = self._table.query(keys.lease_partition(landlord_id, lease_id), keys.PARTIES).rows
        return [records.record(row, Party) for row in rows]

    def leases_of_residence(
        self, landlord_id: str, residence_id: str, after: str | None, limit: int
    ) -> tuple[list[Lease], str | None]:
        """A page of a residence's leases by id, and the lease id to go on after (None at the end)."""
        start = None if after is None else keys.lease(landlord_id, after)
        pk = keys.leases_of_residence(landlord_id, residence_id)
        page = self._table.query_listing(pk, after=start, limit=limit)
        leases = [records.record(row, Lease) for row in page.rows]
        return leases, leases[-1].lease_id if page.after else None

    def held(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, HeldLease]:
        """See `LeaseStore.held`."""
        wanted = dict.fromkeys(lease_ids)
        places = [(keys.lease(landlord_id, name), keys.account(landlord_id, name)) for name in wanted]
        rows = self._table.batch_get(key for pair in places for key in pair)
        return {
            lease_id: HeldLease(
                records.record(rows[lease_key], Lease),
                account_of(lease_id, rows[account_key]),
                rows[lease_key]["version"],
                origin_of(rows[lease_key]),
            )
            for lease_id, (lease_key, account_key) in zip(wanted, places, strict=True)
            if lease_key in rows and account_key in rows
        }

    def write_leases(self, landlord_id: str, writes: Sequence[LeaseWrite], at: str) -> set[str]:
        """See `LeaseStore.write_leases`."""
        late = set[str]()
        for wave in _waves(writes):
            late |= write_units(self._table, {item.lease.lease_id: _unit(landlord_id, item, at) for item in wave})
        return late

    def members(self, landlord_id: str, groups: Iterable[str]) -> dict[str, frozenset[str]]:
        """See `LeaseStore.members`."""
        wanted = {keys.account_group(landlord_id, group): group for group in groups}
        return {wanted[key]: frozenset(members_of(row)) for key, row in self._table.batch_get(wanted).items()}

    def confirm_leases(self, landlord_id: str, lease_ids: Iterable[str], sequence: int) -> None:
        """See `LeaseStore.confirm_leases`."""
        writes = {name: [confirmation(keys.lease(landlord_id, name), sequence)] for name in lease_ids}
        write_units(self._table, writes)

    def held_parties(self, landlord_id: str, parties: Iterable[Party]) -> dict[PartyKey, HeldParty]:
        """See `LeaseStore.held_parties`."""
        rows = self._table.batch_get(keys.party(landlord_id, item.lease_id, item.party_id) for item in parties)
        held = (HeldParty(records.record(row, Party), origin_of(row)) for row in rows.values())
        return {item.party.key: item for item in held}

    def write_parties(self, landlord_id: str, writes: Sequence[PartyWrite], at: str) -> set[PartyKey]:
        """See `LeaseStore.write_parties`."""
        keys_by_name = {"/".join(item.party.key): item.party.key for item in writes}
        units = {"/".join(item.party.key): _party_unit(landlord_id, item, at) for item in writes}
        return {keys_by_name[name] for name in write_units(self._table, units)}

    def held_controls(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, HeldControl]:
        """See `LeaseStore.held_controls`."""
        rows = self._table.batch_get(keys.balance_control(landlord_id, name) for name in lease_ids)
        held = (HeldControl(records.record(row, BalanceControl), origin_of(row)) for row in rows.values())
        return {item.control.lease_id: item for item in held}

    def write_controls(self, landlord_id: str, controls: Sequence[BalanceControl], origin: Origin | None) -> None:
        """See `LeaseStore.write_controls`."""
        columns = origin_columns(origin)
        self._put(
            keys.balance_control(landlord_id, item.lease_id).row(**records.dense(item) | columns) for item in controls
        )

    def _put(self, rows: Iterable[Row]) -> None:
        for some in batched(rows, MAX_WRITES, strict=False):
            self._table.write([Put(row) for row in some])


def _unit(landlord_id: str, item: LeaseWrite, at: str) -> list[Write]:
    """A lease's description, its account when that changes, and for a new lease who holds its virtual IBAN."""
    lease = item.lease
    row = keys.lease(landlord_id, lease.lease_id).row(**records.dense(lease) | origin_columns(item.origin))
    row |= {
        "version": item.version,
        "GSI1PK": keys.leases_of_residence(landlord_id, lease.residence_id),
        "GSI1SK": lease.lease_id,
    }
    is_new = item.version == 1
    writes: list[Write] = [Put(row, NEVER_OPENED if is_new else Is("version", item.version - 1))]
    if item.account is not None:
        writes.append(account_write(landlord_id, item.account))
    writes += _memberships(landlord_id, item)
    issued = VirtualAccount(lease.virtual_iban, lease.bic, lease.payee_name)
    return [*writes, _issue(landlord_id, issued, at, lease_id=lease.lease_id)] if is_new else writes


def _memberships(landlord_id: str, item: LeaseWrite) -> Iterator[Write]:
    name = f"{keys.MEMBER}{item.lease.lease_id}"
    if item.left is not None:
        yield Update(keys.account_group(landlord_id, item.left), remove=[name])
    if item.lease.account_group is not None:
        yield Update(keys.account_group(landlord_id, item.lease.account_group), set={name: item.lease.unit_kind.value})


def _waves(writes: Sequence[LeaseWrite]) -> Iterator[list[LeaseWrite]]:
    """Writes that touch no account group twice: a transaction may touch a row only once."""
    left = list(writes)
    while left:
        touched, wave, later = set[str](), list[LeaseWrite](), list[LeaseWrite]()
        for item in left:
            (later if touched & item.groups else wave).append(item)
            touched |= item.groups
        yield wave
        left = later


def _party_unit(landlord_id: str, item: PartyWrite, at: str) -> list[Write]:
    """A party, unless another file spoke of it since it was read, and who holds its virtual IBAN if that is new."""
    party = item.party
    key = keys.party(landlord_id, party.lease_id, party.party_id)
    put = Put(key.row(**records.dense(party) | origin_columns(item.origin)), _as_read(item.known))
    if party.account is None or item.lease_iban is None:
        return [put]
    whose = {"lease_id": party.lease_id, "party_id": party.party_id, "lease_iban": item.lease_iban}
    return [put, _issue(landlord_id, party.account, at, **whose)]


def _as_read(known: HeldParty | None) -> Condition:
    """No file spoke of a party since it was read."""
    if known is None:
        return New()
    return Lacks(SEQUENCE) if known.origin is None else Is(SEQUENCE, known.origin.sequence)


def _issue(landlord_id: str, account: VirtualAccount, at: str, **whose: str) -> Write:
    """Say whose a virtual IBAN is, for ever: one that the pool lists, or a new one of the range."""
    told = {"bic": account.bic, "payee_name": account.payee_name, "issued_at": at}
    return Update(keys.virtual_iban(landlord_id, account.iban), set={**whose, **told}, condition=OF_NOBODY)
