"""Case 13, refunds ordered by one file: the bank books them in one sum, and a person says whose it is."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case, refund_settler
from acceptance.test_refunds import IBAN, PLAIN, cancel, code, decide, fail_once, on_account, request, twice

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.money import parse_euros
from quitus.domain.payment import Payment
from quitus.domain.refund import MOST_AT_ONCE

SENT_ON = "2026-11-06"


@pytest.fixture
def case() -> Case:
    """Two tenants who paid twice: 450.00 in credit each."""
    case = Case()
    for lease_id in ("L1", "L2"):
        case.let(lease_id)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "450.00", lease_id=lease_id)
        for day in ("2026-11-03", "2026-11-04"):
            case.receive("450.00", day, lease_id, debtor_iban=PLAIN, debtor_name="CAMILLE ROUX")
    return case


def approved(case: Case, *euros: str, lease_id: str = "L1") -> list[Any]:
    return [decide(case, request(case, amount, lease_id=lease_id).body).body for amount in euros]


def of_two_leases(case: Case) -> list[Any]:
    """100.00 of one lease and 120.00 of another."""
    return [*approved(case, "100.00"), *approved(case, "120.00", lease_id="L2")]


def one_sum(case: Case, euros: str = "220.00", **said: Any) -> str:
    """The bank's debit of a transfer file, on the day of its own."""
    return case.report(f"-{euros}", SENT_ON, nature="other", **{"remittance": "VIR SEPA FICHIER"} | said)


def paid_by(case: Case, line: str, first: Any, *others: Any, **fields: Any) -> Any:
    names = [other["refund_id"] for other in others]
    return decide(case, first, "paid", payment_id=line, refund_ids=names, **fields)


def stand(case: Case, refunds: list[Any]) -> list[tuple[str, str | None, int]]:
    """Status, line and version of each."""
    found = [case.get(f"/v1/refunds/{refund['refund_id']}") for refund in refunds]
    return [(one["status"], one["payment_id"], one["version"]) for one in found]


def of_bank(case: Case, line: str) -> Payment:
    """A line of the bank's, that is no payment to anybody who asks."""
    return LedgerRows(case.office.table).payment("semiga", line)


def unpaid(case: Case) -> set[str]:
    return {subject for kind, subject in case.alerts() if kind == "refund_unpaid"}


def after_the_patience(case: Case) -> None:
    case.today_is("2026-11-16")
    refund_settler(case.office.table, case.office.clock).review("semiga")


def test_one_debit_pays_several_refunds_whose_amounts_add_up_to_it(case: Case) -> None:
    refunds = of_two_leases(case)
    names = [refund["refund_id"] for refund in refunds]
    line = one_sum(case)
    after_the_patience(case)
    assert (unpaid(case), on_account(case, "471")) == (set(names), -22000)
    answered = paid_by(case, line, *refunds)
    assert (answered.status, answered.body["refund_id"], answered.body["payment_id"]) == (200, names[0], line)
    assert stand(case, refunds) == [("paid", line, 3)] * 2
    assert (unpaid(case), on_account(case, "471"), on_account(case, "512")) == (set(), 0, 180000 - 22000)
    case.holds("L1", "L2")


def test_it_is_one_decision_on_the_line_on_the_banks_own_day(case: Case) -> None:
    refunds, line = of_two_leases(case), one_sum(case)
    case.today_is("2026-11-16")
    paid_by(case, line, *refunds)
    held = of_bank(case, line)
    assert (held.decisions, held.refund_ids) == (1, tuple(refund["refund_id"] for refund in refunds))
    (entry,) = held.entries
    lines = [(one.account, one.debit_cents, one.credit_cents) for one in entry.lines]
    assert (entry.booking_date.isoformat(), lines) == (SENT_ON, [("471", 22000, 0), ("512", 0, 22000)])
    (account,) = case.get("/v1/proof", date=SENT_ON)["accounts"]
    assert (account["other_cents"], account["receipts_cents"], account["reversals_cents"]) == (-22000, 0, 0)
    assert {item["amount_cents"] for item in case.get("/v1/payments")["items"]} == {45000}
    assert case.get("/v1/dashboard")["total_cents"] == 180000


def test_the_audit_and_the_log_name_all_refunds(case: Case) -> None:
    first, *others = approved(case, "100.00", "70.00", "50.00")
    line = one_sum(case)
    assert paid_by(case, line, first, *others).status == 200
    named = {"refund_id": first["refund_id"], "refund_ids": " ".join(other["refund_id"] for other in others)}
    (act,) = [act for act in case.get("/v1/audit")["items"] if act["action"] == "refund_paid"]
    assert act["about"] == named | {"payment_id": line, "lease_id": "L1"}
    (logged,) = [body for body in case.office.outside.action_log.actions.values() if body.get("kind") == "refund_paid"]
    assert logged.items() >= named.items()


