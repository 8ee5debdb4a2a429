"""A QR code as a PNG, one bit per pixel: a file holds hundreds of letters, and paths take ten times the memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from quitus.domain.qr_code import QUIET, qr_modules

_PIXELS = 4
"""Of a module, each way: edges stay sharp where a viewer smooths pictures."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def qr_png(content: bytes, level: str = "M") -> bytes:
    """The picture, its white margin included: greyscale of one bit (PNG, third edition, §11.2)."""
    modules = qr_modules(content, level)
    size = (len(modules) + 2 * QUIET) * _PIXELS
    header = struct.pack(">2I5B", size, size, 1, 0, 0, 0, 0)
    return (
        _SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(_rows(modules, size))))
        + _chunk(b"IEND", b"")
    )


def _rows(modules: list[list[bool]], size: int) -> Iterator[bytes]:
    """Each row: no filter, then a bit for each pixel, 1 for white."""
    length = (size + 7) // 8
    white = b"\x00" + b"\xff" * length
    yield from [white] * (QUIET * _PIXELS)
    module = (1 << _PIXELS) - 1
    for row in modules:
        places = (8 * length - _PIXELS * (QUIET + place + 1) for place, is_dark in enumerate(row) if is_dark)
        dark = sum(module << place for place in places)
        yield from [b"\x00" + (((1 << 8 * length) - 1) ^ dark).to_bytes(length)] * _PIXELS
    yield from [white] * (QUIET * _PIXELS)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
