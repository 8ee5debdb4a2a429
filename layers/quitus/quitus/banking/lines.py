"""Lines of text files whose encoding nobody declares: CFONB 120 and MT940."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final

from quitus.banking.encodings import eight_bit, utf_16
from quitus.banking.problems import Reason, unreadable
from quitus.banking.reader import full_chunks

MAX_LINE: Final = 1 << 16
_PADDING: Final = b"\0\x1a"
_BLANK: Final = b" \t\r\n" + _PADDING


def text_lines(stream: BinaryIO, width: int = 0) -> Iterator[str]:
    """The lines of a file without their ends (LF, CR LF or CR); with a `width`, lines of several records, and a file
    without any line end, are cut every `width` characters.

    A line is UTF-8 where it can be, else CP850 where it uses what ISO 8859-1 reserves for control, else ISO 8859-1. A
    final Ctrl-Z or NUL padding is dropped.

    Raises:
        UnreadableFile: a line of more than 64 KB.
    """
    chunks = _transcoded(full_chunks(stream))
    first = next(chunks, b"").lstrip(_BLANK) if width else next(chunks, b"")
    longest = max(map(len, first.replace(b"\r", b"\n").split(b"\n")))
    if width and longest == len(first.rstrip(_BLANK)):
        return _records(chain([first], chunks), eight_bit(first), width)
    lines = _ended(chain([first], chunks))
    return _cut(lines, width) if width and longest >= 2 * width else lines


def _records(chunks: Iterator[bytes], codec: str, width: int) -> Iterator[str]:
    """A file without line ends, cut in its own encoding."""
    decoder, carry = codecs.getincrementaldecoder(codec)("replace"), ""
    for chunk in chunks:
        text = carry + decoder.decode(chunk)
        whole = len(text) // width * width
        carry = text[whole:]
        yield from (text[at : at + width] for at in range(0, whole, width))
    if carry := carry.rstrip(_BLANK.decode()):
        yield carry


def _cut(lines: Iterator[str], width: int) -> Iterator[str]:
    """Lines of several records, one after the other."""
    for line in lines:
        yield from (line[at : at + width] for at in range(0, len(line), width)) if len(line) > width else (line,)


def _ended(chunks: Iterator[bytes]) -> Iterator[str]:
    carry = b""
    for chunk in chunks:
        data = carry + chunk
        half = data.endswith(b"\r")
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = data.rfind(b"\n", 0, len(data) - half) + 1
        data, carry = data[:end], data[end:-1] + b"\r" if half else data[end:]
        if len(carry) > MAX_LINE:
            raise unreadable(Reason.TOO_LARGE, f"A line of more than {MAX_LINE} characters.")
        if data:
            yield from _lines(data)
    if carry := carry.rstrip(_PADDING).removesuffix(b"\r"):
        yield _decoded(carry)


def _lines(data: bytes) -> Iterable[str]:
    """The lines of whole lines; at once where all of it is ASCII."""
    ended = data[:-1]
    return ended.decode("ascii").split("\n") if ended.isascii() else map(_decoded, ended.split(b"\n"))


def _transcoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16 as UTF-8; a byte order mark is dropped."""
    first = next(chunks, b"")
    codec = utf_16(first)
    if codec is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for chunk in chain([first], chunks):
        yield decoder.decode(chunk).encode("utf-8", "replace")


def _decoded(line: bytes) -> str:
    return line.decode("ascii") if line.isascii() else line.decode(eight_bit(line), "replace")
