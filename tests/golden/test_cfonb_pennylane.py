"""The CFONB 120 fixtures of pennylane-hq/cfonb: one good file, one extract, seven with a deliberate error."""

from __future__ import annotations

import pytest
from golden.corpora import CORPORA, codes_of, needs_corpora, read_sample

pytestmark = needs_corpora

FOLDER = CORPORA / "cfonb-pennylane"


def test_two_statements_that_close() -> None:
    understood = read_sample(FOLDER / "example.txt")
    balances = [statement.balances for statement, _ in understood.statements]
    assert [(balance.opening_cents, balance.closing_cents) for balance in balances] == [
        (-19040, -24121),
        (-24121, -16372),
    ]
    assert [[movement.amount_cents for movement in movements] for _, movements in understood.statements] == [
        [-3221, -1070, -790],
        [9749, -1210, -790],
    ]
    assert codes_of(understood) == set()


def test_complements_are_told_apart_by_qualifier() -> None:
    ((_, (first, *_)), _) = read_sample(FOLDER / "example.txt").statements
    assert first.debtor_name == "INTERNET SFR"
    assert first.remittance == "MENSUEAUHTR13133 MENSUEAUHTR13DUP"
    assert first.end_to_end_id == "OTHER REFERENCE"
    assert first.batch_references == ("REFERENCE",)
    assert first.bank_code == "B1"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("end_of_statement_without_beginning.txt", "unstarted_statement"),
        ("invalid_date.txt", "bad_date"),
        ("new_statement_without_previous_ended.txt", "unfinished_statement"),
        ("operation.txt", "movement_outside_statement"),
        ("operation_already_defined.txt", "movement_outside_statement"),
        ("operation_out_of_statement.txt", "movement_outside_statement"),
        ("operation_detail_without_operation.txt", "unstarted_movement"),
        ("operation_unstarted.txt", "unstarted_movement"),
    ],
)
def test_each_structure_error_has_its_reason(name: str, reason: str) -> None:
    assert reason in codes_of(read_sample(FOLDER / name))
