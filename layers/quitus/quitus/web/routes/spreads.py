"""`/v1/leases/{lease_id}/dues/{due_id}/spread`: a late adjustment in dated lines."""

from __future__ import annotations

from quitus.services.spread_dues import SpreadOrder
from quitus.web.access import COLLECTORS
from quitus.web.answers import SpreadDueAnswer
from quitus.web.bodies import SpreadBody
from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import due_fields, lease_of
from quitus.web.routing import Route


def spread(desk: Desk, call: Call[SpreadBody, Nothing]) -> Reply:
    due_id = call.id_of("due_id", "due_not_found", "The lease has no due with this id.")
    order = SpreadOrder(lease_of(call), due_id, call.body.lines, call.body.first_due_date)
    made = desk.spreads.spread(call.landlord_id, order, call.caller.subject, call.attempt)
    lines = [due_fields(line) for line in made.lines]
    answer = {"due_id": due_id, "amount_cents": made.due.called.amount_cents, "lines": lines}
    return ok(SpreadDueAnswer.model_validate(answer))


ROUTES = (
    Route(
        "POST", "/v1/leases/{lease_id}/dues/{due_id}/spread", spread, {200: SpreadDueAnswer},
        "Spread a late adjustment over dated lines, on the tenant's request", COLLECTORS, SpreadBody,
        refusals=(
            "landlord_not_found", "lease_not_found", "due_not_found", "first_line_past", "due_not_spreadable",
            "due_in_plan", "due_id_taken", "rows_busy", "lease_busy",
        ),
    ),
)  # fmt: skip
