"""What goes back to a tenant's browser: pages and pictures, never kept, that nobody else may frame or feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from quitus.web.pay.pages import away_page, gone_page, sources

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
    leads_to: str = ""
    """The origin to which its form leads in the end, beside our own: browsers hold redirects to the policy too."""

    def to_gateway(self) -> dict[str, Any]:
        """The answer of a proxy integration."""
        own = {"Content-Type": self.kind, "Content-Security-Policy": _policy(self.leads_to)}
        headers = _HEADERS | own | dict(self.headers)
        return {"statusCode": self.status, "headers": headers, "body": self.body, "isBase64Encoded": False}


def gone() -> Answer:
    """The one answer to everything that is no live link."""
    return Answer(404, gone_page())


def away() -> Answer:
    """The answer when a service below does not answer."""
    return Answer(503, away_page(), headers={"Retry-After": "2"})


def refused(status: int) -> Answer:
    """The answer to a request that cannot be read, whichever link it names, or that a service below did not serve."""
    return away() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Answer(status, gone_page())


def picture(svg: str) -> Answer:
    """A picture by itself."""
    return Answer(200, svg, "image/svg+xml; charset=utf-8")


def _policy(leads_to: str) -> str:
    ours = "; ".join(f"{directive} {digest}" for directive, digest in sources().items())
    return f"{_NOTHING_ELSE}; {ours}; connect-src 'self'; form-action 'self' {leads_to}".rstrip()
