"""Keys of letters' texts and of documents. `keys` says who reads and writes them."""

from __future__ import annotations

from quitus.services.table import Key


def texts(landlord_id: str) -> str:
    """The landlord's own words of letters, by kind of letter."""
    return f"{landlord_id}#texts"


def text(landlord_id: str, kind: str) -> Key:
    """The landlord's own words of a kind of letter."""
    return Key(texts(landlord_id), kind)
