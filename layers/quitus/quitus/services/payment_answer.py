"""A payment as readers of the API see it: made from the fold, kept whole by the views, answered as it is."""

from __future__ import annotations

from typing import Any

from quitus.domain.allocation import Allocation
from quitus.domain.incoming import Source
from quitus.domain.matching import Match
from quitus.domain.payment import Payment, Reversal
from quitus.domain.return_reasons import words_of
from quitus.domain.returned import Return


def payment_answer(payment: Payment) -> dict[str, Any]:
    """The payment's public fields as plain values (contract.md, `GET /v1/payments/{id}`): nothing is left out.

    `amount_cents` is positive, also for a return that waits for its original (status `pending`).
    """
    movement = payment.posted.incoming.said
    return {
        "payment_id": payment.payment_id,
        "status": payment.status.value,
        "amount_cents": abs(payment.amount_cents),
        "booking_date": movement.booking_date.isoformat(),
        "value_date": movement.value_date.isoformat() if movement.value_date else None,
        "means": movement.means.value,
        "debtor_name": movement.debtor_name,
        "remittance": movement.remittance,
        "lease_id": payment.lease_id,
        "match": _match(payment.match),
        "allocations": [_allocation(allocation) for allocation in payment.allocations],
        "credit_cents": payment.credit_cents,
        "sources": [_source(source) for source in payment.sources],
        "reversals": [_reversal(reversal) for reversal in payment.reversals],
        "reverses": payment.reverses,
        "returned": _returned(Return(payment.reports)) if payment.is_return else None,
        "awaiting": payment.awaiting.value if payment.awaiting else None,
        "clearing": _clearing(payment) if payment.is_clearing else None,
        "replaced_by": list(payment.replaced_by),
        "posted_at": payment.posted.posted_at,
        "version": payment.decisions,
    }


def _match(match: Match | None) -> dict[str, Any]:
    if match is None:
        return {"rule": None, "evidence": {}, "reason": None}
    return {
        "rule": match.rule.value if match.rule else None,
        "evidence": dict(match.evidence),
        "reason": match.reason.value if match.reason else None,
    }


def _allocation(allocation: Allocation) -> dict[str, Any]:
    return {
        "lease_id": allocation.lease_id,
        "due_id": allocation.due_id,
        "amount_cents": allocation.amount_cents,
        "rule": allocation.rule.value,
    }


def _returned(returned: Return) -> dict[str, Any]:
    """What a return says of the payment that it takes back."""
    said = returned.said
    originals = (movement.original_reference for movement in said)
    return {
        "reason": returned.reason,
        "reason_words": words_of(returned.reason),
        "original_reference": next((reference for reference in originals if reference), None),
        "end_to_end_id": next((movement.end_to_end_id for movement in said if movement.end_to_end_id), None),
        "mandate_id": next((movement.mandate_id for movement in said if movement.mandate_id), None),
        "note": next((movement.note for movement in said if movement.note), None),
    }


def _clearing(payment: Payment) -> dict[str, Any]:
    """What a line of the bank's brings of what waits in collection."""
    means = payment.brings or payment.posted.incoming.movement.means
    return {"means": means.value, "kept_cents": payment.kept_cents}


def _reversal(reversal: Reversal) -> dict[str, Any]:
    return {
        "reversal_id": reversal.reversal_id,
        "amount_cents": reversal.amount_cents,
        "reason": reversal.reason,
        "reason_words": words_of(reversal.reason),
        "booking_date": reversal.booking_date.isoformat(),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "channel": source.channel,
        "message": source.message,
        "file_id": source.file_id,
        "event_id": source.event_id,
    }
