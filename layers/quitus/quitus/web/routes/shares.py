"""`/v1/leases/{lease_id}/shares`: what each co-tenant bears and paid."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quitus.domain.money import format_euros
from quitus.domain.party import Party
from quitus.services.read_shares import Month, PartyMonth, SharesView
from quitus.web.access import READERS
from quitus.web.bodies import OnQuery
from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routes.leases import lease_of
from quitus.web.routing import Route
from quitus.web.share_answers import SharesAnswer

_HUNDREDTHS = 10_000


def on_day(desk: Desk, call: Call[Nothing, OnQuery]) -> Reply:
    view = desk.shares.on(call.landlord_id, lease_of(call), call.query.on)
    return ok(
        SharesAnswer.model_validate(
            {
                "lease_id": view.lease_id,
                "on": view.on,
                "unshared_percent": _percent(view.unshared),
                "parties": [_party(party, view) for party in view.parties],
                "months": [_month(month) for month in view.months],
            }
        )
    )


def _party(party: Party, view: SharesView) -> dict[str, Any]:
    share = next((held for held in view.shares if held.party.party_id == party.party_id), None)
    held = party.share_on(view.on)
    return _party_month(view.total(party.party_id)) | {
        "role": party.role,
        "name": party.name,
        "share_percent": _percent(share.part) if share else None,
        "is_given": share is not None and share.is_given,
        "from_date": held.from_date,
        "to_date": held.to_date,
        "earlier_shares": party.earlier_shares,
    }


def _month(month: Month) -> dict[str, Any]:
    return {
        "period": month.period,
        "called_cents": month.called_cents,
        "paid_cents": month.paid_cents,
        "open_cents": month.open_cents,
        "is_settled": month.open_cents == 0,
        "unshared_cents": month.unshared_cents,
        "unattributed_cents": month.unattributed_cents,
        "parties": [_party_month(one) for one in month.parties],
        "payments": [
            {
                "payment_id": item.part.payment_id,
                "amount_cents": item.part.cents,
                "debtor_name": item.part.payer,
                "party_id": item.party_id,
                "basis": item.basis,
            }
            for item in month.payments
        ],
    }


def _party_month(one: PartyMonth) -> dict[str, Any]:
    return {
        "party_id": one.party_id,
        "share_cents": one.share_cents,
        "paid_cents": one.paid_cents,
        "difference_cents": one.difference_cents,
    }


def _percent(part: Fraction) -> str:
    """A part as a percentage with two decimals, written like an amount."""
    return format_euros(round(part * _HUNDREDTHS))


ROUTES = (
    Route(
        "GET", "/v1/leases/{lease_id}/shares", on_day, {200: SharesAnswer},
        "What each co-tenant bears and paid, up to a day", READERS, query=OnQuery,
        refusals=("lease_not_found", "lease_busy"),
    ),
)  # fmt: skip
