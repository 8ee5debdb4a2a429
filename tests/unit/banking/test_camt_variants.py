"""National variants and habits of banks that no schema knows: read by their structure."""

from __future__ import annotations

import io

import pytest
from unit.banking.camt_files import Message, a_detail, a_statement, an_entry, codes, read

from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import understand
from quitus.domain.errors import UnreadableFile


def a_small_statement() -> Message:
    return a_statement(an_entry(a_detail()))


@pytest.mark.parametrize("message", ["CBIDlyStmtReqLogMsg", "CBIPrdcStmtReqLogMsg"])
def test_an_italian_statement_holds_the_same_under_another_name(message: str) -> None:
    text = a_small_statement().text().replace("BkToCstmrStmt>", f"{message}>")
    envelope = "CBIBdyBkToCstmrStmtReq", "CBIEnvelBkToCstmrStmtReqLogMsg", "CBIBkToCstmrStmtReqLogMsg"
    start, end = text.index("<Document"), text.index("</Document>")
    inner = text[text.index(">", start) + 1 : end]
    for name in reversed(envelope):
        inner = f"<ns2:{name}>{inner}</ns2:{name}>"
    understood = understand(io.BytesIO((text[:start] + inner).encode()), DEFAULT)
    assert understood.format == "camt.053"
    assert understood.statements == understand(io.BytesIO(a_small_statement().bytes()), DEFAULT).statements


def test_messages_of_two_kinds_in_one_file_are_refused() -> None:
    one, other = a_small_statement().text(), Message(entries=[an_entry()], kind="camt.054", opening=None).text()
    start = one.index("<Document")
    both = f"<Envelope>{one[start:]}{other[other.index('<Document') :]}</Envelope>"
    with pytest.raises(UnreadableFile) as refusal:
        read(both)
    assert refusal.value.code == "unknown_format"


def test_a_comment_never_says_what_a_message_is() -> None:
    notice = Message(entries=[an_entry()], kind="camt.054", opening=None).text()
    start = notice.index("<Document")
    for unsaid in ("<!-- <BkToCstmrStmt> -->", "<?x <BkToCstmrStmt> ?>", f"<!-- {'x' * 200_000} -->"):
        understood = understand(io.BytesIO((notice[:start] + unsaid + notice[start:]).encode()), DEFAULT)
        assert (understood.format, understood.exit_code) == ("camt.054", 0)


def test_markup_that_never_ends_is_refused_at_once() -> None:
    text = a_small_statement().text()
    for what in ("x", "<a ", "<a b='", "<a b='c' ", "&", "<!--", "<?x "):
        spoiled = text.replace("<Ntry>", "<" + what * 400_000 + "<Ntry>", 1)
        with pytest.raises(UnreadableFile) as refusal:
            read(spoiled)
        assert refusal.value.code in {"not_xml", "too_large", "truncated"}


@pytest.mark.parametrize(("amount", "cents"), [("450", 45_000), ("450.", 45_000), ("0450.00000", 45_000), (".50", 50)])
def test_amounts_are_decimals_as_xml_schema_has_them(amount: str, cents: int) -> None:
    movements, statements = read(a_statement(an_entry(amount=amount)))
    assert [movement.amount_cents for movement in movements] == [cents]
    assert codes(statements) == []
