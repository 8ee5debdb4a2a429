"""`/v1/lists` and `/v1/payers`: lists of beneficiaries, what people decide on them, whose payers' numbers are."""

from __future__ import annotations

from typing import Any

from quitus.domain.ids import is_id
from quitus.domain.payment_list import PaymentList
from quitus.services.decide_lists import ListOccasion, ShownLine
from quitus.services.leases import Beneficiary
from quitus.services.payment_lists import ListProgress
from quitus.web.access import ACCOUNTANTS, ERPS, READERS
from quitus.web.cursors import Cursors, is_number
from quitus.web.desk import Desk
from quitus.web.list_models import (
    BeneficiaryAnswer,
    BeneficiaryBody,
    GiveBody,
    ListAnswer,
    ListCountsAnswer,
    ListLineAnswer,
    ListsQuery,
    WithdrawBody,
)
from quitus.web.models import Nothing, PageAnswer, PageQuery
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def page(desk: Desk, call: Call[Nothing, ListsQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    listed = desk.lists.page(call.landlord_id, query.status, cursors.place(query.cursor), query.limit)
    items = tuple(_answer(*one) for one in listed.items)
    return ok(PageAnswer[ListAnswer](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Any, Nothing]) -> Reply:
    return ok(_answer(*desk.lists.one(call.landlord_id, _list_id(call))))


def lines(desk: Desk, call: Call[Nothing, PageQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_number,))
    listed = desk.lists.lines(call.landlord_id, _list_id(call), cursors.place(query.cursor), query.limit)
    items = tuple(map(_line, listed.items))
    return ok(PageAnswer[ListLineAnswer](items=items, next_cursor=cursors.text(listed.place)))


def give(desk: Desk, call: Call[GiveBody, Nothing]) -> Reply:
    desk.lists.give(_occasion(call), call.body.payment_id)
    return one(desk, call)


def withdraw(desk: Desk, call: Call[WithdrawBody, Nothing]) -> Reply:
    desk.lists.withdraw(_occasion(call))
    return one(desk, call)


def name_beneficiary(desk: Desk, call: Call[BeneficiaryBody, Nothing]) -> Reply:
    payer_id, number, lease_id = call.ids["payer_id"], call.ids["number"], call.body.lease_id
    one, by, is_person = Beneficiary(payer_id, number, lease_id), call.caller.subject, call.caller.is_person
    is_new = desk.beneficiaries.put(call.landlord_id, one, by, call.attempt, is_person=is_person)
    answered = BeneficiaryAnswer(payer_id=payer_id, number=number.upper(), lease_id=lease_id)
    return ok(answered, 201 if is_new else 200)


def _occasion(call: Call[Any, Nothing]) -> ListOccasion:
    return ListOccasion(call.landlord_id, _list_id(call), call.caller.subject, call.body.reason, call.attempt)


def _list_id(call: Call[Any, Any]) -> str:
    return call.id_of("list_id", "list_not_found", "There is no list with this id.")


def _answer(held: PaymentList, progress: ListProgress) -> ListAnswer:
    told = {name: getattr(progress, name) for name in ListCountsAnswer.model_fields if name != "lines"}
    counts = ListCountsAnswer(lines=held.lines, **told)
    shown = {name: getattr(held, name) for name in ListAnswer.model_fields if name not in ("file_id", "counts")}
    return ListAnswer(file_id=held.list_id, counts=counts, **shown)


def _line(shown: ShownLine) -> ListLineAnswer:
    line, standing = shown.line, shown.standing
    return ListLineAnswer.model_validate(
        {
            "number": line.number,
            "line": line.place,
            "amount_cents": line.cents,
            "beneficiary": line.beneficiary,
            "name": line.name,
            "period": line.period,
            "lease_id": standing.lease_id if standing else line.lease_id,
            "payment_id": shown.payment_id,
            "status": standing.status if standing else "waiting",
            "reason": standing.reason if standing else None,
        }
    )


ROUTES = (
    Route(
        "GET", "/v1/lists", page, {200: PageAnswer[ListAnswer]}, "Lists of beneficiaries, newest first", READERS,
        query=ListsQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/lists/{list_id}", one, {200: ListAnswer}, "A list of beneficiaries", READERS,
        refusals=("list_not_found",),
    ),
    Route(
        "GET", "/v1/lists/{list_id}/lines", lines, {200: PageAnswer[ListLineAnswer]},
        "The lines of a list, in its order, each with what became of it", READERS, query=PageQuery,
        refusals=("list_not_found", "payment_not_found", "invalid_cursor"),
    ),
    Route(
        "POST", "/v1/lists/{list_id}/transfer", give, {200: ListAnswer},
        "Say which transfer in suspense a list that waits is of", ACCOUNTANTS, GiveBody,
        refusals=(
            "list_not_found", "payment_not_found", "list_not_waiting", "payment_not_in_suspense",
            "list_total_mismatch", "list_lines_differ", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/lists/{list_id}/withdraw", withdraw, {200: ListAnswer},
        "Say that a list that waits is never to be posted", ACCOUNTANTS, WithdrawBody,
        refusals=("list_not_found", "list_not_waiting", "rows_busy"),
    ),
    Route(
        "PUT", "/v1/payers/{payer_id}/beneficiaries/{number}", name_beneficiary,
        {201: BeneficiaryAnswer, 200: BeneficiaryAnswer},
        "Say which lease a payer's beneficiary has", ERPS | ACCOUNTANTS, BeneficiaryBody,
        refusals=("landlord_not_found", "payer_not_found", "lease_not_found", "decided_by_person", "rows_busy"),
    ),
)  # fmt: skip
