"""Cases of sector.md §7 about money that goes back, with their own numbers, and what must hold beside."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from acceptance.case import Case
from acceptance.test_lists import a_case, caf_list, suspense, tenant
from acceptance.words import Words
from builders import DAY

from quitus.domain.money import format_euros, parse_euros
from quitus.domain.movement import Nature
from quitus.services import list_returns


def sides(entry: Any) -> list[tuple[str, int, int]]:
    return [(line["account"], line["debit_cents"], line["credit_cents"]) for line in entry["lines"]]


def test_case_07_am04_after_allocation(case: Words) -> None:
    case.let()
    case.call("may", "rent", "2026-05-10", "612.40")
    paid = case.receive("612.40", "2026-05-05", means="direct_debit")
    assert case.balance() == "0.00"
    case.take_back(paid, "2026-05-08", "612.40", "AM04")
    assert case.reversed(paid) == ("reversed", [("2026-05-08", "612.40", "AM04")])
    assert (case.still_open(), case.balance()) == ({"may": "612.40"}, "612.40")
    (due,) = case.lease()["dues"]
    assert (due["due_date"], case.overdue()) == ("2026-05-10", ("612.40", True))
    assert sides(case.entries()[-1]) == [("512", 0, 61240), ("411", 61240, 0)]
    assert [entry["kind"] for entry in case.entries()] == ["receipt", "reversal"]
    case.holds()


def test_case_08_md06_of_an_older_debit_though_later_months_are_paid(case: Words) -> None:
    case.let()
    for month in ("05", "06", "07"):
        case.call(f"m{month}", "rent", f"2026-{month}-10", "612.40")
    may, june = (case.receive("612.40", f"2026-{month}-05", means="direct_debit") for month in ("05", "06"))
    case.take_back(may, "2026-06-20", "612.40", "MD06")
    assert case.reversed(may) == ("reversed", [("2026-06-20", "612.40", "MD06")])
    assert case.reversed(june) == ("posted", [])
    assert (case.still_open(), case.settled(june)) == ({"m05": "612.40", "m07": "612.40"}, {"m06": "612.40"})
    case.holds()


def test_case_09_cheque_unpaid() -> None:
    case = Case(today="2026-04-20")
    case.let()
    case.call("apr", "rent", "2026-04-10", "380.00")
    paid = case.record("380.00", "cheque", "2026-04-02", reference="0001234")
    deposit = {"nature": Nature.CLEARING, "means": "cheque", "bank_code": "02"}
    case.report("380.00", "2026-04-03", channel="cfonb120", **deposit)
    assert case.balance() == "0.00"
    unpaid = {"nature": Nature.RETURN, "means": "cheque", "bank_code": "03", "bank_reference": None}
    case.report("-380.00", "2026-04-14", channel="cfonb120", **unpaid)
    assert case.reversed(paid) == ("reversed", [("2026-04-14", "380.00", None)])
    assert (case.still_open(), case.balance()) == ({"apr": "380.00"}, "380.00")
    assert [sides(entry) for entry in case.entries()] == [
        [("511", 38000, 0), ("411", 0, 38000)],
        [("512", 0, 38000), ("411", 38000, 0)],
    ]
    case.holds()


def test_case_22_a_chargeback_is_a_reversal(case: Words) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "812.50")
    paid = case.receive("300.00", "2026-11-02", channel="event:psp:demo", means="card")
    case.take_back(paid, "2026-11-05", "300.00", "fraud", kind="chargeback", means="card")
    assert case.reversed(paid) == ("reversed", [("2026-11-05", "300.00", "fraud")])
    assert (case.balance(), sides(case.entries()[-1])) == ("812.50", [("511", 0, 30000), ("411", 30000, 0)])
    case.holds()


def test_a_return_over_two_leases_of_a_group_reopens_the_dues_of_both(case: Words) -> None:
    case.let("D", account_group="G1")
    case.let("P", unit_kind="parking", account_group="G1")
    case.call("rent", "rent", "2026-11-10", "480.00", lease_id="D")
    case.call("place", "rent", "2026-11-10", "45.00", lease_id="P")
    paid = case.receive("1050.00", lease_id="D")
    case.call("rent-12", "rent", "2026-12-10", "480.00", lease_id="D")
    case.call("place-12", "rent", "2026-12-10", "45.00", lease_id="P")
    assert (case.balance("D"), case.balance("P"), case.credit("D")) == ("0.00", "0.00", "0.00")
    case.take_back(paid, "2026-12-12", "1050.00", "FOCR")
    assert case.still_open("D") == {"rent": "480.00", "rent-12": "480.00"}
    assert case.still_open("P") == {"place": "45.00", "place-12": "45.00"}
    assert case.settled(paid) == {}
    case.holds("D", "P")


def test_what_is_owed_again_is_paid_by_the_credit_of_another_lease_of_the_group(case: Words) -> None:
    case.let("D", account_group="G1")
    case.let("P", unit_kind="parking", account_group="G1")
    case.call("rent", "rent", "2026-11-10", "480.00", lease_id="D")
    first = case.receive("480.00", lease_id="D")
    second = case.receive("100.00", lease_id="P")
    assert (case.credit("P"), case.balance("D")) == ("100.00", "0.00")
    case.take_back(first, "2026-11-08", "480.00")
    assert (case.credit("P"), case.still_open("D"), case.settled(second)) == (
        "0.00",
        {"rent": "380.00"},
        {"rent": "100.00"},
    )
    case.holds("D", "P")


def test_a_credit_that_later_dues_used_is_taken_from_them(case: Words) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "500.00")
    paid = case.receive("530.00")
    case.call("dec", "rent", "2026-12-10", "500.00")
    case.receive("470.00", "2026-12-08")
    assert case.still_open() == {}
    case.take_back(paid, "2026-12-10", "530.00")
    assert case.still_open() == {"nov": "500.00", "dec": "30.00"}
    case.holds()


def test_an_aid_that_its_payer_takes_back_is_awaited_again_and_the_tenant_owes_no_more(case: Words) -> None:
    case.let()
    case.call("rent", "rent", "2026-11-10", "462.00")
    case.call("apl", "aid_apl", "2026-11-10", "-190.00")
    paid = case.receive("190.00", "2026-11-25", means="caf")
    assert (case.balance(), case.aid_open()) == ("272.00", "0.00")
    case.take_back(paid, "2026-11-27", "190.00")
    assert (case.balance(), case.aid_open()) == ("272.00", "190.00")
    assert sides(case.entries()[-1]) == [("512", 0, 19000), ("467", 19000, 0)]
    case.holds()


def test_a_departed_tenants_payment_may_still_go_back(case: Words) -> None:
    case.let("L1", status="ended", end_date="2026-02-28")
    case.call("arrears", "rent", "2026-02-10", "300.00")
    paid = case.receive("100.00", "2026-11-05")
    assert ("payment_on_ended_lease", paid) in case.alerts()
    case.take_back(paid, "2026-11-09", "100.00")
    assert (case.balance(), case.alerts()) == ("300.00", [])
    case.holds()


def test_a_plan_owes_again_what_was_returned_of_it() -> None:
    case = Case(today="2026-12-15")
    case.let()
    case.call("oct", "rent", "2026-10-10", "160.00")
    assert case.agree(["oct"], [("2027-01-10", "80.00"), ("2027-02-10", "80.00")]).status == 201
    paid = case.receive("80.00", "2027-01-08", means="direct_debit")
    assert case.plan("2027-01-09")["settled_cents"] == 8000
    case.take_back(paid, "2027-01-12", "80.00", "MS03")
    assert (case.plan("2027-01-20")["settled_cents"], case.plan("2027-01-20")["missed_cents"]) == (0, 8000)
    case.holds()


def test_a_returned_receipt_no_longer_settles_a_month_of_co_tenants(case: Words) -> None:
    case.let()
    case.parties(("A", "50"), ("B", "50"))
    case.call("nov", "rent", "2026-11-10", "900.00")
    case.receive("450.00", debtor_name="A")
    paid = case.receive("450.00", debtor_name="B")
    (month,) = case.shares("2026-11-05")["months"]
    assert month["is_settled"] is True
    case.take_back(paid, "2026-11-09", "450.00")
    (month,) = case.shares("2026-11-05")["months"]
    assert (month["is_settled"], [one["difference_cents"] for one in month["parties"]]) == (False, [0, -45000])


def test_the_dashboard_takes_a_reversal_off_its_own_day(case: Words) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    paid = case.receive("450.00", "2026-11-02")
    case.take_back(paid, "2026-11-05", "450.00")
    days = {"from": "2026-11-01", "to": "2026-11-30", "by": "day"}
    shown = case.get("/v1/dashboard", **days)
    assert [(row["key"], row["amount_cents"]) for row in shown["rows"]] == [
        ("2026-11-02", 45000),
        ("2026-11-05", -45000),
    ]
    assert shown["total_cents"] == 0


def test_wrong_assignment_is_corrected_by_entries_and_a_return_follows_the_payment_where_it_is() -> None:
    case = Case()
    case.let("L1")
    case.let("L2", residence_id="R2", residence_name="Le Mas")
    for lease_id in ("L1", "L2"):
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "450.00", lease_id=lease_id)
    paid = case.receive("450.00", lease_id="L1", debtor_name="Noé Blanc")
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "of the neighbour"}).status == 200
    assert case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "L2", "reason": "hers"}).status == 200
    assert (case.balance("L1"), case.balance("L2")) == ("450.00", "0.00")
    case.take_back(paid, "2026-11-09", "450.00")
    assert (case.balance("L1"), case.balance("L2")) == ("450.00", "450.00")
    assert [entry["kind"] for entry in case.entries("L1")] == ["receipt", "assignment"]
    assert [entry["kind"] for entry in case.entries("L2")] == ["assignment", "reversal"]
    refused = case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "L1", "reason": "again"})
    assert refused.body["error"]["code"] == "payment_not_in_suspense"
    case.holds("L1", "L2")


def test_a_payment_that_a_person_split_goes_back_from_each_of_its_leases() -> None:
    case = Case()
    for lease_id, euros in (("A", "400.00"), ("B", "240.00")):
        case.let(lease_id)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", euros, lease_id=lease_id)
    paid = case.report("640.00", debtor_name="UDAF")
    parts = [{"lease_id": "A", "amount_cents": 45000}, {"lease_id": "B", "amount_cents": 19000}]
    assert case.ask("POST", f"/v1/payments/{paid}/split", {"parts": parts, "reason": "the list"}).status == 200
    case.take_back(paid, "2026-11-12", "640.00", "FOCR")
    assert case.reversed(paid) == ("reversed", [("2026-11-12", "640.00", "FOCR")])
    assert [case.balance(lease_id) for lease_id in ("A", "B")] == ["400.00", "240.00"]
    case.holds("A", "B")


@pytest.mark.parametrize(
    "told_apart_by",
    [
        [("camt.053", "2026-11-06")],
        [("cfonb120", "2026-11-06"), ("cfonb120", "2026-11-03")],
        [("cfonb120", "2026-11-03"), ("cfonb120", "2026-11-06")],
    ],
)
def test_of_two_returns_of_alike_debits_that_were_taken_for_one_each_takes_its_own_back(
    told_apart_by: list[tuple[str, str]],
) -> None:
    """The statement of the first debit comes late: its return and a notice of the other one wait, and look alike."""
    case = Case(today="2026-11-10")
    case.let()
    case.call("oct", "rent", "2026-10-10", "450.00")
    case.call("nov", "rent", "2026-11-10", "450.00")
    alike: dict[str, Any] = {"means": "direct_debit", "mandate_id": "RUM-1", "bank_reference": None}
    goes_back = alike | {"nature": Nature.RETURN, "return_reason": "AM04"}
    case.report("-450.00", "2026-11-06", channel="camt.054", **goes_back)
    case.report("-450.00", "2026-11-03", **goes_back)
    first = case.receive("450.00", "2026-11-02", **alike)
    case.settle()
    second = case.receive("450.00", "2026-11-05", **alike)
    assert (case.payment(first)["status"], case.balance()) == ("reversed", "450.00")
    for channel, day in told_apart_by:
        case.report("-450.00", day, channel=channel, **goes_back)
        case.settle()
    assert case.reversed(second) == ("reversed", [("2026-11-06", "450.00", "AM04")])
    assert (case.balance(), case.get("/v1/payments", status="pending")["items"]) == ("900.00", [])
    case.holds()


def state(case: Case, euros: str, day: date = DAY) -> None:
    """The bank's closing statement of a day credits so much."""
    case.office.state(day, 100_000, parse_euros(euros), 0, name=f"S-{day}")


