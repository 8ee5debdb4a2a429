"""The fold of a payment: its permanent row and what was decided, used and reported since, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from quitus.domain.allocation import Allocation
from quitus.domain.charged import CreditUse
from quitus.domain.incoming import Incoming
from quitus.domain.matching import LIST, MEANS, REFUND, REVERSES
from quitus.domain.movement import Means, Nature
from quitus.domain.payment import (
    CONFIRMED_BY,
    CONFIRMS,
    REPLACED_BY,
    Decision,
    DecisionKind,
    Payment,
    PaymentStatus,
    Reversal,
)
from quitus.domain.posting import Flag, Posted


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
        reverses=posted.reverses,
        is_clearing=_clears(posted),
    )
    for step in _in_order(decisions, uses):
        payment = _decided(_booked_after_all(payment), step) if isinstance(step, Decision) else _used(payment, step)
    return _booked_after_all(payment)


def _booked_after_all(payment: Payment) -> Payment:
    """What a person said was never booked, and is on a closing statement now, is in no book until a person decides."""
    if payment.stated_on is None or not (payment.is_unbooked or payment.is_denied):
        return payment
    return replace(_untaken(payment), status=PaymentStatus.PENDING, is_dismissed=False)


def _untaken(payment: Payment) -> Payment:
    """What took the payment back counts no more."""
    void = payment.void_reversals + len(payment.reversals)
    return replace(payment, reversals=(), void_reversals=void)


def _clears(posted: Posted) -> bool:
    nature = posted.incoming.movement.nature
    return nature is Nature.CLEARING and bool(posted.entries) and posted.lease_id is None


def _first_status(posted: Posted) -> PaymentStatus:
    incoming = posted.incoming
    if incoming.movement.amount_cents == 0:
        return PaymentStatus.SUSPENSE
    if posted.reverses is not None:
        return PaymentStatus.REVERSED
    waits = not incoming.is_booked or incoming.movement.is_parked or posted.is_return
    if waits or Flag.IDENTITY_CONFLICT in posted.flags:
        return PaymentStatus.PENDING
    is_settled = posted.lease_id or incoming.movement.nature is Nature.CLEARING
    return PaymentStatus.POSTED if is_settled else PaymentStatus.SUSPENSE


def _in_order(decisions: Sequence[Decision], uses: Sequence[CreditUse]) -> list[Decision | CreditUse]:
    """Both kinds stand on leases' chains: a decision that ends a payment's stay there says where on each.

    What a reversal takes is said by what it takes, so that it may follow all uses of the stay.
    """
    steps: list[Decision | CreditUse] = []
    taken = list[Decision]()
    waiting = sorted(uses, key=lambda use: (use.entries[0].lease_id or "", use.entries[0].sequence))
    for decision in sorted(decisions, key=lambda made: made.number):
        ends = dict(decision.ends)
        steps += [use for use in waiting if _is_ended(use, ends)]
        waiting = [use for use in waiting if not _is_ended(use, ends)]
        if decision.kind in (DecisionKind.REVERSE, DecisionKind.CONFIRM):
            taken.append(decision)
            continue
        steps += [*taken, decision]
        taken = []
    return steps + waiting + taken


def _is_ended(use: CreditUse, ends: Mapping[str, int]) -> bool:
    return any(entry.sequence <= ends.get(entry.lease_id or "", 0) for entry in use.entries)


def _decided(payment: Payment, decision: Decision) -> Payment:
    entries = (*payment.entries, *decision.entries)
    match decision.kind:
        case DecisionKind.REVERSE if decision.reversal is not None:
            return _taken_back(replace(payment, entries=entries), decision, decision.reversal)
        case DecisionKind.CONFIRM:
            return _confirmed(payment, decision)
        case DecisionKind.RESTORE:
            payment = _untaken(payment)
    told = replace(payment, status=_DECIDED[decision.kind], match=decision.match, entries=entries)
    if decision.kind in _OF_LINES:
        return replace(told, **_said_of_line(payment, decision))
    return replace(
        told,
        allocations=decision.allocations,
        credit_cents=decision.credit_cents,
        assigned_by=decision.decided_by if decision.kind is DecisionKind.ASSIGN else None,
        replaced_by=tuple(decision.match.evidence[REPLACED_BY].split()) if _replaces(decision) else (),
        flags=decision.flags if decision.kind is DecisionKind.ASSIGN else payment.posted.flags,
    )


def _said_of_line(line: Payment, decision: Decision) -> dict[str, Any]:
    """What a decision says that a line of the bank's is, where it is no payment."""
    said = decision.match.evidence
    match decision.kind:
        case DecisionKind.REFUND:
            return {"refund_ids": tuple(said[REFUND].split())}
        case DecisionKind.DISTRIBUTE:
            return {"list_id": said[LIST]}
        case DecisionKind.CLEAR:
            return {"is_clearing": True, "brings": Means(said[MEANS])}
        case DecisionKind.SUSPEND:
            return {"is_clearing": False}
    return _said_of_return(line, decision)


