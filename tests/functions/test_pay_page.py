"""The public page behind a payment link, asked as the gateway asks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest
from hostile_names import hostile_names
from qr_readers import painted, read_by_opencv, read_by_zxing
from unit.cards.scenes import Cards
from unit.web.office import CHEQUE, LEASE, RENT, Office

from fuzzing.tokens import guess
from pay_page.app import handler
from quitus import bootstrap
from quitus.bootstrap import tenants
from quitus.domain.epc_qr import Transfer, epc_payload
from quitus.domain.landlord import Contact
from quitus.domain.wording import Language
from quitus.services.pay_page import PayView
from quitus.web.pay.pages import Setting, pay_page
from quitus.web.pay.public import Public

LINKS = "/v1/leases/L1/payment-links"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office().settle_in()
    public = Cards(office).public
    monkeypatch.setattr(tenants, "public", lambda: public)
    return office


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[PayView]:
    views: list[PayView] = []
    monkeypatch.setattr(tenants, "opened", views.append)
    return views


def show(path: str, **query: str) -> dict[str, Any]:
    return handler({"httpMethod": "GET", "path": path, "queryStringParameters": query, "headers": {}}, None)


def read(svg: str) -> bytes:
    """What two decoders read alike from a picture."""
    size, path = re.search(r'viewBox="0 0 (\d+) ', svg), re.search(r'<path d="([^"]+)"', svg)
    assert size
    assert path
    picture = painted(path[1], int(size[1]))
    (content,) = read_by_zxing(picture)
    assert read_by_opencv(picture) == [content.decode()]
    return content


def a_link(office: Office, **body: Any) -> str:
    """The path of a new link's page."""
    url: str = office.ask("POST", LINKS, body).body["url"]
    return url.removeprefix("https://pay.example.org")


def text_of(page: Mapping[str, Any]) -> str:
    """What a reader sees, spaces made plain."""
    body = re.sub(r"<(script|style)>.*?</\1>", "", page["body"], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_says_what_is_due_and_to_which_account(office: Office, seen: list[PayView]) -> None:
    lease = office.get("/v1/leases/L1")
    page = show(a_link(office))
    text = text_of(page)
    assert page["statusCode"] == 200
    assert "450,00 € à payer" in text
    assert "Loyer – novembre 2026 à payer le 10 novembre 2026 au plus tard 450,00 €" in text
    assert all(
        lease[name] in text.replace(" ", "") for name in ("virtual_iban", "bic", "payee_name", "payment_reference")
    )
    assert [view.link.lease_id for view in seen] == ["L1"]


def test_the_tenants_name_is_not_on_the_page(office: Office, seen: list[PayView]) -> None:
    assert "Camille" not in show(a_link(office))["body"]


def test_the_page_speaks_the_language_that_is_asked_for_else_the_leases(office: Office, seen: list[PayView]) -> None:
    path = a_link(office)
    assert "€450.00 to pay" in text_of(show(path, lang="en"))
    assert "à payer" in text_of(show(path, lang="de"))
    assert office.ask("PUT", "/v1/leases/L1", LEASE | {"language": "en"}).status == 200
    page = show(path)
    assert '<html lang="en">' in page["body"]
    assert page["headers"]["Content-Language"] == "en"
    assert "due by 10 November 2026" in text_of(page)
    assert "10 novembre" in text_of(show(path, lang="fr"))


def test_a_part_is_paid_and_then_the_rest(office: Office, seen: list[PayView]) -> None:
    path = a_link(office)
    office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 15000})
    assert "Encore 300,00 € à payer" in text_of(show(path))
    office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 30000, "reference": "2"})
    paid = show(path)
    assert paid["statusCode"] == 200
    assert "C’est payé" in text_of(paid)


def test_a_link_of_a_lease_that_owes_nothing_says_so(office: Office, seen: list[PayView]) -> None:
    office.ask("POST", "/v1/payments", CHEQUE)
    assert "Rien à payer" in text_of(show(a_link(office)))


@pytest.mark.parametrize("paid", [True, False])
def test_where_nothing_is_left_the_page_is_the_tenants_rib(office: Office, seen: list[PayView], paid: bool) -> None:
    path = a_link(office)
    settled = RENT | {"amount_cents": 0}
    if paid:
        office.ask("POST", "/v1/payments", CHEQUE)
    else:
        assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", settled).status == 200
    page, lease = show(path), office.get("/v1/leases/L1")
    text = text_of(page)
    assert ("C’est payé" in text, "Rien à payer pour le moment" in text) == (paid, not paid)
    assert all(lease[name] in text.replace(" ", "") for name in ("virtual_iban", "bic", "payee_name"))
    assert "Montant" not in text
    assert "<svg" not in page["body"]
    assert show(f"{path}/qr.svg")["statusCode"] == 404
    assert show(f"{path}/qr.svg", of="page")["statusCode"] == 200


