"""Card payments of a landlord: links, checkouts, providers, what they tell, and the queue that it goes to."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import urllib3
from builders import BANK_ACCOUNT, a_poster
from unit.views.estate import settler_on
from unit.web.office import Office, Orders

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.card_connections import CardConnections
from quitus.adapters.card_keys import CardKeys
from quitus.adapters.checkout_rows import CardNoteRows, CheckoutRows
from quitus.adapters.demo_provider import DemoProvider
from quitus.adapters.event_rows import EventRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.link_rows import LinkRows
from quitus.adapters.page_rows import PageRows
from quitus.adapters.stripe import StripeProvider
from quitus.domain.checkout import Checkout
from quitus.domain.landlord import Landlord
from quitus.domain.webhook_signature import signature
from quitus.services.card_providers import CardProvider, Delivery, HostedSession, Told
from quitus.services.card_webhooks import CardWebhooks
from quitus.services.checkouts import CheckoutDesk, CheckoutWish
from quitus.services.pay_page import PageDesk, PayView
from quitus.services.post_events import EventPoster
from quitus.web.pay.public import Public
from quitus.web.pay.webhooks import take

DEMO_KEY, STRIPE_KEY = "demo-webhook-key", "whsec_semiga"
PAGE = "https://pay.example.org/p/token"


class Missing(Exception):
    """There is no such secret."""


class Secrets:
    """Secrets Manager, as far as card providers ask it."""

    class exceptions:  # noqa: N801 - as the client names it
        ResourceNotFoundException = Missing

    def __init__(self, held: Mapping[str, object]) -> None:
        self.held = {name: json.dumps(secret) for name, secret in held.items()}
        self.asked = 0

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, str]:  # noqa: N803 - as the client names it
        self.asked += 1
        if SecretId not in self.held:
            raise Missing
        return {"SecretString": self.held[SecretId]}


def secrets_of(*webhook_keys: str) -> Secrets:
    """The demo provider's secret, and the Stripe secrets of two landlords."""
    keys = list(webhook_keys) or [DEMO_KEY]
    return Secrets(
        {
            "cards/demo": {"api_key": "demo-api-key", "webhook_keys": keys},
            "cards/semiga/stripe": {"api_key": "sk_test_semiga", "webhook_keys": [STRIPE_KEY]},
            "cards/habitat/stripe": {"api_key": "sk_test_habitat", "webhook_keys": ["whsec_habitat"]},
        }
    )


