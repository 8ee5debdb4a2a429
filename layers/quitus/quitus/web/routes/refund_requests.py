"""`/v1/leases/{lease_id}/refunds`: a tenant's credit is to be paid back."""

from __future__ import annotations

from quitus.services.refunds import Wish
from quitus.web.access import COLLECTORS
from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.refund_answers import whole
from quitus.web.refund_models import RefundAnswer, RefundBody
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import lease_of
from quitus.web.routing import Route


def request(desk: Desk, call: Call[RefundBody, Nothing]) -> Reply:
    body = call.body
    wish = Wish(lease_of(call), body.amount_cents, body.iban, body.account_holder, body.reason)
    refund = desk.refunds.request(call.landlord_id, wish, call.caller.subject, call.attempt)
    is_known = desk.refunds.is_known(call.landlord_id, refund)
    return ok(whole(refund, iban_known=is_known, shows_iban=True), 201)


ROUTES = (
    Route(
        "POST", "/v1/leases/{lease_id}/refunds", request, {201: RefundAnswer},
        "Ask that a tenant's credit be paid back; it is held from then on", COLLECTORS, RefundBody,
        refusals=(
            "landlord_not_found", "lease_not_found", "iban_of_landlord", "refund_exceeds_credit", "rows_busy",
        ),
    ),
)  # fmt: skip
