"""What an access token speaks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quitus.domain.access import Role
from quitus.services.claims import answer

EVENTS = Path(__file__).parents[2] / "events"
REFUSED = {"scopesToSuppress": ["quitus/api"]}


def an_event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    return event


def a_person(**attributes: str) -> dict[str, Any]:
    event = an_event("pre_token_person.json")
    event["request"]["userAttributes"] |= {f"custom:{name}": value for name, value in attributes.items()}
    return event


def no_machine(client_id: str) -> None:
    pytest.fail(f"asked for the machine {client_id}")


def nobody(client_id: str) -> None:
    return None


def access_token(answered: dict[str, Any]) -> dict[str, Any]:
    token: dict[str, Any] = answered["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return token


def test_a_person_speaks_for_the_landlord_of_its_attributes() -> None:
    token = access_token(answer(an_event("pre_token_person.json"), no_machine))
    assert token["claimsToAddOrOverride"] == {"landlord": "semiga", "role": "accountant"}
    assert token["scopesToAdd"] == ["quitus/api"]


def test_a_machine_speaks_for_the_landlord_of_its_row() -> None:
    rows = {"1example23456789erpclient01": {"landlord": "semiga", "role": "erp"}}
    token = access_token(answer(an_event("pre_token_machine.json"), rows.get))
    assert token["claimsToAddOrOverride"] == {"landlord": "semiga", "role": "erp"}


def test_an_unknown_machine_loses_the_scope_that_it_asked_for() -> None:
    assert access_token(answer(an_event("pre_token_machine.json"), nobody)) == REFUSED


def test_a_machine_is_not_believed_about_its_landlord() -> None:
    event = an_event("pre_token_machine.json")
    event["request"]["userAttributes"] = {"custom:landlord": "semiga", "custom:role": "admin"}
    assert access_token(answer(event, nobody)) == REFUSED


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_of_the_contract_is_granted(role: str) -> None:
    assert access_token(answer(a_person(role=role), no_machine))["claimsToAddOrOverride"]["role"] == role


@pytest.mark.parametrize(
    "attributes",
    [
        {"role": "owner"},
        {"role": ""},
        {"landlord": ""},
        {"landlord": "semiga#x"},
        {"landlord": "a b"},
        {"landlord": "x" * 65},
        {"landlord": "client"},
        {"landlord": "range"},
        {"landlord": "-"},
        {"landlord": "@erp"},
    ],
)
def test_a_person_without_a_valid_landlord_and_role_gets_no_scope(attributes: dict[str, str]) -> None:
    assert access_token(answer(a_person(**attributes), no_machine)) == REFUSED


def test_the_event_comes_back_whole() -> None:
    event = an_event("pre_token_person.json")
    answered = answer(event, no_machine)
    assert {key: value for key, value in answered.items() if key != "response"} == {
        key: value for key, value in event.items() if key != "response"
    }