def proof(case: Case, day: date = DAY) -> tuple[str, str, list[tuple[str, str | None]]]:
    """Whether a day is proved, its receipts, and what makes a difference."""
    (account,) = case.get("/v1/proof", date=day.isoformat())["accounts"]
    lines = [(line["reason"], line["payment_id"]) for line in account["lines"]]
    return account["status"], format_euros(account["receipts_cents"]), lines


def never_booked(case: Case, payment_id: str, on: str = "2026-11-05", amount_cents: int | None = None) -> Any:
    body = {"reason": "the bank never booked it", "reversed_on": on, "amount_cents": amount_cents}
    return case.ask("POST", f"/v1/payments/{payment_id}/reverse", body)


@pytest.fixture
def noticed() -> tuple[Case, str]:
    """450.00 that a notice of the bank told on the lease, and spent by two months."""
    case = Case(today="2026-11-06")
    case.let()
    case.call("nov", "rent", "2026-11-10", "400.00")
    paid = case.receive("450.00", channel="camt.054", bank_reference="NOTICE-1")
    case.call("dec", "rent", "2026-12-10", "400.00")
    return case, paid


def test_what_the_closing_statement_leaves_out_is_taken_back_on_its_own_day(noticed: tuple[Case, str]) -> None:
    case, paid = noticed
    state(case, "0.00")
    assert proof(case) == ("gap", "450.00", [("not_on_statement", paid)])
    assert never_booked(case, paid).status == 200
    assert proof(case) == ("proved", "0.00", [])
    assert case.reversed(paid) == ("reversed", [("2026-11-05", "450.00", "the bank never booked it")])
    assert case.still_open() == {"nov": "400.00", "dec": "400.00"}
    reversal = case.entries()[-1]
    assert (reversal["kind"], reversal["booking_date"]) == ("reversal", "2026-11-05")
    assert sides(reversal)[0] == ("512", 0, 45000)
    assert case.ask("POST", "/v1/exports", {"kind": "receipts", "from": "2026-11-05", "to": "2026-11-05"}).status == 202
    assert case.get("/v1/dashboard", **{"from": "2026-11-05", "to": "2026-11-05"})["total_cents"] == 0
    case.holds()


