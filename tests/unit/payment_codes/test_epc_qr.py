"""What a banking app reads, and what cannot be slipped into it."""

from __future__ import annotations

from typing import Any

import pytest

from quitus.domain.epc_qr import Charset, Transfer, epc_payload
from quitus.domain.errors import Invalid

IBAN = "FR1420041010050500013M02606"


def a_transfer(**changes: Any) -> Transfer:
    return Transfer(**{"name": "SEMIGA", "iban": IBAN, **changes})


def lines_of(transfer: Transfer) -> list[str]:
    return epc_payload(transfer).decode().split("\n")


def without_idle_zero(payload: bytes) -> bytes:
    """The guideline's examples write 12.30 euros as `EUR12.3`; ours always has two decimals."""
    return payload.replace(b"\nEUR12.30\n", b"\nEUR12.3\n")


def test_the_guideline_s_example_with_a_reference() -> None:
    """EPC069-12 v3.1 §2.3, V1: 96 bytes."""
    transfer = Transfer(
        name="Franz Mustermänn",
        iban="DE71110220330123456789",
        cents=12_30,
        bic="BHBLDEHHXXX",
        reference="RF18539007547034",
        purpose="GDDS",
    )
    payload = without_idle_zero(epc_payload(transfer, version="001"))
    assert payload.decode() == (
        "BCD\n001\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.3\nGDDS\nRF18539007547034"
    )
    assert len(payload) == 96


def test_the_guideline_s_example_with_a_text() -> None:
    """EPC069-12 v3.1 §2.3, V2: 103 bytes of ISO 8859-1."""
    transfer = a_transfer(name="François D'Alsace S.A.", cents=12_30, text="Client:Marie Louise La Lune")
    payload = without_idle_zero(epc_payload(transfer, charset=Charset.LATIN_1))
    assert payload == (
        b"BCD\n002\n2\nSCT\n\nFran\xe7ois D'Alsace S.A.\nFR1420041010050500013M02606\nEUR12.3\n\n\n"
        b"Client:Marie Louise La Lune"
    )
    assert len(payload) == 103


def test_ours_is_version_2_in_utf_8_and_ends_with_what_is_filled() -> None:
    assert lines_of(a_transfer()) == ["BCD", "002", "1", "SCT", "", "SEMIGA", IBAN]
    assert lines_of(a_transfer(cents=450_00))[7:] == ["EUR450.00"]
    reference = "RF18539007547034"
    assert lines_of(a_transfer(reference=reference))[7:] == ["", "", reference]


@pytest.mark.parametrize(
    ("cents", "amount"),
    [(1, "EUR0.01"), (10, "EUR0.10"), (100, "EUR1.00"), (1000_05, "EUR1000.05"), (99_999_999_999, "EUR999999999.99")],
)
def test_amounts_are_exact_and_have_two_decimals(cents: int, amount: str) -> None:
    assert lines_of(a_transfer(cents=cents))[7] == amount


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "SEMIGA\nFR7630006000011234567890189"),
        ("name", "SEMIGA\r"),
        ("name", "SEMI\u2028GA"),
        ("name", "SEMI\x85GA"),
        ("name", "SEMI\u202eAGI"),
        ("name", "SEMI\x00GA"),
        ("name", "SEMI\ud800GA"),
        ("name", " "),
        ("name", ""),
        ("text", "loyer\n\nX"),
        ("text", "loyer\x0b"),
        ("iban", "FR1420041010050500013M02607"),
        ("iban", "FR14 2004 1010 0505 0001 3M02 606"),
        ("iban", IBAN + "\n"),
        ("iban", ""),
        ("bic", "AGRI"),
        ("bic", "AGRIFRPP\nX"),
        ("reference", "RF19539007547034"),
        ("reference", "RF18539007547034\nX"),
        ("purpose", "RENTS"),
        ("purpose", "r\n"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        epc_payload(a_transfer(**{field: value}))
    assert refused.value.code == "not_for_qr"
    assert refused.value.detail["field"] == field


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_000])
def test_amounts_that_no_transfer_can_have_are_refused(cents: int) -> None:
    with pytest.raises(Invalid) as refused:
        epc_payload(a_transfer(cents=cents))
    assert refused.value.detail["field"] == "amount"


def test_a_reference_excludes_a_text_and_version_1_needs_a_bic() -> None:
    with pytest.raises(Invalid, match="text"):
        epc_payload(a_transfer(reference="RF18539007547034", text="loyer"))
    with pytest.raises(Invalid, match="bic"):
        epc_payload(a_transfer(), version="001")


def test_what_the_character_set_has_not_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        epc_payload(a_transfer(text="loyer €"), charset=Charset.LATIN_1)
    assert refused.value.detail["field"] == "text"


def test_a_name_is_cut_at_70_and_a_text_at_140() -> None:
    lines = lines_of(a_transfer(name="N" * 69 + " é", text="t" * 141))
    assert lines[5] == "N" * 69
    assert lines[10] == "t" * 140


def test_a_text_is_cut_further_until_the_whole_has_331_bytes() -> None:
    transfer = a_transfer(name="é" * 70, text="é" * 140)
    payload = epc_payload(transfer)
    assert 330 <= len(payload) <= 331
    assert payload.decode().split("\n")[5] == "é" * 70
    with pytest.raises(Invalid, match="bytes"):
        epc_payload(a_transfer(name="\U0001d50a" * 70, cents=1, bic="AGRIFRPP"))
