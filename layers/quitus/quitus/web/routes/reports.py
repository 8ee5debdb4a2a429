"""`/v1/dashboard` and `/v1/proof`."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from quitus.web.access import READERS
from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.ranges import check_range
from quitus.web.replies import Reply, ok
from quitus.web.report_answers import DashboardAnswer, ProofAnswer
from quitus.web.report_bodies import DashboardQuery, ProofQuery
from quitus.web.requests import Call
from quitus.web.routing import Route


def dashboard(desk: Desk, call: Call[Nothing, DashboardQuery]) -> Reply:
    today = call.attempt.day
    first, last = _range(call.query, today)
    shown = desk.dashboard.between(call.landlord_id, first, last, call.query.by, today)
    return ok(DashboardAnswer.model_validate(shown))


def proof(desk: Desk, call: Call[Nothing, ProofQuery]) -> Reply:
    day = call.query.date or call.attempt.day - timedelta(days=1)
    return ok(ProofAnswer.model_validate(desk.proof.of(call.landlord_id, day)))


def _range(query: DashboardQuery, today: date) -> tuple[date, date]:
    """The days asked for; one that is not given is the begin or end of the other one's month."""
    known = query.from_day or query.to_day or today
    first = query.from_day or known.replace(day=1)
    last = query.to_day or known.replace(day=calendar.monthrange(known.year, known.month)[1])
    check_range(first, last)
    return first, last


ROUTES = (
    Route(
        "GET", "/v1/dashboard", dashboard, {200: DashboardAnswer}, "Receipts by residence, commune, means or day",
        READERS, query=DashboardQuery, refusals=("invalid_range",),
    ),
    Route(
        "GET", "/v1/proof", proof, {200: ProofAnswer}, "Books = bank, for one day", READERS, query=ProofQuery,
        refusals=("landlord_not_found",),
    ),
)  # fmt: skip
