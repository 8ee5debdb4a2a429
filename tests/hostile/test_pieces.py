"""However its bytes arrive a file reads the same: in small pieces, and with a boundary between two reads at every byte
of an entry.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from golden.corpora import CORPORA, needs_corpora, samples
from hostile.good_files import good_files
from hostile.sample import Sample

from quitus.banking.cfonb import read_cfonb
from quitus.banking.mt940 import read_mt940
from quitus.banking.profiles import DEFAULT
from quitus.banking.reader import CHUNK
from quitus.banking.reading import read_bank_file
from quitus.banking.recognition import BankFile
from quitus.domain.movement import Movement, Statement

ENTRIES = {
    "xml": re.compile(rb"<(?:\w+:)?Ntry>.*?</(?:\w+:)?Ntry>", re.DOTALL),
    "cfonb": re.compile(rb"^04.*?\n(?=0[47])", re.DOTALL | re.MULTILINE),
    "mt940": re.compile(rb"^:61:.*?(?=^:6[0-9])", re.DOTALL | re.MULTILINE),
}


class Pieces(io.BytesIO):
    """A stream that never gives more than so many bytes at once."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._size if size is None or size < 0 else min(size, self._size))


def read_all(sample: Sample, stream: io.BytesIO) -> list[Movement | Statement]:
    return list(read_bank_file(BankFile(sample.kind, stream, sample.family == "xml")))


def one_entry(sample: Sample) -> range:
    """The places from the shortest entry's start to its end; of the whole file when it has none."""
    entries = [entry.span() for entry in ENTRIES[sample.family].finditer(sample.data)]
    start, end = min(entries, key=lambda span: span[1] - span[0], default=(0, len(sample.data)))
    return range(start, end + 1)


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("sample", good_files(), ids=lambda sample: sample.name)
def test_the_size_of_the_pieces_changes_nothing(sample: Sample, size: int) -> None:
    assert read_all(sample, Pieces(sample.data, size)) == read_all(sample, io.BytesIO(sample.data))


PUBLISHED = [*samples("cfonb-pennylane", "*.txt"), *samples("mt940-wolph", "**/*.sta")] if CORPORA.is_dir() else []


@needs_corpora
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_published_files_with_problems_are_the_same_in_pieces_too(path: Path) -> None:
    read, data = read_cfonb if path.suffix == ".txt" else read_mt940, path.read_bytes()
    for size in (1, 7, 4096):
        assert list(read(Pieces(data, size), DEFAULT)) == list(read(io.BytesIO(data), DEFAULT))


def in_utf_16(data: bytes) -> bytes:
    try:
        return data.decode().encode("utf-16-le")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-16-le")


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("sample", good_files(), ids=lambda sample: sample.name)
def test_a_boundary_at_every_byte_of_an_entry_changes_nothing(sample: Sample, wide: bool) -> None:
    """Blank lines before the file move the end of the first read to where it is wanted."""
    expected = read_all(sample, io.BytesIO(sample.data))
    data, blanks = sample.data, (b" " * 118 + b"\n") * (CHUNK // 119 + 1)
    if wide:
        data, blanks = in_utf_16(data), in_utf_16(blanks)
    for entry in one_entry(sample)[:: 3 if wide else 1]:
        at = 2 * entry + entry // 2 % 2 if wide else entry
        before = CHUNK - at - (CHUNK - at) % 2 if wide else CHUNK - at
        assert read_all(sample, io.BytesIO(blanks[-before:] + data)) == expected, at


@pytest.mark.parametrize("sample", [one for one in good_files() if one.kind == "cfonb120"], ids=lambda one: one.name)
def test_records_without_line_ends_are_cut_at_every_boundary_alike(sample: Sample) -> None:
    expected = read_all(sample, io.BytesIO(sample.data))
    records = [line.decode("latin-1").ljust(120) for line in sample.data.splitlines() if line.strip()]
    for encoding in ("latin-1", "utf-8", "utf-16-le"):
        for end in ("", "\n"):
            data = ("".join(records) + end).encode(encoding)
            for size in (1, 7, 4096):
                assert read_all(sample, Pieces(data, size)) == expected
