"""The stand-in for a card provider on the local cloud (scripts/card-provider): no money moves.

Its webhooks are signed as contract.md says (Links) and hold payment events, as the queue takes them. One of a payment
that was begun on a page also names its `checkout_id`; what ended without money is a `quitus.checkout-event/1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
import urllib3

from quitus.adapters import card_http
from quitus.adapters.card_keys import CardKeys, ProviderKeys
from quitus.domain.card_notice import CardNotice, CardOutcome, card_source
from quitus.domain.checkout import Checkout
from quitus.domain.errors import Invalid, ProviderRefusal, Unauthenticated
from quitus.domain.ids import is_landlord_id
from quitus.domain.landlord import CardProviderName, Landlord
from quitus.domain.money import MOST_CENTS
from quitus.domain.webhook_signature import is_signed
from quitus.services.card_providers import Delivery, HostedSession, Told

SECRET: Final = "demo"  # noqa: S105 - its name, not what it holds

type _Text = Annotated[str, msgspec.Meta(min_length=1, max_length=140)]
type _Cents = Annotated[int, msgspec.Meta(ge=-MOST_CENTS, le=MOST_CENTS)]


class _Event(msgspec.Struct, frozen=True):
    """What every webhook says."""

    schema: Literal["quitus.payment-event/1", "quitus.checkout-event/1"]
    event_id: _Text
    landlord_id: str


class _Paid(msgspec.Struct, frozen=True):
    """A payment event that names its checkout."""

    checkout_id: _Text
    bank_reference: _Text
    amount_cents: _Cents
    currency: _Text
    booking_date: date


class _Ended(msgspec.Struct, frozen=True):
    """A checkout that ended without money."""

    checkout_id: _Text
    outcome: Literal["failed", "expired"]
    booking_date: date


@dataclass(frozen=True, slots=True)
class DemoProvider:
    """`card_providers.CardProvider` on the stand-in."""

    keys: CardKeys
    pool: urllib3.PoolManager
    url: str

    @property
    def name(self) -> str:
        """See `CardProvider.name`."""
        return CardProviderName.DEMO.value

    @property
    def origin(self) -> str:
        """See `CardProvider.origin`."""
        return self.url

    def open(self, landlord: Landlord, checkout: Checkout, page: str) -> HostedSession:
        """See `CardProvider.open`."""
        headers = {**self._headers(), "Idempotency-Key": checkout.checkout_id}
        order = {
            "checkout_id": checkout.checkout_id,
            "landlord_id": landlord.landlord_id,
            "link_id": checkout.link_id,
            "account_iban": checkout.account_iban,
            "amount_cents": checkout.amount_cents,
            "currency": "EUR",
            "payee": landlord.name,
            "language": checkout.language,
            "expires_at": checkout.ends_at.isoformat(),
            "success_url": checkout.way_back(page, done=True),
            "cancel_url": checkout.way_back(page, done=False),
        }
        body = msgspec.json.encode(order)
        return card_http.session(self.pool, f"{self.url}/sessions", body, headers, "session_id")

    def close(self, landlord: Landlord, checkout: Checkout) -> bool:  # noqa: ARG002 - one key is that of all landlords
        """See `CardProvider.close`."""
        return card_http.is_ended(self.pool, f"{self.url}/sessions/{checkout.session_id}", self._headers())

    def read(self, delivery: Delivery, now: datetime) -> Told | None:
        """See `CardProvider.read`."""
        keys = self._keys(now)
        header = delivery.headers.get("quitus-signature")
        if keys is None or not is_signed(header, delivery.body, keys.webhook_keys, now):
            raise Unauthenticated("bad_signature", "Nothing proves that the provider sent this now.")
        try:
            event: dict[str, Any] = msgspec.json.decode(delivery.body, type=dict)
            return self._told(msgspec.convert(event, _Event), event)
        except msgspec.MsgspecError as error:
            raise Invalid("invalid_event", "The event cannot be read.") from error

    def _headers(self) -> dict[str, str]:
        keys = self._keys(datetime.now(UTC))
        if keys is None:
            raise ProviderRefusal("card_keys_missing", "The deployment has no secret for its card provider.")
        return {"Authorization": f"Bearer {keys.api_key}", "Content-Type": "application/json"}

    def _told(self, said: _Event, event: dict[str, Any]) -> Told:
        if not is_landlord_id(said.landlord_id):
            raise Invalid("invalid_event", "The event names no landlord.")
        if said.schema == "quitus.checkout-event/1":
            ended = msgspec.convert(event, _Ended)
            notice = CardNotice(
                CardOutcome(ended.outcome), said.event_id, ended.booking_date, checkout_id=ended.checkout_id
            )
            return Told(said.landlord_id, said.event_id, notice)
        if event.get("source") != card_source(self.name):
            raise Invalid("invalid_event", "A provider speaks for itself only: its source is its own.")
        if event.get("kind") != "credit" or event.get("checkout_id") is None:
            return Told(said.landlord_id, said.event_id, event=event)
        return Told(said.landlord_id, said.event_id, _paid(said, msgspec.convert(event, _Paid)))

    def _keys(self, now: datetime) -> ProviderKeys | None:
        return self.keys.find(SECRET, now)


def _paid(said: _Event, paid: _Paid) -> CardNotice:
    return CardNotice(
        outcome=CardOutcome.PAID,
        event_id=said.event_id,
        day=paid.booking_date,
        amount_cents=paid.amount_cents,
        currency=paid.currency,
        checkout_id=paid.checkout_id,
        reference=paid.bank_reference,
    )
