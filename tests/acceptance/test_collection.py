"""Card, cheque and cash receipts wait in 511 for the bank line that brings them (sector.md §5)."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case

from quitus.banking.codes import means_of, nature_of


def told_as(code: str, *, credit: bool = True) -> dict[str, Any]:
    """What a bank's file says with this code."""
    return {"bank_code": code, "means": means_of(code), "nature": nature_of(credit, code)}


def waiting(case: Case) -> dict[str, int]:
    """What is in collection, by means."""
    return {item["means"]: item["amount_cents"] for item in case.get("/v1/dashboard")["in_collection"]}


def suspended(case: Case) -> list[str]:
    return [item["payment_id"] for item in case.get("/v1/payments", status="suspense")["items"]]


@pytest.mark.parametrize(("channel", "code"), [("cfonb120", "04"), ("camt.053", "PMNT/CNTR/CDPT")])
def test_cash_that_was_recorded_is_brought_by_its_deposit(channel: str, code: str) -> None:
    case = Case()
    case.let()
    case.record("200.00", "cash", "2026-11-03")
    assert waiting(case) == {"cash": 20000}
    case.report("200.00", "2026-11-04", channel=channel, **told_as(code))
    assert (waiting(case), suspended(case), case.credit()) == ({}, [], "200.00")


def test_cash_that_a_tenant_pays_in_on_the_virtual_iban_is_a_receipt() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "200.00")
    assert case.settled(case.receive("200.00", "2026-11-04", **told_as("04"))) == {"nov": "200.00"}
    assert (waiting(case), case.balance()) == ({}, "0.00")
