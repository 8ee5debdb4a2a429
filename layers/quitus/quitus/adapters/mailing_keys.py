"""Keys of mailings. `keys` says who reads and writes them."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.services.table import Key

_NUMBER = 6
PARTS = "part#"
"""How the parts of a mailing begin in its partition."""


def mailing(landlord_id: str, mailing_id: str) -> Key:
    """A mailing."""
    return Key(mailing_partition(landlord_id, mailing_id), "mailing")


def mailing_partition(landlord_id: str, mailing_id: str) -> str:
    """A mailing and its parts."""
    return f"{landlord_id}#mailing#{mailing_id}"


def part(landlord_id: str, mailing_id: str, number: int) -> Key:
    """The nth part of a mailing."""
    return Key(mailing_partition(landlord_id, mailing_id), f"{PARTS}{number:0{_NUMBER}d}")


def dispatch(landlord_id: str, dispatch_id: str) -> Key:
    """A message to a tenant."""
    return Key(f"{landlord_id}#dispatch#{dispatch_id}", "dispatch")


def contact(landlord_id: str, lease_id: str) -> Key:
    """What a lease's holder said about mail and SMS."""
    return Key(keys.lease_partition(landlord_id, lease_id), "contact")


def mailings(landlord_id: str) -> str:
    """Listing partition: a landlord's mailings, by the instant of their order."""
    return f"{landlord_id}#mailings"


def dispatches_of(landlord_id: str, lease_id: str) -> str:
    """Listing partition: the messages to a lease, by instant."""
    return f"{landlord_id}#dispatches#{lease_id}"


def sent_as(service_id: str) -> Key:
    """Whose message it is that a sending service tells of."""
    return Key(f"@dispatch#{service_id}", "sent")


def sender(channel: str, name: str) -> Key:
    """Which landlord writes under an address of mail, or a name of SMS."""
    return Key(f"@sender#{channel}#{name.casefold()}", "sender")


def failing_address(landlord_id: str, digest: str) -> Key:
    """That messages to an address came back, under a keyed hash."""
    return Key(f"{landlord_id}#failing-address#{digest}", "failing-address")
