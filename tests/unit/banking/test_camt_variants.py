"""National variants and habits of banks that no schema knows: read by their structure."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from unit.banking.camt_files import (
    Detail,
    Message,
    a_detail,
    a_notification,
    a_statement,
    an_entry,
    balance,
    codes,
    read,
)

from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import understand
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Balances


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


@pytest.mark.parametrize("amount", ["+450.00", "0000000000000000000000450.00", "+0450", "+450."])
def test_an_amount_may_have_its_sign_and_zeros_before_it(amount: str) -> None:
    movements, statements = read(a_statement(an_entry(amount=amount)))
    assert ([movement.amount_cents for movement in movements], codes(statements)) == ([45_000], [])


@pytest.mark.parametrize("amount", ["+", "+-450.00", "++450.00", "-450.00", "+ 450.00", "+0+450"])
def test_a_wrong_amount_is_not_called_a_missing_one(amount: str) -> None:
    movements, statements = read(a_notification(an_entry(amount=amount)))
    assert (movements, codes(statements)) == ([], ["bad_amount"])
    _, statements = read(a_notification(an_entry(a_detail(amount="450.00"), a_detail(amount=amount))))
    assert codes(statements) == ["bad_amount"]


@pytest.mark.parametrize(
    ("booking", "day"),
    [
        ("2026-11-23T24:00:00", date(2026, 11, 23)),
        ("2026-11-23T24:00:00.000+01:00", date(2026, 11, 23)),
        ("2026-11-23T24:00:00Z", date(2026, 11, 24)),
    ],
)
def test_midnight_at_the_end_of_a_day_is_of_that_day(booking: str, day: date) -> None:
    (movement,), statements = read(a_statement(an_entry(booking=f"<DtTm>{booking}</DtTm>")))
    assert (movement.booking_date, codes(statements)) == (day, [])


NO_DAYS = ["0001-01-01", "9999-12-31", "0000-00-00", "0001-01-01T00:00:00"]


@pytest.mark.parametrize("unsaid", NO_DAYS)
def test_days_that_programs_write_for_none_are_none(unsaid: str) -> None:
    element = "DtTm" if "T" in unsaid else "Dt"
    valued = an_entry(inside=f"<ValDt><{element}>{unsaid}</{element}></ValDt>")
    period = f"<FrToDt><FrDt>{unsaid}</FrDt><ToDt>{unsaid}</ToDt></FrToDt>"
    (movement,), (statement,) = read(a_statement(valued, statement_inside=period))
    assert (movement.booking_date, movement.value_date, statement.problems) == (date(2026, 11, 23), None, ())
    assert (statement.from_date, statement.to_date) == (date(2026, 11, 23), date(2026, 11, 23))


@pytest.mark.parametrize("unsaid", NO_DAYS)
def test_a_movement_is_always_booked_on_a_day(unsaid: str) -> None:
    element = "DtTm" if "T" in unsaid else "Dt"
    _, statements = read(a_statement(an_entry(booking=f"<{element}>{unsaid}</{element}>")))
    assert codes(statements) == ["bad_date"]


def test_a_value_date_that_is_no_date_is_a_problem() -> None:
    _, statements = read(a_statement(an_entry(inside="<ValDt><Dt>2026-02-30</Dt></ValDt>")))
    assert codes(statements) == ["bad_date"]


def test_a_statement_ends_on_the_day_of_its_closing_balance() -> None:
    written = a_statement(an_entry(booking="<Dt>2026-11-20</Dt>"))
    period = "<FrToDt><FrDt>2026-11-20</FrDt><ToDt>2026-11-22</ToDt></FrToDt>"
    ends = [read(message)[1][0].to_date for message in (written, replace(written, statement_inside=period))]
    assert ends == [date(2026, 11, 23), date(2026, 11, 22)]
    assert read(a_statement())[1][0].to_date == date(2026, 11, 23)
    assert read(a_notification(an_entry()))[1][0].to_date is None


@pytest.mark.parametrize("padding", ["\0", "\0" * 200_000, "\x1a", "\r\n\x1a", "\n \x1a\0\0 \n", " " * 70_000 + "\0 "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_what_a_file_is_padded_with_is_dropped(padding: str, encoding: str) -> None:
    text = a_small_statement().text().replace('"UTF-8"', f'"{"utf-8" if "sig" in encoding else encoding}"')
    assert read((text + padding).encode(encoding)) == read(a_small_statement())
    with pytest.raises(UnreadableFile) as cut:
        read((text[:-20] + padding).encode(encoding))
    assert cut.value.code == "truncated"


@pytest.mark.parametrize("size", [1 << 16, (1 << 16) + 1, 1 << 17])
def test_padding_within_a_file_is_refused(size: int) -> None:
    text = a_small_statement().text()
    start, end = text[: text.index("<Ntry>")], text[text.index("<Ntry>") :]
    padded = f"{start}{' ' * (size - len(start) - 1)}\0{end}"
    with pytest.raises(UnreadableFile) as refusal:
        read(padded)
    assert refusal.value.code == "encoding"


OTHER_STANDARDS = ["210000000003139471430009017", "+++090/9337/55493+++", "RF19539007547034"]


@pytest.mark.parametrize("reference", OTHER_STANDARDS)
def test_a_structured_reference_of_another_standard_is_shown(reference: str) -> None:
    (alone,), _ = read(a_statement(an_entry(a_detail(structured=reference, unstructured=()))))
    (beside,), _ = read(a_statement(an_entry(a_detail(structured=reference), note="VIR")))
    assert (alone.remittance, alone.note, alone.payment_reference) == (reference, None, None)
    assert (beside.remittance, beside.note) == ("LOYER NOVEMBRE", f"VIR / {reference}")


@pytest.mark.parametrize("reference", ["RF18539007547034", "RF18 5390 0754 7034", "0000000000", "NOTPROVIDED"])
def test_a_reference_of_ours_or_none_is_not_shown_again(reference: str) -> None:
    (alone,), _ = read(a_statement(an_entry(a_detail(structured=reference, unstructured=()))))
    (beside,), _ = read(a_statement(an_entry(a_detail(structured=reference))))
    assert (alone.remittance, alone.note, beside.note) == (None, None, None)


def in_dollars(cents: str, euros: str | None, currency: str = "EUR") -> Detail:
    counter = f'<CntrValAmt><Amt Ccy="{currency}">{euros}</Amt></CntrValAmt>'
    return a_detail(inside=f'<Amt Ccy="USD">{cents}</Amt><AmtDtls>{counter if euros else ""}</AmtDtls>')


def test_details_in_another_currency_count_by_their_value_in_the_accounts() -> None:
    movements, statements = read(a_statement(an_entry(in_dollars("250.00", "225.00"), in_dollars("250.00", "225.00"))))
    assert ([movement.amount_cents for movement in movements], codes(statements)) == ([22_500, 22_500], [])
    for wrong in (in_dollars("250.00", None), in_dollars("250.00", "225.00", "GBP")):
        _, statements = read(a_statement(an_entry(in_dollars("250.00", "225.00"), wrong)))
        assert codes(statements) == ["currency"]


def test_a_lone_detail_in_another_currency_has_the_entrys_amount() -> None:
    (movement,), statements = read(a_statement(an_entry(in_dollars("500.00", "451.00"))))
    assert (movement.amount_cents, codes(statements)) == (45_000, [])


def in_currency(kind: str, amount: str, currency: str) -> str:
    return balance(kind, amount).replace("EUR", currency)


@pytest.mark.parametrize("first", [True, False])
def test_balances_in_a_second_currency_are_none_of_the_accounts(first: bool) -> None:
    own = balance("OPBD", "1000.00"), balance("CLBD", "1450.00")
    other = in_currency("OPBD", "1.00", "USD"), in_currency("CLBD", "2.00", "USD")
    balances = "".join((*other, *own) if first else (*own, *other))
    _, (statement,) = read(a_statement(an_entry(), balances=balances))
    assert (statement.balances, statement.currency) == (Balances(100_000, 145_000), "EUR")
    assert statement.problems == ()


def test_balances_in_no_other_currency_than_a_wrong_one_are_a_problem() -> None:
    balances = in_currency("OPBD", "1000.00", "USD") + in_currency("CLBD", "1450.00", "USD")
    _, statements = read(a_statement(an_entry(), balances=balances))
    assert "currency" in codes(statements)
