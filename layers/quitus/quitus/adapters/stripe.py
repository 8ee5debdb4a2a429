"""Stripe Checkout: a hosted page per payment, and webhooks of each landlord's own account.

After https://docs.stripe.com/api/checkout/sessions/create and /expire, /webhooks (signatures) and /api/events/types, in
the version below. Webhooks go to `/v1/psp/stripe/events?landlord={landlord_id}`: the landlord says whose key to prove
them with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
import urllib3

from quitus.adapters import card_http
from quitus.adapters.card_keys import CardKeys, ProviderKeys
from quitus.domain.calendar import paris_day
from quitus.domain.card_notice import CardNotice, CardOutcome
from quitus.domain.checkout import Checkout
from quitus.domain.errors import Invalid, ProviderRefusal, Unauthenticated
from quitus.domain.ids import is_landlord_id
from quitus.domain.landlord import CardProviderName, Landlord
from quitus.domain.money import MOST_CENTS
from quitus.domain.webhook_signature import is_signed, may_be_signed
from quitus.services.card_providers import Delivery, HostedSession, Told
from quitus.services.ports import Landlords

API: Final = "https://api.stripe.com"
PAGES: Final = "https://checkout.stripe.com"
VERSION: Final = "2024-12-18.acacia"
"""The version of the API that requests and the landlords' webhook endpoints are pinned to."""

_LANGUAGES = frozenset({"fr", "en"})

type _Id = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
type _Word = Annotated[str, msgspec.Meta(max_length=500)]
type _Instant = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
type _Cents = Annotated[int, msgspec.Meta(ge=-MOST_CENTS, le=MOST_CENTS)]


class _Object(msgspec.Struct, frozen=True):
    """A checkout session, a refund or a dispute, as far as it matters here."""

    id: _Id
    amount: _Cents = 0
    amount_total: _Cents | None = None
    currency: _Word | None = None
    created: _Instant = 0
    payment_intent: _Id | None = None
    payment_status: _Word | None = None
    status: _Word | None = None
    reason: _Word | None = None
    metadata: dict[str, _Word] | None = None


class _Data(msgspec.Struct, frozen=True):
    object: _Object


class _Event(msgspec.Struct, frozen=True):
    id: _Id
    type: str
    created: _Instant
    data: _Data


class _Kind(msgspec.Struct, frozen=True):
    """The part of an event that every one has, whatever it is about."""

    id: _Id
    type: str


_SESSIONS: Mapping[str, CardOutcome] = {
    "checkout.session.completed": CardOutcome.PAID,
    "checkout.session.async_payment_succeeded": CardOutcome.PAID,
    "checkout.session.async_payment_failed": CardOutcome.FAILED,
    "checkout.session.expired": CardOutcome.EXPIRED,
}
_REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_DISPUTES: Mapping[str, CardOutcome] = {
    "charge.dispute.funds_withdrawn": CardOutcome.CHARGED_BACK,
    "charge.dispute.funds_reinstated": CardOutcome.REINSTATED,
}
EVENTS: Final = frozenset({*_SESSIONS, *_REFUNDS, *_DISPUTES})
"""What a landlord's webhook endpoint subscribes to. A dispute counts when its money moves, not when it is opened: an
inquiry moves none."""


