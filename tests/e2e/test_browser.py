"""The whole way in a real browser: from the mail in the outbox over the page to the provider's page and back, until the
page says that it is paid.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from browsers import NARROW, chromium, keep_picture
from playwright.sync_api import Browser, Page, expect

from cloud.post import let_write
from demonstration.ibans import french_iban
from quitus.domain.mailing import Channel

from .api import Api, let
from .conftest import Cloud
from .days import TODAY
from .test_links import SENDER, a_landlord, link_in, mails_to, pay, reach

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PATIENCE_MS = 40_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a narrow phone."""
    context = browser.new_context(viewport=NARROW)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()


def a_mailed_link(cloud: Cloud, api: Api, landlord: str, number: str, idle: Callable[[], None]) -> tuple[str, str]:
    """The link that a tenant who owes 812.50 finds in the mail, and the virtual IBAN of the lease."""
    let_write(cloud.place, cloud.outputs, landlord, Channel.EMAIL, SENDER.replace("@", f"-{number}@"))
    settings: dict[str, Any] = a_landlord() | {"name": f"Office {number}"}
    settings["sender"] = {"email": SENDER.replace("@", f"-{number}@"), "sms_name": None}
    settings["virtual_iban_range"] |= {"account_prefix": f"6{number}"}
    settings["bank_accounts"][0]["iban"] = french_iban("17328", "89966", f"3000000000{number}")
    assert api.put(f"/v1/landlords/{landlord}", settings).status == 201
    iban = let(api, "A", 81250, TODAY - timedelta(days=5))
    reach(api, "A", f"tenant-{number}@tenants.example", None)
    assert api.post("/v1/mailings", {"channel": "email", "lease_ids": ["A"]}).status == 202
    idle()
    (letter,) = mails_to(cloud, f"tenant-{number}@tenants.example")
    return link_in(letter["text"]), iban


def says(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(text))


def says_once_told(page: Page, url: str, text: str) -> None:
    """What the page says once the provider told how the payment ended, which it does a moment later."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    page.goto(url)
    while text not in page.content():
        assert time.monotonic() < deadline
        time.sleep(0.5)
        page.goto(url)
    expect(page.get_by_role("alert")).to_contain_text(text)


def test_a_failed_card_a_part_and_the_rest_are_seen_as_they_are(
    cloud: Cloud, api: Api, landlord: str, idle: Callable[[], None], phone: Page
) -> None:
    url, _ = a_mailed_link(cloud, api, landlord, "1", idle)
    phone.goto(url)
    says(phone, "812,50.€ à payer")
    phone.get_by_role("button", name="Payer par carte").click()
    phone.get_by_role("button", name="La banque demande une confirmation (3-D Secure)").click()
    phone.get_by_role("button", name="Ce n’est pas moi").click()
    says_once_told(phone, url, "Le paiement n’a pas abouti")
    keep_picture(phone, "way-card-failed")

    phone.get_by_label("Montant en euros").fill("900")
    phone.get_by_role("button", name="Payer par carte").click()
    expect(phone.get_by_role("alert")).to_contain_text("Ce montant ne convient pas")
    keep_picture(phone, "way-amount-refused")
    phone.get_by_label("Montant en euros").fill("300,00")
    phone.get_by_role("button", name="Payer par carte").click()
    keep_picture(phone, "way-provider")
    phone.get_by_role("button", name="La carte est acceptée").click()
    says(phone, "Encore 512,50.€ à payer")
    keep_picture(phone, "way-part-paid")

    phone.get_by_role("link", name="English").click()
    says(phone, "€512.50 left to pay")
    phone.get_by_role("button", name="Pay by card").click()
    phone.get_by_role("button", name="The bank asks for a confirmation (3-D Secure)").click()
    phone.get_by_role("button", name="I confirm").click()
    says(phone, "Paid. Thank you!")
    keep_picture(phone, "way-paid-by-card")
    idle()
    assert api.get("/v1/leases/A").body["balance_cents"] == 0


def test_an_instant_transfer_is_seen_once_the_page_is_loaded_again_and_a_dead_link_says_nothing(
    cloud: Cloud, api: Api, landlord: str, sqs: SQSClient, idle: Callable[[], None], phone: Page
) -> None:
    url, iban = a_mailed_link(cloud, api, landlord, "2", idle)
    phone.goto(f"{url}?lang=en")
    says(phone, "€812.50 to pay")
    account = phone.locator("#iban").get_attribute("data-value")
    assert account == iban
    pay(cloud, sqs, landlord, iban, 81250, "I-2", french_iban("17328", "89966", "30000000002"))
    idle()
    phone.reload()
    says(phone, "Paid. Thank you!")
    keep_picture(phone, "way-paid-by-transfer")
    (link,) = api.get("/v1/leases/A/payment-links").body["items"]
    assert api.delete(f"/v1/payment-links/{link['link_id']}").status == 204
    phone.reload()
    says(phone, "Ce lien n’est pas valable")
