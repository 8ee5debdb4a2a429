"""What a field of a request may hold. Bodies are read strictly: no text for a number, no number for a text."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from quitus.domain.ids import ID_PATTERN

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_PRINTABLE = r"^[^\u0000-\u001f\u007f]*[^\u0000-\u0020\u007f][^\u0000-\u001f\u007f]*$"
_LARGEST = 100_000_000_000


def iso_day(text: str) -> date:
    """The day of a text `YYYY-MM-DD`, between 1900 and 2199. Raises ValueError."""
    day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(text)
    return day


def _day(value: Any) -> date:
    try:
        return iso_day(value if isinstance(value, str) else "")
    except ValueError as error:
        raise PydanticCustomError("invalid_date", "Not a day of the form YYYY-MM-DD between 1900 and 2199.") from error


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise PydanticCustomError("invalid_number", "Not a whole number.")


Id = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]
"""The name of a lease, a due, a residence, given by the landlord's ERP."""

Name = Annotated[str, StringConstraints(pattern=_PRINTABLE, max_length=140)]
"""A short text in one line."""

Remark = Annotated[str, StringConstraints(pattern=_PRINTABLE, max_length=500)]
"""A longer text in one line."""

Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""An ISO day, `YYYY-MM-DD`."""

Period = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A month, `YYYY-MM`."""

PositiveCents = Annotated[int, Field(gt=0, le=_LARGEST)]
"""Euro cents of a payment: above zero."""

SignedCents = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
"""Euro cents of a due: negative for aids and credits, zero to cancel."""

Bic = Annotated[str, StringConstraints(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
"""A bank's identifier, 8 or 11 characters."""

Limit = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int), Field(ge=1, le=500)]
"""How many items a page may hold."""

Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,1000}$")]
"""Where the next page begins: `next_cursor` of the page before, for the same list and filters."""
