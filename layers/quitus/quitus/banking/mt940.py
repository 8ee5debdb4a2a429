"""MT940: SWIFT's customer statement as banks send it, in any encoding and with any `:86:` (bank-formats.md §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from quitus.banking.lines import MAX_LINE, text_blocks
from quitus.banking.mt940_statements import Line, StatementReader, at_line
from quitus.banking.problems import Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.domain.movement import Movement, Statement

_TAG: Final = re.compile(r"(?:\{[^{}]*\})*(?:\{4:)?:(?:([0-9]{2}[A-Z]?|NS):|(6[02]F)(?=[CD][0-9]{6}))(.*)", re.DOTALL)
"""A field; the colon behind the name of a balance is forgotten at times."""
_HEADER: Final = re.compile(r"(?:\{[1-5]:[^{}]*\})+(?:\{4:)?|\{4:")
"""What a network puts before a message."""
_WRAPPED_TIME: Final = re.compile(r":[0-5][0-9]:[0-5][0-9](?![0-9])")
_FRAME: Final = " \t\x00\x01\x03\x1a"
_MOVEMENT: Final = ":61:"
_ACCOUNT: Final = frozenset({"25", "25P"})
_SEQUENCE: Final = frozenset({"28", "28C"})
_OPENING: Final = frozenset({"60F", "60M"})
_CLOSING: Final = frozenset({"62F", "62M"})
_BEGINNING: Final = _ACCOUNT | _SEQUENCE | _OPENING
_MAX_LINES: Final = 1000


def read_mt940(stream: BinaryIO, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of an MT940 file (the `Read` protocol of `quitus.banking.reader`)."""
    reader = _FileReader(profile)
    for text in text_blocks(stream):
        yield from reader.read(text)
    yield from reader.finish()


class _FileReader:
    """The statement that is open, and the field that may go on in the next line."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._statement: StatementReader | None = None
        self._statements = 0
        self._pending: Line | None = None
        self._going_on: list[str] | None = None
        self._held = ""
        self._number = 1

    def read(self, text: str) -> Iterator[Movement | Statement]:
        """Whole lines: what is certain before the next ones."""
        text = self._held + text
        end = _before_the_last_movement(text)
        self._held = text[end:]
        return self._parts(text, end)

    def finish(self) -> Iterator[Movement | Statement]:
        """What the end of the file finds unfinished.

        Raises:
            UnreadableFile: there was no statement.
        """
        yield from self._parts(self._held, len(self._held))
        yield from self.end()
        if not self._statements:
            raise unreadable(Reason.NO_STATEMENT, "The file has no statement.")

    def _parts(self, text: str, end: int) -> Iterator[Movement | Statement]:
        at = 0
        while at < end:
            if self._statement is not None and text.startswith(_MOVEMENT, at):
                yield from self._flush()
                movements, to = self._statement.usual_movements(text, at, end)
                yield from movements
                self._number += text.count("\n", at, to)
                at = to
            if at < end:
                stop = text.find("\n", at, end)
                stop = end if stop < 0 else stop
                yield from self._line(text[at:stop], self._number)
                self._number += 1
                at = stop + 1

    def _line(self, line: str, number: int) -> Iterator[Movement | Statement]:
        tag = _TAG.match(line) if line.startswith((":", "{")) else None
        if tag is not None and not self.is_time(line):
            yield from self.field(tag.group(1) or tag.group(2), tag.group(3), number)
        elif line.startswith("-") and self.is_end(line):
            yield from self.end()
        elif not _HEADER.fullmatch(line.strip()):
            self.continued(line)

    def field(self, tag: str, text: str, number: int) -> Iterator[Movement | Statement]:
        """A field: what it completes."""
        self._going_on = None
        if tag == "NS":
            return
        if tag == "86":
            self._details(text, number)
            return
        yield from self._flush()
        if tag == "20":
            yield from self.end()
        else:
            yield from self._ended_by(tag)
        statement = self._statement or self._start()
        if tag == "20":
            statement.reference = text.strip()
        elif tag in _ACCOUNT:
            statement.about(text.strip(), number)
        elif tag in _SEQUENCE:
            statement.sequence = text.strip()
        elif tag in _OPENING:
            statement.open(text, number)
        elif tag in _CLOSING:
            statement.close(text, number)
        elif tag == "61":
            self._pending = statement.movement(text, number)
            self._going_on = self._pending.supplement if self._pending else []

    def _ended_by(self, tag: str) -> Iterator[Statement]:
        """The statement that is open, where this field begins the next one of the same message: what that one does not
        say again is as before.
        """
        previous = self._statement
        if previous is None or tag not in _BEGINNING:
            return
        if previous.closed or (previous.opened and tag in _OPENING):
            yield previous.end()
            self._start().follow(previous)

    def is_time(self, line: str) -> bool:
        """Whether a line that looks like a field goes on with a time cut after its hours (`…T16`, `:20:37`)."""
        details = self._pending.details if self._pending is not None else []
        return bool(details) and details[-1][-2:].isdecimal() and bool(_WRAPPED_TIME.match(line))

    def is_end(self, line: str) -> bool:
        """Whether a line that begins with a hyphen ends the message; alone in the details of a movement it does not."""
        within = self._pending is not None and self._going_on is self._pending.details
        return line.startswith("-}") or (line.strip(_FRAME) == "-" and not within)

    def continued(self, line: str) -> None:
        """A line that goes on with the field before it.

        Raises:
            UnreadableFile: it goes on without end.
        """
        if self._going_on is None:
            return
        if len(self._going_on) == _MAX_LINES:
            raise unreadable(Reason.TOO_LARGE, f"A field of more than {_MAX_LINES} lines.")
        self._going_on.append(line)

    def end(self) -> Iterator[Movement | Statement]:
        """The end of a message or of the file."""
        yield from self._flush()
        statement, self._statement, self._going_on = self._statement, None, None
        if statement is not None:
            yield statement.end()

    def _details(self, text: str, number: int) -> None:
        pending = self._pending
        if pending is not None:
            pending.details.append(text)
            self._going_on = pending.details
            return
        statement = self._statement or self._start()
        if not statement.opened and not statement.unread:
            statement.problems.add(Reason.UNSTARTED_MOVEMENT, "Details that follow no movement.", at_line(number))

    def _start(self) -> StatementReader:
        self._statement = StatementReader(self._statements, self._profile)
        self._statements += 1
        return self._statement

    def _flush(self) -> Iterator[Movement]:
        pending, self._pending = self._pending, None
        if pending is not None and self._statement is not None:
            yield self._statement.complete(pending)


def _before_the_last_movement(text: str) -> int:
    """Where the last movement starts, whose details may go on beyond this text; the end where that is far away."""
    last = 0 if text.startswith(_MOVEMENT) else -1
    last = max(last, text.rfind(f"\n{_MOVEMENT}") + 1)
    return last if last >= 0 and len(text) - last <= MAX_LINE else len(text)
