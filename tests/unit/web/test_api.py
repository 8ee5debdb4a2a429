"""Who may what, what is nobody's business, and what can never break the API."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from builders import a_credit, a_virtual_iban, reported, with_rows_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.web.office import CHEQUE, LANDLORD, LEASE, RENT, Answered, Office, registered

from quitus.adapters import keys
from quitus.adapters.breakdowns import note, note_refused
from quitus.adapters.memory import MemoryTable
from quitus.adapters.sender_rows import SenderRows
from quitus.domain.mailing import Channel
from quitus.domain.movement import Nature
from quitus.services.idempotent_requests import fingerprint_of
from quitus.services.registry import FileStatus
from quitus.services.table import Key, Page, Row, Write
from quitus.web.api import answer
from quitus.web.bodies import ReceiptBody
from quitus.web.codes import CODES, GATEWAY_CODES
from quitus.web.cursors import Cursors
from quitus.web.models import Nothing
from quitus.web.openapi import codes_of, description
from quitus.web.routes import every_route, public, routes_for
from quitus.web.routing import Route, find

EVERYONE = ("viewer", "collections", "accountant", "erp", "admin")
PEOPLE = {"viewer", "collections", "accountant", "admin"}
MAY = {
    ("GET", "/v1/landlords/{landlord_id}"): PEOPLE,
    ("PUT", "/v1/landlords/{landlord_id}"): {"admin"},
    ("GET", "/v1/landlords/{landlord_id}/texts/{kind}"): PEOPLE,
    ("PUT", "/v1/landlords/{landlord_id}/texts/{kind}"): {"admin"},
    ("DELETE", "/v1/landlords/{landlord_id}/texts/{kind}"): {"admin"},
    ("GET", "/v1/leases"): PEOPLE | {"erp"},
    ("GET", "/v1/leases/{lease_id}"): PEOPLE | {"erp"},
    ("PUT", "/v1/leases/{lease_id}"): {"erp", "admin"},
    ("PUT", "/v1/leases/{lease_id}/dues/{due_id}"): {"erp", "admin"},
    ("GET", "/v1/leases/{lease_id}/entries"): PEOPLE,
    ("GET", "/v1/payments"): PEOPLE,
    ("POST", "/v1/payments"): {"accountant", "admin"},
    ("GET", "/v1/payments/{payment_id}"): PEOPLE,
    ("POST", "/v1/payments/{payment_id}/assign"): {"accountant", "admin"},
    ("POST", "/v1/payments/{payment_id}/split"): {"accountant", "admin"},
    ("POST", "/v1/payments/{payment_id}/unassign"): {"accountant", "admin"},
    ("POST", "/v1/payments/{payment_id}/clearing"): {"accountant", "admin"},
    ("POST", "/v1/payments/{payment_id}/original"): {"accountant", "admin"},
    ("POST", "/v1/payments/{payment_id}/reverse"): {"accountant", "admin"},
    ("GET", "/v1/payments/{payment_id}/suggestions"): PEOPLE,
    ("POST", "/v1/leases/{lease_id}/dues/{due_id}/spread"): {"collections", "accountant", "admin"},
    ("GET", "/v1/leases/{lease_id}/shares"): PEOPLE,
    ("GET", "/v1/leases/{lease_id}/contact"): PEOPLE,
    ("PUT", "/v1/leases/{lease_id}/contact"): {"collections", "accountant", "admin"},
    ("GET", "/v1/leases/{lease_id}/plan"): PEOPLE,
    ("PUT", "/v1/leases/{lease_id}/plan"): {"collections", "accountant", "admin"},
    ("DELETE", "/v1/leases/{lease_id}/plan"): {"collections", "accountant", "admin"},
    ("GET", "/v1/files"): PEOPLE,
    ("GET", "/v1/files/{file_id}"): PEOPLE,
    ("POST", "/v1/files/{file_id}/release"): {"accountant", "admin"},
    ("POST", "/v1/files/{file_id}/reject"): {"accountant", "admin"},
    ("POST", "/v1/leases/{lease_id}/refunds"): {"collections", "accountant", "admin"},
    ("POST", "/v1/leases/{lease_id}/payment-links"): {"collections", "accountant", "admin"},
    ("GET", "/v1/leases/{lease_id}/payment-links"): PEOPLE,
    ("GET", "/v1/payment-links/{link_id}"): PEOPLE,
    ("DELETE", "/v1/payment-links/{link_id}"): {"collections", "accountant", "admin"},
    ("GET", "/v1/leases/{lease_id}/dispatches"): PEOPLE,
    ("POST", "/v1/mailings"): {"collections", "accountant", "admin"},
    ("GET", "/v1/mailings"): PEOPLE,
    ("GET", "/v1/mailings/{mailing_id}"): PEOPLE,
    ("GET", "/v1/mailings/{mailing_id}/dispatches"): PEOPLE,
    ("GET", "/v1/refunds"): PEOPLE,
    ("GET", "/v1/refunds/{refund_id}"): PEOPLE,
    ("POST", "/v1/refunds/{refund_id}/decision"): {"accountant", "admin"},
    ("POST", "/v1/refunds/{refund_id}/cancel"): {"collections", "accountant", "admin"},
    ("GET", "/v1/lists"): PEOPLE,
    ("GET", "/v1/lists/{list_id}"): PEOPLE,
    ("GET", "/v1/lists/{list_id}/lines"): PEOPLE,
    ("POST", "/v1/lists/{list_id}/transfer"): {"accountant", "admin"},
    ("POST", "/v1/lists/{list_id}/withdraw"): {"accountant", "admin"},
    ("PUT", "/v1/payers/{payer_id}/beneficiaries/{number}"): {"erp", "accountant", "admin"},
    ("GET", "/v1/alerts"): PEOPLE,
    ("POST", "/v1/alerts/{alert_id}/close"): {"accountant", "admin"},
    ("GET", "/v1/dashboard"): PEOPLE,
    ("GET", "/v1/proof"): PEOPLE,
    ("GET", "/v1/bank-lines"): {"accountant", "admin"},
    ("POST", "/v1/closings"): {"accountant", "admin"},
    ("GET", "/v1/closings"): PEOPLE,
    ("POST", "/v1/exports"): {"accountant", "admin"},
    ("GET", "/v1/exports/{export_id}"): PEOPLE,
    ("POST", "/v1/documents"): {"collections", "accountant", "admin"},
    ("GET", "/v1/documents"): PEOPLE,
    ("GET", "/v1/documents/{document_id}"): PEOPLE,
    ("GET", "/v1/documents/{document_id}/files"): PEOPLE,
    ("GET", "/v1/audit"): PEOPLE,
}
PROTECTED = [route for route in every_route() if route.roles is not None]
SUSPENDED = reported(a_credit(27500, a_virtual_iban(9_999_999)))
BODIES: dict[tuple[str, str], Any] = {
    ("PUT", "/v1/landlords/{landlord_id}"): LANDLORD,
    ("PUT", "/v1/landlords/{landlord_id}/texts/{kind}"): {"en": "Pay to {payee_name}."},
    ("PUT", "/v1/leases/{lease_id}"): LEASE,
    ("PUT", "/v1/leases/{lease_id}/dues/{due_id}"): RENT,
    ("PUT", "/v1/leases/{lease_id}/contact"): {"email": False, "sms": True, "reason": "asked", "version": 0},
    ("PUT", "/v1/leases/{lease_id}/plan"): {
        "instalments": [{"due_date": "2026-12-10", "amount_cents": 45000}],
        "due_ids": ["nov-L1"],
    },
    ("POST", "/v1/leases/{lease_id}/dues/{due_id}/spread"): {"first_due_date": "2026-12-10"},
    ("POST", "/v1/payments"): CHEQUE,
    ("POST", "/v1/payments/{payment_id}/assign"): {"lease_id": "L1", "reason": "seen"},
    ("POST", "/v1/payments/{payment_id}/split"): {
        "parts": [{"lease_id": "L1", "amount_cents": 20000}, {"lease_id": "L2", "amount_cents": 7500}],
        "reason": "seen",
    },
    ("POST", "/v1/payments/{payment_id}/unassign"): {"reason": "seen"},
    ("POST", "/v1/payments/{payment_id}/clearing"): {"reason": "seen", "clears": True},
    ("POST", "/v1/payments/{payment_id}/original"): {"reason": "seen", "payment_id": None},
    ("POST", "/v1/payments/{payment_id}/reverse"): {"reason": "seen", "reversed_on": "2026-11-05"},
    ("POST", "/v1/files/{file_id}/release"): {"reason": "seen"},
    ("POST", "/v1/files/{file_id}/reject"): {"reason": "seen"},
    ("POST", "/v1/leases/{lease_id}/refunds"): {
        "amount_cents": 1000,
        "iban": "FR1420041010050500013M02606",
        "account_holder": "Camille Roux",
        "reason": "trop perçu",
    },
    ("POST", "/v1/leases/{lease_id}/payment-links"): {"min_cents": 5_000},
    ("POST", "/v1/mailings"): {"channel": "email", "lease_ids": ["L1"]},
    ("POST", "/v1/refunds/{refund_id}/decision"): {"decision": "reject", "version": 1, "reason": "seen"},
    ("POST", "/v1/refunds/{refund_id}/cancel"): {"version": 1, "reason": "seen"},
    ("POST", "/v1/lists/{list_id}/transfer"): {"payment_id": SUSPENDED.bucket.payment_id(1), "reason": "seen"},
    ("POST", "/v1/lists/{list_id}/withdraw"): {"reason": "seen"},
    ("PUT", "/v1/payers/{payer_id}/beneficiaries/{number}"): {"lease_id": "L1"},
    ("POST", "/v1/alerts/{alert_id}/close"): {"reason": "seen"},
    ("POST", "/v1/closings"): {"through": "2026-11-04"},
    ("POST", "/v1/exports"): {"kind": "entries", "from": "2026-11-01", "to": "2026-11-05"},
    ("POST", "/v1/documents"): {"kind": "rib", "lease_ids": ["L1"]},
}
YESTERDAY = date(2026, 11, 4)
QUERIES = {("DELETE", "/v1/leases/{lease_id}/plan"): {"version": "1"}}


def settled() -> tuple[Office, dict[str, str]]:
    """An office with one of everything, and its ids: nobody else's, whatever is changed in it."""
    rows, ids = one_of_everything()
    return Office(with_rows_of(MemoryTable(), rows)), dict(ids)


