"""Case 13 of sector.md §7, its end: a credit is paid back, by two people, to a verified account, aids left out."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case, erp_worker, refund_settler

from quitus.adapters.alert_rows import AlertRows
from quitus.domain.errors import Contention
from quitus.domain.money import parse_euros
from quitus.services.erp_files import ErpKind
from quitus.services.erp_rows import record_of
from quitus.services.leases import Fate, Origin
from quitus.services.spend_credits import CreditSpender

IBAN = "FR76 3000 4000 0312 3456 7890 143"
PLAIN = "FR7630004000031234567890143"
WHY = "double paiement"


@pytest.fixture
def case() -> Case:
    """A tenant who paid twice: 450.00 in credit."""
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    case.receive("450.00", "2026-11-03", debtor_iban=PLAIN, debtor_name="CAMILLE ROUX")
    case.receive("450.00", "2026-11-04", debtor_iban=PLAIN, debtor_name="CAMILLE ROUX")
    return case


def request(case: Case, euros: str = "450.00", role: str = "accountant", iban: str = IBAN, lease_id: str = "L1") -> Any:
    body = {"amount_cents": parse_euros(euros), "iban": iban, "account_holder": "Camille Roux", "reason": WHY}
    return case.ask("POST", f"/v1/leases/{lease_id}/refunds", body, role=role)


def decide(case: Case, refund: Any, decision: str = "approve", role: str = "admin", **fields: Any) -> Any:
    body = {"decision": decision, "version": refund["version"], "reason": "vu"} | fields
    return case.ask("POST", f"/v1/refunds/{refund['refund_id']}/decision", body, role=role)


def cancel(case: Case, refund: Any, role: str = "accountant") -> Any:
    body = {"version": refund["version"], "reason": "le locataire préfère garder l'avance"}
    return case.ask("POST", f"/v1/refunds/{refund['refund_id']}/cancel", body, role=role)


def code(answered: Any) -> tuple[int, str]:
    return answered.status, answered.body["error"]["code"]


def on_account(case: Case, number: str) -> int:
    """The balance of an account of the books over everything that was booked (> 0: debit)."""
    keys = [key for key in case.office.table.rows if "#entries#" in key.pk]
    lines = [line for key in keys for line in case.office.table.rows[key]["lines"]]
    return sum(debit - credit for account, _, _, debit, credit in lines if account == number)


def test_case_13_two_people_and_the_banks_line(case: Case) -> None:
    asked = request(case)
    assert (asked.status, asked.body["status"], asked.body["iban"], asked.body["iban_known"]) == (
        201,
        "requested",
        PLAIN,
        True,
    )
    for decision in ("approve", "reject"):
        assert code(decide(case, asked.body, decision, role="accountant")) == (409, "refund_needs_second_person")
    approved = decide(case, asked.body)
    assert (approved.status, approved.body["status"], approved.body["iban_check"]) == (200, "approved", "known_payer")
    assert (case.balance(), case.credit(), on_account(case, "471")) == ("0.00", "0.00", -45000)
    case.holds()

    name = approved.body["refund_id"]
    line = case.report("-450.00", "2026-11-06", nature="other", end_to_end_id=name)
    case.settle()
    paid = case.get(f"/v1/refunds/{name}")
    assert (paid["status"], paid["payment_id"]) == ("paid", line)
    assert (on_account(case, "471"), on_account(case, "512")) == (0, 45000)
    (account,) = case.get("/v1/proof", date="2026-11-06")["accounts"]
    assert (account["other_cents"], account["receipts_cents"], account["reversals_cents"]) == (-45000, 0, 0)
    assert [item["status"] for item in case.get("/v1/payments")["items"]] == ["posted", "posted"]
    assert case.get("/v1/dashboard")["total_cents"] == 90000
    acts = [act["action"] for act in case.get("/v1/audit")["items"]]
    assert {"request_refund", "refund_approved"} <= set(acts)
    case.holds()


def test_the_credit_is_held_while_the_request_waits(case: Case) -> None:
    refund = request(case, "300.00").body
    case.call("dec", "rent", "2026-12-10", "450.00")
    assert (case.still_open(), case.credit()) == ({"dec": "300.00"}, "300.00")
    assert case.lease()["held_cents"] == 30000
    assert code(request(case, "0.01")) == (409, "refund_exceeds_credit")
    case.holds()
    rejected = decide(case, refund, "reject")
    assert (rejected.body["status"], case.still_open(), case.credit()) == ("rejected", {}, "0.00")
    case.holds()


@pytest.mark.parametrize("euros", ["450.01", "900.00"])
def test_never_more_than_the_credit(case: Case, euros: str) -> None:
    refused = request(case, euros)
    assert code(refused) == (409, "refund_exceeds_credit")
    assert refused.body["error"]["detail"]["credit_cents"] == 45000


def test_what_aids_left_is_no_tenants_money_to_have_back() -> None:
    case = Case()
    case.let()
    case.call("oct", "rent", "2026-10-10", "200.00")
    case.call("apl", "aid_apl", "2026-10-10", "-260.00")
    case.receive("30.00", "2026-11-04")
    assert case.credit() == "90.00"
    assert code(request(case, "30.01")) == (409, "refund_exceeds_credit")
    assert request(case, "30.00").status == 201
    case.report("190.00", means="caf", virtual_iban=case.lease()["virtual_iban"], debtor_name="CAF")
    assert code(request(case, "0.01")) == (409, "refund_exceeds_credit")


def test_what_aids_paid_of_a_due_that_was_cancelled_is_no_tenants_money_either() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-05", "500.00")
    case.call("apl", "aid_apl", "2026-11-05", "-190.00")
    case.receive("310.00", "2026-11-04")
    case.call("nov", "rent", "2026-11-05", "400.00")
    assert case.credit() == "100.00", "the aid still pays what is called: this is the tenant's"
    case.call("nov", "rent", "2026-11-05", "0.00")
    assert case.credit() == "500.00"
    assert code(request(case, "310.01")) == (409, "refund_exceeds_credit")
    assert request(case, "310.00").status == 201


def test_what_aids_paid_stays_aids_money_through_another_due() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-05", "190.00")
    case.call("apl", "aid_apl", "2026-11-05", "-190.00")
    case.call("nov", "rent", "2026-11-05", "0.00")
    case.call("dec", "rent", "2026-12-05", "190.00")
    case.call("dec", "rent", "2026-12-05", "40.00")
    assert case.credit() == "150.00"
    assert code(request(case, "0.01")) == (409, "refund_exceeds_credit")


def test_an_account_that_nobody_knows_is_answered_for_by_the_second_person(case: Case) -> None:
    other = "FR1420041010050500013M02606"
    refund = request(case, "100.00", iban=other).body
    assert refund["iban_known"] is False
    assert code(decide(case, refund)) == (409, "iban_not_verified")
    approved = decide(case, refund, iban_remark="RIB au nom du locataire, rappel téléphonique")
    assert (approved.body["iban_check"], approved.body["status"]) == ("confirmed", "approved")


MINE = "FR1420041010050500013M02606"


def test_an_account_that_paid_something_else_of_the_lease_is_not_known(case: Case) -> None:
    case.call("dec", "rent", "2026-12-10", "550.00")
    case.receive("100.00", debtor_iban=MINE)
    case.receive("20.00", debtor_iban=PLAIN)
    assert request(case, "20.00", iban=MINE).body["iban_known"] is False


def test_credit_of_two_payers_is_not_the_one_payers_to_have_back(case: Case) -> None:
    case.receive("300.00", debtor_iban=MINE)
    assert request(case, "300.00", iban=IBAN).body["iban_known"] is True
    assert request(case, "400.00", iban=IBAN).body["iban_known"] is False


@pytest.mark.parametrize(("iban", "known"), [(PLAIN, True), (MINE, False)])
def test_credit_that_a_cancelled_refund_left_is_of_whoever_paid_it(case: Case, iban: str, known: bool) -> None:
    cancel(case, decide(case, request(case, "450.00").body).body)
    assert request(case, "450.00", iban=iban).body["iban_known"] is known


def test_an_account_whose_payment_the_requester_put_on_the_lease_is_not_known(case: Case) -> None:
    case = Case()
    case.let()
    paid = case.report("300.00", debtor_iban=MINE, debtor_name="QUELQU'UN")
    order = {"lease_id": "L1", "reason": "paye pour le locataire"}
    assert case.ask("POST", f"/v1/payments/{paid}/assign", order, role="accountant").status == 200
    own = request(case, "100.00", role="accountant", iban=MINE).body
    assert own["iban_known"] is False
    assert code(decide(case, own, role="admin")) == (409, "iban_not_verified")
    anothers = request(case, "100.00", role="admin", iban=MINE).body
    assert anothers["iban_known"] is True
    assert decide(case, anothers, role="accountant").body["iban_check"] == "known_payer"


def test_what_another_lease_of_the_household_owes_by_now_is_set_off_too(case: Case) -> None:
    case.let("L1", account_group="G1")
    case.let("P1", unit_kind="parking", unit_id="P1", account_group="G1")
    refund = request(case, "450.00").body
    case.call("parking", "rent", "2026-11-05", "45.00", lease_id="P1")
    case.call("later", "rent", "2026-12-05", "45.00", lease_id="P1")
    refused = decide(case, refund)
    assert code(refused) == (409, "refund_exceeds_credit")
    assert refused.body["error"]["detail"]["credit_cents"] == 40500
    case.receive("45.00", lease_id="P1")
    assert decide(case, refund).body["status"] == "approved"
    case.holds("L1", "P1")


@pytest.mark.parametrize("whose", ["landlord", "virtual"])
def test_the_landlords_own_accounts_are_no_tenants(case: Case, whose: str) -> None:
    iban = "FR7630006000011234567890189" if whose == "landlord" else case.lease()["virtual_iban"]
    assert code(request(case, iban=iban)) == (422, "iban_of_landlord")
    assert code(request(case, iban="FR7630004000031234567890144")) == (422, "invalid_request")


def test_a_decision_on_what_was_not_seen_is_refused(case: Case) -> None:
    refund = request(case, role="collections").body
    assert cancel(case, refund, role="collections").status == 200
    refused = decide(case, refund)
    assert code(refused) == (409, "refund_changed")
    assert refused.body["error"]["detail"]["version"] == 2
    assert code(decide(case, refund | {"version": 2})) == (409, "refund_decided")
    assert (case.credit(), case.lease()["held_cents"]) == ("450.00", 0)


def test_a_payment_that_goes_back_meanwhile_leaves_nothing_to_pay_back(case: Case) -> None:
    refund = request(case).body
    second = case.get("/v1/payments")["items"][0]["payment_id"]
    case.take_back(second, "2026-11-05", "450.00")
    assert (case.credit(), case.balance()) == ("0.00", "0.00")
    assert code(decide(case, refund)) == (409, "refund_exceeds_credit")
    assert cancel(case, refund).body["status"] == "cancelled"
    assert (case.credit(), case.balance()) == ("0.00", "0.00")
    case.holds()


def test_what_is_due_by_now_is_set_off_what_is_called_for_later_is_not(case: Case) -> None:
    refund = request(case, "300.00").body
    case.call("dec", "rent", "2026-12-10", "450.00")
    case.call("late", "adjustment", "2026-11-05", "20.00")
    refused = decide(case, refund)
    assert code(refused) == (409, "refund_exceeds_credit")
    assert refused.body["error"]["detail"]["credit_cents"] == 28000
    case.receive("20.00", "2026-11-05")
    assert case.still_open() == {"dec": "300.00"}
    assert decide(case, refund).body["status"] == "approved"
    case.holds()


def test_a_payment_that_goes_back_after_it_was_paid_back_is_owed(case: Case) -> None:
    refund = decide(case, request(case).body).body
    second = case.get("/v1/payments")["items"][0]["payment_id"]
    assert case.settled(second) == {refund["due_id"]: "450.00"}
    case.take_back(second, "2026-11-05", "450.00")
    assert (case.balance(), case.still_open()) == ("450.00", {refund["due_id"]: "450.00"})
    case.holds()


def test_an_approved_refund_that_is_not_paid_is_called_off(case: Case) -> None:
    refund = decide(case, request(case, "200.00").body).body
    assert (case.credit(), on_account(case, "471")) == ("250.00", -20000)
    called_off = cancel(case, refund)
    assert (called_off.body["status"], case.credit(), on_account(case, "471")) == ("cancelled", "450.00", 0)
    case.holds()
    line = case.report("-200.00", "2026-11-06", nature="other", end_to_end_id=refund["refund_id"])
    case.settle()
    body = {"version": called_off.body["version"], "payment_id": line}
    assert code(decide(case, refund, "paid", **body)) == (409, "refund_decided")
    case.call("dec", "rent", "2026-12-10", "450.00")
    assert case.balance() == "0.00"
    case.holds()


def test_the_banks_line_without_a_name_is_recognised_by_the_account_or_by_a_person(case: Case) -> None:
    first = decide(case, request(case, "100.00").body).body
    second = decide(case, request(case, "120.00").body).body
    case.report("-100.00", "2026-11-06", nature="other", remittance=f"VIR SEPA {IBAN}")
    nameless = case.report("-120.00", "2026-11-06", nature="other", remittance="VIR SEPA")
    case.settle()
    assert case.get(f"/v1/refunds/{first['refund_id']}")["status"] == "paid"
    assert case.get(f"/v1/refunds/{second['refund_id']}")["status"] == "approved"
    wrong = decide(case, second, "paid", payment_id=case.get("/v1/payments")["items"][0]["payment_id"])
    assert code(wrong) == (409, "refund_not_this_line")
    told = decide(case, second, "paid", payment_id=nameless)
    assert (told.status, told.body["payment_id"], on_account(case, "471")) == (200, nameless, 0)


def test_of_two_refunds_of_one_amount_to_one_account_none_is_guessed(case: Case) -> None:
    refunds = [decide(case, request(case, "100.00").body).body for _ in range(2)]
    nameless = case.report("-100.00", "2026-11-06", nature="other", remittance=PLAIN)
    case.settle()
    assert {case.get(f"/v1/refunds/{one['refund_id']}")["status"] for one in refunds} == {"approved"}
    named = case.report("-100.00", "2026-11-07", nature="other", remittance=f"REF {refunds[0]['refund_id']}")
    case.settle()
    paid = [case.get(f"/v1/refunds/{one['refund_id']}")["payment_id"] for one in refunds]
    assert paid == [named, nameless], "once one has its line, the other can only be of the other refund"


def test_an_approved_refund_on_no_statement_is_told(case: Case) -> None:
    refund = decide(case, request(case).body).body
    settler = refund_settler(case.office.table, case.office.clock)
    settler.review("semiga")
    assert ("refund_unpaid", refund["refund_id"]) not in case.alerts()
    case.today_is("2026-11-16")
    settler.review("semiga")
    assert ("refund_unpaid", refund["refund_id"]) in case.alerts()
    case.report("-450.00", "2026-11-16", nature="other", end_to_end_id=refund["refund_id"])
    case.catch_up()
    assert settler.review("semiga") == 1
    assert ("refund_unpaid", refund["refund_id"]) not in case.alerts()


def uncovered(case: Case, refund: Any) -> bool:
    return ("refund_uncovered", refund["refund_id"]) in case.alerts()


def test_an_approved_refund_whose_credit_went_back_is_told_until_it_is_cancelled(case: Case) -> None:
    refund = decide(case, request(case).body).body
    case.take_back(case.get("/v1/payments")["items"][0]["payment_id"], "2026-11-05", "450.00", "MD06")
    assert (case.balance(), uncovered(case, refund)) == ("450.00", True)
    assert cancel(case, refund).status == 200
    assert (case.balance(), uncovered(case, refund)) == ("0.00", False)


def test_a_refund_whose_payment_a_person_takes_off_the_lease_is_told_at_once(case: Case) -> None:
    refund = decide(case, request(case).body).body
    for payment in case.get("/v1/payments", means="transfer")["items"]:
        case.ask("POST", f"/v1/payments/{payment['payment_id']}/unassign", {"reason": "vu"})
    case.settle()
    assert uncovered(case, refund)


def test_or_until_other_money_covers_it(case: Case) -> None:
    refund = decide(case, request(case).body).body
    case.take_back(case.get("/v1/payments")["items"][0]["payment_id"], "2026-11-05", "450.00", "MD06")
    settler = refund_settler(case.office.table, case.office.clock)
    settler.review("semiga")
    assert uncovered(case, refund)
    case.receive("450.00", "2026-11-05", debtor_name="CAMILLE ROUX")
    settler.review("semiga")
    assert not uncovered(case, refund)


def test_or_until_a_person_has_seen_to_it(case: Case) -> None:
    refund = decide(case, request(case).body).body
    case.take_back(case.get("/v1/payments")["items"][0]["payment_id"], "2026-11-05", "450.00", "MD06")
    case.report("-450.00", "2026-11-06", nature="other", end_to_end_id=refund["refund_id"])
    case.settle()
    assert (case.get(f"/v1/refunds/{refund['refund_id']}")["status"], uncovered(case, refund)) == ("paid", True)
    (alert,) = [one for one in case.get("/v1/alerts")["items"] if one["kind"] == "refund_uncovered"]
    assert case.ask("POST", f"/v1/alerts/{alert['alert_id']}/close", {"reason": "seen"}).status == 200
    assert not uncovered(case, refund)


def test_a_reversal_that_other_credit_makes_good_is_not_told(case: Case) -> None:
    case.receive("450.00", "2026-11-05", debtor_iban=PLAIN)
    refund = decide(case, request(case).body).body
    paid_back = {"refund-" + refund["refund_id"]: "450.00"}
    (brought,) = [
        one["payment_id"] for one in case.get("/v1/payments")["items"] if case.settled(one["payment_id"]) == paid_back
    ]
    case.take_back(brought, "2026-11-05", "450.00", "MD06")
    refund_settler(case.office.table, case.office.clock).review("semiga")
    assert (case.balance(), uncovered(case, refund)) == ("0.00", False)


def test_the_entry_of_a_refund_is_not_unassigned_nor_taken_back(case: Case) -> None:
    decide(case, request(case).body)
    (entry,) = [entry for entry in case.entries() if entry["kind"] == "reversal"]
    answered = case.ask("POST", f"/v1/payments/{entry['payment_id']}/unassign", {"reason": "non"})
    assert code(answered) == (409, "payment_is_refund")


def test_lists_show_no_account_whole(case: Case) -> None:
    request(case, "100.00")
    (item,) = case.get("/v1/refunds", lease="L1")["items"]
    assert (item["iban_ending"], PLAIN in str(item)) == ("0143", False)
    assert case.get("/v1/refunds", status="paid")["items"] == []
    assert PLAIN not in str(case.get("/v1/audit"))


@pytest.mark.parametrize("role", ["collections", "accountant", "admin"])
def test_a_viewer_sees_all_of_a_refund_but_its_account_whole(case: Case, role: str) -> None:
    refund = decide(case, request(case, "100.00").body).body
    path = f"/v1/refunds/{refund['refund_id']}"
    whole = case.ask("GET", path, role=role)
    seen = case.ask("GET", path, role="viewer")
    assert (whole.status, whole.body, whole.body["iban"]) == (200, refund, PLAIN)
    assert (seen.status, seen.body) == (200, whole.body | {"iban": None})
    assert (seen.body["iban_ending"], PLAIN in str(seen)) == ("0143", False)
    assert case.ask("GET", path, role="erp").status == 403
    assert code(case.ask("GET", "/v1/refunds/NONE", role="viewer")) == (404, "refund_not_found")


def test_after_it_was_called_off_a_payment_that_goes_back_takes_the_credit_with_it(case: Case) -> None:
    refund = decide(case, request(case).body).body
    cancel(case, refund)
    second = case.get("/v1/payments")["items"][0]["payment_id"]
    case.take_back(second, "2026-11-05", "450.00")
    assert (case.balance(), case.credit(), case.still_open()) == ("0.00", "0.00", {})
    case.holds()


@pytest.mark.parametrize("paid_first", [True, False])
def test_a_refund_that_is_called_off_gives_the_credit_back_to_the_payments_that_it_is_of(*, paid_first: bool) -> None:
    case = Case()
    case.let("L1", account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    first, second = (case.receive(euros, "2026-11-04", debtor_iban=PLAIN) for euros in ("50.00", "30.00"))
    refund = decide(case, request(case, "60.00").body).body
    if paid_first:
        case.take_back(second, "2026-11-05", "30.00")
    assert cancel(case, refund).status == 200
    left = "50.00" if paid_first else "80.00"
    assert (case.credit(), case.settled(first), case.settled(second)) == (left, {}, {})
    assert case.payment(first)["credit_cents"] == 5000
    case.call("p", "rent", "2026-11-01", "45.00", lease_id="P")
    assert (case.balance("P"), case.settled(first), case.rules(first)) == ("0.00", {"p": "45.00"}, ["credit"])
    case.holds("L1", "P")


def test_a_called_off_refund_that_other_money_made_good_gives_that_back() -> None:
    case = Case()
    case.let()
    first, second = (case.receive("50.00", day, debtor_iban=PLAIN) for day in ("2026-11-03", "2026-11-04"))
    refund = decide(case, request(case, "50.00").body).body
    gone = next(one for one in (first, second) if not case.payment(one)["credit_cents"])
    other = second if gone == first else first
    case.take_back(gone, "2026-11-05", "50.00")
    assert case.settled(other) == {f"refund-{refund['refund_id']}": "50.00"}
    assert cancel(case, refund).status == 200
    assert (case.settled(other), case.payment(other)["credit_cents"], case.credit()) == ({}, 5000, "50.00")
    case.holds()


@pytest.mark.parametrize("first", [True, False])
def test_the_rent_rebate_is_nobodys_money_whenever_it_is_told(*, first: bool) -> None:
    """What a tenant paid beyond the rebate (RLS) is the tenant's, called before the payment or after it."""
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-01", "300.00")
    if first:
        case.call("rls", "aid_rls", "2026-11-01", "-50.00")
    case.receive("300.00", "2026-11-01", debtor_iban=PLAIN)
    if not first:
        case.call("rls", "aid_rls", "2026-11-01", "-50.00")
    assert (case.balance(), request(case, "50.00").status) == ("-50.00", 201)


