"""The contract of card providers, held by each over HTTP and by the one of the tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from builders import BANK_ACCOUNT, a_landlord
from unit.cards.scenes import PAGE, OpenedHere, Secrets, secrets_of
from unit.cards.stripe_shaped import StripeShaped

from card_provider import deliveries
from card_provider.server import CardProvider as Standing
from quitus.adapters import card_http
from quitus.adapters.card_keys import KEPT, CardKeys
from quitus.adapters.demo_provider import DemoProvider
from quitus.adapters.stripe import StripeProvider, session_form
from quitus.domain.calendar import instant_text
from quitus.domain.checkout import Checkout
from quitus.domain.errors import ProviderRefusal, Unavailable
from quitus.domain.landlord import Landlord
from quitus.services.card_providers import CardProvider, ProviderBusy, ProviderFailed

pytestmark = pytest.mark.enable_socket
LANDLORD = a_landlord()


class Found:
    """Finds every landlord."""

    def find(self, landlord_id: str) -> Landlord | None:
        return LANDLORD

    def get(self, landlord_id: str) -> Landlord:
        return LANDLORD


def keys_of(secrets: Secrets | None = None) -> CardKeys:
    held: Any = secrets or secrets_of()
    return CardKeys(lambda: held, "cards/")


def a_checkout(number: int = 1, **changes: Any) -> Checkout:
    checkout = Checkout("link", number, "L1", 30000, 45000, "x", BANK_ACCOUNT, "fr", instant_text(datetime.now(UTC)))
    return replace(checkout, **changes)


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    worker.start()
    yield
    server.shutdown()
    worker.join()


@dataclass(frozen=True)
class Bench:
    """A provider under test, and how to make the same one with other keys."""

    provider: CardProvider
    with_keys: Callable[[CardKeys], CardProvider]
    pay: Callable[[str], object]
    """Somebody pays on the hosted page of a session."""


@pytest.fixture(params=["demo", "stripe", "here"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(card_http, "pause", lambda _: None)
    monkeypatch.setattr(deliveries, "WAITS", (0,))
    with (
        urllib3.PoolManager() as pool,
        Standing(0, "demo-api-key") as standing,
        StripeShaped() as stripe,
        serving(standing),
        serving(stripe),
    ):
        made: dict[str, Callable[[CardKeys], CardProvider]] = {
            "demo": lambda keys: DemoProvider(keys, pool, standing.url),
            "stripe": lambda keys: StripeProvider(Found(), keys, pool, stripe.url),
            "here": lambda keys: OpenedHere(DemoProvider(keys, pool, standing.url)),
        }
        make = made[request.param]
        provider, standing.deliveries.url = make(keys_of()), "http://127.0.0.1:1/"
        pays: dict[str, Callable[[str], object]] = {
            "demo": standing.books.pay,
            "stripe": lambda session_id: stripe.statuses.update({session_id: "complete"}),
            "here": lambda session_id: provider.taken.add(session_id) if isinstance(provider, OpenedHere) else None,
        }
        yield Bench(provider, make, pays[request.param])


def test_the_same_checkout_has_one_hosted_page_and_another_one_another(bench: Bench) -> None:
    checkout = a_checkout()
    first, again = (bench.provider.open(LANDLORD, checkout, PAGE) for _ in range(2))
    other = bench.provider.open(LANDLORD, a_checkout(2), PAGE)
    assert first == again
    assert other.url != first.url


def test_the_hosted_page_is_where_the_provider_says_that_its_pages_are(bench: Bench) -> None:
    opened = urlsplit(bench.provider.open(LANDLORD, a_checkout(), PAGE).url)
    assert f"{opened.scheme}://{opened.netloc}" == bench.provider.origin


def test_ten_at_once_open_one_page(bench: Bench) -> None:
    checkout, urls = a_checkout(), list[str]()
    workers = [
        threading.Thread(target=lambda: urls.append(bench.provider.open(LANDLORD, checkout, PAGE).url))
        for _ in range(10)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(urls) == 10
    assert len(set(urls)) == 1


def opened(provider: CardProvider, number: int = 1) -> Checkout:
    checkout = a_checkout(number)
    return replace(checkout, session_id=provider.open(LANDLORD, checkout, PAGE).session_id)


def test_a_hosted_page_is_ended_once_and_for_ever(bench: Bench) -> None:
    checkout = opened(bench.provider)
    assert [bench.provider.close(LANDLORD, checkout) for _ in range(2)] == [True, True]


def test_one_that_took_money_says_so(bench: Bench) -> None:
    checkout, other = opened(bench.provider), opened(bench.provider, 2)
    bench.pay(checkout.session_id or "")
    assert not bench.provider.close(LANDLORD, checkout)
    assert bench.provider.close(LANDLORD, other)


@pytest.mark.parametrize("bench", ["demo", "stripe"], indirect=True)
def test_one_that_the_provider_does_not_know_is_a_refusal(bench: Bench) -> None:
    with pytest.raises(ProviderRefusal):
        bench.provider.close(LANDLORD, a_checkout(session_id="cs_other"))


def test_nothing_is_ended_at_a_provider_that_is_not_there() -> None:
    with urllib3.PoolManager() as pool, pytest.raises(Unavailable):
        DemoProvider(keys_of(), pool, "http://127.0.0.1:1").close(LANDLORD, a_checkout(session_id="cs_1"))


@pytest.mark.parametrize("bench", ["demo", "stripe"], indirect=True)
@pytest.mark.parametrize("held", [{}, {"api_key": "wrong", "webhook_keys": []}, {"api_key": 1}, "text"])
def test_keys_that_are_missing_wrong_or_malformed_are_a_refusal(bench: Bench, held: object) -> None:
    secrets = Secrets({"cards/demo": held, "cards/semiga/stripe": held} if held else {})
    with pytest.raises(ProviderRefusal):
        bench.with_keys(keys_of(secrets)).open(LANDLORD, a_checkout(), PAGE)


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[StripeShaped, StripeProvider]]:
    monkeypatch.setattr(card_http, "pause", lambda _: None)
    with urllib3.PoolManager() as pool, StripeShaped() as server, serving(server):
        yield server, StripeProvider(Found(), keys_of(), pool, server.url)


def test_stripe_is_asked_in_the_pinned_version_under_the_checkouts_key(
    stripe: tuple[StripeShaped, StripeProvider],
) -> None:
    server, provider = stripe
    provider.open(LANDLORD, a_checkout(), PAGE)
    (headers,) = server.asked
    assert headers["stripe-version"] == "2024-12-18.acacia"
    assert headers["idempotency-key"] == "link-1"


def test_stripe_is_told_amount_currency_and_whose_it_is_and_nothing_of_the_tenant() -> None:
    form = session_form(LANDLORD, a_checkout(language="en"), PAGE)
    assert form["line_items[0][price_data][unit_amount]"] == "30000"
    assert form["line_items[0][price_data][currency]"] == "eur"
    assert form["metadata[checkout_id]"] == form["payment_intent_data[metadata][checkout_id]"] == "link-1"
    assert (form["success_url"], form["cancel_url"]) == (
        f"{PAGE}?card=done&lang=en",
        f"{PAGE}?card=left&lang=en",
    )
    assert form["locale"] == "en"
    assert "L1" not in form.values()


@pytest.mark.parametrize("answer", [(500, b""), (503, b"{}")])
def test_stripe_is_asked_twice_when_it_breaks_down(
    stripe: tuple[StripeShaped, StripeProvider], answer: tuple[int, bytes]
) -> None:
    server, provider = stripe
    server.answers = [answer]
    assert provider.open(LANDLORD, a_checkout(), PAGE).session_id == "cs_test_1"
    server.answers = [answer] * 2
    with pytest.raises(ProviderFailed):
        provider.open(LANDLORD, a_checkout(2), PAGE)


@pytest.mark.parametrize("answer", [(429, b"{}"), (409, b'{"error": {"code": "idempotency_key_in_use"}}')])
def test_a_provider_that_is_busy_is_told_from_one_that_is_away(
    stripe: tuple[StripeShaped, StripeProvider], answer: tuple[int, bytes]
) -> None:
    server, provider = stripe
    server.answers = [answer]
    with pytest.raises(ProviderBusy):
        provider.open(LANDLORD, a_checkout(), PAGE)
    assert provider.open(LANDLORD, a_checkout(), PAGE).session_id == "cs_test_1"


@pytest.mark.parametrize("said", [b"", b"[]", b'{"error": 5}', b'{"error": {"code": "card_declined", "message": "x"}}'])
def test_a_refusal_says_status_and_code_only(stripe: tuple[StripeShaped, StripeProvider], said: bytes) -> None:
    server, provider = stripe
    server.answers = [(402, said)]
    with pytest.raises(ProviderRefusal) as refused:
        provider.open(LANDLORD, a_checkout(), PAGE)
    assert refused.value.detail["status"] == 402
    assert set(refused.value.detail) == {"status", "provider_code"}


@pytest.mark.parametrize("said", [b"not json", b"[]", b"{}", b'{"id": 5, "url": null}'])
def test_an_answer_without_a_page_is_no_answer(stripe: tuple[StripeShaped, StripeProvider], said: bytes) -> None:
    server, provider = stripe
    server.answers = [(200, said)]
    with pytest.raises(Unavailable):
        provider.open(LANDLORD, a_checkout(), PAGE)


def test_a_provider_that_is_not_there_is_away() -> None:
    with urllib3.PoolManager() as pool, pytest.raises(Unavailable) as away:
        DemoProvider(keys_of(), pool, "http://127.0.0.1:1").open(LANDLORD, a_checkout(), PAGE)
    assert type(away.value) is Unavailable


def test_that_there_is_no_secret_is_kept_for_a_minute() -> None:
    secrets = Secrets({})
    keys, now = keys_of(secrets), datetime(2026, 11, 5, tzinfo=UTC)
    assert [keys.find("demo", now + step) for step in (KEPT * 0, KEPT / 2)] == [None, None]
    assert secrets.asked == 1
    secrets.held = secrets_of().held
    assert keys.find("demo", now + KEPT) is not None
    assert secrets.asked == 2


def test_keys_are_read_again_after_a_minute() -> None:
    secrets = secrets_of()
    keys, now = keys_of(secrets), datetime(2026, 11, 5, tzinfo=UTC)
    held = [keys.find("demo", now), keys.find("demo", now + KEPT / 2)]
    assert held[0] == held[1]
    assert secrets.asked == 1
    keys.find("demo", now + KEPT)
    keys.find("demo", now - KEPT)
    assert secrets.asked == 3