@cache
def one_of_everything() -> tuple[MemoryTable, dict[str, str]]:
    office = Office().settle_in()
    payment_id = office.post(SUSPENDED)
    office.drop("F1", **registered(FileStatus.PROCESSED))
    office.keep_list("B1", 27500)
    assert office.ask("PUT", "/v1/leases/L1/plan", BODIES["PUT", "/v1/leases/{lease_id}/plan"]).status == 201
    export = office.ask("POST", "/v1/exports", BODIES["POST", "/v1/exports"]).body["export_id"]
    ids = {"landlord_id": "semiga", "lease_id": "L1", "due_id": "nov-L1", "payment_id": payment_id}
    office.rent(48000, "L2")
    refund = office.ask("POST", "/v1/leases/L2/refunds", BODIES["POST", "/v1/leases/{lease_id}/refunds"])
    link = office.ask("POST", "/v1/leases/L1/payment-links", {})
    ids |= {"refund_id": refund.body["refund_id"], "link_id": link.body["link_id"]}
    assert SenderRows(office.table).give("semiga", Channel.EMAIL, "loyers@semiga.example")
    mailing = office.ask("POST", "/v1/mailings", BODIES["POST", "/v1/mailings"])
    ids |= {"mailing_id": mailing.body["mailing_id"]}
    ids["alert_id"] = office.get("/v1/alerts")["items"][0]["alert_id"]
    document = office.ask("POST", "/v1/documents", BODIES["POST", "/v1/documents"]).body["document_id"]
    listed = {"document_id": document, "kind": "rib", "list_id": "B1", "payer_id": "caf", "number": "1000001"}
    assert office.ask("POST", "/v1/closings", {"through": "2026-11-03"}).status == 201
    office.post(reported(a_credit(-1250, nature=Nature.OTHER, booking_date=YESTERDAY)))
    office.state(YESTERDAY, 0, 0, 1250)
    return office.table, ids | listed | {"file_id": "F1", "export_id": export}