@pytest.mark.parametrize("euros", ["219.99", "220.01", "100.00", "120.00"])
def test_refunds_that_do_not_add_up_to_the_debit_are_not_its(case: Case, euros: str) -> None:
    refunds, line = of_two_leases(case), one_sum(case, euros)
    before = stand(case, refunds)
    refused = paid_by(case, line, *refunds)
    assert code(refused) == (409, "refund_not_this_line")
    amounts = {"amount_cents": -parse_euros(euros), "refunds_cents": 22000}
    assert refused.body["error"]["detail"] == amounts
    assert (stand(case, refunds), of_bank(case, line).decisions) == (before, 0)


def test_a_receipt_and_a_line_that_paid_others_paid_none(case: Case) -> None:
    refunds = approved(case, "50.00", "50.00", "50.00", "50.00")
    receipt = case.report("100.00", SENT_ON, nature="other")
    assert code(paid_by(case, receipt, *refunds[:2])) == (409, "refund_not_this_line")
    line = one_sum(case, "100.00")
    assert paid_by(case, line, *refunds[:2]).status == 200
    assert code(paid_by(case, line, *refunds[2:])) == (409, "refund_not_this_line")
    assert stand(case, refunds[2:]) == [("approved", None, 2)] * 2


@pytest.mark.parametrize("how", ["requested", "rejected", "cancelled", "paid"])
@pytest.mark.parametrize("in_path", [True, False])
def test_all_of_them_or_none_are_paid(case: Case, how: str, *, in_path: bool) -> None:
    good, other = approved(case, "100.00")[0], request(case, "120.00", lease_id="L2").body
    if how == "rejected":
        other = decide(case, other, "reject").body
    if how in ("cancelled", "paid"):
        other = decide(case, other).body
    if how == "cancelled":
        other = cancel(case, other).body
    if how == "paid":
        other = decide(case, other, "paid", payment_id=one_sum(case, "120.00")).body
    line = one_sum(case)
    before = stand(case, [good, other])
    refused = paid_by(case, line, other, good) if in_path else paid_by(case, line, good, other)
    assert code(refused) == (409, "refund_decided")
    assert refused.body["error"]["detail"] == {"status": how, "refund_id": other["refund_id"]}
    assert (stand(case, [good, other]), of_bank(case, line).decisions) == (before, 0)
    assert cancel(case, good).body["status"] == "cancelled"
    case.holds("L1", "L2")


def test_what_was_decided_on_the_refund_in_the_path_since_it_was_read_is_refused(case: Case) -> None:
    refunds, line = of_two_leases(case), one_sum(case)
    assert code(paid_by(case, line, *refunds, version=1)) == (409, "refund_changed")
    assert stand(case, refunds) == [("approved", None, 2)] * 2


def test_what_is_said_must_make_sense(case: Case) -> None:
    (first, second), line = of_two_leases(case), one_sum(case)
    name = second["refund_id"]
    assert code(paid_by(case, line, first, first)) == (422, "refund_twice")
    assert code(paid_by(case, line, first, second, second)) == (422, "refund_twice")
    assert code(paid_by(case, line, first)) == (422, "invalid_request")
    many = [f"RB{number:016X}" for number in range(MOST_AT_ONCE)]
    assert code(decide(case, first, "paid", payment_id=line, refund_ids=many)) == (422, "invalid_request")
    assert code(decide(case, first, "approve", refund_ids=[name])) == (422, "invalid_request")
    assert code(decide(case, first, "paid", refund_ids=[name])) == (422, "invalid_request")
    assert code(decide(case, first, "paid", payment_id=line, refund_ids=many[:1])) == (404, "refund_not_found")
    assert code(decide(case, first, "paid", payment_id="none", refund_ids=[name])) == (404, "payment_not_found")
    assert decide(case, first, "paid", payment_id=line, refund_ids=[name], role="collections").status == 403
    assert stand(case, [first, second]) == [("approved", None, 2)] * 2


def test_as_many_as_one_transfer_file_may_hold_are_one_transaction(case: Case) -> None:
    refunds = approved(case, *["1.00"] * MOST_AT_ONCE)
    line = one_sum(case, f"{MOST_AT_ONCE}.00")
    assert paid_by(case, line, *refunds).status == 200
    assert stand(case, refunds) == [("paid", line, 3)] * MOST_AT_ONCE
    assert on_account(case, "471") == 0
    case.holds()


def test_the_same_again_changes_nothing(case: Case) -> None:
    (first, second), line = of_two_leases(case), one_sum(case)
    body = {"decision": "paid", "version": 2, "reason": "vu", "payment_id": line, "refund_ids": [second["refund_id"]]}
    path = f"/v1/refunds/{first['refund_id']}/decision"
    answers = [case.office.ask("POST", path, body, role="admin", key="one-key") for _ in range(2)]
    assert [(one.status, one.body) for one in answers] == [(200, answers[0].body)] * 2
    assert code(paid_by(case, line, first, second)) == (409, "refund_changed")
    assert code(paid_by(case, line, second, first, version=3)) == (409, "refund_decided")
    case.catch_up()
    assert (stand(case, [first, second]), of_bank(case, line).decisions) == ([("paid", line, 3)] * 2, 1)
    assert on_account(case, "471") == 0


