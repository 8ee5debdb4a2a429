"""What `from` and `to` may be."""

from __future__ import annotations

from datetime import date, timedelta

from quitus.domain.errors import Invalid

_LONGEST = timedelta(days=366)
"""From the first day to the last, both counted."""


def check_order(first: date | None, last: date | None) -> None:
    """Refuse two days of which the last is before the first. Raises Invalid."""
    if first is not None and last is not None and last < first:
        raise Invalid("invalid_range", "`from` is after `to`.")


def check_range(first: date, last: date) -> None:
    """Refuse two days out of order, or too far apart. Raises Invalid."""
    check_order(first, last)
    if last - first >= _LONGEST:
        raise Invalid("invalid_range", "`from` to `to` is more than 366 days, both counted.")
