"""Cursors: opaque, safe in a URL, good only for the landlord, list and filters that they were given for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from quitus.domain.errors import Invalid
from quitus.domain.limits import iso_day
from quitus.services.paging import Place

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)

type Shape = Callable[[str], bool]
"""Whether a text can be a part of a place."""


def is_day(text: str) -> bool:
    """An ISO day that the API knows."""
    try:
        return iso_day(text) is not None
    except ValueError:
        return False


def is_number(text: str) -> bool:
    """A sequence number."""
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list; `shapes` are those of a place's parts."""

    landlord_id: str
    listing: str
    shapes: tuple[Shape, ...]

    def text(self, place: Place | None) -> str | None:
        """The cursor of a place, None at the end."""
        if place is None:
            return None
        plain = json.dumps([self._owner(), *place], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def place(self, text: str | None) -> Place | None:
        """The place of a cursor. Raises Invalid: not a cursor of this list."""
        if text is None:
            return None
        owner, *place = _decoded(text)
        if owner != self._owner() or len(place) != len(self.shapes):
            raise _invalid()
        if not all(shape(part) for shape, part in zip(self.shapes, place, strict=True)):
            raise _invalid()
        return tuple(place)

    def _owner(self) -> str:
        return hashlib.sha256(f"{self.landlord_id}\n{self.listing}".encode()).hexdigest()[:16]


def _decoded(text: str) -> list[str]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _invalid() from error
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
        raise _invalid()
    return parts


def _invalid() -> Invalid:
    return Invalid("invalid_cursor", "This cursor is not of this list and these filters.")
