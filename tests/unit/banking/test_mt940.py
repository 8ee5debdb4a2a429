"""MT940 in the styles that banks have (bank-formats.md §6)."""

from __future__ import annotations

from datetime import date

import pytest
from unit.banking.camt_files import ACCOUNT, VIRTUAL, codes
from unit.banking.other_files import mt940, pieces, read_fields, wrapped

from quitus.domain.movement import Means, Nature


def test_a_statement_is_proved_by_its_balances() -> None:
    (movement,), (statement,) = read_fields(mt940(":61:2611231123C450,00NTRFNONREF//BANKREF-1", ":86:LOYER NOVEMBRE"))
    assert (movement.amount_cents, movement.booking_date, movement.value_date) == (
        45000,
        date(2026, 11, 23),
        date(2026, 11, 23),
    )
    assert (movement.bank_reference, movement.remittance, movement.means) == (
        "BANKREF-1",
        "LOYER NOVEMBRE",
        Means.TRANSFER,
    )
    assert statement.account == "FR7630006000011234567890189"
    assert (statement.message_id, statement.statement_id) == ("M-1", "7/1")
    assert statement.problems == ()


@pytest.mark.parametrize(
    ("line", "cents"),
    [
        ("2611231123C450,00NTRFNONREF", 45000),
        ("261123C450,NTRFNONREF", 45000),
        ("261123    C450,0NTRFNONREF", 45000),
        ("261123CR450,00NTRFNONREF", 45000),
        ("261123CN450,00NZ10NONREF", 45000),
        ("261123RD450,00NTRFNONREF", 45000),
        ("261123D450,00NTRFNONREF", -45000),
        ("261123RC450,00NTRFNONREF", -45000),
        ("261123RCR450,00NRTINONREF", -45000),
    ],
)
def test_marks_and_amounts(line: str, cents: int) -> None:
    closing = "C261123EUR1450,00" if cents > 0 else "C261123EUR550,00"
    (movement,), (statement,) = read_fields(mt940(f":61:{line}", closing=closing))
    assert (movement.amount_cents, statement.problems) == (cents, ())


@pytest.mark.parametrize(
    ("line", "booking", "value"),
    [
        ("2701021231C450,00NTRF", date(2026, 12, 31), date(2027, 1, 2)),
        ("2612310102C450,00NTRF", date(2027, 1, 2), date(2026, 12, 31)),
        ("2602300228C450,00NTRF", date(2026, 2, 28), date(2026, 2, 28)),
        ("240229C450,00NTRF", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_entry_dates_take_the_nearest_year_and_february_has_an_end(line: str, booking: date, value: date) -> None:
    (movement,), _ = read_fields(mt940(f":61:{line}"))
    assert (movement.booking_date, movement.value_date) == (booking, value)


def test_german_sub_fields() -> None:
    said = pieces(["EREF+E2E-1", "MREF+MANDATE-1", "SVWZ+LOYER NOVEMBRE RF18539007547034 RESIDENCE LES OLIVIERS"])
    details = f"166?00GUTSCHRIFT?109310{''.join(said)}?30AGRIFRPP?31FR1420041010050500013M02606?32Jeanne?33 Petit"
    (movement,), _ = read_fields(mt940(":61:2611231123CR450,00NTRFNONREF//B-1", f":86:{wrapped(details)}"))
    assert (movement.end_to_end_id, movement.mandate_id) == ("E2E-1", "MANDATE-1")
    assert movement.remittance == "LOYER NOVEMBRE RF18539007547034 RESIDENCE LES OLIVIERS"
    assert (movement.debtor_name, movement.debtor_iban) == ("Jeanne Petit", "FR1420041010050500013M02606")
    assert (movement.bank_code, movement.payment_reference) == ("NTRF+166", "RF18539007547034")


def test_slash_codes() -> None:
    details = (
        "/TRTP/SEPA OVERBOEKING/IBAN/FR1420041010050500013M02606/BIC/AGRIFRPP/NAME/Jeanne Petit"
        f"/REMI/LOYER NOVEMBRE {VIRTUAL}/EREF/E2E-1"
    )
    (movement,), _ = read_fields(mt940(":61:2611231123C450,00NTRFNONREF", f":86:{wrapped(details)}"))
    assert (movement.debtor_name, movement.debtor_iban) == ("Jeanne Petit", "FR1420041010050500013M02606")
    assert (movement.remittance, movement.end_to_end_id) == (f"LOYER NOVEMBRE {VIRTUAL}", "E2E-1")
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, ":86:")
    assert movement.other_accounts == (("FR1420041010050500013M02606", "/IBAN/"),)


def test_the_payers_account_is_no_virtual_iban() -> None:
    details = "166?00GUTSCHRIFT?20LOYER?31FR1420041010050500013M02606?32Jeanne Petit"
    (movement,), _ = read_fields(mt940(":61:2611231123CR450,00NTRFNONREF", f":86:{wrapped(details)}"))
    assert (movement.virtual_iban, movement.other_accounts) == (None, (("FR1420041010050500013M02606", "?31"),))


def test_the_virtual_iban_in_its_own_sub_field() -> None:
    details = f"166?00GUTSCHRIFT?20LOYER?31FR1420041010050500013M02606?32Jeanne Petit?38{VIRTUAL}"
    (movement,), _ = read_fields(mt940(":61:2611231123CR450,00NTRFNONREF", f":86:{wrapped(details)}"))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "?38")


def test_a_returned_debit_is_a_return_with_its_reason() -> None:
    details = "109?00RETOURE?20EREF+E2E-1?34914"
    (movement,), _ = read_fields(mt940(":61:2611231123D450,00NRTINONREF", f":86:{details}", closing="C261123EUR550,00"))
    assert (movement.nature, movement.return_reason) == (Nature.RETURN, "914")


RETURNED = ":61:2611231123D53,00NRTINONREF"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("?20SVWZ+RETURN/REFUND?21RSN AC04?34914", "AC04"),
        ("?20SVWZ+RUECKGABE MD06?34914", "MD06"),
        ("?20EREF+AC01?21SVWZ+LOYER RC01?34914", "914"),
        ("?20SVWZ+GRUND NICHT SPEZIFIZIERT DE VOTRE BANQUE LE LOYER MD06?34914", "914"),
    ],
)
def test_the_code_that_a_return_announces_wins(said: str, reason: str) -> None:
    (movement,), _ = read_fields(mt940(RETURNED, f":86:{wrapped(f'109?00RETOURE{said}')}"))
    assert movement.return_reason == reason


