"""Instalment plans over HTTP: agreed, seen, ended, and never overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from builders import a_credit, reported
from faults import every_death
from unit.web.office import RENT, Office

from quitus.adapters.memory import MemoryTable

PATH = "/v1/leases/L1/plan"
PLAN: dict[str, Any] = {
    "instalments": [{"due_date": f"2026-{month}-10", "amount_cents": 22500} for month in ("11", "12")],
    "due_ids": ["nov-L1"],
}


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def test_a_plan_is_agreed_and_read_back(office: Office) -> None:
    agreed = office.ask("PUT", PATH, PLAN, role="collections")
    assert agreed.status == 201
    assert agreed.body == office.get(PATH)
    assert (agreed.body["version"], agreed.body["status"], agreed.body["total_cents"]) == (1, "running", 45000)
    assert agreed.body["dues"] == [{"due_id": "nov-L1", "covered_cents": 45000}]
    (decision,) = agreed.body["decisions"]
    assert (decision["kind"], decision["decided_by"]) == ("agreed", "sub-collections")
    again = office.ask("PUT", PATH, PLAN, role="collections")
    assert (again.status, again.body) == (200, agreed.body)


def test_without_named_dues_a_plan_covers_the_arrears(office: Office) -> None:
    office.ask("PUT", "/v1/leases/L1/dues/oct", RENT | {"period": "2026-10", "due_date": "2026-10-10"})
    body = {"instalments": PLAN["instalments"]}
    assert [due["due_id"] for due in office.ask("PUT", PATH, body).body["dues"]] == ["oct"]


def test_a_lease_without_a_plan_has_none(office: Office) -> None:
    for method, query in (("GET", None), ("DELETE", {"version": "1"})):
        missing = office.ask(method, PATH, query=query)
        assert (missing.status, missing.code) == (404, "plan_not_found")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"instalments": PLAN["instalments"][:1]}, "plan_amount_mismatch"),
        ({"due_ids": ["nov-L2"]}, "due_not_of_lease"),
        ({"due_ids": []}, "plan_amount_mismatch"),
        ({"instalments": []}, "invalid_request"),
        ({"instalments": PLAN["instalments"][::-1]}, "invalid_request"),
        ({"instalments": PLAN["instalments"][:1] * 2}, "invalid_request"),
        ({"instalments": [{"due_date": "2026-11-10", "amount_cents": 0}]}, "invalid_request"),
        ({"version": 0}, "invalid_request"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(office: Office, change: dict[str, Any], code: str) -> None:
    refused = office.ask("PUT", PATH, PLAN | change)
    assert (refused.status, refused.code) == (422, code)


def test_a_settled_due_cannot_be_covered(office: Office) -> None:
    office.post(reported(a_credit(45000, office.get("/v1/leases/L1")["virtual_iban"])))
    refused = office.ask("PUT", PATH, PLAN)
    assert (refused.code, refused.body["error"]["detail"]) == ("due_not_open", {"due_ids": ["nov-L1"]})


def test_nobody_overwrites_a_plan_that_they_have_not_seen(office: Office) -> None:
    office.ask("PUT", PATH, PLAN)
    other = {"instalments": [{"due_date": "2026-12-01", "amount_cents": 45000}], "due_ids": ["nov-L1"]}
    unseen = office.ask("PUT", PATH, other)
    assert (unseen.status, unseen.code, unseen.body["error"]["detail"]) == (409, "plan_changed", {"version": 1})
    seen = office.ask("PUT", PATH, other | {"version": 1})
    assert (seen.status, seen.body["version"]) == (200, 2)
    late = office.ask("DELETE", PATH, query={"version": "1"})
    assert (late.status, late.code) == (409, "plan_changed")


def test_the_same_request_again_changes_nothing(office: Office) -> None:
    first, again = office.ask("PUT", PATH, PLAN), office.ask("PUT", PATH, PLAN)
    assert (first.body["version"], again.body["version"]) == (1, 1)
    assert [office.ask("DELETE", PATH, query={"version": "1"}).status for _ in range(2)] == [204, 204]
    assert office.get(PATH)["version"] == 2


def test_an_ended_plan_stays_readable_and_payments_follow_the_ordinary_order(office: Office) -> None:
    office.ask("PUT", "/v1/leases/L1/dues/oct", RENT | {"period": "2026-10", "due_date": "2026-10-10"})
    office.ask("PUT", PATH, {"instalments": PLAN["instalments"], "due_ids": ["oct"]})
    assert office.ask("DELETE", PATH, query={"version": "1"}).status == 204
    plan = office.get(PATH)
    assert (plan["status"], [item["kind"] for item in plan["decisions"]]) == ("ended", ["agreed", "ended"])
    ended = office.ask("DELETE", PATH, query={"version": "2"})
    assert (ended.status, ended.code) == (409, "plan_not_running")
    payment = office.post(reported(a_credit(45000, office.get("/v1/leases/L1")["virtual_iban"])))
    allocations = office.get(f"/v1/payments/{payment}")["allocations"]
    assert [(item["due_id"], item["rule"]) for item in allocations] == [("oct", "oldest_due")]


def test_what_was_asked_is_in_the_action_log(office: Office) -> None:
    office.ask("PUT", PATH, PLAN)
    office.ask("DELETE", PATH, query={"version": "1"})
    kinds = [kind for _, kind, _ in office.outside.action_log.actions]
    assert kinds[-2:] == ["plan-requests", "plan-requests"]


@pytest.mark.parametrize("after", [False, True])
def test_a_plan_is_decided_once_wherever_the_process_dies(after: bool) -> None:
    for death in every_death(after=after):
        table = MemoryTable()
        calm = Office(table).settle_in()
        with death:
            answered = Office(death.on(table), calm.clock).ask("PUT", PATH, PLAN)
        if death.came:
            answered = calm.ask("PUT", PATH, PLAN)
        assert answered.status in (200, 201)
        assert [item["version"] for item in calm.get(PATH)["decisions"]] == [1]