def test_what_the_closing_statement_leaves_out_is_taken_out_of_suspense() -> None:
    case = Case(today="2026-11-06")
    paid = case.report("75.00", channel="camt.054")
    state(case, "0.00")
    assert never_booked(case, paid).status == 200
    assert (proof(case), case.reversed(paid)[0]) == (("proved", "0.00", []), "reversed")
    assert case.get("/v1/dashboard")["suspense_cents"] == 0


def test_what_was_told_of_a_day_that_passed_without_a_statement_is_taken_back_on_that_day() -> None:
    """An instant payment of a Sunday that Monday's statement does not know."""
    friday, sunday, monday = date(2026, 11, 6), date(2026, 11, 8), date(2026, 11, 9)
    case = Case(today="2026-11-09")
    case.let()
    case.call("nov", "rent", "2026-11-10", "400.00")
    paid = case.receive("450.00", str(sunday), channel="event:bank:instant", bank_reference="I-1")
    state(case, "0.00", friday)
    refused = never_booked(case, paid, on=str(sunday))
    assert refused.body["error"]["message"].startswith("No closing statement tells of its day yet")
    state(case, "0.00", monday)
    through = {"through": str(monday)}
    case.today_is("2026-11-10")
    assert (proof(case, sunday)[1], case.ask("POST", "/v1/closings", through).status) == ("450.00", 409)
    assert never_booked(case, paid, on=str(sunday)).status == 200
    assert (proof(case, sunday)[1:], case.balance()) == (("0.00", []), "400.00")
    assert sides(case.entries()[-1])[0] == ("512", 0, 45000)
    assert case.ask("POST", "/v1/closings", through).status == 201
    case.holds()


