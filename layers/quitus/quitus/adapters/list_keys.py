"""Keys of lists of beneficiaries and of payers' numbers of tenants. `keys` says who reads and writes them."""

from __future__ import annotations

from quitus.services.table import Key

LIST_LINES, LIST_WORKED = "lines#", "worked#"
"""How the many rows of one sort begin in a list's partition."""


def payment_list(landlord_id: str, list_id: str) -> Key:
    """A list of beneficiaries."""
    return Key(f"{landlord_id}#list#{list_id}", "list")


def list_lines(landlord_id: str, list_id: str, reading: str, part: int) -> Key:
    """The nth part of its lines, of those that were read so."""
    return Key(payment_list(landlord_id, list_id).pk, f"{LIST_LINES}{reading}#{part:06d}")


def list_worked(landlord_id: str, list_id: str, part: int) -> Key:
    """That every line of a part has its row."""
    return Key(payment_list(landlord_id, list_id).pk, f"{LIST_WORKED}{part:06d}")


def list_progress(landlord_id: str, list_id: str) -> Key:
    """What became of its lines, counted."""
    return Key(payment_list(landlord_id, list_id).pk, "progress")


def open_list(landlord_id: str, list_id: str) -> Key:
    """That something is still to be done about a list."""
    return Key(payment_list(landlord_id, list_id).pk, "open")


def list_content(landlord_id: str, content: str) -> Key:
    """The list that first had this content."""
    return Key(f"{landlord_id}#list-content#{content}", "content")


def payment_lists(landlord_id: str) -> str:
    """Listing partition: lists by arrival."""
    return f"{landlord_id}#lists"


def open_lists(landlord_id: str) -> str:
    """Listing partition: lists that wait or are being posted, by arrival."""
    return f"{landlord_id}#lists#open"


def beneficiary(landlord_id: str, payer_id: str, number: str) -> Key:
    """Whose a payer's number of a beneficiary is."""
    return Key(f"{landlord_id}#beneficiary#{payer_id}#{number}", "beneficiary")