def test_a_refund_is_no_charge_that_co_tenants_share() -> None:
    case = Case()
    case.let()
    case.parties(("A", "50"), ("B", "50"))
    case.call("nov", "rent", "2026-11-01", "900.00")
    for who in "ABA":
        case.receive("450.00", debtor_name=who, debtor_iban=PLAIN)
    decide(case, request(case, "450.00").body)
    (month,) = case.shares("2026-11-05")["months"]
    assert (month["called_cents"], {one["difference_cents"] for one in month["parties"]}) == (90000, {0})


def test_what_a_negative_adjustment_left_is_paid_back_too() -> None:
    case = Case()
    case.let()
    case.call("reg", "adjustment", "2026-11-05", "-86.20")
    refund = decide(case, request(case, "86.20").body, iban_remark="RIB vérifié").body
    assert (refund["status"], case.credit(), case.balance()) == ("approved", "0.00", "0.00")
    case.holds()
    case.call("reg", "adjustment", "2026-11-05", "-50.00")
    assert (case.balance(), case.still_open()) == ("36.20", {refund["due_id"]: "36.20"})
    case.holds()


@pytest.mark.parametrize("cents", [0, 1_000, 90_000])
def test_nobody_calls_a_refunds_due_otherwise(case: Case, cents: int) -> None:
    refund = decide(case, request(case).body).body
    called = {"kind": "adjustment", "period": "2026-11", "due_date": "2026-11-05", "amount_cents": cents}
    for due_id in (refund["due_id"], "refund-of-the-erp"):
        assert code(case.ask("PUT", f"/v1/leases/L1/dues/{due_id}", called, role="erp")) == (409, "due_of_refund")
    cells = {"lease_id": "L1", "due_id": refund["due_id"], "kind": "adjustment", "period": "2026-11"}
    record = record_of(ErpKind.DUES, cells | {"due_date": "2026-11-05", "amount": f"{cents // 100}.00"})
    worker = erp_worker(case.office.table, case.office.clock)
    landlord = case.office.desk.landlords.get("semiga")
    (verdict,) = worker.work(landlord, ErpKind.DUES, {3: record}, Origin(1, "D1")).values()
    assert (verdict.fate, verdict.reason) == (Fate.REFUSED, "due_of_refund")
    assert (case.credit(), case.balance()) == ("0.00", "0.00")
    assert cancel(case, refund).body["status"] == "cancelled"
    assert (case.credit(), case.balance()) == ("450.00", "-450.00")
    case.holds()