def test_of_two_amounts_of_one_reference_the_one_on_the_statement_stays(noticed: tuple[Case, str]) -> None:
    case, paid = noticed
    true = case.receive("450.01", bank_reference="NOTICE-1")
    state(case, "450.01")
    assert ("identity_conflict", true) in case.alerts()
    assert case.ask("POST", f"/v1/payments/{true}/assign", {"lease_id": "L1", "reason": "as stated"}).status == 200
    assert (case.entries()[-1]["booking_date"], sides(case.entries()[-1])[0]) == ("2026-11-05", ("512", 45001, 0))
    assert never_booked(case, paid).status == 200
    assert (case.balance(), proof(case)) == ("349.99", ("proved", "450.01", []))
    case.holds()


def test_what_a_statement_may_hold_yet_or_holds_is_not_taken_back_by_hand(noticed: tuple[Case, str]) -> None:
    case, paid = noticed
    told = case.receive("10.00")
    assert never_booked(case, paid).body["error"]["message"].startswith("No closing statement tells of its day yet")
    state(case, "10.00")
    for payment_id, cents in ((told, None), (paid, 100)):
        refused = never_booked(case, payment_id, amount_cents=cents)
        assert (refused.status, refused.body["error"]["code"]) == (409, "payment_not_in_collection")
    other_day = never_booked(case, paid, on="2026-11-06")
    assert (other_day.status, other_day.body["error"]["detail"]) == (422, {"booking_date": "2026-11-05"})
    assert (case.balance(), proof(case)[0]) == ("340.00", "gap")


