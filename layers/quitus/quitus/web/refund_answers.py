"""A refund as people see it."""

from __future__ import annotations

from typing import Any

from quitus.domain.refund import Refund
from quitus.web.refund_models import RefundAnswer, RefundSummary


def summary(refund: Refund) -> RefundSummary:
    """The refund in a list."""
    return RefundSummary.model_validate(_summary(refund))


def whole(refund: Refund, *, iban_known: bool, shows_iban: bool) -> RefundAnswer:
    """The refund alone; its account is shown whole to those who ask for refunds and decide on them."""
    steps = [{"status": one.status, "by": one.by, "at": one.at, "reason": one.reason} for one in refund.steps]
    beside = {
        "iban": refund.iban if shows_iban else None,
        "account_holder": refund.account_holder,
        "iban_known": iban_known,
        "iban_check": refund.iban_check,
        "iban_remark": refund.iban_remark,
        "due_id": refund.due_id if refund.entry_payment else None,
        "steps": steps,
    }
    return RefundAnswer.model_validate(_summary(refund) | beside)


def _summary(refund: Refund) -> dict[str, Any]:
    return {
        "refund_id": refund.refund_id,
        "lease_id": refund.lease_id,
        "amount_cents": refund.amount_cents,
        "iban_ending": refund.iban[-4:],
        "status": refund.status,
        "version": refund.version,
        "requested_by": refund.requested_by,
        "requested_at": refund.steps[0].at,
        "payment_id": refund.payment_id,
    }
