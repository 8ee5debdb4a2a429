"""Dues that the ERP changes, cancels and calls again once they were paid: none owes or was paid more than it calls."""

from __future__ import annotations

from collections import Counter

import pytest
from acceptance.case import Case

from quitus.domain.money import format_euros
from quitus.services.erp_files import ErpKind


def file(case: Case, *rows: tuple[str, str, str, str]) -> None:
    """One file of the ERP: dues of L1 with kind, day and euros."""
    case.load(
        ErpKind.DUES,
        [
            {"due_id": name, "lease_id": "L1", "kind": kind, "period": day[:7], "due_date": day, "amount": euros}
            for name, kind, day, euros in rows
        ],
    )


def test_two_negatives_taken_back_at_once_reopen_each_due_once(case: Case) -> None:
    case.let()
    file(
        case,
        ("oct", "rent", "2026-10-10", "500.00"),
        ("apl", "aid_apl", "2026-10-10", "-190.00"),
        ("rls", "aid_rls", "2026-10-10", "-38.00"),
    )
    months = [("nov", "rent", "2026-11-10", "150.00"), ("dec", "rent", "2026-12-10", "150.00")]
    file(case, ("oct", "rent", "2026-10-10", "0.00"), *months)
    file(case, ("apl", "aid_apl", "2026-10-10", "0.00"), ("rls", "aid_rls", "2026-10-10", "0.00"))
    assert (case.still_open(), case.balance()) == ({"nov": "150.00", "dec": "150.00"}, "300.00")
    case.holds()


@pytest.mark.parametrize(
    ("euros", "settled"), [("500.00", {"oct": "500.00"}), ("950.00", {"oct": "500.00", "dec": "430.00"})]
)
def test_a_rebate_taken_back_is_owed_where_it_was_spent(case: Case, euros: str, settled: dict[str, str]) -> None:
    case.let()
    case.call("oct", "rent", "2026-10-10", "500.00")
    case.call("rls", "aid_rls", "2026-10-10", "-38.00")
    case.call("oct", "rent", "2026-10-10", "0.00")
    case.call("dec", "rent", "2026-12-10", "450.00")
    case.call("oct", "rent", "2026-10-10", "500.00")
    paid = case.receive(euros)
    case.call("rls", "aid_rls", "2026-10-10", "-20.00")
    got = Counter[str]()
    for item in case.payment(paid)["allocations"]:
        got[item["due_id"]] += item["amount_cents"]
    assert {due_id: format_euros(cents) for due_id, cents in got.items()} == settled
    left = {} if euros == "950.00" else {"dec": "430.00"}
    assert (case.still_open(), case.overdue()) == (left, ("0.00", False))
    case.holds()


def test_a_returned_payment_of_a_group_reopens_nothing_that_another_one_paid(case: Case) -> None:
    case.let(account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    case.call("d", "rent", "2026-10-10", "480.00")
    case.call("p", "rent", "2026-10-10", "45.00", lease_id="P")
    first = case.receive("525.00", means="direct_debit")
    case.call("p", "rent", "2026-10-10", "0.00", lease_id="P")
    case.call("p2", "rent", "2026-12-10", "45.00", lease_id="P")
    case.call("p", "rent", "2026-10-10", "45.00", lease_id="P")
    second = case.receive("45.00", "2026-11-05", "P")
    assert case.settled(second) == {"p": "45.00"}
    case.take_back(first, "2026-11-06", "525.00")
    assert (case.still_open(), case.still_open("P")) == ({"d": "480.00"}, {"p2": "45.00"})
    case.holds("L1", "P")


def test_one_payment_gets_back_all_of_its_dues_that_are_cancelled_at_once(case: Case) -> None:
    case.let()
    months = [(f"m{number:02d}", "rent", "2026-10-10", "10.00") for number in range(60)]
    file(case, *months)
    paid = case.receive("600.00")
    file(case, *((name, kind, day, "0.00") for name, kind, day, _ in months))
    assert (case.settled(paid), case.payment(paid)["credit_cents"]) == ({}, 60_000)
    case.holds()


def test_every_payment_of_dues_that_are_cancelled_at_once_gets_its_own_back(case: Case) -> None:
    case.let()
    months = [(f"m{number:02d}", "rent", "2026-10-10", f"10.{number:02d}") for number in range(30)]
    file(case, *months)
    paid = [case.receive(euros, due_ids=(name,)) for name, _, _, euros in months]
    file(case, *((name, kind, day, "0.00") for name, kind, day, _ in months))
    held = [case.payment(one) for one in paid]
    assert [(one["allocations"], one["credit_cents"]) for one in held] == [([], one["amount_cents"]) for one in held]
    case.holds()


def test_an_adjustment_called_again_is_spread_as_the_tenant_asked(case: Case) -> None:
    case.let()
    case.call("reg", "adjustment", "2026-10-31", "1200.00")
    asked = {"lines": 3, "first_due_date": "2026-11-30"}
    assert case.ask("POST", "/v1/leases/L1/dues/reg/spread", asked, role="collections").status in (200, 201)
    case.receive("450.00")
    case.call("reg", "adjustment", "2026-10-31", "0.00")
    assert (case.still_open(), case.credit()) == ({}, "450.00")
    case.call("reg", "adjustment", "2026-10-31", "900.00")
    assert case.still_open() == {"reg.02": "150.00", "reg.03": "300.00"}
    assert case.overdue() == ("0.00", False)
    case.holds()


def test_an_adjustment_called_again_for_later_is_due_then(case: Case) -> None:
    case.let()
    case.call("reg", "adjustment", "2026-10-31", "300.00")
    asked = {"lines": 3, "first_due_date": "2026-11-15"}
    path = "/v1/leases/L1/dues/reg/spread"
    assert case.ask("POST", path, asked, role="collections").status in (200, 201)
    case.call("reg", "adjustment", "2026-10-31", "0.00")
    refused = case.ask("POST", path, asked, role="collections")
    assert (refused.status, refused.body["error"]["code"]) == (409, "due_not_spreadable")
    case.today_is("2027-06-01")
    case.call("reg", "adjustment", "2027-06-30", "300.00")
    assert (case.still_open(), case.overdue()) == ({"reg": "300.00"}, ("0.00", False))
    case.holds()
