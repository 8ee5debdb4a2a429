"""A payment as people see it: the permanent row and what was decided, used and reported since, folded in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.charged import Charging, CreditUse, History
from quitus.domain.credits import use_credits
from quitus.domain.errors import Conflict
from quitus.domain.incoming import Incoming, Source, bank_role
from quitus.domain.lease import Account, CreditLot, Debtor
from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, mirrored
from quitus.domain.matching import Match
from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS, Nature
from quitus.domain.posting import Flag, Posted, allocations_of, next_entry, settle_receipt
from quitus.domain.reopening import reopen

REPLACED_BY = "payments"
"""The evidence that names the payments, by id, that replace one."""


class PaymentStatus(StrEnum):
    """Where a payment stands (contract.md): `PENDING` is reported but not booked, or a return without its original."""

    POSTED = "posted"
    SUSPENSE = "suspense"
    REVERSED = "reversed"
    PENDING = "pending"


class DecisionKind(StrEnum):
    """What a person decided on a payment."""

    ASSIGN = "assign"
    UNASSIGN = "unassign"
    REPLACE = "replace"
    """What it announced is booked under other payments: it never was one."""


class Awaiting(StrEnum):
    """What a pending payment waits for."""

    BOOKING = "booking"
    """The bank only announced it."""
    DETAILS = "details"
    """A batch booked in one sum: the payments that make it up."""
    ORIGINAL = "original"
    """A return: the payment that it takes back."""
    DECISION = "decision"
    """Its bank reference told another amount before: a person."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on a payment, numbered from 1 per payment; never edited, a later one takes it back.

    `entry` is None where nothing of the payment was in the books. People decide; automation only replaces.
    """

    number: int
    kind: DecisionKind
    match: Match
    allocations: tuple[Allocation, ...]
    credit_cents: Cents
    entry: Entry | None
    decided_by: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class Payment:
    """The fold of a payment's rows. `version` rises with every row; `entries` are in posting order."""

    posted: Posted
    status: PaymentStatus
    match: Match | None
    allocations: tuple[Allocation, ...]
    credit_cents: Cents
    reports: tuple[Incoming, ...]
    """Everything that channels reported of it, the posted one first."""
    entries: tuple[Entry, ...]
    decisions: int
    version: int
    replaced_by: tuple[str, ...] = ()
    """The payments that this one turned out to be."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Who reported it."""
        return tuple(report.source for report in self.reports)

    @property
    def stated_on(self) -> date | None:
        """The booking day that a closing statement gives it; channels may differ by a day."""
        stated = (item for item in self.reports if item.is_booked and item.source.channel in CLOSING_CHANNELS)
        return next((item.movement.booking_date for item in stated), None)

    @property
    def awaiting(self) -> Awaiting | None:
        """What it waits for while it is pending."""
        if self.status is not PaymentStatus.PENDING:
            return None
        incoming = self.posted.incoming
        if not incoming.is_booked:
            return Awaiting.BOOKING
        if incoming.movement.is_parked:
            return Awaiting.DETAILS
        return Awaiting.DECISION if self.posted.entry is None else Awaiting.ORIGINAL

    @property
    def is_other(self) -> bool:
        """A bank line that is neither receipt nor reversal, nor will be: no payment."""
        return not self.entries and self.status is PaymentStatus.SUSPENSE

    @property
    def is_replaced(self) -> bool:
        """It only announced payments that are booked now: it is in no list and no sum."""
        return bool(self.replaced_by)

    @property
    def payment_id(self) -> str:
        """The public name of the payment."""
        return self.posted.payment_id

    @property
    def lease_id(self) -> str | None:
        """The lease it is on now."""
        return self.match.lease_id if self.match else None

    @property
    def amount_cents(self) -> Cents:
        """The signed amount."""
        return self.posted.incoming.movement.amount_cents

    @property
    def debtor(self) -> Debtor:
        """Whose debt it pays."""
        return self.posted.incoming.movement.means.debtor


def fold(
    posted: Posted,
    decisions: Sequence[Decision],
    uses: Sequence[CreditUse],
    claims: Sequence[Incoming],
) -> Payment:
    """The payment after its decisions (by number), credit uses (by sequence of the lease's chain) and claims."""
    payment = Payment(
        posted,
        _first_status(posted),
        posted.match,
        posted.allocations,
        posted.credit_cents,
        (posted.incoming, *claims),
        () if posted.entry is None else (posted.entry,),
        len(decisions),
        1 + len(decisions) + len(uses) + len(claims),
    )
    for step in _in_order(decisions, uses):
        payment = _decided(payment, step) if isinstance(step, Decision) else _used(payment, step)
    return payment


