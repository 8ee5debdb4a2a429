"""Taking money back: entries that reverse (part of) a payment, and what becomes of the return that says so. Pure.

sector.md §5: a return D411 (and D4195) C512, one whose payment is unknown D471 C512; where it waited in 471 the money
leaves the leases for 471. Nothing is edited: a reversal is a further decision on the payment, and is never reversed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from quitus.domain.assigning import last_entries
from quitus.domain.charged import Charging, History
from quitus.domain.errors import Conflict, Invalid
from quitus.domain.household import Booking
from quitus.domain.incoming import Incoming, bank_role
from quitus.domain.lease import Account
from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, mirrored, next_loose
from quitus.domain.matching import REVERSES, Match, MatchRule
from quitus.domain.money import Cents
from quitus.domain.payment import (
    AUTOMATION,
    CONFIRMED_BY,
    CONFIRMS,
    Awaiting,
    Decision,
    DecisionKind,
    Payment,
    PaymentStatus,
    Reversal,
)
from quitus.domain.posting import Flag, Posted
from quitus.domain.refund_names import named_by
from quitus.domain.returned import Return
from quitus.domain.taking_off import last_cents, take_off

_REVERSIBLE = frozenset({PaymentStatus.POSTED, PaymentStatus.SUSPENSE})


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What takes a payment back: the account that it is booked against (`SUSPENSE` when the return waited there), the
    day of its entries, by whom and on which evidence.
    """

    reversal: Reversal
    origin: Role
    on: date
    evidence: Mapping[str, str]
    by: str
    at: str


def by_hand(payment: Payment, cents: Cents, on: date, reason: str) -> Reversal:
    """What a person takes back of a payment: of what waits in collection, some or all; what the bank told and never
    booked, whole and on its own day.

    Raises:
        Conflict: something of what the bank told would be left, or went back already.
        Invalid: another day than that.
    """
    in_collection = bank_role(payment.posted.incoming) is Role.COLLECTION
    if not in_collection and cents != payment.amount_cents:
        message = "What the bank never booked is taken back whole, and only where nothing of it went back."
        raise Conflict("payment_not_in_collection", message, amount_cents=payment.amount_cents)
    came = payment.posted.incoming.movement.booking_date
    if not in_collection and on != came:
        message = "What the bank never booked is taken back on its own day."
        raise Invalid("invalid_date", message, booking_date=came.isoformat())
    name = f"{payment.payment_id}-d{payment.decisions + 1}"
    return Reversal(name, cents, on, reason, in_collection, by_hand=True)


def check_is_payment(payment: Payment) -> None:
    """Refuse to take a return back. Raises Conflict."""
    if payment.is_return:
        raise Conflict("payment_is_return", "A return takes money back: it is no payment, and is not reversed itself.")


def check_reversible(payment: Payment, cents: Cents) -> None:
    """Refuse what cannot be taken back. Raises Conflict."""
    check_is_payment(payment)
    is_another = payment.is_bank_line or payment.list_id or payment.is_recovery or payment.is_refund
    if payment.status not in _REVERSIBLE or is_another:
        message = "Only a payment that is posted or in suspense can be taken back."
        raise Conflict("payment_not_reversible", message, status=payment.status.value)
    if cents > payment.left_cents:
        message = "More would be taken back than is left of the payment."
        raise Conflict("reversal_exceeds_payment", message, left_cents=payment.left_cents)


def booked_on(returned: Return, payment: Payment) -> Role:
    """The account that a return takes its payment's money from: a bank file tells of 512, whatever waited in 511; what
    an event tells happened where the payment stands, whatever means it says.
    """
    is_told_by_bank = any(report.source.file_id is not None for report in returned.reports)
    return Role.BANK if is_told_by_bank else bank_role(payment.posted.incoming)


