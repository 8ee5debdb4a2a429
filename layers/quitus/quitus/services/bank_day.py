"""What the bank's closing statements say of one day of an account. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from quitus.domain.calendar import is_target_day
from quitus.domain.money import Cents
from quitus.services.registry import StatementRecord
from quitus.services.statement_chain import Break, best, chained, closing_of, joins, opening_of

LATEST_STATEMENT = timedelta(days=45)
"""A statement may still report a day this long after it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The closing statements of an account around some days, by last day: what the bank says of each of the days.
    `may_be_over`: the account is a former one, whose statements have an end.
    """

    statements: Sequence[StatementRecord]
    may_be_over: bool = False
    _ends: Sequence[date] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ends", [held.to_date for held in self.statements])

    def of(self, day: date) -> BankDay | None:
        """The bank's side of a day, None when no statement covers it."""
        following = self._ending(day, day + LATEST_STATEMENT)
        return bank_day(day, following, self._last_before(day)) if following else None

    def has_passed(self, day: date) -> bool:
        """Whether nothing is missing of a day that no statement covers: the next statement begins with the balance that
        the last one before the day ended with, or is the very first; or the account has no statements, or none any
        more.
        """
        after = bisect_right(self._ends, day)
        if after == len(self._ends):
            return self.may_be_over or not self._ends
        following = self._ending(self._ends[after], self._ends[after] + LATEST_STATEMENT)
        return joins(following, self._last_before(day))

    def _ending(self, first: date, last: date) -> list[StatementRecord]:
        """Those whose last day is between two days, inclusive."""
        return best(self.statements[bisect_left(self._ends, first) : bisect_left(self._ends, last + timedelta(days=1))])

    def _last_before(self, day: date) -> list[StatementRecord]:
        """Those with the latest last day before a day."""
        before = bisect_left(self._ends, day)
        last = self._ends[before - 1] if before else day
        return best(self.statements[bisect_left(self._ends, last) : before])


class Doubt(NamedTuple):
    """A statement that only a person answers for; what it leaves unexplained counts on its last day."""

    statement: StatementRecord
    cents: Cents


@dataclass(frozen=True, slots=True)
class BankDay:
    """The bank's side of a day: unless `breaks` says otherwise, opening + credits - debits = closing."""

    opening_cents: Cents
    credits_cents: Cents
    debits_cents: Cents
    closing_cents: Cents
    first: StatementRecord
    """The statement that the day begins with."""
    breaks: tuple[Break, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def moved_cents(self) -> Cents:
        """By how much the bank's balances moved, with what no line of a statement explains."""
        unexplained = [found.jump_cents for found in self.breaks] + [doubt.cents for doubt in self.doubts]
        return self.credits_cents - self.debits_cents + sum(unexplained)


def bank_day(day: date, statements: Sequence[StatementRecord], last: Sequence[StatementRecord]) -> BankDay | None:
    """The bank's side of a day, None when no statement covers it.

    Args:
        day: the booking day.
        statements: the closing statements that end on the day or later; one of a later day may still report it.
        last: those of the last day before it that any ends on.
    """
    covering = [held for held in statements if held.from_date <= day]
    if not covering:
        return None
    ends = max(held.to_date for held in covering)
    told = [held for held in statements if held.to_date <= ends]
    links = chained(told, chained(last)[-1] if _is_next(told, last) else None)
    ordered = [held for one in links for held in one.statements]
    breaks = tuple(found for one in links for found in one.breaks)
    ours = [held for held in ordered if held.from_date <= day]
    credited = sum(plus for plus, _ in _moved(statements, day))
    debited = sum(minus for _, minus in _moved(statements, day))
    opening = opening_of(ours[0]) + sum(plus - minus for held, plus, minus in ours[0].days if held < day)
    closing = opening + credited - debited
    doubts = tuple(Doubt(held, _unproved(held, day)) for held in ours if held.doubt)
    if any(found.statement is not ordered[0] for found in breaks) or any(doubt.cents for doubt in doubts):
        later = sum(plus - minus for held, plus, minus in ours[-1].days if held > day)
        closing = closing_of(ours[-1]) - later - ours[-1].unproved_cents + _unproved(ours[-1], day)
    return BankDay(opening, credited, debited, closing, ours[0], breaks, doubts)


def _unproved(statement: StatementRecord, day: date) -> Cents:
    return statement.unproved_cents if statement.to_date == day else 0


def _moved(statements: Iterable[StatementRecord], day: date) -> list[tuple[Cents, Cents]]:
    """What the statements credit and debit on a day."""
    return [(plus, minus) for held in statements for booked, plus, minus in held.days if booked == day]


def _is_next(statements: Sequence[StatementRecord], last: Sequence[StatementRecord]) -> bool:
    """Whether no banking day lies between the last statements and these: otherwise one may simply not be here yet."""
    if not last:
        return False
    day, begins = last[0].to_date + timedelta(days=1), min(held.from_date for held in statements)
    while day < begins and not is_target_day(day):
        day += timedelta(days=1)
    return day >= begins
