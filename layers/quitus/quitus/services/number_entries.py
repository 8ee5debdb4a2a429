"""Give entries their numbers: one after the other, whoever does it, however often it is begun."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Protocol

from quitus.domain.calendar import days_beside, paris_day
from quitus.domain.closing import Books, Waiting, in_order
from quitus.services.ports import Clock

_AT_ONCE = 32
"""Each is two rows of a transaction, three where it is journalled on another day than its own."""


class Numbers(Protocol):
    """The entries without a number, and the numbers given."""

    def without_number(self, landlord_id: str, through: date) -> Iterator[Waiting]:
        """Entries booked up to a day that have no number."""
        ...

    def number(self, landlord_id: str, books: Books) -> None:
        """Keep the books and the numbers that they gave last. Raises Stale: others closed or numbered since."""
        ...


@dataclass(frozen=True, slots=True)
class Numberer:
    """Numbers the entries of days that are about to be closed."""

    store: Numbers
    clock: Clock

    def number(self, landlord_id: str, books: Books, through: date) -> Books:
        """Number what belongs to days up to one and has no number; the books after it.

        Raises:
            Stale: others closed or numbered since; what was numbered stays so.
        """
        today = paris_day(self.clock.now())
        booked = self.store.without_number(landlord_id, days_beside(through)[-1])
        for some in batched(in_order(booked, through), _AT_ONCE, strict=False):
            books = books.number(some, today)
            self.store.number(landlord_id, books)
        return books
