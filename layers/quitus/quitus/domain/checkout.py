"""Card payments that were begun on a link's page: what is asked of the provider, and how it ended. Pure.

The amount, the lease and the account are those of this record, written before the provider hears of it: nothing that a
browser sends later can change them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from quitus.domain.errors import Invalid
from quitus.domain.money import Cents

LIFE: Final = timedelta(hours=1)
"""How long the hosted page takes a payment; Stripe takes half an hour at least."""
YOUNG: Final = timedelta(minutes=10)
"""How long whoever comes again for the same amount is led to the same payment."""
AWAITED: Final = timedelta(days=14)
"""How long the record of a payment that was made is awaited: as long as its event may lie in the queue and beside it.
What is not recorded by then was refused, and people know of it."""
LEAST_CARD_CENTS: Final = 50
MOST_CARD_CENTS: Final = 99_999_999
"""What a card payment in euros may be (Stripe, minimum and maximum charge amounts)."""

_ID = re.compile(r"([A-Za-z0-9]{1,64})-([1-9][0-9]{0,5})")


class CheckoutStatus(StrEnum):
    """How a card payment stands. Only `paid` is final: what failed may still be paid on the same hosted page."""

    STARTED = "started"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class Progress(StrEnum):
    """What a tenant is told of a card payment before it is on the account."""

    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A card payment, the nth that was begun for its link. Instants are ISO texts."""

    link_id: str
    number: int
    lease_id: str
    amount_cents: Cents
    rest_cents: Cents
    """What was left of the link when it was begun."""
    provider: str
    account_iban: str
    """The landlord's account to which the provider pays out."""
    language: str
    started_at: str
    status: CheckoutStatus = CheckoutStatus.STARTED
    session_id: str | None = None
    url: str | None = None
    """The provider's page; None until it answered."""
    reference: str | None = None
    """The provider's id of the payment; None until it is paid."""
    paid_on: date | None = None
    """The day in Europe/Paris on which the provider says that it was paid."""

    @property
    def checkout_id(self) -> str:
        """Its name at the provider: also the key under which the provider is asked once only."""
        return f"{self.link_id}-{self.number}"

    @property
    def ends_at(self) -> datetime:
        """When the hosted page takes no payment any more."""
        return datetime.fromisoformat(self.started_at) + LIFE

    def way_back(self, page: str, *, done: bool) -> str:
        """The address to which the hosted page leads back, after a payment or without one."""
        return f"{page}?card={'done' if done else 'left'}&lang={self.language}"

    def is_same(self, other: Checkout) -> bool:
        """Whether whoever asks for `other` is led here: as much, to the same account, begun a moment ago."""
        asked = (other.amount_cents, other.provider, other.account_iban)
        mine = (self.amount_cents, self.provider, self.account_iban)
        age = datetime.fromisoformat(other.started_at) - datetime.fromisoformat(self.started_at)
        return self.status is CheckoutStatus.STARTED and asked == mine and age < YOUNG

    def is_awaited(self, now: datetime) -> bool:
        """Whether its payment was made, and is recorded sooner or later."""
        return self.reference is not None and now < datetime.fromisoformat(self.started_at) + AWAITED

    def may_be_paid(self, now: datetime) -> bool:
        """Whether its hosted page may take a payment, or have taken one that nobody told of yet."""
        young = now < datetime.fromisoformat(self.started_at) + AWAITED
        return young and self.session_id is not None and self.status in (CheckoutStatus.STARTED, CheckoutStatus.FAILED)

    def progress(self, rest_cents: Cents, now: datetime, *, back: bool) -> Progress | None:
        """What the link's page says of it, while that much is left of the link; `back`: the tenant comes from the
        hosted page, which said that it is done. None: what is due says it all, as of one whose payment is recorded.
        """
        if now >= self.ends_at or rest_cents < self.rest_cents:
            return None
        if self.status is CheckoutStatus.FAILED:
            return Progress.FAILED
        return Progress.RUNNING if back and self.status is CheckoutStatus.STARTED else None


def parse_checkout_id(text: str | None) -> tuple[str, int] | None:
    """The link and the number of a checkout's id; None when it is none."""
    match = _ID.fullmatch(text or "")
    return (match[1], int(match[2])) if match else None


def check_card_amount(cents: Cents) -> None:
    """Raises Invalid: `amount_not_for_cards`: cards take between 50 cents and 999 999.99 euros."""
    if not LEAST_CARD_CENTS <= cents <= MOST_CARD_CENTS:
        limits = {"min_cents": LEAST_CARD_CENTS, "max_cents": MOST_CARD_CENTS}
        raise Invalid("amount_not_for_cards", "Cards take no such amount.", amount_cents=cents, **limits)
