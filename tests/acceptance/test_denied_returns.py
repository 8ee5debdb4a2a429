"""A return that a notice or an event told, and that no closing statement knows: nobody is stuck with its day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from acceptance.case import Case
from acceptance.test_reversals import proof

from quitus.domain.movement import Nature

FOURTH, FIFTH, SIXTH = date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 6)
GONE_BACK: dict[str, Any] = {
    "nature": Nature.RETURN,
    "means": "direct_debit",
    "return_reason": "MD06",
    "end_to_end_id": "NOV-L1",
}


def told_back(case: Case, euros: str = "-450.00", channel: str = "camt.054", **changes: Any) -> str:
    """A return of the debit of November, dated the fifth."""
    return case.report(euros, str(FIFTH), channel=channel, **GONE_BACK | {"bank_reference": "BACK-1"} | changes)


def closed(case: Case, day: date = FIFTH, debited_cents: int = 0) -> None:
    """The bank's closing statement of a day after the fourth, with so much taken off the 450.00."""
    case.office.state(day, 45_000, 0, debited_cents, name=f"S-{day}")


def never_booked(case: Case, return_id: str, **said: Any) -> Any:
    body = {"payment_id": None, "reason": "the bank knows nothing of it"} | said
    return case.ask("POST", f"/v1/payments/{return_id}/original", body)


def assigned(case: Case, payment_id: str) -> None:
    body = {"lease_id": "L1", "reason": "it never went back"}
    assert case.ask("POST", f"/v1/payments/{payment_id}/assign", body).status == 200


@pytest.fixture
def debited() -> tuple[Case, str]:
    """450.00 debited for November, on the statement of the fourth."""
    case = Case(today="2026-11-06")
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    paid = case.receive("450.00", str(FOURTH), means="direct_debit", end_to_end_id="NOV-L1")
    case.office.state(FOURTH, 0, 45_000, 0, name="S-4")
    return case, paid


def test_what_a_return_took_waits_in_suspense_once_a_person_says_that_the_bank_never_booked_it(
    debited: tuple[Case, str],
) -> None:
    case, paid = debited
    returned = told_back(case)
    assert (case.reversed(paid)[0], case.balance()) == ("reversed", "450.00")
    closed(case)
    assert proof(case) == ("gap", "0.00", [("not_on_statement", returned)])
    said = never_booked(case, returned)
    assert (said.status, said.body["reverses"], said.body["awaiting"], said.body["version"]) == (200, None, None, 1)
    assert (proof(case), proof(case, FOURTH)[0]) == (("proved", "0.00", []), "proved")
    held = case.payment(paid)
    assert (held["status"], held["reversals"], held["match"]["reason"]) == ("suspense", [], "unassigned")
    assert (held["match"]["evidence"]["lease_id"], held["match"]["evidence"]["denies"]) == ("L1", returned)
    assert case.booked(paid, returned) == {"512": 45000, "471": -45000, "411": 0}
    assert case.get("/v1/dashboard")["suspense_cents"] == 45000
    assigned(case, paid)
    assert (case.balance(), case.settled(paid)) == ("0.00", {"nov": "450.00"})
    assert case.booked(paid, returned) == {"512": 45000, "471": 0, "411": -45000}
    assert [line["kind"] for line in case.entries()] == ["receipt", "reversal", "assignment"]
    case.holds()


def test_the_day_is_closed_and_given_out_then(debited: tuple[Case, str]) -> None:
    case, _ = debited
    returned = told_back(case, channel="event:bank:instant")
    closed(case)
    receipts, through = {"kind": "receipts", "from": str(FOURTH), "to": str(FIFTH)}, {"through": str(FIFTH)}
    assert case.ask("POST", "/v1/exports", receipts).body["error"]["code"] == "day_not_proved"
    assert case.ask("POST", "/v1/closings", through).status == 409
    assert never_booked(case, returned).status == 200
    assert case.ask("POST", "/v1/exports", receipts).status == 202
    assert case.ask("POST", "/v1/closings", through).status == 201
    assert case.ask("POST", "/v1/exports", receipts | {"kind": "fec"}).status == 202


