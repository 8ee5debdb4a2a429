"""What the public asks of the pay page: a page, a picture. A GET has no effect; whatever is no live link is answered in
one way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quitus.domain.errors import QuitusError
from quitus.domain.wording import Language, language_of
from quitus.services.pay_page import PageDesk, PayView
from quitus.services.payment_links import Addresses
from quitus.services.table import Stale
from quitus.web.pay.pages import Setting, away_page, gone_page, page_qr, pay_page, sources, transfer_qr
from quitus.web.requests import Received, received

_PATH = re.compile(r"/p/([A-Za-z0-9_-]{1,200})(/qr\.svg)?")
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NOTHING_ELSE = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes to the browser."""

    status: int
    body: str
    kind: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_gateway(self) -> dict[str, Any]:
        """The answer of a proxy integration."""
        headers = _HEADERS | {"Content-Type": self.kind, "Content-Security-Policy": _policy()} | dict(self.headers)
        return {"statusCode": self.status, "headers": headers, "body": self.body, "isBase64Encoded": False}


@dataclass(frozen=True, slots=True)
class Public:
    """What the public page rests on."""

    pages: PageDesk
    addresses: Addresses


def answer(
    public: Callable[[], Public],
    note: Callable[[Exception, str], bool],
    opened: Callable[[PayView], None],
    event: Mapping[str, Any],
    request_id: str,
) -> dict[str, Any]:
    """The answer to a request of the gateway. `note` logs a failure under an id, `opened` that a page was seen."""
    try:
        reply = _reply(public(), opened, received(event))
    except (QuitusError, Stale):
        reply = _away()
    except Exception as error:  # noqa: BLE001 - the last stop before the gateway, whose answer would show its text
        note(error, request_id)
        reply = _away()
    return reply.to_gateway()


def _reply(public: Public, opened: Callable[[PayView], None], request: Received) -> Answer:
    match = _PATH.fullmatch(request.path)
    view = public.pages.view(match[1]) if match else None
    if match is None or view is None:
        return gone()
    language = _language(request, view)
    if match[2] is None:
        opened(view)
        return Answer(200, pay_page(view, Setting(language, here=match[1])), headers={"Content-Language": language})
    if request.query.get("of") == "page":
        return _picture(page_qr(f"{public.addresses.public_url()}/p/{match[1]}", language))
    drawn = transfer_qr(view, language)
    return gone() if drawn is None else _picture(drawn)


def gone() -> Answer:
    """The one answer to everything that is no live link."""
    return Answer(404, gone_page())


def _away() -> Answer:
    return Answer(503, away_page(), headers={"Retry-After": "2"})


def _picture(svg: str) -> Answer:
    return Answer(200, svg, "image/svg+xml; charset=utf-8")


def _language(request: Received, view: PayView) -> Language:
    """The one that is asked for, else that of the lease."""
    asked = request.query.get("lang", "")
    return Language(asked) if asked in set(Language) else language_of(view.lease.language)


def _policy() -> str:
    ours = "; ".join(f"{directive} {digest}" for directive, digest in sources().items())
    return f"{_NOTHING_ELSE}; {ours}; connect-src 'self'; form-action 'self'"
