"""`/v1/files` and `/v1/alerts`: what came in, what people decide about it, and what they should look at."""

from __future__ import annotations

from typing import Any

from quitus.domain.ids import is_id
from quitus.services.file_decisions import FileOccasion
from quitus.services.registry import DroppedFile
from quitus.web.access import ACCOUNTANTS, READERS
from quitus.web.cursors import Cursors
from quitus.web.desk import Desk
from quitus.web.file_models import (
    AlertAnswer,
    AlertsQuery,
    CloseAlertBody,
    FileAnswer,
    FilesQuery,
    RejectBody,
    ReleaseBody,
)
from quitus.web.models import Nothing, PageAnswer
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def page(desk: Desk, call: Call[Nothing, FilesQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    listed = desk.files.page(call.landlord_id, query.status, cursors.place(query.cursor), query.limit)
    items = tuple(_answer(file) for file in listed.items)
    return ok(PageAnswer[FileAnswer](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return ok(_answer(desk.files.one(call.landlord_id, _file_id(call))))


def release(desk: Desk, call: Call[ReleaseBody, Nothing]) -> Reply:
    return ok(_answer(desk.file_decisions.release(_occasion(call), call.body.reason, call.body.contradiction)))


def reject(desk: Desk, call: Call[RejectBody, Nothing]) -> Reply:
    return ok(_answer(desk.file_decisions.reject(_occasion(call), call.body.reason)))


def alerts(desk: Desk, call: Call[Nothing, AlertsQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    listed = desk.alerts.page(call.landlord_id, query.kind, cursors.place(query.cursor), query.limit)
    items = tuple(AlertAnswer.model_validate(shown) for shown in listed.items)
    return ok(PageAnswer[AlertAnswer](items=items, next_cursor=cursors.text(listed.place)))


def close_alert(desk: Desk, call: Call[CloseAlertBody, Nothing]) -> Reply:
    alert_id, by = call.ids["alert_id"], call.caller.subject
    closed = desk.alerts.close(call.landlord_id, alert_id, by, call.body.reason, call.attempt)
    return ok(AlertAnswer.model_validate(closed))


def _occasion(call: Call[Any, Nothing]) -> FileOccasion:
    return FileOccasion(call.landlord_id, _file_id(call), call.caller.subject, call.attempt)


def _file_id(call: Call[Any, Nothing]) -> str:
    return call.id_of("file_id", "file_not_found", "There is no file with this id.")


def _answer(file: DroppedFile) -> FileAnswer:
    return FileAnswer.model_validate({name: getattr(file, name) for name in FileAnswer.model_fields})


ROUTES = (
    Route(
        "GET", "/v1/files", page, {200: PageAnswer[FileAnswer]}, "Dropped files, newest first", READERS,
        query=FilesQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/files/{file_id}", one, {200: FileAnswer}, "A dropped file", READERS, refusals=("file_not_found",),
    ),
    Route(
        "POST", "/v1/files/{file_id}/release", release, {200: FileAnswer},
        "Take a quarantined file all the same, on a person's word", ACCOUNTANTS, ReleaseBody,
        refusals=(
            "file_not_found", "file_not_quarantined", "file_not_releasable", "file_decided_meanwhile", "rows_busy",
        ),
    ),
    Route(
        "POST", "/v1/files/{file_id}/reject", reject, {200: FileAnswer},
        "Refuse a quarantined file for good; its bytes stay kept", ACCOUNTANTS, RejectBody,
        refusals=("file_not_found", "file_not_quarantined", "file_decided_meanwhile", "rows_busy"),
    ),
    Route(
        "GET", "/v1/alerts", alerts, {200: PageAnswer[AlertAnswer]}, "Alerts, newest first", READERS,
        query=AlertsQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "POST", "/v1/alerts/{alert_id}/close", close_alert, {200: AlertAnswer},
        "Close an alert that a person has seen to", ACCOUNTANTS, CloseAlertBody,
        refusals=("alert_not_found", "alert_closes_itself"),
    ),
)  # fmt: skip
