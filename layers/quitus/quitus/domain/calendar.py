"""Days and instants: booking days are Europe/Paris days, instants are UTC with offset."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def paris_day(instant: datetime) -> date:
    """The day in Europe/Paris of an aware instant."""
    return instant.astimezone(PARIS).date()


def instant_text(instant: datetime) -> str:
    """ISO 8601 in UTC with offset, to the millisecond, so that texts sort like instants."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier (29 February becomes 28)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