def test_an_amount_of_what_is_due_is_shown_beside_the_whole(office: Office, seen: list[PayView]) -> None:
    text = text_of(show(a_link(office, amount_cents=30000)))
    assert "300,00 € à payer" in text
    assert "Total 450,00 €" in text
    assert "Montant demandé par ce lien 300,00 €" in text


def test_whatever_is_no_live_link_is_answered_in_one_way(office: Office, seen: list[PayView]) -> None:
    revoked, ended = a_link(office), a_link(office, expires_in_days=1)
    (link,) = [one for one in office.get(LINKS)["items"] if one["expires_at"] > "2026-11-20"]
    office.ask("DELETE", f"/v1/payment-links/{link['link_id']}")
    office.clock.instant += timedelta(days=1)
    rng = Random("tokens")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    unknown = ["/p/" + "".join(rng.choices(letters, k=length)) for length in (1, 31, 32, 32, 32, 33, 200)]
    paths = [revoked, ended, *unknown, "/p/", "/p/../v1", f"{ended}/other", f"{ended}/qr.svg", f"{unknown[3]}/qr.svg"]
    answers = [show(path) for path in paths]
    assert {answer["statusCode"] for answer in answers} == {404}
    assert all(answer == answers[0] for answer in answers)
    assert not seen


def test_a_token_that_differs_in_one_letter_opens_nothing(office: Office, seen: list[PayView]) -> None:
    path = a_link(office)
    token = path.rpartition("/")[2]
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        assert show(f"/p/{token[:place]}{other}{token[place + 1 :]}")["statusCode"] == 404


def test_looking_changes_nothing(office: Office, seen: list[PayView]) -> None:
    path = a_link(office)
    before = {key: dict(row) for key, row in office.table.rows.items()}
    for query in ({}, {"lang": "en"}):
        show(path, **query)
        show(f"{path}/qr.svg", **query)
    assert office.table.rows == before


def test_the_pictures_are_the_transfer_and_the_page(office: Office, seen: list[PayView]) -> None:
    lease, path = office.get("/v1/leases/L1"), a_link(office)
    transfer = show(f"{path}/qr.svg")
    expected = Transfer(
        lease["payee_name"], lease["virtual_iban"], 45000, lease["bic"], reference=lease["payment_reference"]
    )
    assert transfer["headers"]["Content-Type"].startswith("image/svg+xml")
    assert read(transfer["body"]) == epc_payload(expected)
    assert read(show(f"{path}/qr.svg", of="page")["body"]) == f"https://pay.example.org{path}".encode()