def test_a_refunds_due_is_not_spread(case: Case) -> None:
    refund = decide(case, request(case).body).body
    case.take_back(case.get("/v1/payments")["items"][0]["payment_id"], "2026-11-05", "450.00")
    body = {"lines": 3, "first_due_date": "2026-12-10"}
    answered = case.ask("POST", f"/v1/leases/L1/dues/{refund['due_id']}/spread", body)
    assert code(answered) == (409, "due_not_spreadable")


def ended(case: Case, how: str) -> Any:
    """A refund of 200.00 that is not to be paid (any more)."""
    refund = request(case, "200.00").body
    if how == "rejected":
        return decide(case, refund, "reject").body
    if how == "requested":
        return refund
    approved = decide(case, refund).body
    if how == "cancelled":
        return cancel(case, approved).body
    case.report("-200.00", "2026-11-06", nature="other", end_to_end_id=refund["refund_id"])
    case.settle()
    return case.get(f"/v1/refunds/{refund['refund_id']}")


@pytest.mark.parametrize("how", ["requested", "rejected", "cancelled", "paid"])
@pytest.mark.parametrize("said", ["end_to_end_id", "remittance"])
def test_a_debit_that_names_a_refund_not_to_be_paid_is_told(case: Case, how: str, said: str) -> None:
    refund = ended(case, how)
    assert refund["status"] == how
    name = refund["refund_id"]
    text = name if said == "end_to_end_id" else f"VIR SEPA {name[:9]} {name[9:].lower()}"
    line = case.report("-200.00", "2026-11-06", nature="other", **{said: text})
    for _ in range(2):
        case.settle()
        assert [subject for kind, subject in case.alerts() if kind == "refund_line_unexpected"] == [line]
    (alert,) = [one for one in case.get("/v1/alerts")["items"] if one["kind"] == "refund_line_unexpected"]
    assert alert["severity"] == "critical"
    assert alert["detail"] == {"refund_id": name, "lease_id": "L1", "amount_cents": 20000, "status": how}
    case.holds()


