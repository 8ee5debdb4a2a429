"""Card payments and what providers tell, asked as the gateway asks."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from unit.cards.scenes import (
    DEMO_KEY,
    STRIPE_KEY,
    Cards,
    demo_ended,
    demo_paid,
    stripe_dispute,
    stripe_event,
    stripe_refund,
    stripe_session,
    takes_demo,
)
from unit.web.office import CHEQUE, LANDLORD, Office

from pay_page.app import handler
from quitus import bootstrap
from quitus.adapters import sqs_batch
from quitus.adapters.landlord_rows import LandlordRows
from quitus.bootstrap import tenants
from quitus.domain.errors import ProviderRefusal, Unavailable
from quitus.domain.webhook_signature import signature
from quitus.services.pay_page import PayView
from quitus.web.openapi import description

EVENTS = Path(__file__).parents[2] / "events"
FORGERIES = 10_000
(REVOKED,) = json.loads((EVENTS / "link_revoked.json").read_text(encoding="utf-8"))["Records"]
HOSTED = "https://cards.example.org/pay/cs_1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Cards:
    office = Office().settle_in()
    takes_demo(office)
    cards = Cards(office)
    monkeypatch.setattr(tenants, "public", lambda: cards.public)
    monkeypatch.setattr(tenants, "opened", lambda view: None)
    return cards


def pay(token: str, **form: str) -> dict[str, Any]:
    """Send the page's form."""
    return ask("POST", f"/p/{token}/checkout", urlencode(form), FORM)


def ask(method: str, path: str, body: str = "", headers: dict[str, str] | None = None, **query: str) -> dict[str, Any]:
    event = {"httpMethod": method, "path": path, "headers": headers or {}, "body": body}
    answered = handler(event | {"queryStringParameters": query or None, "isBase64Encoded": False}, None)
    hold_against_description(method, path, answered)
    return answered


def hold_against_description(method: str, path: str, answered: dict[str, Any]) -> None:
    """Every answer of a public route has a status, and the type, that the description gives."""
    for described, operations in description()["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", described), path) and method.lower() in operations:
            answer = operations[method.lower()]["responses"][str(answered["statusCode"])]
            assert answered["headers"]["Content-Type"].partition(";")[0] in answer["content"]


def tell(provider: str, body: str, header: str, *, name: str = "Quitus-Signature", **query: str) -> dict[str, Any]:
    return ask("POST", f"/v1/psp/{provider}/events", body, {name: header}, **query)


def proof(cards: Cards, body: str, key: str, seconds: int = 0) -> str:
    now = str(int(cards.office.clock.now().timestamp()) + seconds)
    return f"t={now},v1={signature(key, now, body.encode())}"


def test_the_form_leads_to_the_hosted_page_and_the_policy_lets_it(cards: Cards) -> None:
    token = cards.link()
    page = ask("GET", f"/p/{token}")
    assert f'action="{token}/checkout"' in page["body"]
    assert page["headers"]["Content-Security-Policy"].endswith("form-action 'self' https://cards.example.org")
    led = pay(token, choice="all", lang="fr", amount="")
    assert (led["statusCode"], led["headers"]["Location"]) == (303, HOSTED)
    assert json.loads(led["body"])["url"] == HOSTED


@pytest.mark.parametrize(
    ("form", "cents"),
    [
        ({}, 45000),
        ({"choice": "all", "amount": ""}, 45000),
        ({"choice": "all", "amount": "450,00 €"}, 45000),
        ({"choice": "all", "amount_cents": "45000"}, 45000),
        ({"choice": "part", "amount": "300"}, 30000),
        ({"choice": "part", "amount": "300,5"}, 30050),
        ({"choice": "part", "amount": " 300.05 € "}, 30005),
        ({"amount_cents": "20000"}, 20000),
    ],
)
def test_people_write_amounts_as_they_do(cards: Cards, form: dict[str, str], cents: int) -> None:
    assert pay(cards.link(), **form)["statusCode"] == 303
    assert [checkout.amount_cents for _, checkout in cards.demo.opened.values()] == [cents]


