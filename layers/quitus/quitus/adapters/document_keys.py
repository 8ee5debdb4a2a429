"""Keys of letters' texts and of documents. `keys` says who reads and writes them."""

from __future__ import annotations

from quitus.services.table import Key


def texts(landlord_id: str) -> str:
    """The landlord's own words of letters, by kind of letter."""
    return f"{landlord_id}#texts"


def text(landlord_id: str, kind: str) -> Key:
    """The landlord's own words of a kind of letter."""
    return Key(texts(landlord_id), kind)


_NUMBER = 6


def document(landlord_id: str, document_id: str) -> Key:
    """Documents that a person asked for."""
    return Key(f"{landlord_id}#document#{document_id}", "document")


def documents(landlord_id: str) -> str:
    """Listing partition: a landlord's documents, by the instant when they were asked for."""
    return f"{landlord_id}#documents"


def parts(plan: str) -> str:
    """How the files of a plan begin in their documents' partition; only one plan comes to hold."""
    return f"part#{plan}#"


def part(landlord_id: str, document_id: str, plan: str, number: int) -> Key:
    """The nth file of documents."""
    return Key(document(landlord_id, document_id).pk, f"{parts(plan)}{number:0{_NUMBER}d}")
