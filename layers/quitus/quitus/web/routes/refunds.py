"""`/v1/refunds`: what was asked to be paid back to tenants, and what a second person decides."""

from __future__ import annotations

from typing import Any

from quitus.domain.ids import is_id
from quitus.domain.refund import Refund
from quitus.services.refunds import RefundOccasion
from quitus.web.access import ACCOUNTANTS, COLLECTORS, READERS
from quitus.web.cursors import Cursors
from quitus.web.desk import Desk
from quitus.web.models import Nothing, PageAnswer
from quitus.web.refund_answers import summary, whole
from quitus.web.refund_models import RefundAnswer, RefundCancelBody, RefundDecisionBody, RefundsQuery, RefundSummary
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def page(desk: Desk, call: Call[Nothing, RefundsQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    place = cursors.place(query.cursor)
    listed = desk.refunds.page(call.landlord_id, query.status, query.lease, place, query.limit)
    items = tuple(map(summary, listed.items))
    return ok(PageAnswer[RefundSummary](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return _answer(desk, call, desk.refunds.one(call.landlord_id, _refund_id(call)))


def decide(desk: Desk, call: Call[RefundDecisionBody, Nothing]) -> Reply:
    body, occasion = call.body, _occasion(call)
    match body.decision:
        case "approve":
            return _answer(desk, call, desk.refunds.approve(occasion, body.iban_remark))
        case "reject":
            return _answer(desk, call, desk.refunds.reject(occasion))
        case "paid":
            return _answer(desk, call, desk.refunds.paid(occasion, body.payment_id or "", body.refund_ids or ()))


def cancel(desk: Desk, call: Call[RefundCancelBody, Nothing]) -> Reply:
    return _answer(desk, call, desk.refunds.cancel(_occasion(call), approved_too=call.caller.role in ACCOUNTANTS))


def _occasion(call: Call[Any, Nothing]) -> RefundOccasion:
    body = call.body
    return RefundOccasion(
        call.landlord_id, _refund_id(call), body.version, call.caller.subject, body.reason, call.attempt
    )


def _refund_id(call: Call[Any, Nothing]) -> str:
    return call.id_of("refund_id", "refund_not_found", "There is no refund with this id.")


def _answer(desk: Desk, call: Call[Any, Nothing], refund: Refund) -> Reply:
    is_known, shows_iban = desk.refunds.is_known(call.landlord_id, refund), call.caller.role in COLLECTORS
    return ok(whole(refund, iban_known=is_known, shows_iban=shows_iban))


ROUTES = (
    Route(
        "GET", "/v1/refunds", page, {200: PageAnswer[RefundSummary]}, "Refunds, newest first", READERS,
        query=RefundsQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/refunds/{refund_id}", one, {200: RefundAnswer},
        "A refund with its account, of which viewers see the last four characters only", READERS,
        refusals=("refund_not_found",),
    ),
    Route(
        "POST", "/v1/refunds/{refund_id}/decision", decide, {200: RefundAnswer},
        "Approve or reject a refund that another person asked for, or say what paid it", ACCOUNTANTS,
        RefundDecisionBody,
        refusals=(
            "refund_not_found", "landlord_not_found", "lease_not_found", "payment_not_found", "refund_changed",
            "refund_decided", "refund_needs_second_person", "iban_not_verified", "refund_exceeds_credit",
            "refund_not_this_line", "refund_twice", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/refunds/{refund_id}/cancel", cancel, {200: RefundAnswer},
        "Call a refund off that is not paid; once approved, accountants do", COLLECTORS, RefundCancelBody,
        refusals=(
            "refund_not_found", "landlord_not_found", "lease_not_found", "payment_not_found", "refund_changed",
            "refund_decided", "rows_busy",
        ),
    ),
)  # fmt: skip