@pytest.mark.parametrize(
    "form",
    [
        {"choice": "all", "amount": "50,00"},
        {"choice": "all", "amount": "?"},
        {"choice": "all", "amount_cents": "5000"},
        {"choice": "part"},
        {"choice": "part", "amount": ""},
        {"choice": "part", "amount": "450,01"},
        {"choice": "part", "amount": "0,99"},
        {"choice": "part", "amount": "-300"},
        {"choice": "part", "amount": "300,001"},
        {"choice": "part", "amount": "1e4"},
        {"choice": "part", "amount": "٣٠٠"},
        {"choice": "part", "amount": "<script>"},
        {"amount_cents": "-20000"},
        {"amount_cents": "200.5"},
        {"amount_cents": "²"},
        {"amount_cents": "9" * 5000},
    ],
)
def test_another_amount_is_told_and_nothing_is_begun(cards: Cards, form: dict[str, str]) -> None:
    token = cards.link()
    page = pay(token, lang="en", **form)
    assert (page["statusCode"], page["headers"]["Content-Language"]) == (422, "en")
    assert "This amount cannot be paid" in page["body"]
    assert f'action="../{token}/checkout"' in page["body"]
    assert cards.demo.calls == 0


def test_a_program_may_send_json(cards: Cards) -> None:
    token, kind = cards.link(), {"content-type": "application/json"}
    path = f"/p/{token}/checkout"
    assert ask("POST", path, '{"amount_cents": 20000}', kind)["statusCode"] == 303
    for body in (
        "[" * 100_000,
        '{"amount_cents": 200.5}',
        '{"amount_cents": true}',
        "[]",
        "{",
        '{"amount_cents": "x"}',
    ):
        assert ask("POST", path, body, kind)["statusCode"] == 422
    assert ask("POST", path)["statusCode"] == 303


def test_a_body_that_cannot_be_read_is_no_amount(cards: Cards) -> None:
    path = f"/p/{cards.link()}/checkout"
    event = {"httpMethod": "POST", "path": path, "headers": FORM, "queryStringParameters": None}
    body = b64encode(b"amount=\xff").decode()
    assert handler(event | {"body": body, "isBase64Encoded": True}, None)["statusCode"] == 422
    assert pay(cards.link(), **{f"n{number}": "x" for number in range(100)})["statusCode"] == 422


def test_a_paid_link_is_a_conflict(cards: Cards) -> None:
    token = cards.link()
    cards.office.ask("POST", "/v1/payments", CHEQUE)
    page = pay(token, choice="all")
    assert (page["statusCode"], cards.demo.calls) == (409, 0)
    assert "C’est payé" in page["body"]


@pytest.mark.parametrize("paid", [True, False])
def test_where_nothing_is_left_no_amount_is_looked_at(cards: Cards, paid: bool) -> None:
    token = cards.link()
    cards.office.ask("POST", "/v1/payments", CHEQUE)
    for form in ({"amount": "abc"}, {"choice": "part", "amount": ""}, {"choice": "all", "amount": "450,00"}):
        assert pay(token if paid else cards.link(), **form)["statusCode"] == 409


def test_a_body_that_is_too_large_is_refused_alike_whichever_link_it_names(cards: Cards) -> None:
    answers = [ask("POST", f"/p/{token}/checkout", "x" * 300_000, FORM) for token in (cards.link(), "a" * 32)]
    assert answers[0]["statusCode"] == 413
    assert answers[0] == answers[1]


@pytest.fixture
def ending(cards: Cards, monkeypatch: pytest.MonkeyPatch) -> Cards:
    """What was begun is ended by the function that the queue of revoked links calls."""
    monkeypatch.setattr(tenants, "checkout_desk", lambda: cards.desk)
    monkeypatch.setattr(bootstrap, "landlords", lambda: LandlordRows(cards.office.table))
    return cards


def revoke(cards: Cards, token: str) -> list[dict[str, Any]]:
    """Revoke a link; the messages that the function gets of it."""
    link_id = cards.view(token).link.link_id
    assert cards.office.ask("DELETE", f"/v1/payment-links/{link_id}").status == 204
    sent, cards.office.outside.revoked_links_queue.sent = cards.office.outside.revoked_links_queue.sent, []
    return [REVOKED | {"body": msgspec.json.encode(message).decode()} for message in sent]


def test_the_hosted_page_of_a_revoked_link_takes_no_card_any_more(ending: Cards) -> None:
    token = ending.link()
    checkout = ending.start(token)
    records = revoke(ending, token)
    assert ending.demo.closed == []
    for _ in range(2):
        assert handler({"Records": records}, None) == {"batchItemFailures": []}
    assert ending.demo.closed == [checkout.checkout_id]
    assert pay(token)["statusCode"] == 404


