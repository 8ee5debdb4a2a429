"""Posting: what a batch of reported movements does to the permanent rows, the accounts and the ledger. Pure decisions.

One movement that was never seen becomes one permanent row with its entry; with a lease, also one change of its account
(in an account group, of each account that it settles something of).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from quitus.domain.allocation import Allocation
from quitus.domain.household import (
    Booking,
    Choice,
    Household,
    Households,
    allocations_of,
    is_on_ended_lease,
    rest_of,
    spread,
)
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming, bank_role
from quitus.domain.lease import Account, LeaseStatus, Recent
from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, seal
from quitus.domain.matching import REVERSES, Match, MatchRule, SuspenseReason, chosen_dues
from quitus.domain.money import Cents
from quitus.domain.movement import Movement, Nature
from quitus.domain.pairing import Pairing, Register, Verdict, renumbered
from quitus.domain.payouts import kept_cents

DOUBLE_PAYMENT_DAYS = 10
"""Two equal receipts within this many days, the second meeting no open due, are a double payment (contract.md,
Alerts)."""

_REMEMBERED = timedelta(days=DOUBLE_PAYMENT_DAYS + 31)
"""How long the account remembers a receipt: a statement may come a month late, after newer ones."""

_ONE_DAY = timedelta(days=1)


class Flag:
    """What a posting shows that a person should look at; each raises the alert of the same name."""

    UNASSIGNED_VIRTUAL_IBAN = "unassigned_virtual_iban"
    ENDED_LEASE = "payment_on_ended_lease"
    DOUBLE_PAYMENT = "double_payment"
    RETURN_WITHOUT_ORIGINAL = "return_without_original"
    IDENTITY_CONFLICT = "identity_conflict"
    RECOVERY_APART = "recovery_apart"


@dataclass(frozen=True, slots=True)
class Posted:
    """The permanent row of a movement: what was reported, where it went and why, its entries: one for each lease that
    it settles something of, none when it is `other`.

    `posted_at` is the instant (ISO, UTC) of the decision; it orders nothing.
    """

    bucket: Bucket
    ordinal: int
    incoming: Incoming
    match: Match | None
    allocations: tuple[Allocation, ...] = ()
    credit_cents: Cents = 0
    entries: tuple[Entry, ...] = ()
    flags: tuple[str, ...] = ()
    posted_at: str = ""
    household: str | None = None
    """What it is written with: the lease, or its account group; also what was refused to them. Not kept."""

    @property
    def payment_id(self) -> str:
        """The public name of the payment."""
        return self.bucket.payment_id(self.ordinal)

    @property
    def lease_id(self) -> str | None:
        """The lease that the payment is on."""
        return self.match.lease_id if self.match else None

    @property
    def reverses(self) -> str | None:
        """The payment that it takes back, where that was known as it was posted."""
        return self.match.evidence.get(REVERSES) if self.match else None

    @property
    def is_receipt(self) -> bool:
        """Whether it is booked as one, on a lease or in suspense."""
        return any(entry.kind is EntryKind.RECEIPT for entry in self.entries)

    @property
    def is_plain(self) -> bool:
        """Whether it is a debit that began by count: what its report says of a return is about another row."""
        movement, is_booked = self.incoming.movement, bool(self.entries) or self.reverses is not None
        is_told_as_return = movement.nature is Nature.RETURN and not movement.is_parked
        return is_told_as_return and self.incoming.exchanged and not is_booked

    @property
    def is_return(self) -> bool:
        """Whether it was told as taking a payment back."""
        return self.incoming.movement.nature is Nature.RETURN and not self.is_plain

    @property
    def is_by_count(self) -> bool:
        """Whether it is on no lease and stands for nothing but a number: what its report says is about another row."""
        return self.incoming.exchanged and self.lease_id is None

    @property
    def touched(self) -> frozenset[str]:
        """The leases whose accounts the posting changed."""
        named = {self.lease_id, *(entry.lease_id for entry in self.entries)}
        return frozenset(lease_id for lease_id in named if lease_id is not None)


@dataclass(frozen=True, slots=True)
class Claim:
    """A further channel's report of a known row."""

    bucket: Bucket
    ordinal: int
    incoming: Incoming
    turned: int | None = None
    """The row of the bucket, this one or by count another, of which it tells first that it takes a payment back."""

    @property
    def turned_id(self) -> str | None:
        """The public name of that row."""
        return None if self.turned is None else self.bucket.payment_id(self.turned)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to write, all or nothing per lease or account group: rows, claims, and the accounts as they are to be,
    version raised.
    """

    posted: tuple[Posted, ...]
    claims: tuple[Claim, ...]
    accounts: Mapping[str, Account]
    pairings: tuple[Pairing, ...]
    """What became of each movement of the batch, in its order."""

    @property
    def told_receipts(self) -> list[Posted]:
        """New receipts to which a bank gave a reference that may name other money elsewhere."""
        return [row for row in self.posted if row.entries and row.incoming.reference_told and row.is_receipt]


@dataclass(frozen=True, slots=True)
class Placed:
    """An incoming movement, what it was found to be, and the permanent row that stands for it."""

    incoming: Incoming
    verdict: Verdict
    posted: Posted
    told: tuple[Posted, ...] = ()
    """The rows of which the report tells the lease: the one that stands for it, and one that must be of the lease."""
    has_row_to_place: bool = False
    """Some row of its bucket must be of a lease that others named."""


@dataclass(slots=True)
class Poster:
    """Decides a batch: knows the matches, the accounts as read, and the rows of the buckets concerned."""

    chart: Chart
    matches: Sequence[Match]
    households: Households
    register: Register
    at: str
    elsewhere: Sequence[Recent] = ()
    """Receipts that are on no lease, or on another than a movement names: references may name them too."""

    def decide(self, batch: Sequence[Incoming]) -> Plan:
        """Pair every movement with its row; post those that are new, in the batch's order."""
        pairings = self._pair(batch)
        accounts = dict(self.households.accounts)
        posted, claims = list[Posted](), list[Claim]()
        for incoming, match, pairing in zip(map(_told, batch, pairings), self.matches, pairings, strict=True):
            if pairing.verdict is Verdict.SAME:
                turned = pairing.turned if incoming.is_booked else None
                claims.append(Claim(pairing.bucket, pairing.ordinal, incoming, turned))
            elif pairing.verdict is Verdict.NEW:
                posted.append(self._post(incoming, match, pairing, accounts))
        return Plan(tuple(posted), tuple(claims), self.households.changed(accounts), tuple(pairings))

    def _pair(self, batch: Sequence[Incoming]) -> list[Pairing]:
        places: dict[Bucket, list[int]] = {}
        for index, incoming in enumerate(batch):
            places.setdefault(incoming.bucket, []).append(index)
        paired: dict[int, Pairing] = {}
        for bucket, indexes in places.items():
            paired.update(zip(indexes, self._paired(bucket, [batch[index] for index in indexes]), strict=True))
        pairings = [paired[index] for index in range(len(batch))]
        if len(places) == len(batch):
            return pairings
        return renumbered(pairings, self._writing_order(batch, pairings))

    def _paired(self, bucket: Bucket, told: Sequence[Incoming]) -> list[Pairing]:
        """The verdicts on the movements of one bucket."""
        if len(told) == 1 and (first := self.register.first(bucket, told[0])):
            return [first]
        return self.register.pair(bucket, [incoming.report for incoming in told])

    def _writing_order(self, batch: Sequence[Incoming], pairings: Sequence[Pairing]) -> list[int]:
        """As the plan is written: what is on no lease, then household by household."""
        households: dict[str | None, list[int]] = {None: []}
        for index, one in enumerate(zip(batch, self.matches, pairings, strict=True)):
            households.setdefault(self._household(*one), []).append(index)
        return [index for indexes in households.values() for index in indexes]

    def _household(self, incoming: Incoming, match: Match, pairing: Pairing) -> str | None:
        if match.lease_id is None or pairing.exchanged or not _may_be_receipt(incoming):
            return None
        return self.households.of(match.lease_id).together

    def _post(self, incoming: Incoming, match: Match, pairing: Pairing, accounts: dict[str, Account]) -> Posted:
        is_nothing = pairing.plain or _is_nothing_of_ours(incoming.movement)
        if not incoming.is_booked or incoming.movement.is_parked or is_nothing:
            return Posted(pairing.bucket, pairing.ordinal, incoming, None, posted_at=self.at)
        if pairing.exchanged:
            match = Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
        if not _may_be_receipt(incoming):
            return self._post_aside(incoming, pairing, match)
        household = None if match.lease_id is None else self.households.of(match.lease_id, accounts)
        recent = () if household is None else household.main_account.recent
        if told_another_amount((*self.elsewhere, *recent), incoming):
            return _refused(incoming, pairing, household, self.at)
        if household is None:
            return self._post_aside(incoming, pairing, match)
        row, changed = post_receipt(self.chart, household, incoming, match, pairing, self.at)
        accounts.update(changed)
        return row

    def _post_aside(self, incoming: Incoming, pairing: Pairing, match: Match) -> Posted:
        """Money with no lease: a credit in suspense, a return whose original is unknown, or the bank line that brings
        what was receipted in 511.
        """
        lines, flags = _aside(self.chart, incoming, match)
        entry = seal(
            Entry(
                entry_id=f"{pairing.bucket.payment_id(pairing.ordinal)}-1",
                lease_id=None,
                sequence=1,
                kind=_ASIDE.get(incoming.movement.nature, EntryKind.RECEIPT),
                booking_date=incoming.movement.booking_date,
                lines=lines,
                previous_hash=None,
            )
        )
        told = None if incoming.movement.nature is Nature.CLEARING else match
        return Posted(pairing.bucket, pairing.ordinal, incoming, told, entries=(entry,), flags=flags, posted_at=self.at)


