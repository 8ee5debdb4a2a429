"""What of a tenant's credit is aids' money: it is never the tenant's to have back (sector.md, case 13). The rent rebate
(RLS) is no money: nobody pays it, and what it leaves was paid by the tenant.
"""

from __future__ import annotations

from collections import Counter
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
            within[lot.source] = lot.cents if due.kind.is_awaited else min(lot.cents, _beyond(due, brought))
    return within


def _brought(history: History) -> Counter[str]:
    """By due, what aids paid of it, straight or through the credit of another due; undone, it goes back the same
    way.
    """
    brought, passed = Counter[str](), Counter[tuple[str, str]]()
    for offset in history.facing(Debtor.TENANT).offsets:
        source, target = history.dues[offset.source_due_id], offset.due_id
        way, cents = (source.due_id, target), offset.cents
        if source.kind.is_awaited:
            brought[target] += cents
            continue
        part = min(cents, _beyond(source, brought)) if cents > 0 else max(cents, -passed[way])
        passed[way] += part
        brought[source.due_id] -= part
        brought[target] += part
    return brought


def _beyond(due: Due, brought: Counter[str]) -> Cents:
    """What aids paid of a due beyond what it calls."""
    return max(brought[due.due_id] - max(due.amount_cents, 0), 0)