def test_a_link_that_is_revoked_is_looked_at_again_once_what_was_being_begun_has_begun(ending: Cards) -> None:
    token = ending.link()
    at_once, later = revoke(ending, token)
    assert (ending.office.outside.revoked_links_queue.delays, at_once) == ([0, 60], later)


def test_what_was_paid_before_the_link_was_revoked_stays_paid(ending: Cards) -> None:
    token = ending.link()
    checkout = ending.start(token)
    ending.demo.taken.add(checkout.session_id or "")
    assert handler({"Records": revoke(ending, token)}, None) == {"batchItemFailures": []}
    ending.tell_demo(demo_paid(checkout, "pay_1"))
    ending.post_events()
    assert (ending.owed(), ending.payments()) == (0, [("posted", 45000)])


def test_a_revoked_link_on_whose_page_nothing_was_begun_ends_nothing(ending: Cards) -> None:
    assert handler({"Records": revoke(ending, ending.link())}, None) == {"batchItemFailures": []}
    assert ending.demo.closed == []


def test_a_provider_that_does_not_answer_is_asked_again_to_end_a_page(
    ending: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = ending.link()
    ending.start(token)
    ending.demo.failure = Unavailable("away", "Away.")
    monkeypatch.setattr(sqs_batch, "_bring_back", lambda records, sqs: None)
    records = revoke(ending, token)
    failed = handler({"Records": records}, None)["batchItemFailures"]
    assert failed == [{"itemIdentifier": REVOKED["messageId"]} for _ in records]
    ending.demo.failure = None
    handler({"Records": records}, None)
    assert len(ending.demo.closed) == 1


def test_whatever_is_no_live_link_is_answered_in_one_way(cards: Cards) -> None:
    revoked, ended = cards.link(), cards.link(expires_in_days=1)
    (link,) = [
        one for one in cards.office.get("/v1/leases/L1/payment-links")["items"] if "11-06" not in one["expires_at"]
    ]
    cards.office.ask("DELETE", f"/v1/payment-links/{link['link_id']}")
    cards.office.clock.instant += timedelta(days=1)
    answers = [pay(token) for token in (revoked, ended, "A" * 32, "x")]
    answers += [ask("GET", f"/p/{revoked}"), ask("GET", f"/p/{ended}/checkout"), ask("POST", f"/p/{ended}")]
    assert {answer["statusCode"] for answer in answers} == {404}
    assert all(answer == answers[0] for answer in answers)
    assert cards.demo.calls == 0


def test_a_live_page_is_not_posted_to_and_a_checkout_not_looked_at(cards: Cards) -> None:
    token = cards.link()
    assert ask("POST", f"/p/{token}")["statusCode"] == 404
    assert ask("GET", f"/p/{token}/checkout")["statusCode"] == 404


@pytest.mark.parametrize("failure", [Unavailable("away", "Away."), ProviderRefusal("no", "No.")])
def test_a_provider_that_does_not_answer_is_told_on_the_page(cards: Cards, failure: Exception) -> None:
    cards.demo.failure = failure
    page = pay(cards.link(), lang="fr")
    assert page["statusCode"] == 503
    assert 'class="notice card_away"' in page["body"]


def test_the_page_waits_until_the_payment_is_posted(cards: Cards) -> None:
    token = cards.link()
    pay(token)
    assert "data-waiting" not in ask("GET", f"/p/{token}")["body"].partition("<script>")[0]
    assert "data-waiting" in ask("GET", f"/p/{token}", card="done")["body"].partition("<script>")[0]
    ((_, checkout),) = cards.demo.opened.values()
    body = json.dumps(demo_paid(checkout, "pay_1"))
    assert tell("demo", body, proof(cards, body, DEMO_KEY))["statusCode"] == 200
    assert "data-waiting" in ask("GET", f"/p/{token}")["body"].partition("<script>")[0]
    again = pay(token)
    assert (again["statusCode"], "data-waiting" in again["body"].partition("<script>")[0]) == (409, True)
    cards.post_events()
    paid = ask("GET", f"/p/{token}", card="done")["body"].partition("<script>")[0]
    assert "data-waiting" not in paid
    assert "C’est payé" in paid


def test_a_webhook_is_answered_in_json(cards: Cards) -> None:
    checkout = cards.start(cards.link())
    body = json.dumps(demo_paid(checkout, "pay_1"))
    taken = tell("demo", body, proof(cards, body, DEMO_KEY))
    assert (taken["statusCode"], taken["body"]) == (200, '{"received": true}')
    for provider, header, status, code in (
        ("demo", "t=1,v1=0", 401, "bad_signature"),
        ("stripe", proof(cards, body, DEMO_KEY), 401, "bad_signature"),
        ("paypal", proof(cards, body, DEMO_KEY), 404, "provider_not_found"),
    ):
        refused = tell(provider, body, header)
        assert refused["headers"]["Content-Type"] == "application/json"
        assert (refused["statusCode"], json.loads(refused["body"])["error"]["code"]) == (status, code)
    assert tell("demo", "[]", proof(cards, "[]", DEMO_KEY))["statusCode"] == 422
    assert ask("POST", "/v1/psp/demo/other")["statusCode"] == 404
    assert tell("demo", "x" * 300_000, "")["statusCode"] == 413


def test_a_webhook_as_the_gateway_hands_it_over(cards: Cards) -> None:
    event = json.loads((EVENTS / "psp_webhook.json").read_text(encoding="utf-8"))
    assert handler(event, None)["statusCode"] == 200
    assert (cards.post_events(), cards.payments()) == (1, [("suspense", 45000)])
    cards.office.clock.instant += timedelta(seconds=301)
    assert handler(event, None)["statusCode"] == 401


def test_stripe_proves_itself_with_the_landlords_key(cards: Cards) -> None:
    cards.office.ask("PUT", "/v1/landlords/semiga", LANDLORD)
    body = json.dumps(stripe_event("checkout.session.completed", stripe_session(cards.start(cards.link()), "pi_1")))
    header = proof(cards, body, STRIPE_KEY)
    taken = tell("stripe", body, header, name="Stripe-Signature", landlord="semiga")
    assert taken["statusCode"] == 200
    assert tell("stripe", body, header, name="Stripe-Signature")["statusCode"] == 401
    assert tell("stripe", body, header, landlord="semiga")["statusCode"] == 401
    assert (cards.post_events(), cards.owed()) == (1, 0)


def test_what_breaks_down_is_asked_for_again(cards: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ConnectionError

    monkeypatch.setattr(tenants, "public", broken)
    monkeypatch.setattr(bootstrap, "note", lambda error, request_id: False)
    assert tell("demo", "{}", "")["statusCode"] == 500


def test_nothing_of_the_payer_is_kept(cards: Cards) -> None:
    cards.office.ask("PUT", "/v1/landlords/semiga", LANDLORD)
    body = json.dumps(stripe_event("checkout.session.completed", stripe_session(cards.start(cards.link()), "pi_1")))
    tell("stripe", body, proof(cards, body, STRIPE_KEY), name="Stripe-Signature", landlord="semiga")
    rows = [row for key, row in cards.office.table.rows.items() if "#card-" in key.pk or "checkout#" in key.sk]
    logged = [body for (_, kind, _), body in cards.office.outside.action_log.actions.items() if kind == "webhooks"]
    assert (len(rows), len(logged)) == (3, 1)
    assert "camille" not in repr([rows, logged]).lower()


def forgeries(cards: Cards, body: str, rng: Random) -> Iterator[tuple[str, str]]:
    """Texts and headers that nobody who holds the key made, for ever."""
    good, digits = proof(cards, body, DEMO_KEY), "0123456789abcdef"
    strange = [b"\x00", "é".encode(), b" ", b"}", b"\n"]

    def altered_text() -> tuple[str, str]:
        place = rng.randrange(len(body))
        other = rng.choice([letter for letter in '0123456789"{}: ,x' if letter != body[place]])
        return f"{body[:place]}{other}{body[place + 1 :]}", good

    def longer_or_shorter() -> tuple[str, str]:
        cut = rng.randrange(len(body))
        return rng.choice([body[:cut], body + rng.choice(strange).decode(), body * 2]), good

    def altered_digest() -> tuple[str, str]:
        place = rng.randrange(good.index("v1=") + 3, len(good))
        return body, good[:place] + rng.choice([d for d in digits if d != good[place]]) + good[place + 1 :]

    def altered_instant() -> tuple[str, str]:
        return body, f"t={int(cards.office.clock.now().timestamp()) + rng.choice([-1, 1]) * rng.randrange(1, 999)}" + (
            good[good.index(",") :]
        )

    def too_old_or_too_new() -> tuple[str, str]:
        return body, proof(cards, body, DEMO_KEY, rng.choice([-1, 1]) * rng.randrange(301, 10**6))

    def another_key() -> tuple[str, str]:
        return body, proof(cards, body, rng.choice(["", DEMO_KEY[:-1], DEMO_KEY.upper(), f"{rng.random()}", "null"]))

    def another_scheme() -> tuple[str, str]:
        return body, good.replace("v1=", rng.choice(["v0=", "v2=", "V1=", "v1 =", ""]))

    def noise() -> tuple[str, str]:
        return body, "".join(rng.choices("tv01=,;abcdef 9", k=rng.randrange(120)))

    kinds: list[Callable[[], tuple[str, str]]] = [
        *(altered_text, longer_or_shorter, altered_digest, altered_instant),
        *(too_old_or_too_new, another_key, another_scheme, noise),
    ]
    while True:
        yield rng.choice(kinds)()


def test_of_ten_thousand_forged_webhooks_none_is_taken_and_nothing_is_kept(cards: Cards) -> None:
    body = json.dumps(demo_paid(cards.start(cards.link()), "pay_1"))
    rows, actions = dict(cards.office.table.rows), len(cards.office.outside.action_log.actions)
    forged = forgeries(cards, body, Random("webhooks"))
    answers = {json.dumps(tell("demo", *next(forged)), sort_keys=True) for _ in range(FORGERIES)}
    assert len(answers) == 1
    assert json.loads(answers.pop())["statusCode"] == 401
    assert cards.office.table.rows == rows
    assert len(cards.office.outside.action_log.actions) == actions
    assert cards.events.sent == []
    assert tell("demo", body, proof(cards, body, DEMO_KEY))["statusCode"] == 200


def test_the_view_of_a_page_is_not_counted_by_a_payment(cards: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[PayView] = []
    monkeypatch.setattr(tenants, "opened", seen.append)
    pay(cards.link())
    assert seen == []


STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 10**40, 1.5, "", "x", "é" * 3000, "\x00", "2026-02-30", "9999-12-31", [], [1], {}, {"a": {}},
)  # fmt: skip
MUTANTS = 2_000


def mutant(event: Any, rng: Random) -> Any:
    """The event with one value somewhere that is another, or left out."""
    if not isinstance(event, dict) or not event or rng.random() < 0.2:
        return rng.choice(STRANGE)
    name = rng.choice(list(event))
    if rng.random() < 0.1:
        return {key: value for key, value in event.items() if key != name}
    return event | {name: mutant(event[name], rng)}


@pytest.mark.parametrize("provider", ["demo", "stripe"])
def test_whatever_a_provider_that_is_believed_sends_is_taken_or_refused(
    cards: Cards, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    if provider == "stripe":
        cards.office.ask("PUT", "/v1/landlords/semiga", LANDLORD)
    rng, noted = Random(provider), list[Exception]()
    monkeypatch.setattr(bootstrap, "note", lambda error, _: noted.append(error))
    checkout = cards.start(cards.link())
    stripes = [
        stripe_event("checkout.session.completed", stripe_session(checkout, "pi_1")),
        stripe_event("refund.created", stripe_refund("pi_1", 100)),
        stripe_event("charge.dispute.funds_withdrawn", stripe_dispute("pi_1", 100)),
    ]
    demos = [demo_paid(checkout, "pay_1"), demo_ended(checkout, "failed"), demo_paid(checkout, "r", kind="return")]
    key, name = (DEMO_KEY, "Quitus-Signature") if provider == "demo" else (STRIPE_KEY, "Stripe-Signature")
    statuses = set()
    for _ in range(MUTANTS):
        body = json.dumps(mutant(rng.choice(demos if provider == "demo" else stripes), rng))
        statuses.add(tell(provider, body, proof(cards, body, key), name=name, landlord="semiga")["statusCode"])
    assert (statuses, noted) == ({200, 422}, [])
    cards.post_events()
    assert sum(cents for status, cents in cards.payments() if status != "suspense") <= 45000
