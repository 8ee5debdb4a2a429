"""The handler that pushes, woken by its queue or by the schedule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.push_erp.scenes import Lane, a_chain
from unit.views.estate import L

from push_erp.app import handler
from quitus import bootstrap
from quitus.adapters.lease_view_rows import ErpLandlordRows

EVENTS = Path(__file__).parents[2] / "events"
WAKE = json.loads((EVENTS / "erp_wake.json").read_text(encoding="utf-8"))
SCHEDULE = json.loads((EVENTS / "erp_schedule.json").read_text(encoding="utf-8"))


class Context:
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Lane:
    lane = Lane()
    lane.record(*a_chain("A", 2))
    monkeypatch.setattr(bootstrap, "erp_pusher", lane.pusher)
    monkeypatch.setattr(bootstrap, "erp_landlords", lambda: ErpLandlordRows(lane.table))
    return lane


def run(event: dict[str, Any]) -> Any:
    return handler(event, Context())


def test_a_wake_pushes_what_waits(lane: Lane) -> None:
    assert run(WAKE) == {"batchItemFailures": []}
    assert lane.pushed() == ["A-1", "A-2"]


def test_the_schedule_wakes_landlords_with_a_backlog(lane: Lane) -> None:
    ErpLandlordRows(lane.table).add(L)
    run(SCHEDULE)
    assert (lane.wakes.sent, lane.pushed()) == ([0], [])
    run(WAKE)
    run(SCHEDULE)
    assert lane.wakes.sent == [0]
