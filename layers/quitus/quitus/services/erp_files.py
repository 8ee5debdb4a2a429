"""ERP files: CSV with `;`, UTF-8 or ISO-8859-15, a first line that names the kind, a trailer that proves it whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from quitus.domain.errors import UnreadableFile
from quitus.domain.money import AmountError, format_euros, parse_euros
from quitus.services.messages import ErpRow
from quitus.services.refusals import FileRefusal, Refusal

LARGEST_FILE: Final = 64 * 1024 * 1024
"""ERP files are held in memory."""

LONGEST_KEY: Final = 129
"""Two ids and the stroke between them; what is longer is no key."""

ROWS_AT_ONCE: Final = 100
_BYTES_AT_ONCE: Final = 180_000
_SEQUENCE = re.compile(r"0*\d{1,12}", re.ASCII)


class ErpKind(StrEnum):
    """What an ERP file is about (contract.md, ERP drops)."""

    LEASES = "leases"
    PARTIES = "parties"
    DUES = "dues"
    BALANCES = "balances"
    VIRTUAL_IBANS = "virtual_ibans"
    BENEFICIARIES = "beneficiaries"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a kind; `keys` name a row in the acknowledgement, rows of the same `group` are worked together."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    keys: tuple[str, ...]
    group: str


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


LAYOUTS: Final = {
    ErpKind.LEASES: Layout(
        required=_columns(
            "lease_id status start_date unit_id unit_kind residence_id residence_name commune holder_name"
        ),
        optional=_columns(
            "end_date street postal_code account_group holder_email holder_phone language e_receipt_consent"
        ),
        keys=("lease_id",),
        group="lease_id",
    ),
    ErpKind.PARTIES: Layout(
        required=_columns("lease_id party_id role name"),
        optional=_columns("email phone share_percent from_date to_date"),
        keys=("lease_id", "party_id"),
        group="lease_id",
    ),
    ErpKind.DUES: Layout(
        required=_columns("due_id lease_id kind period due_date amount"),
        optional=_columns("label limitation_from judged_on"),
        keys=("due_id",),
        group="lease_id",
    ),
    ErpKind.BALANCES: Layout(_columns("lease_id as_of amount"), (), ("lease_id",), "lease_id"),
    ErpKind.VIRTUAL_IBANS: Layout(_columns("iban bic payee_name"), (), ("iban",), "iban"),
    ErpKind.BENEFICIARIES: Layout(_columns("payer_id number lease_id"), (), ("payer_id", "number"), "lease_id"),
}


@dataclass(frozen=True, slots=True)
class ErpFile:
    """A file whose frame is right; its rows are yet to be checked."""

    kind: ErpKind
    sequence: int
    rows: tuple[ErpRow, ...]


def row_key(kind: ErpKind, row: ErpRow) -> str:
    """How the acknowledgement names a row."""
    return "/".join(row.cells.get(name, "") for name in LAYOUTS[kind].keys)[:LONGEST_KEY]


def parse(content: bytes) -> ErpFile:
    """The file in these bytes.

    Raises:
        UnreadableFile: its `code` is a FileRefusal, `kind` in its detail when that is known.
    """
    lines = list(_records(_text(content)))
    kind, sequence = _first_line(lines)
    if len(lines) < 3:
        raise _refused(FileRefusal.WRONG_TRAILER, kind)
    header = _header(kind, lines[1][1])
    rows = tuple(_row(header, line, cells) for line, cells in lines[2:-1])
    _check_trailer(kind, lines[-1][1], rows)
    return ErpFile(kind, sequence, rows)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-15")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the physical line on which each begins; blank lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _refused(FileRefusal.MALFORMED_CSV) from error


def _first_line(lines: Sequence[tuple[int, list[str]]]) -> tuple[ErpKind, int]:
    cells = _trimmed(lines[0][1]) if lines else []
    if len(cells) != 4 or cells[0] != "#quitus":
        raise _refused(FileRefusal.WRONG_FIRST_LINE)
    _, kind, version, sequence = cells
    if kind not in set(ErpKind):
        raise _refused(FileRefusal.UNKNOWN_KIND)
    if version != "1":
        raise _refused(FileRefusal.UNKNOWN_VERSION, ErpKind(kind))
    if not _SEQUENCE.fullmatch(sequence):
        raise _refused(FileRefusal.WRONG_SEQUENCE, ErpKind(kind))
    return ErpKind(kind), int(sequence)


def _header(kind: ErpKind, cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    layout = LAYOUTS[kind]
    if not set(names) <= {*layout.required, *layout.optional}:
        raise _refused(FileRefusal.UNKNOWN_COLUMN, kind)
    if len(set(names)) != len(names):
        raise _refused(FileRefusal.DUPLICATE_COLUMN, kind)
    if not set(layout.required) <= set(names):
        raise _refused(FileRefusal.MISSING_COLUMN, kind)
    return names


def _row(header: Sequence[str], line: int, cells: Sequence[str]) -> ErpRow:
    held = {name: cell.strip().replace("\r\n", "\n") for name, cell in zip(header, cells, strict=False)}
    return ErpRow(line, held, None if len(cells) == len(header) else Refusal.WRONG_CELL_COUNT.value)


def _check_trailer(kind: ErpKind, cells: Sequence[str], rows: Sequence[ErpRow]) -> None:
    trimmed = _trimmed(cells)
    if len(trimmed) != 3 or trimmed[0] != "#end" or trimmed[1] != str(len(rows)):
        raise _refused(FileRefusal.WRONG_TRAILER, kind)
    try:
        control = format_euros(parse_euros(trimmed[2]))
    except AmountError as error:
        raise _refused(FileRefusal.WRONG_TRAILER, kind) from error
    if control not in _controls([row.cells["amount"] for row in rows if "amount" in row.cells]):
        raise _refused(FileRefusal.WRONG_TRAILER, kind)


def _controls(amounts: Sequence[str]) -> set[str]:
    """The sums that the trailer may give: of the amounts that are right, and, as the sender may have added them up too,
    of all that are numbers at all.
    """
    right, numbers = 0, Decimal(0)
    for amount in amounts:
        try:
            cents = parse_euros(amount)
        except AmountError:
            numbers += _number(amount)
        else:
            right += cents
            numbers += Decimal(cents) / 100
    return {format_euros(right), f"{numbers:.2f}" if numbers else "0.00"}


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() and abs(value) < Decimal(10) ** 15 else Decimal(0)


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Cells without the empty ones that spreadsheets add at the end of short lines."""
    held = [cell.strip() for cell in cells]
    while held and not held[-1]:
        held.pop()
    return held


