"""The accounting entries file (FEC): the 18 fields of article A47 A-1 of the Livre des procédures fiscales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from quitus.domain.closing import Numbered
from quitus.domain.ledger import Entry, EntryKind, Line
from quitus.domain.money import Cents, format_euros

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate",
    "Montantdevise", "Idevise",
)  # fmt: skip
SEPARATOR = "\t"
ENDING = "\r\n"

_LABELS: Mapping[EntryKind, str] = {
    EntryKind.RECEIPT: "Encaissement",
    EntryKind.ALLOCATION: "Imputation",
    EntryKind.REVERSAL: "Rejet ou annulation d'encaissement",
    EntryKind.ASSIGNMENT: "Affectation d'encaissement",
    EntryKind.CREDIT_USE: "Emploi d'une avance",
    EntryKind.CHARGE: "Quittancement",
}


@dataclass(frozen=True, slots=True)
class Journalled:
    """An entry with its place in the books, and the payment that is its piece."""

    place: Numbered
    entry: Entry
    payment_id: str | None


def file_name(siren: str, last: date) -> str:
    """The name that the administration expects: SIREN, `FEC`, the last day."""
    return f"{siren}FEC{_day(last)}.txt"


def lines(journalled: Journalled) -> Iterator[tuple[str, ...]]:
    """The file's lines of one entry: tab-separated values without tabs in them, dates YYYYMMDD, decimal comma.

    An auxiliary account is a lease and named after it: no name of a person is in the books.
    """
    place, entry = journalled.place, journalled.entry
    for line in entry.lines:
        yield (
            place.journal.value, place.journal.label, str(place.number), _day(place.day),
            line.account, line.label, *_auxiliary(line),
            journalled.payment_id or entry.entry_id, _day(entry.booking_date), _LABELS[entry.kind],
            _euros(line.debit_cents), _euros(line.credit_cents), "", "", _day(place.validated_on), "", "",
        )  # fmt: skip


def _auxiliary(line: Line) -> tuple[str, str]:
    return (line.auxiliary, f"Bail {line.auxiliary}") if line.auxiliary else ("", "")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _euros(cents: Cents) -> str:
    return format_euros(cents).replace(".", ",")
