"""Leases and dues over HTTP: put, looked up, listed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from builders import a_credit, reported
from unit.web.office import LEASE, RENT, Office


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def test_a_new_lease_gets_its_virtual_iban_at_once() -> None:
    office = Office()
    office.settle_in()
    created = office.ask("PUT", "/v1/leases/L3", LEASE, role="erp")
    assert created.status == 201
    assert created.body["virtual_iban"].startswith("FR")
    assert created.body["payment_reference"].startswith("RF")
    assert (created.body["bic"], created.body["payee_name"]) == ("SWNBFR22XXX", "SEMIGA")
    assert (created.body["balance_cents"], created.body["credit_cents"], created.body["aid_open_cents"]) == (0, 0, 0)


def test_the_same_lease_again_keeps_its_virtual_iban(office: Office) -> None:
    before = office.get("/v1/leases/L1")
    again = office.ask("PUT", "/v1/leases/L1", LEASE | {"holder_name": "Camille Roux-Blanc"})
    assert again.status == 200
    assert again.body["virtual_iban"] == before["virtual_iban"]
    assert again.body["holder_name"] == "Camille Roux-Blanc"


def test_a_lease_shows_what_is_owed_and_called(office: Office) -> None:
    lease = office.get("/v1/leases/L1", role="erp")
    assert lease["balance_cents"] == 45000
    due = {"due_id": "nov-L1", "open_cents": 45000, "aid_open_cents": 0, "label": None, **RENT}
    due |= {"limitation_from": None, "judged_on": None, "acknowledged_on": None, "spread": None, "line_of": None}
    assert lease["dues"] == [due]
    assert lease["parties"] == []
    assert lease["end_date"] is None


def test_a_settled_due_is_still_listed(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    office.post(reported(a_credit(50000, iban)))
    lease = office.get("/v1/leases/L1")
    assert (lease["balance_cents"], lease["credit_cents"]) == (-5000, 5000)
    assert [due["open_cents"] for due in lease["dues"]] == [0]


def test_dues_of_more_than_two_years_are_listed_only_while_open(office: Office) -> None:
    old = RENT | {"period": "2023-01", "due_date": "2023-01-10"}
    assert office.ask("PUT", "/v1/leases/L1/dues/old", old).status == 201
    assert "old" in [due["due_id"] for due in office.get("/v1/leases/L1")["dues"]]
    assert office.ask("PUT", "/v1/leases/L1/dues/old", old | {"amount_cents": 0}).status == 200
    assert "old" not in [due["due_id"] for due in office.get("/v1/leases/L1")["dues"]]


def test_what_interrupted_a_limitation_stays_until_another_day_is_said(office: Office) -> None:
    path, old = "/v1/leases/L1/dues/old", RENT | {"period": "2022-01", "due_date": "2022-01-10"}
    office.ask("PUT", path, old | {"limitation_from": "2025-06-01", "judged_on": "2025-09-01"})
    again = office.ask("PUT", path, old).body
    assert (again["limitation_from"], again["judged_on"]) == ("2025-06-01", "2025-09-01")
    later = office.ask("PUT", path, old | {"limitation_from": "2026-06-01"}).body
    assert (later["limitation_from"], later["judged_on"]) == ("2026-06-01", "2025-09-01")


def test_a_negative_due_is_spent_at_once_and_has_nothing_open(office: Office) -> None:
    aid = RENT | {"kind": "aid_apl", "amount_cents": -19000}
    put = office.ask("PUT", "/v1/leases/L1/dues/apl", aid, role="erp")
    assert (put.status, put.body["open_cents"], put.body["lease_id"]) == (201, 0, "L1")
    lease = office.get("/v1/leases/L1")
    assert (lease["balance_cents"], lease["aid_open_cents"]) == (26000, 19000)
    assert {due["due_id"]: due["open_cents"] for due in lease["dues"]} == {"apl": 0, "nov-L1": 26000}


def test_the_same_due_again_changes_nothing(office: Office) -> None:
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT).status == 200
    assert office.get("/v1/leases/L1")["balance_cents"] == 45000


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/leases/NONE/dues/d1", RENT, 404, "lease_not_found"),
        ("/v1/leases/L2/dues/nov-L1", RENT, 409, "due_of_other_lease"),
        ("/v1/leases/L1/dues/apl", RENT | {"kind": "aid_apl"}, 422, "aid_not_negative"),
        ("/v1/leases/L1/dues/d1", RENT | {"due_id": "d2"}, 422, "id_mismatch"),
        ("/v1/leases/L1/dues/d1", RENT | {"lease_id": "L2"}, 422, "id_mismatch"),
        ("/v1/leases/L1/dues/a b", RENT, 422, "invalid_id"),
        ("/v1/leases/L1/dues/d1", RENT | {"amount_cents": 450.0}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"amount_cents": "45000"}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"amount_cents": True}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"amount_cents": 10**30}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"period": "2026-13"}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"due_date": "2026-02-30"}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"due_date": "0001-01-01"}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"due_date": 1795000000}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/d1", RENT | {"colour": "red"}, 422, "invalid_request"),
        ("/v1/leases/L3", LEASE | {"lease_id": "L4"}, 422, "id_mismatch"),
        ("/v1/leases/L3", LEASE | {"end_date": "2019-01-01"}, 422, "invalid_date"),
        ("/v1/leases/L3", LEASE | {"e_receipt_consent": "yes"}, 422, "invalid_request"),
        ("/v1/leases/L3", LEASE | {"status": "gone"}, 422, "invalid_request"),
        ("/v1/leases/L3", {}, 422, "invalid_request"),
    ],
)
def test_what_breaks_a_rule_is_refused(office: Office, path: str, body: dict[str, Any], status: int, code: str) -> None:
    refused = office.ask("PUT", path, body, role="erp")
    assert (refused.status, refused.code) == (status, code)


def test_a_refusal_names_the_fields_and_not_what_they_held(office: Office) -> None:
    refused = office.ask("PUT", "/v1/leases/L1", LEASE | {"holder_name": "Secret\tName", "status": "gone"})
    assert [field["field"] for field in refused.body["error"]["detail"]["fields"]] == ["status", "holder_name"]
    assert "Secret" not in str(refused.body)


def test_an_unknown_lease_is_not_found(office: Office) -> None:
    for path in ("/v1/leases/NONE", "/v1/leases/NONE/entries", "/v1/leases/a%20b", "/v1/leases/é"):
        answered = office.ask("GET", path)
        assert (answered.status, answered.code) == (404, "lease_not_found")


def test_leases_are_listed_without_dues_and_parties(office: Office) -> None:
    page = office.get("/v1/leases", role="erp")
    full = office.get("/v1/leases/L1")
    assert [lease["lease_id"] for lease in page["items"]] == ["L1", "L2"]
    assert page["items"][0] == {name: value for name, value in full.items() if name not in ("dues", "parties")}
    assert page["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"residence": "R2"}, ["L2"]),
        ({"residence": "NONE"}, []),
        ({"commune": "Nîmes"}, ["L1"]),
        ({"status": "ended"}, []),
        ({"q": "blanc"}, ["L2"]),
        ({"q": "l1"}, ["L1"]),
        ({"q": ""}, ["L1", "L2"]),
        ({"commune": "Alès", "q": "roux"}, []),
    ],
)
def test_leases_are_found_by_where_and_who(office: Office, query: dict[str, str], found: list[str]) -> None:
    assert [lease["lease_id"] for lease in office.get("/v1/leases", query=query)["items"]] == found


def test_a_lease_is_found_by_its_virtual_iban_in_groups_of_four(office: Office) -> None:
    iban = office.get("/v1/leases/L2")["virtual_iban"]
    grouped = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
    assert [lease["lease_id"] for lease in office.get("/v1/leases", query={"q": grouped})["items"]] == ["L2"]


def test_pages_follow_one_another_until_the_end(office: Office) -> None:
    for number in range(3, 8):
        office.ask("PUT", f"/v1/leases/L{number}", LEASE)
    office.follow()
    found, cursor = [], ""
    while True:
        page = office.get("/v1/leases", query={"limit": "2", "cursor": cursor})
        found += [lease["lease_id"] for lease in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["L1", "L3", "L4", "L5", "L6", "L7", "L2"]


def test_a_cursor_is_good_only_for_its_list_its_filters_and_its_landlord(office: Office) -> None:
    office.settle_in("habitat")
    cursor = office.get("/v1/leases", query={"limit": "1"})["next_cursor"]
    assert cursor.replace("-", "").replace("_", "").isalnum()
    for path, named in (
        ("/v1/leases", {"query": {"cursor": cursor}, "landlord": "habitat"}),
        ("/v1/leases", {"query": {"cursor": cursor, "commune": "Nîmes"}}),
        ("/v1/payments", {"query": {"cursor": cursor}}),
        ("/v1/leases", {"query": {"cursor": "AAAA"}}),
        ("/v1/leases", {"query": {"cursor": cursor[:-4]}}),
    ):
        answered = office.ask("GET", path, **named)
        assert (answered.status, answered.code) == (422, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "501", "-1", "1.5", "many", "1e2", "１"])
def test_a_limit_out_of_bounds_is_refused(office: Office, limit: str) -> None:
    assert office.ask("GET", "/v1/leases", query={"limit": limit}).status == 422


def test_an_unknown_parameter_is_refused(office: Office) -> None:
    assert office.ask("GET", "/v1/leases", query={"comune": "Nîmes"}).status == 422


def test_entries_come_oldest_first_with_payment_rule_and_hash(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    first = office.post(reported(a_credit(20000, iban)))
    second = office.post(reported(a_credit(30000, iban), message="S2"))
    page = office.get("/v1/leases/L1/entries")
    assert [(item["sequence"], item["payment_id"], item["rule"]) for item in page["items"]] == [
        (1, first, "virtual_iban"),
        (2, second, "virtual_iban"),
    ]
    assert page["items"][0]["previous_hash"] is None
    assert page["items"][1]["previous_hash"] == page["items"][0]["hash"]
    assert page["next_cursor"] is None


def test_the_hash_can_be_computed_by_an_outsider(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    office.post(reported(a_credit(20000, iban)))
    entry = office.get("/v1/leases/L1/entries")["items"][0]
    hashed = {name: value for name, value in entry.items() if name not in ("hash", "payment_id", "rule")}
    text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"]


def test_entries_have_pages(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    for number in range(3):
        office.post(reported(a_credit(1000 + number, iban), message=f"S{number}"))
    page = office.get("/v1/leases/L1/entries", query={"limit": "2"})
    assert [item["sequence"] for item in page["items"]] == [1, 2]
    rest = office.get("/v1/leases/L1/entries", query={"limit": "2", "cursor": page["next_cursor"]})
    assert [item["sequence"] for item in rest["items"]] == [3]


def test_chargings_are_a_journal_of_their_own(office: Office) -> None:
    page = office.get("/v1/leases/L1/entries", query={"journal": "charging"})
    assert [(item["kind"], item["sequence"]) for item in page["items"]] == [("charge", 1)]
    assert office.get("/v1/leases/L1/entries")["items"] == []


def test_what_was_put_is_in_the_action_log_before_it_is_carried_out(office: Office) -> None:
    office.ask("PUT", "/v1/leases/NONE/dues/d1", RENT)
    (_, kind, _), body = list(office.outside.action_log.actions.items())[-1]
    assert (kind, body["due"]["amount_cents"], body["by"]) == ("due-requests", 45000, "sub-admin")
