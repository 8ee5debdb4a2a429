"""Card, cheque and cash receipts wait in 511 for the bank line that brings them (sector.md §5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from acceptance.case import Case
from builders import a_credit, reported

from quitus.banking.codes import means_of, nature_of
from quitus.domain.movement import Nature


def told_as(code: str, *, credit: bool = True) -> dict[str, Any]:
    """What a bank's file says with this code."""
    return {"bank_code": code, "means": means_of(code), "nature": nature_of(credit, code)}


def waiting(case: Case) -> dict[str, int]:
    """What is in collection, by means."""
    return {item["means"]: item["amount_cents"] for item in case.get("/v1/dashboard")["in_collection"]}


def suspended(case: Case) -> list[str]:
    return [item["payment_id"] for item in case.get("/v1/payments", status="suspense")["items"]]


@pytest.mark.parametrize("plain_first", [True, False])
@pytest.mark.parametrize("code", ["04", "02", "PMNT/RCDT/ESCT"])
def test_what_names_a_lease_in_any_channel_brings_nothing_that_waits(code: str, plain_first: bool) -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "200.00")
    said = {"bank_reference": "DEP-1", "debtor_name": "STRIPE", **told_as(code)}
    named = {"virtual_iban": case.lease()["virtual_iban"]}
    told = [("cfonb120", {}), ("camt.053", named)]
    for channel, more in told if plain_first else reversed(told):
        case.report("200.00", "2026-11-04", channel=channel, **said, **more)
    case.settle()
    assert (case.balance(), waiting(case), suspended(case)) == ("0.00", {}, [])


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


def three_cards(case: Case) -> None:
    """425.75 in collection, by three card payments that the provider told of."""
    for lease_id, euros in (("L1", "100.00"), ("L2", "250.50"), ("L3", "75.25")):
        case.let(lease_id)
        case.receive(euros, "2026-11-02", lease_id=lease_id, channel="event:psp:demo", means="card")
    assert waiting(case) == {"card": 42575}


def a_transfer(case: Case, euros: str = "425.75", **said: Any) -> str:
    """An ordinary transfer of the 4th."""
    line = case.report(euros, "2026-11-04", **(told_as("PMNT/RCDT/ESCT") | said))
    case.settle()
    return line


def say(case: Case, line: str, *, clears: bool = True, **said: Any) -> Any:
    """A person says what a line of the bank's brings."""
    return case.ask("POST", f"/v1/payments/{line}/clearing", {"clears": clears, "reason": "seen"} | said)


def test_a_payout_by_transfer_of_the_landlords_own_card_provider_clears_511() -> None:
    case = Case()
    three_cards(case)
    a_transfer(case, debtor_name="Stripe Technology Europe Ltd", remittance="STRIPE PAYOUT")
    assert (waiting(case), suspended(case), proved(case, "2026-11-04")) == ({}, [], (0, 0, 42575))


@pytest.mark.parametrize("event_first", [True, False])
def test_a_payout_that_an_event_and_a_file_tell_is_one(event_first: bool) -> None:
    case = Case()
    three_cards(case)
    said: dict[str, Any] = {"debtor_name": "STRIPE TECHNOLOGY EUROPE", "bank_reference": "PO-1"}
    told: list[dict[str, Any]] = [{"channel": "event:bank:ca", "means": "transfer"}, {"channel": "camt.053"}]
    lines = {a_transfer(case, **said, **one) for one in (told if event_first else reversed(told))}
    assert [case.booked(line) for line in lines] == [{"512": 42575, "511": -42575}]
    assert (waiting(case), proved(case, "2026-11-04")) == ({}, (0, 0, 42575))


def test_a_card_payment_of_somebody_named_like_a_sender_waits_like_any_other() -> None:
    case = Case()
    line = case.report("50.00", "2026-11-04", channel="event:psp:demo", means="card", debtor_name="STRIPE")
    assert (case.booked(line), waiting(case)) == ({"511": 5000, "471": -5000}, {"card": 5000})


def test_a_batch_of_a_sender_waits_for_its_details_like_any_other() -> None:
    case = Case()
    line = case.report("100.00", "2026-11-04", debtor_name="STRIPE", awaiting_details=True, bank_reference="B-1")
    assert (case.payment(line)["status"], case.booked(line)) == ("pending", {})