def test_what_a_statement_tells_after_all_waits_for_a_person_who_books_it_anew(noticed: tuple[Case, str]) -> None:
    case, paid = noticed
    state(case, "0.00")
    assert never_booked(case, paid).status == 200
    case.today_is("2026-11-07")
    assert case.receive("450.00", "2026-11-06", bank_reference="NOTICE-1") == paid
    state(case, "450.00", date(2026, 11, 6))
    held = case.payment(paid)
    assert (held["status"], held["awaiting"], held["reversals"]) == ("pending", "decision", [])
    assert (case.balance(), proof(case, date(2026, 11, 6))[0]) == ("800.00", "gap")
    assert case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "L1", "reason": "it came"}).status == 200
    assert (proof(case)[:2], proof(case, date(2026, 11, 6))[:2]) == (("proved", "0.00"), ("proved", "450.00"))
    assert case.settled(paid) == {"nov": "400.00", "dec": "50.00"}
    assert (case.entries()[-1]["booking_date"], sides(case.entries()[-1])[0]) == ("2026-11-06", ("512", 45000, 0))
    case.take_back(paid, "2026-11-07", "450.00")
    assert (case.reversed(paid), case.balance()) == (("reversed", [("2026-11-07", "450.00", "AM04")]), "800.00")
    case.holds()


def test_a_return_dismissed_in_error_takes_the_debit_back_that_came_later() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    unpaid = {"nature": Nature.RETURN, "means": "direct_debit", "return_reason": "AM04", "end_to_end_id": "NOV-2026-L1"}
    returned = case.report("-450.00", "2026-11-05", **unpaid)
    path = f"/v1/payments/{returned}/original"
    assert case.ask("POST", path, {"payment_id": None, "reason": "not ours"}).body["awaiting"] is None
    paid = case.receive("450.00", "2026-11-04", means="direct_debit", end_to_end_id="NOV-2026-L1")
    case.settle()
    assert case.balance() == "0.00"
    named = case.ask("POST", path, {"payment_id": paid, "reason": "it is hers"})
    assert (named.status, named.body["reverses"]) == (200, paid)
    assert case.reversed(paid) == ("reversed", [("2026-11-05", "450.00", "AM04")])
    assert (case.still_open(), case.alerts()) == ({"nov": "450.00"}, [])
    assert sides(case.entries()[-1]) == [("471", 0, 45000), ("411", 45000, 0)]
    assert case.ask("POST", path, {"payment_id": None, "reason": "again"}).body["error"]["code"] == "return_not_waiting"
    case.holds()


