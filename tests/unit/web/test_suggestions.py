"""Suggestions about a credit: told only where they may be true, and nothing follows by itself."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case


def a_case(**other: Any) -> Case:
    """A dwelling that owes 480.00, and another lease that owes 45.00."""
    case = Case()
    case.let("D")
    case.let("P", **({"unit_kind": "parking"} | other))
    case.call("rent", "rent", "2026-11-10", "480.00", lease_id="D")
    case.call("place", "rent", "2026-11-10", "45.00", lease_id="P")
    return case


def suggested(case: Case, euros: str, **changes: Any) -> list[str]:
    paid = case.receive(euros, lease_id="D", **changes)
    return [one["lease_id"] for one in case.suggestions(paid)]


@pytest.mark.parametrize(
    ("other", "euros", "found"),
    [
        ({}, "525.00", ["P"]),
        ({}, "600.00", ["P"]),
        ({"holder_name": "ROUX Camille"}, "525.00", ["P"]),
        ({}, "480.00", []),
        ({}, "500.00", []),
        ({"holder_name": "Noé Blanc"}, "525.00", []),
        ({"residence_id": "R9", "residence_name": "Ailleurs"}, "525.00", []),
        ({"account_group": "G1"}, "525.00", []),
    ],
)
def test_another_lease_of_the_holder_that_owes_no_more_is_suggested(
    other: dict[str, Any], euros: str, found: list[str]
) -> None:
    assert suggested(a_case(**other), euros) == found


def test_one_due_of_exactly_the_credit_is_enough() -> None:
    case = a_case()
    case.call("insurance", "insurance", "2026-11-10", "20.00", lease_id="P")
    paid = case.receive("500.00", lease_id="D")
    assert [one["due_ids"] for one in case.suggestions(paid)] == [["insurance"]]


def test_nothing_is_suggested_about_what_the_caf_paid_too_much_or_once_the_credit_is_used() -> None:
    case = a_case()
    assert suggested(case, "45.00", means="caf") == []
    paid = case.receive("525.00", lease_id="D")
    case.call("dec", "rent", "2026-12-10", "45.00", lease_id="D")
    assert case.suggestions(paid) == []


def test_an_unknown_payment_is_not_found() -> None:
    assert a_case().office.ask("GET", "/v1/payments/nothing/suggestions").code == "payment_not_found"
