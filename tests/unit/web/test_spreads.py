"""A late adjustment in parts: asked for, changed by the ERP since, and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case
from faults import every_death
from unit.web.office import RENT, Office

from quitus.adapters.memory import MemoryTable

PATH = "/v1/leases/L1/dues/regul/spread"
THREE = {"lines": 3, "first_due_date": "2026-12-10"}
REGUL = RENT | {"kind": "adjustment", "amount_cents": 10000}


def a_spread_case() -> Case:
    case = Case()
    case.let()
    case.call("regul", "adjustment", "2026-10-31", "100.00")
    assert case.ask("POST", PATH, THREE).status == 200
    return case


def test_the_lines_are_equal_to_a_cent_and_the_due_says_that_it_is_spread() -> None:
    case = a_spread_case()
    assert case.still_open() == {"regul.01": "33.34", "regul.02": "33.33", "regul.03": "33.33"}
    due = next(due for due in case.lease()["dues"] if due["due_id"] == "regul")
    days = ["2026-12-10", "2027-01-10", "2027-02-10"]
    assert (due["amount_cents"], due["spread"]) == (0, {"amount_cents": 10000, "days": days})
    line = next(due for due in case.lease()["dues"] if due["due_id"] == "regul.02")
    assert (line["line_of"], line["period"], line["label"], line["kind"]) == ("regul", "2027-01", "2/3", "adjustment")
    case.holds()


def test_what_was_paid_of_the_due_goes_to_the_first_lines() -> None:
    case = Case()
    case.let()
    case.call("regul", "adjustment", "2026-10-31", "100.00")
    case.receive("40.00")
    case.ask("POST", PATH, THREE)
    assert case.still_open() == {"regul.02": "26.67", "regul.03": "33.33"}
    case.holds()


def test_the_same_due_again_changes_nothing_and_another_amount_is_shared_by_the_lines() -> None:
    case = a_spread_case()
    case.call("regul", "adjustment", "2026-10-31", "100.00")
    assert case.balance() == "100.00"
    case.receive("33.34", "2026-12-10")
    case.call("regul", "adjustment", "2026-10-31", "90.00")
    assert case.still_open() == {"regul.02": "26.66", "regul.03": "30.00"}
    case.call("regul", "adjustment", "2026-10-31", "0.00")
    assert (case.still_open(), case.credit()) == ({}, "33.34")
    case.holds()


def test_a_due_that_becomes_negative_has_no_lines_any_more() -> None:
    case = a_spread_case()
    case.call("regul", "adjustment", "2026-10-31", "-20.00")
    assert (case.still_open(), case.balance()) == ({}, "-20.00")
    case.holds()


def test_a_due_may_be_spread_otherwise_and_the_same_order_again_changes_nothing() -> None:
    case = a_spread_case()
    entries = len(case.entries(journal="charging"))
    assert case.ask("POST", PATH, THREE).status == 200
    assert len(case.entries(journal="charging")) == entries
    assert case.ask("POST", PATH, {"lines": 2, "first_due_date": "2027-01-10"}).status == 200
    assert case.still_open() == {"regul.01": "50.00", "regul.02": "50.00"}
    case.holds()


def test_the_erp_cannot_change_a_line() -> None:
    case = a_spread_case()
    refused = case.office.ask("PUT", "/v1/leases/L1/dues/regul.01", REGUL)
    assert (refused.status, refused.code) == (409, "due_is_a_line")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/leases/L1/dues/regul/spread", THREE | {"first_due_date": "2026-11-04"}, 422, "first_line_past"),
        ("/v1/leases/L1/dues/regul/spread", THREE | {"lines": 1}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/regul/spread", THREE | {"lines": 25}, 422, "invalid_request"),
        ("/v1/leases/L1/dues/nov-L1/spread", THREE, 409, "due_not_spreadable"),
        ("/v1/leases/L1/dues/small/spread", THREE, 409, "due_not_spreadable"),
        ("/v1/leases/L1/dues/back/spread", THREE, 409, "due_not_spreadable"),
        ("/v1/leases/L1/dues/none/spread", THREE, 404, "due_not_found"),
        ("/v1/leases/L2/dues/regul/spread", THREE, 404, "due_not_found"),
        ("/v1/leases/L9/dues/regul/spread", THREE, 404, "lease_not_found"),
    ],
)
def test_what_cannot_be_spread_is_refused(path: str, body: dict[str, Any], status: int, code: str) -> None:
    office = Office().settle_in()
    for due_id, cents in (("regul", 10000), ("small", 2), ("back", -10000)):
        office.ask("PUT", f"/v1/leases/L1/dues/{due_id}", REGUL | {"amount_cents": cents})
    refused = office.ask("POST", path, body)
    assert (refused.status, refused.code) == (status, code)


def test_a_due_in_a_plan_or_whose_lines_ids_are_taken_is_refused() -> None:
    office = Office().settle_in()
    office.ask("PUT", "/v1/leases/L1/dues/regul", REGUL)
    office.ask("PUT", "/v1/leases/L2/dues/regul.02", REGUL)
    assert office.ask("POST", PATH, THREE).code == "due_id_taken"
    plan = {"instalments": [{"due_date": "2026-12-10", "amount_cents": 10000}], "due_ids": ["regul"]}
    assert office.ask("PUT", "/v1/leases/L1/plan", plan).status == 201
    assert office.ask("POST", PATH, THREE).code == "due_in_plan"


def test_a_due_of_which_a_plan_covers_a_line_is_not_spread_otherwise() -> None:
    office = Office().settle_in()
    office.ask("PUT", "/v1/leases/L1/dues/regul", REGUL)
    assert office.ask("POST", PATH, THREE).status == 200
    (cents,) = [due["open_cents"] for due in office.get("/v1/leases/L1")["dues"] if due["due_id"] == "regul.03"]
    plan = {"instalments": [{"due_date": "2026-12-10", "amount_cents": cents}], "due_ids": ["regul.03"]}
    assert office.ask("PUT", "/v1/leases/L1/plan", plan).status == 201
    assert office.ask("POST", PATH, THREE | {"lines": 2}).code == "due_in_plan"
    assert office.get("/v1/leases/L1/plan")["settled_cents"] == 0


@pytest.mark.parametrize("after", [False, True])
def test_a_due_is_spread_whole_or_not_at_all_wherever_the_process_dies(after: bool) -> None:
    for death in every_death(after=after):
        table = MemoryTable()
        calm = Office(table).settle_in()
        calm.ask("PUT", "/v1/leases/L1/dues/regul", REGUL)
        with death:
            answered = Office(death.on(table), calm.clock).ask("POST", PATH, THREE, key="k1")
        if death.came:
            assert calm.get("/v1/leases/L1")["balance_cents"] == 55000
            answered = calm.ask("POST", PATH, THREE, key="k1")
        assert answered.status == 200
        assert calm.get("/v1/leases/L1")["balance_cents"] == 55000
