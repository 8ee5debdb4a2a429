"""The handler that Cognito asks before it signs a token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from issue_claims.app import handler
from quitus import bootstrap
from quitus.adapters import keys
from quitus.adapters.memory import MemoryTable
from quitus.services.table import New, Put

EVENTS = Path(__file__).parents[2] / "events"
CLIENT = "1example23456789erpclient01"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    table = MemoryTable()
    monkeypatch.setattr(bootstrap, "table", lambda: table)
    return table


def access_token(name: str) -> dict[str, Any]:
    event = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    token: dict[str, Any] = handler(event, None)["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return token


def test_a_machine_gets_the_landlord_of_its_row(table: MemoryTable) -> None:
    key = keys.client(CLIENT)
    table.write([Put(key.row(landlord="semiga", role="erp"), New())])
    assert access_token("pre_token_machine.json")["claimsToAddOrOverride"] == {"landlord": "semiga", "role": "erp"}


def test_a_machine_without_a_row_gets_no_scope(table: MemoryTable) -> None:
    assert access_token("pre_token_machine.json") == {"scopesToSuppress": ["quitus/api"]}


def test_a_person_needs_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(bootstrap, "table")
    assert access_token("pre_token_person.json")["claimsToAddOrOverride"]["landlord"] == "semiga"
