"""Ids that outsiders give: landlords, leases, dues, parties, residences (contract.md, ERP drops)."""

from __future__ import annotations

import re
from typing import Final

ID_PATTERN: Final = r"[A-Za-z0-9._-]{1,64}"
_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Whether a text is a well-formed id."""
    return _ID.fullmatch(text) is not None