CAF_TRANSFER = "2026-11-04"


def a_bulk_transfer(*lines: tuple[str, str]) -> tuple[Case, str, str, str]:
    """What the CAF sent for tenants L1 and L2 and others, as its list says, and a return: the case, the ids of list,
    transfer and return.
    """
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    tenant(case, "L2", "1000002", "120.50")
    list_id = case.drop_list(caf_list(("1000001", "190.00"), ("1000002", "120.50"), *lines))
    euros = format_euros(case.get(f"/v1/lists/{list_id}")["total_cents"])
    transfer = case.report(euros, CAF_TRANSFER, debtor_name="CAF DU GARD")
    case.settle()
    returned = case.report(f"-{euros}", nature=Nature.RETURN, return_reason="FOCR")
    return case, list_id, transfer, returned


def goes_back(case: Case, returned: str, transfer: str) -> Any:
    body = {"payment_id": transfer, "reason": "the bank recalled it"}
    return case.ask("POST", f"/v1/payments/{returned}/original", body)


def left_by(case: Case, list_id: str, *payment_ids: str) -> dict[str, int]:
    """What payments, and the lines of a list, leave on the accounts where they leave anything."""
    lines = case.get(f"/v1/lists/{list_id}/lines")["items"]
    booked = case.booked(*payment_ids, *(line["payment_id"] for line in lines))
    return {account: cents for account, cents in booked.items() if cents}


def test_a_bulk_transfer_goes_back_with_every_line_of_its_list_wherever_that_is() -> None:
    case, list_id, transfer, returned = a_bulk_transfer(("9999999", "45.00"), ("9999998", "-30.00"))
    assert {kind for kind, _ in case.alerts()} == {"return_without_original", "recovery_apart"}
    (first,) = case.get("/v1/payments", status="posted", residence="R1", limit="1")["items"]
    assert case.ask("POST", f"/v1/payments/{first['payment_id']}/unassign", {"reason": "moved"}).status == 200
    answered = goes_back(case, returned, transfer)
    assert (answered.status, answered.body["status"], answered.body["reverses"]) == (200, "reversed", transfer)
    assert case.reversed(transfer) == ("reversed", [("2026-11-05", "325.50", "FOCR")])
    assert {status for *_, status, _ in case.lines(list_id)} == {"reversed"}
    assert (case.aid_open("L1"), case.aid_open("L2")) == ("190.00", "120.50")
    assert (left_by(case, list_id, transfer, returned), suspense(case), case.alerts()) == ({}, [], [])
    assert case.get("/v1/dashboard", **{"from": CAF_TRANSFER, "to": "2026-11-05"})["total_cents"] == 0
    assert goes_back(case, returned, transfer).body["error"]["code"] == "return_not_waiting"
    again = case.report("-325.50", "2026-11-06", nature=Nature.RETURN)
    assert goes_back(case, again, transfer).body["error"]["code"] == "payment_not_reversible"
    case.holds("L1", "L2")


def test_a_bulk_transfer_whose_return_was_dismissed_in_error_goes_back() -> None:
    case, list_id, transfer, returned = a_bulk_transfer()
    assert case.ask("POST", f"/v1/payments/{returned}/original", {"payment_id": None, "reason": "no"}).status == 200
    assert goes_back(case, returned, transfer).status == 200
    assert (left_by(case, list_id, transfer, returned), case.aid_open("L1")) == ({}, "190.00")


def test_a_long_list_goes_back_in_several_requests_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_returns, "LINES_AT_ONCE", 1)
    case, list_id, transfer, returned = a_bulk_transfer(("9999999", "45.00"))
    for left in (2, 1):
        refused = goes_back(case, returned, transfer).body["error"]
        assert (refused["code"], refused["detail"]) == ("rows_busy", {"lines": left})
        assert case.payment(returned)["awaiting"] == "original"
    assert goes_back(case, returned, transfer).status == 200
    assert left_by(case, list_id, transfer, returned) == {}
    lines = case.get(f"/v1/lists/{list_id}/lines")["items"]
    assert [len(case.payment(line["payment_id"])["reversals"]) for line in lines] == [1, 1, 1]
    case.holds("L1", "L2")


