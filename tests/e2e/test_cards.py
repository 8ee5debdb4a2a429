"""Cards on the real wiring: from a link over the provider's hosted page and its webhooks to what the lease owes."""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from demonstration.ibans import french_iban

from .api import Api, let
from .conftest import Cloud
from .days import TODAY

DUE = TODAY - timedelta(days=4)
ACCOUNT = french_iban("17328", "89955", "20000000001")
FORGED = 200
WORKERS = 4
SECONDS = 30


def a_landlord() -> dict[str, Any]:
    """As contract.md has it: nothing is said of cards."""
    return {
        "name": "Cartes", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89955", "account_prefix": "7",
                               "bic": "SWNBFR22XXX", "payee_name": "Cartes"},
        "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
    }  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What a browser got: a page, or the way to another."""

    status: int
    text: str
    location: str


def browse(url: str, form: dict[str, str] | None = None) -> Seen:
    """Open an address, or send a form to it; nothing is followed."""
    parts = urlsplit(url)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    body = None if form is None else urlencode(form)
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    with _answer(parts.netloc, "GET" if form is None else "POST", where, body, headers) as answer:
        return Seen(answer.status, answer.read().decode(), answer.headers.get("Location", ""))


@contextmanager
def _answer(host: str, method: str, where: str, body: str | None, headers: dict[str, str]) -> Iterator[HTTPResponse]:
    with closing(HTTPConnection(host, timeout=40)) as connection:
        connection.request(method, where, body, headers)
        yield connection.getresponse()


@dataclass(frozen=True)
class Counter:
    """The provider, as its owner asks it."""

    outputs: dict[str, str]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.outputs['DemoProviderApiKey']}"}
        told = None if body is None else json.dumps(body)
        with _answer(urlsplit(self.outputs["DemoProviderUrl"]).netloc, method, path, told, headers) as answer:
            assert answer.status < 300, answer.read()
            return json.loads(answer.read())

    def settle(self) -> None:
        """Wait until every event that is not held is taken."""
        until(lambda: self.ask("GET", "/summary")["deliveries"]["waiting"] == 0)


def until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def counter(cloud: Cloud) -> Iterator[Counter]:
    counter = Counter(cloud.outputs)
    yield counter
    counter.ask("POST", "/mode", {})


@pytest.fixture
def settled(counter: Counter, idle: Callable[[], None]) -> Callable[[], None]:
    """Waits until what the provider tells is posted."""

    def wait() -> None:
        counter.settle()
        idle()

    return wait


@pytest.fixture
def page(api: Api, landlord: str) -> str:
    """The address of a link's page, of a lease that owes 812.50."""
    assert api.put(f"/v1/landlords/{landlord}", a_landlord()).status in (200, 201)
    let(api, "A", 81250, DUE)
    url: str = api.post("/v1/leases/A/payment-links", {}, "collections").body["url"]
    return url


def begin(page: str, **form: str) -> str:
    """Send the page's form; the address of the hosted page."""
    led = browse(f"{page}/checkout", form)
    assert led.status == 303, led
    assert json.loads(led.text)["url"] == led.location
    return led.location


def owed(api: Api) -> int:
    balance: int = api.get("/v1/leases/A").body["balance_cents"]
    return balance


def told(page: str) -> str:
    """What a page says."""
    return re.sub(r"<(script|style)>.*?</\1>", "", browse(page).text, flags=re.DOTALL)


def test_a_part_and_then_the_rest_are_paid_by_card_each_told_twice(
    api: Api, page: str, counter: Counter, settled: Callable[[], None]
) -> None:
    assert 'action="' in told(page)
    counter.ask("POST", "/mode", {"copies": 2})
    hosted = begin(page, choice="part", amount="300,00", lang="fr")
    assert "300,00 EUR" in browse(hosted).text
    back = browse(hosted, {"outcome": "success"})
    assert (back.status, back.location) == (303, f"{page}?card=done&lang=fr")
    settled()
    assert owed(api) == 51250
    assert "512,50" in told(back.location)

    hosted = begin(page, choice="all")
    browse(hosted, {"outcome": "declined"})
    assert "/challenge" in browse(hosted, {"outcome": "challenge"}).text
    browse(f"{hosted}/challenge", {"answer": "yes"})
    settled()
    assert owed(api) == 0
    assert "C’est payé" in told(page)
    assert browse(f"{page}/checkout", {"choice": "all"}).status == 409
    items = api.get("/v1/payments").body["items"]
    assert sorted((item["amount_cents"], item["means"], item["status"]) for item in items) == [
        (30000, "card", "posted"),
        (51250, "card", "posted"),
    ]
    assert api.get("/v1/alerts").body["items"] == []


