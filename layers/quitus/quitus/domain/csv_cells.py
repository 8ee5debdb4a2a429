"""Cells of CSV files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Final

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what could be one gets a leading quote (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
