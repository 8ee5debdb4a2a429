"""Rules of single rows: each that is broken refuses its row alone, with its reason."""

from __future__ import annotations

import pytest
from unit.erp.office import DUE_HEADER, LEASE_HEADER, Office, a_file, a_lease_line

A_DUE = "D1;L1;rent;2026-11;2026-12-10;450.00;Loyer"
A_PARTY = "L1;P1;cotenant;Alex Roux;;;33.33;2026-01-01;"
PARTY_HEADER = "lease_id;party_id;role;name;email;phone;share_percent;from_date;to_date"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "closed"}, "invalid_choice"),
        ({"status": ""}, "missing_value"),
        ({"start_date": "01/01/2020"}, "invalid_date"),
        ({"start_date": "2020-02-30"}, "invalid_date"),
        ({"end_date": "2019-12-31"}, "invalid_date"),
        ({"unit_kind": "castle"}, "invalid_choice"),
        ({"residence_id": "R 1"}, "invalid_id"),
        ({"holder_email": "nobody"}, "invalid_email"),
        ({"e_receipt_consent": "maybe"}, "invalid_choice"),
        ({"language": "français"}, "invalid_choice"),
        ({"holder_name": "A\x07B"}, "invalid_text"),
        ({"holder_name": "A" * 300}, "invalid_text"),
    ],
)
def test_a_wrong_lease_is_refused_alone(changes: dict[str, str], reason: str) -> None:
    office = Office()
    lines = [a_lease_line("L1", **changes), a_lease_line("L2")]
    assert office.load(a_file("leases", LEASE_HEADER, lines)) == {"L1": ("refused", reason), "L2": ("accepted", "")}


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("yes", True), ("OUI", True), ("non", False), ("", False)]
)
def test_booleans(written: str, meant: bool) -> None:
    office = Office()
    office.leases("L1", e_receipt_consent=written)
    assert office.lease().e_receipt_consent is meant


def test_an_id_may_hold_letters_digits_and_three_signs_only() -> None:
    office = Office()
    results = office.leases("B-0042_7.a", "L/1", "é", "x" * 65)
    assert [status for status, _ in results.values()] == ["accepted", "refused", "refused", "refused"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (A_DUE.replace("2026-11;", "2026-13;"), "invalid_period"),
        (A_DUE.replace("rent", "water"), "invalid_choice"),
        (A_DUE.replace("450.00", "450.001"), "invalid_amount"),
        (A_DUE.replace("450.00", "abc"), "invalid_amount"),
        (A_DUE.replace("450.00", ""), "missing_value"),
        (A_DUE.replace("rent", "aid_apl"), "aid_not_negative"),
        (A_DUE.replace("L1", "L9"), "unknown_lease"),
        (A_DUE.replace("2026-12-10", "20261210"), "invalid_date"),
        (f"{A_DUE};x", "wrong_cell_count"),
    ],
)
def test_a_wrong_due_is_refused_alone(line: str, reason: str) -> None:
    office = Office()
    office.leases("L1")
    control = "450.00" if "450.00" in line and "450.001" not in line else "0.00"
    assert office.load(a_file("dues", DUE_HEADER, [line], control=control)) == {"D1": ("refused", reason)}
    assert office.account().version == 1


def test_the_second_row_of_a_key_is_refused() -> None:
    office = Office()
    assert office.applier() is not None
    content = a_file("leases", LEASE_HEADER, [a_lease_line("L1"), a_lease_line("L1", holder_name="Alex")])
    for message in office.messages(content, "F1"):
        office.applier().apply(message)
    assert office.notebook.acknowledged["F1.csv"].splitlines()[1:] == ["3;L1;accepted;", "4;L1;refused;duplicate_row"]
    assert office.lease().holder_name == "Camille Roux"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (A_PARTY.replace("33.33", "100.01"), "invalid_share"),
        (A_PARTY.replace("33.33", "1/3"), "invalid_share"),
        (A_PARTY.replace("cotenant", "cousin"), "invalid_choice"),
        (A_PARTY.replace("2026-01-01;", "2026-01-01;2025-01-01"), "invalid_date"),
    ],
)
def test_a_wrong_party_is_refused_alone(line: str, reason: str) -> None:
    office = Office()
    office.leases("L1")
    assert office.load(a_file("parties", PARTY_HEADER, [line]), "P") == {"L1/P1": ("refused", reason)}


def test_a_balance_that_differs_is_an_alert_and_one_that_agrees_closes_it() -> None:
    office = Office()
    office.leases("L1")
    header = "lease_id;as_of;amount"
    different = a_file("balances", header, ["L1;2026-11-05;12.00"], 1, "12.00")
    assert office.load(different, "B1") == {"L1": ("accepted", "")}
    assert office.alerts() == [("balance_difference", "L1")]
    assert office.load(different, "B2") == {"L1": ("unchanged", "")}
    office.load(a_file("balances", header, ["L1;2026-11-06;0.00"], 2, "0.00"), "B3")
    assert office.alerts() == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("FR7630006000011234567890188;AGRIFRPP;S", "invalid_iban"),
        ("DE89370400440532013000;AGRIFRPP;S", "invalid_iban"),
        ("FR7630006000011234567890189;AGRI;S", "invalid_bic"),
        ("FR7630006000011234567890189;AGRIFRPP;", "missing_value"),
    ],
)
def test_a_wrong_pool_account_is_refused_alone(line: str, reason: str) -> None:
    office = Office()
    assert set(office.load(a_file("virtual_ibans", "iban;bic;payee_name", [line]), "V").values()) == {
        ("refused", reason)
    }
