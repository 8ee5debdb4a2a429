"""What is decided on a line of the bank's: it brings what waits in collection (511), or it does not. Pure.

One whose code does not say so is in suspense until a further channel, or a person, does: D471 C511. What the bank or
the provider kept of the values is its fee, D627 C511, whenever that is known. A person's word is taken back by another.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from quitus.domain.errors import Conflict
from quitus.domain.ledger import Chart, EntryKind, Line, Role, mirrored, next_loose
from quitus.domain.matching import MEANS, Match, SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.movement import Means, Movement, Nature
from quitus.domain.payment import AUTOMATION, Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.payouts import kept_cents

_NOBODYS = frozenset({SuspenseReason.NO_EVIDENCE, SuspenseReason.DOUBT})


def clear(
    payment: Payment, means: Means | None, kept: Cents | None, match: Match, chart: Chart, on: date, by: str, at: str
) -> Decision:
    """It brings values that were received by some means (None: cards), of which so many cents were kept (None: as is
    known): out of suspense, D471 D627 C511. Of one that brings them already, whose means stay, the fee is corrected:
    D627 C511, or the reverse.

    Raises:
        Conflict: it is neither in suspense on the bank's account nor a line that brings values, or says nothing new.
    """
    if payment.is_clearing:
        _check_brings(payment)
        means = payment.brings or payment.posted.incoming.movement.means
        kept = payment.kept_cents if kept is None else kept
        lines = _kept(chart, kept - payment.kept_cents)
    else:
        _check_suspended(payment)
        left, kept = payment.left_cents, kept or 0
        lines = (chart.debit(Role.SUSPENSE, left), *_brought(chart, left, kept))
    if not lines:
        raise Conflict("payment_clears_already", "The line brings what waits in collection already, less this fee.")
    told = replace(match, lease_id=None, evidence={**match.evidence, MEANS: (means or Means.CARD).value})
    return _decided(payment, DecisionKind.CLEAR, told, lines, on, by, at)


def suspend(payment: Payment, match: Match, chart: Chart, on: date, by: str, at: str) -> Decision:
    """It brings nothing of what waits in collection: back to suspense, D511 C627 C471.

    Raises:
        Conflict: it is no line that brings values.
    """
    _check_brings(payment)
    left, kept = payment.left_cents, payment.kept_cents
    lines = (*mirrored(_brought(chart, left, kept)), chart.credit(Role.SUSPENSE, left))
    told = replace(match, lease_id=None, reason=SuspenseReason.UNASSIGNED)
    return _decided(payment, DecisionKind.SUSPEND, told, lines, on, by, at)


def cleared_by(payment: Payment, told: Movement, chart: Chart, on: date, at: str) -> Decision | None:
    """What a further report of a line decides: that it brings values, or how much of them was kept; None where that is
    no news, or anybody decided on it.
    """
    if payment.decisions or payment.reversals or told.nature is not Nature.CLEARING or told.amount_cents <= 0:
        return None
    match, kept = Match(None, None, {}), kept_cents(told)
    if payment.is_clearing:
        is_news = kept > payment.kept_cents
    else:
        reason = payment.match.reason if payment.match else None
        is_news = payment.status is PaymentStatus.SUSPENSE and reason in _NOBODYS and payment.is_on_bank
    return clear(payment, told.means, kept, match, chart, on, AUTOMATION, at) if is_news else None


def _brought(chart: Chart, cents: Cents, kept: Cents) -> tuple[Line, ...]:
    """Values leave the collection: C511, D627 what was kept of them."""
    fees = (chart.debit(Role.FEES, kept),) if kept else ()
    return *fees, chart.credit(Role.COLLECTION, cents + kept)


def _kept(chart: Chart, more: Cents) -> tuple[Line, ...]:
    """So much more was kept: D627 C511; less: the reverse."""
    lines = _brought(chart, 0, abs(more)) if more else ()
    return lines if more >= 0 else mirrored(lines)


def _check_suspended(payment: Payment) -> None:
    if payment.status is not PaymentStatus.SUSPENSE or not payment.is_on_bank or payment.amount_cents <= 0:
        message = "Only what the bank brought and is in suspense can bring what waits in collection."
        raise Conflict("payment_not_on_bank", message, status=payment.status.value)


def _check_brings(payment: Payment) -> None:
    if not payment.is_clearing or payment.amount_cents <= 0:
        raise Conflict("payment_not_clearing", "It is no line that brings what waits in collection.")


def _decided(
    payment: Payment, kind: DecisionKind, match: Match, lines: tuple[Line, ...], on: date, by: str, at: str
) -> Decision:
    number = payment.decisions + 1
    entry = next_loose(payment.entries, f"{payment.payment_id}-d{number}", EntryKind.ALLOCATION, on, lines)
    return Decision(number, kind, match, (), 0, (entry,), by, at)