def post_receipt(
    chart: Chart, household: Household, incoming: Incoming, match: Match, place: Pairing, at: str
) -> tuple[Posted, dict[str, Account]]:
    """Settle a receipt on a lease and those of its account group: D512 (or 511 for card, cheque, cash) C411, the rest
    C4195; what the payer of aids sends settles its own account only (sector.md §3, Aids). The accounts after it.
    """
    movement, debtor = incoming.movement, incoming.movement.means.debtor
    payment_id, day = place.bucket.payment_id(place.ordinal), movement.booking_date
    parts = spread(household, debtor, movement.amount_cents, day, Choice(chosen_dues(movement)))
    allocations = allocations_of(parts)
    booking = Booking(payment_id, f"{payment_id}-1", EntryKind.RECEIPT, day, bank_role(incoming), debtor, chart)
    entries, accounts = booking.book(parts, with_recent(household.main_account, incoming))
    flags = receipt_flags(household, movement, is_on_ended_lease(parts), bool(allocations))
    where = (place.bucket, place.ordinal, incoming, match)
    row = Posted(*where, allocations, rest_of(parts), entries, flags, at, household.together)
    return row, accounts


def with_recent(account: Account, incoming: Incoming) -> tuple[Recent, ...]:
    """The account's receipts of the last weeks, this one among them."""
    movement = incoming.movement
    this = Recent(movement.booking_date, movement.amount_cents, incoming.reference_told)
    since = movement.booking_date - _REMEMBERED
    return (*[held for held in account.recent if held.day >= since], this)