@pytest.mark.parametrize(
    ("behind", "said", "instructed"),
    [
        ("", "?20EREF+E-1?21OAMT+50,00?22COAM+3,00?23SVWZ+RETOUR", 5000),
        ("", "?20COAM+     3,00?21OAMT+     50,?22SVWZ+RETOUR", 5000),
        ("", "?20OAMT+EUR 1.050,00?21SVWZ+RETOUR", 105_000),
        ("/OCMT/EUR50,00//CHGS/EUR3,00/", "?20SVWZ+RETOUR", 5000),
        ("", "?20OAMT+53,00?21SVWZ+RETOUR", None),
        ("", "?20OAMT+?21SVWZ+RETOUR", None),
        ("", "?20OAMT+1.050?21SVWZ+RETOUR", None),
        ("/OCMT/USD50,00/", "?20SVWZ+RETOUR", None),
    ],
)
def test_a_returned_debit_says_what_was_ordered(behind: str, said: str, instructed: int | None) -> None:
    fields = [RETURNED, *([behind] if behind else []), f":86:{wrapped(f'109?00RETOURE{said}?34914')}"]
    (movement,), statements = read_fields(mt940(*fields, closing="C261123EUR947,00"))
    assert (movement.amount_cents, movement.instructed_cents, codes(statements)) == (-5300, instructed, [])


@pytest.mark.parametrize(
    ("said", "end_to_end"),
    [
        ("?20EREF+ZV0100159?21 0003?22SVWZ+LOYER", "ZV01001590003"),
        ("?20EREF+ZV0100159 ?210003?22SVWZ+LOYER", "ZV01001590003"),
        ("?20EREF+LOYER 2026 11?21SVWZ+LOYER", "LOYER 2026 11"),
        ("?20EREF+EndToEndId TFNR 22 004?21 00001?22SVWZ+LOYER", "EndToEndId TFNR 22 004 00001"),
        ("?20EREF+E-1?21MREF+M?22 1?23SVWZ+LOYER", "E-1"),
    ],
)
def test_a_reference_has_no_blank_where_it_was_cut(said: str, end_to_end: str) -> None:
    (movement,), _ = read_fields(mt940(":61:2611231123C450,00NTRF", f":86:{wrapped(f'166?00GUTSCHRIFT{said}?23 NOV')}"))
    assert (movement.end_to_end_id, movement.remittance) == (end_to_end, "LOYER NOV")
    assert movement.mandate_id == ("M1" if "MREF" in said else None)


