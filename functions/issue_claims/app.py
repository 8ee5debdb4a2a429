"""Cognito, before it signs a token → the landlord, the role and the scope of the access token."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters import keys
from quitus.services.claims import answer
from quitus.services.table import Row


def machine(client_id: str) -> Row | None:
    return bootstrap.table().get(keys.client(client_id))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return answer(event, machine)