def person_match(reason: str, requested_by: str | None) -> Match:
    """The evidence of a person's decision; the lease is set by the caller."""
    evidence = {"reason": reason} | ({"requested_by": requested_by} if requested_by else {})
    return Match(None, MatchRule.PERSON, evidence)


def receipt_flags(
    household: Household, movement: Movement, is_on_ended_lease: bool, meets_a_due: bool
) -> tuple[str, ...]:
    """What a receipt shows, its household as it was before it."""
    flags, main = [], household.main_account
    if main.status is LeaseStatus.ENDED or is_on_ended_lease:
        flags.append(Flag.ENDED_LEASE)
    if not meets_a_due and _paid_before(main, movement):
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


def _may_be_receipt(incoming: Incoming) -> bool:
    """Whether it is posted on the lease that it is attributed to."""
    movement = incoming.movement
    is_credit = movement.amount_cents > 0 and movement.nature is not Nature.RETURN
    return incoming.is_booked and not movement.is_parked and is_credit


def _is_nothing_of_ours(movement: Movement) -> bool:
    return movement.amount_cents == 0 or (movement.amount_cents < 0 and movement.nature not in _DEBITS)


def told_another_amount(receipts: Sequence[Recent], incoming: Incoming) -> bool:
    """Whether another channel gave this very reference to another amount, on the day or one beside it."""
    if not receipts:
        return False
    reference, _, channel = incoming.reference_told.partition("@")
    if not reference:
        return False
    movement = incoming.movement
    return any(
        told == reference
        and by != channel
        and held.cents != movement.amount_cents
        and abs(held.day - movement.booking_date) <= _ONE_DAY
        for held in receipts
        for told, _, by in (held.told.partition("@"),)
    )


