"""One payment over several leases, by a person's decision: a carer or a social service pays for several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from quitus.domain.assigning import check_assignable, choice_of, decided_booking
from quitus.domain.charged import Charging
from quitus.domain.errors import Conflict, Invalid
from quitus.domain.household import Household, Part, allocations_of, rest_of, spread
from quitus.domain.lease import Account
from quitus.domain.ledger import Chart
from quitus.domain.matching import SPLIT, Match
from quitus.domain.money import Cents
from quitus.domain.payment import Decision, DecisionKind, Payment
from quitus.domain.posting import with_recent

MOST_PARTS = 20
"""Leases of one split: all their accounts fit the decision's transaction."""


@dataclass(frozen=True, slots=True)
class Share:
    """Cents of a payment for one lease, and the dues that they are for."""

    lease_id: str
    amount_cents: Cents
    due_ids: tuple[str, ...] = ()


def split(
    payment: Payment,
    shares: Sequence[Share],
    accounts: Mapping[str, Account],
    match: Match,
    chart: Chart,
    on: date,
    by: str,
    at: str,
) -> tuple[Decision, tuple[Charging, ...]]:
    """Put a payment in suspense on several leases, each with its cents: D471 C411, an entry for each lease.

    Each share settles dues of its own lease only. A credit stays with one lease: the first, which the payment is on.

    Raises:
        Conflict: the payment is not in suspense; a share but the first is more than its lease owes.
        Invalid: the shares are not the payment's amount.
    """
    check_assignable(payment)
    if sum(share.amount_cents for share in shares) != payment.left_cents:
        message = "The parts must add up to the payment."
        raise Invalid("split_amount_mismatch", message, left_cents=payment.left_cents)
    parts = [_part(payment, share, accounts[share.lease_id], match) for share in shares]
    for part in parts[1:]:
        if part.settlement.rest_cents:
            message = "Only the first lease of a split may be left with a credit."
            raise Conflict("split_leaves_credit", message, lease_id=part.lease_id, cents=part.settlement.rest_cents)
    number, main = payment.decisions + 1, shares[0].lease_id
    entries, after = decided_booking(payment, number, payment.debtor_by(match), chart, on).book(parts)
    told = " ".join(f"{share.lease_id}:{share.amount_cents}" for share in shares)
    placed = replace(match, lease_id=main, evidence={**match.evidence, SPLIT: told})
    decision = Decision(number, DecisionKind.ASSIGN, placed, allocations_of(parts), rest_of(parts), entries, by, at)
    after[main] = replace(after[main], recent=with_recent(after[main], payment.posted.incoming))
    changed = (replace(account, version=account.version + 1) for account in after.values())
    return decision, tuple(Charging(account, None) for account in changed)


def _part(payment: Payment, share: Share, account: Account, match: Match) -> Part:
    came = payment.posted.incoming.movement.booking_date
    debtor, choice = payment.debtor_by(match), choice_of(payment, share.due_ids, match)
    (part,) = spread(Household.alone(account), debtor, share.amount_cents, came, choice)
    return part
