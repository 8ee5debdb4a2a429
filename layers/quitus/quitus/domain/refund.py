"""Refunds: a tenant's credit is paid back, as one person asked and another approved (sector.md §7, case 13). Pure.

The credit is held from the request on: no due takes it. Approved, it pays a due of its own, named after the refund:
D411 C471, D4195 C411; the bank's line clears 471: D471 C512. So whatever takes the money back later, a returned debit
after all, finds what the credit was spent on, and the tenant owes it. Aids are never refunded to tenants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.bank_codes import is_charge
from quitus.domain.charged import Charging, CreditUse, Offset, Paid
from quitus.domain.credits import MOST_USES, deposit, use_credits, use_entry
from quitus.domain.errors import Conflict
from quitus.domain.household import Household, next_entry
from quitus.domain.incoming import MANUAL_ACCOUNT, Incoming, Source
from quitus.domain.lease import DUE_SOURCE, Account, CreditLot, Debtor, Due, DueKind
from quitus.domain.ledger import Chart, EntryKind, Role, mirrored, next_loose
from quitus.domain.matching import REFUND, Match, MatchRule
from quitus.domain.money import Cents
from quitus.domain.movement import Movement, Nature
from quitus.domain.names import joined
from quitus.domain.payment import Decision, DecisionKind, Payment
from quitus.domain.posting import Posted
from quitus.domain.refund_names import named_by, said_by
from quitus.domain.releasing import Releases

CHANNEL = "refund"

DAY_APART: Final = timedelta(days=1)
"""How long before the day of its approval a bank may book a refund."""
MOST_AT_ONCE: Final = 20
"""How many refunds one debit of the bank's may have paid."""
DUE_PREFIX = "refund-"
"""Ids of dues that begin so are those of refunds: nobody calls, changes or spreads them."""


