"""Who calls: the landlord, role and person that the verified token names, and what each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quitus.domain.access import API_SCOPE, Role, role_of
from quitus.domain.errors import Forbidden, NotFound, Unauthenticated
from quitus.domain.ids import is_id

READERS = frozenset({Role.VIEWER, Role.COLLECTIONS, Role.ACCOUNTANT, Role.ADMIN})
LEASE_READERS = READERS | {Role.ERP}
ACCOUNTANTS = frozenset({Role.ACCOUNTANT, Role.ADMIN})
COLLECTORS = ACCOUNTANTS | {Role.COLLECTIONS}
ERPS = frozenset({Role.ERP, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Caller:
    """The landlord comes from the token, never from a path, a query or a body; `subject` is its opaque `sub`."""

    landlord_id: str
    role: Role
    subject: str

    @property
    def is_person(self) -> bool:
        """Whether it is one of the landlord's people; its ERP is a machine."""
        return self.role is not Role.ERP


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """The caller that verified claims name. Raises Unauthenticated."""
    landlord_id, role, scopes = claims.get("landlord"), role_of(claims.get("role")), claims.get("scope")
    subject = claims.get("sub") or claims.get("client_id") or "unknown"
    if not isinstance(landlord_id, str) or not is_id(landlord_id) or role is None:
        raise Unauthenticated("unauthorized", "A token that names a landlord and a role is needed.")
    if not isinstance(scopes, str) or API_SCOPE not in scopes.split():
        raise Unauthenticated("unauthorized", "A token with the scope of this API is needed.")
    return Caller(landlord_id, role, str(subject))


def admit(caller: Caller, roles: frozenset[Role]) -> None:
    """Raises Forbidden unless the caller has one of the roles."""
    if caller.role not in roles:
        raise Forbidden("forbidden", "The role of this token does not allow it.", role=caller.role.value)


def check_own(caller: Caller, ids: Mapping[str, str]) -> None:
    """Another landlord's settings are answered like those of none, whatever is asked of them. Raises NotFound."""
    asked = ids.get("landlord_id", caller.landlord_id)
    if asked != caller.landlord_id:
        raise NotFound("landlord_not_found", "There is no landlord with this id.", landlord_id=asked)
