"""A QR code (ISO/IEC 18004) as one path of dark runs, for whoever draws it."""

from __future__ import annotations

from itertools import groupby
from typing import Final, NamedTuple

_LEVELS: Final = {"L": 1, "M": 0, "Q": 3, "H": 2}
_BYTES: Final = 4
"""The mode that holds any content."""
QUIET: Final = 4
"""Modules of white around the code, which readers need to find it."""
_MASK: Final = 4
"""One of the eight masks for every code: to try them all takes six times as long, and readers read each of them."""


class QrCode(NamedTuple):
    """A square of `size` modules, the white margin included; `path` is one in SVG's notation, a module is 1 × 1."""

    path: str
    size: int


def qr_code(content: bytes, level: str = "M") -> QrCode:
    """The code of some bytes. Raises ValueError: more than a code holds."""
    modules = qr_modules(content, level)
    return QrCode("".join(_runs(modules)), len(modules) + 2 * QUIET)


def qr_modules(content: bytes, level: str = "M") -> list[list[bool]]:
    """The rows of dark modules without margin, in the smallest version that holds the bytes with this error correction.

    Raises:
        ValueError: more bytes than a code holds.
    """
    from qrcode.exceptions import DataOverflowError  # noqa: PLC0415 - slow to load, and most functions draw nothing
    from qrcode.main import QRCode  # noqa: PLC0415 - comes with it
    from qrcode.util import QRData  # noqa: PLC0415 - comes with it

    code = QRCode(error_correction=_LEVELS[level], border=0, mask_pattern=_MASK)
    code.add_data(QRData(content, _BYTES, check_data=False))
    try:
        code.make()
    except (DataOverflowError, ValueError) as error:
        raise ValueError("more bytes than a QR code holds") from error
    return code.get_matrix()


def _runs(modules: list[list[bool]]) -> list[str]:
    runs = []
    for y, row in enumerate(modules, QUIET):
        x = QUIET
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                runs.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return runs
