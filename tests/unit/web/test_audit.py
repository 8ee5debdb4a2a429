"""What people did is listed, and nobody decides on what they have not seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import a_credit, reported

from .office import CHEQUE, LEASE, RENT, Office


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def acts(office: Office, **query: str) -> list[tuple[str, str, dict[str, str], str | None]]:
    items = office.get("/v1/audit", query=query or None)["items"]
    return [(one["action"], one["by"], one["about"], one["reason"]) for one in items]


def test_what_people_did_is_listed_newest_first_with_who_and_why(office: Office) -> None:
    payment_id = office.post(reported(a_credit(45000)))
    office.clock.instant = office.clock.instant.replace(hour=10)
    order = {"lease_id": "L1", "reason": "seen on the slip"}
    assert office.ask("POST", f"/v1/payments/{payment_id}/assign", order, role="accountant").status == 200
    office.clock.instant = office.clock.instant.replace(hour=11)
    assert office.ask("POST", "/v1/payments", CHEQUE | {"lease_id": "L2"}, role="accountant").status == 201
    about = {"payment_id": payment_id, "lease_id": "L1"}
    assert acts(office)[:2] == [
        ("receipt", "sub-accountant", {"lease_id": "L2"}, None),
        ("assign", "sub-accountant", about, "seen on the slip"),
    ]
    assert [action for action, *_ in acts(office, by="sub-admin")] == ["settings"]


def test_pages_of_acts_follow_each_other_and_a_repeated_request_is_one_act(office: Office) -> None:
    for _ in range(2):
        office.ask("POST", "/v1/payments", CHEQUE, role="accountant", key="once")
    office.ask("POST", "/v1/payments", CHEQUE, role="accountant", key="twice")
    first = office.get("/v1/audit", query={"limit": "2"})
    rest = office.get("/v1/audit", query={"limit": "2", "cursor": first["next_cursor"]})
    found = [one["audit_id"] for one in (*first["items"], *rest["items"])]
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize("kind", ["entries", "receipts", "fec"])
def test_an_order_of_an_export_is_listed_with_its_kind_and_its_days_once_under_its_key(
    office: Office, kind: str
) -> None:
    order = {"kind": kind, "from": "2026-11-01", "to": "2026-11-04"}
    ordered = [office.ask("POST", "/v1/exports", order, role="accountant", key="k") for _ in range(2)]
    about = {"export_id": ordered[0].body["export_id"], "export": kind, "from": "2026-11-01", "to": "2026-11-04"}
    assert [act for act in acts(office) if act[0] == "export"] == [("export", "sub-accountant", about, None)]
    assert ("close" in [action for action, *_ in acts(office)]) is (kind == "fec")


@pytest.mark.parametrize("kind", ["receipts", "fec"])
def test_an_order_of_an_export_that_is_refused_is_listed_too(office: Office, kind: str) -> None:
    office.state(date(2026, 11, 4), 0, 100, 0)
    order = {"kind": kind, "from": "2026-11-04", "to": "2026-11-04"}
    assert office.ask("POST", "/v1/exports", order).status == 409
    ((_, by, about, _),) = [act for act in acts(office) if act[0] == "export"]
    assert (by, about["export"], len(about)) == ("sub-admin", kind, 4)


def test_what_a_person_puts_is_listed_by_its_ids_alone(office: Office) -> None:
    assert office.ask("PUT", "/v1/leases/L3", LEASE).status == 201
    assert office.ask("PUT", "/v1/leases/L3/dues/d3", RENT | {"label": "Loyer de Camille Roux"}).status == 201
    assert office.ask("PUT", "/v1/leases/NONE/dues/d4", RENT).status == 404
    listed = [act for act in acts(office) if act[0] != "settings"]
    assert sorted(listed, key=str) == [
        ("due", "sub-admin", {"lease_id": "L3", "due_id": "d3"}, None),
        ("due", "sub-admin", {"lease_id": "NONE", "due_id": "d4"}, None),
        ("lease", "sub-admin", {"lease_id": "L3"}, None),
    ]
    assert "Roux" not in str([row for key, row in office.table.rows.items() if "#audit#" in key.pk])


def test_what_an_erp_puts_is_in_the_log_and_no_act(office: Office) -> None:
    puts = {
        "/v1/leases/L3": LEASE,
        "/v1/leases/L3/dues/d3": RENT,
        "/v1/payers/caf/beneficiaries/1000001": {"lease_id": "L3"},
    }
    before = acts(office)
    for path, body in puts.items():
        assert office.ask("PUT", path, body, role="erp").status == 201
    assert acts(office) == before
    kinds = [kind for _, kind, _ in office.outside.action_log.actions]
    assert kinds[-3:] == ["lease-requests", "due-requests", "beneficiaries"]
    assert office.ask("PUT", "/v1/payers/caf/beneficiaries/1000001", {"lease_id": "L1"}).status == 200
    assert ("beneficiary", "sub-admin", {"lease_id": "L1", "payer_id": "caf"}, None) in acts(office)


@pytest.mark.parametrize(("role", "status"), [("accountant", 200), ("viewer", 200), ("erp", 403)])
def test_who_reads_everything_reads_what_people_did(office: Office, role: str, status: int) -> None:
    assert office.ask("GET", "/v1/audit", role=role).status == status


def test_another_landlord_sees_its_own_acts_only(office: Office) -> None:
    assert office.get("/v1/audit", landlord="other")["items"] == []


def test_no_name_nor_account_is_in_an_act(office: Office) -> None:
    said = str(office.get("/v1/audit"))
    assert "FR76" not in said
    assert "SEMIGA" not in said


def test_a_decision_on_what_was_read_is_refused_once_another_was_made(office: Office) -> None:
    payment_id = office.post(reported(a_credit(45000)))
    path = f"/v1/payments/{payment_id}"
    seen = office.get(path)["version"]
    assert seen == 0

    def decide(what: str, version: int, **order: Any) -> tuple[int, str | None]:
        answered = office.ask("POST", f"{path}/{what}", {"reason": "r", "version": version} | order)
        return answered.status, None if answered.status == 200 else answered.code

    assert decide("assign", seen, lease_id="L1") == (200, None)
    assert decide("unassign", 1) == (200, None)
    assert decide("assign", seen, lease_id="L2") == (409, "payment_changed")
    assert decide("assign", 2, lease_id="L2") == (200, None)
    assert decide("unassign", 2) == (409, "payment_changed")
    assert office.get(path)["lease_id"] == "L2"
