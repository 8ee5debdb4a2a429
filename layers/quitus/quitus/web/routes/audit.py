"""`/v1/audit`: what people did."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quitus.domain.ids import is_id
from quitus.web.access import READERS
from quitus.web.cursors import Cursors
from quitus.web.desk import Desk
from quitus.web.models import Answer, Nothing, PageAnswer, PageQuery
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


class AuditQuery(PageQuery):
    """Which acts; `by` is the subject of somebody's tokens."""

    by: Annotated[str, Field(max_length=128)] | None = None


class ActAnswer(Answer):
    """Who asked for what, about which objects, and why; the objects themselves say what holds."""

    audit_id: str
    at: str
    by: str
    action: str
    about: dict[str, str]
    reason: str | None


def page(desk: Desk, call: Call[Nothing, AuditQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    listed = desk.audit.page(call.landlord_id, query.by, cursors.place(query.cursor), query.limit)
    items = tuple(ActAnswer.model_validate(act) for act in listed.items)
    return ok(PageAnswer[ActAnswer](items=items, next_cursor=cursors.text(listed.place)))


ROUTES = (
    Route(
        "GET", "/v1/audit", page, {200: PageAnswer[ActAnswer]}, "What people did, newest first", READERS,
        query=AuditQuery, refusals=("invalid_cursor",),
    ),
)  # fmt: skip
