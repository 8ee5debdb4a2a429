"""The stand-in for a card provider: what it promises to its clients, and how it tells events."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from card_provider import deliveries
from card_provider.deliveries import Deliveries, Mode
from card_provider.server import CardProvider, Reply
from quitus.domain.webhook_signature import is_signed

pytestmark = pytest.mark.enable_socket
KEY = "api-key"
ORDER: dict[str, Any] = {
    "amount_cents": 30000,
    "currency": "EUR",
    "checkout_id": "link-1",
    "landlord_id": "semiga",
    "link_id": "link",
    "account_iban": "FR7630006000011234567890189",
    "payee": "<b>SEMIGA</b>",
    "language": "fr",
    "success_url": "https://pay.example.org/p/t?card=done",
    "cancel_url": "https://pay.example.org/p/t?card=left",
    "expires_at": None,
}


class Endpoint(ThreadingHTTPServer):
    """Takes webhooks; answers `failures` times 500 first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[tuple[str, bytes]] = []
        self.failures = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/psp/demo/events"

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for _, body in self.taken]


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.failures -= 1
        failing = self.server.failures >= 0
        if not failing:
            self.server.taken.append((self.headers["Quitus-Signature"], body))
        self.send_response(500 if failing else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        worker.start()
        yield server
        server.shutdown()
        worker.join()


@pytest.fixture
def provider(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[CardProvider]:
    monkeypatch.setattr(deliveries, "WAITS", (0.01, 0.01))
    with CardProvider(0, KEY) as server:
        server.deliveries.url, server.deliveries.keys = endpoint.url, ("old", "new")
        yield server


def call(provider: CardProvider, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    told = {"authorization": f"Bearer {KEY}"} | headers
    reply = provider.answer(method, path, told, json.dumps(body).encode() if body is not None else b"")
    return reply.status, json.loads(reply.body)


def opened(provider: CardProvider, key: str = "link-1", **changes: Any) -> str:
    status, session = call(provider, "POST", "/sessions", ORDER | changes, **{"idempotency-key": key})
    assert status == 201
    session_id: str = session["session_id"]
    return session_id


def browse(provider: CardProvider, path: str, form: str | None = None) -> Reply:
    return provider.answer("GET" if form is None else "POST", f"/pay/{path}", {}, (form or "").encode())


def wait_for(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_accepted_card_is_told_signed_as_a_payment_event(provider: CardProvider, endpoint: Endpoint) -> None:
    session = opened(provider)
    done = browse(provider, session, "outcome=success")
    assert (done.status, done.location) == (303, ORDER["success_url"])
    wait_for(lambda: len(endpoint.taken) == 1)
    ((header, body),) = endpoint.taken
    for key in ("old", "new"):
        assert is_signed(header, body, [key], datetime.now(UTC))
    assert not is_signed(header, body, ["other"], datetime.now(UTC))
    (event,) = endpoint.events
    payment = call(provider, "GET", f"/sessions/{session}")[1]["payment"]
    assert (event["schema"], event["kind"], event["means"]) == ("quitus.payment-event/1", "credit", "card")
    assert (event["bank_reference"], event["amount_cents"], event["checkout_id"]) == (payment, 30000, "link-1")


def test_three_d_secure_pays_or_fails(provider: CardProvider, endpoint: Endpoint) -> None:
    yes, no = opened(provider, "a"), opened(provider, "b")
    for session in (yes, no):
        assert f"/pay/{session}/challenge" in browse(provider, session, "outcome=challenge").body
    assert browse(provider, f"{yes}/challenge", "answer=yes").location == ORDER["success_url"]
    assert browse(provider, f"{no}/challenge", "answer=no").location == ORDER["cancel_url"]
    wait_for(lambda: len(endpoint.taken) == 2)
    told = {event["schema"]: event for event in endpoint.events}
    assert told["quitus.checkout-event/1"]["outcome"] == "failed"
    assert "amount_cents" not in told["quitus.checkout-event/1"]


def test_a_declined_card_may_be_followed_by_another_and_leaving_tells_nothing(
    provider: CardProvider, endpoint: Endpoint
) -> None:
    session = opened(provider)
    assert 'role="alert"' in browse(provider, session, "outcome=declined").body
    left = browse(provider, session, "outcome=leave")
    assert left.location == ORDER["cancel_url"]
    assert call(provider, "GET", f"/sessions/{session}")[1]["status"] == "open"
    assert browse(provider, session, "outcome=success").status == 303
    wait_for(lambda: len(endpoint.taken) == 1)


def test_a_session_is_paid_once(provider: CardProvider, endpoint: Endpoint) -> None:
    session = opened(provider)
    browse(provider, session, "outcome=success")
    again = browse(provider, session, "outcome=success")
    assert (again.status, again.location) == (200, "")
    assert call(provider, "POST", f"/sessions/{session}/expire")[0] == 409
    wait_for(lambda: len(endpoint.taken) == 1)


def test_one_whose_hour_is_over_takes_no_payment(provider: CardProvider, endpoint: Endpoint) -> None:
    session = opened(provider, expires_at="2026-01-01T00:00:00+00:00")
    assert browse(provider, session, "outcome=success").status == 200
    assert call(provider, "GET", f"/sessions/{session}")[1]["payment"] is None
    other = opened(provider, "other")
    assert call(provider, "POST", f"/sessions/{other}/expire")[1]["status"] == "expired"
    wait_for(lambda: [event["outcome"] for event in endpoint.events] == ["expired"])


def test_what_goes_back_names_its_payment_and_is_never_more_than_it(provider: CardProvider, endpoint: Endpoint) -> None:
    session = opened(provider)
    browse(provider, session, "outcome=success")
    payment = call(provider, "GET", f"/sessions/{session}")[1]["payment"]
    assert call(provider, "POST", "/refunds", {"payment": payment, "amount_cents": 10000})[0] == 201
    assert call(provider, "POST", "/refunds", {"payment": payment, "amount_cents": 20001})[0] == 422
    assert call(provider, "POST", "/chargebacks", {"payment": payment})[0] == 201
    assert call(provider, "POST", "/chargebacks", {"payment": payment})[0] == 422
    assert call(provider, "POST", "/chargebacks", {"payment": "pay_x"})[0] == 404
    wait_for(lambda: len(endpoint.taken) == 3)
    told = {event["kind"]: event for event in endpoint.events}
    assert [(told[kind]["original_reference"], told[kind]["amount_cents"]) for kind in ("return", "chargeback")] == [
        (payment, 10000),
        (payment, 20000),
    ]


def test_an_event_is_told_until_it_is_taken_or_given_up(provider: CardProvider, endpoint: Endpoint) -> None:
    endpoint.failures = 2
    browse(provider, opened(provider), "outcome=success")
    wait_for(lambda: len(endpoint.taken) == 1)
    endpoint.failures = 3
    browse(provider, opened(provider, "b"), "outcome=success")
    wait_for(lambda: provider.deliveries.given_up == 1)
    assert call(provider, "GET", "/summary")[1]["deliveries"]["answers"] == {"200": 1, "500": 5}


def test_events_are_held_back_and_go_twice_when_told_to(provider: CardProvider, endpoint: Endpoint) -> None:
    assert call(provider, "POST", "/mode", {"copies": 2, "hold": 2})[0] == 200
    session = opened(provider)
    browse(provider, session, "outcome=success")
    time.sleep(0.05)
    assert endpoint.taken == []
    call(provider, "POST", "/chargebacks", {"payment": call(provider, "GET", f"/sessions/{session}")[1]["payment"]})
    wait_for(lambda: len(endpoint.taken) == 4)
    assert sorted(event["kind"] for event in endpoint.events) == ["chargeback"] * 2 + ["credit"] * 2
    assert call(provider, "POST", "/mode", {"unknown": 1})[0] == 400


def test_events_that_were_held_back_go_last_first_each_with_its_copies() -> None:
    """As they leave: on their way each is alone, and may be overtaken."""
    waiting = Deliveries(mode=Mode(copies=2, hold=3))
    for kind in ("credit", "return"):
        waiting.tell({"kind": kind})
    assert waiting._queue.empty()
    waiting.tell({"kind": "chargeback"})
    leaving = [json.loads(waiting._queue.get_nowait())["kind"] for _ in range(6)]
    assert leaving == ["chargeback"] * 2 + ["return"] * 2 + ["credit"] * 2
    assert waiting._queue.empty()


def test_the_same_key_gives_the_same_session_and_not_for_another_order(provider: CardProvider) -> None:
    assert opened(provider) == opened(provider)
    status, _ = call(provider, "POST", "/sessions", ORDER | {"amount_cents": 1}, **{"idempotency-key": "link-1"})
    assert status == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/sessions", {}, 422),
        ("POST", "/sessions", ORDER | {"amount_cents": 0}, 422),
        ("POST", "/sessions", [], 400),
        ("GET", "/sessions/unknown", None, 404),
        ("DELETE", "/sessions", None, 404),
        ("GET", "/", None, 404),
        ("POST", "/configure", {"api_key": "mine", "url": "http://127.0.0.1:1", "keys": []}, 404),
    ],
)
def test_what_cannot_be_is_refused(
    provider: CardProvider, method: str, path: str, body: Mapping[str, Any], status: int
) -> None:
    assert call(provider, method, path, body, **{"idempotency-key": "k"})[0] == status


def test_without_its_key_nothing_but_the_hosted_page_is_answered(provider: CardProvider) -> None:
    session = opened(provider)
    for path in ("/summary", f"/sessions/{session}", "/mode"):
        assert call(provider, "GET", path, authorization="Bearer wrong")[0] == 401
    page = browse(provider, session)
    assert page.status == 200
    assert "300,00 EUR" in page.body
    assert "&lt;b&gt;SEMIGA&lt;/b&gt;" in page.body
    assert "<input" not in page.body


def test_a_key_is_given_once() -> None:
    with CardProvider() as fresh:
        told = {"api_key": "first", "url": "http://127.0.0.1:1", "keys": ["k"]}
        assert call(fresh, "GET", "/summary")[0] == 401
        assert call(fresh, "POST", "/configure", told)[0] == 200
        assert call(fresh, "POST", "/configure", told | {"api_key": "second"})[0] == 401
        assert fresh.api_key == "first"
