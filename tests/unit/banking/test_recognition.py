"""A file is what its content says."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest
from unit.banking.camt_files import Message, a_statement, an_entry
from unit.banking.other_files import cfonb, mt940, operation, record

from quitus.banking.recognition import open_bank_file
from quitus.domain.errors import UnreadableFile


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_statement(an_entry()).bytes(), "camt.053"),
        (Message(kind="camt.052").bytes(), "camt.052"),
        (Message(kind="camt.054").bytes(), "camt.054"),
        (Message(kind="camt.054").text().encode("utf-16"), "camt.054"),
        (b"\xef\xbb\xbf" + a_statement().bytes(), "camt.053"),
        (b"<x:Document xmlns:x='y'><x:BkToCstmrStmtV01/></x:Document>", "camt.053"),
        (cfonb(record("01", 0), record("07", 0)), "cfonb120"),
        (cfonb(record("01", 0), operation(1), record("07", 1), end=""), "cfonb120"),
        (b"\n" + cfonb(record("01", 0)), "cfonb120"),
        (mt940(), "mt940"),
        (b"{1:F01ASNBNL21XXXX0000000000}{4:\r\n" + mt940(), "mt940"),
        (b"#quitus;leases;1;42\nlease_id\n", "erp.leases"),
        (b"\xef\xbb\xbf#quitus;virtual_ibans;1;42\n", "erp.virtual_ibans"),
        (b"#quitus;secrets;1;42\n", "unknown"),
        (b"<html></html>", "unknown"),
        (b"date;amount\n2026-11-23;450.00\n", "unknown"),
        (b"0123456789", "unknown"),
    ],
)
def test_the_content_decides(data: bytes, kind: str) -> None:
    assert open_bank_file(io.BytesIO(data)).format == kind


def test_a_file_may_be_read_twice() -> None:
    with open_bank_file(io.BytesIO(mt940())) as file:
        assert file.rewound().read() == file.rewound().read() == mt940()


class Pipe(io.RawIOBase):
    """A stream that cannot be rewound, as S3 gives them."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


def test_a_stream_that_cannot_be_rewound_is_kept() -> None:
    with open_bank_file(cast("BinaryIO", Pipe(mt940()))) as file:
        assert file.format == "mt940"
        assert file.rewound().read() == mt940()


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        open_bank_file(io.BytesIO(b""))
    assert refusal.value.code == "empty"