def _refused(incoming: Incoming, pairing: Pairing, household: Household | None, at: str) -> Posted:
    """Same identity, other amount: posted by nobody but a person."""
    evidence = {} if household is None else {"lease_id": household.main}
    evidence["bank_reference"] = incoming.movement.bank_reference or ""
    match = Match(None, None, evidence, SuspenseReason.IDENTITY_CONFLICT)
    flags = (Flag.IDENTITY_CONFLICT,)
    together = None if household is None else household.together
    return Posted(pairing.bucket, pairing.ordinal, incoming, match, flags=flags, posted_at=at, household=together)


_DEBITS = frozenset({Nature.RETURN, Nature.CLEARING})
"""What debits of ours are: what takes money back, and the charges on values that the bank brings."""
_ASIDE = {Nature.RETURN: EntryKind.REVERSAL, Nature.CLEARING: EntryKind.ALLOCATION}


def _aside(chart: Chart, incoming: Incoming, match: Match) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    amount = abs(incoming.movement.amount_cents)
    if incoming.movement.nature is Nature.RETURN:
        lines = (chart.debit(Role.SUSPENSE, amount), chart.credit(bank_role(incoming), amount))
        return lines, (Flag.RETURN_WITHOUT_ORIGINAL,)
    if incoming.movement.nature is Nature.CLEARING:
        return _clearing(chart, incoming.movement), ()
    unassigned = match.reason is SuspenseReason.UNKNOWN_VIRTUAL_IBAN
    flags = (Flag.UNASSIGNED_VIRTUAL_IBAN,) if unassigned else ()
    return (chart.debit(bank_role(incoming), amount), chart.credit(Role.SUSPENSE, amount)), flags


def _clearing(chart: Chart, movement: Movement) -> tuple[Line, ...]:
    """Card, cheque and cash values reach the bank: D512 C511; what the bank kept of them is its fee, D627. Charges that
    it takes beside them: D627 C512.
    """
    net = movement.amount_cents
    if net < 0:
        return chart.debit(Role.FEES, -net), chart.credit(Role.BANK, -net)
    fee = kept_cents(movement)
    fees = (chart.debit(Role.FEES, fee),) if fee else ()
    return (chart.debit(Role.BANK, net), *fees, chart.credit(Role.COLLECTION, net + fee))
