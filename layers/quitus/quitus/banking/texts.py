"""Amounts and dates as bank files write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from quitus.domain.calendar import paris_day
from quitus.domain.limits import FIRST_DAY, LAST_DAY, plausible
from quitus.domain.money import AmountError, Cents, parse_bank_amount

_DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.+|Z|[+-][0-9]{2}:[0-9]{2})?", re.DOTALL)
_END_OF_DAY, _LAST_SECOND = "T24:00:00", "T23:59:59"
_BEFORE_AMOUNT: Final = re.compile(r"\+?0*(?=[.,]?[0-9])")
"""What an XML decimal may begin with and say nothing."""
_LONGEST_AMOUNT: Final = 20
_LONGEST_PLAIN: Final = 15


def cents(text: str) -> Cents:
    """Cents of an unsigned decimal amount.

    Raises:
        AmountError: not an amount of euros and cents.
    """
    euros, _, hundredths = text.partition(".")
    digits = euros + hundredths
    if len(hundredths) == 2 and len(digits) <= _LONGEST_PLAIN and digits.isdigit() and digits.isascii():
        return int(digits)
    bare = _BEFORE_AMOUNT.sub("", text.strip(), count=1)
    if len(bare) > _LONGEST_AMOUNT or not text.isascii():
        raise AmountError(f"not a bank amount: {text[:40]!r}")
    return parse_bank_amount(bare)


def is_no_day(text: str) -> bool:
    """Whether an ISO date or instant is of a year in which no money moves: programs write `0001-01-01` or `9999-12-31`
    for none.
    """
    match = _DATE.fullmatch(text.strip())
    return match is not None and not FIRST_DAY.year <= int(match.group(1)[:4]) <= LAST_DAY.year


@lru_cache(maxsize=1024)
def iso_day(text: str) -> date:
    """The day of an ISO date or instant: an instant with an offset counts in Europe/Paris, others as written; midnight
    at a day's end, `T24:00:00`, is of that day.

    Raises:
        ValueError: not a day of the calendar.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date")
    day, rest = match.groups()
    if rest is None or not rest.startswith("T"):
        return plausible(date.fromisoformat(day))
    instant = datetime.fromisoformat(text.strip().replace(_END_OF_DAY, _LAST_SECOND))
    written = plausible(instant.date())
    return paris_day(instant) if instant.tzinfo is not None else written


@lru_cache(maxsize=1024)
def written_day(text: str) -> date:
    """The day of an ISO date or instant as written, whatever its offset.

    Raises:
        ValueError: not a day of the calendar.
    """
    return plausible(date.fromisoformat(text.strip()[:10]))
