"""Instalment plans: which part of a payment goes where, and how a plan stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders import DAY, an_account, an_open_due
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.allocation import AllocationRule, settle
from quitus.domain.calendar import months_after
from quitus.domain.lease import OpenDue
from quitus.domain.plan import Instalment, InstalmentPlan

FIRST = date(2026, 11, 10)
OLD = an_open_due("old", 96000, date(2026, 6, 10))
CURRENT_RENT = an_open_due("nov", 51000, FIRST)
PLAN = InstalmentPlan(1, tuple(Instalment(months_after(FIRST, month), 8000) for month in range(12)), (("old", 96000),))


def paid(dues: list[OpenDue], cents: int, on: date = FIRST, plan: InstalmentPlan = PLAN, **named: Any) -> object:
    settlement = settle(dues, cents, on, plans=[plan], **named)
    return [(due_id, part) for due_id, part, _ in settlement.paid], settlement.rest_cents


def test_the_current_charging_comes_before_the_instalment_due() -> None:
    assert paid([OLD, CURRENT_RENT], 59000) == ([("nov", 51000), ("old", 8000)], 0)
    assert paid([OLD, CURRENT_RENT], 55000) == ([("nov", 51000), ("old", 4000)], 0)


def test_what_two_plans_cover_is_paid_once() -> None:
    both = [InstalmentPlan(number, (Instalment(FIRST, 96000),), (("old", 96000),)) for number in (1, 2)]
    settlement = settle([OLD], 100_000, FIRST, plans=both)
    assert settlement == ((), (("old", 96000, AllocationRule.PLAN),), 4000)


def test_the_current_charging_comes_first_also_before_its_day() -> None:
    assert paid([OLD, CURRENT_RENT], 51000, on=DAY) == ([("nov", 51000)], 0)


def ahead(count: int) -> list[OpenDue]:
    """A year may be called ahead, each month on the 10th."""
    return [an_open_due(f"m{n}", 51000, months_after(FIRST, n)) for n in range(count)]


@pytest.mark.parametrize("on", [date(2026, 11, 1), FIRST, date(2026, 11, 30)])
def test_what_is_called_of_later_months_waits_for_the_instalment_of_this_one(on: date) -> None:
    assert paid([OLD, *ahead(12)], 59000, on) == ([("m0", 51000), ("old", 8000)], 0)
    assert paid([OLD, *ahead(12)], 55000, on) == ([("m0", 51000), ("old", 4000)], 0)


def test_money_before_its_month_pays_that_month_and_its_instalment() -> None:
    assert paid([OLD, *ahead(3)], 59000, date(2026, 10, 28)) == ([("m0", 51000), ("old", 8000)], 0)
    first_is_paid = an_open_due("old", 88000, OLD.due_date)
    assert paid([first_is_paid, *ahead(3)[1:]], 59000, date(2026, 11, 27)) == ([("m1", 51000), ("old", 8000)], 0)


def test_money_for_two_months_pays_the_instalments_of_both() -> None:
    assert paid([OLD, *ahead(3)], 2 * 59000 + 1) == ([("m0", 51000), ("old", 16000), ("m1", 51000), ("m2", 1)], 0)


def test_the_charging_of_an_earlier_month_comes_before_the_instalments_due() -> None:
    late = an_open_due("late", 51000, date(2026, 10, 10))
    assert paid([OLD, late, CURRENT_RENT], 104_000) == ([("late", 51000), ("nov", 51000), ("old", 2000)], 0)


def test_money_over_everything_else_pays_instalments_to_come_before_a_credit_arises() -> None:
    assert paid([OLD, CURRENT_RENT], 51000 + 96000 + 7) == ([("nov", 51000), ("old", 96000)], 7)


def test_what_the_payer_names_comes_before_the_plan_and_fills_its_instalments() -> None:
    settlement = settle([OLD, CURRENT_RENT], 96000 + 500, FIRST, target=["old"], plans=[PLAN])
    assert settlement.paid == (("old", 96000, AllocationRule.TARGET), ("nov", 500, AllocationRule.OLDEST_DUE))


def test_while_a_plan_runs_it_is_the_rule_of_every_part_unless_another_is_given() -> None:
    ahead = an_open_due("ahead", 1000, FIRST + timedelta(days=60))
    for rule, named in ((None, AllocationRule.PLAN), (AllocationRule.CREDIT, AllocationRule.CREDIT)):
        whole = settle([OLD, CURRENT_RENT, ahead], 200_000, FIRST, plans=[PLAN], rule=rule)
        assert [(name, by) for name, _, by in whole.paid] == [(name, named) for name in ("nov", "old", "ahead")]
        assert settle([OLD], 100, DAY, plans=[PLAN], rule=rule).paid == (("old", 100, named),)


def test_an_instalment_fills_the_covered_dues_one_after_the_other() -> None:
    plan = InstalmentPlan(1, (Instalment(FIRST, 6000), Instalment(date(2027, 3, 10), 4000)), (("a", 5000), ("b", 5000)))
    dues = [an_open_due(name, 5000, date(2026, month, 10)) for name, month in (("a", 6), ("b", 7))]
    ahead = an_open_due("ahead", 3000, FIRST + timedelta(days=60))
    assert paid([*dues, ahead], 8000, plan=plan) == ([("a", 5000), ("b", 1000), ("ahead", 2000)], 0)


def test_what_a_covered_due_owes_beside_the_plan_is_paid_once() -> None:
    plan = InstalmentPlan(1, (Instalment(date(2027, 6, 10), 11000),), (("old", 5000), ("edge", 6000)))
    old, edge = an_open_due("old", 5000, date(2026, 6, 10)), an_open_due("edge", 10000, date(2026, 11, 30))
    assert paid([old, edge], 7000, plan=plan) == ([("edge", 4000), ("old", 3000)], 0)


def test_of_the_current_charging_the_dwelling_comes_before_annexes_under_a_plan_too() -> None:
    annex = an_open_due("annex", 4500, FIRST - timedelta(days=20))
    assert paid([OLD, annex, CURRENT_RENT], 52000, annexes=frozenset({"annex"})) == (
        [("nov", 51000), ("annex", 1000)],
        0,
    )


def test_a_plan_interrupts_the_limitation_of_what_it_covers() -> None:
    ancient = an_open_due("old", 96000, date(2020, 1, 10))
    assert paid([ancient], 8000) == ([("old", 8000)], 0)


def test_a_covered_due_that_the_erp_raised_owes_its_excess_as_current_charging() -> None:
    raised = an_open_due("old", 97000, date(2026, 6, 10))
    assert PLAN.settled_cents([raised]) == 0
    assert paid([raised], 9000) == ([("old", 9000)], 0)
    assert PLAN.settled_cents([an_open_due("old", 97000 - 9000, date(2026, 6, 10))]) == 8000


def test_a_plan_that_is_paid_leaves_the_ordinary_order() -> None:
    settlement = settle([CURRENT_RENT], 51000, FIRST, plans=[PLAN])
    assert [rule for *_, rule in settlement.paid] == [AllocationRule.OLDEST_DUE]


def test_an_instalment_is_missed_five_days_after_its_day() -> None:
    def missed(on: date) -> list[int]:
        return [item.missed_cents for item in PLAN.standings(4000, on) if item.is_missed]

    assert missed(FIRST + timedelta(days=4)) == []
    assert missed(FIRST + timedelta(days=5)) == [4000]
    assert missed(FIRST + timedelta(days=35)) == [4000, 8000]


def test_two_missed_instalments_break_a_plan() -> None:
    assert not PLAN.is_broken(4000, FIRST + timedelta(days=34))
    assert PLAN.is_broken(4000, FIRST + timedelta(days=35))


MONTH_END = date(2026, 11, 30)
AMOUNTS = st.integers(1, 90_000)
DUES = st.lists(st.tuples(AMOUNTS, st.integers(-400, 300)), min_size=1, max_size=8)


@given(DUES, st.integers(1, 8), st.integers(1, 12), st.integers(1, 400_000))
def test_on_any_numbers_a_plan_pays_current_charging_then_instalments_due(
    amounts: list[tuple[int, int]], covering: int, count: int, cents: int
) -> None:
    dues = [
        an_open_due(f"d{n}", open_cents, DAY + timedelta(days=days)) for n, (open_cents, days) in enumerate(amounts)
    ]
    covered = tuple((due.due_id, due.open_cents) for due in dues[:covering])
    total = sum(part for _, part in covered)
    parts = [total // count + (n < total % count) for n in range(count)]
    days = [DAY + timedelta(days=30 * (n - count // 2)) for n in range(count)]
    plan = InstalmentPlan(1, tuple(Instalment(day, part) for day, part in zip(days, parts, strict=True)), covered)
    settlement = settle(dues, cents, DAY, plans=[plan])
    taken = {due_id: part for due_id, part, _ in settlement.paid}
    assert sum(taken.values()) + settlement.rest_cents == cents
    beside = [due for due in dues[covering:] if due.due_date <= MONTH_END]
    current = sum(due.open_cents for due in beside)
    due_now = plan.payable_cents(dues, DAY)
    on_plan = sum(taken.get(due_id, 0) for due_id, _ in covered)
    assert sum(taken.get(due.due_id, 0) for due in dues[covering:] if due.due_date <= MONTH_END) == min(cents, current)
    assert on_plan >= min(max(cents - current, 0), due_now)
    if cents <= current + due_now:
        assert on_plan == max(cents - current, 0)
    assert (settlement.rest_cents > 0) <= (not settlement.open_dues)


def test_what_a_plan_covers_is_overdue_only_as_far_as_its_instalments_are() -> None:
    account = an_account(OLD, CURRENT_RENT, plan=PLAN)
    assert account.overdue_cents(FIRST) == 0
    assert account.overdue_cents(FIRST + timedelta(days=1)) == 51000 + 8000
    assert an_account(OLD).overdue_cents(FIRST) == 96000