def ask(office: Office, route: Route, ids: dict[str, str], **named: Any) -> Answered:
    place = (route.method, route.path)
    return office.ask(route.method, route.path.format(**ids), BODIES.get(place), query=QUERIES.get(place), **named)


def names(routes: list[Route]) -> list[str]:
    return [f"{route.method} {route.path}" for route in routes]


@pytest.mark.parametrize("route", PROTECTED, ids=names(PROTECTED))
@pytest.mark.parametrize("role", EVERYONE)
def test_every_role_may_what_it_may_and_nothing_else(role: str, route: Route) -> None:
    office, ids = settled()
    answered = ask(office, route, ids, role=role)
    if role in MAY[route.method, route.path]:
        assert answered.status in {*route.answers, 409}
    else:
        assert (answered.status, answered.code) == (403, "forbidden")


OPEN = [route for route in PROTECTED if MAY[route.method, route.path] == {*EVERYONE}]
GUARDED = [route for route in PROTECTED if route not in OPEN]


@pytest.mark.parametrize("route", GUARDED, ids=names(GUARDED))
def test_a_role_learns_nothing_of_what_it_may_not(route: Route) -> None:
    office, ids = settled()
    paths = [route.path.format(**named) for named in (ids, dict.fromkeys(ids, "NONE"))]
    for role in {*EVERYONE} - MAY[route.method, route.path]:
        known, unknown = (office.ask(route.method, path, raw="{broken", role=role) for path in paths)
        assert (known.status, known.code) == (403, "forbidden")
        assert known == unknown


