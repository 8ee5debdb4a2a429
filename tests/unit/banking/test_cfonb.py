"""CFONB 120, column by column (bank-formats.md §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from unit.banking.camt_files import OTHER_VIRTUAL, VIRTUAL, codes
from unit.banking.other_files import (
    ACCOUNT,
    DAY,
    cfonb,
    complement,
    operation,
    overpunched,
    read_records,
    record,
    unqualified,
)

from quitus.banking.profiles import Profile, profile_named
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Means, Movement, Nature


def a_file(*records: str, moved: int = 45000) -> list[str]:
    return [record("01", 100000), *records, record("07", 100000 + moved)]


def test_a_statement_is_proved_by_its_balances() -> None:
    movements, (statement,) = read_records(cfonb(*a_file(operation(45000))))
    assert [(movement.position, movement.amount_cents) for movement in movements] == [("0.0", 45000)]
    assert statement.account == "FR7630006000011234567890189"
    assert (statement.balances.opening_cents, statement.balances.closing_cents) == (100000, 145000)
    assert (statement.currency, statement.problems) == ("EUR", ())
    assert statement.days == ((date(2026, 11, 23), 45000, 0),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", ""])
def test_line_ends_do_not_matter_nor_their_absence(end: str) -> None:
    records = a_file(operation(45000), complement("NPY", "Jeanne Petit"))
    assert read_records(cfonb(*records, end=end)) == read_records(cfonb(*records, end="\n")) if end != "\n\n" else True
    movements, statements = read_records(cfonb(*records, end=end))
    assert (movements[0].debtor_name, codes(statements)) == ("Jeanne Petit", [])


def test_complements_say_who_paid_what_and_why() -> None:
    records = a_file(
        operation(45000, reference="BANKREF-1"),
        complement("NPY", "Jeanne Petit"),
        complement("RCN", f"{'E2E-1':<35}RENT"),
        complement("REF", f"{'BATCH-1':<35}TX-1"),
        complement("LCC", "LOYER NOVEMBRE"),
        complement("CBE", VIRTUAL),
        complement("RUM", f"{'MANDATE-1':<35}RCUR"),
        complement("CPY", "FR1420041010050500013M02606"),
        complement("LCS", "RF18539007547034"),
    )
    (movement,), _ = read_records(cfonb(*records))
    assert (movement.debtor_name, movement.debtor_iban) == ("Jeanne Petit", "FR1420041010050500013M02606")
    assert (movement.end_to_end_id, movement.mandate_id) == ("E2E-1", "MANDATE-1")
    assert (movement.bank_reference, movement.batch_references) == ("BANKREF-1", ("BATCH-1",))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "CBE")
    assert (movement.remittance, movement.payment_reference) == ("LOYER NOVEMBRE", "RF18539007547034")
    assert (movement.bank_code, movement.note) == ("05", "VIR SEPA")


def test_a_remittance_of_two_times_seventy_is_joined() -> None:
    text = f"LOYER {'x' * 60} POUR {VIRTUAL} RF18539007547034 ET MERCI"
    records = a_file(operation(45000), complement("LCC", text[:70]), complement("LC2", text[70:]))
    (movement,), _ = read_records(cfonb(*records))
    assert movement.remittance == text
    assert (movement.virtual_iban, movement.payment_reference) == (VIRTUAL, "RF18539007547034")


def read_one(*complements: str, profile: Profile | None = None) -> Movement:
    (movement,), statements = read_records(
        cfonb(*a_file(operation(45000), *complements)), profile or profile_named("default")
    )
    assert codes(statements) == []
    return movement


def test_an_account_cut_between_two_remittance_lines_is_found() -> None:
    text = f"{'LOYER NOVEMBRE':<60}{VIRTUAL}"
    movement = read_one(complement("LCC", text[:70]), complement("LC2", text[70:]))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "LC2")


def test_a_text_may_name_several_accounts_and_our_own_is_none() -> None:
    movement = read_one(complement("LIB", f"FR7630006000011234567890189 {VIRTUAL}"), complement("LIB", OTHER_VIRTUAL))
    assert (movement.virtual_iban, movement.other_accounts) == (OTHER_VIRTUAL, ((VIRTUAL, "LIB"),))


@pytest.mark.parametrize("written", [VIRTUAL, VIRTUAL[4:], "FR76 1732 8899 0040 0000 0000 193", VIRTUAL.lower()])
@pytest.mark.parametrize("qualifier", ["CBE", "IBE", "IBU", "LCC", "LC2", "LIB"])
def test_an_account_is_recognised_however_it_is_written(qualifier: str, written: str) -> None:
    movement = read_one(complement(qualifier, written))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, qualifier)


@pytest.mark.parametrize(
    "written", ["FR7617328899004000000000194", "DE89370400440532013001", "17328899004000000000194"]
)
def test_an_account_with_a_wrong_key_is_none(written: str) -> None:
    assert read_one(complement("CBE", written)).virtual_iban is None


def test_one_statement_per_virtual_account() -> None:
    profile = profile_named("statement-per-account")
    movement = read_one(complement("NPY", "Jeanne Petit"), complement("CBE", VIRTUAL), profile=profile)
    assert (movement.virtual_iban, movement.virtual_iban_path) == ("FR7630006000011234567890189", "01")
    assert movement.other_accounts == ((VIRTUAL, "CBE"),)
    assert read_one(profile=profile).virtual_iban == "FR7630006000011234567890189"


def test_the_ultimate_debtor_stands_in_for_a_payer_without_name() -> None:
    assert read_one(complement("NPO", "Paul Petit"), complement("NPY", "Jeanne Petit")).debtor_name == "Jeanne Petit"
    assert read_one(complement("NPO", "Paul Petit"), complement("NPY", "")).debtor_name == "Paul Petit"


@pytest.mark.parametrize(
    ("text", "instructed"),
    [("EUR200000000050000", 50000), ("EUR200000000045000", None), ("USD200000000050000", None), ("EUR3500000", None)],
)
def test_the_original_amount_is_kept_where_it_differs(text: str, instructed: int | None) -> None:
    assert read_one(complement("MMO", text)).instructed_cents == instructed


@pytest.mark.parametrize("qualifier", ["IPY", "NBE", "IPO", "NBU", "XYZ"])
def test_what_no_field_takes_is_kept_with_the_label(qualifier: str) -> None:
    plain, movement = read_one(), read_one(complement(qualifier, "SOMETHING"))
    assert movement == replace(plain, note=f"{plain.note} / {qualifier} SOMETHING")
    again = read_one(complement(qualifier, "SOMETHING"), complement(qualifier, ""), complement(qualifier, "ELSE"))
    assert again.note == f"{movement.note} / {qualifier} ELSE"


def test_a_structured_reference_of_another_standard_is_shown() -> None:
    alone = read_one(complement("LCS", "210000000003139471430009017"))
    assert (alone.remittance, alone.payment_reference) == ("210000000003139471430009017", None)
    beside = read_one(complement("LCC", "LOYER"), complement("LCS", "090/9337/55493"))
    assert (beside.remittance, beside.note) == ("LOYER", f"{read_one().note} / 090/9337/55493")
    ours = read_one(complement("LCC", "LOYER"), complement("LCS", "RF18 5390 0754 7034"))
    assert (ours.remittance, ours.note, ours.payment_reference) == ("LOYER", read_one().note, "RF18539007547034")
    assert read_one(complement("LCS", "0000000000")).remittance is None


def test_the_transaction_reference_stands_in_for_the_banks() -> None:
    movement = read_one(complement("REF", f"{'NOTPROVIDED':<35}TX-1"))
    assert (movement.bank_reference, movement.batch_references) == ("TX-1", ())


def test_the_profile_orders_the_places() -> None:
    records = a_file(operation(45000), complement("LIB", f"POUR {OTHER_VIRTUAL}"), complement("IBE", VIRTUAL[4:]))
    (movement,), _ = read_records(cfonb(*records))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "IBE")
    assert movement.other_accounts == ((OTHER_VIRTUAL, "LIB"),)


def test_a_complement_without_qualifier_is_a_text() -> None:
    assert read_one(unqualified("LOYER NOVEMBRE LOT 12")).remittance == "LOYER NOVEMBRE LOT 12"
    movement = read_one(unqualified("DE: JEANNE PETIT"), unqualified(f"POUR {VIRTUAL}"))
    assert movement.remittance == f"DE: JEANNE PETIT POUR {VIRTUAL}"
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "LIB")


@pytest.mark.parametrize(
    ("code", "cents", "means", "nature"),
    [
        ("02", 1, Means.CHEQUE, Nature.CLEARING),
        ("03", -1, Means.CHEQUE, Nature.RETURN),
        ("04", 1, Means.CASH, Nature.CLEARING),
        ("05", 1, Means.TRANSFER, Nature.RECEIPT),
        ("18", 1, Means.TRANSFER, Nature.RECEIPT),
        ("C2", 1, Means.INSTANT_TRANSFER, Nature.RECEIPT),
        ("12", -1, Means.TRANSFER, Nature.RETURN),
        ("10", -1, Means.DIRECT_DEBIT, Nature.RETURN),
        ("15", 1, Means.CHEQUE, Nature.CLEARING),
        ("24", 1, Means.DIRECT_DEBIT, Nature.RECEIPT),
        ("26", -1, Means.DIRECT_DEBIT, Nature.RETURN),
        ("27", -1, Means.DIRECT_DEBIT, Nature.RETURN),
        ("28", -1, Means.CARD, Nature.OTHER),
        ("30", 1, Means.CARD, Nature.CLEARING),
        ("38", -1, Means.CARD, Nature.RETURN),
        ("A1", 1, Means.DIRECT_DEBIT, Nature.RECEIPT),
        ("B1", -1, Means.DIRECT_DEBIT, Nature.OTHER),
        ("B3", -1, Means.DIRECT_DEBIT, Nature.RETURN),
        ("B4", -1, Means.DIRECT_DEBIT, Nature.RETURN),
        ("C1", -1, Means.INSTANT_TRANSFER, Nature.OTHER),
        ("C4", -1, Means.INSTANT_TRANSFER, Nature.RETURN),
        ("06", -1, Means.TRANSFER, Nature.OTHER),
        ("45", 1, Means.TRANSFER, Nature.RECEIPT),
        ("62", -1, Means.OTHER, Nature.OTHER),
        ("99", -1, Means.OTHER, Nature.OTHER),
    ],
)
def test_the_interbank_code_says_means_and_nature(code: str, cents: int, means: Means, nature: Nature) -> None:
    (movement,), _ = read_records(cfonb(*a_file(operation(cents, code), moved=cents)))
    assert (movement.means, movement.nature) == (means, nature)


@pytest.mark.parametrize(
    ("written", "reference", "note"),
    [
        ("2015275300000000", "2015275300000000", "VIR SEPA"),
        ("C1589661", "C1589661", "VIR SEPA"),
        ("CONVENTION DE PR", None, "VIR SEPA / CONVENTION DE PR"),
        ("VIR 20261106 A12", "VIR 20261106 A12", "VIR SEPA"),
        ("WASELI", None, "VIR SEPA / WASELI"),
        ("VIR", None, "VIR SEPA"),
        ("FR65ZZZ008443", None, "VIR SEPA / FR65ZZZ008443"),
        ("NONREF", None, "VIR SEPA"),
    ],
)
@pytest.mark.parametrize("known", [0, 1])
def test_a_text_in_the_place_of_the_reference_is_none_but_kept(
    written: str, reference: str | None, note: str, known: int
) -> None:
    """Whether the beginning of the movement was met before or not."""
    movements, _ = read_records(cfonb(*a_file(*[operation(100, reference=written)] * 2, moved=200)))
    assert (movements[known].bank_reference, movements[known].note) == (reference, note)


def test_a_reject_code_is_the_return_reason() -> None:
    (movement,), _ = read_records(cfonb(*a_file(operation(-45000, "B3", rejected="12"), moved=-45000)))
    assert (movement.nature, movement.return_reason) == (Nature.RETURN, "12")


@pytest.mark.parametrize(
    ("last", "cents"), [("{", 120), ("é", 120), ("}", -120), ("è", -120), ("A", 121), ("J", -121), ("0", 120)]
)
def test_the_last_character_of_an_amount_carries_its_sign(last: str, cents: int) -> None:
    line = operation(120)
    line = line[:103] + last + line[104:]
    (movement,), _ = read_records(cfonb(*a_file(line, moved=cents)))
    assert movement.amount_cents == cents


def test_utf_8_and_latin_1_read_alike() -> None:
    records = a_file(operation(45000), complement("NPY", "Zoé Müller"))
    (latin,), _ = read_records("\n".join(records).encode("latin-1"))
    (utf,), _ = read_records("\n".join(records).encode())
    assert latin.debtor_name == utf.debtor_name == "Zoé Müller"


def test_blank_currency_and_decimals_are_euros_and_cents() -> None:
    records = [
        record("01", 100000, currency="", decimals=""),
        operation(1),
        record("07", 100001, currency="", decimals=""),
    ]
    _, (statement,) = read_records(cfonb(*records))
    assert (statement.currency, statement.problems) == ("EUR", ())


@pytest.mark.parametrize(("decimals", "cents"), [("2", 45000), (" ", 45000), ("3", 4500), ("0", 4500000)])
def test_decimals_are_those_of_column_twenty(decimals: str, cents: int) -> None:
    (first, second), statements = read_records(
        cfonb(*a_file(operation(45000, decimals=decimals), operation(45000, decimals=decimals), moved=2 * cents))
    )
    assert (first.amount_cents, second.amount_cents, codes(statements)) == (cents, cents, [])


@pytest.mark.parametrize("entry", ["0000000", "       ", "0000042"])
def test_the_entry_number_means_nothing(entry: str) -> None:
    (movement,), statements = read_records(cfonb(*a_file(operation(45000, entry=entry))))
    assert ([movement], codes(statements)) == (read_records(cfonb(*a_file(operation(45000))))[0], [])


def test_blank_lines_are_none() -> None:
    records = a_file(operation(45000), "", complement("NPY", "Jeanne Petit"), " " * 120, complement("LCC", "LOYER"))
    (movement,), statements = read_records(cfonb(*records))
    assert (movement.debtor_name, movement.remittance, codes(statements)) == ("Jeanne Petit", "LOYER", [])


def test_several_statements_in_a_file() -> None:
    data = cfonb(*a_file(operation(1), moved=1), *a_file(operation(2), moved=2))
    movements, statements = read_records(data)
    assert [movement.position for movement in movements] == ["0.0", "1.0"]
    assert codes(statements) == []


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([record("01", 0), operation(1), record("07", 2)], "balance_mismatch"),
        ([record("01", 0), operation(1)], "unfinished_statement"),
        ([operation(1)], "movement_outside_statement"),
        ([record("07", 0)], "unstarted_statement"),
        ([record("01", 0), complement("LIB", "x"), record("07", 0)], "unstarted_movement"),
        ([record("01", 0), operation(1)[:100], record("07", 0)], "bad_record"),
        ([record("01", 0), operation(1).replace("0000000000000A", "00000000X0000A"), record("07", 0)], "bad_amount"),
        ([record("01", 0), operation(1).replace("231126", "310226"), record("07", 0)], "bad_date"),
        ([record("01", 0), "99 what is this", record("07", 0)], "bad_record"),
        ([record("01", 0, currency="CHF"), record("07", 0)], "currency"),
        ([record("01", 0), operation(1, currency="CHF"), record("07", 1)], "currency"),
        ([record("01", 0), operation(1, decimals="3"), record("07", 0)], "bad_amount"),
        ([record("01", 0), operation(1, decimals="X"), record("07", 0)], "bad_amount"),
    ],
)
def test_each_structure_error_has_its_reason(records: list[str], reason: str) -> None:
    _, statements = read_records(cfonb(*records))
    assert reason in codes(statements)


def test_every_truncation_is_seen() -> None:
    data = cfonb(*a_file(operation(45000), complement("NPY", "Jeanne Petit")))
    for at in range(1, len(data) - 16):
        _, statements = read_records(data[:at])
        assert codes(statements) != []


def test_overpunching_covers_every_digit() -> None:
    assert [overpunched(cents)[-1] for cents in (0, 1, 9, -1, -9, -10)] == ["{", "A", "I", "J", "R", "}"]


def test_a_day_of_the_last_century_stays_there() -> None:
    old = date(1999, 12, 31)
    _, (statement,) = read_records(cfonb(record("01", 0, old), record("07", 0, old)))
    assert (statement.from_date, statement.to_date) == (old, old)


@pytest.mark.parametrize("unsaid", ["000000", "      "])
def test_days_that_a_record_need_not_say_may_be_zeros(unsaid: str) -> None:
    day = f"{DAY:%d%m%y}"
    moved = operation(45000)
    undated = moved[:42] + unsaid + moved[48:]
    records = [record("01", 0).replace(day, unsaid), undated, undated, record("07", 90000).replace(day, unsaid)]
    movements, (statement,) = read_records(cfonb(*records))
    assert [(movement.booking_date, movement.value_date) for movement in movements] == [(DAY, None)] * 2
    assert (statement.from_date, statement.to_date, statement.problems) == (DAY, DAY, ())
    booked_never = moved[:34] + unsaid + moved[40:]
    assert "bad_date" in codes(read_records(cfonb(record("01", 0), booked_never, record("07", 45000)))[1])


def test_a_reject_code_of_zeros_is_none() -> None:
    (movement,), _ = read_records(cfonb(*a_file(operation(-45000, "62", rejected="00"), moved=-45000)))
    assert (movement.nature, movement.return_reason) == (Nature.OTHER, None)


def test_complements_without_end_are_refused_not_kept() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_records(cfonb(record("01", 0), operation(100), *[complement("LIB", "x")] * 2_000, record("07", 100)))
    assert refusal.value.code == "too_large"


def test_several_records_on_a_line_are_cut_as_a_file_without_line_ends_is() -> None:
    records = [record("01", 0), operation(45000), complement("LCC", "LOYER"), record("07", 45000)]
    expected = read_records(cfonb(*records))
    assert read_records(cfonb("".join(records), "")) == expected
    assert read_records(cfonb("".join(records[:2]), "".join(records[2:]))) == expected
    assert read_records(cfonb("".join(records), "", end="\r\n")) == expected


@pytest.mark.parametrize("place", [1, 2], ids=["a movement", "the closing balance"])
def test_a_record_of_another_account_is_not_taken_for_this_ones(place: int) -> None:
    lines = [record("01", 100000), operation(45000), record("07", 145000)]
    lines[place] = lines[place].replace(ACCOUNT, "99999999999", 1)
    _, (statement,) = read_records(cfonb(*lines))
    assert [problem.code for problem in statement.problems] == ["bad_record"]
