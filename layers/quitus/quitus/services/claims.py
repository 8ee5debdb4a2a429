"""Which landlord and role an access token speaks for.

Cognito asks before it signs a token (pre token generation, version V3_0). A person's landlord and role are attributes
that only an administrator writes; a machine's are the row of its app client. Without both, the token does not get the
scope of the API, so that the gateway refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from quitus.domain.access import API_SCOPE, Role, role_of
from quitus.domain.ids import is_landlord_id

_MACHINE_TRIGGER = "TokenGeneration_ClientCredentials"

type MachineRows = Callable[[str], Mapping[str, Any] | None]
"""The row of an app client by its id, holding `landlord` and `role`; None when there is none."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may speak for."""

    landlord_id: str
    role: Role


def grant(landlord_id: object, role: object) -> Grant | None:
    """The grant of this landlord and role, None when either is not one."""
    known = role_of(role)
    if known is None or not isinstance(landlord_id, str) or not is_landlord_id(landlord_id):
        return None
    return Grant(landlord_id, known)


def answer(event: Mapping[str, Any], machine: MachineRows) -> dict[str, Any]:
    """The trigger's event with the claims of its token; `machine` is asked for client credentials only."""
    tokens = {"accessTokenGeneration": _access_token(_granted(event, machine))}
    return {**event, "response": {"claimsAndScopeOverrideDetails": tokens}}


def _granted(event: Mapping[str, Any], machine: MachineRows) -> Grant | None:
    if event["triggerSource"] == _MACHINE_TRIGGER:
        row = machine(event["callerContext"]["clientId"]) or {}
        return grant(row.get("landlord"), row.get("role"))
    attributes = event["request"]["userAttributes"]
    return grant(attributes.get("custom:landlord"), attributes.get("custom:role"))


def _access_token(granted: Grant | None) -> dict[str, Any]:
    if granted is None:
        return {"scopesToSuppress": [API_SCOPE]}
    claims = {"landlord": granted.landlord_id, "role": granted.role.value}
    return {"claimsToAddOrOverride": claims, "scopesToAdd": [API_SCOPE]}