@dataclass
class OpenedHere:
    """A provider's hosted pages without HTTP; what it tells is read by the real one. The contract's tests hold both."""

    real: CardProvider
    opened: dict[str, tuple[HostedSession, Checkout]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    """The sessions that took money."""
    calls: int = 0
    failure: Exception | None = None

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def origin(self) -> str:
        return "https://cards.example.org"

    def open(self, landlord: Landlord, checkout: Checkout, page: str) -> HostedSession:
        self.calls += 1
        if self.failure is not None:
            raise self.failure
        number = len(self.opened) + 1
        session = HostedSession(f"cs_{number}", f"https://cards.example.org/pay/cs_{number}")
        return self.opened.setdefault(checkout.checkout_id, (session, checkout))[0]

    def close(self, landlord: Landlord, checkout: Checkout) -> bool:
        if self.failure is not None:
            raise self.failure
        self.closed.append(checkout.checkout_id)
        return checkout.session_id not in self.taken

    def read(self, delivery: Delivery, now: datetime) -> Told | None:
        return self.real.read(delivery, now)


class Cards:
    """An office whose landlord takes cards; `table` may be one that fails."""

    def __init__(self, office: Office, secrets: Secrets | None = None, table: Any = None) -> None:
        self.office = office
        self.table = table or office.table
        self.secrets: Any = secrets or secrets_of()
        keys, pool = CardKeys(lambda: self.secrets, "cards/"), urllib3.PoolManager()
        landlords = LandlordRows(self.table)
        self.demo = OpenedHere(DemoProvider(keys, pool, "http://127.0.0.1:1"))
        self.stripe = OpenedHere(StripeProvider(landlords, keys, pool))
        self.events = Orders()
        log, clock = office.outside.action_log.notebook, office.clock
        self.connections = CardConnections({"demo": self.demo, "stripe": self.stripe})
        checkouts, alerts = CheckoutRows(self.table), AlertRows(self.table)
        links, pages = LinkRows(self.table), PageRows(self.table)
        self.desk = CheckoutDesk(checkouts, links, pages, self.connections, alerts, log, clock)
        notes = CardNoteRows(self.table)
        self.webhooks = CardWebhooks(self.connections, landlords, checkouts, notes, self.events, alerts, log, clock)
        self.public = Public(PageDesk(pages, clock), self.desk, partial(take, self.webhooks), office.outside.addresses)

    def link(self, **body: Any) -> str:
        """The token of a new link of the lease L1."""
        url: str = self.office.ask("POST", "/v1/leases/L1/payment-links", body).body["url"]
        return url.rpartition("/")[2]

    def view(self, token: str) -> PayView:
        """What stands behind a token."""
        view = self.public.pages.view(token)
        assert view is not None
        return view

    def start(self, token: str, cents: int | None = None) -> Checkout:
        """Begin a card payment on a link's page."""
        view = self.view(token)
        return self.desk.start(view.landlord, view.link, view.asked, CheckoutWish(cents, "fr", PAGE))

    def post_events(self) -> int:
        """Post what was queued; how much that was."""
        table, clock = self.office.table, self.office.clock
        poster = EventPoster(
            a_poster(table, clock), LandlordRows(table), EventRows(table), LinkRows(table), AlertRows(table),
            self.office.outside.action_log.notebook, clock,
        )  # fmt: skip
        sent, self.events.sent = self.events.sent, []
        for event in sent:
            poster.post(msgspec.json.encode(event).decode())
        settler = settler_on(table, clock)
        while sum(settler.settle(check) for check in self.office.checks()):
            pass
        self.office.follow()
        return len(sent)

    def told(self, body: bytes, *keys: str, header: str = "quitus-signature", **query: str) -> Delivery:
        """A webhook, signed now under keys."""
        seconds = str(int(self.office.clock.now().timestamp()))
        proof = ",".join([f"t={seconds}", *(f"v1={signature(key, seconds, body)}" for key in keys)])
        return Delivery(body, {header: proof}, query)

    def tell_demo(self, event: Mapping[str, Any]) -> None:
        """The demo provider tells an event."""
        self.webhooks.take("demo", self.told(json.dumps(event).encode(), DEMO_KEY))

    def tell_stripe(self, event: Mapping[str, Any], landlord: str = "semiga", key: str = STRIPE_KEY) -> None:
        """Stripe tells an event to a landlord's address."""
        body = json.dumps(event).encode()
        self.webhooks.take("stripe", self.told(body, key, header="stripe-signature", landlord=landlord))

    def payments(self) -> list[tuple[str, int]]:
        """Status and cents of what was posted."""
        items = self.office.get("/v1/payments")["items"]
        return sorted((item["status"], item["amount_cents"]) for item in items)

    def owed(self) -> int:
        """The balance of the lease."""
        balance: int = self.office.get("/v1/leases/L1")["balance_cents"]
        return balance

    def alerts(self) -> list[tuple[str, str]]:
        """Kinds and reasons of open alerts."""
        items = [one for one in self.office.get("/v1/alerts")["items"] if one["closed_at"] is None]
        return sorted((one["kind"], one["detail"].get("reason", "")) for one in items)


_NUMBERS = itertools.count(1)


def a_number(kind: str) -> str:
    """An id of the provider's that never came before."""
    return f"{kind}_{next(_NUMBERS)}"


def demo_paid(checkout: Checkout, payment: str, **changes: Any) -> dict[str, Any]:
    """What the demo provider tells of a payment."""
    return {
        "schema": "quitus.payment-event/1",
        "event_id": a_number("evt"),
        "landlord_id": "semiga",
        "source": "psp:demo",
        "kind": "credit",
        "bank_reference": payment,
        "amount_cents": checkout.amount_cents,
        "currency": "EUR",
        "booking_date": "2026-11-05",
        "account_iban": BANK_ACCOUNT,
        "means": "card",
        "link_id": checkout.link_id,
        "checkout_id": checkout.checkout_id,
    } | changes


def demo_ended(checkout: Checkout, outcome: str) -> dict[str, Any]:
    """What it tells of one that ended without money."""
    return {
        "schema": "quitus.checkout-event/1",
        "event_id": a_number("evt"),
        "landlord_id": "semiga",
        "checkout_id": checkout.checkout_id,
        "outcome": outcome,
        "booking_date": "2026-11-05",
    }


def stripe_event(kind: str, about: Mapping[str, Any], created: int = 1793871000) -> dict[str, Any]:
    """An event in Stripe's shape; created on 5 November 2026."""
    return {
        "id": a_number("evt"),
        "object": "event",
        "api_version": "2024-12-18.acacia",
        "created": created,
        "type": kind,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": dict(about)},
    }


def stripe_session(checkout: Checkout, payment: str | None, **changes: Any) -> dict[str, Any]:
    """A Checkout Session in Stripe's shape."""
    names = {"landlord_id": "semiga", "link_id": checkout.link_id, "checkout_id": checkout.checkout_id}
    return {
        "id": a_number("cs"),
        "object": "checkout.session",
        "amount_subtotal": checkout.amount_cents,
        "amount_total": checkout.amount_cents,
        "client_reference_id": checkout.checkout_id,
        "created": 1793870000,
        "currency": "eur",
        "customer_details": {"email": "camille@example.org", "name": "Camille Roux"},
        "metadata": names,
        "mode": "payment",
        "payment_intent": payment,
        "payment_status": "paid" if payment else "unpaid",
        "status": "complete",
    } | changes


def stripe_refund(payment: str, cents: int, status: str = "succeeded", **changes: Any) -> dict[str, Any]:
    """A refund in Stripe's shape."""
    return {
        "id": a_number("re"),
        "object": "refund",
        "amount": cents,
        "charge": "ch_1",
        "created": 1793880000,
        "currency": "eur",
        "metadata": {},
        "payment_intent": payment,
        "reason": "requested_by_customer",
        "status": status,
    } | changes


def stripe_dispute(payment: str, cents: int, **changes: Any) -> dict[str, Any]:
    """A dispute in Stripe's shape."""
    return {
        "id": a_number("du"),
        "object": "dispute",
        "amount": cents,
        "charge": "ch_1",
        "created": 1793890000,
        "currency": "eur",
        "metadata": {},
        "payment_intent": payment,
        "reason": "fraudulent",
        "status": "needs_response",
    } | changes


def without_keys(event: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """An event that leaves something out."""
    return {name: value for name, value in event.items() if name not in names}


def takes_demo(office: Office) -> None:
    """The landlord's cards are taken by the demo provider."""
    landlords = LandlordRows(office.table)
    landlords.put(replace(landlords.get("semiga"), card_provider=None))