def test_a_debit_told_of_is_taken_by_the_refund_that_a_person_names(case: Case) -> None:
    line = case.report("-200.00", "2026-11-06", nature="other", end_to_end_id=ended(case, "cancelled")["refund_id"])
    case.settle()
    assert ("refund_line_unexpected", line) in case.alerts()
    again = decide(case, request(case, "200.00").body).body
    assert decide(case, again, "paid", payment_id=line).status == 200
    assert ("refund_line_unexpected", line) not in case.alerts()
    case.holds()


def approved_or_paid(case: Case, how: str) -> dict[str, Any]:
    held: dict[str, Any] = ended(case, how) if how == "paid" else decide(case, request(case, "200.00").body).body
    return held


@pytest.mark.parametrize("how", ["approved", "paid"])
def test_what_the_bank_says_that_it_takes_for_a_refund_is_nothing_to_tell(case: Case, how: str) -> None:
    name = approved_or_paid(case, how)["refund_id"]
    case.report("-0.35", "2026-11-06", nature="other", remittance=f"FRAIS {name}", bank_code="PMNT/ICDT/CHRG")
    case.settle()
    assert "refund_line_unexpected" not in {kind for kind, _ in case.alerts()}


@pytest.mark.parametrize("how", ["approved", "paid"])
@pytest.mark.parametrize("euros", ["2000.00", "200.01", "0.35"])
def test_a_debit_of_another_amount_that_names_a_refund_is_told(case: Case, how: str, euros: str) -> None:
    refund = approved_or_paid(case, how)
    line = case.report(f"-{euros}", "2026-11-06", nature="other", end_to_end_id=refund["refund_id"])
    case.settle()
    (alert,) = [one for one in case.get("/v1/alerts")["items"] if one["kind"] == "refund_line_unexpected"]
    assert (alert["subject"], alert["detail"]["amount_cents"], alert["detail"]["status"]) == (
        line,
        parse_euros(euros),
        how,
    )
    assert case.get(f"/v1/refunds/{refund['refund_id']}")["status"] == how


