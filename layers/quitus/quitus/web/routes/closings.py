"""`/v1/closings`: the days that nothing is journalled on any more."""

from __future__ import annotations

from quitus.web.access import ACCOUNTANTS, READERS
from quitus.web.cursors import Cursors, is_day
from quitus.web.desk import Desk
from quitus.web.models import Nothing, PageAnswer, PageQuery
from quitus.web.replies import Reply, ok
from quitus.web.report_answers import ClosingAnswer
from quitus.web.report_bodies import ClosingBody
from quitus.web.requests import Call
from quitus.web.routing import Route


def close(desk: Desk, call: Call[ClosingBody, Nothing]) -> Reply:
    is_new = desk.closings.close(call.landlord_id, call.body.through, call.caller.subject, call.attempt.at)
    (last,) = desk.closings.page(call.landlord_id, None, 1).items
    return ok(ClosingAnswer.model_validate(last), 201 if is_new else 200)


def page(desk: Desk, call: Call[Nothing, PageQuery]) -> Reply:
    cursors = Cursors(call.landlord_id, call.listing, (is_day,))
    listed = desk.closings.page(call.landlord_id, cursors.place(call.query.cursor), call.query.limit)
    items = tuple(ClosingAnswer.model_validate(closing) for closing in listed.items)
    return ok(PageAnswer[ClosingAnswer](items=items, next_cursor=cursors.text(listed.place)))


ROUTES = (
    Route(
        "POST", "/v1/closings", close, {200: ClosingAnswer, 201: ClosingAnswer},
        "Close all days up to one; for good", ACCOUNTANTS, ClosingBody,
        refusals=("day_not_closed", "landlord_not_found", "rows_busy"),
    ),
    Route(
        "GET", "/v1/closings", page, {200: PageAnswer[ClosingAnswer]}, "When days were closed, newest first", READERS,
        query=PageQuery, refusals=("invalid_cursor",),
    ),
)  # fmt: skip
