"""What keeps a bulk transfer from being taken back with the lines of its list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from acceptance.case import Case
from acceptance.test_lists import a_case, caf_list, tenant

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.list_rows import ListRows
from quitus.domain.errors import Conflict
from quitus.domain.list_returns import called_off, check_goes_back, in_order
from quitus.domain.payment import Payment
from quitus.domain.payment_list import ListStatus, PaymentList


@pytest.fixture
def case() -> Case:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    case.drop_list(caf_list(("1000001", "190.00"), ("9999999", "45.00"), ("9999998", "-30.00")))
    case.report("205.00", debtor_name="CAF DU GARD")
    case.settle()
    return case


def posted(case: Case) -> tuple[Payment, PaymentList, list[Payment]]:
    """The transfer, its list and its lines."""
    (shown,) = case.get("/v1/lists")["items"]
    held, ledger = ListRows(case.office.table).get("semiga", shown["list_id"]), LedgerRows(case.office.table)
    lines: list[dict[str, Any]] = case.get(f"/v1/lists/{held.list_id}/lines")["items"]
    transfer = ledger.payment("semiga", held.payment_id or "")
    return transfer, held, [ledger.payment("semiga", line["payment_id"]) for line in lines]


def test_a_list_that_is_still_being_posted_does_not_go_back(case: Case) -> None:
    transfer, held, lines = posted(case)
    check_goes_back(transfer, held, lines, 20500, "R1")
    for told, some in ((replace(held, status=ListStatus.POSTING), lines), (held, lines[1:])):
        with pytest.raises(Conflict) as refused:
            check_goes_back(transfer, told, some, 20500, "R1")
        assert (refused.value.code, refused.value.detail) == ("list_not_reversible", {"list_id": held.list_id})


def test_recoveries_go_first_and_one_that_became_a_tenants_stops_it(case: Case) -> None:
    _, _, lines = posted(case)
    assert [line.amount_cents for line in in_order(lines)] == [-3000, 19000, 4500]
    recovery = lines[2]
    path = f"/v1/payments/{recovery.payment_id}/assign"
    assert case.ask("POST", path, {"lease_id": "L1", "reason": "hers"}).status == 200
    with pytest.raises(Conflict) as refused:
        called_off(posted(case)[2][2], {}, "sub", "2026-11-05T12:00:00.000+00:00")
    assert refused.value.detail == {"payment_id": recovery.payment_id}
