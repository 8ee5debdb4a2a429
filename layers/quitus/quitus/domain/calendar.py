"""Days and instants: booking days are Europe/Paris days, instants are UTC with offset."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def paris_day(instant: datetime) -> date:
    """The day in Europe/Paris of an aware instant."""
    return instant.astimezone(PARIS).date()


def instant_text(instant: datetime) -> str:
    """ISO 8601 in UTC with offset, to the millisecond, so that texts sort like instants."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


@lru_cache(maxsize=1024)
def years_before(day: date, years: int) -> date:
    """The same day `years` earlier, later if negative (29 February becomes 28)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def oldest_day(today: date) -> date:
    """The first day on which money may have moved that is told of now: an older one is surely a slip, and would open
    days that were closed for ever.
    """
    return years_before(today, 10)


def is_target_day(day: date) -> bool:
    """Whether banks settle: not on weekends, nor on the six closing days of TARGET (sector.md §6)."""
    return day.weekday() < _SATURDAY and day not in _closed(day.year)


@cache
def days_beside(day: date) -> tuple[date, ...]:
    """The days that another channel may give what is booked on a day: to the banking days before and after it."""
    return (*_to_target_day(day, -_ONE_DAY), *_to_target_day(day, _ONE_DAY))


def _to_target_day(day: date, step: timedelta) -> Iterator[date]:
    while True:
        day += step
        yield day
        if is_target_day(day):
            return


def target_days_between(first: date, last: date) -> int:
    """How many days after `first`, up to and including `last`, banks settle on."""
    return sum(is_target_day(first + timedelta(days=number)) for number in range(1, (last - first).days + 1))


_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@cache
def _closed(year: int) -> frozenset[date]:
    easter = _easter(year)
    fixed = (date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26))
    return frozenset((*fixed, easter - timedelta(days=2), easter + timedelta(days=1)))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def month_days(period: str) -> tuple[date, date]:
    """The first and the last day of a month, `YYYY-MM`."""
    first = date.fromisoformat(f"{period}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
