"""The handler: real events of the gateway in, answers of the API out."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from unit.web.office import Office

from quitus import bootstrap
from staff_api.app import handler

EVENTS = Path(__file__).parents[2] / "events"
CONTEXT = SimpleNamespace(aws_request_id="c6af9ac6")


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office().settle_in()
    monkeypatch.setattr(bootstrap, "staff_desk", lambda: office.desk)
    return office


@pytest.mark.usefixtures("office")
def test_a_viewer_reads_a_lease() -> None:
    answer = handler(event("api_get_lease.json"), CONTEXT)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["lease_id"] == "L1"


@pytest.mark.usefixtures("office")
def test_an_accountant_records_a_cheque_once() -> None:
    first, second = (handler(event("api_post_payment.json"), CONTEXT) for _ in range(2))
    assert first == second
    assert (first["statusCode"], first["headers"]["Content-Type"]) == (201, "application/json")


def test_what_breaks_is_answered_with_the_requests_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    bootstrap.staff_desk.cache_clear()
    answer = handler(event("api_get_lease.json"), CONTEXT)
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["error"]["detail"] == {"error_id": "c6af9ac6"}
