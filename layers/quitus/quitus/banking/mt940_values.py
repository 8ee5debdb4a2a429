"""Amounts and days as MT940 files write them, within the standard and beside it."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final

from quitus.banking.texts import cents
from quitus.domain.money import AmountError, Cents

_GROUPED: Final = re.compile(r"([1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*)((?!\2)[.,][0-9]*)?")
_OLDEST: Final = 80


def amount_of(text: str) -> Cents:
    """An amount with a comma or, against the standard, a point or neither; some banks write leading zeros, or part the
    thousands by the other sign.

    Raises:
        AmountError: not an amount of euros and cents, or thousands that may as well be a fraction (`1.100`).
    """
    grouped = _GROUPED.fullmatch(text)
    if grouped is not None:
        thousands, sign, decimals = grouped.groups()
        if decimals is None and thousands.count(sign) == 1:
            raise AmountError(f"thousands or a fraction of a cent: {text!r}")
        text = thousands.replace(sign, "") + (decimals or "")
    return cents("0" + text.lstrip("0"))


@lru_cache(maxsize=1024)
def value_day(text: str) -> date:
    """YYMMDD, of 1980 to 2079; 29 and 30 February of the banks' 360-day years become the month's last day.

    Raises:
        ValueError: not a day of the calendar.
    """
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year >= _OLDEST else 2000
    if month == 2 and day in (29, 30):
        day = min(day, monthrange(year, 2)[1])
    return date(year, month, day)


def balance_day(text: str) -> date:
    """The day of a balance: a bank that ends every month on its 31st means the month's last day.

    Raises:
        ValueError: not a day of the calendar.
    """
    try:
        return value_day(text)
    except ValueError:
        return value_day(f"{text[:4]}30" if text[4:] == "31" else text)


@lru_cache(maxsize=1024)
def entry_day(text: str, value: date) -> date:
    """MMDD in the year that brings it nearest to the value date; without one, the value date.

    Raises:
        ValueError: not a day of the calendar.
    """
    if not text.strip():
        return value
    near = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            near.append(value_day(f"{year % 100:02d}{text}"))
        except ValueError:
            continue
    return min(near, key=lambda day: abs((day - value).days))
