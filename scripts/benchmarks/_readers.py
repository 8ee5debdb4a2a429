"""Our readers and their floors, as works on an open file."""

from __future__ import annotations

from collections.abc import Iterator
from pyexpat import ParserCreate
from typing import BinaryIO

from quitus.banking.camt.messages import read_camt
from quitus.banking.cfonb import read_cfonb
from quitus.banking.mt940 import read_mt940
from quitus.domain.movement import Movement, Statement

_CHUNK = 1 << 16


def bare_expat(stream: BinaryIO) -> None:
    """What any XML reader in Python cannot do without: expat, without handlers."""
    parser = ParserCreate()
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def split_lines(stream: BinaryIO) -> None:
    """The file as text in lines."""
    for _ in stream.read().decode("latin-1").split("\n"):
        pass


def camt(stream: BinaryIO) -> None:
    """Every movement and statement of a camt file."""
    _count(read_camt(stream))


def cfonb(stream: BinaryIO) -> None:
    """Every movement and statement of a CFONB 120 file."""
    _count(read_cfonb(stream))


def mt940(stream: BinaryIO) -> None:
    """Every movement and statement of an MT940 file."""
    _count(read_mt940(stream))


def _count(parts: Iterator[Movement | Statement]) -> None:
    movements = 0
    for part in parts:
        if isinstance(part, Movement):
            movements += 1
        elif part.problems:
            raise AssertionError(part.problems)
    if not movements:
        raise AssertionError("no movement was read")
