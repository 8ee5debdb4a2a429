"""Posting: what a batch of reported movements does to the permanent rows, the accounts and the ledger. Pure decisions.

One movement that was never seen becomes one permanent row with its entry; with a lease, also one change of its account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from quitus.domain.allocation import Allocation, AllocationRule, Settlement, settle
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming, bank_role
from quitus.domain.lease import Account, CreditLot, LeaseStatus, Recent
from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, seal
from quitus.domain.matching import Match, MatchRule, SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.movement import Movement, Nature
from quitus.domain.pairing import Pairing, Register, Verdict

DOUBLE_PAYMENT_DAYS = 10
"""Two equal receipts within this many days, the second meeting no open due, are a double payment (contract.md,
Alerts)."""

_ONE_DAY = timedelta(days=1)


class Flag:
    """What a posting shows that a person should look at; each raises the alert of the same name."""

    UNASSIGNED_VIRTUAL_IBAN = "unassigned_virtual_iban"
    ENDED_LEASE = "payment_on_ended_lease"
    DOUBLE_PAYMENT = "double_payment"
    RETURN_WITHOUT_ORIGINAL = "return_without_original"
    IDENTITY_CONFLICT = "identity_conflict"


@dataclass(frozen=True, slots=True)
class Posted:
    """The permanent row of a movement: what was reported, where it went and why, its entry (none when it is `other`).

    `posted_at` is the instant (ISO, UTC) of the decision; it orders nothing.
    """

    bucket: Bucket
    ordinal: int
    incoming: Incoming
    match: Match | None
    allocations: tuple[Allocation, ...] = ()
    credit_cents: Cents = 0
    entry: Entry | None = None
    flags: tuple[str, ...] = ()
    posted_at: str = ""

    @property
    def payment_id(self) -> str:
        """The public name of the payment."""
        return self.bucket.payment_id(self.ordinal)

    @property
    def lease_id(self) -> str | None:
        """The lease that the posting credited."""
        return self.match.lease_id if self.match else None


@dataclass(frozen=True, slots=True)
class Claim:
    """A further channel's report of a known row."""

    bucket: Bucket
    ordinal: int
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to write, all or nothing per lease: rows, claims, and the accounts as they are to be, version
    raised.
    """

    posted: tuple[Posted, ...]
    claims: tuple[Claim, ...]
    accounts: Mapping[str, Account]
    pairings: tuple[Pairing, ...]
    """What became of each movement of the batch, in its order."""


@dataclass(slots=True)
class Poster:
    """Decides a batch: knows the matches, the accounts as read, and the rows of the buckets concerned."""

    chart: Chart
    matches: Sequence[Match]
    accounts: Mapping[str, Account]
    register: Register
    at: str

    def decide(self, batch: Sequence[Incoming]) -> Plan:
        """Pair every movement with its row; post those that are new, in the batch's order."""
        pairings = self._pair(batch)
        accounts = dict(self.accounts)
        posted, claims = list[Posted](), list[Claim]()
        for incoming, match, pairing in zip(map(_told, batch, pairings), self.matches, pairings, strict=True):
            if pairing.verdict is Verdict.SAME:
                claims.append(Claim(pairing.bucket, pairing.ordinal, incoming))
            elif pairing.verdict is Verdict.NEW:
                posted.append(self._post(incoming, match, pairing, accounts))
        changed = {
            lease_id: replace(account, version=self.accounts[lease_id].version + 1)
            for lease_id, account in accounts.items()
            if account is not self.accounts[lease_id]
        }
        return Plan(tuple(posted), tuple(claims), changed, tuple(pairings))

    def _pair(self, batch: Sequence[Incoming]) -> list[Pairing]:
        places: dict[Bucket, list[int]] = {}
        for index, incoming in enumerate(batch):
            places.setdefault(incoming.bucket, []).append(index)
        paired: dict[int, Pairing] = {}
        for bucket, indexes in places.items():
            reports = [batch[index].report for index in indexes]
            paired.update(zip(indexes, self.register.pair(bucket, reports), strict=True))
        return [paired[index] for index in range(len(batch))]

    def _post(self, incoming: Incoming, match: Match, pairing: Pairing, accounts: dict[str, Account]) -> Posted:
        if not incoming.is_booked or incoming.movement.is_parked or _is_nothing_of_ours(incoming.movement):
            return Posted(pairing.bucket, pairing.ordinal, incoming, None, posted_at=self.at)
        if pairing.exchanged:
            match = Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
        if incoming.movement.nature is Nature.RETURN or match.lease_id is None:
            return self._post_aside(incoming, pairing, match)
        account = accounts[match.lease_id]
        if _told_another_amount(account, incoming):
            return _refused(incoming, pairing, account.lease_id, self.at)
        row, accounts[account.lease_id] = post_receipt(self.chart, account, incoming, match, pairing, self.at)
        return row

    def _post_aside(self, incoming: Incoming, pairing: Pairing, match: Match) -> Posted:
        """Money with no lease: a credit in suspense, or a return whose original is unknown."""
        lines, flags = _aside(self.chart, incoming, match)
        entry = seal(
            Entry(
                entry_id=f"{pairing.bucket.payment_id(pairing.ordinal)}-1",
                lease_id=None,
                sequence=1,
                kind=EntryKind.REVERSAL if incoming.movement.nature is Nature.RETURN else EntryKind.RECEIPT,
                booking_date=incoming.movement.booking_date,
                lines=lines,
                previous_hash=None,
            )
        )
        return Posted(pairing.bucket, pairing.ordinal, incoming, match, entry=entry, flags=flags, posted_at=self.at)


