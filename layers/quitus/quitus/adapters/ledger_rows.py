"""The ledger on the table: one payment is two writes, the movement's permanent row and the lease's account."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from quitus.adapters import keys, records
from quitus.adapters.account_records import account_row
from quitus.adapters.household_rows import accounts_of, households_of
from quitus.adapters.told_rows import told_receipts
from quitus.domain.charged import Charging, CreditUse, History
from quitus.domain.errors import NotFound
from quitus.domain.folding import fold
from quitus.domain.household import Households
from quitus.domain.identity import BY_PERSON, Bucket, Known, parse_payment_id
from quitus.domain.ids import is_id
from quitus.domain.incoming import EVENT_CHANNEL
from quitus.domain.lease import Account, Due, Recent
from quitus.domain.matching import Holder
from quitus.domain.pairing import Register
from quitus.domain.payment import Decision, DecisionKind, Payment
from quitus.domain.posting import Claim, Plan, Posted
from quitus.services.table import MAX_WRITES, Is, New, Oversized, Put, Row, Stale, Table, Update, Write

NEVER_POSTED = New()
NEVER_CLAIMED = New()
NEVER_DECIDED = New()
NEVER_USED = New()
NEVER_CHARGED = New()

_REPORTS, _COLLECTS = "on:", "collects:"
"""What channels do for an account."""


class LedgerRows:
    """`ports.Ledger` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def holders_of(self, landlord_id: str, ibans: Iterable[str]) -> dict[str, Holder | None]:
        """See `Ledger.holders_of`."""
        wanted = {keys.virtual_iban(landlord_id, iban): iban for iban in ibans}
        held = self._table.batch_get(wanted)
        return {wanted[key]: _holder(row) for key, row in held.items()}

    def leases_of_dues(self, landlord_id: str, due_ids: Iterable[str]) -> dict[str, str]:
        """See `Ledger.leases_of_dues`."""
        wanted = {keys.due_owner(landlord_id, due_id): due_id for due_id in due_ids if is_id(due_id)}
        return {wanted[key]: row["lease_id"] for key, row in self._table.batch_get(wanted).items()}

    def accounts(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, Account]:
        """See `Ledger.accounts`."""
        return accounts_of(self._table, landlord_id, lease_ids)

    def households(self, landlord_id: str, lease_ids: Iterable[str]) -> Households:
        """See `Ledger.households`."""
        return households_of(self._table, landlord_id, self.accounts(landlord_id, lease_ids))

    def virtual_iban_of(self, landlord_id: str, lease_id: str) -> str | None:
        """See `Ledger.virtual_iban_of`."""
        row = self._table.get(keys.lease(landlord_id, lease_id))
        return row.get("virtual_iban") if row else None

    def dues(self, landlord_id: str, lease_id: str) -> dict[str, Due]:
        """See `Ledger.dues`."""
        rows = self._table.query(keys.lease_partition(landlord_id, lease_id), keys.DUES).rows
        return {row["due_id"]: records.record(row, Due) for row in rows}

    def history(self, landlord_id: str, lease_id: str) -> History:
        """See `Ledger.history`."""
        charges = self._table.query(keys.lease_partition(landlord_id, lease_id), keys.CHARGES).rows
        offsets = [records.offset_of(item) for row in charges for item in row.get("offsets", ())]
        return History(self.dues(landlord_id, lease_id), offsets)

    def register(self, landlord_id: str, buckets: Iterable[Bucket], channels: Iterable[str]) -> Register:
        """See `Ledger.register`. A few reads for a whole batch: partitions are queried only where rows are known to
        be.
        """
        own = set(buckets)
        beside = {neighbour for bucket in own for neighbour in bucket.neighbours()} - own
        firsts = {keys.movement(landlord_id, bucket, 1): bucket for bucket in own | beside}
        held = self._table.batch_get(firsts)
        known = {firsts[key]: row for key, row in held.items()}
        further = self._table.batch_get(
            key
            for bucket in own & known.keys()
            for key in (
                keys.movement(landlord_id, bucket, 2),
                keys.decision(landlord_id, bucket, 1, 1),
                *(keys.claim(landlord_id, bucket, 1, channel) for channel in channels),
            )
        )
        rows: dict[Bucket, list[Known]] = {}
        for bucket, first in known.items():
            few = [first, *(row for key, row in further.items() if key.pk == first["PK"])]
            more = {keys.movement(landlord_id, bucket, 2), keys.decision(landlord_id, bucket, 1, 1)}
            alone = bucket in own and more.isdisjoint(further)
            rows[bucket] = _known(bucket, few if alone else self._rows(first["PK"]))
        return Register(rows)

    def _rows(self, pk: str) -> Sequence[Row]:
        return self._table.query(pk).rows

    def channels(self, landlord_id: str, account_tag: str) -> frozenset[str]:
        """See `Ledger.channels`."""
        return self._channels(landlord_id, account_tag, _REPORTS)

    def add_channel(self, landlord_id: str, account_tag: str, channel: str) -> None:
        """See `Ledger.add_channel`."""
        self._add_channel(landlord_id, account_tag, f"{_REPORTS}{channel}")

    def collectors(self, landlord_id: str, account_tag: str) -> frozenset[str]:
        """See `Ledger.collectors`."""
        return self._channels(landlord_id, account_tag, _COLLECTS)

    def add_collector(self, landlord_id: str, account_tag: str, channel: str) -> None:
        """See `Ledger.add_collector`."""
        self._add_channel(landlord_id, account_tag, f"{_COLLECTS}{channel}")

    def _channels(self, landlord_id: str, account_tag: str, does: str) -> frozenset[str]:
        row = self._table.get(keys.channels(landlord_id, account_tag)) or {}
        return frozenset(name.removeprefix(does) for name in row if name.startswith(does))

    def _add_channel(self, landlord_id: str, account_tag: str, name: str) -> None:
        self._table.write([Update(keys.channels(landlord_id, account_tag), set={name: True})])

    def posted(self, landlord_id: str, rows: Iterable[tuple[Bucket, int]]) -> dict[tuple[Bucket, int], Posted]:
        """See `Ledger.posted`."""
        wanted = {keys.movement(landlord_id, bucket, ordinal): (bucket, ordinal) for bucket, ordinal in rows}
        found = self._table.batch_get(wanted)
        return {wanted[key]: records.posted_of(*wanted[key], row) for key, row in found.items()}

    def told_receipts(self, landlord_id: str, account_tag: str, days: Collection[date]) -> list[Recent]:
        """See `Ledger.told_receipts`."""
        return told_receipts(self._table, landlord_id, account_tag, days)

    def commit(self, landlord_id: str, plan: Plan, at: str, decided: Mapping[str, Decision] | None = None) -> None:
        """See `Ledger.commit`."""
        for writes in list(_transactions(list(self._units(landlord_id, plan, at, decided or {})))):
            self._table.write(writes)

    def _units(self, landlord_id: str, plan: Plan, at: str, decided: Mapping[str, Decision]) -> Iterator[list[Write]]:
        """What must be written together: the rows of one household and the accounts that they touch; rows without a
        lease and claims alone. In this order, which is that of new rows' ordinals in their bucket (`renumbered`).
        """
        together: dict[str, tuple[set[str], list[Write]]] = {}
        for posted in plan.posted:
            put = movement_put(landlord_id, posted)
            if posted.household is None:
                yield [put]
                continue
            lease_ids, puts = together.setdefault(posted.household, (set(), []))
            lease_ids |= posted.touched & plan.accounts.keys()
            puts.append(put)
        for lease_ids, puts in together.values():
            yield [*puts, *(account_write(landlord_id, plan.accounts[lease_id]) for lease_id in sorted(lease_ids))]
        for claim in plan.claims:
            writes: list[Write] = [_claim_put(landlord_id, claim, at)]
            if claim.turned is not None and (decision := decided.get(claim.turned_id or "")):
                writes.append(_decision_put(landlord_id, (claim.bucket, claim.turned), decision))
            yield writes

    def payment(self, landlord_id: str, payment_id: str) -> Payment:
        """See `Ledger.payment`."""
        bucket, ordinal = parse_payment_id(payment_id)
        rows = self._table.query(keys.movement_partition(landlord_id, bucket), keys.ordinal_text(ordinal)).rows
        payment = payment_of(bucket, ordinal, rows)
        if payment is None:
            raise NotFound("payment_not_found", "There is no payment with this id.", payment_id=payment_id)
        return payment

    def payments(self, landlord_id: str, buckets: Iterable[Bucket]) -> list[Payment]:
        """See `Ledger.payments`."""
        firsts = {keys.movement(landlord_id, bucket, 1): bucket for bucket in buckets}
        known = sorted(firsts[key] for key in self._table.batch_get(firsts))
        return [payment for bucket in known for payment in self._payments(landlord_id, bucket)]

    def _payments(self, landlord_id: str, bucket: Bucket) -> Iterator[Payment]:
        by_ordinal: dict[int, list[Row]] = {}
        for row in self._rows(keys.movement_partition(landlord_id, bucket)):
            by_ordinal.setdefault(int(row["SK"].partition("#")[0]), []).append(row)
        for ordinal, rows in sorted(by_ordinal.items()):
            payment = payment_of(bucket, ordinal, rows)
            if payment is not None:
                yield payment

    def add_claims(self, landlord_id: str, claims: Sequence[Claim], at: str) -> None:
        """See `Ledger.add_claims`."""
        for claim in claims:
            with suppress(Stale):
                self._table.write([_claim_put(landlord_id, claim, at)])

    def commit_replacement(self, landlord_id: str, payment: Payment, decision: Decision) -> None:
        """See `Ledger.commit_replacement`."""
        self._table.write([_decision_put(landlord_id, _place(payment), decision)])

    def commit_decision(
        self,
        landlord_id: str,
        payment: Payment,
        decision: Decision,
        made: Sequence[Charging],
        beside: Sequence[Write] = (),
    ) -> None:
        """See `Ledger.commit_decision`."""
        self._table.write([*_decision_writes(landlord_id, payment, decision, made), *beside])

    def commit_reversal(
        self,
        landlord_id: str,
        payment: Payment,
        decision: Decision,
        made: Sequence[Charging],
        returned: Posted | tuple[Payment, Decision] | None,
    ) -> None:
        """See `Ledger.commit_reversal`."""
        writes: list[Write] = []
        if isinstance(returned, Posted):
            writes = [movement_put(landlord_id, returned)]
        elif returned is not None:
            waiting, own = returned
            writes = [_decision_put(landlord_id, _place(waiting), own)]
        self._table.write([*writes, *_decision_writes(landlord_id, payment, decision, made)])

    def named_by_event(self, landlord_id: str, channel: str, reference: str) -> Bucket | None:
        """See `Ledger.named_by_event`."""
        source = channel.removeprefix(EVENT_CHANNEL)
        row = self._table.get(keys.event(landlord_id, source, reference)) if source != channel else None
        return parse_payment_id(row["bucket"])[0] if row and "bucket" in row else None

    def commit_move(
        self,
        landlord_id: str,
        payment: Payment,
        off: tuple[Decision, Sequence[Charging]],
        onto: tuple[Decision, Sequence[Charging]],
    ) -> None:
        """See `Ledger.commit_move`."""
        both = (_decision_writes(landlord_id, payment, decision, made) for decision, made in (off, onto))
        self._table.write([write for writes in both for write in writes])

    def commit_uses(self, landlord_id: str, uses: Sequence[CreditUse], accounts: Iterable[Account], at: str) -> None:
        """See `Ledger.commit_uses`."""
        changed = [account_write(landlord_id, account) for account in accounts]
        self._table.write([*(_credit_use_write(landlord_id, use, at) for use in uses), *changed])


