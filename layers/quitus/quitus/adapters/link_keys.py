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


CHECKOUTS, NOTICES = "checkout#", "notice#"
"""How the many rows of one sort begin in a partition."""


def checkout(landlord_id: str, link_id: str, number: int) -> Key:
    """The nth card payment that was begun for a link."""
    return Key(link_partition(landlord_id, link_id), f"{CHECKOUTS}{number:06d}")


def card_event(landlord_id: str, provider: str, event_id: str) -> Key:
    """That what a card provider told was taken."""
    return Key(f"{landlord_id}#card-event#{provider}#{event_id}", "event")


def card_payment(landlord_id: str, provider: str, reference: str) -> Key:
    """Which checkout a card provider's payment paid."""
    return Key(f"{landlord_id}#card-payment#{provider}#{reference}", "payment")


def card_notice(landlord_id: str, provider: str, reference: str, name: str) -> Key:
    """What was told of a card payment before the payment itself."""
    return Key(card_payment(landlord_id, provider, reference).pk, f"{NOTICES}{name}")