class RefundStatus(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    """A second person approved it: it is to be paid."""
    PAID = "paid"
    """The bank's line of it is known."""
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class IbanCheck(StrEnum):
    """Why the account is the tenant's."""

    KNOWN_PAYER = "known_payer"
    """All of the credit that is paid back came from it, and who asked put none of that on the lease."""
    CONFIRMED = "confirmed"
    """The person who approved says how it was checked."""


@dataclass(frozen=True, slots=True)
class RefundStep:
    """What was done on a refund: by whom, when, why."""

    status: RefundStatus
    by: str
    at: str
    reason: str | None = None
    request: str | None = None
    """The request that asked for it."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of a lease's credit. `lots` is what is held of it; `version` counts the steps."""

    refund_id: str
    lease_id: str
    amount_cents: Cents
    iban: str
    account_holder: str
    lots: tuple[CreditLot, ...]
    steps: tuple[RefundStep, ...]
    iban_check: IbanCheck | None = None
    iban_remark: str | None = None
    """How the account was checked, where it is not known."""
    entry_payment: str | None = None
    """The row, by payment id, that has the entry of its approval."""
    payment_id: str | None = None
    """The bank line that paid it."""

    @property
    def version(self) -> int:
        """How many steps there were."""
        return len(self.steps)

    @property
    def status(self) -> RefundStatus:
        """Where it stands."""
        return self.steps[-1].status

    @property
    def requested_by(self) -> str:
        """Who asked for it."""
        return self.steps[0].by

    @property
    def approved_on(self) -> date | None:
        """The day (UTC) of its approval."""
        made = next((step for step in self.steps if step.status is RefundStatus.APPROVED), None)
        return date.fromisoformat(made.at[:10]) if made else None

    @property
    def due_id(self) -> str:
        """The due that its credit pays."""
        return f"{DUE_PREFIX}{self.refund_id}"

    def uncovered_cents(self, account: Account) -> Cents:
        """What of it is owed again on its lease's account: the credit that paid it was taken back."""
        return sum(due.open_cents for due in account.open_dues if due.due_id == self.due_id)

    def stepped(self, step: RefundStep) -> Refund:
        """The refund after a step."""
        return replace(self, steps=(*self.steps, step))


def hold(account: Account, cents: Cents, aids: Mapping[str, Cents]) -> tuple[Account, tuple[CreditLot, ...]]:
    """Set so much of a tenant's credit aside, the largest lots first; the cents of `aids` (by lot) are left out.

    Raises:
        Conflict: the tenant has less.
    """
    lots = more((), account.credits)
    refundable = [CreditLot(lot.source, lot.cents - aids.get(lot.source, 0)) for lot in lots]
    wanted, held = cents, list[CreditLot]()
    for lot in sorted(refundable, key=lambda lot: -lot.cents)[:MOST_USES]:
        part = min(lot.cents, wanted)
        if part:
            held.append(CreditLot(lot.source, part))
            wanted -= part
    if wanted:
        message = "No more can be paid back than the tenant's free credit, aids left out."
        raise Conflict("refund_exceeds_credit", message, credit_cents=cents - wanted)
    free, kept = less(account.credits, held), more(account.held, held)
    return replace(account, credits=free, held=kept, version=account.version + 1), tuple(held)


def refund_of_lot(lot: CreditLot) -> str | None:
    """The refund, by id, that was called off and left this credit."""
    name = lot.source.removeprefix(DUE_SOURCE + DUE_PREFIX)
    return None if name == lot.source else name


def came_from(payment: Payment, refund: Refund) -> bool:
    """Whether every channel that names the payer's account names the refund's, and the payment is on its lease by what
    it says itself, or by a person who did not ask for the refund.
    """
    told = {report.movement.debtor_iban for report in payment.reports if not report.exchanged}
    is_certain = payment.match is not None and payment.match.is_certain
    return told - {None} == {refund.iban} and is_certain and payment.assigned_by != refund.requested_by


def let_go(account: Account, lots: Sequence[CreditLot], on: date, chart: Chart) -> Charging:
    """Give the tenant the credit back that was held; it pays at once what is owed."""
    there = _still_held(account, lots)
    freed = replace(account, held=less(account.held, there), version=account.version + 1)
    for lot in there:
        freed = deposit(freed, lot.source, lot.cents)
    return use_credits(freed, on, chart).numbered()


def _still_held(account: Account, lots: Iterable[CreditLot]) -> list[CreditLot]:
    """What of these lots is held: money that was taken back meanwhile is not."""
    sources = {lot.source: lot.cents for lot in account.held}
    there = [CreditLot(lot.source, min(lot.cents, sources.get(lot.source, 0))) for lot in lots]
    return [lot for lot in there if lot.cents]


def less(lots: Iterable[CreditLot], taken: Iterable[CreditLot]) -> tuple[CreditLot, ...]:
    """Lots without what is taken of each source."""
    gone = {lot.source: lot.cents for lot in taken}
    left = (CreditLot(lot.source, lot.cents - gone.get(lot.source, 0)) for lot in lots)
    return tuple(lot for lot in left if lot.cents)


def more(lots: Iterable[CreditLot], added: Iterable[CreditLot]) -> tuple[CreditLot, ...]:
    """Lots with what is added, one for each source."""
    held = {lot.source: lot.cents for lot in lots}
    for lot in added:
        held[lot.source] = held.get(lot.source, 0) + lot.cents
    return tuple(CreditLot(source, cents) for source, cents in held.items())


@dataclass(frozen=True, slots=True)
class PayOut:
    """An approved refund: its row with the entry, its due, and the account after it."""

    posted: Posted
    due: Due
    made: Charging


def pay_out(household: Household, refund: Refund, on: date, chart: Chart, at: str) -> PayOut:
    """The held credit of the main lease pays the refund's due: D411 C471, D4195 C411.

    Raises:
        Conflict: some of the credit was taken back since it was held, or the tenant owes since then what is due by now
            on any lease of the household (Code civil 1347: what is due on both sides is set off).
    """
    account, accounts = household.main_account, household.accounts.values()
    there = sum(lot.cents for lot in _still_held(account, refund.lots))
    dues = [due for one in accounts for due in one.open_dues if due.due_date <= on and not due.is_barred(on)]
    owed = sum(due.open_cents for due in dues) - sum(lot.cents for one in accounts for lot in one.credits)
    free = there - max(owed, 0)
    if free < refund.amount_cents:
        message = "Some of the credit was taken back, or is needed for what is due, since the refund was asked for."
        raise Conflict("refund_exceeds_credit", message, credit_cents=max(free, 0))
    incoming = _incoming(refund, on)
    payment_id = incoming.bucket.payment_id(1)
    cents, lease_id = refund.amount_cents, account.lease_id
    lines = (chart.debit(Role.TENANTS, cents, lease_id), chart.credit(Role.SUSPENSE, cents))
    entry = next_entry(account, f"{payment_id}-1", EntryKind.REVERSAL, on, lines)
    held = less(account.held, refund.lots)
    paying = replace(account, held=held, sequence=entry.sequence, last_hash=entry.hash, version=account.version + 1)
    made = _spent(paying, refund, on, chart)
    match = Match(lease_id, MatchRule.PERSON, {REFUND: refund.refund_id})
    posted = Posted(incoming.bucket, 1, incoming, match, entries=(entry,), posted_at=at)
    return PayOut(posted, refund_due(refund, on), made)


def refund_due(refund: Refund, on: date) -> Due:
    """What the credit pays."""
    period = f"{on:%Y-%m}"
    return Due(
        refund.due_id, refund.lease_id, DueKind.ADJUSTMENT, period, on, refund.amount_cents, label="Remboursement"
    )


def _spent(account: Account, refund: Refund, on: date, chart: Chart) -> Charging:
    """What the refund's due takes of each payment's credit, and of what negative dues left."""
    uses, offsets = list[CreditUse](), list[Offset]()
    for lot in refund.lots:
        if lot.payment_id is None:
            offsets.append(Offset(lot.source.removeprefix(DUE_SOURCE), refund.due_id, lot.cents))
            continue
        entry = use_entry(account, lot.payment_id, on, chart.used(Debtor.TENANT, account.lease_id, lot.cents))
        allocation = Allocation(account.lease_id, refund.due_id, lot.cents, AllocationRule.CREDIT)
        uses.append(CreditUse(lot.payment_id, (allocation,), (entry,)))
        account = replace(account, sequence=entry.sequence, last_hash=entry.hash)
    return Charging(account, None, tuple(offsets), tuple(uses)).numbered()


def _incoming(refund: Refund, on: date) -> Incoming:
    movement = Movement(
        position="1",
        amount_cents=-refund.amount_cents,
        booking_date=on,
        nature=Nature.REFUND,
        end_to_end_id=refund.refund_id,
    )
    return Incoming(movement, MANUAL_ACCOUNT, Source(CHANNEL, refund.refund_id), accepted_on=Role.SUSPENSE)


def call_off(
    entered: Payment, account: Account, paid: Sequence[Paid], refund: Refund, on: date, chart: Chart, by: str, at: str
) -> tuple[Decision, Charging]:
    """An approved refund is not paid after all: its entry is taken back (D471 C411), its due called off, and what that
    leaves is the credit again of the payments that `paid` the due, for the rest the due's own.
    """
    number = entered.decisions + 1
    first = entered.posted.entries[0]
    entry = next_entry(account, f"{entered.payment_id}-d{number}", EntryKind.REVERSAL, on, mirrored(first.lines))
    owed = refund.uncovered_cents(account)
    bare = replace(
        account,
        open_dues=tuple(due for due in account.open_dues if due.due_id != refund.due_id),
        sequence=entry.sequence,
        last_hash=entry.hash,
        version=account.version + 1,
    )
    releases = Releases(paid, Debtor.TENANT, MOST_USES)
    credited = releases.free(bare, refund.due_id, refund.amount_cents - owed)
    booked, freed = releases.book(credited, on, chart)
    match = Match(None, MatchRule.PERSON, {REFUND: refund.refund_id})
    decision = Decision(number, DecisionKind.CALL_OFF, match, (), 0, (entry,), by, at)
    used = use_credits(booked, on, chart, MOST_USES - len(freed))
    return decision, replace(used, uses=(*freed, *used.uses)).numbered()


def paid_by(line: Payment, refunds: Sequence[Refund], rule: MatchRule, chart: Chart, by: str, at: str) -> Decision:
    """The decision that a debit of the bank's paid a refund, or several that it books in one sum: D471 C512 for all of
    it, on the bank's day.

    Raises:
        Conflict: it is no debit of what they add up to that is nothing else.
    """
    number, cents = line.decisions + 1, sum(refund.amount_cents for refund in refunds)
    if not line.is_other or line.amount_cents != -cents:
        message = "Only a debit of what the refunds add up to, of which nothing else is known, can have paid them."
        raise Conflict("refund_not_this_line", message, amount_cents=line.amount_cents, refunds_cents=cents)
    lines = (chart.debit(Role.SUSPENSE, cents), chart.credit(Role.BANK, cents))
    day = line.posted.incoming.movement.booking_date
    entry = next_loose(line.entries, f"{line.payment_id}-d{number}", EntryKind.ALLOCATION, day, lines)
    match = Match(None, rule, {REFUND: " ".join(refund.refund_id for refund in refunds)})
    return Decision(number, DecisionKind.REFUND, match, (), 0, (entry,), by, at)


def refund_of(line: Payment, refunds: Iterable[Refund]) -> Refund | None:
    """The refund that a debit paid: the one of its amount that its texts name; where they name none, whose account they
    say. A tie is nobody's, nor is a debit that names another refund too, or was booked before the approval.
    """
    if not line.is_other:
        return None
    said, names = said_by(_movements(line)), refunds_named(line)
    possible = [refund for refund in refunds if _may_pay(line, refund)]
    if names:
        found = [refund for refund in possible if names == (refund.refund_id,)]
    else:
        found = [refund for refund in possible if joined(refund.iban) in said]
    return found[0] if len(found) == 1 else None


def _may_pay(line: Payment, refund: Refund) -> bool:
    """Whether a debit is of the refund's amount and not older than its approval, a day apart: banks have days of their
    own, and the approval's is of UTC.
    """
    on, day = refund.approved_on, line.posted.incoming.movement.booking_date
    return refund.amount_cents == -line.amount_cents and on is not None and day >= on - DAY_APART


def refunds_named(line: Payment) -> tuple[str, ...]:
    """The ids of refunds, each once, that the texts of a bank's line say, whether there are such refunds or not."""
    return named_by(_movements(line))


def is_unexpected(line: Payment, refund: Refund) -> bool:
    """Whether a debit that names a refund takes money which the refund does not say: it is not approved (any more),
    another line paid it, or the amount is another. What the bank takes for a transfer, and says so, is its fee.
    """
    if refund.status is RefundStatus.APPROVED:
        return line.amount_cents != -refund.amount_cents and not _is_charge(line)
    if refund.status is RefundStatus.PAID:
        return line.payment_id != refund.payment_id and not _is_charge(line)
    return True


def _is_charge(line: Payment) -> bool:
    return any(is_charge(report.movement.bank_code) for report in line.reports if not report.exchanged)


def _movements(line: Payment) -> Iterable[Movement]:
    return (report.movement for report in line.reports)
