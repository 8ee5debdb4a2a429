"""What a dropped file is, by its content: unpacked if need be, never judged by its name."""

from __future__ import annotations

import codecs
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, Self, cast

from quitus.banking.camt.paths import MESSAGES
from quitus.banking.encodings import utf_16
from quitus.banking.pgp import is_encrypted
from quitus.banking.problems import Reason, unreadable
from quitus.domain.errors import UnreadableFile

UNKNOWN: Final = "unknown"
ERP_KINDS: Final = ("leases", "parties", "dues", "balances", "virtual_ibans")
MAX_BYTES: Final = 512 << 20
"""Of a file, packed or not: twice a statement of a hundred thousand entries."""
MAX_RATIO: Final = 100
RATIO_FREE: Final = 1 << 20
_IN_MEMORY: Final = 4 << 20
_HEAD: Final = 1 << 16
_LONG_HEAD: Final = 4 << 20
"""Of XML, whose message may begin behind long comments."""
_CHUNK: Final = 1 << 18

_ARCHIVES: Final = (b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06")
_CAMT: Final = re.compile(rf"<(?:[\w.-]+:)?({'|'.join(MESSAGES)})[\s/>]")
_UNSAID: Final = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
"""Comments, instructions and quoted texts: whatever they hold, it is no message."""
_CFONB: Final = re.compile(r"0[1457][0-9]{5}.{4}[0-9]{5}(?:[A-Z]{3}| {3})[0-9 ].[A-Z0-9 ]{11}")
_MT940: Final = re.compile(r"(?:\A(?:@@)?|[\r\n])(?:\{4:)?:(?:20|25P?|28C?|60[FM]|61|62[FM]|86):")
_ERP: Final = re.compile(r"#quitus;([a-z_]{1,40});")


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file as it reads once unpacked. `format` is one of the contract's kinds, `stream` seekable and at its start.

    Where the file had to be unpacked, its temporary copy goes when it is closed.
    """

    format: str
    stream: BinaryIO
    is_xml: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rewound(self) -> BinaryIO:
        """The stream at its start again, for another pass."""
        self.stream.seek(0)
        return self.stream

    def close(self) -> None:
        """Drop the temporary copy, if there is one; the stream that was opened stays open."""
        _close_copy(self.stream)


def open_bank_file(stream: BinaryIO) -> BankFile:
    """Recognise a file; a gzip, or a zip of one file, is unpacked first.

    Raises:
        UnreadableFile: empty, encrypted, beyond the limits, or an archive that cannot be unpacked.
    """
    plain = stream if stream.seekable() else _spooled(_chunks(stream))
    try:
        start = _start(plain)
        if start.startswith(_ARCHIVES):
            packed, plain = plain, _unpacked(plain, start)
            _close_copy(packed)
            start = _start(plain)
        text = _trusted_start(plain, start)
        if text.startswith("<") and _format_of(text) == UNKNOWN:
            text = _head_text(_start(plain, _LONG_HEAD))
    except UnreadableFile:
        _close_copy(plain)
        raise
    return BankFile(_format_of(text), plain, text.startswith("<"))


def _trusted_start(plain: BinaryIO, start: bytes) -> str:
    """The first characters of a file that may be read."""
    if start.startswith(_ARCHIVES):
        raise unreadable(Reason.ARCHIVE, "An archive within an archive.")
    if not start.strip():
        raise unreadable(Reason.EMPTY, "The file is empty.")
    if is_encrypted(start):
        raise unreadable(Reason.ENCRYPTED, "The file is encrypted.")
    if _size(plain) > MAX_BYTES:
        raise unreadable(Reason.TOO_LARGE, f"More than {MAX_BYTES >> 20} MB.")
    return _head_text(start)


def _close_copy(stream: BinaryIO) -> None:
    if isinstance(stream, SpooledTemporaryFile):
        stream.close()


def _format_of(text: str) -> str:
    if text.startswith("<"):
        camt = _CAMT.search(_UNSAID.sub("", text))
        return MESSAGES[camt.group(1)] if camt else UNKNOWN
    erp = _ERP.match(text)
    if erp:
        return f"erp.{erp.group(1)}" if erp.group(1) in ERP_KINDS else UNKNOWN
    if _CFONB.match(text):
        return "cfonb120"
    return "mt940" if _MT940.search(text) else UNKNOWN


def _head_text(start: bytes) -> str:
    """The first characters, whatever the encoding: enough to recognise, every byte stands for something."""
    return start.removeprefix(codecs.BOM_UTF8).decode(utf_16(start) or "latin-1", "replace").lstrip("\ufeff \t\r\n\0")


def _unpacked(stream: BinaryIO, start: bytes) -> BinaryIO:
    size = _size(stream)
    if size > MAX_BYTES:
        raise unreadable(Reason.TOO_LARGE, f"More than {MAX_BYTES >> 20} MB.")
    stream.seek(0)
    unpack = _gunzipped if start.startswith(b"\x1f\x8b") else _unzipped
    try:
        return _spooled(unpack(stream), max(size * MAX_RATIO, RATIO_FREE))
    except EOFError as error:
        raise unreadable(Reason.TRUNCATED, "The archive stops before its end.") from error
    except (OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise unreadable(Reason.ARCHIVE, f"The archive cannot be unpacked: {type(error).__name__}.") from error


def _gunzipped(stream: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=stream) as unpacked:
        yield from _chunks(cast(BinaryIO, unpacked))


def _unzipped(stream: BinaryIO) -> Iterator[bytes]:
    with zipfile.ZipFile(stream) as archive:
        members = [member for member in archive.infolist() if not _is_ignored(member)]
        if len(members) != 1:
            raise unreadable(Reason.ARCHIVE, f"The zip holds {len(members)} files: exactly one is expected.")
        if members[0].flag_bits & 1:
            raise unreadable(Reason.ENCRYPTED, "The zip is protected by a password.")
        if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unreadable(Reason.ARCHIVE, "The zip is compressed in an unusual way.")
        with archive.open(members[0]) as unpacked:
            yield from _chunks(cast(BinaryIO, unpacked))


def _is_ignored(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() or member.filename.startswith("__MACOSX/")


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _spooled(chunks: Iterator[bytes], limit: int = MAX_BYTES) -> BinaryIO:
    """The chunks in a temporary file (in memory while small), at its start."""
    with ExitStack() as on_refusal:
        spool = on_refusal.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > min(limit, MAX_BYTES):
                raise unreadable(Reason.TOO_LARGE, "The file unpacks to more than a bank file can be.")
            spool.write(chunk)
        spool.seek(0)
        on_refusal.pop_all()
    return cast(BinaryIO, spool)


def _start(stream: BinaryIO, size: int = _HEAD) -> bytes:
    stream.seek(0)
    start = stream.read(size)
    stream.seek(0)
    return start


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    return size
