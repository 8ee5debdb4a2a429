"""Closing statements follow each other by their balances, whatever they are called and whenever they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from builders import BANK_ACCOUNT, DAY
from hypothesis import given
from hypothesis import strategies as st

from quitus.services.bank_day import Told, bank_day
from quitus.services.registry import StatementRecord
from quitus.services.statement_chain import Link, chained, closing_of, link, opening_of

FRIDAY, MONDAY, TUESDAY = date(2026, 11, 6), date(2026, 11, 9), date(2026, 11, 10)


def a_record(name: str, opening: int, closing: int, day: date = DAY, begins: date | None = None) -> StatementRecord:
    plus, minus = max(closing - opening, 0), max(opening - closing, 0)
    return StatementRecord(
        account=BANK_ACCOUNT,
        channel="camt.053",
        name=name,
        statement_id=name,
        from_date=begins or day,
        to_date=day,
        fingerprint=name,
        file_id=f"F-{name}",
        opening_cents=opening,
        closing_cents=closing,
        credits_cents=plus,
        debits_cents=minus,
        days=((day, plus, minus),),
    )


def names(found: Link) -> list[str]:
    return [statement.name for statement in found.statements]


def broken(found: Link) -> list[tuple[str, bool, int]]:
    return [(one.statement.name, one.overlaps, one.jump_cents) for one in found.breaks]


@given(st.data())
def test_a_day_that_has_an_order_is_found_in_an_order_without_a_break(data: st.DataObject) -> None:
    balances = data.draw(st.lists(st.integers(0, 4), min_size=2, max_size=9))
    day = [a_record(f"S{index}", *balance) for index, balance in enumerate(pairwise(balances))]
    before = Link((a_record("S-before", 9, balances[0], date(2026, 11, 4)),))
    found = link(data.draw(st.permutations(day)), before)
    assert found.breaks == ()
    assert sorted(names(found)) == sorted(statement.name for statement in day)
    assert opening_of(found.statements[0]) == balances[0]
    assert found.endings == {balances[-1]}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=9))
def test_every_statement_is_in_the_order_once_and_jumps_explain_the_rest(edges: list[tuple[int, int]]) -> None:
    found = link([a_record(f"S{index}", *edge) for index, edge in enumerate(edges)], None)
    assert sorted(names(found)) == sorted(f"S{index}" for index in range(len(edges)))
    moved = sum(closing_of(statement) - opening_of(statement) for statement in found.statements)
    jumps = sum(one.jump_cents for one in found.breaks)
    assert closing_of(found.statements[-1]) - opening_of(found.statements[0]) == moved + jumps


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ([a_record("S1", 0, 100), a_record("S3", 150, 200)], [("S3", False, 50)]),
        ([a_record("S1", 0, 100), a_record("S1-bis", 0, 100)], [("S1-bis", True, -100)]),
        ([a_record("S1", 0, 100), a_record("S1-bis", 0, 130)], [("S1-bis", True, -100)]),
        ([a_record("S1", 0, 100), a_record("S1-bis", 7, 107)], [("S1-bis", True, -93)]),
        ([a_record("S1", 200, 300), a_record("WEEK", 0, 150, begins=date(2026, 11, 2))], [("S1", True, 50)]),
    ],
)
def test_what_breaks_is_an_overlap_or_a_gap(
    day: Sequence[StatementRecord], expected: list[tuple[str, bool, int]]
) -> None:
    assert broken(link(day, None)) == expected


def test_a_day_that_ends_as_it_began_begins_as_the_day_before_ended() -> None:
    day = [a_record("S1", 0, 100), a_record("S2", 100, 0)]
    assert names(link(day, Link((a_record("S0", 7, 100, date(2026, 11, 4)),)))) == ["S2", "S1"]
    assert names(link(day, None, after={100})) == ["S2", "S1"]
    assert names(link(day, None)) == ["S1", "S2"]


def test_without_balances_that_decide_the_bank_s_own_numbers_do() -> None:
    day = [a_record("S10", 100, 0), a_record("S9", 0, 100)]
    assert names(link(day, None)) == ["S9", "S10"]
    numbered = [replace(day[0], sequence="99"), replace(day[1], sequence="100")]
    assert names(link(numbered, None)) == ["S10", "S9"]


def test_after_a_day_that_broke_any_of_its_balances_may_be_the_next_one() -> None:
    copies = [a_record("S1", 0, 100), a_record("S1-bis", 0, 130)]
    assert [broken(one) for one in chained([*copies, a_record("S2", 130, 150, FRIDAY)])] == [
        [("S1-bis", True, -100)],
        [],
    ]


def test_after_a_weekend_the_day_begins_as_friday_ended() -> None:
    friday = a_record("S1", 0, 100, FRIDAY)
    for opening, breaks in ((100, []), (101, [("S2", 1)])):
        found = bank_day(MONDAY, [a_record("S2", opening, 200, MONDAY)], [friday])
        assert found is not None
        assert [(one.statement.name, one.jump_cents) for one in found.breaks] == breaks


def test_a_balance_that_jumps_over_easter_is_a_break() -> None:
    thursday, tuesday = date(2026, 4, 2), date(2026, 4, 7)
    found = bank_day(tuesday, [a_record("S2", 150, 200, tuesday)], [a_record("S1", 0, 100, thursday)])
    assert found is not None
    assert [one.jump_cents for one in found.breaks] == [50]


def test_when_a_day_between_is_not_here_yet_the_day_stands_for_itself() -> None:
    found = bank_day(TUESDAY, [a_record("S3", 300, 400, TUESDAY)], [a_record("S1", 0, 100, FRIDAY)])
    assert found is not None
    assert (found.opening_cents, found.closing_cents, found.breaks) == (300, 400, ())


def test_a_statement_of_several_days_gives_each_day_its_balances() -> None:
    week = a_record("WEEK", 0, 60, FRIDAY, begins=DAY)
    week = replace(week, days=((DAY, 100, 10), (FRIDAY, 0, 30)))
    found = [bank_day(day, [week], []) for day in (DAY, FRIDAY)]
    assert [(one.opening_cents, one.closing_cents) for one in found if one] == [(0, 90), (90, 60)]


def test_a_line_that_a_later_statement_reports_is_in_its_day() -> None:
    late = replace(a_record("S2", 100, 170, FRIDAY), days=((DAY, 20, 0), (FRIDAY, 50, 0)))
    first = bank_day(DAY, [a_record("S1", 0, 100), late], [])
    assert first is not None
    assert (first.opening_cents, first.credits_cents, first.closing_cents, first.breaks) == (0, 120, 120, ())


def test_a_month_over_its_days_leaves_none_of_them_proved() -> None:
    month = a_record("MONTH", 0, 400, FRIDAY, begins=DAY)
    days = [a_record("S1", 0, 100), a_record("S2", 100, 400, FRIDAY)]
    for day, last in ((DAY, []), (FRIDAY, [days[0]])):
        found = bank_day(day, [held for held in (*days, month) if held.to_date >= day], last)
        assert found is not None
        assert found.breaks


SUNDAY = date(2026, 11, 8)


def passed(*statements: StatementRecord, day: date = SUNDAY) -> bool:
    return Told(statements).has_passed(day)


def test_a_day_without_a_statement_has_passed_when_the_next_one_goes_on_from_the_last() -> None:
    assert passed(a_record("Fri", 0, 700, FRIDAY), a_record("Mon", 700, 900, MONDAY))
    assert not passed(a_record("Fri", 0, 700, FRIDAY), a_record("Mon", 800, 900, MONDAY))


def test_a_day_after_the_last_statement_has_not_passed() -> None:
    assert not passed(a_record("Thu", 0, 700), a_record("Fri", 700, 900, FRIDAY))


def test_a_day_before_the_first_statement_has_passed_and_so_has_any_on_an_account_without() -> None:
    assert passed(a_record("Mon", 800, 900, MONDAY))
    assert passed()


def test_the_next_day_goes_on_from_the_last_one_whatever_its_statements_are_called() -> None:
    following = a_record("1", 900, 950, MONDAY), a_record("2", 700, 900, MONDAY), a_record("3", 1000, 0, TUESDAY)
    assert passed(a_record("Fri", 0, 700, FRIDAY), *following)


def test_a_day_may_pass_between_statements_of_two_channels() -> None:
    before = replace(a_record("Fri", 0, 700, FRIDAY), channel="mt940")
    worse = replace(a_record("Mon", 650, 950, MONDAY), channel="mt940")
    assert not passed(before, worse)
    assert passed(before, worse, a_record("Mon", 700, 950, MONDAY))


def test_a_day_may_pass_long_before_the_next_statement() -> None:
    assert passed(a_record("Fri", 0, 700, FRIDAY), a_record("March", 700, 0, date(2027, 3, 1)))
