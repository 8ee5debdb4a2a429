"""The handler that keeps the views."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from builders import DAY, a_credit, reported
from unit.views.estate import IBANS, Estate, L, keeper

from quitus import bootstrap
from quitus.adapters import keys, view_keys
from quitus.services.messages import ErpWake
from update_views.app import handler

CHANGES = json.loads((Path(__file__).parents[2] / "events" / "changes.json").read_text(encoding="utf-8"))


class Wakes:
    def __init__(self) -> None:
        self.sent: list[tuple[object, int]] = []

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        self.sent += [(message, delay_seconds) for message in messages]


@pytest.fixture
def estate(monkeypatch: pytest.MonkeyPatch) -> Estate:
    estate = Estate()
    estate.post(reported(a_credit(45000, IBANS["L1"])))
    monkeypatch.setattr(bootstrap, "view_keeper", lambda: keeper(estate.table))
    return estate


@pytest.fixture
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    wakes = Wakes()
    queues = {"ERP_WAKE_QUEUE_URL": wakes, "PENDING_QUEUE_URL": Wakes()}
    monkeypatch.setattr(bootstrap, "queue", queues.__getitem__)
    return wakes


def run(event: dict[str, Any]) -> Any:
    return handler(event, None)


def test_changes_reach_the_views_and_wake_the_erp_once(estate: Estate, wakes: Wakes) -> None:
    assert run(CHANGES) == {"batchItemFailures": []}
    (counter,) = estate.rows(view_keys.receipts_of_day(L, DAY))
    assert (counter["count"], counter["amount_cents"]) == (1, 45000)
    assert estate.table.rows[keys.issued(L)]["count"] == 1
    assert wakes.sent == [(ErpWake(L), 1)]


def test_a_message_that_is_no_change_fails_alone(estate: Estate, wakes: Wakes) -> None:
    broken = CHANGES["Records"][0] | {"messageId": "broken", "body": "{}"}
    answer = run({"Records": [broken, CHANGES["Records"][0]]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert wakes.sent == [(ErpWake(L), 1)]