def test_a_line_that_brings_values_is_no_payment_that_a_return_takes_back() -> None:
    case = Case()
    three_cards(case)
    line = a_transfer(case, "419.36", debtor_name="UN PRESTATAIRE", bank_reference="PO-9")
    assert say(case, line, kept_cents=639).status == 200
    told = told_as("PMNT/RCDT/RRTN", credit=False)
    back = case.report("-419.36", "2026-11-06", original_reference="PO-9", **told)
    case.settle()
    assert pending(case) == [back]


def test_a_corrected_fee_leaves_the_means_of_the_values() -> None:
    case = Case()
    case.let()
    case.record("425.75", "cheque", "2026-11-02")
    line = case.report("424.75", "2026-11-04", channel="cfonb120", **told_as("02"))
    answered = say(case, line, kept_cents=100).body["clearing"]
    assert (answered, waiting(case)) == ({"means": "cheque", "kept_cents": 100}, {})


def test_payouts_come_from_whom_the_landlord_says() -> None:
    senders = [{"names": ["PAYZEN"]}, {"ibans": ["FR14 2004 1010 0505 0001 3M02 606"], "means": "card"}]
    case = Case(payout_senders=senders)
    three_cards(case)
    a_transfer(case, "100.00", debtor_name="PAYZEN SAS")
    a_transfer(case, "325.75", debtor_iban="FR1420041010050500013M02606")
    other = a_transfer(case, "10.00", debtor_name="PAYZENITH")
    assert (waiting(case), suspended(case)) == ({}, [other])


def test_a_payouts_sender_that_names_a_lease_pays_it() -> None:
    case = Case()
    case.let()
    paid = case.receive("100.00", debtor_name="STRIPE")
    assert (case.payment(paid)["lease_id"], waiting(case)) == ("L1", {})


def test_a_further_channel_says_that_a_line_is_a_payout() -> None:
    case = Case()
    three_cards(case)
    line = a_transfer(case, channel="cfonb120", bank_reference=None)
    assert suspended(case) == [line]
    assert a_transfer(case, channel="camt.053", debtor_name="STRIPE", bank_reference=None) == line
    assert (waiting(case), suspended(case), proved(case, "2026-11-04")) == ({}, [], (0, 0, 42575))


def test_a_person_says_that_a_line_in_suspense_brings_what_waits() -> None:
    case = Case()
    three_cards(case)
    line = a_transfer(case, "419.36", debtor_name="UN PRESTATAIRE")
    assert say(case, line, kept_cents=639).body["clearing"] == {"means": "card", "kept_cents": 639}
    assert (waiting(case), suspended(case), proved(case, "2026-11-04")) == ({}, [], (0, 0, 41936))
    assert case.booked(line) == {"512": 41936, "471": 0, "627": 639, "511": -42575}


def test_who_erred_takes_it_back() -> None:
    case = Case()
    three_cards(case)
    line = a_transfer(case, "419.36", debtor_name="UN TIERS")
    assert say(case, line, kept_cents=639).status == 200
    assert say(case, line, clears=False).body["status"] == "suspense"
    assert (waiting(case), suspended(case), proved(case, "2026-11-04")) == ({"card": 42575}, [line], (41936, 0, 0))
    assert case.booked(line) == {"512": 41936, "471": -41936, "627": 0, "511": 0}
    assert case.ask("POST", f"/v1/payments/{line}/assign", {"lease_id": "L1", "reason": "seen"}).status == 200
    assert (case.payment(line)["lease_id"], proved(case, "2026-11-04")) == ("L1", (41936, 0, 0))
    assert line in listed(case)


def test_a_line_that_its_code_takes_for_a_deposit_may_be_a_tenants() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "200.00")
    line = case.report("200.00", "2026-11-04", **told_as("02"))
    assert waiting(case) == {"cheque": -20000}
    assert say(case, line, clears=False).status == 200
    assert (waiting(case), suspended(case)) == ({}, [line])
    assert case.ask("POST", f"/v1/payments/{line}/assign", {"lease_id": "L1", "reason": "seen"}).status == 200
    assert (case.settled(line), line in listed(case)) == ({"nov": "200.00"}, True)
    case.take_back(line, "2026-11-09", "200.00")
    assert (case.balance(), case.payment(line)["status"]) == ("200.00", "reversed")


