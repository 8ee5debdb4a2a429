"""`scripts/read-bank-file`: the shape and the exit codes of the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.banking.camt_files import ACCOUNT, VIRTUAL, a_detail, a_statement, an_entry

from quitus.banking.read_bank_file import main

CONTRACT_MOVEMENT = {
    "amount_cents": 45000,
    "status": "booked",
    "booking_date": "2026-11-23",
    "value_date": None,
    "virtual_iban": VIRTUAL,
    "virtual_iban_path": "TxDtls/RltdPties/CdtrAcct/Id/IBAN",
    "bank_reference": "B-1",
    "end_to_end_id": "E-1",
    "debtor_name": "Jeanne Petit",
    "debtor_iban": None,
    "remittance": "LOYER NOVEMBRE",
    "bank_code": "PMNT/RCDT/ESCT",
    "return_reason": None,
}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "whatever.dat"
    entry = an_entry(a_detail(references={"EndToEndId": "E-1"}), bank_reference="B-1")
    path.write_bytes(a_statement(entry).bytes())
    return path


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    written = capsys.readouterr()
    assert written.err == ""
    data: dict[str, Any] = json.loads(written.out)
    return data


def test_a_clean_file(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(sample)]) == 0
    data = answer(capsys)
    (statement,) = data["statements"]
    (movement,) = statement.pop("movements")
    assert (data["format"], data["problems"]) == ("camt.053", [])
    assert {key: movement[key] for key in CONTRACT_MOVEMENT} == CONTRACT_MOVEMENT
    assert {key: statement[key] for key in ("account", "statement_id", "from", "to")} == {
        "account": ACCOUNT,
        "statement_id": "S-1",
        "from": "2026-11-23",
        "to": "2026-11-23",
    }
    assert (statement["opening_cents"], statement["closing_cents"], statement["problems"]) == (100000, 145000, [])


def test_a_file_with_problems(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample.write_bytes(sample.read_bytes().replace(b"1450.00", b"1450.01"))
    assert main(["--json", str(sample)]) == 1
    data = answer(capsys)
    assert data["problems"] == []
    assert [problem["code"] for problem in data["statements"][0]["problems"]] == ["balance_mismatch"]


def test_a_refused_file(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample.write_bytes(sample.read_bytes()[:-50])
    assert main(["--json", str(sample)]) == 2
    data = answer(capsys)
    assert (data["format"], data["statements"]) == ("camt.053", [])
    assert [problem["code"] for problem in data["problems"]] == ["truncated"]


def test_a_table_for_people(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample.write_bytes(sample.read_bytes().replace(b"LOYER", "LOYER \u202e&#9;\u200b".encode()))
    assert main([str(sample)]) == 0
    table = capsys.readouterr().out
    assert "2026-11-23" in table
    assert "450.00" in table
    assert VIRTUAL in table
    assert all(char.isprintable() or char == "\n" for char in table)


def test_a_profile_is_chosen_by_name(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--profile", "structured", str(sample)]) == 0
    assert answer(capsys)["statements"][0]["movements"][0]["virtual_iban"] == VIRTUAL


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing.xml")]) == 2
    assert "nothing.xml" in capsys.readouterr().err