def _refused(reason: FileRefusal, kind: ErpKind | None = None) -> UnreadableFile:
    return UnreadableFile(reason, f"The ERP file is refused: {reason}.", kind=kind)


def batches(file: ErpFile) -> Iterator[tuple[ErpRow, ...]]:
    """The rows in batches: those of one lease together, the order of first appearance kept, the same each time."""
    packed: list[ErpRow] = []
    size = 0
    for rows in _groups(file):
        weight = sum(map(_weight, rows))
        if packed and (len(packed) + len(rows) > ROWS_AT_ONCE or size + weight > _BYTES_AT_ONCE):
            yield tuple(packed)
            packed, size = [], 0
        packed += rows
        size += weight
    if packed:
        yield tuple(packed)


def _groups(file: ErpFile) -> Iterator[list[ErpRow]]:
    """Rows by lease; a lease with more than a message holds comes in parts."""
    groups: dict[str, list[ErpRow]] = {}
    column = LAYOUTS[file.kind].group
    for row in file.rows:
        groups.setdefault(row.cells.get(column, ""), []).append(row)
    for rows in groups.values():
        part: list[ErpRow] = []
        size = 0
        for row in rows:
            if part and size + _weight(row) > _BYTES_AT_ONCE:
                yield part
                part, size = [], 0
            part.append(row)
            size += _weight(row)
        yield part


def _weight(row: ErpRow) -> int:
    """At least the bytes of the row in a message, escapes included."""
    return 40 + sum(len(name) + 2 * len(cell.encode()) + 8 for name, cell in row.cells.items())
