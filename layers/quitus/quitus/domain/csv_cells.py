"""Cells of CSV files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Final

from quitus.domain.ids import is_id

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what could be one gets a leading quote (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def key_cell(text: str) -> str:
    """A cell by which a program finds its row again: ids (several with `/` between) as they are, what is none inert."""
    return text if all(map(is_id, text.split("/"))) else inert(text)
