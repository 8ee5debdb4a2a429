"""What a field of a request may hold. Bodies are read strictly: no text for a number, no number for a text."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from quitus.domain.ids import ID_PATTERN
from quitus.domain.limits import EMAIL_PATTERN, LARGEST_CENTS, LONGEST_TEXT, TEXT_PATTERN, iso_day

_PRINTABLE = r"^[^\u0000-\u001f\u007f]*[^\u0000-\u0020\u007f][^\u0000-\u001f\u007f]*$"


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

Text = Annotated[str, StringConstraints(pattern=TEXT_PATTERN, max_length=LONGEST_TEXT)]
"""A text of a lease or a due, as ERP files may hold it too."""

Email = Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=LONGEST_TEXT)]
"""An address of electronic mail."""

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 .()/-]{2,28}$")]
"""A telephone number as people write it."""

Remark = Annotated[str, StringConstraints(pattern=_PRINTABLE, max_length=500)]
"""A longer text in one line."""

Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""An ISO day, `YYYY-MM-DD`."""

Period = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A month, `YYYY-MM`."""

Cents = Annotated[int, Field(ge=0, le=LARGEST_CENTS)]
"""Euro cents that may be none."""

PositiveCents = Annotated[int, Field(gt=0, le=LARGEST_CENTS)]
"""Euro cents of a payment: above zero."""

SignedCents = Annotated[int, Field(ge=-LARGEST_CENTS, le=LARGEST_CENTS)]
"""Euro cents of a due: negative for aids and credits, zero to cancel."""

Bic = Annotated[str, StringConstraints(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
"""A bank's identifier, 8 or 11 characters."""

Limit = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int), Field(ge=1, le=500)]
"""How many items a page may hold."""

Version = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int), Field(ge=1)]
"""The version that a change was made on, in a query."""

Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,1000}$")]
"""Where the next page begins: `next_cursor` of the page before, for the same list and filters."""
