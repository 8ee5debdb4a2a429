"""Ids that outsiders give: landlords, leases, dues, parties, residences (contract.md, ERP drops)."""

from __future__ import annotations

import re
from typing import Final

ID_PATTERN: Final = r"[A-Za-z0-9._-]{1,64}"
RESERVED_LANDLORD_IDS: Final = frozenset({"client", "range"})
"""First words of the deployment's own partitions: a landlord of this name would share them (`adapters/keys.py`)."""

_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Whether a text is a well-formed id."""
    return _ID.fullmatch(text) is not None


def is_landlord_id(text: str) -> bool:
    """Whether a landlord may have this id: well-formed, not the deployment's own, and not `-` (nobody) or like it."""
    return is_id(text) and not text.startswith("-") and text not in RESERVED_LANDLORD_IDS
