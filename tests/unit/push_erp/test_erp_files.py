"""The ERP that fetches files."""

from __future__ import annotations

from unit.push_erp.scenes import an_entry

from quitus.adapters.erp_files import batch_csv
from quitus.domain.erp_batch import (
    Feed,
    IssuedIban,
    TakenBack,
    entry_item,
    issued_iban_item,
    numbered_item,
    reversal_item,
)


def test_an_entry_is_one_row_per_line_with_decimal_amounts() -> None:
    entry = an_entry("A")
    header, first, second = batch_csv(Feed.ENTRIES, [entry_item(("p", "s"), entry, "P1")]).splitlines()
    assert header.startswith("entry_id;lease_id;sequence;kind;payment_id;booking_date;account;auxiliary;label;debit;")
    assert first == f"A-1;A;1;receipt;P1;2026-11-05;512;;Banque;450.00;0.00;{entry.hash};"
    assert second == f"A-1;A;1;receipt;P1;2026-11-05;411;A;Locataire;0.00;450.00;{entry.hash};"


def test_a_text_that_looks_like_a_formula_is_quoted() -> None:
    text = batch_csv(
        Feed.VIRTUAL_IBANS, [issued_iban_item(("p", "s"), IssuedIban("A", "FR76", "BIC", "=CMD()", "RF18"))]
    )
    assert text.splitlines()[1] == "A;FR76;BIC;'=CMD();RF18;"


def test_an_id_goes_back_as_the_erp_gave_it() -> None:
    text = batch_csv(
        Feed.VIRTUAL_IBANS, [issued_iban_item(("p", "s"), IssuedIban("-A", "FR76", "BIC", "SEMIGA", "RF18"))]
    )
    assert text.splitlines()[1] == "-A;FR76;BIC;SEMIGA;RF18;"


def test_what_went_back_is_a_row_with_its_reason() -> None:
    taken = TakenBack("R1", "P1", "L1", 61240, "2026-05-08", "=AM04")
    header, row = batch_csv(Feed.REVERSALS, [reversal_item(("p", "s"), taken)]).splitlines()
    assert header == "reversal_id;payment_id;lease_id;amount;booking_date;reason"
    assert row == "R1;P1;L1;612.40;2026-05-08;'=AM04"


def test_a_receipt_is_a_row_as_it_stands() -> None:
    said = {"payment_id": "P1", "number": 2, "status": "reversed", "lease_id": "L1", "amount_cents": 45000}
    said |= {"left_cents": 0, "booking_date": "2026-11-05", "value_date": None, "means": "transfer"}
    said |= {"debtor_name": "=CMD()", "remittance": "LOYER", "end_to_end_id": None, "bank_reference": "BR-1"}
    header, row = batch_csv(Feed.RECEIPTS, [numbered_item(("p", "s"), said)]).splitlines()
    assert header.startswith("payment_id;number;status;lease_id;amount;left;booking_date;value_date;means;debtor_name;")
    assert row == "P1;2;reversed;L1;450.00;0.00;2026-11-05;;transfer;'=CMD();LOYER;;BR-1"


def test_what_a_payment_settles_is_a_row_per_due_and_one_for_its_credit() -> None:
    due = {"lease_id": "L2", "due_id": "nov", "amount_cents": 45000, "rule": "oldest_due"}
    said = {"payment_id": "P1", "number": 1, "lease_id": "L1", "allocations": [due], "credit_cents": 500}
    header, *rows = batch_csv(Feed.ALLOCATIONS, [numbered_item(("p", "s"), said)]).splitlines()
    assert header == "payment_id;number;lease_id;due_id;amount;rule"
    assert rows == ["P1;1;L2;nov;450.00;oldest_due", "P1;1;L1;;5.00;"]
