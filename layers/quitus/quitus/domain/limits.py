"""What a value that an ERP gives may be, the same in files and over HTTP."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

LONGEST_TEXT: Final = 250
"""Characters of a name, a street, a label."""

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
LARGEST_CENTS: Final = 100_000_000_000
"""A milliard of euros, either way."""

_UNSEEN: Final = r"\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
TEXT_PATTERN: Final = rf"^[^{_UNSEEN}]*[^{_UNSEEN}\u0020\u000a\u00a0][^{_UNSEEN}]*$"
"""Something to read, in one or several lines; no control character, none that turns the direction of what follows."""
EMAIL_PATTERN: Final = r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]+$"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TEXT = re.compile(TEXT_PATTERN.removesuffix("$"))


def is_text(text: str) -> bool:
    """Whether a text can be a name, a street or a label."""
    return len(text) <= LONGEST_TEXT and _TEXT.fullmatch(text) is not None


def iso_day(text: str) -> date:
    """The day of a text `YYYY-MM-DD`, between 1900 and 2199. Raises ValueError."""
    day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day


def plausible(day: date) -> date:
    """The day, if money may have moved on it. Raises ValueError: programs write other years for none."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("not a day on which money moves")
    return day
