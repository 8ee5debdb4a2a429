"""The bytes as they were dropped: kept for ever under their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO, Final, Protocol

_CHUNK: Final = 1 << 20


def sha256_of(stream: BinaryIO) -> str:
    """The SHA-256 of a stream from its start, in hexadecimal."""
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


class RawFiles(Protocol):
    """Locked copies of what was dropped."""

    def fetch(self, landlord_id: str, sha256: str, into: BinaryIO) -> None:
        """Write the bytes that are kept under a SHA-256."""
        ...

    def keep(self, landlord_id: str, content: BinaryIO) -> str:
        """Keep the dropped bytes for ever under their SHA-256 (hexadecimal, returned); again changes nothing."""
        ...


def size_of(stream: BinaryIO) -> int:
    """The bytes of a seekable stream."""
    return stream.seek(0, 2)


def beginnings(stream: BinaryIO, sizes: Iterable[int]) -> dict[int, str]:
    """The SHA-256 of the first so many bytes of a stream, by size, in one pass; none where it is shorter."""
    stream.seek(0)
    digest, read, found = hashlib.sha256(), 0, dict[int, str]()
    for size in sorted(set(sizes)):
        while read < size and (chunk := stream.read(min(_CHUNK, size - read))):
            digest.update(chunk)
            read += len(chunk)
        if read < size:
            break
        found[size] = digest.hexdigest()
    return found