def close(case: Case, alert_id: str, role: str = "accountant") -> Any:
    return case.ask("POST", f"/v1/alerts/{alert_id}/close", {"reason": "la banque a rendu l'argent"}, role=role)


def test_a_person_closes_the_alert_of_a_line_that_no_refund_will_take(case: Case) -> None:
    refund = approved_or_paid(case, "approved")
    line = case.report("-200.01", "2026-11-06", nature="other", end_to_end_id=refund["refund_id"])
    case.settle()
    (alert,) = [one for one in case.get("/v1/alerts")["items"] if one["subject"] == line]
    assert close(case, alert["alert_id"], role="collections").status == 403
    closed = close(case, alert["alert_id"])
    assert (closed.status, closed.body["closed_by"]) == (200, "sub-accountant")
    assert close(case, alert["alert_id"], role="admin").body == closed.body
    acts = [one for one in case.get("/v1/audit")["items"] if one["action"] == "close_alert"]
    assert sorted(act["by"] for act in acts) == ["sub-accountant", "sub-admin"]
    assert {(act["reason"], act["about"]["alert_id"]) for act in acts} == {
        ("la banque a rendu l'argent", alert["alert_id"])
    }
    for _ in range(2):
        case.settle()
        refund_settler(case.office.table, case.office.clock).review("semiga")
        assert ("refund_line_unexpected", line) not in case.alerts()
    cancel(case, refund)
    case.report("-200.01", "2026-11-06", channel="camt.054", nature="other", end_to_end_id=refund["refund_id"])
    case.settle()
    told = case.get("/v1/alerts")["items"]
    assert [one["detail"]["status"] for one in told if one["subject"] == line and not one["closed_at"]] == ["cancelled"]