def test_every_role_reads_leases_and_nothing_else() -> None:
    assert names(OPEN) == ["GET /v1/leases", "GET /v1/leases/{lease_id}"]


@pytest.mark.parametrize("route", PROTECTED, ids=names(PROTECTED))
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"role": "admin", "scope": "quitus/api"},
        {"landlord": "semiga", "scope": "quitus/api"},
        {"landlord": "semiga", "role": "admin"},
        {"landlord": "semiga", "role": "admin", "scope": "openid"},
        {"landlord": "semiga", "role": "owner", "scope": "quitus/api"},
        {"landlord": "", "role": "admin", "scope": "quitus/api"},
        {"landlord": "semiga#lease", "role": "admin", "scope": "quitus/api"},
        {"landlord": ["semiga"], "role": ["admin"], "scope": "quitus/api"},
    ],
)
def test_without_a_landlord_a_role_and_the_scope_nobody_is_let_in(route: Route, claims: dict[str, Any]) -> None:
    office = Office()
    ids = dict.fromkeys(route.parameters, "x")
    answered = ask(office, route, ids, claims=claims)
    assert (answered.status, answered.code) == (401, "unauthorized")


def test_the_description_is_public() -> None:
    answered = Office().ask("GET", "/v1/openapi.json", claims={})
    assert answered.status == 200
    assert answered.body == json.loads(json.dumps(description()))


CREATES = ("PUT", "/v1/leases/{lease_id}")
"""Makes a lease of whoever asks, under any name that it has not used yet."""
NAMING = [route for route in PROTECTED if route.parameters and (route.method, route.path) != CREATES]


def let_alone(office: Office) -> dict[str, str]:
    """Semiga lets a lease whose name no other landlord has used, with a due and a plan for it; their ids."""
    plan = BODIES["PUT", "/v1/leases/{lease_id}/plan"] | {"due_ids": ["d9"]}
    for path, body in (("", LEASE), ("/dues/d9", RENT), ("/plan", plan)):
        assert office.ask("PUT", f"/v1/leases/L9{path}", body).status == 201
    return {"lease_id": "L9", "due_id": "d9"}


@pytest.mark.parametrize("route", NAMING, ids=names(NAMING))
def test_anothers_object_is_answered_like_an_unknown_one(route: Route) -> None:
    office, ids = settled()
    office.settle_in("habitat")
    theirs = ids | let_alone(office)
    asked = ask(office, route, theirs, landlord="habitat")
    unknown = ask(Office().settle_in("habitat"), route, theirs, landlord="habitat")
    assert asked.status == 404
    assert asked == unknown
    assert ask(office, route, theirs).status != 404


