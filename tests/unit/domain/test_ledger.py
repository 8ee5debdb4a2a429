"""Entries balance, are chained and can be verified by an outsider."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from builders import DAY

from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, hashed_fields, mirrored, seal

CHART = Chart()
LINES = (CHART.debit(Role.BANK, 45000), CHART.credit(Role.TENANTS, 45000, "L1"))
ENTRY = Entry("P-1", "L1", 1, EntryKind.RECEIPT, DAY, LINES, None)


def test_an_outsider_can_verify_the_hash_from_what_the_erp_gets() -> None:
    sealed = seal(ENTRY)
    text = json.dumps(hashed_fields(sealed), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sealed.hash == hashlib.sha256(text.encode()).hexdigest()


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