def test_what_closes_by_itself_is_closed_by_nobody(case: Case) -> None:
    stray = case.report("275.00", virtual_iban="FR7617328899004999999900123")
    (alert,) = [one for one in case.get("/v1/alerts")["items"] if one["subject"] == stray]
    assert code(close(case, alert["alert_id"])) == (409, "alert_closes_itself")
    assert code(close(case, "none")) == (404, "alert_not_found")


def test_once_approved_who_asked_for_it_does_not_cancel_it_alone(case: Case) -> None:
    refund = decide(case, request(case, role="collections").body).body
    assert code(cancel(case, refund, role="collections")) == (403, "forbidden")
    assert case.get(f"/v1/refunds/{refund['refund_id']}")["status"] == "approved"
    assert cancel(case, refund).body["status"] == "cancelled"


@pytest.mark.parametrize("other", ["cancelled", "rejected", "unheard"])
def test_a_debit_that_names_another_refund_is_not_this_ones_whatever_account_it_says(case: Case, other: str) -> None:
    name = "RB0123456789ABCDEF" if other == "unheard" else ended(case, other)["refund_id"]
    mine = decide(case, request(case, "200.00").body).body
    case.report("-200.00", "2026-11-06", nature="other", end_to_end_id=name, remittance=f"VIR {PLAIN}")
    case.report("-200.00", "2026-11-07", nature="other", remittance=f"{name} {mine['refund_id']} {PLAIN}")
    case.settle()
    refund_settler(case.office.table, case.office.clock).review("semiga")
    assert case.get(f"/v1/refunds/{mine['refund_id']}")["status"] == "approved"


