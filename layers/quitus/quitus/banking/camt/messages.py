"""The reader of camt files: decodes, cuts, and hands the parts to the statement that is open."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from quitus.banking.camt.markup import Segments
from quitus.banking.camt.paths import Mark, Scope
from quitus.banking.camt.recipes import Fields
from quitus.banking.camt.statements import StatementReader
from quitus.banking.camt.templates import Found, Kind, Meaning
from quitus.banking.encodings import utf_16
from quitus.banking.problems import Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.banking.reader import full_chunks
from quitus.domain.movement import Movement, Statement

_DECLARED: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ENCODINGS: Final = re.compile(r"utf-8|utf-16(-le|-be)?|ascii|iso8859-\d+|cp(125\d|437|85\d)")
_BATCH: Final = ("batch_message", "batch_payment", "batch_count")
_BLANK: Final = b" \t\r\n"
_PADDING: Final = "\0\x1a"


def read_camt(stream: BinaryIO, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of a camt file (the `Read` protocol of `quitus.banking.reader`)."""
    segments, message = Segments(), _MessageReader(profile)
    for raw, text, final in _texts(stream):
        for kind, found in segments.feed(text, final, raw):
            yield from message.segment(kind, found)
    message.finish()


class _MessageReader:
    """Sorts the values of each segment into header, statement, balance, entry and detail."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._message = ""
        self._parts = [Fields() for _ in Scope]
        self._statement: StatementReader | None = None
        self._statements = 0

    def segment(self, kind: Kind, found: Found) -> Sequence[Movement | Statement]:
        """What a segment completes: movements, or the statement."""
        meaning, parts = kind.meaning, self._parts
        if meaning.whole and self._statement is not None:
            return _whole_entry(self._statement, kind, found)
        self._open(kind)
        for scope, texts in zip(meaning.scopes, found, strict=False):
            fields = parts[scope]
            if fields.one:
                fields.one.update(texts)
            else:
                fields.one = texts
        for scope, key, keys in meaning.repeated:
            fields = parts[scope]
            fields.many[key] = [fields.one[name] for name in keys]
        return self._close(meaning)

    def finish(self) -> None:
        """The end of the file.

        Raises:
            UnreadableFile: there was no message, or no statement in it.
        """
        if not self._message:
            raise unreadable(Reason.UNKNOWN_FORMAT, "The file is XML, but no camt.052, camt.053 or camt.054.")
        if not self._statements:
            raise unreadable(Reason.NO_STATEMENT, "The message holds no statement.")

    def _open(self, kind: Kind) -> None:
        meaning, parts = kind.meaning, self._parts
        if meaning.message:
            if self._message not in {"", meaning.message}:
                raise unreadable(Reason.UNKNOWN_FORMAT, f"A {self._message} and a {meaning.message} in one file.")
            self._message = meaning.message
            parts[Scope.HEADER] = Fields()
        if meaning.statement:
            self._statement = StatementReader(self._statements, self._message, parts[Scope.HEADER], self._profile)
            self._statements += 1
            parts[Scope.STATEMENT] = self._statement.fields
        if meaning.entry:
            parts[Scope.ENTRY] = Fields()
        elif meaning.batch:
            for key in _BATCH:
                parts[Scope.ENTRY].one.pop(key, None)
        if meaning.detail:
            parts[Scope.DETAIL] = Fields(kind=kind)
        if meaning.closes is Mark.BALANCE_END:
            parts[Scope.BALANCE] = Fields()

    def _close(self, meaning: Meaning) -> Sequence[Movement | Statement]:
        statement, parts, closes = self._statement, self._parts, meaning.closes
        if statement is None:
            return ()
        movements = statement.detail(parts[Scope.ENTRY], parts[Scope.DETAIL]) if meaning.detail else []
        if closes is Mark.ENTRY_END:
            return [*movements, *statement.end_entry(parts[Scope.ENTRY])]
        if closes is Mark.BALANCE_END:
            statement.balance(parts[Scope.BALANCE])
        elif closes is Mark.STATEMENT_END:
            self._statement = None
            return (statement.end(),)
        return movements


def _whole_entry(statement: StatementReader, kind: Kind, found: Found) -> Sequence[Movement]:
    """The short way for nearly all entries: one segment, of one detail or none."""
    of_entry, of_detail = found
    entry, detail = Fields(of_entry, kind), Fields(of_detail, kind)
    for scope, key, keys in kind.meaning.repeated:
        fields = detail if scope is Scope.DETAIL else entry
        fields.many[key] = [fields.one[name] for name in keys]
    return statement.whole_entry(entry, detail) if kind.meaning.detail else statement.end_entry(entry)


def _texts(stream: BinaryIO) -> Iterator[tuple[bytes | str, str, bool]]:
    """The file in full chunks: for the XML parser, as text, and whether it is the last; blanks before the start are
    dropped, and a final Ctrl-Z or NUL padding.

    Raises:
        UnreadableFile: empty, or not text in the encoding that the file declares.
    """
    chunks = full_chunks(stream)
    chunk = next((chunk for chunk in chunks if chunk.strip(_BLANK)), b"")
    codec = _encoding(chunk)
    if not codec.startswith("utf-16"):
        chunk = chunk.lstrip(_BLANK)
    decoder, blank, padded = codecs.getincrementaldecoder(codec)(), True, False
    while chunk:
        following = next(chunks, b"")
        try:
            text = decoder.decode(chunk, final=not following)
        except UnicodeDecodeError as error:
            raise unreadable(Reason.ENCODING, f"Bytes that are no {error.encoding} text.") from error
        if blank:
            text = text.lstrip()
            blank = not text
        bare = _without_padding(text)
        if padded and bare.strip():
            raise unreadable(Reason.ENCODING, "A control character that XML forbids.")
        padded = padded or len(bare) < len(text)
        if not blank:
            yield chunk if codec == "utf-8" and not padded else bare, bare, not following
        chunk = following
    if blank:
        raise unreadable(Reason.EMPTY, "The file is empty.")


def _without_padding(text: str) -> str:
    bare = text.rstrip(f"{_PADDING} \t\r\n")
    tail = text[len(bare) :]
    return bare if any(sign in tail for sign in _PADDING) else text


def _encoding(start: bytes) -> str:
    """The codec of a file that starts like this: byte order mark, else UTF-16 by its zeros, else as declared, else
    UTF-8.
    """
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    wide = utf_16(start)
    if wide is not None:
        return wide
    declared = _DECLARED.match(start[:200])
    name = declared.group(1).decode() if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if not _ENCODINGS.fullmatch(codec):
        raise unreadable(Reason.ENCODING, f"No bank uses the encoding {name}.")
    return "utf-8" if codec.startswith("utf-16") else codec
