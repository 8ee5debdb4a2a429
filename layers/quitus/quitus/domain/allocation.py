"""Which dues a payment settles: Code civil 1342-10 in the order of sector.md §3."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from quitus.domain.calendar import years_before
from quitus.domain.lease import DueKind, OpenDue
from quitus.domain.money import Cents

LIMITATION_YEARS = 3
"""Rent claims lapse after three years (law 89-462 art. 7-1): such dues are paid only when targeted."""

_KIND_ORDER = {
    kind: rank
    for rank, kind in enumerate(
        (
            DueKind.RENT,
            DueKind.CHARGES,
            DueKind.ADJUSTMENT,
            DueKind.INSTALMENT,
            DueKind.INSURANCE,
            DueKind.ANNEX,
            DueKind.FEE,
            DueKind.DEPOSIT,
            DueKind.AID_APL,
            DueKind.AID_OTHER,
            DueKind.AID_RLS,
        )
    )
}


class AllocationRule(StrEnum):
    """Why a due was chosen (contract.md, rules named)."""

    TARGET = "target"
    PLAN = "plan"
    OLDEST_DUE = "oldest_due"
    CREDIT = "credit"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Allocation:
    """Cents of a payment that settle (part of) a due."""

    lease_id: str
    due_id: str
    amount_cents: Cents
    rule: AllocationRule


@dataclass(frozen=True, slots=True)
class Settlement:
    """The dues left open, what was paid on which (due id, cents, rule), and what is left of the amount."""

    open_dues: tuple[OpenDue, ...]
    paid: tuple[tuple[str, Cents, AllocationRule], ...]
    rest_cents: Cents


def payment_order(dues: Iterable[OpenDue], on: date) -> list[OpenDue]:
    """Dues in the order in which a payment booked `on` settles them, time-barred ones left out.

    What the payer of an aid owes is no claim under the lease: it is not barred.
    """
    barred = years_before(on, LIMITATION_YEARS)
    payable = (due for due in dues if due.due_date > barred or due.kind.is_awaited)
    return sorted(payable, key=lambda due: _rank(due, on))


def _rank(due: OpenDue, on: date) -> tuple[bool, date, int, str]:
    return (due.due_date > on, due.due_date, _KIND_ORDER[due.kind], due.due_id)


def settle(
    dues: Sequence[OpenDue],
    amount_cents: Cents,
    on: date,
    *,
    target: Sequence[str] = (),
    target_rule: AllocationRule = AllocationRule.TARGET,
    rule: AllocationRule = AllocationRule.OLDEST_DUE,
) -> Settlement:
    """Spend an amount on open dues: the targeted ones first, in the order given, then by `payment_order`."""
    by_id = {due.due_id: due for due in dues}
    chosen = [by_id[due_id] for due_id in dict.fromkeys(target) if due_id in by_id]
    queue = [(due, target_rule) for due in chosen]
    queue += [(due, rule) for due in payment_order(dues, on) if due not in chosen]
    return _spend(dues, amount_cents, queue)


def settle_own_period(dues: Sequence[OpenDue], amount_cents: Cents, period: str) -> Settlement:
    """Spend an aid on the dues of its own period: rent, then charges, then the rest (sector.md §3)."""
    own = sorted((due for due in dues if due.period == period), key=lambda due: (_KIND_ORDER[due.kind], due.due_id))
    return _spend(dues, amount_cents, [(due, AllocationRule.CREDIT) for due in own])


def _spend(dues: Sequence[OpenDue], amount_cents: Cents, queue: Iterable[tuple[OpenDue, AllocationRule]]) -> Settlement:
    left, paid = amount_cents, dict[str, tuple[Cents, AllocationRule]]()
    for due, rule in queue:
        if left == 0:
            break
        cents = min(left, due.open_cents)
        paid[due.due_id] = (cents, rule)
        left -= cents
    still_open = tuple(
        replace(due, open_cents=due.open_cents - cents)
        for due in dues
        if due.open_cents > (cents := paid.get(due.due_id, (0,))[0])
    )
    return Settlement(still_open, tuple((due_id, cents, rule) for due_id, (cents, rule) in paid.items()), left)
