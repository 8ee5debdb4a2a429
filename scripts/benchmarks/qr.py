"""A QR code as SVG: ours, the one of segno, and the floor, which is zxing-cpp."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks._measure import Figure
from benchmarks._peers import figure_beside_peers


def run() -> Iterator[Figure]:
    """Milliseconds of one code for a transfer."""
    yield figure_beside_peers("benchmarks._qr_makers")
