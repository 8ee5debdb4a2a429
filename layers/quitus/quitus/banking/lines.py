"""Lines and records of text files whose encoding nobody declares: MT940 and CFONB 120."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from io import IncrementalNewlineDecoder
from itertools import chain
from typing import BinaryIO, Final

from quitus.banking.encodings import eight_bit, utf_16
from quitus.banking.problems import Reason, unreadable
from quitus.banking.reader import full_chunks

MAX_LINE: Final = 1 << 16
_PADDING: Final = b"\0\x1a"
_BLANK: Final = b" \t\r\n" + _PADDING
_OTHER_END: Final = b"@@"
_CONTINUATIONS: Final = bytes(range(0x80, 0xC0))


def text_blocks(stream: BinaryIO) -> Iterator[str]:
    """The text of a file, many whole lines at a time, whose ends (LF, CR LF or CR) are all LF.

    Each line has an encoding of its own (`encodings.eight_bit`). A final Ctrl-Z or NUL padding is dropped.

    Raises:
        UnreadableFile: a line of more than 64 KB.
    """
    return map(_text, _whole_lines(_with_line_ends(_transcoded(full_chunks(stream)))))


def text_records(stream: BinaryIO, width: int) -> Iterator[str]:
    """The lines of a file as records of one width, end to end, many at a time.

    Blank lines are left out, short ones filled with blanks; lines of several records, and a file without any line end,
    are cut every `width` characters. Encodings and errors are those of `text_blocks`.
    """
    chunks = _transcoded(full_chunks(stream))
    first = next(chunks, b"").lstrip(_BLANK)
    chunks = chain([first], chunks)
    longest = max(map(len, first.replace(b"\r", b"\n").split(b"\n")))
    if longest == len(first.rstrip(_BLANK)):
        return _uncut_records(chunks, eight_bit(first), width)
    several = longest >= 2 * width
    return (_records(data, width, several) for data in _whole_lines(chunks))


def _uncut_records(chunks: Iterator[bytes], codec: str, width: int) -> Iterator[str]:
    """A file without line ends, cut in its own encoding."""
    decoder, carry = codecs.getincrementaldecoder(codec)("replace"), ""
    for chunk in chunks:
        text = carry + decoder.decode(chunk)
        whole = len(text) // width * width
        text, carry = text[:whole], text[whole:]
        yield _filled(_cut([text], width), width) if " " in text[::width] else text
    yield _filled([carry.rstrip(_BLANK.decode())], width)


def _records(data: bytes, width: int, several: bool) -> str:
    regular = _regular(data, width)
    if regular and _is_single_byte(regular):
        return regular.decode("latin-1")
    lines = _text(data).split("\n")
    return _filled(_cut(lines, width) if several else lines, width)


def _regular(data: bytes, width: int) -> bytes:
    """The records without their ends, when all have this width and the same end and none is blank; else nothing."""
    end = b"\r\n" if data.endswith(b"\r\n") else data[-1:]
    count = len(data) // (width + len(end))
    bare = data.replace(end, b"")
    if len(bare) != width * count or b" " in bare[::width] or b"\n" in bare or b"\r" in bare:
        return b""
    return bare if data[width :: width + len(end)] == end[:1] * count else b""


def _cut(lines: Iterable[str], width: int) -> Iterator[str]:
    return (line[at : at + width] for line in lines for at in range(0, len(line), width))


def _filled(lines: Iterable[str], width: int) -> str:
    return "".join(line[:width].ljust(width) for line in lines if line.strip())


def _with_line_ends(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same; where the file begins with `@@`, that is how its lines end."""
    first = next(chunks, b"")
    if not first.lstrip(_BLANK).startswith(_OTHER_END):
        yield first
        yield from chunks
        return
    carry = b""
    for chunk in chain([first], chunks):
        data = carry + chunk
        signs = len(data) - len(data.rstrip(b"@"))
        carry = b"@" * (signs % len(_OTHER_END))
        yield data.removesuffix(carry).replace(_OTHER_END, b"\n")
    yield carry


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The file cut at line ends; a carriage return may be half of one."""
    carry = b""
    for chunk in chunks:
        data = carry + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        data, carry = data[:end], data[end:]
        if len(carry) > MAX_LINE:
            raise unreadable(Reason.TOO_LARGE, f"A line of more than {MAX_LINE} characters.")
        if data:
            yield data
    if carry := carry.rstrip(_PADDING).removesuffix(b"\r"):
        yield carry


def _text(data: bytes) -> str:
    return IncrementalNewlineDecoder(None, translate=True).decode(_decoded(data), final=True)


def _decoded(data: bytes) -> str:
    if _is_single_byte(data):
        return data.decode("latin-1")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "".join([line.decode(eight_bit(line, whole=True)) for line in data.splitlines(keepends=True)])


def _is_single_byte(data: bytes) -> bool:
    """Whether every line of it is ASCII or ISO 8859-1: beyond ASCII, UTF-8 and CP850 need bytes that it has not."""
    return data.isascii() or len(data.translate(None, _CONTINUATIONS)) == len(data)


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
