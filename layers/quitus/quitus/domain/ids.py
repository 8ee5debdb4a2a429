"""Ids that outsiders give (landlords, leases, dues, parties, residences: contract.md, ERP drops) and those derived."""

from __future__ import annotations

import hashlib
import re
from typing import Final

ID_PATTERN: Final = r"[A-Za-z0-9._-]{1,64}"
RESERVED_LANDLORD_IDS: Final = frozenset({"client", "range"})
"""First words of the deployment's own partitions: a landlord of this name would share them (`adapters/keys.py`)."""

_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Whether a text is a well-formed id."""
    return _ID.fullmatch(text) is not None


def derived_id(order_id: str, item_id: str) -> str:
    """The permanent name of what an order makes for one of its items: 32 hex digits, the same each time."""
    return hashlib.sha256(f"{order_id}\n{item_id}".encode()).hexdigest()[:32]


def is_landlord_id(text: str) -> bool:
    """Whether a landlord may have this id: well-formed, not the deployment's own, and not `-` (nobody) or like it."""
    return is_id(text) and not text.startswith("-") and text not in RESERVED_LANDLORD_IDS
