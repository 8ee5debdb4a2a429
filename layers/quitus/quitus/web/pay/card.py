"""`POST /p/{token}/checkout`: from the page's form to the provider's hosted page, or back to the page that says why
not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from quitus.domain.errors import Conflict, Invalid, ProviderRefusal, QuitusError, Unavailable
from quitus.domain.money import AmountError, Cents, parse_euros
from quitus.domain.wording import Language, language_of
from quitus.services.checkouts import CheckoutDesk, CheckoutWish
from quitus.services.pay_page import PayView
from quitus.web.pay.pages import Notice, Setting
from quitus.web.pay.replies import Answer
from quitus.web.pay.shown import page
from quitus.web.received import Received

_MOST_FIELDS = 20
_SPACES = {ord(space): None for space in " \u00a0\u202f\u2009€"}


def begin(desk: CheckoutDesk, view: PayView, request: Received, address: str) -> Answer:
    """Lead the tenant to the hosted page (303), or show the page again: an amount that cannot be paid (422), nothing
    left to pay (409), a provider that does not answer (503). `address` is the page's own.
    """
    fields = _fields(request)
    asked = str(fields.get("lang", ""))
    language = Language(asked) if asked in set(Language) else language_of(view.lease.language)
    try:
        view.asked.check_left()
        wish = CheckoutWish(_wanted(fields, view.asked.rest_cents), language.value, address)
        checkout = desk.start(view.landlord, view.link, view.asked, wish)
    except (Conflict, Invalid, ProviderRefusal, Unavailable) as refused:
        return _again(desk, view, language, address, refused)
    told = json.dumps({"checkout_id": checkout.checkout_id, "url": checkout.url})
    return Answer(303, told, "application/json", {"Location": checkout.url or ""})


def _again(desk: CheckoutDesk, view: PayView, language: Language, address: str, refused: QuitusError) -> Answer:
    notice, status = None, refused.status
    if isinstance(refused, Invalid):
        notice = Notice.AMOUNT
    elif isinstance(refused, ProviderRefusal | Unavailable):
        notice, status = Notice.CARD_AWAY, 503
    elif refused.code == "payment_in_progress":
        notice = Notice.IN_PROGRESS
    here = f"../{address.rpartition('/')[2]}"
    return page(desk, view, Setting(language, here, notice), status)


def _fields(request: Received) -> Mapping[str, Any]:
    """What the form, or a program, sends; what cannot be read is left out."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            told = json.loads(request.body or b"{}")
        except (ValueError, RecursionError):
            return {"amount": "?"}
        return told if isinstance(told, dict) else {"amount": "?"}
    try:
        pairs = parse_qs(request.body.decode(), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {"amount": "?"}
    return {name: values[0] for name, values in pairs.items()}


def _wanted(fields: Mapping[str, Any], rest: Cents) -> Cents | None:
    """The cents that are asked for; None for all that is left. Raises Invalid, also where all is chosen and another
    amount typed: without scripts the choice does not follow the typing, and nobody is charged more than they typed.
    """
    if fields.get("choice") != "all":
        return _amount(fields)
    typed = {name: fields[name] for name in ("amount", "amount_cents") if fields.get(name) not in (None, "")}
    if typed and _amount(typed) != rest:
        raise Invalid("amount_not_allowed", "All is chosen, and another amount typed.")
    return None


def _amount(fields: Mapping[str, Any]) -> Cents | None:
    cents, euros = fields.get("amount_cents"), fields.get("amount")
    if cents is None and euros is None and fields.get("choice") != "part":
        return None
    try:
        if cents is not None:
            return _whole(cents)
        return parse_euros(str(euros or "").translate(_SPACES).replace(",", "."))
    except AmountError as error:
        raise Invalid("amount_not_allowed", "Not an amount of euros and cents.") from error


def _whole(cents: Any) -> Cents:
    if isinstance(cents, bool) or not (isinstance(cents, int) or (isinstance(cents, str) and cents.isascii())):
        raise AmountError("not a number of cents")
    text = str(cents)
    if not text.isdecimal() or len(text) > 13:
        raise AmountError("not a number of cents")
    return int(text)
