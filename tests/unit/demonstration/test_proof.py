from dataclasses import replace
from typing import Any

from unit.demonstration.scenes import a_scene

from demonstration.bank import FORMER, RENTS
from demonstration.proof import (
    Entry,
    Proof,
    account_proof,
    balances,
    bank_sides,
    compare,
    exported_entries,
    out_of_step,
)

EXPORT = """\
entry_id;booking_date;kind;lease_id;sequence;payment_id;rule;account;auxiliary;label;debit;credit;hash;previous_hash\r
p1-1;2026-11-06;receipt;L-1;1;p1;virtual_iban;512;;Banque;450.00;0.00;aa;\r
p1-1;2026-11-06;receipt;L-1;1;p1;virtual_iban;411;L-1;Locataire;0.00;430.00;aa;\r
p1-1;2026-11-06;receipt;L-1;1;p1;virtual_iban;4195;L-1;Avance locataire;0.00;20.00;aa;\r
p2-1;2026-11-06;receipt;L-1;2;p2;virtual_iban;512;;Banque;10.01;0.00;bb;aa\r
p2-1;2026-11-06;receipt;L-1;2;p2;virtual_iban;411;L-1;Locataire;0.00;10.01;bb;aa\r
p3-1;2026-11-06;receipt;;1;p3;;512;;Banque;7.00;0.00;cc;\r
p3-1;2026-11-06;receipt;;1;p3;;471;;Compte d'attente;0.00;7.00;cc;\r
""".encode("utf-8-sig")


def _answers(**changes: Any) -> list[dict[str, Any]]:
    """What `GET /v1/proof` says of each day when all is well; changes go to the last account of the last day."""
    scene = a_scene()
    answers: list[dict[str, Any]] = []
    for day in scene.month.bank_days:
        accounts = [
            {
                "account_iban": statement.account,
                "status": "proved",
                "opening_cents": statement.opening_cents,
                "closing_cents": statement.closing_cents,
                "receipts_cents": sum(entry.cents for entry in statement.entries if entry.cents > 0),
                "reversals_cents": 0,
                "other_cents": sum(entry.cents for entry in statement.entries if entry.cents < 0),
                "difference_cents": 0,
            }
            for statement in scene.statements
            if statement.day == day
        ]
        answers.append({"date": day.isoformat(), "accounts": accounts})
    answers[-1]["accounts"][-1] |= changes
    return answers


def _proof(answers: list[dict[str, Any]]) -> Proof:
    accounts = tuple(account_proof(side, answers) for side in bank_sides(a_scene().statements))
    received = sum(account.receipts_cents for account in accounts)
    return Proof(accounts, compare({"512": received}, {"512": received}), received, 0)


def test_the_banks_files_are_summed_per_account() -> None:
    sides = bank_sides(a_scene().statements)
    assert [side.account for side in sides] == [RENTS.iban, FORMER.iban]
    assert all(side.opening_cents + side.credits_cents - side.debits_cents == side.closing_cents for side in sides)


def test_books_that_say_what_the_bank_says_are_equal() -> None:
    assert _proof(_answers()).is_equal


def test_a_cent_less_in_the_ledger_is_not_equal() -> None:
    last = _answers()[-1]["accounts"][-1]
    assert not _proof(_answers(receipts_cents=last["receipts_cents"] - 1)).is_equal


def test_a_residual_hidden_in_other_shows_in_the_erp() -> None:
    proof = _proof(_answers())
    assert not replace(proof, books=compare({"512": 100}, {"512": 99})).is_equal
    assert not replace(proof, bank_in_ledger_cents=proof.receipts_cents - 1).is_equal


def test_a_day_that_awaits_its_statement_is_not_proved() -> None:
    proof = _proof(_answers(status="awaiting_statement", closing_cents=None))
    assert not proof.is_equal
    assert any("awaiting_statement" in difference for account in proof.accounts for difference in account.differences)


def test_an_export_is_read_entry_by_entry() -> None:
    entries = exported_entries(EXPORT)
    assert [entry.entry_id for entry in entries] == ["p1-1", "p2-1", "p3-1"]
    assert balances(entries) == {"512": 46_701, "411": -44_001, "4195": -2_000, "471": -700}


def test_missing_doubled_and_disordered_entries_are_out_of_step() -> None:
    first, second = Entry("a", "L-1", 1, ()), Entry("b", "L-1", 2, ())
    assert out_of_step([first, second], [first, second]) == 0
    assert out_of_step([first, second], [first]) > 0
    assert out_of_step([first, second], [first, second, second]) > 0
    assert out_of_step([first, second], [second, first]) > 0
    assert out_of_step([first], [first, second]) > 0