def movement_put(landlord_id: str, posted: Posted) -> Put:
    key = keys.movement(landlord_id, posted.bucket, posted.ordinal)
    return Put(key.row(**records.posted_row(posted)), NEVER_POSTED)


def _decision_writes(landlord_id: str, payment: Payment, decision: Decision, made: Sequence[Charging]) -> list[Write]:
    writes: list[Write] = [_decision_put(landlord_id, _place(payment), decision)]
    for one in made:
        writes += [account_write(landlord_id, one.account), *charging_writes(landlord_id, one, decision.decided_at)]
    return writes


def _claim_put(landlord_id: str, claim: Claim, at: str) -> Put:
    key = keys.claim(landlord_id, claim.bucket, claim.ordinal, claim.incoming.voice)
    return Put(key.row(**records.claim_row(claim, at)), NEVER_CLAIMED)


def _place(payment: Payment) -> tuple[Bucket, int]:
    return payment.posted.bucket, payment.posted.ordinal


def _decision_put(landlord_id: str, place: tuple[Bucket, int], decision: Decision) -> Put:
    key = keys.decision(landlord_id, *place, decision.number)
    return Put(key.row(**records.decision_row(decision)), NEVER_DECIDED)


def _known(bucket: Bucket, rows: Iterable[Row]) -> list[Known]:
    """The movements of a bucket with every report of them, by ordinal."""
    known: dict[int, Known] = {}
    for row in sorted(rows, key=lambda row: str(row["SK"])):
        ordinal, _, rest = row["SK"].partition("#")
        if rest == "" or rest.startswith(keys.CLAIMS):
            held = known.get(int(ordinal), Known(bucket, int(ordinal), ()))
            known[int(ordinal)] = held.with_report(records.incoming_of(bucket, row).report)
        elif rest.startswith(keys.DECISIONS):
            known[int(ordinal)] = _as_decided(known[int(ordinal)], row)
    return list(known.values())