@pytest.mark.parametrize(("day", "status"), [("2026-11-03", "approved"), ("2026-11-04", "paid")])
@pytest.mark.parametrize("named", [True, False])
def test_a_debit_before_the_approval_is_not_the_refunds(case: Case, day: str, status: str, named: bool) -> None:
    refund = decide(case, request(case, "200.00").body).body
    text = refund["refund_id"] if named else PLAIN
    case.report("-200.00", day, nature="other", remittance=f"VIR SEPA {text}")
    case.settle()
    assert case.get(f"/v1/refunds/{refund['refund_id']}")["status"] == status
    refund_settler(case.office.table, case.office.clock).review("semiga")
    assert case.get(f"/v1/refunds/{refund['refund_id']}")["status"] == status


def test_the_log_has_how_the_account_was_checked_and_which_line_paid(case: Case) -> None:
    asked = request(case, "100.00", iban="FR1420041010050500013M02606").body
    approved = decide(case, asked, iban_remark="rappel téléphonique").body
    line = case.report("-100.00", "2026-11-06", nature="other", remittance="VIR SEPA")
    decide(case, approved, "paid", payment_id=line)
    logged = {
        body["kind"]: body for (_, kind, _), body in case.office.outside.action_log.actions.items() if kind == "refunds"
    }
    assert logged["refund_approved"]["iban_remark"] == "rappel téléphonique"
    assert logged["refund_paid"]["payment_id"] == line
    assert "rappel" not in str(case.get("/v1/audit"))