def assign(
    payment: Payment,
    account: Account,
    match: Match,
    target: tuple[str, ...],
    chart: Chart,
    on: date,
    by: str,
    at: str,
) -> tuple[Decision, Charging]:
    """Put a payment in suspense on a lease by a person's decision: D471 C411 (C4195).

    The dues are taken in the order of the day when the money came; the entry is booked on the day of the decision. Dues
    chosen by the person are under rule `person`, or under `target` when the person records the payer's own wish. What
    awaited a decision was in no book: it is booked on the bank's account (D512).

    Raises:
        Conflict: the payment is not in suspense.
    """
    if payment.status is not PaymentStatus.SUSPENSE and payment.awaiting is not Awaiting.DECISION:
        raise Conflict("payment_not_in_suspense", "Only a payment in suspense can be assigned.", status=payment.status)
    came = payment.posted.incoming.movement.booking_date
    chosen = AllocationRule.TARGET if "requested_by" in match.evidence else AllocationRule.PERSON
    facing = account.facing(payment.debtor)
    settlement = settle_receipt(facing, payment.amount_cents, came, target, chosen)
    lines = _put_on_lease(payment, account, payment.amount_cents - settlement.rest_cents, settlement.rest_cents, chart)
    number = payment.decisions + 1
    entry = next_entry(account, f"{payment.payment_id}-d{number}", EntryKind.ASSIGNMENT, on, lines)
    rest = (CreditLot(payment.payment_id, settlement.rest_cents),) if settlement.rest_cents else ()
    changed = replace(
        facing,
        version=account.version + 1,
        open_dues=settlement.open_dues,
        credits=(*facing.credits, *rest),
        sequence=entry.sequence,
        last_hash=entry.hash,
    ).facing(payment.debtor)
    allocations = allocations_of(account.lease_id, settlement)
    placed = replace(match, lease_id=account.lease_id)
    decision = Decision(number, DecisionKind.ASSIGN, placed, allocations, settlement.rest_cents, entry, by, at)
    return decision, Charging(changed, None)


def unassign(
    payment: Payment,
    account: Account,
    history: History,
    match: Match,
    chart: Chart,
    on: date,
    by: str,
    at: str,
) -> tuple[Decision, Charging]:
    """Take a payment off its lease, back to suspense: D411 D4195 C471; its dues are owed again.

    Raises:
        Conflict: the payment is on no lease.
    """
    if payment.status is not PaymentStatus.POSTED:
        raise Conflict("payment_not_posted", "Only a payment on a lease can be unassigned.", status=payment.status)
    allocated = sum(allocation.amount_cents for allocation in payment.allocations)
    lines = mirrored(_put_on_lease(payment, account, allocated, payment.credit_cents, chart))
    number = payment.decisions + 1
    entry = next_entry(account, f"{payment.payment_id}-d{number}", EntryKind.ASSIGNMENT, on, lines)
    facing = account.facing(payment.debtor)
    kept = tuple(lot for lot in facing.credits if lot.source != payment.payment_id)
    bare = replace(facing, credits=kept, sequence=entry.sequence, last_hash=entry.hash).facing(payment.debtor)
    settled_dues = [(item.due_id, item.amount_cents) for item in payment.allocations]
    opened, taken = reopen(bare, settled_dues, history, payment.debtor)
    settled = use_credits(replace(opened, version=account.version + 1), on, chart)
    settled = replace(settled, offsets=(*taken, *settled.offsets))
    decision = Decision(number, DecisionKind.UNASSIGN, replace(match, lease_id=None), (), 0, entry, by, at)
    return decision, settled.numbered()


def _put_on_lease(payment: Payment, account: Account, allocated: Cents, rest: Cents, chart: Chart) -> tuple[Line, ...]:
    """Lines that take a payment from suspense to a lease; what was in no book yet comes from the bank's account."""
    origin = Role.SUSPENSE if payment.entries else bank_role(payment.posted.incoming)
    debit = chart.debit(origin, payment.amount_cents)
    return debit, *chart.settled(payment.debtor, account.lease_id, allocated, rest)


def _first_status(posted: Posted) -> PaymentStatus:
    incoming = posted.incoming
    if incoming.movement.amount_cents == 0:
        return PaymentStatus.SUSPENSE
    waits = not incoming.is_booked or incoming.movement.is_parked or incoming.movement.nature is Nature.RETURN
    if waits or Flag.IDENTITY_CONFLICT in posted.flags:
        return PaymentStatus.PENDING
    return PaymentStatus.POSTED if posted.lease_id else PaymentStatus.SUSPENSE


def _in_order(decisions: Sequence[Decision], uses: Sequence[CreditUse]) -> list[Decision | CreditUse]:
    """Both kinds stand on a lease's chain between assignments, so the chain's sequence orders them within one lease
    stay.
    """
    steps: list[Decision | CreditUse] = []
    waiting = sorted(uses, key=lambda use: (use.entry.lease_id or "", use.entry.sequence))
    for decision in sorted(decisions, key=lambda made: made.number):
        if decision.kind is DecisionKind.UNASSIGN:
            ours = [use for use in waiting if _before(use, decision)]
            steps += ours
            waiting = [use for use in waiting if use not in ours]
        steps.append(decision)
    return steps + waiting


def _before(use: CreditUse, decision: Decision) -> bool:
    off = decision.entry
    return off is not None and use.entry.lease_id == off.lease_id and use.entry.sequence < off.sequence


def _decided(payment: Payment, decision: Decision) -> Payment:
    entries = payment.entries if decision.entry is None else (*payment.entries, decision.entry)
    return replace(
        payment,
        status=_DECIDED[decision.kind],
        match=decision.match,
        allocations=decision.allocations,
        credit_cents=decision.credit_cents,
        entries=entries,
        replaced_by=tuple(decision.match.evidence[REPLACED_BY].split()) if _replaces(decision) else (),
    )


_DECIDED = {
    DecisionKind.ASSIGN: PaymentStatus.POSTED,
    DecisionKind.UNASSIGN: PaymentStatus.SUSPENSE,
    DecisionKind.REPLACE: PaymentStatus.REVERSED,
}


def _replaces(decision: Decision) -> bool:
    return decision.kind is DecisionKind.REPLACE


def _used(payment: Payment, use: CreditUse) -> Payment:
    cents = sum(allocation.amount_cents for allocation in use.allocations)
    return replace(
        payment,
        allocations=(*payment.allocations, *use.allocations),
        credit_cents=payment.credit_cents - cents,
        entries=(*payment.entries, use.entry),
    )
