"""Account numbers and references, checked against schwifty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from quitus.banking.references import (
    as_iban,
    creditor_reference,
    found_ibans,
    found_references,
    french_account,
    is_creditor_reference,
    is_rib,
    reference,
)
from quitus.domain.ibans import creditor_reference as make_reference

five_digits = st.from_regex(r"[0-9]{5}", fullmatch=True)
accounts = st.from_regex(r"[0-9]{11}|[0-9A-Z]{11}", fullmatch=True)


@given(five_digits, five_digits, accounts)
def test_a_french_account_gets_the_key_and_check_digits_that_schwifty_computes(
    bank: str, branch: str, account: str
) -> None:
    expected = str(IBAN.generate("FR", bank_code=bank, branch_code=branch, account_code=account))
    assert french_account(bank, branch, account) == expected
    assert as_iban(expected) == expected
    assert as_iban(expected[4:]) == expected
    assert is_rib(expected[4:])


@given(five_digits, five_digits, accounts, st.integers(4, 26), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_seen(bank: str, branch: str, account: str, place: int, digit: str) -> None:
    right = french_account(bank, branch, account)
    wrong = right[:place] + digit + right[place + 1 :]
    try:
        valid = bool(IBAN(wrong, validate_bban=True))
    except SchwiftyException:
        valid = False
    assert (as_iban(wrong) is not None) == valid


@given(five_digits, five_digits, accounts, st.integers(0, 26), st.characters(exclude_categories=["Cs"]))
def test_one_damaged_character_is_never_an_error(bank: str, branch: str, account: str, place: int, damage: str) -> None:
    right = french_account(bank, branch, account)
    damaged = right[:place] + damage + right[place + 1 :]
    assert as_iban(damaged) in (None, right)


@pytest.mark.parametrize(
    "text",
    [
        "DE89370400440532013000",
        "NL91ABNA0417164300",
        "GB82WEST12345698765432",
        "MC5811222000010123456789030",
        "BE68539007547034",
    ],
)
def test_other_countries_are_checked_by_mod_97(text: str) -> None:
    assert as_iban(text) == text
    assert as_iban(" ".join(text[at : at + 4] for at in range(0, len(text), 4)).lower()) == text
    assert as_iban(text[:-1] + ("1" if text[-1] != "1" else "2")) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FR76",
        "NOTPROVIDED",
        "FR76" + "é" * 23,
        "FR76" + "٤" * 23,
        "1" * 23,
        "FR00" + "0" * 23,
        "FR7&17328899004000000000193",
    ],
)
def test_what_is_no_account_number_is_none(text: str) -> None:
    assert as_iban(text) is None


@given(st.from_regex(r"[0-9A-Z]{1,21}", fullmatch=True))
def test_creditor_references_are_recognised(body: str) -> None:
    text = make_reference(body)
    assert is_creditor_reference(text)
    assert creditor_reference([], [f"loyer {text.lower()} merci"]) == text
    assert not is_creditor_reference(text[:3] + ("0" if text[3] != "0" else "1") + text[4:])


@given(st.integers(1, 15))
def test_a_reference_cut_in_two_is_found(cut: int) -> None:
    text = "RF18539007547034"
    assert text in found_references([f"LOYER {text[:cut]}", f"{text[cut:]} MERCI"])


@given(st.integers(1, 26))
def test_an_account_number_cut_in_two_is_found(cut: int) -> None:
    text = french_account("17328", "89900", "40000000001")
    assert found_ibans([f"VIR {text[:cut]}", f"{text[cut:]} MERCI"]) == [text]


def test_an_account_number_in_groups_is_found() -> None:
    text = french_account("17328", "89900", "40000000001")
    grouped = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    assert found_ibans([f"POUR {grouped} LOYER"]) == [text]


@pytest.mark.parametrize("text", ["0", "0000000", " 0000000000 ", "0" * 35, "", "notprovided", None])
def test_zeros_and_placeholders_are_no_reference(text: str | None) -> None:
    assert reference(text) is None
    assert reference("00120") == "00120"
