"""Lists of beneficiaries as their payers write them, read by the landlord's mapping: whole, or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from quitus.domain.bulk_payers import AmountStyle, ListLayout
from quitus.domain.errors import UnreadableFile
from quitus.domain.ids import is_id
from quitus.domain.limits import LARGEST_CENTS
from quitus.domain.money import AmountError, Cents, parse_euros
from quitus.domain.payment_list import ListLine

LARGEST_LIST: Final = 16 * 1024 * 1024
"""Lists are held in memory: some hundred thousand lines."""
_LONGEST_CELL: Final = 140
_MONTH = re.compile(r"(?P<year>\d{4})[-/.]?(?P<month>0[1-9]|1[0-2])", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>0[1-9]|1[0-2])[-/.]?(?P<year>\d{4})", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_THOUSANDS: Final[Mapping[AmountStyle, re.Pattern[str]]] = {
    AmountStyle.COMMA: re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,.*)?"),
    AmountStyle.POINT: re.compile(r"[+-]?\d{1,3}(,\d{3})+(\..*)?"),
}
_SPACES = str.maketrans("", "", " \t\u00a0\u202f")


class ListRefusal(StrEnum):
    """Why a list is kept out as a whole; each is explained in docs/payment-lists.md."""

    UNKNOWN_PAYER = "list_unknown_payer"
    TOO_LARGE = "list_too_large"
    ENCODING = "list_encoding"
    MALFORMED = "list_malformed"
    MISSING_COLUMN = "list_missing_column"
    CELL_COUNT = "list_cell_count"
    BAD_AMOUNT = "list_bad_amount"
    SEVERAL_REFERENCES = "list_several_references"
    WRONG_TOTAL = "list_wrong_total"
    NOT_POSITIVE = "list_not_positive"
    EMPTY = "list_empty"


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a list says; `content` names its text, however its lines end."""

    lines: tuple[ListLine, ...]
    content: str
    reference: str | None = None

    @property
    def total_cents(self) -> Cents:
        """The sum of its lines."""
        return sum(line.cents for line in self.lines)

    @property
    def reading(self) -> str:
        """Names the lines: the same text read by another mapping has another one."""
        return hashlib.sha256(msgspec.json.encode(self.lines)).hexdigest()[:32]


def read_list(content: bytes, layout: ListLayout) -> ReadList:
    """The list in these bytes; lines of 0.00 say nothing and are left out.

    Raises:
        UnreadableFile: its `code` is a ListRefusal, `where` the line in the file.
    """
    text = _text(content, layout)
    records = list(_records(text, layout))
    if not records:
        raise _refused(ListRefusal.EMPTY)
    header = _header(records[0][1], layout, records[0][0])
    rows, total = list[tuple[int, Mapping[str, str]]](), None
    for place, cells in records[1:]:
        if _is_total(cells, layout):
            total = _total(cells, layout, header, place)
        else:
            rows.append((place, _row(header, cells, place)))
    lines = tuple(_lines(rows, layout))
    read = ReadList(lines, hashlib.sha256(text.encode()).hexdigest(), _reference(rows, layout))
    _check(read, total)
    return read


