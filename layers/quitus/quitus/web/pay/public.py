"""What the public asks: the page behind a link, its picture, a card payment; and what card providers tell. A GET has no
effect; whatever is no live link is answered in one way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from quitus.domain.errors import QuitusError
from quitus.domain.wording import Language, language_of
from quitus.services.checkouts import CheckoutDesk
from quitus.services.pay_page import PageDesk, PayView
from quitus.services.payment_links import Addresses
from quitus.web.pay.card import begin
from quitus.web.pay.pages import page_qr, transfer_qr
from quitus.web.pay.replies import Answer, away, gone, picture, refused
from quitus.web.pay.shown import shown
from quitus.web.received import Received, received
from quitus.web.replies import Reply, breakdown, refusal

_PAGE = re.compile(r"/p/([A-Za-z0-9_-]{1,200})(/qr\.svg|/checkout)?")
_WEBHOOK = re.compile(r"/v1/psp/([a-z]{1,40})/events")
_PSP = "/v1/"


@dataclass(frozen=True, slots=True)
class Public:
    """What the public page rests on; `told` takes a provider's webhook, and is loaded when one comes."""

    pages: PageDesk
    checkouts: CheckoutDesk
    told: Callable[[str, Received], Reply]
    addresses: Addresses


def answer(
    public: Callable[[], Public],
    note: Callable[[Exception, str], bool],
    opened: Callable[[PayView], None],
    event: Mapping[str, Any],
    request_id: str,
) -> dict[str, Any]:
    """The answer to a request of the gateway. `note` logs a failure under an id, `opened` that a page was seen."""
    to_provider = event["path"].startswith(_PSP)
    reply: Answer | Reply
    try:
        request = received(event)
        reply = _told(public, request) if to_provider else _reply(public(), opened, request)
    except QuitusError as error:
        reply = refusal(error) if to_provider else refused(error.status)
    except Exception as error:  # noqa: BLE001 - the last stop before the gateway, whose answer would show its text
        note(error, request_id)
        reply = breakdown(request_id) if to_provider else away()
    return reply.to_gateway()


def _told(public: Callable[[], Public], request: Received) -> Reply:
    match = _WEBHOOK.fullmatch(request.path)
    return public().told(match[1] if match else "", request)


def _reply(public: Public, opened: Callable[[PayView], None], request: Received) -> Answer:
    match = _PAGE.fullmatch(request.path)
    view = public.pages.view(match[1]) if match else None
    if match is None or view is None or (request.method == "POST") != (match[2] == "/checkout"):
        return gone()
    if match[2] == "/checkout":
        return begin(public.checkouts, view, request, f"{public.addresses.public_url()}/p/{match[1]}")
    language = _language(request, view)
    if match[2] is None:
        back = request.query.get("card") == "done"
        if not back:  # a page that waits for a payment looks again and again
            opened(view)
        return shown(public.checkouts, view, language, match[1], back=back)
    if request.query.get("of") == "page":
        return picture(page_qr(f"{public.addresses.public_url()}/p/{match[1]}", language))
    card = public.checkouts.provider_for(view.landlord, view.asked) is not None
    drawn = transfer_qr(view, language) if view.asked.takes_transfer(card=card) else None
    return gone() if drawn is None else picture(drawn)


def _language(request: Received, view: PayView) -> Language:
    """The one that is asked for, else that of the lease."""
    asked = request.query.get("lang", "")
    return Language(asked) if asked in set(Language) else language_of(view.lease.language)