def take_back(
    payment: Payment,
    accounts: Mapping[str, Account],
    histories: Mapping[str, History],
    order: TakeBack,
    chart: Chart,
) -> tuple[Decision, tuple[Charging, ...]]:
    """Take (part of) a payment back: its credit first, then what it settled last; these dues are owed again.

    `accounts` and `histories` are those of the leases on which something of it is booked.

    Raises:
        Conflict: it is a return, is not in the books, or has less left.
    """
    cents = order.reversal.amount_cents
    check_reversible(payment, cents)
    number = payment.decisions + 1
    entry_id = f"{payment.payment_id}-d{number}"
    portion = last_cents(payment, cents if payment.status is PaymentStatus.POSTED else 0)
    if payment.status is PaymentStatus.POSTED:
        booking = Booking(
            payment.payment_id, entry_id, EntryKind.REVERSAL, order.on, order.origin, payment.debtor, chart
        )
        entries, made = take_off(payment, portion, accounts, histories, booking)
    else:
        entries, made = _out_of_suspense(payment, entry_id, order, chart), ()
    decision = Decision(
        number,
        DecisionKind.REVERSE,
        Match(payment.lease_id, None, order.evidence),
        portion.allocations,
        portion.credit_cents,
        entries,
        order.by,
        order.at,
        reversal=order.reversal,
        ends=last_entries(payment) if order.reversal.is_unbooked else (),
    )
    return decision, made


def _out_of_suspense(payment: Payment, entry_id: str, order: TakeBack, chart: Chart) -> tuple[Entry, ...]:
    """Both wait in 471: nothing is booked. Else D471 C512."""
    if order.origin is Role.SUSPENSE:
        return ()
    cents = order.reversal.amount_cents
    lines = (chart.debit(Role.SUSPENSE, cents), chart.credit(order.origin, cents))
    return (next_loose(payment.entries, entry_id, EntryKind.REVERSAL, order.on, lines),)


def fee_lines(chart: Chart, cents: Cents, origin: Role) -> tuple[Line, ...]:
    """The bank's fee on a return, which is the landlord's, never the tenant's (sector.md §6): D627 C512."""
    return (chart.debit(Role.FEES, cents), chart.credit(origin, cents)) if cents else ()


def collected_lines(chart: Chart, cents: Cents, origin: Role) -> tuple[Line, ...]:
    """The bank's own line of a reversal that was booked on 511, which it clears: D511 C512."""
    return chart.debit(Role.COLLECTION, cents), chart.credit(origin, cents)


def corrected_lines(chart: Chart, cents: Cents, account: Role) -> tuple[Line, ...]:
    """What a return that waited was booked on is not where its payment stands: that is taken back, D512 (or 511)
    C471.
    """
    return chart.debit(account, cents), chart.credit(Role.SUSPENSE, cents)


def reversing_row(aside: Posted, match: Match, lines: tuple[Line, ...]) -> Posted:
    """The row of a return whose payment is known as it is posted. The payment has the entries of what is taken back;
    the return's own are of the rest only (`lines`).
    """
    entries: tuple[Entry, ...] = ()
    if lines:
        day = aside.incoming.movement.booking_date
        entries = (next_loose((), f"{aside.payment_id}-1", EntryKind.REVERSAL, day, lines),)
    return replace(aside, match=match, entries=entries, flags=())


def turned_to_return(line: Payment, told: Incoming, chart: Chart, at: str) -> Decision:
    """What a further report decides of a debit that said nothing when it was posted, or of a return that was taken for
    the word of another: it takes a payment back, and waits in 471 for it (D471 C512, on the bank's day) as a return
    does that was told as one; the sum of several waits for them, and nothing is booked.
    """
    number, match = line.decisions + 1, Match(None, None, {"named_by": told.voice})
    if told.movement.is_parked:
        return Decision(number, DecisionKind.TURN, match, (), 0, (), AUTOMATION, at)
    day, entry_id = line.posted.incoming.movement.booking_date, f"{line.payment_id}-d{number}"
    entry = next_loose(line.entries, entry_id, EntryKind.REVERSAL, day, waiting_lines(line, chart))
    flags = (Flag.RETURN_WITHOUT_ORIGINAL,)
    return Decision(number, DecisionKind.TURN, match, (), 0, (entry,), AUTOMATION, at, flags)


