"""Keys of refunds. `keys` says who reads and writes them."""

from __future__ import annotations

from quitus.services.table import Key


def refund(landlord_id: str, refund_id: str) -> Key:
    """A refund."""
    return Key(f"{landlord_id}#refund#{refund_id}", "refund")


def open_refund(landlord_id: str, refund_id: str) -> Key:
    """That the bank's line of a refund is to come."""
    return Key(refund(landlord_id, refund_id).pk, "open")


def refunds(landlord_id: str) -> str:
    """Listing partition: refunds, by the instant of their request."""
    return f"{landlord_id}#refunds"


def open_refunds(landlord_id: str) -> str:
    """Listing partition: refunds that are approved and not paid."""
    return f"{landlord_id}#refunds#open"
