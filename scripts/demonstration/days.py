"""Which days the demonstration is about: a charged month, its due date and the bank days around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
_ONE: Final = timedelta(days=1)
_DUE_DAY: Final = 10
_DAYS_UP_TO_DUE: Final = 3
_DAYS_AFTER_DUE: Final = 2


@dataclass(frozen=True, slots=True)
class Month:
    """A month of rent: payable in arrears (CCH R.353-21), so due on the 10th of the following month."""

    period: str
    due_date: date
    bank_days: tuple[date, ...]
    """Three days on which banks book up to the due date, and two after it."""

    def earlier(self, months: int) -> Month:
        """The charged month that many months before."""
        due = _months_before(self.due_date, months)
        return _month_due(due)


def latest_month(today: date) -> Month:
    """The latest month whose bank days have all passed on `today`."""
    month = _month_due(today.replace(day=_DUE_DAY))
    return month if month.bank_days[-1] <= today else month.earlier(1)


def is_bank_day(day: date) -> bool:
    """Whether TARGET is open: closed on weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December."""
    if day.weekday() > 4 or (day.month, day.day) in {(1, 1), (5, 1), (12, 25), (12, 26)}:
        return False
    easter = easter_sunday(day.year)
    return day not in {easter - 2 * _ONE, easter + _ONE}


def easter_sunday(year: int) -> date:
    """The Gregorian computus (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    last = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * last) // 451
    month, day = divmod(h + last - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _month_due(due: date) -> Month:
    up_to = list(islice(_bank_days(due, -_ONE), _DAYS_UP_TO_DUE))
    after = list(islice(_bank_days(due + _ONE, _ONE), _DAYS_AFTER_DUE))
    return Month(f"{_months_before(due, 1):%Y-%m}", due, (*reversed(up_to), *after))


def _bank_days(start: date, step: timedelta) -> Iterator[date]:
    day = start
    while True:
        if is_bank_day(day):
            yield day
        day += step


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=years, month=month + 1)
