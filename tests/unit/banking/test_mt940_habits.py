"""What banks write against the standard, or beside it, and how it is read. All data is made up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

import pytest
from unit.banking.camt_files import codes
from unit.banking.other_files import mt940, read_fields

from quitus.banking.mt940 import read_mt940
from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import understand
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Movement, Statement


def clean(*fields: str, **balances: str) -> tuple[list[Movement], list[Statement]]:
    movements, statements = read_fields(mt940(*fields, **balances))
    assert codes(statements) == []
    return movements, statements


@pytest.mark.parametrize(
    "amount", ["450,00", "450,", "450,0", "450", "450.00", "0000000450,00", "0000000000000000000450,00"]
)
def test_amounts_with_zeros_before_them_with_a_point_or_without_comma(amount: str) -> None:
    movements, _ = clean(f":61:2611231123C{amount}NTRFNONREF")
    assert [movement.amount_cents for movement in movements] == [45_000]


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(",50", 50), (".50", 50), ("1.100,00", 110_000), ("1,100.00", 110_000), ("1.234.567,8", 123_456_780)],
)
def test_amounts_without_euros_and_with_parted_thousands(amount: str, cents: int) -> None:
    movements, _ = clean(f":61:2611231123C{amount}NTRFNONREF", closing=f"C261123EUR{1000 + cents // 100},{cents % 100}")
    assert [movement.amount_cents for movement in movements] == [cents]


@pytest.mark.parametrize("amount", ["1.100", "1,100", "1.10,00", "1.100.00", "1,100,00", "11.000,00.0"])
def test_an_amount_that_may_be_another_is_none(amount: str) -> None:
    movements, statements = read_fields(mt940(f":61:2611231123C{amount}NTRFNONREF", f":61:2611231123C{amount}"))
    assert (movements, set(codes(statements))) == ([], {"bad_amount", "balance_mismatch"})


@pytest.mark.parametrize("amount", ["1 100,00", "1'100,00", ",", "."])
def test_a_part_of_an_amount_is_never_taken_for_it(amount: str) -> None:
    movements, statements = read_fields(mt940(f":61:2611231123C{amount}NTRFNONREF"))
    assert (movements, set(codes(statements))) == ([], {"bad_record", "balance_mismatch"})


@pytest.mark.parametrize(
    "opening",
    ["C261120EUR1.000,00", "C261120EUR1000,00", "C261120EUR1000.00", "C261120EUR00000001000", "C261120EUR 1000,"],
)
def test_balances_in_the_same_ways(opening: str) -> None:
    _, (statement,) = clean(":61:2611231123C450,00NTRFNONREF", opening=opening)
    assert statement.balances.opening_cents == 100_000


def test_a_balance_of_nothing_may_begin_with_its_comma() -> None:
    _, (statement,) = clean(":61:2611231123C450,00NTRFNONREF", opening="C261120EUR,00", closing="C261123EUR450,")
    assert (statement.balances.opening_cents, statement.balances.closing_cents) == (0, 45_000)


def test_a_currency_of_other_decimals_is_the_only_problem() -> None:
    _, statements = read_fields(
        mt940(":61:2611231123C450,125NTRF", opening="C261120BHD1,000", closing="C261123BHD451,125")
    )
    assert codes(statements) == ["currency"]


def test_an_opening_balance_without_a_day_opens_the_account() -> None:
    _, (statement,) = clean(":61:2611231123C450,00NTRFNONREF", opening="C000000EUR1000,00")
    assert (statement.from_date, statement.balances.opening_cents) == (date(2026, 11, 23), 100_000)


def test_a_day_of_the_last_century_stays_there() -> None:
    movements, _ = clean(":61:991231D450,00NCHK1", opening="D991230EUR1000,00", closing="D991231EUR1450,00")
    assert movements[0].booking_date == date(1999, 12, 31)


@pytest.mark.parametrize("kind", ["NTRF", "NOV ", "N541", "NZ9", ""])
def test_the_kind_of_a_movement_may_be_short_or_missing(kind: str) -> None:
    movements, _ = clean(f":61:2611231123C450,00{kind}//B-1")
    assert movements[0].bank_reference == "B-1"


def test_several_fields_of_details_are_all_about_their_movement() -> None:
    movements, _ = clean(":61:2611231123C450,00NTRFNONREF", ":86:LOYER NOVEMBRE   ", ":86:BATIMENT B   ", ":86:MERCI")
    assert [movement.remittance for movement in movements] == ["LOYER NOVEMBRE BATIMENT B MERCI"]


def test_details_of_the_statement_stand_before_its_movements_or_after_its_balance() -> None:
    data = mt940(":86:VOTRE IBAN", ":86:VOTRE BANQUE", ":61:2611231123C450,00NTRFNONREF", ":86:LOYER")
    data = data.replace(b"\r\n-", b"\r\n:86:GARANTIE DES DEPOTS\r\n-")
    movements, statements = read_fields(data)
    assert [movement.remittance for movement in movements] == ["LOYER"]
    assert codes(statements) == []


def test_a_balance_may_leave_the_currency_to_the_other_one() -> None:
    _, (statement,) = clean(":61:2611231123C450,00NTRFNONREF", closing="C2611231450,00")
    assert (statement.currency, statement.balances.closing_cents) == ("EUR", 145_000)


def test_a_field_of_no_standard_does_not_part_a_movement_from_its_details() -> None:
    movements, _ = clean(
        ":NS:22SOCIETE", "23RUE", ":61:2611231123C450,00NTRFNONREF", ":NS:01BATIMENT", "02ETAGE", ":86:LOYER"
    )
    assert [movement.remittance for movement in movements] == ["LOYER"]


@pytest.mark.parametrize("time", [":20:37 CB", ":25:11", ":28:00", ":59:59 Folgenr. 7"])
def test_a_time_cut_after_its_hours_is_no_field(time: str) -> None:
    movements, (statement,) = clean(":61:2611231123C450,00NTRFNONREF", ":86:PAIEMENT CB 2026-11-23T16", time)
    assert movements[0].remittance == f"PAIEMENT CB 2026-11-23T16 {time}"
    assert statement.message_id == "M-1"


def test_a_hyphen_alone_among_details_does_not_end_the_message() -> None:
    movements, _ = clean(":61:2611231123C450,00NTRFNONREF", ":86:LOYER -", "-", "NOVEMBRE")
    assert movements[0].remittance == "LOYER - - NOVEMBRE"


@pytest.mark.parametrize("end", ["-", "-}", "-}{5:{CHK:0}}", "- ", "-\x03", "-}\x03"])
def test_a_message_ends_in_many_ways(end: str) -> None:
    data = mt940(":61:2611231123C450,00NTRFNONREF").replace(b"\r\n-", f"\r\n{end}".encode())
    movements, statements = read_fields(data + b"\r\n" + data)
    assert (len(movements), len(statements), codes(statements)) == (2, 2, [])


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ("FR7630006000011234567890189EUR", "FR7630006000011234567890189"),
        ("FR76 3000 6000 0112 3456 7890 189 EUR", "FR7630006000011234567890189"),
        ("AGRIFRPPXXX/FR7630006000011234567890189", "FR7630006000011234567890189"),
        ("1234.56.789EUR", "1234.56.789"),
        ("10050000/0012345678", "10050000/0012345678"),
        ("//AT20000/01234567/EUR", "AT20000/01234567"),
    ],
)
def test_the_account_stands_alone_or_with_bank_and_currency(written: str, account: str) -> None:
    data = mt940(":61:2611231123C450,00NTRFNONREF").replace(b"FR7630006000011234567890189", written.encode())
    _, statements = read_fields(data)
    assert [statement.account for statement in statements] == [account]


def test_the_account_may_have_its_party_in_the_next_line() -> None:
    data = (
        mt940(":61:2611231123C450,00NTRFNONREF")
        .replace(b":25:", b":25P:")
        .replace(b"\r\n:28C", b"\r\nAGRIFRPP\r\n:28C")
    )
    _, statements = read_fields(data)
    assert [(statement.account, statement.problems) for statement in statements] == [
        ("FR7630006000011234567890189", ())
    ]
    assert understand(io.BytesIO(data.removeprefix(b":20:M-1\r\n")), DEFAULT).format == "mt940"


BEGINNINGS = [
    (":25:FR7630006000011234567890189", ":28C:8/1", ":60F:"),
    (":28C:8/1", ":25:FR7630006000011234567890189", ":60F:"),
    (":28C:8/1", ":60F:"),
    (":60M:",),
]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_behind_a_closing_balance_another_statement_begins(beginning: tuple[str, ...]) -> None:
    first = mt940(":61:2611231123C450,00NTRFNONREF").decode().removesuffix("-")
    following = "\r\n".join(beginning) + "C261123EUR1450,00\r\n:61:2611241124D450,00NTRF\r\n:62F:C261124EUR1000,00\r\n-"
    movements, statements = read_fields((first + following).encode())
    assert codes(statements) == []
    assert [movement.position for movement in movements] == ["0.0", "1.0"]
    assert {(statement.account, statement.message_id) for statement in statements} == {
        ("FR7630006000011234567890189", "M-1")
    }
    assert statements[0].statement_id == "7/1"
    assert statements[1].statement_id == ("8/1" if ":28C:8/1" in beginning else "")


def test_behind_the_end_of_a_message_no_account_is_taken_over() -> None:
    following = "\r\n:28C:8/1\r\n:60F:C261123EUR1,00\r\n:62F:C261124EUR1,00\r\n-"
    _, statements = read_fields(mt940(":61:2611231123C450,00NTRFNONREF") + following.encode())
    assert codes(statements) == ["missing_account"]


@pytest.mark.parametrize("sign", "<>^~@|")
@pytest.mark.parametrize("start", ["", "166", " 020"])
def test_sub_fields_may_begin_with_another_sign(sign: str, start: str) -> None:
    said = "".join(
        f"{sign}{number}{text}" for number, text in [("00", "WPŁATA"), ("20", "LOYER "), ("21", "NOV"), ("32", "ZOÉ")]
    )
    movements, _ = clean(":61:2611231123C450,00NTRFNONREF", f":86:{start}{said}")
    assert (movements[0].remittance, movements[0].debtor_name) == ("LOYER NOV", "ZOÉ")


def test_what_a_network_puts_around_messages_is_passed_over() -> None:
    data = mt940(":61:2611231123C450,00NTRFNONREF")
    for before in (
        b"ABNANL2A\r\n940\r\nABNANL2A\r\n",
        b":940:\r\n",
        b"0000 01INGBNL2A\r\n940 00\r\n",
        b"{1:F01X}{2:I940X}{4:\r\n",
    ):
        understood = understand(io.BytesIO(before + data), DEFAULT)
        assert (understood.format, understood.exit_code, len(understood.statements)) == ("mt940", 0, 1)


def test_details_without_end_are_refused_not_kept() -> None:
    data = mt940(":61:2611231123C450,00NTRFNONREF", ":86:LOYER", *["x" * 1000] * 2_000)
    assert [problem.code for problem in understand(io.BytesIO(data), DEFAULT).problems] == ["too_large"]


def test_a_balance_on_a_day_that_is_none_is_still_a_balance() -> None:
    movements, (statement,) = read_fields(mt940(":61:2611231123C450,00NTRFNONREF", closing="C261199EUR1450,00"))
    assert (statement.balances.closing_cents, codes([statement]), len(movements)) == (145_000, ["bad_date"], 1)


def test_the_31st_of_a_month_of_30_days_is_its_last_day_for_a_balance() -> None:
    _, (statement,) = clean(":61:2611231123C450,00NTRFNONREF", closing="C261131EUR1450,00")
    assert (statement.to_date, statement.balances.closing_cents) == (date(2026, 11, 30), 145_000)


def test_a_payers_address_is_no_part_of_the_name() -> None:
    details = ":86:/NAME/M. DURAND/ADDR/1 rue Haute 30000 Nimes/REMI/LOYER NOVEMBRE/ISDT/2026-11-23"
    ((movement,), _) = clean(":61:2611231123C450,00NTRFNONREF", details)
    assert (movement.debtor_name, movement.remittance) == ("M. DURAND", "LOYER NOVEMBRE")


def test_a_code_that_says_nothing_at_first_says_it_the_second_time() -> None:
    ((movement,), _) = clean(":61:2611231123C450,00NTRFNONREF", ":86:/NAME/M. DURAND/REMI//REMI/LOYER NOVEMBRE/")
    assert movement.remittance == "LOYER NOVEMBRE"


@pytest.mark.parametrize(
    "fields",
    [
        (":61:2611231123C450,00NTRFNONREF", "NL91ABNA0417164300", ":86:/NAME/M. DURAND/REMI/LOYER"),
        (":61:2611231123C450,00NTRFNONREF", "NL91 ABNA 0417 1643 00  ", ":86:/NAME/M. DURAND/REMI/LOYER"),
        (":61:2611231123C450,00NTRFNL91ABNA0417164300  ", ":86:/NAME/M. DURAND/REMI/LOYER"),
    ],
)
def test_the_payers_account_may_stand_alone_behind_the_movement(fields: tuple[str, ...]) -> None:
    for following in ((), (":61:2611241124C0,00NTRFNONREF",)):
        (movement, *_), _ = clean(*fields, *following)
        assert (movement.debtor_iban, movement.virtual_iban) == ("NL91ABNA0417164300", None)


@pytest.mark.parametrize("padding", ["", "  "])
@pytest.mark.parametrize(
    "text", ["PO26112300000012", "RF18539007547034", "FR7630006000011234567890188", "FR7630006000011234567890189"]
)
def test_what_is_no_account_or_our_own_is_no_payers(text: str, padding: str) -> None:
    own = b"FR7630006000011234567890189"
    other = b"FR7617328899667000000000157"
    account = own if text.encode() == own else other
    for fields in (
        (f":61:2611231123C450,00NTRF{text}{padding}", ":86:LOYER"),
        (":61:2611231123C450,00NTRFNONREF", f"{text}{padding}", ":86:LOYER"),
    ):
        for following in ((), (":61:2611241124C0,00NTRFNONREF",)):
            (movement, *_), _ = read_fields(mt940(*fields, *following).replace(b":25:" + own, b":25:" + account))
            assert movement.debtor_iban is None


def test_a_line_of_words_behind_the_movement_is_no_account() -> None:
    ((movement,), _) = clean(":61:2611231123C450,00NTRFNONREF", "LOYER DE NOVEMBRE", ":86:/NAME/M. DURAND/REMI/LOYER")
    assert (movement.debtor_iban, movement.note) == (None, "LOYER DE NOVEMBRE")


def test_lines_may_end_with_two_signs_of_at(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = mt940(":61:2611231123C450,00NTRFNONREF", ":86:LOYER, M@DURAND.EXAMPLE", closing="C261123EUR1450,00")
    data = b"@@" + b"@@".join(lines.split())
    assert understand(io.BytesIO(data), DEFAULT).format == "mt940"
    assert read_fields(data) == read_fields(b"\n".join(lines.split()))
    assert read_fields(data)[0][0].amount_cents == 45_000
    whole = read_fields(data.replace(b"LOYER,@@", b"LOYER@@@@"))
    for size in range(2, 40):

        def pieces(stream: BinaryIO, size: int = size) -> Iterator[bytes]:
            return iter(lambda: stream.read(size), b"")

        monkeypatch.setattr("quitus.banking.lines.full_chunks", pieces)
        assert read_fields(data.replace(b"LOYER,@@", b"LOYER@@@@")) == whole


@pytest.mark.parametrize("start", [b"{1:F01BANKFRPPXXX0000000000}{4:@@", b"Bonjour@@"])
def test_a_file_without_a_statement_is_refused(start: bytes) -> None:
    data = start + b"@@".join(mt940(":61:2611231123C450,00NTRFNONREF").split())
    assert [str(problem.code) for problem in understand(io.BytesIO(data), DEFAULT).problems] == ["unknown_format"]
    with pytest.raises(UnreadableFile) as refused:
        list(read_mt940(io.BytesIO(b"BONJOUR\r\n")))
    assert refused.value.code == "no_statement"


def test_no_reference_is_no_kind() -> None:
    for following in ((), (":61:2611241124C0,00NTRFNONREF",)):
        (movement, *_), _ = clean(":61:2611231123C450,00NONREF", ":86:LOYER", *following)
        assert (movement.bank_code, movement.amount_cents) == (None, 45_000)


def test_the_header_of_the_next_message_is_nobodys_text() -> None:
    first = mt940(":61:2611231123C450,00NTRFNONREF", ":86:LOYER").removesuffix(b"-").rstrip(b"\r\n-")
    data = first + b"\r\n:86:SOLDE\r\n{1:F01BANKFRPPAXXX0000000000}{2:I940BANKFRPPXXXXN}{4:\r\n" + mt940()
    movements, statements = read_fields(data)
    assert ([movement.remittance for movement in movements], len(statements)) == (["LOYER"], 2)


def test_balances_with_a_slip_of_the_key_are_read() -> None:
    data = mt940(":61:2611231123C450,00NTRFNONREF").replace(b"EUR1000", b"EURO1000", 1).replace(b":62F:", b":62F")
    movements, (statement,) = read_fields(data)
    assert (statement.balances.opening_cents, statement.balances.closing_cents) == (100_000, 145_000)
    assert (codes([statement]), len(movements)) == ([], 1)
