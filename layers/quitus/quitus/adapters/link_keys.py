"""Keys of payment links. `keys` says who reads and writes them."""

from __future__ import annotations

from quitus.services.table import Key


def link(landlord_id: str, link_id: str) -> Key:
    """A payment link."""
    return Key(link_partition(landlord_id, link_id), "link")


def link_partition(landlord_id: str, link_id: str) -> str:
    """A payment link and what was begun on its page."""
    return f"{landlord_id}#payment-link#{link_id}"


def token(digest: str) -> Key:
    """Whose link has the token with this digest: the page knows the token only."""
    return Key(f"@payment-link#{digest}", "token")


def links_of(landlord_id: str, lease_id: str) -> str:
    """Listing partition: the payment links of a lease, by the instant when they were made."""
    return f"{landlord_id}#payment-links#{lease_id}"