def fail_once(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[Any]:
    """The first call fails as others who keep writing make it fail; what each call was given."""
    does, given = getattr(owner, name), list[Any]()

    def fail_then_do(self: Any, *args: Any) -> Any:
        given.append(args)
        if len(given) == 1:
            raise Contention("rows_busy", "Others kept writing.")
        return does(self, *args)

    monkeypatch.setattr(owner, name, fail_then_do)
    return given


def twice(case: Case, path: str, body: Any) -> Any:
    """A request cut short, then the same again."""
    asked = [case.office.ask("POST", path, body, role="admin", key="one-key") for _ in range(2)]
    assert [answered.status for answered in asked] == [503, 200]
    case.catch_up()
    return asked[1].body


@pytest.mark.parametrize("how", ["reject", "cancel", "call off"])
def test_a_retry_does_what_follows_a_refunds_end(case: Case, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    refund = request(case).body
    if how == "call off":
        refund = decide(case, refund).body
        case.today_is("2026-11-16")
        refund_settler(case.office.table, case.office.clock).review("semiga")
    spent = fail_once(monkeypatch, CreditSpender, "spend")
    body = {"version": refund["version"], "reason": "non"} | ({"decision": "reject"} if how == "reject" else {})
    place = "decision" if how == "reject" else "cancel"
    after = twice(case, f"/v1/refunds/{refund['refund_id']}/{place}", body)
    assert after["version"] == refund["version"] + 1
    assert [leases for _, leases in spent] == [["L1"], ["L1"]]
    assert "refund_unpaid" not in {kind for kind, _ in case.alerts()}
    case.holds()


def test_a_retry_closes_the_alert_of_a_refund_that_a_person_says_is_paid(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = decide(case, request(case).body).body
    case.today_is("2026-11-16")
    refund_settler(case.office.table, case.office.clock).review("semiga")
    line = case.report("-450.00", "2026-11-16", nature="other", remittance="VIR SEPA")
    assert "refund_unpaid" in {kind for kind, _ in case.alerts()}
    fail_once(monkeypatch, AlertRows, "close")
    body = {"decision": "paid", "version": refund["version"], "reason": "vu", "payment_id": line}
    assert twice(case, f"/v1/refunds/{refund['refund_id']}/decision", body)["status"] == "paid"
    assert "refund_unpaid" not in {kind for kind, _ in case.alerts()}


def test_the_shares_of_a_lease_are_shown_though_it_had_a_refund(case: Case) -> None:
    assert decide(case, request(case).body).status == 200
    case.parties(("Camille", "100"), from_date="2026-01-01")
    assert case.shares("2026-11-30")["lease_id"] == "L1"
