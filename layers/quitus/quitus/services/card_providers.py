"""Providers of card payments as the use cases need them: a hosted page, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from quitus.domain.card_notice import CardNotice
from quitus.domain.checkout import Checkout
from quitus.domain.errors import Unavailable
from quitus.domain.landlord import Landlord


class ProviderFailed(Unavailable):
    """It answered that it broke down. Stripe repeats that answer to whoever comes with the same key, for a day
    (https://docs.stripe.com/api/idempotent_requests).
    """


class ProviderBusy(Unavailable):
    """It works on the same checkout for somebody else, or asked to slow down: a moment later it may answer."""


@dataclass(frozen=True, slots=True)
class HostedSession:
    """The provider's page on which a card payment is made."""

    session_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it came: the raw bytes are what is signed; names of headers are lower-case."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a proven webhook tells: a notice of a card payment, or a payment event in the words of contract.md."""

    landlord_id: str
    event_id: str
    notice: CardNotice | None = None
    event: Mapping[str, Any] | None = None


class CardProvider(Protocol):
    """A provider. Card numbers are typed on its page only: none ever comes here."""

    @property
    def name(self) -> str:
        """Its name in settings, rows and addresses."""
        ...

    @property
    def origin(self) -> str:
        """Where its hosted pages are: whither the page's form may lead a browser."""
        ...

    def open(self, landlord: Landlord, checkout: Checkout, page: str) -> HostedSession:
        """The hosted page of a checkout; asked again it answers the same one. `page` is the link's own, to which the
        tenant comes back.

        Raises:
            Unavailable: it did not answer.
            ProviderFailed: it answered that it broke down.
            ProviderBusy: it works on this checkout already, or asked to slow down.
            ProviderRefusal: it does not take what is asked (a key that was revoked).
        """
        ...

    def close(self, landlord: Landlord, checkout: Checkout) -> bool:
        """End the hosted page of a checkout that was opened: whether it takes no payment any more, and took none; again
        says the same.

        Raises:
            Unavailable, ProviderFailed, ProviderBusy: as `open`.
            ProviderRefusal: it knows no such page, or nobody who asks for it.
        """
        ...

    def read(self, delivery: Delivery, now: datetime) -> Told | None:
        """What a webhook tells; None when it is of no concern here.

        Raises:
            Unauthenticated: nobody who holds the keys sent it now.
            Invalid: whoever did sends what cannot be read.
        """
        ...


class CardProviders(Protocol):
    """The providers of the deployment."""

    def usual(self) -> str | None:
        """The one of landlords that chose none; None where they have no card payments then."""
        ...

    def named(self, name: str) -> CardProvider | None:
        """The provider of this name, if the deployment has it."""
        ...
