"""A payment over several leases: each part on its own, to the cent, and all of it back at once."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case

IBAN = "FR7630001007941234567890185"


@pytest.fixture
def case() -> Case:
    """Two leases that owe 400.00 and 240.00."""
    case = Case()
    for lease_id, euros in (("A", "400.00"), ("B", "240.00")):
        case.let(lease_id)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", euros, lease_id=lease_id)
    return case


def split(case: Case, payment_id: str, a_cents: int, b_cents: int, **order: Any) -> Any:
    parts = [{"lease_id": "A", "amount_cents": a_cents}, {"lease_id": "B", "amount_cents": b_cents}]
    return case.ask("POST", f"/v1/payments/{payment_id}/split", {"parts": parts, "reason": "the list"} | order)


def test_a_payment_is_split_to_the_cent_with_an_entry_for_each_lease(case: Case) -> None:
    paid = case.report("640.00", debtor_iban=IBAN)
    answered = split(case, paid, 40000, 24000)
    assert (answered.status, answered.body["lease_id"], answered.body["version"]) == (200, "A", 1)
    assert case.settled(paid) == {"nov-A": "400.00", "nov-B": "240.00"}
    assert answered.body["match"]["evidence"]["split"] == "A:40000 B:24000"
    assert [case.balance(lease_id) for lease_id in ("A", "B")] == ["0.00", "0.00"]
    case.holds("A", "B")


def test_what_the_first_leaves_is_its_credit_and_all_of_it_goes_back(case: Case) -> None:
    paid = case.report("640.00")
    assert split(case, paid, 45000, 19000).status == 200
    assert (case.credit("A"), case.balance("B")) == ("50.00", "50.00")
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "no"}).status == 200
    assert [case.balance(lease_id) for lease_id in ("A", "B")] == ["400.00", "240.00"]
    case.holds("A", "B")


@pytest.mark.parametrize(
    ("a_cents", "b_cents", "code"),
    [(40000, 23999, "split_amount_mismatch"), (39000, 25000, "split_leaves_credit")],
)
def test_parts_that_do_not_fit_are_refused_whole(case: Case, a_cents: int, b_cents: int, code: str) -> None:
    paid = case.report("640.00")
    answered = split(case, paid, a_cents, b_cents)
    assert answered.body["error"]["code"] == code
    assert (case.payment(paid)["status"], case.balance("A")) == ("suspense", "400.00")


def test_a_split_is_decided_once_audited_and_teaches_nothing_of_the_payer(case: Case) -> None:
    paid = case.report("640.00", debtor_iban=IBAN)
    assert split(case, paid, 40000, 24000, version=0).status == 200
    assert split(case, paid, 24000, 40000, version=0).body["error"]["code"] == "payment_changed"
    assert [one["action"] for one in case.get("/v1/audit")["items"]].count("split") == 2
    case.call("dec-A", "rent", "2026-12-10", "640.00", lease_id="A")
    assert case.payment(case.report("640.00", "2026-12-05", debtor_iban=IBAN))["lease_id"] is None


def by_residence(case: Case) -> dict[str, tuple[int, int]]:
    rows = case.get("/v1/dashboard", by="residence")["rows"]
    return {row["key"]: (row["count"], row["amount_cents"]) for row in rows}


def listed(case: Case, **where: str) -> list[str]:
    return [one["payment_id"] for one in case.get("/v1/payments", **where)["items"]]


def test_each_part_is_summed_and_listed_where_its_lease_is(case: Case) -> None:
    case.let("B", residence_id="R2", residence_name="Les Lauriers", commune="Alès")
    paid = case.record("700.00", "cheque", "2026-11-02", lease_id="A")
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "of two"}).status == 200
    assert split(case, paid, 50000, 20000).status == 200
    assert by_residence(case) == {"R1": (1, 50000), "R2": (0, 20000)}
    assert [listed(case, residence=name) for name in ("R1", "R2", "R3")] == [[paid], [paid], []]
    assert [listed(case, residence="R2", commune=name) for name in ("Alès", "Nîmes")] == [[paid], []]
    case.let("B", residence_id="R3", commune="Uzès")
    back = {"reason": "unpaid", "reversed_on": "2026-11-04"}
    assert case.ask("POST", f"/v1/payments/{paid}/reverse", back | {"amount_cents": 15000}).status == 200
    assert by_residence(case) == {"R1": (1, 40000), "R2": (0, 15000)}
    assert case.ask("POST", f"/v1/payments/{paid}/reverse", back).status == 200
    assert (by_residence(case), case.payment(paid)["status"]) == ({}, "reversed")
    rows = case.get("/v1/dashboard", by="residence", **{"from": "2026-11-02", "to": "2026-11-02"})["rows"]
    assert {row["key"]: row["amount_cents"] for row in rows} == {"R1": 50000, "R2": 20000}


def test_a_split_that_is_taken_off_its_leases_is_summed_nowhere(case: Case) -> None:
    case.let("B", residence_id="R2", commune="Alès")
    paid = case.report("640.00")
    assert split(case, paid, 40000, 24000).status == 200
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "no"}).status == 200
    assert (by_residence(case), listed(case, residence="R2")) == ({}, [])


def test_what_the_first_leaves_pays_the_dues_of_its_account_group(case: Case) -> None:
    case.let("A", account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    case.call("nov-P", "rent", "2026-11-10", "45.00", lease_id="P")
    paid = case.report("700.00")
    answered = split(case, paid, 46000, 24000)
    settled = {item["due_id"]: (item["amount_cents"], item["rule"]) for item in answered.body["allocations"]}
    assert settled == {
        "nov-A": (40000, "oldest_due"),
        "nov-B": (24000, "oldest_due"),
        "nov-P": (4500, "credit"),
    }
    assert (answered.body["credit_cents"], case.balance("P")) == (1500, "0.00")
    case.holds("A", "B", "P")


def test_a_lease_has_one_part_and_must_be_known(case: Case) -> None:
    paid = case.report("640.00")
    twice = [{"lease_id": "A", "amount_cents": 32000}] * 2
    assert split(case, paid, 0, 0, parts=twice).status == 422
    unknown = [{"lease_id": "A", "amount_cents": 40000}, {"lease_id": "Z", "amount_cents": 24000}]
    assert split(case, paid, 0, 0, parts=unknown).body["error"]["code"] == "lease_not_found"
