"""Entries balance, are chained and can be verified by an outsider."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from builders import DAY
from hypothesis import example, given
from hypothesis import strategies as st

from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, hashed_fields, mirrored, seal

CHART = Chart()
LINES = (CHART.debit(Role.BANK, 45000), CHART.credit(Role.TENANTS, 45000, "L1"))
ENTRY = Entry("P-1", "L1", 1, EntryKind.RECEIPT, DAY, LINES, None)


def test_an_outsider_can_verify_the_hash_from_what_the_erp_gets() -> None:
    sealed = seal(ENTRY)
    text = json.dumps(hashed_fields(sealed), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sealed.hash == hashlib.sha256(text.encode()).hexdigest()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(10**15), 10**15))
@example('\x00\x07\b\t\n\x0b\f\r\x1f "\\/\x7f\x80\u2028\ufeff🏠', 0)
def test_whatever_is_written_in_it_json_without_blanks_is_what_is_hashed(text: str, cents: int) -> None:
    lines = (Line("512", None, text, cents, 0), Line("411", text, "", 0, cents))
    held = seal(replace(ENTRY, entry_id=text, lines=lines))
    told = json.dumps(hashed_fields(held), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert held.hash == hashlib.sha256(told.encode()).hexdigest()


def test_any_change_breaks_the_hash() -> None:
    assert seal(replace(ENTRY, sequence=2)).hash != seal(ENTRY).hash
    assert seal(replace(ENTRY, previous_hash="00")).hash != seal(ENTRY).hash


def test_an_entry_that_does_not_balance_is_refused() -> None:
    with pytest.raises(ValueError, match="does not balance"):
        seal(replace(ENTRY, lines=(*LINES, CHART.debit(Role.BANK, 1))))


def test_taking_back_swaps_the_sides() -> None:
    assert mirrored(LINES)[0] == Line("512", None, "Banque", 0, 45000)


def test_the_landlords_own_numbers_are_used() -> None:
    assert Chart({"bank": "512100"}).debit(Role.BANK, 1).account == "512100"
