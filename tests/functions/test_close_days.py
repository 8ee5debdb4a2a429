"""The handler that closes days and numbers their entries, by the hour."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders import DAY, a_credit, reported
from unit.web.office import Office

from close_days.app import handler
from quitus import bootstrap
from quitus.adapters.closing_rows import ClosingRows

SCHEDULE = json.loads((Path(__file__).parents[2] / "events" / "erp_schedule.json").read_text(encoding="utf-8"))


def test_every_landlords_proved_days_are_closed_and_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    office, first = Office().settle_in(), DAY - timedelta(days=5)
    office.settle_in("habitat")
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    office.post(reported(a_credit(45000, iban, booking_date=first)))
    office.state(first, 0, 45000, 0)
    monkeypatch.setattr(bootstrap, "landlords", lambda: office.desk.landlords)
    monkeypatch.setattr(bootstrap, "day_closer", lambda: office.desk.closings)
    for _ in range(2):
        handler(SCHEDULE, SimpleNamespace())
    books = ClosingRows(office.table).books("semiga")
    assert (books.closed_through, dict(books.numbers)) == (first, {"BQ": 1})
    assert ClosingRows(office.table).books("habitat").closed_through is None
