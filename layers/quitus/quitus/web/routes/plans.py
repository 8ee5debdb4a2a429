"""`/v1/leases/{lease_id}/plan`: the instalment plan of a lease."""

from __future__ import annotations

from typing import Any

from quitus.domain.plan import Instalment
from quitus.services.plans import PlanStanding, PlanWish
from quitus.web.access import COLLECTORS, READERS
from quitus.web.bodies import OnQuery, PlanBody, VersionQuery
from quitus.web.desk import Desk
from quitus.web.models import Gone, Nothing
from quitus.web.plan_answers import PlanAnswer
from quitus.web.replies import Reply, gone, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import lease_of
from quitus.web.routing import Route


def one(desk: Desk, call: Call[Nothing, OnQuery]) -> Reply:
    return ok(_answer(desk.plans.one(call.landlord_id, lease_of(call), call.query.on)))


def agree(desk: Desk, call: Call[PlanBody, Nothing]) -> Reply:
    body = call.body
    instalments = tuple(Instalment(item.due_date, item.amount_cents) for item in body.instalments)
    wish = PlanWish(instalments, body.due_ids, body.version)
    standing, created = desk.plans.put(call.landlord_id, lease_of(call), wish, call.caller.subject)
    return ok(_answer(standing), 201 if created else 200)


def end(desk: Desk, call: Call[Nothing, VersionQuery]) -> Reply:
    desk.plans.end(call.landlord_id, lease_of(call), call.query.version, call.caller.subject)
    return gone()


def _answer(standing: PlanStanding) -> PlanAnswer:
    return PlanAnswer.model_validate(
        {
            "lease_id": standing.lease_id,
            "version": standing.version,
            "status": standing.status,
            "total_cents": standing.plan.total_cents,
            "settled_cents": standing.settled_cents,
            "missed_cents": sum(item.missed_cents for item in standing.instalments),
            "dues": [{"due_id": due_id, "covered_cents": cents} for due_id, cents in standing.plan.covered],
            "instalments": [
                {
                    "due_date": item.instalment.due_date,
                    "amount_cents": item.instalment.amount_cents,
                    "paid_cents": item.paid_cents,
                    "missed_cents": item.missed_cents,
                }
                for item in standing.instalments
            ],
            "decisions": [_decision(decision) for decision in standing.decisions],
        }
    )


def _decision(decision: Any) -> dict[str, Any]:
    return {
        "version": decision.number,
        "kind": decision.kind,
        "total_cents": decision.plan.total_cents,
        "settled_cents": decision.settled_cents,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }


ROUTES = (
    Route(
        "GET", "/v1/leases/{lease_id}/plan", one, {200: PlanAnswer}, "The instalment plan of a lease on a day", READERS,
        query=OnQuery, refusals=("lease_not_found", "plan_not_found"),
    ),
    Route(
        "PUT", "/v1/leases/{lease_id}/plan", agree, {201: PlanAnswer, 200: PlanAnswer},
        "Agree on an instalment plan", COLLECTORS, PlanBody,
        refusals=(
            "lease_not_found", "plan_changed", "due_not_of_lease", "due_not_open", "plan_covers_too_many",
            "plan_amount_mismatch", "rows_busy",
        ),
    ),
    Route(
        "DELETE", "/v1/leases/{lease_id}/plan", end, {204: Gone}, "End the instalment plan that runs", COLLECTORS,
        query=VersionQuery,
        refusals=("lease_not_found", "plan_not_found", "plan_changed", "plan_not_running", "rows_busy"),
    ),
)  # fmt: skip
