"""A payment as people see it: the permanent row and what was decided, used and reported since, folded in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from quitus.domain.allocation import Allocation
from quitus.domain.charged import CreditUse
from quitus.domain.incoming import Incoming, Source
from quitus.domain.lease import Debtor
from quitus.domain.ledger import Entry
from quitus.domain.matching import Match
from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS, Nature
from quitus.domain.posting import Flag, Posted

REPLACED_BY = "payments"
"""The evidence that names the payments, by id, that replace one."""


class PaymentStatus(StrEnum):
    """Where a payment stands (contract.md): `PENDING` is reported but not booked, or a return without its original."""

    POSTED = "posted"
    SUSPENSE = "suspense"
    REVERSED = "reversed"
    PENDING = "pending"


class DecisionKind(StrEnum):
    """What was decided on a payment."""

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

    It has an entry for each lease concerned, none where nothing of the payment was in the books. Automation assigns on
    the evidence of a further report, and replaces; it never decides on what a person decided.
    """

    number: int
    kind: DecisionKind
    match: Match
    allocations: tuple[Allocation, ...]
    credit_cents: Cents
    entries: tuple[Entry, ...]
    decided_by: str
    decided_at: str
    flags: tuple[str, ...] = ()
    """What an automatic assignment shows that a person should look at; persons have looked."""


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
    flags: tuple[str, ...] = ()
    """What it shows since the last decision on it."""

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
        return Awaiting.ORIGINAL if self.posted.entries else Awaiting.DECISION

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
        posted.entries,
        len(decisions),
        1 + len(decisions) + len(uses) + len(claims),
        flags=posted.flags,
    )
    for step in _in_order(decisions, uses):
        payment = _decided(payment, step) if isinstance(step, Decision) else _used(payment, step)
    return payment


def _first_status(posted: Posted) -> PaymentStatus:
    incoming = posted.incoming
    if incoming.movement.amount_cents == 0:
        return PaymentStatus.SUSPENSE
    waits = not incoming.is_booked or incoming.movement.is_parked or incoming.movement.nature is Nature.RETURN
    if waits or Flag.IDENTITY_CONFLICT in posted.flags:
        return PaymentStatus.PENDING
    return PaymentStatus.POSTED if posted.lease_id else PaymentStatus.SUSPENSE


def _in_order(decisions: Sequence[Decision], uses: Sequence[CreditUse]) -> list[Decision | CreditUse]:
    """Both kinds stand on leases' chains between assignments, so the chains' sequences order them within one stay."""
    steps: list[Decision | CreditUse] = []
    waiting = sorted(uses, key=lambda use: (use.entries[0].lease_id or "", use.entries[0].sequence))
    for decision in sorted(decisions, key=lambda made: made.number):
        if decision.kind is DecisionKind.UNASSIGN:
            ours = [use for use in waiting if _before(use, decision)]
            steps += ours
            waiting = [use for use in waiting if use not in ours]
        steps.append(decision)
    return steps + waiting


def _before(use: CreditUse, decision: Decision) -> bool:
    """Whether a use stands before a decision on any lease that both are about."""
    off = {entry.lease_id: entry.sequence for entry in decision.entries}
    return any(entry.sequence < off.get(entry.lease_id, 0) for entry in use.entries)


def _decided(payment: Payment, decision: Decision) -> Payment:
    return replace(
        payment,
        status=_DECIDED[decision.kind],
        match=decision.match,
        allocations=decision.allocations,
        credit_cents=decision.credit_cents,
        entries=(*payment.entries, *decision.entries),
        replaced_by=tuple(decision.match.evidence[REPLACED_BY].split()) if _replaces(decision) else (),
        flags=decision.flags if decision.kind is DecisionKind.ASSIGN else payment.posted.flags,
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
        entries=(*payment.entries, *use.entries),
    )
