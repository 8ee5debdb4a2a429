"""What a tenant sees of the pay page, in every state, on a narrow phone, with and without scripts, and printed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import NARROW, keep_picture
from playwright.sync_api import Browser, Page, expect
from unit.web.office import CHEQUE, Office

from quitus.bootstrap import tenants
from quitus.web.pay.public import Public

STATES = {"due": 0, "partly_paid": 15_000, "paid": 45_000}
MOST_BYTES = 50 * 1024


def a_link(office: Office, **body: Any) -> str:
    url: str = office.ask("POST", "/v1/leases/L1/payment-links", body).body["url"]
    return url.removeprefix("https://pay.example.org")


def in_state(office: Office, state: str) -> str:
    """The path of a page in a state."""
    if state == "gone":
        return "/p/" + "A" * 32
    if state == "nothing_due":
        office.ask("POST", "/v1/payments", CHEQUE)
        return a_link(office)
    path = a_link(office)
    if STATES[state]:
        office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": STATES[state]})
    return path


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", ["due", "partly_paid", "paid", "nothing_due", "gone"])
def test_every_state_is_accessible_and_fits_a_narrow_phone(
    office: Office, address: str, page: Page, state: str, language: str
) -> None:
    page.goto(f"{address}{in_state(office, state)}?lang={language}")
    keep_picture(page, f"pay-{state}-{language}")
    findings = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert findings.violations_count == 0, findings.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_store_that_does_not_answer_is_accessible(
    monkeypatch: pytest.MonkeyPatch, office: Office, address: str, page: Page
) -> None:
    def broken() -> Public:
        raise ConnectionError

    path = a_link(office)
    monkeypatch.setattr(tenants, "public", broken)
    page.goto(f"{address}{path}")
    keep_picture(page, "pay-away")
    findings = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert findings.violations_count == 0, findings.generate_report()


def test_one_request_brings_the_whole_page(office: Office, address: str, page: Page) -> None:
    asked: list[str] = []
    size = 0
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(f"{address}{in_state(office, 'due')}")
    assert answer is not None
    size = len(answer.body())
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.endswith("/favicon.ico")] == [answer.url]
    assert size < MOST_BYTES
    assert page.context.cookies() == []


def test_the_account_number_is_copied_without_spaces(office: Office, address: str, page: Page) -> None:
    lease = office.get("/v1/leases/L1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}{in_state(office, 'due')}")
    page.get_by_role("button", name="Copier – IBAN").click()
    expect(page.get_by_role("status")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == lease["virtual_iban"]


def test_an_old_phone_copies_without_a_clipboard_of_its_own(office: Office, address: str, page: Page) -> None:
    lease = office.get("/v1/leases/L1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined})")
    page.goto(f"{address}{in_state(office, 'due')}")
    page.get_by_role("button", name="Copier – IBAN").click()
    expect(page.get_by_role("status")).to_have_text("Copié")
    assert page.evaluate("getSelection().toString()").replace(" ", "") == lease["virtual_iban"]
    modern = page.context.new_page()
    modern.goto(page.url)
    assert modern.evaluate("navigator.clipboard.readText()") == lease["virtual_iban"]


def test_the_other_language_is_one_tap_away(office: Office, address: str, page: Page) -> None:
    page.goto(f"{address}{in_state(office, 'due')}")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("€450.00 to pay")
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("450,00.€ à payer"))


def test_all_is_there_without_scripts(office: Office, address: str, browser: Browser) -> None:
    lease = office.get("/v1/leases/L1")
    context = browser.new_context(java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    page.goto(f"{address}{in_state(office, 'due')}")
    text = page.locator("main").inner_text()
    assert lease["virtual_iban"] in text.replace(" ", "")
    assert lease["payment_reference"] in text.replace(" ", "")
    expect(page.get_by_role("img", name=re.compile("Code QR"))).to_be_visible()
    assert page.get_by_role("button", name="Copier").count() == 0
    context.close()


def test_printed_it_shows_the_account_and_no_buttons(office: Office, address: str, page: Page) -> None:
    lease = office.get("/v1/leases/L1")
    page.goto(f"{address}{in_state(office, 'due')}")
    page.emulate_media(media="print")
    keep_picture(page, "pay-due-printed")
    assert lease["virtual_iban"] in page.locator("main").inner_text().replace(" ", "")
    assert not page.get_by_role("button").filter(visible=True).count()


def test_the_page_is_used_by_keyboard_alone(office: Office, address: str, page: Page) -> None:
    page.goto(f"{address}{in_state(office, 'due')}")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText"))
    assert reached[0] == "English"
    assert reached.count("Copier") >= 4