def _holder(row: Row) -> Holder | None:
    """Whom a virtual IBAN was issued for, if for anybody."""
    return Holder(row["lease_id"], row.get("party_id"), row.get("lease_iban")) if "lease_id" in row else None


def _as_decided(known: Known, row: Row) -> Known:
    """A movement as a decision left it, as far as identity goes."""
    kind = DecisionKind(row["kind"])
    if kind is DecisionKind.TURN:
        return replace(known, turned=True, decided=None)
    is_sent_back = kind is DecisionKind.TRACE and known.takes_back is None
    if kind is DecisionKind.REFUND or is_sent_back:
        return replace(known, reports=tuple(replace(report, takes_back=False) for report in known.reports))
    if not kind.says_whose:
        return known
    return replace(known, decided=records.match_of(row["match"]).virtual_iban or BY_PERSON)


def account_write(landlord_id: str, account: Account) -> Put:
    """Replace an account that nobody changed since it was read (a new one has version 1)."""
    row = keys.account(landlord_id, account.lease_id).row(**account_row(account))
    unchanged = New() if account.version == 1 else Is("version", account.version - 1)
    return Put(row, unchanged)


def charging_writes(landlord_id: str, made: Charging, at: str) -> list[Write]:
    """The charging's own row, and its uses of credits among the rows of the payments that they are of."""
    writes: list[Write] = [_credit_use_write(landlord_id, use, at) for use in made.uses]
    if made.is_journalled:
        key = keys.charge(landlord_id, made.account.lease_id, made.account.charge_sequence)
        writes.append(Put(key.row(**records.charge_row(made, at)), NEVER_CHARGED))
    return writes


