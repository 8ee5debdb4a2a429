"""`/v1/leases/{lease_id}/payment-links` and `/v1/payment-links`: links to the pages on which tenants pay."""

from __future__ import annotations

from typing import Any

from quitus.domain.ids import is_id
from quitus.services.payment_links import LinkStanding, LinkWish
from quitus.web.access import COLLECTORS, READERS
from quitus.web.cursors import Cursors
from quitus.web.desk import Desk
from quitus.web.link_models import LinkAnswer, LinkBody, LinksQuery, LinkSummary
from quitus.web.models import Gone, Nothing, PageAnswer
from quitus.web.replies import Reply, gone, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import lease_of
from quitus.web.routing import Route


def make(desk: Desk, call: Call[LinkBody, Nothing]) -> Reply:
    body = call.body
    wish = LinkWish(lease_of(call), body.amount_cents, body.due_ids, body.min_cents, body.expires_in_days)
    made = desk.links.make(call.landlord_id, wish, call.caller.subject, call.attempt)
    url = desk.links.url(call.landlord_id, made.link)
    return ok(LinkAnswer.model_validate(_plain(made) | {"url": url, "qr_svg_url": f"{url}/qr.svg"}), 201)


def page(desk: Desk, call: Call[Nothing, LinksQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    place = cursors.place(query.cursor)
    listed = desk.links.page(call.landlord_id, lease_of(call), query.status, place, query.limit)
    items = tuple(LinkSummary.model_validate(_plain(one)) for one in listed.items)
    return ok(PageAnswer[LinkSummary](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return ok(LinkSummary.model_validate(_plain(desk.links.one(call.landlord_id, _link_id(call)))))


def revoke(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    desk.link_revoker.revoke(call.landlord_id, _link_id(call), call.caller.subject, call.attempt)
    return gone()


def _link_id(call: Call[Nothing, Nothing]) -> str:
    return call.id_of("link_id", "payment_link_not_found", "There is no payment link with this id.")


def _plain(standing: LinkStanding) -> dict[str, Any]:
    link = standing.link
    names = LinkSummary.model_fields.keys() - {"status", "rest_cents"}
    told = {"status": standing.status, "rest_cents": standing.asked.rest_cents}
    return {name: getattr(link, name) for name in names} | told


ON_LEASES = (
    Route(
        "POST", "/v1/leases/{lease_id}/payment-links", make, {201: LinkAnswer},
        "Make a payment link for what a lease owes; `url` is shown here only", COLLECTORS, LinkBody,
        refusals=(
            "lease_not_found", "due_not_of_lease", "due_not_open", "amount_above_due", "min_above_amount", "rows_busy",
        ),
        keeps_answer=False,
    ),
    Route(
        "GET", "/v1/leases/{lease_id}/payment-links", page, {200: PageAnswer[LinkSummary]},
        "A lease's payment links, newest first", READERS, query=LinksQuery,
        refusals=("lease_not_found", "invalid_cursor"),
    ),
)  # fmt: skip
ROUTES = (
    Route(
        "GET", "/v1/payment-links/{link_id}", one, {200: LinkSummary}, "A payment link and how it stands", READERS,
        refusals=("payment_link_not_found", "lease_not_found"),
    ),
    Route(
        "DELETE", "/v1/payment-links/{link_id}", revoke, {204: Gone}, "Revoke a payment link", COLLECTORS,
        refusals=("payment_link_not_found", "rows_busy"),
    ),
)  # fmt: skip
