"""The public pages in a real browser: Debian's Chromium, driven over pages that the real handler serves on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from browsers import NARROW, chromium
from playwright.sync_api import Browser, BrowserContext, Page
from unit.cards.scenes import Cards
from unit.web.office import Office

from pay_page.app import handler
from quitus.bootstrap import tenants


class Gateway(BaseHTTPRequestHandler):
    """Hands requests to the handler as the API's gateway does."""

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _pass_on(self, body: bytes) -> None:
        asked = urlsplit(self.path)
        event = {
            "httpMethod": self.command,
            "path": asked.path,
            "headers": dict(self.headers),
            "queryStringParameters": dict(parse_qsl(asked.query)) or None,
            "body": body.decode(),
            "isBase64Encoded": False,
        }
        answer = handler(event, None)
        content = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by http.server
        """Says nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module: one process has one driver of browsers at a time."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """A landlord whose page is served."""
    office = Office().settle_in()
    public = Cards(office).public
    monkeypatch.setattr(tenants, "public", lambda: public)
    return office


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """Where the pages are."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """An old, narrow phone."""
    context = browser.new_context(viewport=NARROW, device_scale_factor=2)
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    """A page of it, on which nothing may go wrong."""
    page = phone.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert [text for text in wrong if not re.search("status of (404|409|422|503)", text)] == []