def traced(returned: Payment, match: Match, lines: tuple[Line, ...], by: str, at: str) -> Decision:
    """The decision on a return that waited in 471: the payment that it takes back is known; `lines` are the rest. One
    that was dismissed, or denied, is first put back into 471 (D471 C512).
    """
    check_open(returned)
    again = mirrored(returned.entries[-1].lines) if returned.is_dismissed or returned.is_denied else ()
    return _on_return(returned, DecisionKind.TRACE, match, (*again, *lines), by, at)


def dismissed(returned: Payment, evidence: Mapping[str, str], by: str, at: str) -> Decision:
    """The decision that a return takes back nothing of the landlord's: its entry is taken back (D512 C471), but of one
    that was denied, which is in no book.
    """
    check_waiting(returned)
    match = Match(None, MatchRule.PERSON, evidence)
    lines = () if returned.is_denied else mirrored(returned.entries[-1].lines)
    return _on_return(returned, DecisionKind.DISMISS, match, lines, by, at)


def check_waiting(returned: Payment) -> None:
    """Refuse what is no return that waits for its payment, or for a person. Raises Conflict."""
    if not _waits(returned):
        message = "Only a return that waits for its payment can be dismissed."
        raise Conflict("return_not_waiting", message, status=returned.status.value)


def check_open(returned: Payment) -> None:
    """Refuse what is no return, or took a payment back: one that was dismissed may still be traced, and a debit that is
    nothing else. Raises Conflict.
    """
    if not _waits(returned) and not returned.is_dismissed and not may_be_sent_back(returned):
        message = "Only a return that waits for its payment, or was dismissed, can be traced."
        raise Conflict("return_not_waiting", message, status=returned.status.value)


def may_be_sent_back(line: Payment) -> bool:
    """Whether a bank line may be what the landlord itself sent back: a debit that is nothing else, and no refund's."""
    return line.is_other and line.amount_cents < 0 and not named_by(report.movement for report in line.reports)


def check_sent_back(original: Payment) -> None:
    """Refuse what the landlord does not send back by itself: of a tenant's credit a refund decides. Raises Conflict."""
    if original.status is not PaymentStatus.SUSPENSE:
        message = "What the landlord paid sends back money in suspense: a tenant's credit goes back by a refund."
        raise Conflict("payment_not_reversible", message, status=original.status.value)


def waiting_lines(line: Payment, chart: Chart) -> tuple[Line, ...]:
    """A bank line that was in no book waits in 471 for the payment that it takes back: D471 C512."""
    cents = -line.amount_cents
    return chart.debit(Role.SUSPENSE, cents), chart.credit(bank_role(line.posted.incoming), cents)


def _waits(returned: Payment) -> bool:
    """Whether a return waits for its payment, or for a person since a statement tells what one had denied."""
    return returned.awaiting is Awaiting.ORIGINAL or (returned.is_denied and not returned.is_dismissed)


def _on_return(
    returned: Payment, kind: DecisionKind, match: Match, lines: tuple[Line, ...], by: str, at: str
) -> Decision:
    """What a return is, is of its own day: so does 512 agree with the bank, whenever that is decided."""
    number, on = returned.decisions + 1, returned.posted.incoming.movement.booking_date
    entry_id = f"{returned.payment_id}-d{number}"
    entries = (next_loose(returned.entries, entry_id, EntryKind.REVERSAL, on, lines),) if lines else ()
    return Decision(number, kind, match, (), 0, entries, by, at)


def reverses(payment: Payment, rule: MatchRule | None, evidence: Mapping[str, str]) -> Match:
    """What a return is known to take back, and why."""
    return Match(None, rule, {REVERSES: payment.payment_id, **evidence})


def confirmation(payment: Payment, reversals: Iterable[Reversal], return_id: str, by: str, at: str) -> Decision:
    """The decision on a payment that a return is the bank's own line of what was taken back in collection."""
    confirmed = " ".join(reversal.reversal_id for reversal in reversals)
    match = Match(payment.lease_id, None, {CONFIRMS: confirmed, CONFIRMED_BY: return_id})
    return Decision(payment.decisions + 1, DecisionKind.CONFIRM, match, (), 0, (), by, at)
