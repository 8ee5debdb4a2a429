"""The ERP that fetches files."""

from __future__ import annotations

from unit.push_erp.scenes import an_entry

from quitus.adapters.erp_files import batch_csv
from quitus.domain.erp_batch import Feed, Notice, entry_item, notice_item


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