def test_a_person_says_what_was_kept_of_a_payout_and_corrects_it() -> None:
    case = Case()
    three_cards(case)
    line = case.report("419.36", "2026-11-04", channel="cfonb120", **told_as("30"))
    assert waiting(case) == {"card": 639}
    assert say(case, line, kept_cents=700).status == 200
    assert say(case, line, kept_cents=639).status == 200
    assert say(case, line, kept_cents=639).body["error"]["code"] == "payment_clears_already"
    assert (waiting(case), case.booked(line)) == ({}, {"512": 41936, "627": 639, "511": -42575})


def test_the_fee_of_a_payout_is_booked_once_a_further_channel_tells_it() -> None:
    case = Case()
    three_cards(case)
    told = told_as("PMNT/MCRD/POSP") | {"bank_reference": "PO1"}
    line = case.report("419.36", "2026-11-04", channel="camt.054", **told)
    assert waiting(case) == {"card": 639}
    assert case.report("419.36", "2026-11-04", channel="camt.053", instructed_cents=42575, **told) == line
    assert (waiting(case), case.booked(line)) == ({}, {"512": 41936, "627": 639, "511": -42575})


def test_charges_beside_a_payout_are_its_fee() -> None:
    case = Case()
    three_cards(case)
    lines = [case.report("425.75", "2026-11-04", **told_as("PMNT/MCRD/POSP"))]
    lines.append(case.report("-6.39", "2026-11-04", nature=Nature.CLEARING, means="other", bank_reference=None))
    assert [case.booked(line) for line in lines] == [{"512": 42575, "511": -42575}, {"627": 639, "512": -639}]
    assert (waiting(case), proved(case, "2026-11-04")) == ({}, (0, 0, 41936))


def test_only_what_the_bank_brought_and_is_in_suspense_may_bring_what_waits() -> None:
    case = Case()
    three_cards(case)
    paid = case.receive("10.00")
    card = case.report("20.00", channel="event:psp:demo", means="card")
    codes = [say(case, one).body["error"]["code"] for one in (paid, card)]
    assert codes == ["payment_not_on_bank", "payment_not_on_bank"]
    assert say(case, paid, clears=False).body["error"]["code"] == "payment_not_clearing"
    line = a_transfer(case, "5.00")
    assert say(case, line, version=1).body["error"]["code"] == "payment_changed"
    path, body = f"/v1/payments/{line}/clearing", {"clears": True, "reason": "seen"}
    assert case.ask("POST", path, body, role="collections").status == 403
    assert [say(case, line, version=0).status for _ in range(2)] == [200, 409]


def listed(case: Case) -> list[str]:
    return [item["payment_id"] for item in case.get("/v1/payments")["items"]]


def days_money(case: Case, channel: str, message: str, *codes: str) -> None:
    """One message of a channel about the fourth: 450.00 for each code."""
    told = [
        a_credit(
            45_000,
            booking_date=date(2026, 11, 4),
            position=f"1.{place}",
            **told_as(code),
        )
        for place, code in enumerate(codes)
    ]
    case.office.post(*(reported(one, channel=channel, message=message) for one in told))
    case.settle()


@pytest.mark.parametrize("notice", ["PMNT/RCHQ/CCHQ", "PMNT/RCDT/ESCT"])
@pytest.mark.parametrize("codes", ["02 05", "05 02"])
def test_a_transfer_is_never_taken_for_an_equal_deposit_of_its_day(case: Case, notice: str, codes: str) -> None:
    case.let()
    case.record("450.00", "cheque", "2026-11-03")
    days_money(case, "camt.054", "N1", notice)
    days_money(case, "cfonb120", "S1", *codes.split())
    (transfer,) = suspended(case)
    assert case.payment(transfer)["means"] == "transfer"
    assert not sum(waiting(case).values())


@pytest.mark.parametrize("codes", [("PMNT/RCDT/ESCT", "15"), ("PMNT/RCHQ/CCHQ", "05"), ("PMNT/MCRD/UPCT", "05")])
@pytest.mark.parametrize("same", [{"end_to_end_id": "E2E-1"}, {"debtor_name": "JEAN B"}])
def test_one_movement_that_two_formats_code_differently_is_one(case: Case, codes: tuple[str, str], same: Any) -> None:
    for channel, code in zip(("camt.053", "cfonb120"), codes, strict=True):
        case.report("450.00", channel=channel, bank_reference=None, **same | told_as(code))
    case.office.state(date(2026, 11, 5), 0, 45_000, 0)
    (account,) = case.get("/v1/proof", date="2026-11-05")["accounts"]
    assert (account["status"], account["receipts_cents"] + account["other_cents"]) == ("proved", 45_000)
