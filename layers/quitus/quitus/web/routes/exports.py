"""`/v1/exports`: ask for a file, then fetch it by a link that lives a few minutes."""

from __future__ import annotations

from quitus.web.access import ACCOUNTANTS, READERS
from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.ranges import check_range
from quitus.web.replies import Reply, ok
from quitus.web.report_answers import ExportAnswer, ExportOrderedAnswer
from quitus.web.report_bodies import ExportBody
from quitus.web.requests import Call
from quitus.web.routing import Route


def order(desk: Desk, call: Call[ExportBody, Nothing]) -> Reply:
    body = call.body
    check_range(body.from_day, body.to_day)
    export = desk.exports.order(
        call.landlord_id, body.kind, body.from_day, body.to_day, call.caller.subject, call.attempt
    )
    return ok(ExportOrderedAnswer(export_id=export.export_id, status=export.status), 202)


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    export_id = call.id_of("export_id", "export_not_found", "There is no export with this id.")
    export, url = desk.exports.one(call.landlord_id, export_id)
    return ok(ExportAnswer(export_id=export.export_id, kind=export.kind, status=export.status, url=url))


ROUTES = (
    Route(
        "POST", "/v1/exports", order, {202: ExportOrderedAnswer}, "Ask for an export", ACCOUNTANTS, ExportBody,
        refusals=("invalid_range", "day_not_closed", "day_not_proved", "landlord_not_found", "rows_busy"),
    ),
    Route(
        "GET", "/v1/exports/{export_id}", one, {200: ExportAnswer}, "An export and the link to it", READERS,
        refusals=("export_not_found",),
    ),
)  # fmt: skip
