"""What the stack's alarms count: an alert is one log line with its kind and ids, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import a_credit, a_landlord, a_poster, a_table_with, a_virtual_iban, an_account, reported

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.alert import Alert, AlertKind
from quitus.domain.views import alert_kinds

LANDLORD, LEASE = a_landlord(), a_virtual_iban(1)


def test_an_alert_is_logged_once_by_ids_only(caplog: pytest.LogCaptureFixture) -> None:
    alerts = AlertRows(MemoryTable())
    for _ in range(2):
        alerts.alert("semiga", Alert(AlertKind.FILE_QUARANTINED, "f1", {"reason": "truncated"}), "2026-11-05T09:30:00")
    (logged,) = [vars(line) for line in caplog.records]
    assert (logged["alert_kind"], logged["landlord_id"], logged["subject"]) == ("file_quarantined", "semiga", "f1")


def test_an_entry_that_was_tampered_with_breaks_the_chain_and_shows() -> None:
    table = a_table_with(LANDLORD, [(LEASE, an_account())])
    ledger = LedgerRows(table)
    (placed,) = a_poster(table).post(LANDLORD, [reported(a_credit(45000, LEASE))])
    payment = ledger.payment("semiga", placed.posted.payment_id)
    assert AlertKind.CHAIN_BREAK not in alert_kinds(payment)
    tampered = replace(payment.entries[0], sequence=7)
    assert AlertKind.CHAIN_BREAK in alert_kinds(replace(payment, entries=(tampered,)))
