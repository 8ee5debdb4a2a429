"""Who may call: the roles of people and machines, and the scope of their tokens (contract.md, Roles)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

API_SCOPE: Final = "quitus/api"
"""What an access token needs for the gateway to let it in."""


class Role(StrEnum):
    """What a person or machine is to its landlord."""

    VIEWER = "viewer"
    COLLECTIONS = "collections"
    ACCOUNTANT = "accountant"
    ERP = "erp"
    ADMIN = "admin"


def role_of(text: object) -> Role | None:
    """The role with this name, None when there is none."""
    return Role(text) if isinstance(text, str) and text in set(Role) else None
