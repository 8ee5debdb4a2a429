"""Which dues a payment settles: Code civil 1342-10 in the order of sector.md §3."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from quitus.domain.lease import Account, DueKind, OpenDue, barred_before
from quitus.domain.money import Cents
from quitus.domain.plan import InstalmentPlan

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


class Allocation(NamedTuple):
    """Cents of a payment that settle (part of) a due."""

    lease_id: str
    due_id: str
    amount_cents: Cents
    rule: AllocationRule


class Settlement(NamedTuple):
    """The dues left open, what was paid on which (due id, cents, rule), and what is left of the amount."""

    open_dues: tuple[OpenDue, ...]
    paid: tuple[tuple[str, Cents, AllocationRule], ...]
    rest_cents: Cents


class _Turn(NamedTuple):
    """A due whose turn it is, and how much of it at most."""

    due: OpenDue
    limit: Cents
    rule: AllocationRule


class _Order(NamedTuple):
    """What the order depends on besides the dues: the booking day, the dues of annexes, the plans that run."""

    on: date
    annexes: Container[str] = ()
    plans: Sequence[InstalmentPlan] = ()

    def queue(self, dues: Sequence[OpenDue], rule: AllocationRule | None) -> Iterable[_Turn]:
        """The dues in their turns, under `rule` or the one that orders them; made one by one, as money is left."""
        running = [plan for plan in self.plans if plan.open_parts(dues)]
        if running:
            return self._planned(dues, running, rule or AllocationRule.PLAN)
        ordered = payment_order(dues, self.on, annexes=self.annexes)
        return (_Turn(due, due.open_cents, rule or AllocationRule.OLDEST_DUE) for due in ordered)

    def _planned(self, dues: Sequence[OpenDue], running: Sequence[InstalmentPlan], rule: AllocationRule) -> list[_Turn]:
        """Month by month, all up to the end of the booking month being one: its charging, then its instalments."""
        covered = {due_id: cents for plan in running for due_id, cents in plan.open_parts(dues).items()}
        ordered = payment_order(dues, self.on, covered, self.annexes)
        charged = [
            (self._month(due.due_date), _Turn(due, due.open_cents - covered.get(due.due_id, 0), rule))
            for due in ordered
        ]
        agreed = [
            (self._month(day), _Turn(due, cents, rule))
            for plan in running
            for day, due, cents in plan.unpaid_parts(ordered)
        ]
        return [turn for _, turn in sorted([*charged, *agreed], key=itemgetter(0))]

    def _month(self, day: date) -> tuple[int, int]:
        current = max(day, self.on)
        return current.year, current.month


def payment_order(
    dues: Iterable[OpenDue], on: date, interrupted: Container[str] = (), annexes: Container[str] = ()
) -> list[OpenDue]:
    """Dues in the order in which a payment booked `on` settles them. Time-barred ones are left out, to be paid only
    when targeted; a plan interrupts the limitation of the dues that it covers (`interrupted`). `annexes` are the dues
    of leases that are no dwelling.
    """
    since = barred_before(on)  # nearly all dues are younger, and need no closer look
    payable = [due for due in dues if due.due_date >= since or due.due_id in interrupted or not due.is_barred(on)]
    return sorted(
        payable,
        key=lambda due: (
            due.due_date > on,
            due.due_id in annexes,
            due.due_date,
            _KIND_ORDER[due.kind],
            due.due_id,
        ),
    )


def payable(account: Account, on: date) -> list[OpenDue]:
    """The open dues of a lease that a payment of a day may settle without naming them, so all that the tenant may be
    asked for: time-barred ones only where a plan covers them.
    """
    covered = {due_id for plan in account.plans for due_id, _ in plan.covered}
    return payment_order(account.open_dues, on, interrupted=covered)


def settle(
    dues: Sequence[OpenDue],
    amount_cents: Cents,
    on: date,
    *,
    target: Sequence[str] = (),
    target_rule: AllocationRule = AllocationRule.TARGET,
    plans: Sequence[InstalmentPlan] = (),
    annexes: Container[str] = (),
    rule: AllocationRule | None = None,
) -> Settlement:
    """Spend an amount on open dues: the targeted ones first, in the order given, then as running plans say, else by
    `payment_order`. `rule` names the rule in place of the one that chose.
    """
    order = _Order(on, annexes, plans)
    if not target:
        return _spend(dues, amount_cents, order.queue(dues, rule))
    by_id = {due.due_id: due for due in dues}
    wanted = [by_id[due_id] for due_id in dict.fromkeys(target) if due_id in by_id]
    chosen = _spend(dues, amount_cents, [_Turn(due, due.open_cents, target_rule) for due in wanted])
    ordered = _spend(chosen.open_dues, chosen.rest_cents, order.queue(chosen.open_dues, rule))
    return ordered._replace(paid=(*chosen.paid, *ordered.paid))


def settle_own_period(dues: Sequence[OpenDue], amount_cents: Cents, period: str) -> Settlement:
    """Spend an aid on the dues of its own period: rent, then charges, then the rest (sector.md §3)."""
    own = sorted((due for due in dues if due.period == period), key=lambda due: (_KIND_ORDER[due.kind], due.due_id))
    return _spend(dues, amount_cents, [_Turn(due, due.open_cents, AllocationRule.CREDIT) for due in own])


def _spend(dues: Sequence[OpenDue], amount_cents: Cents, queue: Iterable[_Turn]) -> Settlement:
    left = amount_cents
    paid: dict[str, tuple[str, Cents, AllocationRule]] = {}
    for due, limit, chosen_by in queue:
        if left == 0:
            break
        _, before, rule = paid.get(due.due_id) or (due.due_id, 0, chosen_by)
        cents = min(left, limit, due.open_cents - before)
        if cents > 0:
            paid[due.due_id] = (due.due_id, before + cents, rule)
            left -= cents
    still_open = [
        due.less(paid[due.due_id][1]) if due.due_id in paid else due
        for due in dues
        if due.due_id not in paid or paid[due.due_id][1] < due.open_cents
    ]
    return Settlement(tuple(still_open), tuple(paid.values()), left)
