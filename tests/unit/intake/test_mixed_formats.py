"""An account told of in several formats is one: a statement goes on from the one before, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, permutations, product

import pytest
from builders import BANK_ACCOUNT
from unit.banking.other_files import cfonb, mt940, operation, record
from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt

from quitus.adapters.view_rows import ViewRows
from quitus.domain.identity import account_tag
from quitus.services.registry import FileStatus

FORMATS = ("camt.053", "cfonb120", "mt940")
MONDAY = date(2026, 11, 2)
BALANCES = [100, 250, 430, 650, 900]
"""What the account holds in the evening of Monday, and of each day after it."""

type Told = tuple[int, str]
"""A day of the week and the format that tells of it."""


def drop(counter: Counter, told: Told, off: int = 0) -> None:
    """The statement of one day; its balances may be off by some cents."""
    number, channel = told
    day, opening, closing = MONDAY + timedelta(days=number), off + ([0, *BALANCES][number]), off + BALANCES[number]
    content = {"camt.053": as_camt, "cfonb120": as_cfonb, "mt940": as_mt940}[channel](day, opening, closing)
    assert counter.drop(content, f"{channel}-{number}.txt").status is FileStatus.PROCESSED


def as_camt(day: date, opening: int, closing: int) -> bytes:
    written = a_statement([Entry(closing - opening)], name=f"S-{day}", day=day.isoformat(), opening=opening)
    return camt(written, message=f"M-{day}")


def as_cfonb(day: date, opening: int, closing: int) -> bytes:
    """Its first record bears the date of the balance from before, as banks write it."""
    before = day - timedelta(days=1)
    return cfonb(record("01", opening, before), operation(closing - opening, day=day), record("07", closing, day))


def as_mt940(day: date, opening: int, closing: int) -> bytes:
    before = day - timedelta(days=1)
    movement = f":61:{day:%y%m%d}{day:%m%d}C{euros(closing - opening)}NTRFNONREF"
    opens, closes = f"C{before:%y%m%d}EUR{euros(opening)}", f"C{day:%y%m%d}EUR{euros(closing)}"
    return mt940(movement, opening=opens, closing=closes).replace(b":28C:7/1", b":28C:%d/1" % day.day)


def euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def open_alerts(counter: Counter) -> list[tuple[str, int, str]]:
    """The alerts that are open: the kind, and the day and format of the statement."""
    found = []
    for alert in ViewRows(counter.memory).alerts(LANDLORD, None):
        if alert.closed_at is None:
            tag, _, key = alert.subject.partition("/")
            assert tag == account_tag(BANK_ACCOUNT)
            day, channel, _ = key.split("#", 2)
            found.append((alert.kind, (date.fromisoformat(day) - MONDAY).days, channel))
    return sorted(found)


def gaps(told: Sequence[Told]) -> list[tuple[str, int, str]]:
    """A day that is told of, and so is an earlier one, but not the day before: the best format's statement is named."""
    days = {number for number, _ in told}
    after = [number for number in days if number - 1 not in days and number != min(days)]
    return sorted(
        ("statement_gap", number, min(channel for held, channel in told if held == number)) for number in after
    )


def test_the_statement_in_between_may_come_in_another_format() -> None:
    counter = Counter()
    drop(counter, (0, "camt.053"))
    drop(counter, (1, "cfonb120"))
    drop(counter, (2, "camt.053"))
    assert open_alerts(counter) == []


@pytest.mark.parametrize("other", ["cfonb120", "mt940"])
def test_a_statement_is_missing_before_the_first_one_in_another_format(other: str) -> None:
    counter = Counter()
    drop(counter, (0, "camt.053"))
    drop(counter, (2, other))
    assert open_alerts(counter) == [("statement_gap", 2, other)]


@pytest.mark.parametrize("missing", FORMATS)
def test_a_missing_statement_is_forgotten_when_it_comes_in_whatever_format(missing: str) -> None:
    for before, after in product(FORMATS, repeat=2):
        counter = Counter()
        drop(counter, (0, before))
        drop(counter, (2, after))
        assert open_alerts(counter) == [("statement_gap", 2, after)]
        drop(counter, (1, missing))
        assert open_alerts(counter) == []


@pytest.mark.parametrize(
    "told",
    [
        *([(0, one), (1, two), (2, three)] for one, two, three in product(FORMATS, repeat=3)),
        *([(0, one), (2, two), (3, three)] for one, two, three in product(FORMATS[:2], repeat=3)),
        *([(0, "camt.053"), (0, "cfonb120"), (number, other)] for number, other in product((1, 2), FORMATS)),
        *([(0, other), (2, "camt.053"), (2, "cfonb120")] for other in FORMATS),
        *([(0, other), (1, "cfonb120"), (1, "camt.053"), (2, "mt940")] for other in FORMATS),
        [(0, "camt.053"), (2, "cfonb120"), (2, "mt940"), (4, "camt.053")],
        [(0, "cfonb120"), (1, "camt.053"), (3, "cfonb120"), (4, "mt940")],
    ],
    ids=str,
)
def test_what_is_told_of_a_week_does_not_hang_on_the_order_of_arrival(told: list[Told]) -> None:
    for order in permutations(told):
        counter = Counter()
        for one in order:
            drop(counter, one)
        assert open_alerts(counter) == gaps(told), order


def test_the_same_days_in_two_formats_break_nothing_though_one_format_lacks_a_day() -> None:
    every = list(product(range(4), FORMATS[:2]))
    for lacking in combinations(every, 2):
        if lacking[0][0] != lacking[1][0]:
            counter = Counter()
            for one in every:
                if one not in lacking:
                    drop(counter, one)
            assert open_alerts(counter) == []


@pytest.mark.parametrize("first", FORMATS[:2])
def test_balances_that_a_better_format_contradicts_are_no_gap_as_in_the_proof(first: str) -> None:
    counter = Counter()
    drop(counter, (0, "camt.053"))
    for channel in sorted(FORMATS[:2], key=lambda channel: channel != first):
        drop(counter, (1, channel), off=7 if channel == "cfonb120" else 0)
    drop(counter, (2, "camt.053"))
    assert open_alerts(counter) == []