def _credit_use_write(landlord_id: str, use: CreditUse, at: str) -> Put:
    bucket, ordinal = parse_payment_id(use.payment_id)
    first = use.entries[0]
    key = keys.credit_use(landlord_id, bucket, ordinal, first.lease_id or "", first.sequence)
    return Put(key.row(**records.credit_use_row(use, at)), NEVER_USED)


def payment_of(bucket: Bucket, ordinal: int, rows: Sequence[Row]) -> Payment | None:
    """The payment that a movement's rows make, None when there is no permanent row."""
    parts = {row["SK"].partition("#")[2]: row for row in rows}
    first = parts.get("")
    if first is None:
        return None
    posted = records.posted_of(bucket, ordinal, first)
    return fold(
        posted,
        [records.decision_of(int(number), row) for number, row in _those(parts, keys.DECISIONS)],
        [records.credit_use_of(posted.payment_id, row) for _, row in _those(parts, keys.USES)],
        [records.incoming_of(bucket, row) for _, row in _those(parts, keys.CLAIMS)],
    )


def _those(parts: Mapping[str, Row], sort: str) -> Iterator[tuple[str, Row]]:
    return ((place.removeprefix(sort), row) for place, row in parts.items() if place.startswith(sort))


def _transactions(units: Sequence[list[Write]]) -> Iterator[list[Write]]:
    """Units packed into as few transactions as possible, none of them torn. Raises Oversized before any is given."""
    if any(len(unit) > MAX_WRITES for unit in units):
        raise Oversized
    packed: list[Write] = []
    for unit in units:
        if len(packed) + len(unit) > MAX_WRITES:
            yield packed
            packed = []
        packed.extend(unit)
    if packed:
        yield packed