def post_receipt(
    chart: Chart, account: Account, incoming: Incoming, match: Match, place: Pairing, at: str
) -> tuple[Posted, Account]:
    """Settle a receipt on a lease: D512 (or 511 for card, cheque, cash) C411, the rest C4195; what the payer of aids
    sends settles its own account only (sector.md §3, Aids).
    """
    movement, debtor = incoming.movement, incoming.movement.means.debtor
    account = account.facing(debtor)
    settlement = settle_receipt(account, movement.amount_cents, movement.booking_date, movement.due_ids)
    payment_id = place.bucket.payment_id(place.ordinal)
    allocations = allocations_of(account.lease_id, settlement)
    allocated = movement.amount_cents - settlement.rest_cents
    lines = (
        chart.debit(bank_role(incoming), movement.amount_cents),
        *chart.settled(debtor, account.lease_id, allocated, settlement.rest_cents),
    )
    entry = next_entry(account, f"{payment_id}-1", EntryKind.RECEIPT, movement.booking_date, lines)
    flags = _receipt_flags(account, movement, settlement)
    rest = settlement.rest_cents
    row = Posted(place.bucket, place.ordinal, incoming, match, allocations, rest, entry, flags, at)
    return row, credited(account, payment_id, incoming, settlement, entry).facing(debtor)


def settle_receipt(
    account: Account,
    amount_cents: Cents,
    on: date,
    target: tuple[str, ...],
    target_rule: AllocationRule = AllocationRule.TARGET,
) -> Settlement:
    """Spend a receipt on the account's open dues: the payer's own choice first, then as a running plan says."""
    return settle(account.open_dues, amount_cents, on, target=target, target_rule=target_rule, plan=account.plan)


def allocations_of(lease_id: str, settlement: Settlement) -> tuple[Allocation, ...]:
    """The allocations that a settlement makes on a lease."""
    return tuple(Allocation(lease_id, due_id, cents, rule) for due_id, cents, rule in settlement.paid)


def next_entry(account: Account, entry_id: str, kind: EntryKind, on: date, lines: tuple[Line, ...]) -> Entry:
    """The next entry of the lease's chain, sealed."""
    return seal(Entry(entry_id, account.lease_id, account.sequence + 1, kind, on, lines, account.last_hash))


def credited(account: Account, payment_id: str, incoming: Incoming, settlement: Settlement, entry: Entry) -> Account:
    """The account once a receipt is settled on it."""
    movement = incoming.movement
    rest = (CreditLot(payment_id, settlement.rest_cents),) if settlement.rest_cents else ()
    since = movement.booking_date - timedelta(days=DOUBLE_PAYMENT_DAYS)
    recent = tuple(held for held in account.recent if held.day >= since)
    return replace(
        account,
        open_dues=settlement.open_dues,
        credits=(*account.credits, *rest),
        sequence=entry.sequence,
        last_hash=entry.hash,
        recent=(*recent, Recent(movement.booking_date, movement.amount_cents, incoming.reference_told)),
    )


def person_match(reason: str, requested_by: str | None) -> Match:
    """The evidence of a person's decision; the lease is set by the caller."""
    evidence = {"reason": reason} | ({"requested_by": requested_by} if requested_by else {})
    return Match(None, MatchRule.PERSON, evidence)


def _receipt_flags(account: Account, movement: Movement, settlement: Settlement) -> tuple[str, ...]:
    flags = []
    if account.status is LeaseStatus.ENDED:
        flags.append(Flag.ENDED_LEASE)
    if not settlement.paid and _paid_before(account, movement):
        flags.append(Flag.DOUBLE_PAYMENT)
    return tuple(flags)


def _paid_before(account: Account, movement: Movement) -> bool:
    within = timedelta(days=DOUBLE_PAYMENT_DAYS)
    return any(
        held.cents == movement.amount_cents and abs(movement.booking_date - held.day) <= within
        for held in account.recent
    )


def _told(incoming: Incoming, pairing: Pairing) -> Incoming:
    return replace(incoming, exchanged=True) if pairing.exchanged else incoming


def _is_nothing_of_ours(movement: Movement) -> bool:
    return movement.amount_cents == 0 or (movement.amount_cents < 0 and movement.nature is not Nature.RETURN)


def _told_another_amount(account: Account, incoming: Incoming) -> bool:
    """Whether another channel gave this very reference to another amount on the lease, on the day or one beside it."""
    reference, _, channel = incoming.reference_told.partition("@")
    if not reference:
        return False
    movement = incoming.movement
    return any(
        told == reference
        and by != channel
        and held.cents != movement.amount_cents
        and abs(held.day - movement.booking_date) <= _ONE_DAY
        for held in account.recent
        for told, _, by in (held.told.partition("@"),)
    )


def _refused(incoming: Incoming, pairing: Pairing, lease_id: str, at: str) -> Posted:
    """Same identity, other amount: posted by nobody but a person."""
    evidence = {"lease_id": lease_id, "bank_reference": incoming.movement.bank_reference or ""}
    match = Match(None, None, evidence, SuspenseReason.IDENTITY_CONFLICT)
    flags = (Flag.IDENTITY_CONFLICT,)
    return Posted(pairing.bucket, pairing.ordinal, incoming, match, flags=flags, posted_at=at)


def _aside(chart: Chart, incoming: Incoming, match: Match) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    amount = abs(incoming.movement.amount_cents)
    if incoming.movement.nature is Nature.RETURN:
        lines = (chart.debit(Role.SUSPENSE, amount), chart.credit(Role.BANK, amount))
        return lines, (Flag.RETURN_WITHOUT_ORIGINAL,)
    unassigned = match.reason is SuspenseReason.UNKNOWN_VIRTUAL_IBAN
    flags = (Flag.UNASSIGNED_VIRTUAL_IBAN,) if unassigned else ()
    return (chart.debit(bank_role(incoming), amount), chart.credit(Role.SUSPENSE, amount)), flags