def test_a_lease_of_the_same_name_is_each_landlords_own() -> None:
    office = Office().settle_in()
    office.settle_in("habitat")
    mine, theirs = (office.get("/v1/leases/L1", landlord=name) for name in ("semiga", "habitat"))
    assert mine["virtual_iban"] != theirs["virtual_iban"]
    office.ask("POST", "/v1/payments", CHEQUE, landlord="habitat")
    assert office.get("/v1/leases/L1")["balance_cents"] == 45000


LISTS = [route for route in PROTECTED if route.method == "GET" and not route.parameters]


@pytest.mark.parametrize("route", LISTS, ids=names(LISTS))
def test_what_is_listed_or_summed_is_never_another_landlords(route: Route) -> None:
    office, _ = settled()
    office.settle_in("habitat")
    shown = office.get(route.path, landlord="habitat")
    assert shown == Office().settle_in("habitat").get(route.path, landlord="habitat")
    assert shown != office.get(route.path)


class WatchedTable(MemoryTable):
    """A table that notes in which partitions rows were looked for, found or written."""

    def __init__(self) -> None:
        super().__init__()
        self.touched: set[str] = set()

    def get(self, key: Key) -> Row | None:
        self.touched.add(key.pk)
        return super().get(key)

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Row]:
        asked = list(keys)
        self.touched |= {key.pk for key in asked}
        return super().batch_get(asked)

    def query(self, pk: str, *given: Any, **named: Any) -> Page:
        self.touched.add(pk)
        return super().query(pk, *given, **named)

    def query_listing(self, pk: str, *given: Any, **named: Any) -> Page:
        page = super().query_listing(pk, *given, **named)
        self.touched |= {pk, *(row["PK"] for row in page.rows)}
        return page

    def write(self, writes: Sequence[Write]) -> None:
        self.touched |= {write.key.pk for write in writes}
        super().write(writes)


OF_ALL = ("@landlords", "@payment-link#", "@sender#", "range#")
"""Rows of the deployment: its landlords; whose a link's token, a sender's address, a range of numbers is."""


@pytest.mark.parametrize("route", PROTECTED, ids=names(PROTECTED))
@pytest.mark.parametrize("landlord", ["semiga", "habitat"])
def test_a_request_reads_and_writes_only_its_own_landlords_rows(landlord: str, route: Route) -> None:
    """What is asked for is semiga's: habitat finds none of it."""
    office, ids = settled()
    office.settle_in("habitat")
    watched = with_rows_of(WatchedTable(), office.table)
    ask(Office(watched), route, ids, landlord=landlord)
    assert not {pk for pk in watched.touched if not pk.startswith((f"{landlord}#", *OF_ALL))}
    assert rows_of_others(watched, landlord) == rows_of_others(office.table, landlord)


def rows_of_others(table: MemoryTable, landlord: str) -> dict[Key, Row]:
    """Every row but the landlord's own, and those that only name it: of the tokens of its links."""
    others = ((key, row) for key, row in table.rows.items() if not key.pk.startswith(f"{landlord}#"))
    return {key: row for key, row in others if row.get("landlord_id") != landlord}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/v1"),
        ("GET", "/"),
        ("DELETE", "/v1/leases/L1"),
        ("POST", "/v1/leases"),
        ("PATCH", "/v1/payments"),
        ("GET", "/v1/leases/"),
        ("GET", "/v1/leases/L1/dues"),
        ("GET", "/v1//leases"),
    ],
)
def test_an_unknown_route_is_not_found(method: str, path: str) -> None:
    answered = Office().ask(method, path)
    assert (answered.status, answered.code) == (404, "route_not_found")


@pytest.mark.parametrize(
    "raw", ["", "{", "nul", "\x00", '{"a": NaN}', '{"lease_id": "\\ud800"}', "[" * 100_000, '{"a":' * 50_000, "é"]
)
def test_a_body_that_is_not_json_is_malformed(raw: str) -> None:
    office = Office().settle_in()
    answered = office.ask("POST", "/v1/payments", raw=raw)
    assert answered.status == (422 if raw == "" else 400)