@dataclass(frozen=True, slots=True)
class StripeProvider:
    """`card_providers.CardProvider` on Stripe."""

    landlords: Landlords
    keys: CardKeys
    pool: urllib3.PoolManager
    api: str = API

    @property
    def name(self) -> str:
        """See `CardProvider.name`."""
        return CardProviderName.STRIPE.value

    @property
    def origin(self) -> str:
        """See `CardProvider.origin`."""
        return PAGES

    def open(self, landlord: Landlord, checkout: Checkout, page: str) -> HostedSession:
        """See `CardProvider.open`."""
        headers = {**self._headers(landlord), "Idempotency-Key": checkout.checkout_id}
        body = urlencode(session_form(landlord, checkout, page)).encode()
        return card_http.session(self.pool, f"{self.api}/v1/checkout/sessions", body, headers, "id")

    def close(self, landlord: Landlord, checkout: Checkout) -> bool:
        """See `CardProvider.close`."""
        url = f"{self.api}/v1/checkout/sessions/{checkout.session_id}"
        return card_http.is_ended(self.pool, url, self._headers(landlord))

    def read(self, delivery: Delivery, now: datetime) -> Told | None:
        """See `CardProvider.read`."""
        landlord_id = delivery.query.get("landlord", "")
        header = delivery.headers.get("stripe-signature")
        worth = may_be_signed(header, now) and self._uses_stripe(landlord_id)
        keys = self._keys(landlord_id, now) if worth else None
        if keys is None or not is_signed(header, delivery.body, keys.webhook_keys, now):
            raise Unauthenticated("bad_signature", "Nothing proves that the provider sent this now.")
        try:
            event_type = msgspec.json.decode(delivery.body, type=_Kind).type
            event = msgspec.json.decode(delivery.body, type=_Event) if event_type in EVENTS else None
        except msgspec.DecodeError as error:
            raise Invalid("invalid_event", "The event cannot be read.") from error
        notice = _notice(event, landlord_id) if event else None
        return Told(landlord_id, notice.event_id, notice) if notice else None

    def _headers(self, landlord: Landlord) -> dict[str, str]:
        keys = self._keys(landlord.landlord_id, datetime.now(UTC))
        if keys is None:
            raise ProviderRefusal("card_keys_missing", "The landlord has no secret for its card provider.")
        return {
            "Authorization": f"Bearer {keys.api_key}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Stripe-Version": VERSION,
        }

    def _uses_stripe(self, landlord_id: str) -> bool:
        """Whether it is worth asking for a secret: one that left Stripe still hears of its old payments."""
        return is_landlord_id(landlord_id) and self.landlords.find(landlord_id) is not None

    def _keys(self, landlord_id: str, now: datetime) -> ProviderKeys | None:
        return self.keys.find(f"{landlord_id}/{self.name}", now)


def session_form(landlord: Landlord, checkout: Checkout, page: str) -> dict[str, str]:
    """The fields of a new Checkout Session: the same for the same checkout, as its idempotency key demands."""
    names = {"landlord_id": landlord.landlord_id, "link_id": checkout.link_id, "checkout_id": checkout.checkout_id}
    title = f"Loyer {landlord.name}" if checkout.language == "fr" else f"Rent {landlord.name}"
    return {
        "mode": "payment",
        "payment_method_types[0]": "card",
        "submit_type": "pay",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": str(checkout.amount_cents),
        "line_items[0][price_data][product_data][name]": title,
        "adaptive_pricing[enabled]": "false",
        "client_reference_id": checkout.checkout_id,
        "payment_intent_data[description]": f"Quitus {checkout.checkout_id}",
        "locale": checkout.language if checkout.language in _LANGUAGES else "auto",
        "expires_at": str(int(checkout.ends_at.timestamp())),
        "success_url": checkout.way_back(page, done=True),
        "cancel_url": checkout.way_back(page, done=False),
        **{f"metadata[{name}]": value for name, value in names.items()},
        **{f"payment_intent_data[metadata][{name}]": value for name, value in names.items()},
    }


def _notice(event: _Event, landlord_id: str) -> CardNotice | None:
    if event.type in _SESSIONS:
        return _of_session(event, landlord_id)
    about = event.data.object
    outcome = _refund(event) if event.type in _REFUNDS else _DISPUTES[event.type]
    if outcome is None or about.payment_intent is None:
        return None
    reinstated = outcome is CardOutcome.REINSTATED
    return CardNotice(
        outcome=outcome,
        event_id=event.id,
        day=_day(event.created if reinstated else about.created),
        amount_cents=about.amount,
        currency=(about.currency or "").upper(),
        reference=about.payment_intent,
        own_reference=about.id,
        reason=about.reason,
    )


def _of_session(event: _Event, landlord_id: str) -> CardNotice | None:
    """None for a session that others made, or that is completed while its money is still to come."""
    session, metadata = event.data.object, event.data.object.metadata or {}
    outcome = _SESSIONS[event.type]
    unpaid = outcome is CardOutcome.PAID and session.payment_status != "paid"
    if metadata.get("landlord_id") != landlord_id or "checkout_id" not in metadata or unpaid:
        return None
    if outcome is CardOutcome.PAID and session.payment_intent is None:
        return None
    return CardNotice(
        outcome=outcome,
        event_id=event.id,
        day=_day(event.created),
        amount_cents=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        checkout_id=metadata["checkout_id"],
        reference=session.payment_intent,
    )


def _refund(event: _Event) -> CardOutcome | None:
    """What a refund's status says; while it is on its way, nothing yet."""
    statuses: dict[Any, CardOutcome] = {"succeeded": CardOutcome.REFUNDED, "failed": CardOutcome.REFUND_FAILED}
    return statuses.get(event.data.object.status)


def _day(seconds: int) -> date:
    return paris_day(datetime.fromtimestamp(seconds, UTC))