def _said_of_return(line: Payment, decision: Decision) -> dict[str, Any]:
    """What a decision says of a line of the bank's that takes something back, or was thought to."""
    match decision.kind:
        case DecisionKind.TURN:
            return {"is_turned": True, "flags": decision.flags, "replaced_by": ()}
        case DecisionKind.TRACE:
            told = {"reverses": decision.match.evidence[REVERSES], "is_dismissed": False, "is_denied": False}
            return told | {"is_turned": line.is_turned or not line.posted.is_return}
    return {"reverses": None, "is_dismissed": True, "is_denied": decision.kind is DecisionKind.DENY}


_OF_LINES = frozenset(
    {
        DecisionKind.TURN,
        DecisionKind.TRACE,
        DecisionKind.DISMISS,
        DecisionKind.DENY,
        DecisionKind.REFUND,
        DecisionKind.DISTRIBUTE,
        DecisionKind.CLEAR,
        DecisionKind.SUSPEND,
    }
)
_DECIDED = {
    DecisionKind.ASSIGN: PaymentStatus.POSTED,
    DecisionKind.UNASSIGN: PaymentStatus.SUSPENSE,
    DecisionKind.REPLACE: PaymentStatus.REVERSED,
    DecisionKind.CALL_OFF: PaymentStatus.REVERSED,
    DecisionKind.TURN: PaymentStatus.PENDING,
    DecisionKind.TRACE: PaymentStatus.REVERSED,
    DecisionKind.DISMISS: PaymentStatus.REVERSED,
    DecisionKind.DENY: PaymentStatus.REVERSED,
    DecisionKind.RESTORE: PaymentStatus.SUSPENSE,
    DecisionKind.REFUND: PaymentStatus.POSTED,
    DecisionKind.DISTRIBUTE: PaymentStatus.POSTED,
    DecisionKind.CLEAR: PaymentStatus.POSTED,
    DecisionKind.SUSPEND: PaymentStatus.SUSPENSE,
}


def _replaces(decision: Decision) -> bool:
    return decision.kind is DecisionKind.REPLACE


def _taken_back(payment: Payment, decision: Decision, reversal: Reversal) -> Payment:
    left = replace(
        payment,
        allocations=remaining(payment.allocations, decision.allocations),
        credit_cents=payment.credit_cents - decision.credit_cents,
        reversals=(*payment.reversals, replace(reversal, took=decision.allocations)),
    )
    return left if left.left_cents else replace(left, status=PaymentStatus.REVERSED)


def remaining(allocations: Iterable[Allocation], taken: Iterable[Allocation]) -> tuple[Allocation, ...]:
    """The allocations without what was taken of each due, the last allocations first."""
    left = list(allocations)
    for part in taken:
        cents = part.amount_cents
        for index in reversed(range(len(left))):
            held = left[index]
            if (held.lease_id, held.due_id) == (part.lease_id, part.due_id):
                gone = min(cents, held.amount_cents)
                left[index], cents = held._replace(amount_cents=held.amount_cents - gone), cents - gone
    return tuple(allocation for allocation in left if allocation.amount_cents)


def _confirmed(payment: Payment, decision: Decision) -> Payment:
    said = decision.match.evidence
    confirmed = said[CONFIRMS].split()
    reversals = tuple(
        replace(one, confirmed_by=said[CONFIRMED_BY]) if one.reversal_id in confirmed else one
        for one in payment.reversals
    )
    return replace(payment, reversals=reversals)


def _used(payment: Payment, use: CreditUse) -> Payment:
    cents = sum(allocation.amount_cents for allocation in use.allocations)
    given_back = [item._replace(amount_cents=-item.amount_cents) for item in use.allocations if item.amount_cents < 0]
    grown = (*payment.allocations, *(item for item in use.allocations if item.amount_cents > 0))
    return replace(
        payment,
        allocations=remaining(grown, given_back) if given_back else grown,
        credit_cents=payment.credit_cents - cents,
        entries=(*payment.entries, *use.entries),
    )
