"""A due that was paid is lowered or cancelled: the payment's allocations follow by entries, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from acceptance.case import Case
from builders import a_credit, a_due, a_landlord, a_poster, reported
from faults import every_death

from quitus.adapters.due_rows import DueRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.services.charge_leases import Charger


def a_case() -> Case:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "431.17")
    return case


@pytest.fixture
def case() -> Case:
    return a_case()


def last_lines(case: Case) -> list[tuple[str, int, int]]:
    entry = case.entries()[-1]
    return [(line["account"], line["debit_cents"], line["credit_cents"]) for line in entry["lines"]]


def test_what_a_cancelled_due_took_is_the_payments_credit_and_pays_the_next(case: Case) -> None:
    paid = case.receive("431.17")
    case.call("nov", "rent", "2026-11-10", "0.00")
    case.catch_up()
    assert (case.settled(paid), case.payment(paid)["credit_cents"], case.balance()) == ({}, 43117, "-431.17")
    assert last_lines(case) == [("411", 43117, 0), ("4195", 0, 43117)]
    assert case.entries()[-1]["kind"] == "allocation"
    case.call("dec", "rent", "2026-12-10", "300.00")
    assert (case.settled(paid), case.rules(paid), case.credit()) == ({"dec": "300.00"}, ["credit"], "131.17")
    case.holds()


def test_of_several_payments_the_latest_gets_back_first(case: Case) -> None:
    first, second = case.receive("200.00", "2026-11-02"), case.receive("231.17", "2026-11-03")
    case.call("nov", "rent", "2026-11-10", "150.00")
    assert (case.settled(first), case.payment(first)["credit_cents"]) == ({"nov": "150.00"}, 5000)
    assert (case.settled(second), case.payment(second)["credit_cents"]) == ({}, 23117)
    case.holds()


def test_what_is_taken_back_after_that_leaves_the_lowered_due_open(case: Case) -> None:
    paid = case.receive("431.17", "2026-11-02")
    case.call("nov", "rent", "2026-11-10", "400.00")
    case.take_back(paid, "2026-11-04", "431.17")
    assert (case.still_open(), case.credit(), case.payment(paid)["status"]) == ({"nov": "400.00"}, "0.00", "reversed")
    case.holds()


def test_what_was_given_back_and_spent_elsewhere_leaves_nothing_once_the_payment_is_moved() -> None:
    case = Case()
    case.let("L1", account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    case.let("L9")
    case.call("nov", "rent", "2026-11-10", "480.00")
    paid = case.receive("480.00", "2026-11-02")
    case.call("nov", "rent", "2026-11-10", "0.00")
    case.call("box", "rent", "2026-12-10", "480.00", lease_id="P")
    case.catch_up()
    assert (case.settled(paid), case.payment(paid)["credit_cents"]) == ({"box": "480.00"}, 0)
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "autre locataire"}).status == 200
    case.call("rent-9", "rent", "2026-11-10", "480.00", lease_id="L9")
    moved = case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "L9", "reason": "autre locataire"})
    assert (moved.status, case.settled(paid), case.payment(paid)["credit_cents"]) == (200, {"rent-9": "480.00"}, 0)
    case.take_back(paid, "2026-11-05", "480.00")
    assert (case.balance("L9"), case.payment(paid)["status"]) == ("480.00", "reversed")
    case.holds("L1", "P", "L9")


def test_a_due_that_an_aid_paid_too_gives_the_payment_back_what_the_payment_paid(case: Case) -> None:
    case.call("apl", "aid_apl", "2026-11-10", "-131.17")
    paid = case.receive("300.00")
    case.call("nov", "rent", "2026-11-10", "0.00")
    assert (case.settled(paid), case.payment(paid)["credit_cents"], case.credit()) == ({}, 30000, "431.17")
    case.holds()


def test_an_aid_that_is_lowered_after_its_payer_paid_it_is_the_payers_credit(case: Case) -> None:
    case.call("apl", "aid_apl", "2026-11-10", "-131.17")
    paid = case.receive("131.17", means="caf")
    case.call("apl", "aid_apl", "2026-11-10", "-100.00")
    assert (case.settled(paid), case.payment(paid)["credit_cents"]) == ({"apl": "100.00"}, 3117)
    assert (case.balance(), case.aid_open()) == ("331.17", "-31.17")
    case.holds()


def test_what_was_paid_of_a_due_that_is_spread_pays_its_lines(case: Case) -> None:
    case.call("reg", "adjustment", "2026-10-31", "100.00")
    paid = case.receive("30.00")
    order = {"lines": 2, "first_due_date": "2026-11-30"}
    assert case.ask("POST", "/v1/leases/L1/dues/reg/spread", order, role="collections").status == 200
    assert "reg" not in case.settled(paid)
    assert (sum(one["amount_cents"] for one in case.payment(paid)["allocations"]), case.credit()) == (3000, "0.00")
    case.holds()


def test_the_credit_serves_the_other_leases_of_the_group(case: Case) -> None:
    case.let("L1", account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    paid = case.receive("431.17")
    case.call("nov", "rent", "2026-11-10", "0.00")
    case.call("park", "rent", "2026-12-10", "45.00", lease_id="P")
    assert (case.settled(paid), case.balance("P"), case.credit()) == ({"park": "45.00"}, "0.00", "386.17")
    case.holds("L1", "P")


def test_while_the_views_do_not_show_the_payment_yet_the_due_keeps_the_credit(case: Case) -> None:
    movement = reported(a_credit(43117, case.lease()["virtual_iban"]))
    (placed,) = a_poster(case.office.table, case.office.clock).post(a_landlord(), [movement])
    paid = placed.posted.payment_id
    put(case.office.table, case, nov=0, dec=30000)
    assert (case.settled(paid), case.balance()) == ({"nov": "431.17"}, "-131.17")
    case.holds()


def put(table: Any, case: Case, **cents: int) -> None:
    """The ERP calls dues in one file."""
    days = {"nov": date(2026, 11, 10), "dec": date(2026, 12, 10)}
    dues = [a_due(name, amount, days[name]) for name, amount in cents.items()]
    Charger(LedgerRows(table), DueRows(table), case.office.clock).put(a_landlord(), dues)


@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_and_told_again_the_payment_gets_back_once(after: bool) -> None:
    for death in every_death(after=after):
        case = a_case()
        paid = case.receive("431.17")
        table = case.office.table
        with death:
            put(death.on(table), case, nov=0, dec=30000)
        if death.came:
            put(table, case, nov=0, dec=30000)
        put(table, case, nov=0, dec=30000)
        assert (case.settled(paid), case.payment(paid)["credit_cents"]) == ({"dec": "300.00"}, 13117)
        case.catch_up()
        assert [entry["kind"] for entry in case.entries()] == ["receipt", "allocation", "credit_use"]
        case.holds()
