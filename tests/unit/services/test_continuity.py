"""What is told of the closing statements of an account, whatever their formats, periods and order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import accumulate, permutations

import pytest
from builders import BANK_ACCOUNT, FixedClock
from faults import CountedTable, every_moment
from hypothesis import given, settings
from hypothesis import strategies as st

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.file_rows import FileRows
from quitus.adapters.memory import MemoryTable
from quitus.adapters.statement_rows import StatementRows
from quitus.adapters.view_rows import ViewRows
from quitus.services.bank_day import Told
from quitus.services.registry import StatementRecord
from quitus.services.statements import StatementBook

CAMT, CFONB, MT940 = CHANNELS = ("camt.053", "cfonb120", "mt940")
MONDAY = date(2026, 11, 2)
BALANCES = [0, *accumulate((100, 150, 180, 220, 250))]
"""What the account holds in the morning of Monday, and in the evening of each day of the week."""


def a_record(channel: str, first: int, last: int | None = None, *, off: int = 0, late: int = 0) -> StatementRecord:
    """A statement of some days of the week; its balances may be off, and it may report a line that many days late."""
    last = first if last is None else last
    name, opening, closing = f"{first}-{last}+{off}", BALANCES[first] + off, BALANCES[last + 1] + off
    moved = tuple(
        (MONDAY + timedelta(days=day), BALANCES[day + 1] - BALANCES[day], 0) for day in range(first, last + 1)
    )
    return StatementRecord(
        account=BANK_ACCOUNT,
        channel=channel,
        name=name,
        statement_id=name,
        from_date=MONDAY + timedelta(days=first - late),
        to_date=MONDAY + timedelta(days=last),
        fingerprint=f"{channel} {name}",
        file_id=f"F-{channel}-{name}",
        opening_cents=opening,
        closing_cents=closing,
        credits_cents=closing - opening,
        days=moved,
    )


def told(statements: Sequence[StatementRecord], table: MemoryTable | None = None) -> list[tuple[str, str, str]]:
    """Let statements come in this order: the kinds of the alerts that are open then, with the channel and name."""
    table = table or MemoryTable()
    book = StatementBook(FileRows(table), StatementRows(table), AlertRows(table), FixedClock())
    for statement in statements:
        kept = book.keep("semiga", statement.file_id, [statement])
        book.watch("semiga", kept.records)
    alerts = [alert for alert in ViewRows(table).alerts("semiga", None) if alert.closed_at is None]
    places = [(alert.kind, alert.subject.split("#")) for alert in alerts]
    return sorted((str(kind), channel, name) for kind, (_, channel, name) in places)


def in_any_order(*statements: StatementRecord) -> list[tuple[str, str, str]]:
    """What is told of statements, the same in whatever order they come."""
    expected = told(statements)
    for order in permutations(statements):
        assert told(order) == expected, [(one.channel, one.name) for one in order]
    return expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([a_record(CAMT, 0), a_record(CFONB, 1), a_record(CAMT, 2)], []),
        ([a_record(CAMT, 0), a_record(CFONB, 2)], [("statement_gap", CFONB, "2-2+0")]),
        ([a_record(CAMT, 0), a_record(CAMT, 2), a_record(CFONB, 2)], [("statement_gap", CAMT, "2-2+0")]),
        ([a_record(CFONB, 0), a_record(CFONB, 3), a_record(CAMT, 1, 2)], []),
        ([a_record(CFONB, 0), a_record(CFONB, 3), a_record(CAMT, 0, 3)], []),
        ([a_record(CAMT, 0), a_record(CAMT, 3), a_record(CFONB, 1, 2)], []),
        ([a_record(CAMT, 0), a_record(CFONB, 0), a_record(CAMT, 1, off=7)], [("statement_gap", CAMT, "1-1+7")]),
        ([a_record(CAMT, 0), a_record(CFONB, 0, off=7), a_record(CAMT, 1, off=7)], []),
        ([a_record(CAMT, 0), a_record(CFONB, 1, off=7), a_record(CAMT, 1)], []),
        ([a_record(CAMT, 0), a_record(CFONB, 1), a_record(MT940, 2), a_record(CAMT, 3)], []),
    ],
)
def test_a_statement_goes_on_from_one_of_any_format(
    statements: Sequence[StatementRecord], expected: list[tuple[str, str, str]]
) -> None:
    assert in_any_order(*statements) == expected


def test_a_week_in_one_format_and_its_days_in_another_break_nothing() -> None:
    days = [a_record(CFONB, day) for day in range(3)]
    assert in_any_order(*days, a_record(CAMT, 0, 2)) == []
    days = [a_record(CAMT, day) for day in range(3)]
    assert in_any_order(*days, a_record(CFONB, 0, 2)) == []
    assert in_any_order(days[0], days[1], a_record(CFONB, 1, 3), a_record(CAMT, 4)) == []


def test_a_line_that_is_reported_late_makes_no_overlap_with_what_another_format_told_since() -> None:
    late = a_record(CFONB, 2, late=2)
    assert in_any_order(a_record(CFONB, 0), a_record(CAMT, 1), late) == []
    assert in_any_order(a_record(CAMT, 0), a_record(CAMT, 1), late) == []


def test_two_statements_of_one_format_overlap_whatever_another_tells() -> None:
    copies = [a_record(CAMT, 1), replace(a_record(CAMT, 1, off=7), opening_cents=BALANCES[1])]
    assert [kind for kind, *_ in in_any_order(*copies, a_record(CFONB, 0), a_record(CFONB, 1))] == ["statement_overlap"]
    month = a_record(CAMT, 0, 2)
    overlap = [("statement_overlap", CAMT, "0-2+0")]
    assert in_any_order(a_record(CAMT, 0), a_record(CAMT, 1), month, a_record(CFONB, 2)) == overlap


@pytest.mark.parametrize(
    "statements",
    [
        (a_record(CAMT, 0), a_record(CFONB, 1), a_record(CAMT, 2)),
        (a_record(CAMT, 0), a_record(CFONB, 1, off=7), a_record(CFONB, 2)),
        (a_record(CAMT, 0), a_record(CFONB, 2), a_record(CAMT, 2)),
        (a_record(CFONB, 0), a_record(CFONB, 2), a_record(CAMT, 1, 2)),
        (a_record(CAMT, 0), a_record(CAMT, 1), replace(a_record(CAMT, 1, off=7), opening_cents=BALANCES[1])),
    ],
)
def test_one_may_come_while_it_is_told_what_another_changes(statements: Sequence[StatementRecord]) -> None:
    expected = told(statements)
    for held, one, other in permutations(statements):
        for moment in every_moment():
            table = MemoryTable()
            told([held], table)
            told([one], moment.on(table, partial(told, [other], table)))
            last = told([other], table)
            assert last == expected, (moment, [(each.channel, each.name) for each in (held, one, other)])


spans = st.tuples(st.integers(0, 4), st.integers(0, 2)).map(lambda span: (span[0], min(sum(span), 4)))
records = st.builds(
    lambda channel, span, off: a_record(channel, *span, off=off),
    st.sampled_from(CHANNELS),
    spans,
    st.sampled_from([0, 0, 0, 7]),
)
sets = st.lists(records, min_size=2, max_size=4, unique_by=lambda held: (held.channel, held.name))


@settings(max_examples=300, deadline=None)
@given(sets)
def test_alerts_do_not_hang_on_the_order_of_arrival(statements: list[StatementRecord]) -> None:
    in_any_order(*statements)


def is_settled(statements: Sequence[StatementRecord], day: date) -> bool:
    """Whether the statements alone let a day be closed."""
    bank = Told(statements).of(day)
    return not bank.breaks if bank else Told(statements).has_passed(day)


daily = st.lists(st.tuples(st.sampled_from(CHANNELS), st.integers(0, 4)), min_size=1, max_size=9, unique=True)


@settings(max_examples=300, deadline=None)
@given(daily)
def test_a_gap_is_told_while_a_day_between_statements_cannot_be_closed(held: list[tuple[str, int]]) -> None:
    statements = sorted((a_record(*one) for one in held), key=lambda one: one.to_date)
    days = (statements[0].to_date + timedelta(days=number) for number in range(5))
    unsettled = [day for day in days if day < statements[-1].to_date and not is_settled(statements, day)]
    assert bool(told([a_record(*one) for one in held])) == bool(unsettled)


def test_statements_are_read_twice_and_alerts_once_for_each_statement_of_that_day_and_the_next() -> None:
    table = CountedTable()
    told([a_record(channel, day) for day in range(4) for channel in (CAMT, CFONB)], table)
    book = StatementBook(FileRows(table), StatementRows(table), AlertRows(table), FixedClock())
    table.calls = 0
    book.watch("semiga", [a_record(CAMT, 1)])
    assert table.calls == 2 * 2 + 4 * 2


def test_a_day_whose_closing_statement_shares_its_name_with_a_later_one_of_the_file_has_no_alert() -> None:
    table = MemoryTable()
    book = StatementBook(FileRows(table), StatementRows(table), AlertRows(table), FixedClock())
    first = a_record(MT940, 0)
    unproved = replace(first, closing_cents=None)
    book.keep("semiga", first.file_id, [first, unproved])
    book.watch("semiga", [first, unproved])
    assert StatementRows(table).around("semiga", BANK_ACCOUNT, MONDAY) == []
    assert list(ViewRows(table).alerts("semiga", None)) == []
