"""What is asked without a token of the function behind the pay page: tenants' pages and card providers' webhooks. Pages
are HTML whatever they say, and do not speak in codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from quitus.domain.wording import Language

HTML: Final = "text/html"
SVG: Final = "image/svg+xml"
JSON: Final = "application/json"
_NAMES: Final = {"type": "string"}


class Shown(NamedTuple):
    """An answer: what it is, and of which type."""

    what: str
    kind: str = HTML
    schema: Mapping[str, Any] = _NAMES


@dataclass(frozen=True, slots=True)
class PublicRoute:
    """An operation without a token: its answers by status, the codes of its refusals, what may stand after the `?`, and
    its body by type.
    """

    method: str
    path: str
    summary: str
    answers: Mapping[int, Shown]
    refusals: tuple[str, ...] = ("too_many_requests",)
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    body: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def _record(**fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": fields}


_LANGUAGE: Final = {"lang": {"type": "string", "enum": [language.value for language in Language]}}
_GONE: Final = Shown("Unknown, ended, revoked: one page for all that is no live link")
_AWAY: Final = Shown("A service below does not answer: try again after `Retry-After`")
_CHECKOUT: Final = _record(
    amount={"type": "string", "description": "Euros; all that is left unless told"},
    amount_cents={"type": "integer"},
    choice={"type": "string", "enum": ["all", "part"]},
    **_LANGUAGE,
)
ROUTES: Final = (
    PublicRoute(
        "GET", "/p/{token}", "The page of a payment link",
        {200: Shown("What is due and how to pay it"), 404: _GONE, 503: _AWAY},
        query=_LANGUAGE | {"card": {"type": "string", "enum": ["done", "left"]}},
    ),
    PublicRoute(
        "GET", "/p/{token}/qr.svg", "The code of the transfer that pays a link, or of its page",
        {
            200: Shown("The code", SVG),
            404: Shown("No live link, or one for which no transfer is offered"),
            503: _AWAY,
        },
        query=_LANGUAGE | {"of": {"type": "string", "enum": ["page"]}},
    ),
    PublicRoute(
        "POST", "/p/{token}/checkout", "Pay what is left of a link, or a part, by card",
        {
            303: Shown("To the provider's hosted page (`Location`)", JSON, _record(checkout_id=_NAMES, url=_NAMES)),
            400: Shown("The body cannot be read"),
            404: _GONE,
            409: Shown("Nothing is left, a payment is being recorded, or no cards are taken: the page says which"),
            413: Shown("The body is too large"),
            422: Shown("The link allows no such amount, or cards take none: the page says so"),
            503: Shown("The provider, or a service below, does not answer"),
        },
        body={"application/x-www-form-urlencoded": _CHECKOUT, JSON: _CHECKOUT},
    ),
    PublicRoute(
        "POST", "/v1/psp/{provider}/events", "What a card provider tells, signed over the raw body",
        {200: Shown("Nothing of it can be lost", JSON, _record(received={"type": "boolean"}))},
        (
            "malformed_request", "bad_signature", "provider_not_found", "payload_too_large", "invalid_event",
            "too_many_requests", "internal_error", "backend_unavailable",
        ),
        query={"landlord": {"type": "string", "description": "Whose key proves it, where each has its own"}},
        body={JSON: {"type": "object"}},
    ),
)  # fmt: skip
