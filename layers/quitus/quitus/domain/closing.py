"""The journals of closed days: each entry gets its number once, for ever, in the order of its day and id.

A closed day takes nothing more: an entry booked on it later is journalled on the next open day and keeps its own day as
the day of its piece (sector.md §5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from quitus.domain.ledger import Entry, Role, lines_on


class Journal(StrEnum):
    """The journal that an entry belongs to."""

    BANK = "BQ"
    COLLECTION = "EC"
    GENERAL = "OD"

    @property
    def label(self) -> str:
        """Its name in the books."""
        return _LABELS[self]


_LABELS: Mapping[Journal, str] = {
    Journal.BANK: "Banque",
    Journal.COLLECTION: "Valeurs à l'encaissement",
    Journal.GENERAL: "Opérations diverses",
}


@dataclass(frozen=True, slots=True)
class Closing:
    """That a person, or the clock, closed all days up to one, inclusive."""

    through: date
    closed_by: str
    closed_at: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry without a number, and the day that it belongs to: that on which the proof counts the bank's line behind
    it, which a statement may book on another day than was told first; else its booking day.
    """

    entry: Entry
    day: date


@dataclass(frozen=True, slots=True)
class Numbered:
    """The place of an entry in the books: its journal, its number there, the day it is journalled on."""

    entry_id: str
    booking_date: date
    journal: Journal
    number: int
    day: date
    validated_on: date


@dataclass(frozen=True, slots=True)
class Books:
    """How far a landlord's days are closed and its entries numbered; `last` are those that this step numbers.

    A day's entries have their numbers before it is closed: what has none by then comes too late for it.
    """

    closed_through: date | None = None
    numbers: Mapping[Journal, int] = field(default_factory=dict)
    """The last number of each journal; the first is 1."""
    last: tuple[Numbered, ...] = ()
    version: int = 0

    def is_closed(self, day: date) -> bool:
        """Whether nothing more is journalled on a day."""
        return self.closed_through is not None and day <= self.closed_through

    def closed(self, through: date) -> Books:
        """The books once all days up to one are closed."""
        return replace(self, closed_through=through, last=(), version=self.version + 1)

    def number(self, waiting: Sequence[Waiting], validated_on: date) -> Books:
        """The books with numbers for these entries, in this order, none on a closed day; `last` says which."""
        numbers, last = dict(self.numbers), list[Numbered]()
        first_open = self.closed_through + timedelta(days=1) if self.closed_through else date.min
        for one in waiting:
            entry, journal = one.entry, journal_of(one.entry)
            numbers[journal] = numbers.get(journal, 0) + 1
            day = max(one.day, first_open)
            last.append(Numbered(entry.entry_id, entry.booking_date, journal, numbers[journal], day, validated_on))
        return replace(self, numbers=numbers, last=tuple(last), version=self.version + 1)


def in_order(waiting: Iterable[Waiting], through: date) -> list[Waiting]:
    """What belongs to days up to one, by day, booking day and id."""
    due = (one for one in waiting if one.day <= through)
    return sorted(due, key=lambda one: (one.day, one.entry.booking_date, one.entry.entry_id))


def journal_of(entry: Entry) -> Journal:
    """The bank's journal for what moves a bank account, else that of values in collection, else the general one."""
    if lines_on(entry, Role.BANK):
        return Journal.BANK
    return Journal.COLLECTION if lines_on(entry, Role.COLLECTION) else Journal.GENERAL
