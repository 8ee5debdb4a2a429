"""What of a tenant's credit is aids' money: it is never the tenant's to have back (sector.md, case 13)."""

from __future__ import annotations

from collections.abc import Mapping

from quitus.domain.charged import History
from quitus.domain.lease import DUE_SOURCE, Account, Debtor, Due
from quitus.domain.money import Cents


def aid_money(account: Account, history: History) -> Mapping[str, Cents]:
    """By source of a credit lot, the cents in it that aids brought.

    All that an aid left is. A due that aids paid in part and that was lowered since keeps their money as long as it
    calls as much; what they paid beyond is in the credit that it left, and goes on with what that credit pays.
    """
    brought = _brought(history)
    within: dict[str, Cents] = {}
    for lot in account.credits:
        due = history.dues.get(lot.source.removeprefix(DUE_SOURCE))
        if due is not None and lot.payment_id is None:
            within[lot.source] = lot.cents if due.kind.is_aid else min(lot.cents, _beyond(due, brought))
    return within


def _brought(history: History) -> dict[str, Cents]:
    """By due, what aids paid of it, straight or through the credit of another due."""
    brought: dict[str, Cents] = {}
    for offset in history.facing(Debtor.TENANT).offsets:
        source, cents = history.dues[offset.source_due_id], offset.cents
        if not source.kind.is_aid:
            limit = _beyond(source, brought) if cents > 0 else brought.get(offset.due_id, 0)
            cents = min(cents, limit) if cents > 0 else -min(-cents, limit)
            brought[source.due_id] = brought.get(source.due_id, 0) - cents
        brought[offset.due_id] = max(brought.get(offset.due_id, 0) + cents, 0)
    return brought


def _beyond(due: Due, brought: Mapping[str, Cents]) -> Cents:
    """What aids paid of a due beyond what it calls."""
    return max(brought.get(due.due_id, 0) - max(due.amount_cents, 0), 0)
