"""Write an export as CSV, day by day, never all of it in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from quitus.domain import fec
from quitus.domain.calendar import instant_text
from quitus.domain.csv_cells import inert
from quitus.domain.errors import NotFound
from quitus.domain.ledger import Entry
from quitus.domain.money import format_euros
from quitus.services.exports import Export, ExportKind, Exports
from quitus.services.messages import ExportOrder
from quitus.services.ports import Clock
from quitus.services.read_payments import ShownPayment

_BOM = "\ufeff"

ENTRY_COLUMNS = (
    "entry_id", "booking_date", "kind", "lease_id", "sequence", "payment_id", "rule",
    "account", "auxiliary", "label", "debit", "credit", "hash", "previous_hash",
)  # fmt: skip
RECEIPT_COLUMNS = (
    "payment_id", "booking_date", "status", "amount", "means", "lease_id", "residence_id", "commune",
    "match_rule", "credit", "debtor_name", "remittance", "posted_at", "reversed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry with the payment and rule behind it."""

    entry: Entry
    payment_id: str | None
    rule: str | None


class Books(Protocol):
    """What was booked on each day, views."""

    def entries_between(self, landlord_id: str, first: date, last: date) -> Iterator[BookedEntry]:
        """Entries by booking date and id."""
        ...

    def payments_between(self, landlord_id: str, first: date, last: date) -> Iterator[ShownPayment]:
        """Payments by booking date and id."""
        ...


class Journals(Protocol):
    """The numbered entries of closed days."""

    def journalled(self, landlord_id: str, first: date, last: date) -> Iterator[fec.Journalled]:
        """Those journalled between two days, inclusive, by day, journal and number."""
        ...


class ExportFile(Protocol):
    """A file being written."""

    def write(self, text: str, /) -> object:
        """Add text."""
        ...


class ExportFiles(Protocol):
    """Where exports are kept."""

    def writing(self, landlord_id: str, export: Export) -> AbstractContextManager[ExportFile]:
        """A file that is kept, whole, when the block ends well."""
        ...


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """Writes exports."""

    exports: Exports
    books: Books
    journals: Journals
    files: ExportFiles
    clock: Clock

    def write(self, order: ExportOrder) -> None:
        """Write an export; again writes it again. Raises NotFound: nobody asked for it."""
        export = self.exports.find(order.landlord_id, order.export_id)
        if export is None:
            raise NotFound("export_not_found", "There is no export with this id.", export_id=order.export_id)
        lines = 0
        with self.files.writing(order.landlord_id, export) as file:
            for line in self._lines(order.landlord_id, export):
                file.write(line)
                lines += 1
        self.exports.ready(order.landlord_id, export.export_id, lines - 1, instant_text(self.clock.now()))

    def _lines(self, landlord_id: str, export: Export) -> Iterator[str]:
        """The lines of the file, its header first."""
        if export.kind is ExportKind.FEC:
            yield _fec_line(fec.COLUMNS)
            for journalled in self.journals.journalled(landlord_id, export.first, export.last):
                yield from map(_fec_line, fec.lines(journalled))
            return
        rows = self._rows(landlord_id, export)
        yield _BOM + csv_line(next(rows))
        yield from map(csv_line, rows)

    def _rows(self, landlord_id: str, export: Export) -> Iterator[Sequence[Any]]:
        if export.kind is ExportKind.ENTRIES:
            yield ENTRY_COLUMNS
            for booked in self.books.entries_between(landlord_id, export.first, export.last):
                yield from _entry_rows(booked)
        else:
            yield RECEIPT_COLUMNS
            for shown in self.books.payments_between(landlord_id, export.first, export.last):
                if shown.answer["status"] != "pending":
                    yield _receipt_row(shown)


@dataclass(frozen=True, slots=True)
class Euros:
    """An amount in a cell: a number stays a number, whatever its sign."""

    cents: int


def csv_line(cells: Iterable[Any]) -> str:
    """One line of the file: `;`, quoted where needed, CRLF; a text that a spreadsheet would compute gets a quote."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case Euros(cents):
            return format_euros(cents)
        case int():
            return str(value)
    return inert(str(value))


def _fec_line(cells: Iterable[str]) -> str:
    return fec.SEPARATOR.join(cells) + fec.ENDING


def _entry_rows(booked: BookedEntry) -> Iterator[Sequence[Any]]:
    entry = booked.entry
    for line in entry.lines:
        yield (
            entry.entry_id, entry.booking_date.isoformat(), entry.kind.value, entry.lease_id, entry.sequence,
            booked.payment_id, booked.rule, line.account, line.auxiliary, line.label,
            Euros(line.debit_cents), Euros(line.credit_cents), entry.hash, entry.previous_hash,
        )  # fmt: skip


def _receipt_row(shown: ShownPayment) -> Sequence[Any]:
    answer: Mapping[str, Any] = shown.answer
    residence_id, commune = (shown.home.residence_id, shown.home.commune) if shown.home else (None, None)
    return (
        answer["payment_id"], answer["booking_date"], answer["status"], Euros(answer["amount_cents"]), answer["means"],
        answer["lease_id"], residence_id, commune, answer["match"]["rule"], Euros(answer["credit_cents"]),
        answer["debtor_name"], answer["remittance"], answer["posted_at"],
        Euros(sum(reversal["amount_cents"] for reversal in answer["reversals"])),
    )  # fmt: skip
