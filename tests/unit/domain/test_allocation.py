"""Allocation: sector.md §3 and the acceptance cases of §7 that ordinary receipts cover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from builders import DAY, a_due, an_account, an_open_due
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.allocation import AllocationRule, Settlement, payable, payment_order, settle, settle_own_period
from quitus.domain.lease import DueKind, OpenDue
from quitus.domain.plan import Instalment, InstalmentPlan

JANUARY, FEBRUARY, MARCH = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
ARREARS = (
    an_open_due("jan", 15000, JANUARY),
    an_open_due("feb", 40000, FEBRUARY),
    an_open_due("mar", 40000, MARCH),
)


def paid(settlement: Settlement) -> dict[str, int]:
    return {due_id: cents for due_id, cents, _ in settlement.paid}


def test_a_part_payment_without_label_settles_the_oldest_months_first() -> None:
    settlement = settle(ARREARS, 60000, date(2026, 3, 10))
    assert paid(settlement) == {"jan": 15000, "feb": 40000, "mar": 5000}
    assert [(due.due_id, due.open_cents) for due in settlement.open_dues] == [("mar", 35000)]


def test_the_payers_own_choice_comes_first_and_is_named_as_such() -> None:
    settlement = settle(ARREARS, 60000, date(2026, 3, 10), target=["mar"])
    assert settlement.paid == (
        ("mar", 40000, AllocationRule.TARGET),
        ("jan", 15000, AllocationRule.OLDEST_DUE),
        ("feb", 5000, AllocationRule.OLDEST_DUE),
    )


def test_an_overpayment_leaves_a_rest() -> None:
    assert settle([an_open_due("nov", 50000)], 53000, DAY).rest_cents == 3000


def test_two_euros_short_leave_two_euros_open() -> None:
    settlement = settle([an_open_due("nov", 51230)], 51030, DAY)
    assert [due.open_cents for due in settlement.open_dues] == [200]


def test_dues_that_are_not_yet_due_are_paid_before_a_credit_arises_but_after_those_that_are() -> None:
    later, now = an_open_due("a", 100, date(2026, 12, 5)), an_open_due("b", 100, DAY)
    assert [due.due_id for due in payment_order([later, now], DAY)] == ["b", "a"]
    assert settle([later, now], 200, DAY).rest_cents == 0


ONE_AFTER_THE_OTHER = (
    DueKind.RENT,
    DueKind.CHARGES,
    DueKind.ADJUSTMENT,
    DueKind.INSTALMENT,
    DueKind.INSURANCE,
    DueKind.ANNEX,
    DueKind.FEE,
    DueKind.DEPOSIT,
)
"""Kinds that a tenant owes, as sector.md §3 orders them."""


@pytest.mark.parametrize("held", [ONE_AFTER_THE_OTHER, ONE_AFTER_THE_OTHER[::-1], sorted(ONE_AFTER_THE_OTHER)])
def test_dues_of_one_day_are_paid_by_kind_rent_first_the_deposit_last(held: Sequence[DueKind]) -> None:
    ids = dict(zip(ONE_AFTER_THE_OTHER, "hgfedcba", strict=True))
    ordered = payment_order([an_open_due(ids[kind], 100, kind=kind) for kind in held], DAY)
    assert [due.kind for due in ordered] == list(ONE_AFTER_THE_OTHER)


@pytest.mark.parametrize("held", ["abc", "cba", "bca"])
def test_dues_of_one_day_and_kind_are_paid_by_their_ids(held: str) -> None:
    assert [due.due_id for due in payment_order([an_open_due(name, 100) for name in held], DAY)] == ["a", "b", "c"]


def test_what_is_due_today_is_due_and_the_dwelling_comes_before_annexes() -> None:
    tomorrow, today, old = (
        an_open_due(name, 100, DAY + timedelta(days=days)) for name, days in (("t", 1), ("n", 0), ("o", -40))
    )
    annexes = frozenset({"n"})
    assert [due.due_id for due in payment_order([tomorrow, today], DAY, annexes=annexes)] == ["n", "t"]
    assert [due.due_id for due in payment_order([today, old], DAY, annexes=frozenset({"o"}))] == ["n", "o"]
    assert paid(settle([today, old], 150, DAY, annexes=frozenset({"o"}))) == {"n": 100, "o": 50}


def test_every_part_is_named_after_the_rule_that_is_given() -> None:
    credit, person = AllocationRule.CREDIT, AllocationRule.PERSON
    assert {rule for *_, rule in settle(ARREARS, 60000, MARCH, rule=credit).paid} == {credit}
    settlement = settle(ARREARS, 60000, MARCH, target=["mar"], target_rule=person, rule=credit)
    assert settlement.paid == (("mar", 40000, person), ("jan", 15000, credit), ("feb", 5000, credit))


def test_a_due_that_is_named_twice_or_unknown_is_paid_once_or_not() -> None:
    settlement = settle(ARREARS, 60000, MARCH, target=["feb", "none", "feb"])
    assert [name for name, *_ in settlement.paid] == ["feb", "jan", "mar"]


def test_an_aid_is_spent_on_the_rent_of_its_month_then_on_the_rest_of_it() -> None:
    kinds = ((DueKind.FEE, 3000), (DueKind.CHARGES, 8000), (DueKind.RENT, 42000))
    dues = [an_open_due(kind.value, cents, kind=kind) for kind, cents in kinds]
    older = an_open_due("old", 500, DAY - timedelta(days=40))
    settlement = settle_own_period([older, *dues], 50500, "2026-11")
    rule = AllocationRule.CREDIT
    assert settlement.paid == (("rent", 42000, rule), ("charges", 8000, rule), ("fee", 500, rule))
    left = settle_own_period([older, *dues], 60000, "2026-11")
    assert (left.rest_cents, left.open_dues) == (7000, (older,))


def test_a_due_older_than_three_years_is_paid_only_when_targeted() -> None:
    barred = an_open_due("old", 10000, date(2023, 11, 4))
    assert settle([barred], 10000, DAY).rest_cents == 10000
    assert settle([barred], 10000, DAY, target=["old"]).rest_cents == 0


@pytest.mark.parametrize(
    ("due_date", "last"),
    [
        (date(2023, 11, 5), date(2026, 11, 5)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (date(2025, 3, 1), date(2028, 3, 1)),
    ],
)
def test_the_last_day_of_three_years_must_be_over(due_date: date, last: date) -> None:
    due = an_open_due("old", 10000, due_date)
    assert (due.is_barred(last), due.is_barred(last + timedelta(days=1))) == (False, True)


@pytest.mark.parametrize(
    ("interruption", "barred"),
    [
        ({}, True),
        ({"limitation_from": date(2023, 11, 5)}, False),
        ({"limitation_from": date(2023, 11, 4)}, True),
        ({"judged_on": date(2016, 11, 5)}, False),
        ({"judged_on": date(2016, 11, 4)}, True),
        ({"judged_on": date(2010, 1, 1), "limitation_from": date(2024, 1, 1)}, False),
    ],
)
def test_an_act_or_a_judgment_interrupts_the_limitation(interruption: dict[str, Any], barred: bool) -> None:
    old = a_due("old", 10000, date(2015, 11, 5), **interruption).open(10000)
    assert settle([old], 10000, DAY).rest_cents == (10000 if barred else 0)
    assert settle([old], 10000, DAY, target=["old"]).rest_cents == 0


def test_what_the_payer_of_an_aid_owes_is_not_barred_like_rent() -> None:
    aid = an_open_due("apl", 10000, date(2020, 11, 5), DueKind.AID_APL)
    assert settle([aid], 10000, DAY).rest_cents == 0


DUES = st.lists(
    st.builds(
        OpenDue,
        st.text("abcdef", min_size=1, max_size=6),
        st.sampled_from(DueKind),
        st.just("2026-11"),
        st.dates(date(2022, 1, 1), date(2027, 12, 31)),
        st.integers(1, 200_000),
    ),
    max_size=12,
    unique_by=lambda due: due.due_id,
)


@given(DUES, st.integers(1, 1_000_000))
def test_every_cent_is_either_on_a_due_or_in_the_rest_and_no_due_is_overpaid(dues: list[OpenDue], cents: int) -> None:
    settlement = settle(dues, cents, DAY)
    assert sum(paid(settlement).values()) + settlement.rest_cents == cents
    still_open = {due.due_id: due.open_cents for due in settlement.open_dues}
    for due in dues:
        assert paid(settlement).get(due.due_id, 0) + still_open.get(due.due_id, 0) == due.open_cents


@given(DUES, st.integers(1, 1_000_000), st.randoms())
def test_the_order_in_which_dues_are_held_never_matters(dues: list[OpenDue], cents: int, chance: Random) -> None:
    shuffled = list(dues)
    chance.shuffle(shuffled)
    assert paid(settle(dues, cents, DAY)) == paid(settle(shuffled, cents, DAY))


def test_what_may_be_asked_for_is_not_time_barred_unless_a_plan_covers_it() -> None:
    dues = (
        an_open_due("later", 100, date(2026, 12, 5)),
        an_open_due("lost", 100, date(2020, 1, 5)),
        an_open_due("nov", 100),
    )
    agreed = InstalmentPlan(1, (Instalment(DAY, 100),), (("lost", 100),))
    assert [due.due_id for due in payable(an_account(*dues), DAY)] == ["nov", "later"]
    assert [due.due_id for due in payable(an_account(*dues, plan=agreed), DAY)] == ["lost", "nov", "later"]
