"""The acceptance cases of sector.md §7 about what may be trusted: the daily proof, and that landlords never meet."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case
from builders import DAY, a_virtual_iban
from template.model import Template
from unit.web.office import Office, Shelf, other_landlord

from quitus.domain.money import parse_euros
from quitus.domain.movement import Nature
from quitus.services.messages import ExportOrder

DAYS = {"from": "2026-11-01", "to": "2026-11-05"}


@pytest.fixture
def case() -> Case:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    return case


def state(case: Case, opening: str, credits_told: str, debits_told: str) -> None:
    """The bank's statement of the day."""
    case.office.state(DAY, parse_euros(opening), parse_euros(credits_told), parse_euros(debits_told))


def proof(case: Case) -> dict[str, Any]:
    (account,) = case.get("/v1/proof", date="2026-11-05")["accounts"]
    return {name: account[name] for name in account if name.endswith("_cents")} | {"lines": account["lines"]}


def a_day(case: Case) -> None:
    """A rent of 450.00, 275.00 of nobody, a debit of 400.00 that goes back, a fee of 12.50."""
    case.receive("450.00")
    case.report("275.00", virtual_iban=a_virtual_iban(9_999_999))
    debit = case.receive("400.00", means="direct_debit")
    case.take_back(debit, "2026-11-05", "400.00")
    case.report("-12.50", nature=Nature.OTHER)


def test_case_23_opening_and_credits_less_debits_are_closing_and_receipts_less_reversals_the_banks_lines(
    case: Case,
) -> None:
    a_day(case)
    state(case, "1000.00", "1125.00", "412.50")
    assert proof(case) == {
        "opening_cents": 100_000,
        "credits_cents": 112_500,
        "debits_cents": 41_250,
        "closing_cents": 171_250,
        "receipts_cents": 112_500,
        "reversals_cents": 40_000,
        "other_cents": -1_250,
        "difference_cents": 0,
        "lines": [],
    }
    assert case.ask("POST", "/v1/exports", {"kind": "entries"} | DAYS).status == 202


@pytest.mark.parametrize("kind", ["entries", "receipts", "fec"])
def test_case_23_a_gap_of_a_cent_blocks_the_days_exports_and_names_the_line(case: Case, kind: str) -> None:
    a_day(case)
    state(case, "1000.00", "1125.01", "412.50")
    held = proof(case)
    assert held["difference_cents"] == 1
    (line,) = held["lines"]
    assert (line["reason"], line["amount_cents"], line["file_id"]) == ("not_posted", 1, "F1")
    refused = case.ask("POST", "/v1/exports", {"kind": kind} | DAYS)
    assert refused.status == 409
    assert refused.body["error"]["detail"]["lines"] == [line]
    assert case.ask("POST", "/v1/exports", {"kind": "entries"} | DAYS | {"to": "2026-11-04"}).status == 202


def test_case_23_a_receipt_that_the_statement_leaves_out_is_named(case: Case) -> None:
    a_day(case)
    missing = case.receive("0.01", channel="camt.054")
    state(case, "1000.00", "1125.00", "412.50")
    (line,) = proof(case)["lines"]
    assert (line["reason"], line["payment_id"], line["amount_cents"]) == ("not_on_statement", missing, -1)
    assert case.ask("POST", "/v1/exports", {"kind": "receipts"} | DAYS).status == 409


@pytest.fixture
def neighbours(case: Case) -> Office:
    """The deployment with a second landlord, HABITAT; SEMIGA has a lease and a payment."""
    case.receive("450.00")
    office = case.office
    assert office.ask("PUT", "/v1/landlords/habitat", other_landlord(), landlord="habitat").status == 201
    return office


@pytest.mark.parametrize("role", ["viewer", "collections", "accountant", "admin"])
def test_case_25_another_landlords_lease_is_answered_like_none(neighbours: Office, role: str) -> None:
    assert neighbours.ask("GET", "/v1/leases/L1", role=role).status == 200
    asked, nobodys = (
        neighbours.ask("GET", f"/v1/leases/{name}", landlord="habitat", role=role) for name in ("L1", "L9")
    )
    assert (asked.status, asked.code) == (404, "lease_not_found")
    assert str(asked.body).replace("L1", "L9") == str(nobodys.body)


def test_case_25_who_asked_for_what_is_logged() -> None:
    logged = Template.load().tree["Resources"]["Api"]["Properties"]["AccessLogSetting"]["Format"]
    for said in ("$context.authorizer.claims.landlord", "$context.resourcePath", "$context.status"):
        assert said in logged


@pytest.mark.parametrize("kind", ["entries", "receipts"])
def test_case_25_exports_never_hold_anothers_lines(neighbours: Office, kind: str) -> None:
    written = {landlord: export(neighbours, landlord, kind) for landlord in ("semiga", "habitat")}
    lines = {landlord: text.splitlines() for landlord, text in written.items()}
    assert any("L1" in line for line in lines["semiga"][1:])
    assert lines["habitat"] == lines["semiga"][:1]


def export(office: Office, landlord: str, kind: str) -> str:
    ordered = office.ask("POST", "/v1/exports", {"kind": kind} | DAYS, landlord=landlord)
    assert ordered.status == 202, ordered
    shelf, export_id = Shelf(), ordered.body["export_id"]
    office.export_writer(shelf).write(ExportOrder(landlord, export_id))
    return shelf.files[landlord, export_id]