PUTS = [route for route in PROTECTED if route.method == "PUT"]


@pytest.mark.parametrize("route", PUTS, ids=names(PUTS))
def test_a_put_without_a_body_is_refused_and_changes_nothing(route: Route) -> None:
    office, ids = settled()
    ask(office, route, ids)
    before = dict(office.table.rows)
    answered = office.ask(route.method, route.path.format(**ids), role="admin")
    assert (answered.status, answered.code) == (400, "malformed_json")
    assert answered.body["error"]["message"] == "The body is not JSON."
    assert office.table.rows == before


def test_a_post_that_needs_no_field_needs_no_body() -> None:
    assert Office().settle_in().ask("POST", "/v1/leases/L1/payment-links").status == 201


@pytest.mark.parametrize("raw", ["[]", "1", "null", '"text"', "true", "{}"])
def test_json_that_is_no_such_object_is_invalid(raw: str) -> None:
    answered = Office().settle_in().ask("POST", "/v1/payments", raw=raw)
    assert (answered.status, answered.code) == (422, "invalid_request")


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    answered = Office().settle_in().ask("POST", "/v1/payments", raw=" " * 300_000)
    assert (answered.status, answered.code) == (413, "payload_too_large")


def test_a_body_on_a_route_without_one_is_refused() -> None:
    assert Office().settle_in().ask("GET", "/v1/leases", {"surprise": 1}).status == 422


