"""CFONB 120: statements as French banks have sent them since the 1980s, records of 120 characters.

Columns and codes: CFONB, "Relevé de compte sur support informatique", and the banks' guides (bank-formats.md §5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from quitus.banking.cfonb_layouts import WIDTH, Layouts
from quitus.banking.cfonb_statements import StatementReader, at_record
from quitus.banking.lines import text_records
from quitus.banking.problems import Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.domain.movement import Movement, Statement

_OPENING, _MOVEMENT, _COMPLEMENT, _CLOSING, _STRAY = "1", "4", "5", "7", "?"
_COMPLEMENTS: Final = re.compile(f"{_COMPLEMENT}*")
_MAX_COMPLEMENTS: Final = 1000


def read_cfonb(stream: BinaryIO, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of a CFONB 120 file (the `Read` protocol of `quitus.banking.reader`)."""
    reader = _FileReader(profile)
    for records in text_records(stream, WIDTH):
        yield from reader.read(records)
    yield from reader.end()


class _FileReader:
    """The statement that is open, and the movement that may still get complements."""

    def __init__(self, profile: Profile) -> None:
        self._layouts = Layouts(profile.cfonb)
        self._statement: StatementReader | None = None
        self._statements = 0
        self._held = ""
        self._number = 1

    def read(self, records: str) -> Iterator[Movement | Statement]:
        """Records end to end: what is certain before the next ones."""
        records = self._held + records
        kinds = _kinds(records)
        certain = _before_the_last_movement(kinds)
        self._held = records[certain * WIDTH :]
        return self._parts(records, kinds[:certain])

    def end(self) -> Iterator[Movement | Statement]:
        """What the end of the file finds unfinished."""
        yield from self._parts(self._held, _kinds(self._held))
        yield from self._unfinished()

    def _parts(self, records: str, kinds: str) -> Iterator[Movement | Statement]:
        first, at, end = self._number, 0, len(kinds) * WIDTH
        self._number += len(kinds)
        while at < end:
            kind, number = kinds[at // WIDTH], first + at // WIDTH
            if kind != _MOVEMENT:
                yield from self._other(kind, records[at : at + WIDTH], number)
                at += WIDTH
                continue
            statement = self._statement or self._outside(records[at : at + WIDTH], number)
            movements, to = statement.found_movements(records, at, end)
            yield from movements
            if to == at:
                to = _after_complements(kinds, at // WIDTH) * WIDTH
                yield from statement.movement(records[at:to], number)
            at = to

    def _outside(self, record: str, number: int) -> StatementReader:
        statement = self._start(record)
        message = "A movement outside any statement."
        statement.problems.add(Reason.MOVEMENT_OUTSIDE_STATEMENT, message, at_record(number))
        return statement

    def _other(self, kind: str, record: str, number: int) -> Iterator[Statement]:
        if kind == _OPENING:
            yield from self._unfinished()
            self._start(record).open(record, number)
            return
        statement = self._statement or self._start(record)
        if kind == _CLOSING:
            yield self._closed(statement, record, number)
        elif kind == _COMPLEMENT:
            statement.problems.add(
                Reason.UNSTARTED_MOVEMENT, "A complement that follows no movement.", at_record(number)
            )
        else:
            statement.problems.add(
                Reason.BAD_RECORD, f"No record of the format starts with {record[:2]!r}.", at_record(number)
            )

    def _closed(self, statement: StatementReader, record: str, number: int) -> Statement:
        """`07`: the new balance ends the statement."""
        if not statement.opened:
            statement.problems.add(
                Reason.UNSTARTED_STATEMENT, "A closing balance without its opening.", at_record(number)
            )
        statement.close(record, number)
        self._statement = None
        return statement.end()

    def _unfinished(self) -> Iterator[Statement]:
        """The statement that nothing closed."""
        statement, self._statement = self._statement, None
        if statement is None:
            return
        if statement.opened:
            statement.problems.add(Reason.UNFINISHED_STATEMENT, "The statement has no closing balance.")
        yield statement.end()

    def _start(self, record: str) -> StatementReader:
        self._statement = StatementReader(record, self._statements, self._layouts)
        self._statements += 1
        return self._statement


def _kinds(records: str) -> str:
    """One character per record: the second of its code, `?` where the first is not 0."""
    tens, units = records[::WIDTH], records[1::WIDTH]
    if not tens.strip("0"):
        return units
    return "".join(unit if ten == "0" else _STRAY for ten, unit in zip(tens, units, strict=True))


def _before_the_last_movement(kinds: str) -> int:
    """How many records come before the movement whose complements may go on beyond these records.

    Raises:
        UnreadableFile: too many complements for one movement.
    """
    last = len(kinds.rstrip(_COMPLEMENT)) - 1
    if last < 0 or kinds[last] != _MOVEMENT:
        return len(kinds)
    if len(kinds) - last > _MAX_COMPLEMENTS:
        raise unreadable(Reason.TOO_LARGE, f"A movement of more than {_MAX_COMPLEMENTS} complements.")
    return last


def _after_complements(kinds: str, movement: int) -> int:
    """The number of the record that is not the movement's any more."""
    complements = _COMPLEMENTS.match(kinds, movement + 1)
    return complements.end() if complements is not None else movement + 1
