"""Files that attack, or that are not what they say: each is refused with its reason, in bounded memory."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile

import pytest
from unit.banking.camt_files import Message, a_detail, a_statement, an_entry, read

from quitus.banking.camt.messages import read_camt
from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import understand
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Movement


def refusal_of(data: bytes) -> str:
    understood = understand(io.BytesIO(data), DEFAULT)
    assert understood.statements == []
    return understood.problems[0].code


def a_small_statement() -> Message:
    return a_statement(an_entry(a_detail()))


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Document><BkToCstmrStmt><GrpHdr><MsgId>&c;</MsgId>'
)


@pytest.mark.parametrize(
    "data",
    [
        BILLION_LAUGHS,
        b'<!DOCTYPE Document SYSTEM "file:///etc/passwd"><Document><BkToCstmrStmt/></Document>',
        b"<!DOCTYPE html><html><body>maintenance</body></html>",
    ],
)
def test_a_document_type_is_refused(data: bytes) -> None:
    assert refusal_of(data) == "doctype"


@pytest.mark.parametrize("depth", [65, 1000, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    nested = "<a>" * depth + "</a>" * depth
    text = a_small_statement().text().replace("</TxDtls>", f"<SplmtryData>{nested}</SplmtryData></TxDtls>")
    assert refusal_of(text.encode()) == "too_deep"
    assert refusal_of((nested * 1).encode()) == "too_deep"


def test_nesting_up_to_the_limit_is_read() -> None:
    text = a_small_statement().text().replace("</Stmt>", "<a>" * 60 + "</a>" * 60 + "</Stmt>")
    assert read(text) == read(a_small_statement())


def test_one_endless_text_is_refused() -> None:
    text = a_small_statement().text().replace("Jeanne Petit", "x" * 2_000_000)
    assert refusal_of(text.encode()) == "too_large"
    assert (
        refusal_of(a_small_statement().text().replace("<Stmt>", f"<!-- {'x' * 2_000_000} --><Stmt>").encode())
        == "too_large"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\r\n ", "empty"),
        (b"hello", "unknown_format"),
        (b"\xff\xd8\xff\xe0 picture", "unknown_format"),
        (b"%PDF-1.7", "unknown_format"),
        (b"<Document><CstmrPmtStsRpt/></Document>", "unknown_format"),
        (b"<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>", "no_statement"),
        (b"<Document><BkToCstmrDbtCdtNtfctn/></Document>", "no_statement"),
        (b"<n:Document xmlns:n='urn:n'><n:BkToCstmrStmt></n:BkToCstmrStmt></n:Document>", "no_statement"),
        (b"<Document><BkToCstmrStmt><GrpHdr></BkToCstmrStmt></Document>", "not_xml"),
        (b"<Document><BkToCstmrStmt><Stmt></Stmt></BkToCstmrStmt></Document>trailer", "not_xml"),
        (b"<Document><BkToCstmrStmt>&nbsp;</BkToCstmrStmt></Document>", "not_xml"),
        (b"<Document><BkToCstmrStmt>a\x01b</BkToCstmrStmt></Document>", "encoding"),
        (b"<Document><BkToCstmrStmt>\xe9</BkToCstmrStmt></Document>", "encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><Document><BkToCstmrStmt/></Document>', "encoding"),
        (b'<?xml version="1.0" encoding="nonsense"?><Document><BkToCstmrStmt/></Document>', "encoding"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA", "encrypted"),
    ],
)
def test_each_refusal_has_its_reason(data: bytes, reason: str) -> None:
    assert refusal_of(data) == reason


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("iso-8859-1", "ISO-8859-1"),
        ("iso-8859-15", "ISO-8859-15"),
        ("windows-1252", "windows-1252"),
        ("cp850", "IBM850"),
    ],
)
def test_the_declared_encoding_is_obeyed(encoding: str, declared: str) -> None:
    message = a_statement(an_entry(a_detail(debtor="Zoé Müller")))
    text = message.text().replace('encoding="UTF-8"', f'encoding="{declared}"')
    assert read(text.encode(encoding)) == read(message)


def test_blanks_before_the_declaration_do_not_matter() -> None:
    assert read(b"\r\n  " + a_small_statement().bytes()) == read(a_small_statement())


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


STATEMENT = a_small_statement().bytes()


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(STATEMENT),
        zipped(("statement.txt", STATEMENT)),
        zipped(("folder/", b""), ("__MACOSX/._statement.xml", b"junk"), ("folder/statement.xml", STATEMENT)),
    ],
)
def test_a_packed_file_reads_like_the_file(packed: bytes) -> None:
    assert understand(io.BytesIO(packed), DEFAULT) == understand(io.BytesIO(STATEMENT), DEFAULT)


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (zipped(), "archive"),
        (zipped(("a.xml", STATEMENT), ("b.xml", STATEMENT)), "archive"),
        (gzip.compress(gzip.compress(STATEMENT)), "archive"),
        (zipped(("a.zip", zipped(("a.xml", STATEMENT)))), "archive"),
        (gzip.compress(STATEMENT)[:-9], "truncated"),
        (gzip.compress(STATEMENT)[:-4] + b"\0\0\0\0", "archive"),
        (zipped(("a.xml", STATEMENT))[:-30], "archive"),
        (b"PK\x03\x04 not a zip", "archive"),
        (b"\x1f\x8b not a gzip", "archive"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(b" " * 200_000_000), "too_large"),
        (zipped(("a.xml", b" " * 200_000_000)), "too_large"),
    ],
)
def test_archives_that_cannot_be_trusted_are_refused(packed: bytes, reason: str) -> None:
    assert refusal_of(packed) == reason


def test_a_damaged_zip_member_is_refused() -> None:
    packed = bytearray(zipped(("a.xml", STATEMENT)))
    packed[60] ^= 0xFF
    assert refusal_of(bytes(packed)) in {"archive", "truncated"}


def test_memory_does_not_grow_with_the_file() -> None:
    one = a_statement(an_entry(a_detail())).text()
    entry = one[one.index("<Ntry>") : one.index("</Ntry>") + len("</Ntry>")]

    def peak(entries: int) -> int:
        data = one.replace(entry, entry * entries).encode()
        tracemalloc.start()
        for _ in read_camt(io.BytesIO(data)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < peak(2_000) * 1.5


def test_long_texts_where_short_ones_belong_are_not_remembered() -> None:
    texts = (f"{number}{'x' * 150_000}" for number in range(60))
    entries = [an_entry(status=text, booking=f"<Dt>2026-11-23{' ' * 20_000}</Dt>") for text in texts]
    data = Message(entries=entries, kind="camt.052", opening=None, version="02").bytes()
    tracemalloc.start()
    movements = sum(isinstance(part, Movement) for part in read_camt(io.BytesIO(data)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert movements == len(entries)
    assert most < 6_000_000


def test_the_same_bytes_give_the_same_positions() -> None:
    first, second = read(STATEMENT), read(STATEMENT)
    assert [movement.position for movement in first[0]] == [movement.position for movement in second[0]]


def test_a_refusal_carries_a_code_and_a_place() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(STATEMENT.replace(b"</Ntry>", b"</Entry>"))
    assert refusal.value.code == "not_xml"
    assert str(refusal.value.detail["where"]).startswith("line 1, column")
