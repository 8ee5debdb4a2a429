"""Who calls: the landlord, role and person that the verified token names, and what each role may do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quitus.domain.errors import Forbidden, QuitusError

SCOPE = "quitus/api"
_LANDLORD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class Unauthorized(QuitusError):
    """No token, or one that speaks for no landlord and role."""

    status = 401


class Role(StrEnum):
    """What a person or machine is to its landlord."""

    VIEWER = "viewer"
    COLLECTIONS = "collections"
    ACCOUNTANT = "accountant"
    ERP = "erp"
    ADMIN = "admin"


READERS = frozenset({Role.VIEWER, Role.COLLECTIONS, Role.ACCOUNTANT, Role.ADMIN})
LEASE_READERS = READERS | {Role.ERP}
ACCOUNTANTS = frozenset({Role.ACCOUNTANT, Role.ADMIN})
ERPS = frozenset({Role.ERP, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Caller:
    """The landlord comes from the token, never from a path, a query or a body; `subject` is its opaque `sub`."""

    landlord_id: str
    role: Role
    subject: str


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """The caller that verified claims name. Raises Unauthorized."""
    landlord_id, role, scopes = claims.get("landlord"), claims.get("role"), claims.get("scope")
    subject = claims.get("sub") or claims.get("client_id") or "unknown"
    if not isinstance(landlord_id, str) or not _LANDLORD_ID.fullmatch(landlord_id) or role not in set(Role):
        raise Unauthorized("unauthorized", "A token that names a landlord and a role is needed.")
    if not isinstance(scopes, str) or SCOPE not in scopes.split():
        raise Unauthorized("unauthorized", "A token with the scope of this API is needed.")
    return Caller(landlord_id, Role(role), str(subject))


def admit(caller: Caller, roles: frozenset[Role]) -> None:
    """Raises Forbidden unless the caller has one of the roles."""
    if caller.role not in roles:
        raise Forbidden("forbidden", "The role of this token does not allow it.", role=caller.role.value)