@pytest.mark.parametrize("start", ["166", " 166 "])
def test_the_code_of_the_details_may_have_blanks_around_it(start: str) -> None:
    (movement,), _ = read_fields(mt940(":61:2611231123C450,00NTRF", f":86:{start}?00GUTSCHRIFT?20LOYER?32ZOE"))
    assert (movement.bank_code, movement.remittance) == ("NTRF+166", "LOYER")


@pytest.mark.parametrize(
    ("said", "name", "iban", "remittance"),
    [
        ("/CNTP/LV80BANK0000435195001//IN/JANIS BERZINS/REMI//RENT", "JANIS BERZINS", "LV80BANK0000435195001", "RENT"),
        ("/CNTP/NL32INGB0000012345/INGBNL2A/J JANSEN/RUE//REMI/USTD//HUUR", "J JANSEN", "NL32INGB0000012345", "HUUR"),
        ("/CNTP/NL32INGB0000012345/REMI/HUUR", None, "NL32INGB0000012345", "HUUR"),
        ("/CNTP/NL32INGB0000012345/X/IN/REMI/HUUR", None, "NL32INGB0000012345", "HUUR"),
        (f"/IBAN/{ACCOUNT}/ LOYER PETIT", None, ACCOUNT, "LOYER PETIT"),
        (f"/IBAN/{ACCOUNT} LOYER/NOV/NAME/ZOE", "ZOE", ACCOUNT, "LOYER NOV"),
        (f"/IBAN/{ACCOUNT[:4]} {ACCOUNT[4:]}/NAME/ZOE/REMI/LOYER", "ZOE", ACCOUNT, "LOYER"),
        ("/IBAN/0390 123456/NAME/ZOE/REMI/LOYER", "ZOE", "0390123456", "LOYER"),
    ],
)
def test_what_stands_behind_an_account_is_no_part_of_it(said: str, name: str, iban: str, remittance: str) -> None:
    (movement,), _ = read_fields(mt940(":61:2611231123C450,00NTRF", f":86:{wrapped(said)}"))
    assert (movement.debtor_name, movement.debtor_iban, movement.remittance) == (name, iban, remittance)


def test_what_only_completes_the_code_is_no_reason_of_a_return() -> None:
    details = "106?00KARTENZAHLUNG?20SVWZ+TANKSTELLE?32STATION NORD?34011"
    (movement,), _ = read_fields(mt940(":61:2611231123DR20,00N037NONREF", f":86:{details}", closing="C261123EUR980,00"))
    assert (movement.nature, movement.return_reason) == (Nature.OTHER, None)


def test_pages_carry_interim_balances() -> None:
    data = mt940(":61:2611231123C450,00NTRF").replace(b":60F:", b":60M:").replace(b":62F:", b":62M:")
    _, (statement,) = read_fields(data)
    assert (statement.balances.closing_cents, statement.problems) == (145000, ())


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp850", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = mt940(":61:2611231123C450,00NTRF", ":86:166?00GUTSCHRIFT?32Zoé Müller").decode()
    (movement,), _ = read_fields(text.encode(encoding))
    assert movement.debtor_name == "Zoé Müller"


def test_swift_envelopes_and_several_statements() -> None:
    one = mt940(":61:2611231123C450,00NTRF").decode().removesuffix("-")
    wrapped_one = "{1:F01ASNBNL21XXXX0000000000}{2:O940ASNBNL21XXXXN}{3:}{4:\r\n" + one + "-}{5:}\r\n"
    movements, statements = read_fields((wrapped_one * 3).encode())
    assert [movement.position for movement in movements] == ["0.0", "1.0", "2.0"]
    assert codes(statements) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (mt940(":61:2611231123C450,01NTRF"), "balance_mismatch"),
        (mt940(":61:2613401123C450,00NTRF"), "bad_date"),
        (mt940(":61:garbage"), "bad_record"),
        (mt940(":61:2611231123C450,001NTRF"), "bad_amount"),
        (mt940().replace(b":60F:", b":86:details of nothing\r\n:60F:"), "unstarted_movement"),
        (mt940(opening="C261120CHF1450,00"), "currency"),
        (mt940(opening="?"), "bad_record"),
        (b":20:X\n:25:FR7630006000011234567890189\n:60F:C261120EUR1,00\n", "unfinished_statement"),
        (b":20:X\n:25:FR7630006000011234567890189\n:62F:C261120EUR1,00\n", "unstarted_statement"),
        (b":20:X\n:60F:C261120EUR1,00\n:62F:C261120EUR1,00\n", "missing_account"),
    ],
)
def test_each_error_has_its_reason(data: bytes, reason: str) -> None:
    _, statements = read_fields(data)
    assert reason in codes(statements)