def test_a_bulk_transfer_does_not_go_back_in_part_nor_from_a_tenant_whom_a_recovery_debits() -> None:
    case, list_id, transfer, returned = a_bulk_transfer(("9999998", "-30.00"))
    part = case.report("-190.00", "2026-11-06", nature=Nature.RETURN)
    line, _, recovery = (one["payment_id"] for one in case.get(f"/v1/lists/{list_id}/lines")["items"])
    assert goes_back(case, part, transfer).body["error"]["detail"] == {"amount_cents": 28050}
    assert case.ask("POST", f"/v1/payments/{recovery}/assign", {"lease_id": "L1", "reason": "hers"}).status == 200
    refused = goes_back(case, returned, transfer).body["error"]
    assert (refused["code"], refused["detail"]) == ("list_not_reversible", {"payment_id": recovery})
    assert {status for *_, status, _ in case.lines(list_id)} == {"posted"}
    assert goes_back(case, part, line).status == 200
    assert goes_back(case, returned, transfer).body["error"]["code"] == "list_not_reversible"
    assert (case.aid_open("L1"), case.aid_open("L2")) == ("190.00", "0.00")
    case.holds("L1", "L2")


BARE: dict[str, Any] = {"nature": Nature.RETURN, "means": "direct_debit", "bank_reference": None, "debtor_name": None}


@pytest.mark.parametrize("order", list(itertools.permutations(["cfonb120", "mt940", "camt.053"])))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_returns_told_first_without_a_word_take_their_payments_back_once_a_channel_says_whose(
    count: int, order: tuple[str, ...]
) -> None:
    """Equal debits of several tenants come back on one day: one format says how many, the other whose."""
    case, leases = Case(today="2026-11-06"), [f"L{number}" for number in range(1, count + 1)]
    for lease_id in leases:
        case.let(lease_id)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "200.00", lease_id=lease_id)
    paid = [case.receive("200.00", "2026-11-04", one, means="direct_debit", end_to_end_id=f"E-{one}") for one in leases]
    for channel in order:
        for lease_id in leases:
            named = {"end_to_end_id": f"E-{lease_id}", "return_reason": "AM04"} if channel == "camt.053" else {}
            case.report("-200.00", "2026-11-05", channel=channel, **BARE | named)
        case.settle()
    assert [case.reversed(one)[0] for one in paid] == ["reversed"] * count
    assert [case.balance(lease_id) for lease_id in leases] == ["200.00"] * count
    assert (case.get("/v1/payments", status="pending")["items"], case.alerts()) == ([], [])
    case.holds(*leases)


@pytest.mark.parametrize("code", ["PMNT/ICDT/ESCT", "06", None])
def test_money_of_nobody_that_the_landlord_sends_back_leaves_suspense(case: Case, code: str | None) -> None:
    unknown = case.report("275.00", "2026-11-04", debtor_name="INCONNU")
    sent = case.report("-275.00", nature=Nature.OTHER, bank_code=code)
    (line,) = case.get("/v1/bank-lines", date=str(DAY))["items"]
    assert (line["payment_id"], line["amount_cents"]) == (sent, -27_500)
    path, said = f"/v1/payments/{sent}/original", {"payment_id": unknown, "reason": "sent back to its payer"}
    assert case.ask("POST", path, {"payment_id": None, "reason": "none of ours"}).status == 404
    told = case.ask("POST", path, said)
    assert (told.status, told.body["reverses"], told.body["status"]) == (200, unknown, "reversed")
    assert case.reversed(unknown)[0] == "reversed"
    assert (case.get("/v1/dashboard")["suspense_cents"], case.get("/v1/payments", status="pending")["items"]) == (0, [])
    case.office.state(date(2026, 11, 4), 0, 27_500, 0, name="S-4")
    case.office.state(DAY, 27_500, 0, 27_500, name="S-5")
    (account,) = case.get("/v1/proof", date=str(DAY))["accounts"]
    assert (account["status"], account["reversals_cents"], account["other_cents"]) == ("proved", 27_500, 0)
    assert case.ask("POST", path, said).body["error"]["code"] == "return_not_waiting"
    assert case.get("/v1/bank-lines", date=str(DAY))["items"] == []
    assert case.booked(unknown, sent) == {"471": 0, "512": 0}


