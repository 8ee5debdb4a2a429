"""The ERP that fetches files."""

from __future__ import annotations

from unit.push_erp.scenes import an_entry

from quitus.adapters.erp_files import batch_csv
from quitus.domain.erp_batch import Feed, Notice, TakenBack, entry_item, notice_item, reversal_item


def test_an_entry_is_one_row_per_line_with_decimal_amounts() -> None:
    entry = an_entry("A")
    header, first, second = batch_csv(Feed.ENTRIES, [entry_item(("p", "s"), entry, "P1")]).splitlines()
    assert header.startswith("entry_id;lease_id;sequence;kind;payment_id;booking_date;account;auxiliary;label;debit;")
    assert first == f"A-1;A;1;receipt;P1;2026-11-05;512;;Banque;450.00;0.00;{entry.hash};"
    assert second == f"A-1;A;1;receipt;P1;2026-11-05;411;A;Locataire;0.00;450.00;{entry.hash};"


def test_a_text_that_looks_like_a_formula_is_quoted() -> None:
    text = batch_csv(Feed.VIRTUAL_IBANS, [notice_item(("p", "s"), Notice("A", "FR76", "BIC", "=CMD()", "RF18"))])
    assert text.splitlines()[1] == "A;FR76;BIC;'=CMD();RF18"


def test_an_id_goes_back_as_the_erp_gave_it() -> None:
    text = batch_csv(Feed.VIRTUAL_IBANS, [notice_item(("p", "s"), Notice("-A", "FR76", "BIC", "SEMIGA", "RF18"))])
    assert text.splitlines()[1] == "-A;FR76;BIC;SEMIGA;RF18"


def test_what_went_back_is_a_row_with_its_reason() -> None:
    taken = TakenBack("R1", "P1", "L1", 61240, "2026-05-08", "=AM04")
    header, row = batch_csv(Feed.REVERSALS, [reversal_item(("p", "s"), taken)]).splitlines()
    assert header == "reversal_id;payment_id;lease_id;amount;booking_date;reason"
    assert row == "R1;P1;L1;612.40;2026-05-08;'=AM04"
