"""Lines of text files whose encoding nobody declares: CFONB 120 and MT940."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from quitus.banking.problems import Reason, unreadable
from quitus.banking.reader import full_chunks

MAX_LINE: Final = 1 << 16
_CP850_ONLY: Final = re.compile(rb"[\x80-\x9f]")


def text_lines(stream: BinaryIO, width: int = 0) -> Iterator[str]:
    """The lines of a file without their ends (LF, CR LF or CR); a file without any line end is cut every `width`.

    A line is UTF-8 where it can be, else CP850 where it uses what ISO 8859-1 reserves for control, else ISO 8859-1. A
    final Ctrl-Z or NUL padding is dropped.

    Raises:
        UnreadableFile: a line of more than 64 KB.
    """
    chunks = _transcoded(full_chunks(stream))
    carry, endless = b"", False
    for number, chunk in enumerate(chunks):
        data = carry + chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if number == 0:
            endless = bool(width) and b"\n" not in data
        end = len(data) // width * width if endless else data.rfind(b"\n") + 1
        data, carry = data[:end], data[end:]
        if len(carry) > MAX_LINE:
            raise unreadable(Reason.TOO_LARGE, f"A line of more than {MAX_LINE} characters.")
        if data:
            yield from _lines(data, width if endless else 0)
    if carry := carry.rstrip(b"\0\x1a"):
        yield _decoded(carry)


def _lines(data: bytes, width: int) -> Iterable[str]:
    """The lines of whole lines, each `width` long or up to its line feed; at once where all of it is ASCII."""
    if width:
        return [_decoded(data[at : at + width]) for at in range(0, len(data), width)]
    ended = data[:-1]
    return ended.decode("ascii").split("\n") if ended.isascii() else map(_decoded, ended.split(b"\n"))


def _transcoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16 as UTF-8, by its byte order mark; a UTF-8 mark is dropped."""
    first = next(chunks, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield decoder.decode(first).encode("utf-8", "replace")
        yield from (decoder.decode(chunk).encode("utf-8", "replace") for chunk in chunks)
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _decoded(line: bytes) -> str:
    if line.isascii():
        return line.decode("ascii")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp850" if _CP850_ONLY.search(line) else "latin-1")