def test_a_double_click_is_one_payment_and_a_failed_confirmation_none(
    api: Api, page: str, settled: Callable[[], None]
) -> None:
    hosted = begin(page)
    assert begin(page) == hosted
    browse(hosted, {"outcome": "challenge"})
    back = browse(f"{hosted}/challenge", {"answer": "no"})
    assert back.location == f"{page}?card=left&lang=fr"
    settled()
    assert (owed(api), api.get("/v1/payments").body["items"]) == (81250, [])
    assert "Le paiement n’a pas abouti" in told(page)
    assert begin(page) != hosted


def test_a_chargeback_that_comes_before_its_payment_reverses_it(
    api: Api, page: str, counter: Counter, settled: Callable[[], None]
) -> None:
    counter.ask("POST", "/mode", {"copies": 2, "hold": 2})
    hosted = begin(page)
    browse(hosted, {"outcome": "success"})
    session = urlsplit(hosted).path.rpartition("/")[2]
    payment = counter.ask("GET", f"/sessions/{session}")["payment"]
    counter.ask("POST", "/chargebacks", {"payment": payment, "reason": "fraudulent"})
    settled()
    (item,) = api.get("/v1/payments?status=reversed").body["items"]
    assert [(one["amount_cents"], one["reason"]) for one in item["reversals"]] == [(81250, "fraudulent")]
    assert owed(api) == 81250
    assert browse(f"{page}/checkout", {"choice": "all"}).status == 303


def event_of(api: Api, landlord: str, **changes: Any) -> bytes:
    """A payment event as contract.md has it."""
    event = {
        "schema": "quitus.payment-event/1", "event_id": "E-1", "landlord_id": landlord, "source": "psp:demo",
        "kind": "credit", "bank_reference": "P-1", "end_to_end_id": None, "amount_cents": 45000, "currency": "EUR",
        "booking_date": DUE.isoformat(), "account_iban": ACCOUNT,
        "virtual_iban": api.get("/v1/leases/A").body["virtual_iban"], "debtor": {"name": "Camille Roux", "iban": None},
        "remittance": "loyer", "means": "card",
    }  # fmt: skip
    return json.dumps(event | changes).encode()


def proof(secret: str, body: bytes, seconds: int) -> str:
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, "sha256").hexdigest()
    return f"t={seconds},v1={digest}"


def forgery(body: bytes, secret: str, now: int, rng: Random, kind: int) -> tuple[bytes, str]:
    """A text or a header that is not quite what the provider sent."""
    place = rng.randrange(1, len(body))
    altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    late = now + rng.choice([-1, 1]) * rng.randrange(1000, 9999)
    renewed = proof(secret, body, now - 7).replace(str(now - 7), str(now))
    return (
        (altered, proof(secret, body, now)),
        (body, proof(f"{secret}x", body, now)),
        (body, proof(secret, body, late)),
        (body, renewed),
    )[kind]


def test_an_outsider_that_knows_the_secret_is_heard_and_nobody_else(
    cloud: Cloud, api: Api, landlord: str, page: str, idle: Callable[[], None]
) -> None:
    body, secret, now = event_of(api, landlord), cloud.outputs["psp_webhook_secret"], int(time.time())
    rng = Random("forged")

    def send(content: bytes, header: str, provider: str = "demo") -> int:
        said = {"Quitus-Signature": header}
        return api.call("POST", f"/v1/psp/{provider}/events", None, content, said).status

    with ThreadPoolExecutor(WORKERS) as pool:
        forged = [forgery(body, secret, now, rng, kind % 4) for kind in range(FORGED)]
        assert set(pool.map(lambda one: send(*one), forged)) == {401}
    assert send(body, proof(secret, body, now), "paypal") == 404
    idle()
    assert owed(api) == 81250
    assert {send(body, proof(secret, body, int(time.time()))) for _ in range(3)} == {200}
    idle()
    assert owed(api) == 36250
    (item,) = api.get("/v1/payments").body["items"]
    assert (item["status"], item["means"], item["match"]["rule"]) == ("posted", "card", "virtual_iban")


def test_one_hosted_page_is_open_at_a_time_and_money_that_fits_no_record_is_in_suspense(
    cloud: Cloud, api: Api, landlord: str, page: str, settled: Callable[[], None]
) -> None:
    first = begin(page, choice="part", amount="300,00")
    assert "300,00 EUR" in browse(first).text
    assert browse(f"{page}/checkout", {"choice": "all", "amount": "50,00"}).status == 422
    begin(page, choice="all")
    assert "<form" not in browse(first).text
    unknown = {"checkout_id": "never-1", "virtual_iban": None, "debtor": None, "remittance": None}
    body = event_of(api, landlord, **unknown)
    header = {"Quitus-Signature": proof(cloud.outputs["psp_webhook_secret"], body, int(time.time()))}
    assert {api.call("POST", "/v1/psp/demo/events", None, body, header).status for _ in range(2)} == {200}
    settled()
    (item,) = api.get("/v1/payments").body["items"]
    assert (item["status"], item["amount_cents"], owed(api)) == ("suspense", 45000, 81250)
    assert [one["kind"] for one in api.get("/v1/alerts").body["items"]] == ["card_payment_unclear"]