def test_the_page_loads_nothing_from_elsewhere_and_keeps_nothing(office: Office, seen: list[PayView]) -> None:
    page = show(a_link(office))
    policy = page["headers"]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page["headers"]["Referrer-Policy"] == "no-referrer"
    assert page["headers"]["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page["headers"]
    assert not re.search(r'(src|href|action)="(https?:)?//', page["body"])
    assert len(page["body"].encode()) < 50_000


def test_names_that_would_be_markup_are_shown_as_they_are(office: Office, seen: list[PayView]) -> None:
    hostile = '<script>alert("1")</script> & "Cie" {{ 7*7 }}'
    settings = {name: value for name, value in office.get("/v1/landlords/semiga").items() if name != "landlord_id"}
    contact = {"phone": None, "email": None, "address": hostile, "hours": hostile}
    assert office.ask("PUT", "/v1/landlords/semiga", settings | {"name": hostile, "contact": contact}).status == 200
    due = {"kind": "rent", "period": "2026-11", "due_date": "2026-11-10", "amount_cents": 45000, "label": hostile}
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", due).status == 200
    body = show(a_link(office))["body"]
    assert hostile not in body
    assert body.count("&lt;script&gt;alert(") == 5
    assert "{{ 7*7 }}" in body


def test_a_store_that_does_not_answer_is_a_page_that_says_so(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
    path, noted = a_link(office), list[str]()

    def broken() -> Public:
        raise ConnectionError

    monkeypatch.setattr(tenants, "public", broken)
    monkeypatch.setattr(bootstrap, "note", lambda error, _: noted.append(type(error).__name__))
    page = show(path)
    assert (page["statusCode"], page["headers"]["Retry-After"]) == (503, "2")
    assert noted == ["ConnectionError"]


def test_no_guess_opens_a_page_and_all_are_answered_alike() -> None:
    guesses = guess(seed=1, count=4_000)
    assert guesses.statuses.total() > 3_900
    assert not guesses.failed


def test_dues_chosen_behind_older_ones_are_not_paid_by_a_plain_transfer(office: Office, seen: list[PayView]) -> None:
    later = {"kind": "rent", "period": "2026-12", "due_date": "2026-12-10", "amount_cents": 45000}
    assert office.ask("PUT", "/v1/leases/L1/dues/dec-L1", later).status == 201
    path = a_link(office, due_ids=["dec-L1"])
    text = text_of(show(path))
    assert "IBAN" not in text
    assert "Un virement paierait d’abord" in text
    assert show(f"{path}/qr.svg")["statusCode"] == 404
    assert "IBAN" in text_of(show(a_link(office, due_ids=["nov-L1"])))
    assert "IBAN" in text_of(show(a_link(office)))


def test_without_cards_a_transfer_is_offered_that_pays_something_else_first_and_says_so(
    office: Office, seen: list[PayView]
) -> None:
    later = RENT | {"period": "2026-12", "due_date": "2026-12-10"}
    assert office.ask("PUT", "/v1/leases/L1/dues/dec-L1", later).status == 201
    connections: Any = tenants.public().checkouts.providers
    connections.providers.clear()
    path = a_link(office, due_ids=["dec-L1"])
    text = text_of(show(path))
    assert "IBAN" in text
    assert "Un virement paie d’abord ce qui est à payer avant cela" in text
    assert show(f"{path}/qr.svg")["statusCode"] == 200


def test_what_is_less_than_cards_take_has_no_card_button(office: Office, seen: list[PayView]) -> None:
    path = a_link(office)
    office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 44_950})
    assert "Payer par carte" in text_of(show(path))
    office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 1, "reference": "2"})
    text = text_of(show(path))
    assert "0,49 € à payer" in text
    assert "carte" not in text
    assert "IBAN" in text


def test_500_hostile_names_stay_text_on_the_page(office: Office, seen: list[PayView]) -> None:
    view = tenants.public().pages.view(a_link(office).rpartition("/")[2])
    assert view is not None
    usual = Marked.of(pay_page(view, Setting(Language.FR, here="t")))
    for name in hostile_names():
        landlord = replace(view.landlord, name=name, contact=Contact(phone=name, email=name, address=name, hours=name))
        labels = dict.fromkeys(view.link.due_ids, name)
        lease = replace(view.lease, payee_name=name)
        shown = replace(view, landlord=landlord, lease=lease, labels=labels)
        marked = Marked.of(pay_page(shown, Setting(Language.FR, here="t")))
        assert marked.attributes <= usual.attributes, name
        assert marked.scripts == usual.scripts, name
        assert all(link.startswith(("tel:", "mailto:", "t?", "?")) for link in marked.links), name


class Marked(HTMLParser):
    """What a browser makes of a page: its elements' attributes, its scripts, its links."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.scripts = 0

    @classmethod
    def of(cls, body: str) -> Marked:
        marked = cls()
        marked.feed(body)
        marked.close()
        return marked

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}


def test_a_page_loads_no_model_of_the_api() -> None:
    code = "import sys, pay_page.app, quitus.bootstrap.tenants, quitus.web.pay.public; print('pydantic' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert loaded.stdout == "False\n"


def test_a_page_that_waits_for_a_payment_is_not_opened_anew(office: Office, seen: list[PayView]) -> None:
    path = a_link(office)
    for query in ({}, {"card": "done"}, {"card": "done", "lang": "en"}):
        assert show(path, **query)["statusCode"] == 200
    assert len(seen) == 1


def test_a_paid_page_lists_nothing_of_what_is_called_later(office: Office, seen: list[PayView]) -> None:
    december = RENT | {"period": "2026-12", "due_date": "2026-12-10"}
    assert office.ask("PUT", "/v1/leases/L1/dues/dec-L1", december).status == 201
    path = a_link(office, amount_cents=45_000)
    assert "10 décembre" in show(path)["body"]
    office.rent(45_000)
    page = show(path)["body"]
    assert "C’est payé" in page
    assert "10 décembre" not in page