def test_a_return_that_waited_and_its_fee_leave_nothing(debited: tuple[Case, str]) -> None:
    case, paid = debited
    returned = told_back(case, "-453.00", end_to_end_id=None)
    assert never_booked(case, returned, payment_id=paid, fee_cents=300).status == 200
    assert case.booked(paid, returned) == {"512": -300, "471": 0, "411": 0, "627": 300}
    closed(case)
    assert never_booked(case, returned).status == 200
    assert case.booked(paid, returned) == {"512": 45000, "471": -45000, "411": 0, "627": 0}
    assert proof(case) == ("proved", "0.00", [])
    case.holds()


def test_what_a_statement_may_hold_yet_or_holds_stays_taken_back(debited: tuple[Case, str]) -> None:
    case, paid = debited
    returned = told_back(case)
    refused = never_booked(case, returned)
    assert (refused.status, refused.body["error"]["code"]) == (409, "return_not_waiting")
    assert refused.body["error"]["message"].startswith("No closing statement tells of its day yet")
    assert told_back(case, channel="camt.053") == returned
    closed(case, debited_cents=45_000)
    refused = never_booked(case, returned)
    assert (refused.status, refused.body["error"]["code"]) == (409, "return_not_waiting")
    assert (case.reversed(paid)[0], case.balance(), proof(case)[0]) == ("reversed", "450.00", "proved")


def test_what_took_a_part_stays(debited: tuple[Case, str]) -> None:
    case, paid = debited
    returned = told_back(case, "-50.00", end_to_end_id=None)
    assert never_booked(case, returned, payment_id=paid).status == 200
    closed(case)
    assert never_booked(case, returned).body["error"]["code"] == "return_not_waiting"
    assert (case.payment(paid)["status"], case.balance()) == ("posted", "50.00")


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_a_statement_tells_after_all_waits_for_a_person(debited: tuple[Case, str], *, is_ours: bool) -> None:
    case, paid = debited
    returned = told_back(case)
    closed(case)
    assert never_booked(case, returned).status == 200
    assigned(case, paid)
    case.today_is("2026-11-07")
    booked = GONE_BACK | {"bank_reference": "BACK-1"}
    assert case.report("-450.00", "2026-11-06", **booked) == returned
    closed(case, SIXTH, 45_000)
    held = case.payment(returned)
    assert (held["status"], held["awaiting"]) == ("pending", "decision")
    assert (case.balance(), proof(case, SIXTH)[0]) == ("0.00", "gap")
    assert ("return_without_original", returned) in case.alerts()
    wrong = case.ask("POST", f"/v1/payments/{returned}/assign", {"lease_id": "L1", "reason": "what is this"})
    assert (wrong.status, wrong.body["error"]["code"]) == (409, "payment_not_in_suspense")
    assert never_booked(case, returned, payment_id=paid if is_ours else None).status == 200
    assert proof(case, SIXTH)[0] == "proved"
    assert case.alerts() == []
    assert (case.reversed(paid)[0], case.balance()) == (("reversed", "450.00") if is_ours else ("posted", "0.00"))
    assert case.booked(returned).get("471", 0) + case.booked(paid)["471"] == 0
    case.holds()


def test_a_debit_that_only_a_notice_knows_keeps_no_day_open() -> None:
    """It is in no book: a fee that the bank announced and never took, on a day with and on one without a statement."""
    case = Case(today="2026-11-06")
    for day in (FOURTH, FIFTH):
        case.report("-12.50", str(day), channel="camt.054", nature=Nature.OTHER, bank_reference=f"FEE-{day}")
    case.office.state(FOURTH, 45_000, 0, 0, name="S-4")
    closed(case, SIXTH)
    assert proof(case, FOURTH) == ("proved", "0.00", [])
    case.today_is("2026-11-07")
    assert case.ask("POST", "/v1/closings", {"through": str(SIXTH)}).status == 201


def test_a_return_that_waits_and_that_no_statement_knows_is_dismissed(debited: tuple[Case, str]) -> None:
    case, _ = debited
    returned = told_back(case, "-77.00", end_to_end_id=None)
    closed(case)
    assert proof(case) == ("gap", "0.00", [("not_on_statement", returned)])
    assert never_booked(case, returned).status == 200
    assert (proof(case), case.booked(returned)) == (("proved", "0.00", []), {"471": 0, "512": 0})
    case.holds()