def test_a_part_of_what_is_in_suspense_is_sent_back_and_the_rest_assigned(case: Case) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "200.00")
    unknown = case.report("275.00", "2026-11-04", debtor_name="INCONNU")
    sent = case.report("-75.00", nature=Nature.OTHER)
    said = {"payment_id": unknown, "reason": "sent back to its payer"}
    assert case.ask("POST", f"/v1/payments/{sent}/original", said).status == 200
    assert case.ask("POST", f"/v1/payments/{unknown}/assign", {"lease_id": "L1", "reason": "hers"}).status == 200
    assert (case.settled(unknown), case.balance()) == ({"nov": "200.00"}, "0.00")
    case.holds()


def test_a_tenants_money_is_sent_back_by_a_refund_alone(case: Case) -> None:
    case.let()
    paid, sent = case.receive("275.00", "2026-11-04"), case.report("-275.00", nature=Nature.OTHER)
    said = {"payment_id": paid, "reason": "asked by phone"}
    refused = case.ask("POST", f"/v1/payments/{sent}/original", said)
    assert (refused.status, refused.body["error"]["code"]) == (409, "payment_not_reversible")
    assert (case.credit(), case.ask("GET", f"/v1/payments/{sent}").status) == ("275.00", 404)


def test_the_banks_line_of_what_persons_took_back_in_parts_clears_511(case: Case) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    paid = case.record("450.00", "cheque", "2026-11-02", reference="0001234")
    case.report("450.00", "2026-11-03", channel="cfonb120", nature=Nature.CLEARING, means="cheque", bank_code="02")
    for cents in (10_000, 35_000):
        body = {"reason": "unpaid", "reversed_on": "2026-11-05", "amount_cents": cents}
        assert case.ask("POST", f"/v1/payments/{paid}/reverse", body).status == 200
    unpaid = {"nature": Nature.RETURN, "means": "cheque", "bank_code": "03", "bank_reference": None}
    line = case.report("-450.00", "2026-11-05", channel="cfonb120", **unpaid)
    case.settle()
    said = {"payment_id": paid, "reason": "both parts"}
    assert case.ask("POST", f"/v1/payments/{line}/original", said).status == 200
    assert (case.balance(), case.get("/v1/payments", status="pending")["items"]) == ("450.00", [])
    assert case.get("/v1/dashboard")["in_collection_cents"] == 0
    assert case.booked(paid, line)["512"] == -45_000
    case.holds()


def test_a_debit_that_the_landlord_sent_back_is_nobody_elses_return(case: Case) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "275.00")
    paid = case.receive("275.00", "2026-11-04", means="direct_debit", end_to_end_id="NOV")
    unknown = case.report("275.00", "2026-11-03", debtor_name="INCONNU")
    bare: dict[str, Any] = {"nature": Nature.OTHER, "bank_reference": None}
    sent, _ = (case.report("-275.00", channel="cfonb120", **bare) for _ in range(2))
    said = {"payment_id": unknown, "reason": "sent back to its payer"}
    assert case.ask("POST", f"/v1/payments/{sent}/original", said).status == 200
    case.report("-275.00", channel="camt.054", **BARE | {"end_to_end_id": "NOV", "return_reason": "AM04"})
    case.settle()
    assert (case.reversed(paid)[0], case.reversed(unknown)[0], case.balance()) == ("reversed", "reversed", "275.00")
    assert case.get("/v1/bank-lines", date=str(DAY))["items"] == []
    case.holds()


def test_a_debit_that_names_a_refund_sends_nothing_else_back(case: Case) -> None:
    unknown = case.report("275.00", "2026-11-04", debtor_name="INCONNU")
    refund = "RB00000000000000FF"
    sent = case.report("-275.00", nature=Nature.OTHER, remittance=f"VIR {refund}")
    said = {"payment_id": unknown, "reason": "sent back to its payer"}
    assert case.ask("POST", f"/v1/payments/{sent}/original", said).status == 404
    assert case.payment(unknown)["status"] == "suspense"
