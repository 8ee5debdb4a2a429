"""Closed days and the numbers of their entries on the table: one row for the books, one for each closing and number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from quitus.adapters import closing_keys, records, view_keys
from quitus.domain.closing import Books, Closing, Numbered, Waiting
from quitus.domain.fec import Journalled
from quitus.services.table import Is, Key, Lacks, New, Put, Table, Update, Write

NEVER_NUMBERED = New()
NEVER_CLOSED = New()
_READ_AT_ONCE = 200
_ONE_DAY = timedelta(days=1)


class ClosingRows:
    """`close_days.Closings`, `number_entries.Numbers`, `exports.PieceDays` and `write_exports.Journals` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def books(self, landlord_id: str) -> Books:
        """See `Closings.books`."""
        row = self._table.get(closing_keys.books(landlord_id))
        return records.record(row, Books) if row else Books()

    def close(self, landlord_id: str, books: Books, closing: Closing) -> None:
        """See `Closings.close`."""
        key = closing_keys.closing(landlord_id, closing.through)
        kept = Put(key.row(**records.dense(closing)), NEVER_CLOSED)
        self._table.write([_books_put(landlord_id, books.closed(closing.through)), kept])

    def closings(self, landlord_id: str, before: str | None) -> Iterator[Closing]:
        """See `Closings.closings`."""
        pk = closing_keys.closing(landlord_id, date.max).pk
        while True:
            page = self._table.query(pk, after=before, limit=_READ_AT_ONCE, newest_first=True)
            yield from (records.record(row, Closing) for row in page.rows)
            if page.after is None:
                return
            before = page.after.sk

    def without_number(self, landlord_id: str, through: date) -> Iterator[Waiting]:
        """See `Numbers.without_number`. The listing is a little late: the rows themselves say what has a number."""
        after: Key | None = None
        while True:
            page = self._table.query_listing(closing_keys.unnumbered(landlord_id), after=after, limit=_READ_AT_ONCE)
            listed = [Key.of(row) for row in page.rows if row["day"] <= through.isoformat()]
            rows = [row for row in self._table.batch_get(listed).values() if "number" not in row]
            counted = self._counted(landlord_id, {row["moved_by"] for row in rows if "moved_by" in row})
            for row in rows:
                entry = records.entry_of(row)
                yield Waiting(entry, counted.get(row.get("moved_by", ""), entry.booking_date))
            if page.after is None or len(listed) < len(page.rows):
                return
            after = page.after

    def _counted(self, landlord_id: str, payment_ids: Iterable[str]) -> Mapping[str, date]:
        """The days on which the proof counts bank lines."""
        places = (place for payment_id in payment_ids for place in view_keys.places_of(landlord_id, payment_id))
        rows = self._table.batch_get(places).values()
        return {
            row["payment_id"]: date.fromisoformat(place[1])
            for row in rows
            for kind, place, _ in row["contribution"]
            if kind == "ledger"
        }

    def number(self, landlord_id: str, books: Books) -> None:
        """See `Numbers.number`."""
        writes: list[Write] = [_books_put(landlord_id, books)]
        for place in books.last:
            writes += [_number_put(landlord_id, place), _entry_update(landlord_id, place)]
        late = {(place.day, place.booking_date) for place in books.last if place.day != place.booking_date}
        writes += (Put(closing_keys.late_piece(landlord_id, *days).row()) for days in sorted(late))
        self._table.write(writes)

    def journalled(self, landlord_id: str, first: date, last: date) -> Iterator[Journalled]:
        """See `write_exports.Journals`."""
        for number in range((last - first).days + 1):
            yield from self._journalled_on(landlord_id, first + number * _ONE_DAY)

    def _journalled_on(self, landlord_id: str, day: date) -> Iterator[Journalled]:
        after: str | None = None
        while True:
            page = self._table.query(closing_keys.journal(landlord_id, day), after=after, limit=_READ_AT_ONCE)
            places = [records.record(row, Numbered) for row in page.rows]
            entries = {place: _entry_key(landlord_id, place) for place in places}
            rows = self._table.batch_get(entries.values())
            for place, key in entries.items():
                yield Journalled(place, records.entry_of(rows[key]), rows[key].get("payment_id"))
            if page.after is None:
                return
            after = page.after.sk

    def piece_days(self, landlord_id: str, first: date, last: date) -> list[date]:
        """See `exports.PieceDays`."""
        rows = self._table.query(closing_keys.late_pieces(landlord_id), after=first.isoformat()).rows
        places = (row["SK"].split("#") for row in rows)
        return sorted({date.fromisoformat(piece) for day, piece in places if day <= last.isoformat()})


def _books_put(landlord_id: str, books: Books) -> Put:
    unchanged = New() if books.version == 1 else Is("version", books.version - 1)
    return Put(closing_keys.books(landlord_id).row(**records.dense(replace(books, last=()))), unchanged)


def _number_put(landlord_id: str, place: Numbered) -> Put:
    key = Key(closing_keys.journal(landlord_id, place.day), closing_keys.journal_place(place.journal, place.number))
    return Put(key.row(**records.dense(place)), NEVER_NUMBERED)


def _entry_update(landlord_id: str, place: Numbered) -> Update:
    """The entry's own row says its number and leaves the listing of those without."""
    said = {"journal": place.journal.value, "number": place.number, "journal_day": place.day.isoformat()}
    return Update(_entry_key(landlord_id, place), set=said, remove=("GSI1PK", "GSI1SK"), condition=Lacks("number"))


def _entry_key(landlord_id: str, place: Numbered) -> Key:
    return Key(closing_keys.entries_of_day(landlord_id, place.booking_date), place.entry_id)
