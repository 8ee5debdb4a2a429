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


def a_card_payment(case: Case, source: str = "psp:demo") -> str:
    """A payment of 300.00 by card, and the bank's line that brings it."""
    case.let()
    case.call("nov", "rent", "2026-11-10", "300.00")
    paid = case.receive("300.00", "2026-11-02", channel=f"event:{source}", means="card")
    case.report("300.00", "2026-11-03", channel="cfonb120", **told_as("30"))
    return paid


def charged_back(case: Case, euros: str = "300.00", on: str = "2026-11-08") -> str:
    """The bank's own line of a chargeback, which says nothing but that a card payment came back."""
    told = told_as("38", credit=False)
    return case.report(f"-{euros}", on, channel="cfonb120", bank_reference=None, **told)


def pending(case: Case) -> list[str]:
    return [item["payment_id"] for item in case.get("/v1/payments", status="pending")["items"]]


def proved(case: Case, day: str) -> tuple[int, int, int]:
    """What the ledger holds of a day on the bank account: receipts, reversals, neither."""
    (account,) = case.get("/v1/proof", date=day)["accounts"]
    return account["receipts_cents"], account["reversals_cents"], account["other_cents"]


@pytest.mark.parametrize("source", ["psp:demo", "psp:stripe"])
@pytest.mark.parametrize("bank_first", [False, True])
def test_a_chargeback_that_the_provider_and_the_bank_tell_is_one_reversal(source: str, bank_first: bool) -> None:
    case = Case()
    paid = a_card_payment(case, source)
    if bank_first:
        line = charged_back(case)
    case.take_back(paid, "2026-11-06", "300.00", "fraud", kind="chargeback", means="card")
    if not bank_first:
        line = charged_back(case)
    case.settle()
    assert (waiting(case), pending(case), case.balance()) == ({}, [], "300.00")
    assert case.reversed(paid) == ("reversed", [("2026-11-06", "300.00", "fraud")])
    assert (case.payment(line)["reverses"], proved(case, "2026-11-08")) == (paid, (0, 30000, 0))


def test_a_bank_line_of_a_chargeback_takes_no_payment_back_for_its_amount() -> None:
    case = Case()
    paid = a_card_payment(case)
    line = charged_back(case)
    case.settle()
    assert (pending(case), case.payment(paid)["status"]) == ([line], "posted")


def test_each_of_two_bank_lines_is_of_one_chargeback() -> None:
    case = Case()
    paid = a_card_payment(case)
    case.take_back(paid, "2026-11-06", "300.00", "fraud", kind="chargeback", means="card")
    charged_back(case)
    second = charged_back(case, on="2026-11-09")
    case.settle()
    assert (waiting(case), pending(case)) == ({}, [second])


def test_a_person_says_which_chargeback_a_bank_line_is_of() -> None:
    case = Case()
    paid = a_card_payment(case)
    case.take_back(paid, "2026-11-06", "300.00", "fraud", kind="chargeback", means="card")
    line = charged_back(case, "315.00")
    case.settle()
    assert pending(case) == [line]
    body = {"payment_id": paid, "reason": "seen", "fee_cents": 1500}
    assert case.ask("POST", f"/v1/payments/{line}/original", body).status == 200
    assert (waiting(case), pending(case), case.balance()) == ({}, [], "300.00")
    assert proved(case, "2026-11-08") == (0, 30000, -1500)
    assert case.payment(line)["match"]["rule"] == "person"
