"""Every route of the API, by the first word of its path: a cold start loads those of the request's own group only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quitus.web.routing import Route

type Group = tuple[Route, ...]


def _description() -> Group:
    from quitus.web.routes import description

    return description.ROUTES


def _landlords() -> Group:
    from quitus.web.routes import landlords, texts

    return (*landlords.ROUTES, *texts.ROUTES)


def _leases() -> Group:
    from quitus.web.routes import contacts, leases, links, mailings, plans, refund_requests, shares, spreads

    others = (*spreads.ROUTES, *shares.ROUTES, *refund_requests.ROUTES, *links.ON_LEASES, *mailings.ON_LEASES)
    return (*leases.ROUTES, *contacts.ROUTES, *plans.ROUTES, *others)


def _refunds() -> Group:
    from quitus.web.routes import refunds

    return refunds.ROUTES


def _links() -> Group:
    from quitus.web.routes import links

    return links.ROUTES


def _mailings() -> Group:
    from quitus.web.routes import mailings

    return mailings.ROUTES


def _payments() -> Group:
    from quitus.web.routes import payments

    return payments.ROUTES


def _files() -> Group:
    from quitus.web.routes import files

    return files.ROUTES


def _lists() -> Group:
    from quitus.web.routes import lists

    return lists.ROUTES


def _reports() -> Group:
    from quitus.web.routes import reports

    return reports.ROUTES


def _exports() -> Group:
    from quitus.web.routes import exports

    return exports.ROUTES


def _documents() -> Group:
    from quitus.web.routes import documents

    return documents.ROUTES


def _closings() -> Group:
    from quitus.web.routes import closings

    return closings.ROUTES


def _audit() -> Group:
    from quitus.web.routes import audit

    return audit.ROUTES


_GROUPS: Mapping[str, Callable[[], Group]] = {
    "openapi.json": _description,
    "landlords": _landlords,
    "leases": _leases,
    "payment-links": _links,
    "mailings": _mailings,
    "payments": _payments,
    "bank-lines": _payments,
    "files": _files,
    "alerts": _files,
    "lists": _lists,
    "refunds": _refunds,
    "payers": _lists,
    "dashboard": _reports,
    "proof": _reports,
    "closings": _closings,
    "exports": _exports,
    "documents": _documents,
    "audit": _audit,
}


def routes_for(path: str) -> Group:
    """The routes that a path may be of."""
    group = _GROUPS.get(path.removeprefix("/v1/").partition("/")[0])
    return () if group is None else group()


def every_route() -> Group:
    """All of them, in the order in which the description has them."""
    return tuple(route for group in dict.fromkeys(_GROUPS.values()) for route in group())