def test_a_retry_closes_the_alerts_of_all(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, second), line = of_two_leases(case), one_sum(case)
    after_the_patience(case)
    fail_once(monkeypatch, AlertRows, "close")
    body = {"decision": "paid", "version": 2, "reason": "vu", "payment_id": line, "refund_ids": [second["refund_id"]]}
    assert twice(case, f"/v1/refunds/{first['refund_id']}/decision", body)["status"] == "paid"
    assert (unpaid(case), stand(case, [first, second])) == (set(), [("paid", line, 3)] * 2)


@pytest.mark.parametrize("said", ["account", "names"])
def test_no_sum_is_guessed_whatever_it_says(case: Case, said: str) -> None:
    refunds = of_two_leases(case)
    names = " ".join(refund["refund_id"] for refund in refunds)
    line = one_sum(case, remittance=f"VIR {IBAN if said == 'account' else names}")
    case.settle()
    after_the_patience(case)
    assert stand(case, refunds) == [("approved", None, 2)] * 2
    told = ("refund_line_unexpected", line)
    assert (told in case.alerts()) == (said == "names")
    assert paid_by(case, line, *refunds).status == 200
    case.settle()
    assert told not in case.alerts()
    assert stand(case, refunds) == [("paid", line, 3)] * 2


def test_what_was_paid_in_one_sum_is_paid(case: Case) -> None:
    refunds, line = of_two_leases(case), one_sum(case)
    paid_by(case, line, *refunds)
    for refund in refunds:
        assert code(cancel(case, refund | {"version": 3})) == (409, "refund_decided")
    again = case.report("-120.00", "2026-11-09", nature="other", remittance=refunds[1]["refund_id"])
    case.settle()
    assert ("refund_line_unexpected", again) in case.alerts()
    assert stand(case, refunds) == [("paid", line, 3)] * 2


def test_a_payment_that_goes_back_is_owed_by_the_tenant_whom_it_was_paid_back_to(case: Case) -> None:
    refunds = [*approved(case, "450.00"), *approved(case, "120.00", lease_id="L2")]
    paid_by(case, one_sum(case, "570.00"), *refunds)
    (brought,) = [
        one["payment_id"]
        for one in case.get("/v1/payments")["items"]
        if refunds[0]["due_id"] in case.settled(one["payment_id"])
    ]
    case.take_back(brought, "2026-11-09", "450.00")
    assert (case.balance("L1"), case.still_open("L1")) == ("450.00", {refunds[0]["due_id"]: "450.00"})
    assert (case.balance("L2"), case.credit("L2")) == ("-330.00", "330.00")
    case.holds("L1", "L2")


@pytest.mark.parametrize("says", ["name", "lease", "nothing"])
def test_one_that_the_bank_sends_back_is_a_credit_like_that_of_a_refund_paid_alone(case: Case, says: str) -> None:
    first, second, third = approved(case, "100.00", "120.00", "100.00")
    paid_by(case, one_sum(case), first, second)
    decide(case, third, "paid", payment_id=one_sum(case, "100.00"))
    found = []
    for refund in (first, third):
        text = {"name": f"REJET {refund['refund_id']}", "lease": f"L1 {refund['refund_id']}", "nothing": "REJET"}[says]
        number = case.lease()["virtual_iban"] if says == "lease" else None
        back = case.report("100.00", "2026-11-09", virtual_iban=number, end_to_end_id=refund["refund_id"], note=text)
        shown = case.payment(back)
        found.append((shown["status"], shown["lease_id"], shown["match"]["rule"], shown["match"]["reason"]))
    assert found[0] == found[1]
    assert found[0][:2] == (("posted", "L1") if says == "lease" else ("suspense", None))
    assert {status for status, _, _ in stand(case, [first, second, third])} == {"paid"}
    case.holds()


def test_a_further_report_of_the_debit_is_the_same_line(case: Case) -> None:
    refunds = of_two_leases(case)
    line = one_sum(case, bank_reference="BK-220")
    paid_by(case, line, *refunds)
    assert one_sum(case, bank_reference="BK-220", channel="camt.054", end_to_end_id="FICHIER-1") == line
    case.settle()
    assert (stand(case, refunds), on_account(case, "471")) == ([("paid", line, 3)] * 2, 0)


def test_parts_of_the_sum_that_a_further_channel_tells_later_are_told_and_in_no_book(case: Case) -> None:
    refunds = of_two_leases(case)
    line = one_sum(case, channel="cfonb120")
    paid_by(case, line, *refunds)
    parts = {
        case.report(euros, SENT_ON, channel="camt.054", nature="other", end_to_end_id=refund["refund_id"])
        for euros, refund in zip(("-100.00", "-120.00"), refunds, strict=True)
    }
    case.settle()
    assert {subject for kind, subject in case.alerts() if kind == "refund_line_unexpected"} == parts
    assert (stand(case, refunds), on_account(case, "471")) == ([("paid", line, 3)] * 2, 0)
    (account,) = case.get("/v1/proof", date=SENT_ON)["accounts"]
    assert account["other_cents"] == -22000
