"""A tenant pays by card in a real browser: from the page to the provider's hosted page and back, until it says paid."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

import pytest
import urllib3
from axe_playwright_python.sync_playwright import Axe
from browsers import keep_picture
from playwright.sync_api import Browser, Page, expect
from unit.cards.scenes import DEMO_KEY, Cards, demo_ended, demo_paid, secrets_of, takes_demo
from unit.web.office import Office

from card_provider.server import CardProvider
from quitus.adapters.card_keys import CardKeys
from quitus.adapters.demo_provider import DemoProvider
from quitus.bootstrap import tenants
from quitus.domain.errors import Unavailable

SECONDS = 30_000
"""How long a page may take at most, in milliseconds, on a machine that does other things too."""


@dataclass(frozen=True)
class Served:
    """Where the API is."""

    url: str

    def public_url(self) -> str:
        return self.url


@pytest.fixture
def cards(office: Office, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cards]:
    """The landlord's cards are taken by the stand-in, over HTTP."""
    takes_demo(office)
    office.clock.instant = datetime.now(UTC)
    monkeypatch.setattr(office.outside, "addresses", Served(address))
    cards = Cards(office)
    monkeypatch.setattr(tenants, "public", lambda: cards.public)
    secrets: Any = secrets_of()
    keys = CardKeys(lambda: secrets, "cards/")
    with urllib3.PoolManager() as pool, CardProvider(0, "demo-api-key") as provider:
        provider.deliveries.url, provider.deliveries.keys = f"{address}/v1/psp/demo/events", [DEMO_KEY]
        cards.connections.providers["demo"] = DemoProvider(keys, pool, provider.url)
        worker = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        worker.start()
        yield cards
        provider.shutdown()
        worker.join()


def until(claim: Callable[[], bool]) -> None:
    deadline = monotonic() + SECONDS / 1000
    while not claim():
        assert monotonic() < deadline
        sleep(0.05)


def accessible(page: Page) -> None:
    findings = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert findings.violations_count == 0, findings.generate_report()


def test_a_part_is_paid_by_card_and_the_page_says_so_by_itself(cards: Cards, address: str, page: Page) -> None:
    page.goto(f"{address}/p/{cards.link()}")
    accessible(page)
    keep_picture(page, "card-choice")
    page.get_by_label("Montant en euros").fill("300")
    page.get_by_role("button", name="Payer par carte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Payer 300,00 EUR à SEMIGA", timeout=SECONDS)
    accessible(page)
    keep_picture(page, "card-hosted")
    page.get_by_role("button", name="La carte est acceptée").click()
    expect(page.locator("main[data-waiting]")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_role("status").first).to_contain_text("Votre paiement est en cours")
    accessible(page)
    keep_picture(page, "card-in-progress")
    until(lambda: len(cards.events.sent) == 1)
    cards.post_events()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Encore 150,00.€ à payer"), timeout=SECONDS)


def test_who_pays_again_before_the_payment_is_recorded_waits_for_it(cards: Cards, address: str, page: Page) -> None:
    token = cards.link()
    page.goto(f"{address}/p/{token}")
    cards.tell_demo(demo_paid(cards.start(token), "pay_1"))
    page.get_by_role("button", name="Payer par carte").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre paiement est en cours")
    cards.post_events()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("C’est payé"), timeout=SECONDS)
    assert cards.payments() == [("posted", 45000)]


def test_a_confirmation_that_fails_is_told_and_the_next_one_pays_in_english_without_scripts(
    cards: Cards, address: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{address}/p/{cards.link()}?lang=en")
    page.get_by_role("button", name="Pay by card").click()
    page.get_by_role("button", name="The bank asks for a confirmation").click()
    page.get_by_role("button", name="It is not me").click()
    until(lambda: page.reload() is not None and page.get_by_role("alert").count() == 1)
    expect(page.get_by_role("alert")).to_contain_text("did not go through")
    keep_picture(page, "card-failed")
    page.get_by_role("button", name="Pay by card").click()
    page.get_by_role("button", name="The card is declined").click()
    expect(page.get_by_role("alert")).to_contain_text("The card was declined")
    page.get_by_role("button", name="The bank asks for a confirmation").click()
    page.get_by_role("button", name="I confirm").click()
    until(lambda: len(cards.events.sent) == 1)
    page.get_by_role("link", name="Update the page").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    cards.post_events()
    page.get_by_role("link", name="Update the page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you!")
    assert (cards.owed(), cards.payments()) == (0, [("posted", 45000)])
    context.close()


def test_an_amount_that_cannot_be_paid_is_told_beside_the_form(cards: Cards, address: str, page: Page) -> None:
    page.goto(f"{address}/p/{cards.link()}")
    page.get_by_label("Montant en euros").fill("9999")
    with page.expect_navigation():
        page.get_by_role("button", name="Payer par carte").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce montant ne convient pas")
    accessible(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Pay by card")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_payment_that_failed_is_accessible(cards: Cards, address: str, page: Page, language: str) -> None:
    token = cards.link()
    cards.tell_demo(demo_ended(cards.start(token), "failed"))
    page.goto(f"{address}/p/{token}?lang={language}")
    expect(page.get_by_role("alert")).to_be_visible()
    accessible(page)
    keep_picture(page, f"pay-failed-{language}")


def test_a_provider_that_does_not_answer_is_accessible(cards: Cards, address: str, page: Page) -> None:
    cards.connections.providers["demo"] = cards.demo
    cards.demo.failure = Unavailable("card_provider_unavailable", "away")
    page.goto(f"{address}/p/{cards.link()}")
    page.get_by_role("button", name="Payer par carte").click()
    expect(page.locator(".notice.card_away")).to_be_visible()
    expect(page.get_by_role("heading", name="virement")).to_be_visible()
    accessible(page)
    keep_picture(page, "card-away")
