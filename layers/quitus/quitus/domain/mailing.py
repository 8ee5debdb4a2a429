"""Writing to tenants: a mailing goes to the leases that a person chose, each by one message, each message told once.

Whether a message left can be unknown: what sends it answers nobody twice. So a message is `sending` before it is handed
over, and one that was never told to have left stays so: it is not sent again by itself, a person sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from quitus.domain.ids import derived_id
from quitus.domain.lease import Lease
from quitus.domain.money import Cents

LEASES_AT_ONCE: Final = 25
_PHONE = re.compile(r"(?:\+33|0033|0)([67]\d{8})", re.ASCII)
_ABROAD = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)


class Channel(StrEnum):
    """How a tenant is written to."""

    EMAIL = "email"
    SMS = "sms"


class DispatchStatus(StrEnum):
    """Where a message to a tenant is."""

    SENDING = "sending"
    """Handed over, or about to be; if it stays so, nobody knows whether it left."""
    HELD = "held"
    """The service took no more for now: it did not leave, and is sent later."""
    SENT = "sent"
    BOUNCED = "bounced"
    """It came back: the address does not exist, or refuses."""
    COMPLAINED = "complained"
    """Who got it called it unwanted."""
    SKIPPED = "skipped"


class SkipReason(StrEnum):
    """Why nothing was sent to a chosen lease."""

    NOTHING_DUE = "nothing_due"
    """Nothing, or, once its message was held, less than the mailing is about."""
    NO_LINK = "no_link"
    """What it owes changed while its link was made, or the link ended before the message left."""
    NO_ADDRESS = "no_address"
    """No address of mail, or no mobile number."""
    OBJECTED = "objected"
    """The holder does not want to be written to in this way."""
    ADDRESS_FAILS = "address_fails"
    """Messages to it came back, or were called unwanted."""
    REFUSED = "refused"
    """The service that sends refused it: mostly a sender that is not confirmed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The leases of a mailing: those named, or of a residence, or all; of these, those with so much overdue."""

    lease_ids: tuple[str, ...] | None = None
    residence_id: str | None = None
    min_overdue_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class Mailing:
    """A payment link for each chosen lease, sent to its holder."""

    mailing_id: str
    channel: Channel
    choice: Choice
    ordered_by: str
    ordered_at: str
    min_cents: Cents | None = None
    expires_in_days: int | None = None
    parts: int | None = None
    """How many parts its leases were divided into, once all were looked up."""

    def attempt_of(self, lease_id: str) -> str:
        """The permanent name of what is made for a lease: its link, its message."""
        return derived_id(self.mailing_id, lease_id)


@dataclass(frozen=True, slots=True)
class Part:
    """Some leases of a mailing, and what came of them once they are done. `residence_id` is that of the last one."""

    number: int
    lease_ids: tuple[str, ...]
    residence_id: str | None = None
    done: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A message to a tenant. `address_told` shows enough of the address to recognise it, and no more."""

    dispatch_id: str
    mailing_id: str
    lease_id: str
    channel: Channel
    status: DispatchStatus
    at: str
    link_id: str | None = None
    address_told: str | None = None
    reason: SkipReason | None = None
    sent_as: str | None = None
    """The id that the sending service gave it."""
    changed_at: str | None = None
    """When it came back."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves: plain text; a subject for mail only."""

    address: str
    text: str
    subject: str = ""


def address_of(lease: Lease, channel: Channel) -> str | None:
    """Where the holder is reached: an address of mail, or a mobile number with its country."""
    if channel is Channel.EMAIL:
        return lease.holder_email
    return mobile_number(lease.holder_phone or "")


def mobile_number(text: str) -> str | None:
    """A mobile number as networks want it (`+33612345678`); None for a landline and for what is no number."""
    compact = re.sub(r"[\s().-]", "", text)
    french = _PHONE.fullmatch(compact)
    if french:
        return f"+33{french[1]}"
    abroad = _ABROAD.fullmatch(compact) and not compact.startswith("+33")
    return compact if abroad else None


def shown_address(address: str, channel: Channel) -> str:
    """Enough of an address to recognise it: `c…@example.org`, `…78`."""
    if channel is Channel.SMS:
        return f"…{address[-2:]}"
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def summed(parts: Iterable[Part]) -> dict[str, int]:
    """What came of all parts that are done."""
    told: dict[str, int] = {}
    for part in parts:
        for name, count in (part.done or {}).items():
            told[name] = told.get(name, 0) + count
    return told
