"""`/v1/leases/{lease_id}/contact`: whether the holder of a lease wants mail and SMS."""

from __future__ import annotations

from quitus.services.contacts import ContactWish
from quitus.web.access import COLLECTORS, READERS
from quitus.web.desk import Desk
from quitus.web.mailing_models import ContactAnswer, ContactBody
from quitus.web.models import Nothing
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import lease_of
from quitus.web.routing import Route


def show(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return ok(ContactAnswer.model_validate(desk.contacts.one(call.landlord_id, lease_of(call))))


def note(desk: Desk, call: Call[ContactBody, Nothing]) -> Reply:
    body = call.body
    wish = ContactWish(body.email, body.sms, body.reason, body.version)
    noted = desk.contacts.note(call.landlord_id, lease_of(call), wish, call.caller.subject, call.attempt)
    return ok(ContactAnswer.model_validate(noted))


ROUTES = (
    Route(
        "GET", "/v1/leases/{lease_id}/contact", show, {200: ContactAnswer},
        "Whether a lease's holder wants mail and SMS", READERS, refusals=("lease_not_found",),
    ),
    Route(
        "PUT", "/v1/leases/{lease_id}/contact", note, {200: ContactAnswer},
        "Note whether a lease's holder wants mail and SMS", COLLECTORS, ContactBody,
        refusals=("lease_not_found", "contact_changed"),
    ),
)  # fmt: skip
