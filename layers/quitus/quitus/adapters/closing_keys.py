"""Keys of entries by day, of closed days and of the numbers that entries get. `keys` says who reads and writes them."""

from __future__ import annotations

from datetime import date

from quitus.services.table import Key

_DIGITS = 9


def entries_of_day(landlord_id: str, day: date) -> str:
    """The entries booked on a day, on leases and in suspense, by entry id."""
    return f"{landlord_id}#entries#{day.isoformat()}"


def unnumbered(landlord_id: str) -> str:
    """Listing partition: the entries without a number, by booking day and id."""
    return f"{landlord_id}#unnumbered"


def books(landlord_id: str) -> Key:
    """How far the landlord's days are closed and its entries numbered."""
    return Key(f"{landlord_id}#books", "books")


def closing(landlord_id: str, through: date) -> Key:
    """The closing of all days up to one."""
    return Key(f"{landlord_id}#closings", through.isoformat())


def journal(landlord_id: str, day: date) -> str:
    """The numbered entries that are journalled on a day."""
    return f"{landlord_id}#journal#{day.isoformat()}"


def journal_place(code: str, number: int) -> str:
    """The place of a numbered entry in its day."""
    return f"{code}#{number:0{_DIGITS}d}"


def late_piece(landlord_id: str, journal_day: date, day: date) -> Key:
    """That something of another day is journalled on a day."""
    return Key(late_pieces(landlord_id), f"{journal_day.isoformat()}#{day.isoformat()}")


def late_pieces(landlord_id: str) -> str:
    """The days on which something of other days is journalled, each with those."""
    return f"{landlord_id}#late-pieces"