def _text(content: bytes, layout: ListLayout) -> str:
    try:
        text = content.decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    except UnicodeDecodeError as error:
        raise _refused(ListRefusal.ENCODING) from error
    if "\x00" in text:
        raise _refused(ListRefusal.ENCODING)
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def _records(text: str, layout: ListLayout) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins, from the header on; blank lines are none."""
    skipped = layout.skipped_lines
    body = "\n".join(text.split("\n")[skipped:])
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=layout.separator, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [" ".join(cell.split()) for cell in cells]
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise _refused(ListRefusal.MALFORMED, begins) from error


def _header(cells: Sequence[str], layout: ListLayout, place: int) -> Sequence[str]:
    counted = Counter(cells)
    wrong = [name for name in layout.columns.named if counted[name] != 1]
    if wrong:
        raise _refused(ListRefusal.MISSING_COLUMN, place)
    return cells


def _row(header: Sequence[str], cells: Sequence[str], place: int) -> Mapping[str, str]:
    """A record by column; empty cells at its end, which spreadsheets add or leave out, say nothing."""
    if any(cells[len(header) :]):
        raise _refused(ListRefusal.CELL_COUNT, place)
    padded = [*cells, *([""] * (len(header) - len(cells)))]
    return dict(zip(header, padded, strict=False))


def _is_total(cells: Sequence[str], layout: ListLayout) -> bool:
    label, first = layout.total_label, next((cell for cell in cells if cell), "")
    return label is not None and first.casefold().startswith(label.casefold())


def _total(cells: Sequence[str], layout: ListLayout, header: Sequence[str], place: int) -> Cents:
    """The sum that a list gives beside its label: in the column of amounts, or the last cell that says anything."""
    told = {index: cell for index, cell in enumerate(cells) if cell}
    del told[min(told)]
    if not told:
        raise _refused(ListRefusal.BAD_AMOUNT, place)
    return _cents(told.get(header.index(layout.columns.amount)) or told[max(told)], layout.amounts, place)


def _lines(rows: Sequence[tuple[int, Mapping[str, str]]], layout: ListLayout) -> Iterator[ListLine]:
    columns, ordinals, number = layout.columns, Counter[Cents](), 0
    for place, cells in rows:
        cents = _cents(cells[columns.amount], layout.amounts, place)
        if cents == 0:
            continue
        number += 1
        ordinals[cents] += 1
        yield ListLine(
            number,
            place,
            cents,
            ordinals[cents],
            _id(cells.get(columns.beneficiary or "")),
            _id(cells.get(columns.lease or ""), upper=False),
            (cells.get(columns.name or "") or "")[:_LONGEST_CELL] or None,
            _period(cells.get(columns.period or "")),
        )


def _id(text: str | None, *, upper: bool = True) -> str | None:
    """A number as it is looked up; what cannot be one is of nobody that is known."""
    bare = (text or "").translate(_SPACES)
    found = bare.upper() if upper else bare
    return found if is_id(found) else None


def _period(text: str | None) -> str | None:
    """A month, however it is written (`2026-11`, `11/2026`, `202611`); None for anything else."""
    found = _MONTH.fullmatch(text or "") or _MONTH_FIRST.fullmatch(text or "")
    return f"{found['year']}-{found['month']}" if found else None


def _reference(rows: Sequence[tuple[int, Mapping[str, str]]], layout: ListLayout) -> str | None:
    column = layout.columns.reference
    said = {cells[column]: place for place, cells in reversed(rows) if cells[column]} if column else {}
    if len(said) > 1:
        raise _refused(ListRefusal.SEVERAL_REFERENCES, sorted(said.values())[1])
    return next((text[:_LONGEST_CELL] for text in said), None)


def _cents(text: str, style: AmountStyle, place: int) -> Cents:
    bare, sign = text.translate(_SPACES).removesuffix("€"), 1
    if bare.startswith("(") and bare.endswith(")"):
        bare, sign = bare[1:-1], -1
    elif bare.endswith("-"):
        bare, sign = bare[:-1], -1
    try:
        cents = sign * _unsigned(bare, style) if sign < 0 else _signed(bare, style)
    except AmountError as error:
        raise _refused(ListRefusal.BAD_AMOUNT, place) from error
    if abs(cents) > LARGEST_CENTS:
        raise _refused(ListRefusal.BAD_AMOUNT, place)
    return cents


def _unsigned(text: str, style: AmountStyle) -> Cents:
    if text[:1] in ("+", "-"):
        raise AmountError("two signs")
    return _signed(text, style)


def _signed(text: str, style: AmountStyle) -> Cents:
    if style is AmountStyle.CENTS:
        if not _WHOLE.fullmatch(text):
            raise AmountError("not whole cents")
        return int(text)
    grouping, mark = (".", ",") if style is AmountStyle.COMMA else (",", ".")
    if _THOUSANDS[style].fullmatch(text):
        text = text.replace(grouping, "")
    if grouping in text:
        raise AmountError("the other decimal mark")
    return parse_euros(text.replace(mark, "."))


def _check(read: ReadList, total: Cents | None) -> None:
    if not read.lines:
        raise _refused(ListRefusal.EMPTY)
    if total is not None and total != read.total_cents:
        raise _refused(ListRefusal.WRONG_TOTAL)
    if read.total_cents <= 0:
        raise _refused(ListRefusal.NOT_POSITIVE)


def _refused(reason: ListRefusal, place: int | None = None) -> UnreadableFile:
    where = {} if place is None else {"where": f"line {place}"}
    return UnreadableFile(reason, f"The list is kept out: {reason}.", **where)
