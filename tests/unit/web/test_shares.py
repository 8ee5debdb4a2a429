"""Shares over HTTP."""

from __future__ import annotations

from acceptance.case import Case


def test_earlier_shares_are_shown_with_their_days() -> None:
    case = Case(today="2026-11-05")
    case.let()
    case.parties(("A", "50"), ("B", "50"))
    case.today_is("2026-11-20")
    case.parties(("A", "60"), ("B", "40"))
    before = case.shares("2026-11-19")["parties"]
    assert [party["share_percent"] for party in before] == ["50.00", "50.00"]
    later = case.shares("2026-11-20")["parties"]
    assert [party["share_percent"] for party in later] == ["60.00", "40.00"]
    assert later[0]["earlier_shares"] == [
        {"share_percent": "50", "from_date": None, "to_date": None, "until": "2026-11-20"}
    ]


def test_what_nobody_bears_is_said() -> None:
    case = Case()
    case.let()
    case.parties(("A", "40"), ("B", "35"))
    case.call("nov", "rent", "2026-11-10", "100.00")
    view = case.shares("2026-11-05")
    assert view["unshared_percent"] == "25.00"
    assert view["months"][0]["unshared_cents"] == 2500


def test_what_the_caf_sends_is_no_co_tenants_payment() -> None:
    case = Case()
    case.let()
    case.parties(("A", "50"), ("B", "50"))
    case.call("nov", "rent", "2026-11-10", "500.00")
    case.call("apl", "aid_apl", "2026-11-10", "-200.00")
    case.receive("200.00", means="caf")
    case.receive("150.00", debtor_name="A")
    (month,) = case.shares("2026-11-05")["months"]
    assert (month["called_cents"], month["paid_cents"], month["open_cents"]) == (30000, 15000, 15000)
    assert [(one["party_id"], one["difference_cents"]) for one in month["parties"]] == [("A", 0), ("B", -15000)]


def test_a_payment_over_two_months_counts_in_each() -> None:
    case = Case()
    case.let()
    case.parties(("A", "50"), ("B", "50"))
    case.call("oct", "rent", "2026-10-10", "100.00")
    case.call("nov", "rent", "2026-11-10", "100.00")
    case.receive("120.00", debtor_name="A")
    october, november = case.shares("2026-11-05")["months"]
    assert (october["paid_cents"], november["paid_cents"]) == (10000, 2000)
    totals = {party["party_id"]: party["difference_cents"] for party in case.shares("2026-11-05")["parties"]}
    assert totals == {"A": 2000, "B": -10000}


def test_months_to_come_are_not_shown() -> None:
    case = Case()
    case.let()
    case.parties(("A", "100"))
    case.call("dec", "rent", "2026-12-10", "100.00")
    assert case.shares("2026-11-05")["months"] == []
    assert case.office.ask("GET", "/v1/leases/NONE/shares").code == "lease_not_found"


def test_the_months_before_a_past_day_are_shown_however_long_ago_it_is() -> None:
    case = Case(today="2026-11-05")
    case.let()
    case.parties(("A", "60"), ("B", "40"))
    case.call("nov", "rent", "2026-11-10", "900.00")
    case.receive("900.00")
    shown = case.shares("2026-11-05")
    case.today_is("2029-01-02")
    assert [month["period"] for month in shown["months"]] == ["2026-11"]
    assert case.shares("2026-11-05")["months"] == shown["months"]
