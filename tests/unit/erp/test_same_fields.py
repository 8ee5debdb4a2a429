"""A value is accepted in a file exactly when it is accepted over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from unit.web.office import LEASE, RENT

from quitus.domain.errors import Invalid
from quitus.domain.lease import Due, Lease
from quitus.services.erp_files import ErpKind
from quitus.services.erp_rows import record_of
from quitus.web.bodies import DueBody, LeaseBody

TEXTS = {
    "Résidence « Les Mûriers »": True,
    "12\u00a0rue de l'Église": True,
    "bâtiment B\n2e étage": True,
    "x" * 250: True,
    "x" * 251: False,
    "a\tb": False,
    "a\x07b": False,
    "a\x85b": False,
    "a\u202eb": False,
}
ADDRESSES = {
    "camille@example.org": True,
    "camille": False,
    "a b@example.org": False,
    "camille@example": False,
    f"{'x' * 65}@example.org": False,
}
DAYS = {"1900-01-01": True, "2199-12-31": True, "1899-12-31": False, "2200-01-01": False, "2026-02-30": False}
CASES = [
    *((field, text, fine) for field in ("street", "holder_name", "postal_code") for text, fine in TEXTS.items()),
    *(("holder_email", text, fine) for text, fine in ADDRESSES.items()),
    *(("start_date", text, fine) for text, fine in DAYS.items()),
    *(("language", text, fine) for text, fine in {"fr": True, "FR": False, "français": False}.items()),
]


def from_file(kind: ErpKind, cells: dict[str, Any]) -> Any:
    try:
        return record_of(kind, {name: str(value) for name, value in cells.items()})
    except Invalid:
        return None


def over_http(body: type[LeaseBody | DueBody], fields: dict[str, Any]) -> Any:
    try:
        return body.model_validate(fields).model_dump(exclude={"lease_id", "due_id"})
    except ValidationError:
        return None


@pytest.mark.parametrize(("field", "text", "fine"), CASES)
def test_a_lease_may_hold_the_same_both_ways(field: str, text: str, fine: bool) -> None:
    given = LEASE | {field: text}
    asked, read = over_http(LeaseBody, given), from_file(ErpKind.LEASES, given | {"lease_id": "L1"})
    assert (asked is not None, read is not None) == (fine, fine)
    if fine:
        assert Lease(lease_id="L1", **asked) == read


@pytest.mark.parametrize(
    ("amount", "cents", "fine"),
    [("450.00", 45_000, True), ("1000000000.00", 100_000_000_000, True), ("1000000000.01", 100_000_000_001, False)],
)
def test_a_due_may_be_as_large_both_ways(amount: str, cents: int, fine: bool) -> None:
    row = {name: value for name, value in RENT.items() if name != "amount_cents"} | {"amount": amount}
    read = from_file(ErpKind.DUES, row | {"due_id": "D1", "lease_id": "L1"})
    asked = over_http(DueBody, RENT | {"amount_cents": cents})
    assert (asked is not None, read is not None) == (fine, fine)
    if fine:
        assert read == Due(due_id="D1", lease_id="L1", **asked)
        assert read.due_date == date(2026, 11, 10)
