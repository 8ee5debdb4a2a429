"""The MT940 fixtures of wolph/mt940: ASN Bank (free `:86:`) and betterplace (German sub-fields, extracts)."""

from __future__ import annotations

import pytest
from golden.corpora import CORPORA, codes_of, needs_corpora, read_sample

from quitus.domain.movement import Means, Nature

pytestmark = needs_corpora

FOLDER = CORPORA / "mt940-wolph"


@pytest.mark.parametrize("name", ["mt940.txt", "mt940_with_spaces_for_entry_date.txt"])
def test_a_months_statements_all_balance_and_follow_each_other(name: str) -> None:
    understood = read_sample(FOLDER / "ASNB" / name)
    balances = [statement.balances for statement, _ in understood.statements]
    assert len(balances) == 31
    assert codes_of(understood) == set()
    assert [balance.closing_cents for balance in balances[:-1]] == [balance.opening_cents for balance in balances[1:]]


def test_twenty_six_statements_with_sub_fields_balance() -> None:
    understood = read_sample(FOLDER / "betterplace" / "sepa_mt9401.sta")
    assert len(understood.statements) == 26
    assert codes_of(understood) == set()


def test_sub_fields_say_who_paid_and_why() -> None:
    understood = read_sample(FOLDER / "betterplace" / "sepa_mt9401.sta")
    named = [movement for _, movements in understood.statements for movement in movements if movement.debtor_name]
    first = named[0]
    assert first.debtor_name == "Richter Renate 70 Zeichen Beginn Fuellzeichen xxxxxxxx"
    assert first.debtor_iban == "DE42100100100043921105"
    assert first.end_to_end_id == "EndToEndIdTFNR2000400001"
    assert first.remittance is not None
    assert first.remittance.startswith("TO 13 TFNr 20004 Eingangskanal Mint")
    assert first.bank_reference == "0724710290621954"
    assert (first.means, first.bank_code) == (Means.TRANSFER, "NTRF+166")


def test_a_reversed_credit_is_a_return() -> None:
    understood = read_sample(FOLDER / "betterplace" / "sepa_mt9401.sta")
    reversed_ones = [m for _, movements in understood.statements for m in movements if m.bank_code == "NRTI+079"]
    assert {(movement.amount_cents < 0, movement.nature) for movement in reversed_ones} == {(True, Nature.RETURN)}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("amount_formats.sta", "unfinished_statement"),
        ("currency_in_25.sta", "unstarted_statement"),
        ("empty_86.sta", "unstarted_movement"),
        ("empty_line.sta", "missing_account"),
        ("missing_crlf_at_end.sta", "unstarted_statement"),
        ("sepa_snippet_broken.sta", "bad_record"),
        ("sepa_snippet.sta", "balance_mismatch"),
    ],
)
def test_extracts_and_broken_files_are_named(name: str, reason: str) -> None:
    assert reason in codes_of(read_sample(FOLDER / "betterplace" / name))


def test_bytes_that_are_no_text_do_not_stop_the_reading() -> None:
    understood = read_sample(FOLDER / "betterplace" / "with_binary_character.sta")
    assert len(understood.statements) == 2
    assert codes_of(understood) == set()
