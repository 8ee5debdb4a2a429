"""`/v1/mailings`: payment links sent to tenants, by mail or SMS, and what came of them."""

from __future__ import annotations

from typing import Any

from quitus.domain.ids import is_id
from quitus.domain.mailing import Choice
from quitus.services.mailings import MailingWish
from quitus.web.access import COLLECTORS, READERS
from quitus.web.cursors import Cursors, is_number
from quitus.web.desk import Desk
from quitus.web.mailing_models import (
    DispatchAnswer,
    DispatchesQuery,
    MailingAnswer,
    MailingBody,
    MailingDispatchesQuery,
    MailingOrderedAnswer,
    MailingsQuery,
    MailingSummary,
)
from quitus.web.models import Nothing, PageAnswer
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import lease_of
from quitus.web.routing import Route


def order(desk: Desk, call: Call[MailingBody, Nothing]) -> Reply:
    body = call.body
    choice = Choice(body.lease_ids, body.residence_id, body.min_overdue_cents)
    wish = MailingWish(body.channel, choice, body.min_cents, body.expires_in_days)
    mailing = desk.mailings.order(call.landlord_id, wish, call.caller.subject, call.attempt)
    return ok(MailingOrderedAnswer(mailing_id=mailing.mailing_id), 202)


def page(desk: Desk, call: Call[Nothing, MailingsQuery]) -> Reply:
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    listed = desk.mailings.page(call.landlord_id, cursors.place(call.query.cursor), call.query.limit)
    items = tuple(MailingSummary.model_validate(one) for one in listed.items)
    return ok(PageAnswer[MailingSummary](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    told = desk.mailings.one(call.landlord_id, _mailing_id(call))
    mailing = told.mailing
    return ok(
        MailingAnswer(
            mailing_id=mailing.mailing_id,
            channel=mailing.channel,
            ordered_by=mailing.ordered_by,
            ordered_at=mailing.ordered_at,
            is_done=told.is_done,
            chosen=told.chosen,
            counts=dict(told.counts),
        )
    )


def dispatches(desk: Desk, call: Call[Nothing, MailingDispatchesQuery]) -> Reply:
    query, cursors = call.query, Cursors(call.landlord_id, call.listing, (is_number, is_number))
    place = cursors.place(query.cursor)
    listed = desk.mailings.dispatches(call.landlord_id, _mailing_id(call), query.status, place, query.limit)
    items = tuple(DispatchAnswer.model_validate(one) for one in listed.items)
    return ok(PageAnswer[DispatchAnswer](items=items, next_cursor=cursors.text(listed.place)))


def _mailing_id(call: Call[Nothing, Any]) -> str:
    return call.id_of("mailing_id", "mailing_not_found", "There is no mailing with this id.")


def sent(desk: Desk, call: Call[Nothing, DispatchesQuery]) -> Reply:
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    place = cursors.place(call.query.cursor)
    listed = desk.mailings.sent_to(call.landlord_id, lease_of(call), place, call.query.limit)
    items = tuple(DispatchAnswer.model_validate(one) for one in listed.items)
    return ok(PageAnswer[DispatchAnswer](items=items, next_cursor=cursors.text(listed.place)))


ON_LEASES = (
    Route(
        "GET", "/v1/leases/{lease_id}/dispatches", sent, {200: PageAnswer[DispatchAnswer]},
        "What was sent to a lease's holder, newest first", READERS, query=DispatchesQuery,
        refusals=("lease_not_found", "invalid_cursor"),
    ),
)  # fmt: skip
ROUTES = (
    Route(
        "POST", "/v1/mailings", order, {202: MailingOrderedAnswer},
        "Send payment links to the holders of leases, by mail or SMS", COLLECTORS, MailingBody,
        refusals=("landlord_not_found", "no_sender", "sender_not_confirmed"),
    ),
    Route(
        "GET", "/v1/mailings", page, {200: PageAnswer[MailingSummary]}, "Mailings, newest first", READERS,
        query=MailingsQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/mailings/{mailing_id}", one, {200: MailingAnswer}, "A mailing and how far it is", READERS,
        refusals=("mailing_not_found",),
    ),
    Route(
        "GET", "/v1/mailings/{mailing_id}/dispatches", dispatches, {200: PageAnswer[DispatchAnswer]},
        "What came of each lease of a mailing", READERS, query=MailingDispatchesQuery,
        refusals=("mailing_not_found", "invalid_cursor"),
    ),
)  # fmt: skip
