"""What people say of returns through the API: this payment, none of ours, a cheque that came back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import DAY, a_credit, reported
from unit.web.office import CHEQUE, Office

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.due_rows import DueRows
from quitus.adapters.file_rows import FileRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.movement import Means, Nature
from quitus.domain.payment import Payment
from quitus.services.left_out import LeftOut
from quitus.services.registry import Area, DroppedFile, FileStatus
from quitus.services.settle_pending import PendingSettler
from quitus.services.spend_credits import CreditSpender

LATER = date(2026, 11, 9)


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def a_return(office: Office, cents: int = 45000, **changes: Any) -> str:
    said = {"nature": Nature.RETURN, "return_reason": "AM04", "means": Means.DIRECT_DEBIT} | changes
    return office.post(reported(a_credit(-cents, None, booking_date=LATER, **said), "camt.053", "S-R"))


def a_payment(office: Office, cents: int = 45000) -> str:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    return office.post(reported(a_credit(cents, iban)))


def trace(office: Office, return_id: str, payment_id: str | None, **fields: Any) -> Any:
    body = {"payment_id": payment_id, "reason": "seen on the slip"} | fields
    answered = office.ask("POST", f"/v1/payments/{return_id}/original", body, role="accountant")
    office.follow()
    return answered


def reverse(office: Office, payment_id: str, **fields: Any) -> Any:
    body = {"reason": "unpaid", "reversed_on": "2026-11-05"} | fields
    answered = office.ask("POST", f"/v1/payments/{payment_id}/reverse", body, role="accountant")
    office.follow()
    return answered


def settle(office: Office) -> None:
    """What settles pending payments looks at those that wait."""
    table, clock = office.table, office.clock
    ledger, views = LedgerRows(table), ViewRows(table)
    spender = CreditSpender(ledger, DueRows(table), clock)
    settler = PendingSettler(ledger, views, AlertRows(table), clock, office.desk.landlords, spender)
    for check in office.checks():
        settler.settle(check)
    office.follow()


def balance(office: Office) -> int:
    cents: int = office.get("/v1/leases/L1")["balance_cents"]
    return cents


def accounts(office: Office) -> dict[str, int]:
    """Σ of the pushed entries of L1 by account."""
    sums: dict[str, int] = {}
    for entry in office.get("/v1/leases/L1/entries")["items"]:
        for line in entry["lines"]:
            sums[line["account"]] = sums.get(line["account"], 0) + line["debit_cents"] - line["credit_cents"]
    return sums


def test_a_person_says_which_payment_a_return_takes_back(office: Office) -> None:
    payment_id, return_id = a_payment(office), a_return(office)
    waiting = office.get("/v1/payments", query={"status": "pending"})["items"]
    assert [(one["payment_id"], one["awaiting"]) for one in waiting] == [(return_id, "original")]
    assert waiting[0]["returned"] == {
        "reason": "AM04",
        "reason_words": {"fr": "Provision insuffisante", "en": "Insufficient funds"},
        "original_reference": None,
        "end_to_end_id": None,
        "mandate_id": None,
        "note": None,
    }
    traced = trace(office, return_id, payment_id)
    assert (traced.status, traced.body["status"], traced.body["reverses"]) == (200, "reversed", payment_id)
    payment = office.get(f"/v1/payments/{payment_id}")
    assert payment["status"] == "reversed"
    assert payment["reversals"] == [
        {
            "reversal_id": return_id,
            "amount_cents": 45000,
            "reason": "AM04",
            "reason_words": {"fr": "Provision insuffisante", "en": "Insufficient funds"},
            "booking_date": "2026-11-09",
        }
    ]
    assert balance(office) == 45000
    assert accounts(office) == {"512": 45000, "411": 0, "471": -45000}
    assert office.get("/v1/payments", query={"status": "pending"})["items"] == []
    assert [one["payment_id"] for one in office.get("/v1/payments", query={"status": "reversed"})["items"]] == [
        payment_id
    ]


def test_a_part_of_a_payment_is_refunded_and_the_rest_stays(office: Office) -> None:
    payment_id = a_payment(office, 50000)
    assert trace(office, a_return(office, 7000), payment_id).status == 200
    payment = office.get(f"/v1/payments/{payment_id}")
    assert (payment["status"], payment["credit_cents"]) == ("posted", 0)
    assert [(item["due_id"], item["amount_cents"]) for item in payment["allocations"]] == [("nov-L1", 43000)]
    assert (balance(office), accounts(office)["4195"]) == (2000, 0)


def test_more_than_is_left_of_a_payment_is_not_taken_back(office: Office) -> None:
    payment_id = a_payment(office)
    assert trace(office, a_return(office, 20000), payment_id).status == 200
    refused = trace(office, a_return(office, 30000, position="2"), payment_id)
    assert (refused.code, refused.body["error"]["detail"]["left_cents"]) == ("reversal_exceeds_payment", 25000)
    assert balance(office) == 20000


def test_a_person_says_what_of_a_return_is_the_banks_fee(office: Office) -> None:
    payment_id = a_payment(office)
    assert trace(office, a_return(office, 46200), payment_id, fee_cents=1200).status == 200
    assert office.get(f"/v1/payments/{payment_id}")["reversals"][0]["amount_cents"] == 45000
    assert balance(office) == 45000


def test_a_return_that_is_none_of_ours_is_a_line_of_the_bank(office: Office) -> None:
    return_id = a_return(office)
    dismissed = trace(office, return_id, None)
    assert (dismissed.status, dismissed.body["reverses"], dismissed.body["awaiting"]) == (200, None, None)
    assert office.get("/v1/payments")["items"] == []
    assert [one["kind"] for one in office.get("/v1/alerts")["items"] if one["closed_at"] is None] == []
    (account,) = office.get("/v1/proof", query={"date": "2026-11-09"})["accounts"]
    assert (account["reversals_cents"], account["other_cents"]) == (0, -45000)
    assert trace(office, return_id, None).code == "return_not_waiting"


@pytest.mark.parametrize("fee", [0, 1200])
def test_a_return_that_was_dismissed_in_error_takes_its_payment_back(office: Office, fee: int) -> None:
    return_id = a_return(office, 45000 + fee)
    assert trace(office, return_id, None).status == 200
    payment_id = a_payment(office)
    traced = trace(office, return_id, payment_id, fee_cents=fee or None, version=1)
    assert (traced.status, traced.body["reverses"], traced.body["version"]) == (200, payment_id, 2)
    assert (balance(office), office.booked(payment_id, return_id)) == (
        45000,
        {"411": 0, "471": 0, "512": -fee} | ({"627": fee} if fee else {}),
    )
    (account,) = office.get("/v1/proof", query={"date": "2026-11-09"})["accounts"]
    assert (account["reversals_cents"], account["other_cents"]) == (45000, -fee)
    assert trace(office, return_id, payment_id).code == "return_not_waiting"
    assert trace(office, return_id, None).code == "return_not_waiting"


def test_a_dismissed_return_is_the_banks_line_of_a_cheque_that_came_back(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE, role="accountant").body["payment_id"]
    return_id = a_return(office, means=Means.OTHER, return_reason=None)
    assert trace(office, return_id, None).status == 200
    assert reverse(office, payment_id).status == 200
    assert trace(office, return_id, payment_id).body["reverses"] == payment_id
    assert office.booked(payment_id, return_id) == {"511": 45000, "411": 0, "471": 0, "512": -45000}


def test_a_reversal_is_never_reversed(office: Office) -> None:
    payment_id, return_id = a_payment(office), a_return(office)
    second = a_return(office, position="2")
    assert trace(office, second, return_id).code == "payment_is_return"
    assert trace(office, return_id, payment_id).status == 200
    assert reverse(office, return_id).code == "payment_is_return"
    assert trace(office, second, return_id).code == "payment_is_return"
    assert trace(office, second, payment_id).code == "payment_not_reversible"
    assert trace(office, return_id, payment_id).code == "return_not_waiting"
    assert balance(office) == 45000


def test_the_same_request_again_changes_nothing(office: Office) -> None:
    payment_id, return_id = a_payment(office), a_return(office)
    body = {"payment_id": payment_id, "reason": "seen"}
    answers = [
        office.ask("POST", f"/v1/payments/{return_id}/original", body, role="accountant", key="K1") for _ in range(3)
    ]
    assert [(one.status, one.body) for one in answers] == [(200, answers[0].body)] * 3
    assert balance(office) == 45000


def test_two_people_who_saw_the_same_take_back_one_part_of_a_cheque(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE, role="accountant").body["payment_id"]
    seen = office.get(f"/v1/payments/{payment_id}")["version"]
    first, second = (reverse(office, payment_id, amount_cents=4000, version=seen) for _ in range(2))
    assert (first.status, first.body["version"], second.status, second.code) == (200, seen + 1, 409, "payment_changed")
    assert balance(office) == 4000
    assert reverse(office, payment_id, amount_cents=4000, version=seen + 1).status == 200


@pytest.mark.parametrize("of_ours", [True, False])
def test_who_saw_another_version_of_a_return_does_not_decide_on_it(office: Office, of_ours: bool) -> None:
    payment_id, return_id = a_payment(office), a_return(office)
    taken_back = payment_id if of_ours else None
    assert trace(office, return_id, taken_back, version=1).code == "payment_changed"
    assert trace(office, return_id, taken_back, version=0).status == 200
    assert trace(office, return_id, taken_back, version=0).code == "payment_changed"


def test_an_unpaid_cheque_is_recorded_and_the_banks_own_line_clears_511(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE, role="accountant").body["payment_id"]
    assert balance(office) == 0
    came_back = reverse(office, payment_id, reason="unpaid, the bank called")
    assert (came_back.status, came_back.body["status"]) == (200, "reversed")
    assert (balance(office), accounts(office)) == (45000, {"511": 0, "411": 0})
    return_id = a_return(office, means=Means.CHEQUE, note="IMPAYE CHEQUE 0001234", return_reason=None)
    (reversal,) = office.get(f"/v1/payments/{payment_id}")["reversals"]
    assert reversal["amount_cents"] == 45000
    assert office.get(f"/v1/payments/{return_id}")["reverses"] == payment_id
    assert (balance(office), office.get("/v1/payments", query={"status": "pending"})["items"]) == (45000, [])
    (account,) = office.get("/v1/proof", query={"date": "2026-11-09"})["accounts"]
    assert account["reversals_cents"] == 45000


def test_a_cheque_that_the_bank_said_unpaid_needs_no_person(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE, role="accountant").body["payment_id"]
    a_return(office, means=Means.CHEQUE, note="IMPAYE CHEQUE 0001234", return_reason=None)
    payment = office.get(f"/v1/payments/{payment_id}")
    assert (payment["status"], payment["reversals"][0]["booking_date"]) == ("reversed", "2026-11-09")
    assert accounts(office) == {"511": 45000, "411": 0, "512": -45000}
    assert reverse(office, payment_id).code == "payment_not_reversible"


def test_the_fee_on_the_banks_own_line_is_the_landlords(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE, role="accountant").body["payment_id"]
    assert reverse(office, payment_id).status == 200
    a_return(office, 46500, instructed_cents=45000, means=Means.CHEQUE, note="CHEQUE 0001234", return_reason=None)
    (account,) = office.get("/v1/proof", query={"date": "2026-11-09"})["accounts"]
    assert (account["reversals_cents"], account["other_cents"]) == (45000, -1500)
    assert office.get("/v1/payments", query={"status": "pending"})["items"] == []


def test_the_bank_line_that_brings_cheques_is_no_payment_to_take_back(office: Office) -> None:
    deposit = reported(a_credit(45000, None, nature=Nature.CLEARING, means=Means.CHEQUE))
    assert trace(office, a_return(office), office.post(deposit)).code == "payment_not_reversible"


def test_of_two_equal_cheques_the_one_whose_number_the_bank_names_comes_back(office: Office) -> None:
    cheques = [CHEQUE | {"reference": number} for number in ("0001234", "0001235", "12340")]
    ids = [office.ask("POST", "/v1/payments", body, role="accountant").body["payment_id"] for body in cheques]
    a_return(office, means=Means.CHEQUE, note="IMPAYE CHQ N.0001235 SANS PROVISION", return_reason=None)
    assert [office.get(f"/v1/payments/{one}")["status"] for one in ids] == ["posted", "reversed", "posted"]


def test_of_two_equal_cheques_the_banks_line_is_of_the_one_that_a_person_recorded(office: Office) -> None:
    cheques = [CHEQUE | {"reference": None, "received_on": day} for day in ("2026-11-03", "2026-11-04")]
    one, other = (office.ask("POST", "/v1/payments", body, role="accountant").body["payment_id"] for body in cheques)
    return_id = a_return(office, means=Means.CHEQUE, return_reason=None)
    assert office.get(f"/v1/payments/{return_id}")["awaiting"] == "original"
    assert reverse(office, one).status == 200
    settle(office)
    assert office.get(f"/v1/payments/{return_id}")["reverses"] == one
    assert office.get(f"/v1/payments/{other}")["status"] == "posted"
    assert (balance(office), accounts(office)["511"]) == (0, 45000)
    (account,) = office.get("/v1/proof", query={"date": "2026-11-09"})["accounts"]
    assert account["reversals_cents"] == 45000


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reversed_on": "2026-11-06"}, "reversed_in_future"),
        ({"reversed_on": "2026-11-04"}, "invalid_date"),
        ({"amount_cents": 45001}, "reversal_exceeds_payment"),
        ({"amount_cents": 0}, "invalid_request"),
    ],
)
def test_what_cannot_have_come_back_is_refused(office: Office, fields: dict[str, Any], code: str) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE, role="accountant").body["payment_id"]
    assert reverse(office, payment_id, **fields).code == code
    assert balance(office) == 0


def test_what_a_statement_that_is_being_read_may_hold_is_not_taken_back_by_hand(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    payment_id = office.post(reported(a_credit(45000, iban), "camt.054"))
    office.state(DAY, 0, 0, 0)
    files = FileRows(office.table)
    files.register(DroppedFile("semiga", "F1", Area.BANK, "S1.xml", "2026-11-05T20:00:00.000+00:00"))
    refused = reverse(office, payment_id)
    assert (refused.code, refused.body["error"]["message"]) == (
        "payment_not_in_collection",
        "A statement of the account is still being read: look again in a minute.",
    )
    files.update("semiga", "F1", status=FileStatus.PROCESSED)
    assert reverse(office, payment_id).body["status"] == "reversed"
    assert accounts(office) == {"512": 0, "411": 0}


def test_what_a_statement_tells_while_a_person_takes_it_back_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    payment_id = office.post(reported(a_credit(45000, iban), "camt.054"))
    office.state(DAY, 0, 45000, 0)
    objection = LeftOut.objection

    def asked(left_out: LeftOut, landlord_id: str, payment: Payment) -> str | None:
        answer = objection(left_out, landlord_id, payment)
        office.post(reported(a_credit(45000, iban)))
        return answer

    monkeypatch.setattr(LeftOut, "objection", asked)
    assert reverse(office, payment_id).code == "payment_not_in_collection"
    assert (balance(office), accounts(office)) == (0, {"512": 45000, "411": -45000})
    (account,) = office.get("/v1/proof", query={"date": DAY.isoformat()})["accounts"]
    assert (account["status"], account["receipts_cents"]) == ("proved", 45000)


def test_what_the_bank_booked_is_taken_back_by_the_bank_only(office: Office) -> None:
    assert reverse(office, a_payment(office)).code == "payment_not_in_collection"


@pytest.mark.parametrize("role", ["viewer", "collections", "erp"])
def test_only_accountants_decide_on_returns(office: Office, role: str) -> None:
    body = {"payment_id": None, "reason": "none of ours"}
    assert office.ask("POST", f"/v1/payments/{a_return(office)}/original", body, role=role).status == 403


def test_a_return_of_another_landlord_is_not_there(office: Office) -> None:
    Office(office.table).settle_in("habitat")
    body = {"payment_id": None, "reason": "none of ours"}
    path = f"/v1/payments/{a_return(office)}/original"
    assert office.ask("POST", path, body, landlord="habitat").code == "payment_not_found"


def test_the_suspense_holds_what_is_left_of_a_refunded_payment(office: Office) -> None:
    payment_id = office.post(reported(a_credit(20000, None)))
    assert trace(office, a_return(office, 5000), payment_id).status == 200
    assert office.get("/v1/dashboard")["suspense_cents"] == 15000
    order = {"lease_id": "L1", "reason": "theirs"}
    assert office.ask("POST", f"/v1/payments/{payment_id}/assign", order).status == 200
    assert balance(office) == 30000
    assert office.ask("POST", f"/v1/payments/{payment_id}/unassign", {"reason": "no"}).status == 200
    office.follow()
    assert (balance(office), office.get("/v1/dashboard")["suspense_cents"]) == (45000, 15000)
    assert office.get(f"/v1/payments/{payment_id}")["booking_date"] == DAY.isoformat()


def test_what_came_back_counts_on_its_day_though_nothing_else_is_booked_on_it(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE | {"received_on": "2026-11-02"}).body["payment_id"]
    assert reverse(office, payment_id, reversed_on="2026-11-04").status == 200
    day = {"from": "2026-11-04", "to": "2026-11-04"}
    assert office.get("/v1/dashboard", query=day)["total_cents"] == -CHEQUE["amount_cents"]
