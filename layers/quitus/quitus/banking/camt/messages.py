"""The reader of camt files: decodes, cuts, and hands the parts to the statement that is open."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from quitus.banking.camt.markup import Segments
from quitus.banking.camt.movements import Fields
from quitus.banking.camt.paths import Mark, Scope
from quitus.banking.camt.shapes import Shape
from quitus.banking.camt.statements import StatementReader
from quitus.banking.problems import Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.banking.reader import CHUNK
from quitus.domain.movement import Movement, Statement

_DECLARED: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ENCODINGS: Final = re.compile(r"utf-8|utf-16(-le|-be)?|ascii|iso8859-\d+|cp(125\d|437|85\d)")
_BLANK: Final = b" \t\r\n"


def read_camt(stream: BinaryIO, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of a camt file (the `Read` protocol of `quitus.banking.reader`)."""
    segments, message = Segments(), _MessageReader(profile)
    for text, final in _texts(stream):
        for shape, values in segments.feed(text, final):
            yield from message.segment(shape, values)
    message.finish()


class _MessageReader:
    """Sorts the values of each segment into header, statement, balance, entry and detail."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._message = ""
        self._parts = [Fields() for _ in Scope]
        self._statement: StatementReader | None = None
        self._statements = 0

    def segment(self, shape: Shape, values: list[str]) -> Iterator[Movement | Statement]:
        parts, opens = self._parts, shape.opens
        parts[Scope.DETAIL] = Fields()
        parts[Scope.BALANCE] = Fields()
        if opens:
            self._open(opens, shape.message)
        for scope, key, currency in shape.currencies:
            parts[scope].one[key] = currency
        for run in shape.runs:
            if run.repeated:
                parts[run.scope].many[run.keys[0]] = values[run.start : run.stop]
            else:
                parts[run.scope].one.update(zip(run.keys, values[run.start : run.stop], strict=True))
        yield from self._close(shape.closes)

    def finish(self) -> None:
        """The end of the file.

        Raises:
            UnreadableFile: there was no message, or no statement in it.
        """
        if not self._message:
            raise unreadable(Reason.UNKNOWN_FORMAT, "The file is XML, but no camt.052, camt.053 or camt.054.")
        if not self._statements:
            raise unreadable(Reason.NO_STATEMENT, "The message holds no statement.")

    def _open(self, opens: frozenset[Mark], message: str) -> None:
        parts = self._parts
        if Mark.MESSAGE in opens:
            self._message = message
            parts[Scope.HEADER] = Fields()
        if Mark.STATEMENT in opens:
            self._statement = StatementReader(self._statements, self._message, parts[Scope.HEADER], self._profile)
            self._statements += 1
            parts[Scope.STATEMENT] = self._statement.fields
        if Mark.ENTRY in opens:
            parts[Scope.ENTRY] = Fields()
        elif Mark.BATCH in opens:
            for key in ("batch_message", "batch_payment", "batch_count"):
                parts[Scope.ENTRY].one.pop(key, None)

    def _close(self, closes: Mark) -> Iterator[Movement | Statement]:
        statement, parts = self._statement, self._parts
        if statement is None:
            return
        if closes is Mark.DETAIL_END:
            yield from statement.detail(parts[Scope.ENTRY], parts[Scope.DETAIL])
        elif closes is Mark.ENTRY_END:
            yield from statement.end_entry(parts[Scope.ENTRY])
        elif closes is Mark.BALANCE_END:
            statement.balance(parts[Scope.BALANCE])
        elif closes is Mark.STATEMENT_END:
            yield statement.end()
            self._statement = None


def _texts(stream: BinaryIO) -> Iterator[tuple[str, bool]]:
    """The file's text in full chunks, the last one marked; blanks before the declaration are dropped.

    Raises:
        UnreadableFile: empty, or not text in the encoding that the file declares.
    """
    chunk = _full(stream)
    while chunk and not chunk.strip(_BLANK):
        chunk = _full(stream)
    if not chunk:
        raise unreadable(Reason.EMPTY, "The file is empty.")
    chunk = chunk.lstrip(_BLANK)
    decoder = codecs.getincrementaldecoder(_encoding(chunk))()
    while chunk:
        following = _full(stream)
        try:
            text = decoder.decode(chunk, final=not following)
        except UnicodeDecodeError as error:
            raise unreadable(Reason.ENCODING, f"Bytes that are no {error.encoding} text.") from error
        yield text, not following
        chunk = following


def _full(stream: BinaryIO) -> bytes:
    """The next CHUNK bytes, less only at the end, however the stream hands them out."""
    read = stream.read(CHUNK)
    if len(read) == CHUNK or not read:
        return read
    parts, size = [read], len(read)
    while size < CHUNK and (read := stream.read(CHUNK - size)):
        parts.append(read)
        size += len(read)
    return b"".join(parts)


def _encoding(start: bytes) -> str:
    """The codec of a file that starts like this: byte order mark, else UTF-16 by its zeros, else as declared, else UTF-8."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[:4] in (b"<\0?\0", b"\0<\0?"):
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    declared = _DECLARED.match(start[:200])
    name = declared.group(1).decode() if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if not _ENCODINGS.fullmatch(codec):
        raise unreadable(Reason.ENCODING, f"No bank uses the encoding {name}.")
    return "utf-8" if codec.startswith("utf-16") else codec
