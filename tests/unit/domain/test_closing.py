"""Numbers of entries: one after the other in each journal, never on a closed day, whoever gives them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations

import pytest
from builders import DAY
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.closing import Books, Journal, Waiting, in_order, journal_of
from quitus.domain.ledger import Chart, Entry, EntryKind, Role, next_loose

TODAY = DAY + timedelta(days=9)
AFTER = DAY + timedelta(days=1)


def an_entry(name: str, on: date = DAY, debited: Role = Role.BANK) -> Entry:
    chart = Chart()
    return next_loose((), name, EntryKind.RECEIPT, on, (chart.debit(debited, 100), chart.credit(Role.SUSPENSE, 100)))


def waiting(name: str, on: date = DAY, debited: Role = Role.BANK, day: date | None = None) -> Waiting:
    return Waiting(an_entry(name, on, debited), day or on)


def places(books: Books) -> list[tuple[Journal, int, date]]:
    return [(place.journal, place.number, place.day) for place in books.last]


@pytest.mark.parametrize(
    ("debited", "journal"),
    [(Role.BANK, Journal.BANK), (Role.COLLECTION, Journal.COLLECTION), (Role.TENANTS, Journal.GENERAL)],
)
def test_an_entry_is_of_the_journal_of_what_it_moves(debited: Role, journal: Journal) -> None:
    assert journal_of(an_entry("E", debited=debited)) is journal


def test_numbers_rise_by_one_in_each_journal() -> None:
    books = Books().number([waiting("A"), waiting("B", debited=Role.COLLECTION), waiting("C")], TODAY)
    assert places(books) == [(Journal.BANK, 1, DAY), (Journal.COLLECTION, 1, DAY), (Journal.BANK, 2, DAY)]
    assert [place.validated_on for place in books.last] == [TODAY] * 3
    assert places(books.number([waiting("D", AFTER)], TODAY)) == [(Journal.BANK, 3, AFTER)]


def test_what_has_no_number_when_its_day_is_closed_is_journalled_on_the_next_open_day() -> None:
    books = Books().number([waiting("A")], TODAY).closed(DAY)
    (late,) = books.number([waiting("B")], TODAY).last
    assert (late.booking_date, late.day) == (DAY, AFTER)


def test_what_the_proof_counts_on_another_day_is_journalled_there() -> None:
    early, late, other = waiting("A", AFTER, day=DAY), waiting("B", day=AFTER), waiting("C")
    assert in_order([late, early, other], DAY) == [other, early]
    assert in_order([early, late, waiting("D", AFTER)], AFTER) == [early, late, waiting("D", AFTER)]
    (numbered_early,) = Books().number([early], TODAY).last
    assert (numbered_early.booking_date, numbered_early.day) == (AFTER, DAY)


@pytest.mark.parametrize("told", list(permutations(range(4))))
def test_entries_are_numbered_by_booking_day_and_id_however_they_are_told(told: tuple[int, ...]) -> None:
    before = DAY - timedelta(days=1)
    in_turn = [waiting("Z", before), waiting("A"), waiting("B"), waiting("C")]
    ordered = in_order([in_turn[place] for place in told], DAY)
    placed = [(place.entry_id, place.number) for place in Books().number(ordered, TODAY).last]
    assert placed == [("Z", 1), ("A", 2), ("B", 3), ("C", 4)]


def test_of_one_day_of_the_proof_what_was_booked_first_is_numbered_first() -> None:
    booked_later, booked_first = waiting("A", AFTER, day=DAY), waiting("B", DAY, day=DAY)
    assert in_order([booked_later, booked_first], DAY) == [booked_first, booked_later]


def test_a_closing_numbers_nothing() -> None:
    books = Books().number([waiting("A")], TODAY)
    closed = books.closed(DAY)
    assert (closed.last, closed.numbers, closed.version) == ((), books.numbers, books.version + 1)
    assert (closed.is_closed(DAY), closed.is_closed(AFTER)) == (True, False)


def numbered(steps: Iterable[int | None]) -> list[tuple[int, date, date | None]]:
    """The numbers given, each with its day and the last day that was closed then; None closes a further day."""
    books, found, through = Books(), list[tuple[int, date, date | None]](), DAY
    for step in steps:
        if step is None:
            books, through = books.closed(through), through + timedelta(days=1)
        else:
            books = books.number([waiting("E", DAY + timedelta(days=step))], TODAY)
            found += [(place.number, place.day, books.closed_through) for place in books.last]
    return found


@given(st.lists(st.none() | st.integers(-3, 5)))
def test_numbers_have_no_hole_and_stand_on_open_days(steps: list[int | None]) -> None:
    given_out = numbered(steps)
    assert [number for number, _, _ in given_out] == list(range(1, len(given_out) + 1))
    assert all(closed is None or day > closed for _, day, closed in given_out)