def test_a_breakdown_says_nothing_but_its_id(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        raise ValueError("Camille Roux FR7630006000011234567890189")

    event = {"httpMethod": "GET", "path": "/v1/leases"}
    with caplog.at_level(logging.ERROR):
        given = answer(broken, note, note_refused, event, "request-7")
    error = json.loads(given["body"])["error"]
    assert (given["statusCode"], error["code"], error["detail"]) == (500, "internal_error", {"error_id": "request-7"})
    (line,) = [vars(line) for line in caplog.records]
    assert (line["error_id"], line["error"]) == ("request-7", "ValueError")
    assert "Roux" not in f"{line}{given['body']}"
    assert "FR76" not in f"{line}{given['body']}"


def test_a_service_below_that_did_not_answer_is_asked_again_and_found_in_the_logs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away() -> Any:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.eu-west-3.amazonaws.com")

    given = answer(away, note, note_refused, {"httpMethod": "GET", "path": "/v1/leases"}, "request-7")
    error = json.loads(given["body"])["error"]
    assert (given["statusCode"], error["code"]) == (503, "backend_unavailable")
    assert error["detail"] == {"error_id": "request-7"}
    assert given["headers"]["Retry-After"] == "1"
    assert [vars(line)["error_id"] for line in caplog.records] == ["request-7"]


def test_what_will_fail_again_is_not_asked_again() -> None:
    def broken() -> Any:
        raise KeyError("TABLE_NAME")

    given = answer(broken, note, note_refused, {"httpMethod": "GET", "path": "/v1/leases"}, "request-7")
    assert (given["statusCode"], "Retry-After" in given["headers"]) == (500, False)


def test_every_route_is_found_in_the_group_of_its_path() -> None:
    for route in every_route():
        assert find(routes_for(route.path), route.method, route.path)[0] == route


def test_every_refusal_of_a_route_is_documented() -> None:
    for route in every_route():
        assert set(codes_of(route)) <= CODES.keys()


def test_every_documented_code_is_of_some_route_or_of_all() -> None:
    used = {code for route in every_route() for code in codes_of(route)} | {"route_not_found"}
    used |= {code for route in public.ROUTES for code in route.refusals}
    assert CODES.keys() == used


def test_answers_are_not_kept_by_anyone_on_the_way() -> None:
    office = Office().settle_in()
    event = {"httpMethod": "GET", "path": "/v1/openapi.json"}
    headers = answer(lambda: office.desk, note, note_refused, event, "r")["headers"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_ANY = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
_LIKELY = st.sampled_from([0, 1, 27500, True, "L1", "L2", "nov-L1", "2026-11-05", SUSPENDED.bucket.payment_id(1)])
"""What some field takes: so that a body gets further than its schema."""
_FUZZED = [route for route in PROTECTED if route.body is not Nothing]
_READ = [route for route in PROTECTED if route.method == "GET"]


def test_there_is_a_body_for_every_route_that_takes_one() -> None:
    assert BODIES.keys() == {(route.method, route.path) for route in _FUZZED}


@pytest.mark.parametrize("route", _FUZZED, ids=names(_FUZZED))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_body_whatever_breaks_the_api(route: Route, data: st.DataObject) -> None:
    good: dict[str, Any] = BODIES[route.method, route.path]
    field = data.draw(st.sampled_from([*good, *route.body.model_fields, "extra"]))
    body = good | {field: data.draw(_LIKELY | _ANY)}
    answered = ask_raw(route, json.dumps(data.draw(st.sampled_from([body, body, body[field]]))))
    assert answered.status < 500


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_FUZZED), st.text(max_size=60))
def test_no_text_whatever_breaks_the_api(route: Route, raw: str) -> None:
    assert ask_raw(route, raw).status in (400, 404, 409, 422) or not raw  # which says nothing: {}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(_READ),
    st.dictionaries(
        st.sampled_from(["cursor", "limit", "from", "to", "date", "by", "q", "status", "kind", "means", "residence"]),
        st.text(min_size=1, max_size=20) | st.sampled_from(["2026-02-30", "0001-01-01", "9999-12-31", "suspense"]),
        max_size=3,
    ),
    st.text(alphabet=st.characters(exclude_characters="/"), min_size=1, max_size=20),
)
def test_no_path_or_query_whatever_breaks_the_api(route: Route, query: dict[str, str], name: str) -> None:
    office, ids = settled()
    path = route.path.format(**dict.fromkeys(ids, name))
    assert office.ask("GET", path, query=query).status in (200, 404, 422)


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/leases/L1/entries", "/v1/leases", "/v1/files", "/v1/alerts"])
@pytest.mark.parametrize(
    "place", [["x"], ["2026-99-99", "p"], ["2026-11-05", "p"], [1, 2], [], ["1" * 400], ["2026-02-30", "p"], ["999"]]
)
def test_no_forged_cursor_breaks_the_api(path: str, place: list[Any]) -> None:
    route, _ = find(routes_for(path), "GET", path)
    filters = route.query().model_dump_json(exclude={"cursor", "limit"})
    owner, _ = json.loads(base64.urlsafe_b64decode(f"{Cursors('semiga', f'{path}?{filters}', ()).text(('a',))}=="))
    forged = base64.urlsafe_b64encode(json.dumps([owner, *place]).encode()).decode().rstrip("=")
    office, _ = settled()
    assert office.ask("GET", path, query={"cursor": forged}).status in (200, 422)


def ask_raw(route: Route, raw: str) -> Answered:
    office, ids = settled()
    return office.ask(route.method, route.path.format(**ids), raw=raw)


def test_a_key_may_hold_any_visible_character() -> None:
    office = Office().settle_in()
    key = "a#b/c?d=é"[:8]
    assert office.ask("POST", "/v1/payments", CHEQUE, key=key).status == 201
    assert office.table.get(keys.request("semiga", key)) is not None


def test_every_code_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    for name, code in {**CODES, **GATEWAY_CODES}.items():
        assert f"| `{name}` | {code.status} | {code.meaning} |" in text


def test_a_field_that_a_later_version_adds_makes_no_other_request_of_what_was_asked_before() -> None:
    """What was answered under a key is answered for ever: only what was said is in the fingerprint."""
    office = Office().settle_in()
    assert office.ask("POST", "/v1/payments", CHEQUE, key="K").status == 201
    row = office.table.get(keys.request("semiga", "K"))
    said = ReceiptBody.model_validate_json(json.dumps(CHEQUE)).model_dump_json(exclude_unset=True)
    assert row is not None
    assert row["fingerprint"] == fingerprint_of("POST", "/v1/payments", said)
    assert office.ask("POST", "/v1/payments", CHEQUE | {"requested_by": None}, key="K").status == 201
