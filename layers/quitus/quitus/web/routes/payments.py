"""`/v1/payments`, `/v1/bank-lines`: money that came in, what else the bank moved, and what people decide about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from quitus.domain.ids import is_id
from quitus.domain.movement import Means
from quitus.domain.splitting import Share
from quitus.services.decide_clearing import Brought
from quitus.services.decide_payments import Assignment, Occasion
from quitus.services.decide_returns import CameBack, Original
from quitus.services.manual_receipts import ManualReceipt
from quitus.services.payment_answer import payment_answer
from quitus.services.read_payments import PaymentFilter
from quitus.web.access import ACCOUNTANTS, READERS
from quitus.web.answers import BankLineAnswer, PaymentAnswer
from quitus.web.bodies import (
    AssignBody,
    BankLinesQuery,
    ClearingBody,
    OriginalBody,
    PaymentsQuery,
    ReceiptBody,
    ReverseBody,
    SplitBody,
    UnassignBody,
)
from quitus.web.cursors import Cursors, is_day
from quitus.web.desk import Desk
from quitus.web.models import Nothing, PageAnswer
from quitus.web.ranges import check_order
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route
from quitus.web.suggestion_answers import SuggestionsAnswer


def page(desk: Desk, call: Call[Nothing, PaymentsQuery]) -> Reply:
    query = call.query
    check_order(query.from_day, query.to_day)
    cursors = Cursors(call.landlord_id, call.listing, (is_day, is_id))
    wanted = PaymentFilter(query.status, query.from_day, query.to_day, query.means, query.residence, query.commune)
    listed = desk.payments.page(call.landlord_id, wanted, cursors.place(query.cursor), query.limit)
    items = tuple(PaymentAnswer.model_validate(item) for item in listed.items)
    return ok(PageAnswer[PaymentAnswer](items=items, next_cursor=cursors.text(listed.place)))


def bank_lines(desk: Desk, call: Call[Nothing, BankLinesQuery]) -> Reply:
    query = call.query
    day = query.date or call.attempt.day - timedelta(days=1)
    cursors = Cursors(call.landlord_id, f"{call.listing}{day}", (is_id,))
    listed = desk.payments.bank_lines(call.landlord_id, day, cursors.place(query.cursor), query.limit)
    items = tuple(BankLineAnswer.model_validate(item) for item in listed.items)
    return ok(PageAnswer[BankLineAnswer](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return _answer(desk.payments.one(call.landlord_id, call.ids["payment_id"]))


def suggest(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    payment_id = call.ids["payment_id"]
    found = desk.suggestions.about(call.landlord_id, payment_id)
    return ok(SuggestionsAnswer.model_validate({"payment_id": payment_id, "suggestions": found}))


def record(desk: Desk, call: Call[ReceiptBody, Nothing]) -> Reply:
    body = call.body
    receipt = ManualReceipt(
        body.lease_id,
        body.amount_cents,
        Means(body.means),
        body.received_on,
        body.reference,
        body.due_ids or (),
        body.requested_by,
    )
    payment = desk.receipts.record(call.landlord_id, receipt, call.caller.subject, call.attempt)
    return _answer(payment_answer(payment), 201)


def assign(desk: Desk, call: Call[AssignBody, Nothing]) -> Reply:
    body = call.body
    order = Assignment(body.lease_id, body.reason, body.due_ids or (), body.requested_by)
    return _answer(payment_answer(desk.decisions.assign(_occasion(call, body.version), order)))


def split(desk: Desk, call: Call[SplitBody, Nothing]) -> Reply:
    body = call.body
    shares = tuple(Share(part.lease_id, part.amount_cents, part.due_ids or ()) for part in body.parts)
    occasion = _occasion(call, body.version)
    return _answer(payment_answer(desk.decisions.split(occasion, shares, body.reason, body.requested_by)))


def unassign(desk: Desk, call: Call[UnassignBody, Nothing]) -> Reply:
    payment = desk.decisions.unassign(_occasion(call, call.body.version), call.body.reason, call.body.lease_id)
    return _answer(payment_answer(payment))


def trace(desk: Desk, call: Call[OriginalBody, Nothing]) -> Reply:
    body = call.body
    if body.payment_id is None:
        return _answer(payment_answer(desk.returns.dismiss(_occasion(call, body.version), body.reason)))
    order = Original(body.payment_id, body.reason, body.fee_cents)
    return _answer(payment_answer(desk.returns.trace(_occasion(call, body.version), order)))


def clearing(desk: Desk, call: Call[ClearingBody, Nothing]) -> Reply:
    body, occasion = call.body, _occasion(call, call.body.version)
    if not body.clears:
        return _answer(payment_answer(desk.clearing.suspend(occasion, body.reason)))
    order = Brought(body.reason, Means(body.means) if body.means else None, body.kept_cents)
    return _answer(payment_answer(desk.clearing.clear(occasion, order)))


def reverse(desk: Desk, call: Call[ReverseBody, Nothing]) -> Reply:
    body = call.body
    order = CameBack(body.reason, body.reversed_on, body.amount_cents)
    return _answer(payment_answer(desk.returns.came_back(_occasion(call, body.version), order)))


def _occasion(call: Call[Any, Nothing], version: int | None = None) -> Occasion:
    return Occasion(call.landlord_id, call.ids["payment_id"], call.caller.subject, call.attempt, version)


def _answer(payment: Mapping[str, Any], status: int = 200) -> Reply:
    return ok(PaymentAnswer.model_validate(payment), status)


ROUTES = (
    Route(
        "GET", "/v1/bank-lines", bank_lines, {200: PageAnswer[BankLineAnswer]},
        "The bank's lines of a day of which nobody said what they are", ACCOUNTANTS, query=BankLinesQuery,
        refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/payments", page, {200: PageAnswer[PaymentAnswer]}, "Payments, newest day first", READERS,
        query=PaymentsQuery, refusals=("invalid_cursor", "invalid_range"),
    ),
    Route(
        "POST", "/v1/payments", record, {201: PaymentAnswer}, "Record a receipt; posted before the answer",
        ACCOUNTANTS, ReceiptBody,
        refusals=(
            "landlord_not_found", "lease_not_found", "received_in_future", "received_long_ago", "due_not_of_lease",
            "rows_busy",
        ),
    ),
    Route(
        "GET", "/v1/payments/{payment_id}", one, {200: PaymentAnswer}, "A payment as it stands", READERS,
        refusals=("payment_not_found",),
    ),
    Route(
        "GET", "/v1/payments/{payment_id}/suggestions", suggest, {200: SuggestionsAnswer},
        "What a person may want to do about a payment", READERS, refusals=("payment_not_found", "lease_not_found"),
    ),
    Route(
        "POST", "/v1/payments/{payment_id}/assign", assign, {200: PaymentAnswer},
        "Put a payment in suspense on a lease", ACCOUNTANTS, AssignBody,
        refusals=(
            "payment_not_found", "landlord_not_found", "lease_not_found", "due_not_of_lease",
            "payment_not_in_suspense", "payment_changed", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/payments/{payment_id}/split", split, {200: PaymentAnswer},
        "Put a payment in suspense on several leases", ACCOUNTANTS, SplitBody,
        refusals=(
            "payment_not_found", "landlord_not_found", "lease_not_found", "due_not_of_lease",
            "payment_not_in_suspense", "payment_changed", "split_amount_mismatch", "split_leaves_credit", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/payments/{payment_id}/unassign", unassign, {200: PaymentAnswer},
        "Take a payment off its lease", ACCOUNTANTS, UnassignBody,
        refusals=(
            "payment_not_found", "landlord_not_found", "payment_not_posted", "payment_on_other_lease",
            "payment_is_recovery", "payment_is_refund", "payment_changed", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/payments/{payment_id}/clearing", clearing, {200: PaymentAnswer},
        "Say that a line of the bank's brings what waits in collection, and its fee; or that it does not", ACCOUNTANTS,
        ClearingBody,
        refusals=(
            "payment_not_found", "landlord_not_found", "payment_not_on_bank", "payment_not_clearing",
            "payment_clears_already", "payment_changed", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/payments/{payment_id}/original", trace, {200: PaymentAnswer},
        "Say which payment a waiting or dismissed return takes back; or that it is none of ours, or was never booked",
        ACCOUNTANTS,
        OriginalBody,
        refusals=(
            "payment_not_found", "landlord_not_found", "return_not_waiting", "payment_is_return",
            "payment_not_reversible", "reversal_exceeds_payment", "list_not_reversible", "payment_changed", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/payments/{payment_id}/reverse", reverse, {200: PaymentAnswer},
        "Record that a cheque, card or cash receipt came back, or that the bank never booked what it told",
        ACCOUNTANTS, ReverseBody,
        refusals=(
            "payment_not_found", "landlord_not_found", "payment_is_return", "payment_not_reversible",
            "payment_not_in_collection", "reversal_exceeds_payment", "reversed_in_future", "invalid_date",
            "payment_changed", "rows_busy",
        ),
    ),
)  # fmt: skip
