"""Give the entries of closed days their numbers: one after the other, whoever does it, however often it is begun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import batched
from typing import Protocol

from quitus.domain.calendar import paris_day
from quitus.domain.closing import Books
from quitus.domain.ledger import Entry
from quitus.services.contention import until_written
from quitus.services.ports import Clock

_AT_ONCE = 40
"""Each is two rows of a transaction."""


class Numbers(Protocol):
    """The entries without a number, and the numbers given."""

    def books(self, landlord_id: str) -> Books:
        """How far days are closed and entries numbered."""
        ...

    def without_number(self, landlord_id: str, through: date) -> Iterator[Sequence[Entry]]:
        """Entries booked up to a day that have no number, by booking day and id, some at a time."""
        ...

    def number(self, landlord_id: str, books: Books) -> None:
        """Keep the books and the numbers that they gave last. Raises Stale: others closed or numbered since."""
        ...


@dataclass(frozen=True, slots=True)
class Numberer:
    """Numbers the entries of closed days."""

    store: Numbers
    clock: Clock

    def number(self, landlord_id: str) -> int:
        """Number what has no number; how many entries got one. Raises Contention: others kept numbering."""
        return until_written(lambda: self._number(landlord_id), self.clock)

    def _number(self, landlord_id: str) -> int:
        books = self.store.books(landlord_id)
        if books.closed_through is None or books.is_numbered:
            return 0
        today, numbered = paris_day(self.clock.now()), 0
        for some in self.store.without_number(landlord_id, books.closed_through):
            for entries in batched(some, _AT_ONCE, strict=False):
                books = books.number(entries, today)
                self.store.number(landlord_id, books)
                numbered += len(entries)
        self.store.number(landlord_id, books.all_numbered())
        return numbered
