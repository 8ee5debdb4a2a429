"""A bulk transfer goes back: with it, every line of its list. Pure.

The transfer stays D512 C471, its return is D471 C512, and each line gives back what it took from 471 (D467 or D411
C471), so that nothing is left there. A recovery that nobody owes yet is called off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quitus.domain.errors import Conflict
from quitus.domain.matching import Match
from quitus.domain.money import Cents
from quitus.domain.payment import Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.payment_list import ListStatus, PaymentList
from quitus.domain.reversing import TakeBack


def check_goes_back(
    transfer: Payment, held: PaymentList, lines: Sequence[Payment], cents: Cents, return_id: str
) -> None:
    """Refuse a transfer of which not every line can be taken back, or not whole. Raises Conflict."""
    if held.status is not ListStatus.POSTED or len(lines) != held.lines:
        raise _refused("Its list is still being posted: ask again in a minute.", list_id=held.list_id)
    if cents != transfer.amount_cents:
        raise _refused("It goes back whole: name the line of which some went back.", amount_cents=transfer.amount_cents)
    for line in lines:
        if line.is_recovery and line.status is PaymentStatus.POSTED:
            raise _refused("A recovery of its list debits a tenant, which is not taken back.", line)
        if not (line.is_recovery or line.left_cents == line.amount_cents or took(line, return_id)):
            raise _refused("Some of a line of its list went back already.", line)


def took(line: Payment, return_id: str) -> bool:
    """Whether a return took a line back already."""
    return any(reversal.reversal_id == return_id for reversal in line.reversals)


def in_order(lines: Sequence[Payment]) -> list[Payment]:
    """The lines that are not taken back yet, recoveries first: one may become a tenant's meanwhile, and stop it all."""
    left = (line for line in lines if line.status is not PaymentStatus.REVERSED)
    return sorted(left, key=lambda line: (not line.is_recovery, line.payment_id))


def called_off(recovery: Payment, evidence: Mapping[str, str], by: str, at: str) -> Decision:
    """The decision that a recovery which is on no tenant is owed by nobody: nothing is booked. Raises Conflict."""
    if recovery.status is not PaymentStatus.SUSPENSE:
        raise _refused("A recovery of its list debits a tenant, which is not taken back.", recovery)
    return Decision(recovery.decisions + 1, DecisionKind.CALL_OFF, Match(None, None, evidence), (), 0, (), by, at)


def gone_back(transfer: Payment, order: TakeBack) -> Decision:
    """The decision that a transfer went back, once its lines did: both wait in 471, nothing is booked."""
    number, match = transfer.decisions + 1, Match(None, None, order.evidence)
    return Decision(number, DecisionKind.REVERSE, match, (), 0, (), order.by, order.at, reversal=order.reversal)


def _refused(message: str, line: Payment | None = None, **detail: object) -> Conflict:
    about = {"payment_id": line.payment_id} if line is not None else {}
    return Conflict("list_not_reversible", message, **detail, **about)
