"""Credits of an account group: what is left of a payment on one lease pays the next dues of all its leases, in the
order in which the payment itself would have.

What pays another lease leaves its own and comes to the other one through 471, so that each lease's chain says the whole
of its own balance (decision 0004). Only money that came in travels: what a due gave back stays with its lease.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from quitus.domain.allocation import AllocationRule
from quitus.domain.charged import CreditUse
from quitus.domain.credits import MOST_USES, credit_use, use_entry, withdraw
from quitus.domain.household import Choice, Household, Part, allocations_of, spread
from quitus.domain.lease import Account, CreditLot, Debtor
from quitus.domain.ledger import Chart, Role

_CREDIT = Choice(rule=AllocationRule.CREDIT)


@dataclass(frozen=True, slots=True)
class SharedCredits:
    """Credits used, and the accounts that this changed, versions raised."""

    uses: tuple[CreditUse, ...]
    accounts: tuple[Account, ...]


def share_credits(household: Household, on: date, chart: Chart) -> SharedCredits | None:
    """Spend what payments left on each lease on the open dues of all, about MOST_USES at most; None when there is
    nothing to do.
    """
    accounts, uses = dict(household.accounts), list[CreditUse]()
    for lease_id, lot in [(lease_id, lot) for lease_id, held in accounts.items() for lot in held.credits]:
        if lot.payment_id is None or len(uses) >= MOST_USES:
            continue
        own, *others = spread(
            replace(household, main=lease_id, accounts=accounts), Debtor.TENANT, lot.cents, on, _CREDIT
        )
        if own.paid_cents:
            use, accounts[lease_id] = _use_at_home(own, lot, on, chart)
            uses.append(use)
        if others:
            use, changed = _use(accounts[lease_id], lot, others, on, chart)
            uses.append(use)
            accounts.update({account.lease_id: account for account in changed})
    known = household.accounts
    changed_ones = (
        replace(held, version=known[name].version + 1) for name, held in accounts.items() if held is not known[name]
    )
    return SharedCredits(tuple(uses), tuple(changed_ones)) if uses else None


def _use_at_home(own: Part, lot: CreditLot, on: date, chart: Chart) -> tuple[CreditUse, Account]:
    """D4195 C411 on the lease that held the credit."""
    left, _ = withdraw(own.account, lot.source, own.paid_cents)
    settled = replace(left, open_dues=own.settlement.open_dues)
    use = credit_use(settled, lot.source, own.settlement, Debtor.TENANT, on, chart)
    (entry,) = use.entries
    return use, replace(settled, sequence=entry.sequence, last_hash=entry.hash)


def _use(
    account: Account, lot: CreditLot, parts: Sequence[Part], on: date, chart: Chart
) -> tuple[CreditUse, list[Account]]:
    """D4195 C471 on the lease that held the credit, D471 C411 on each that uses it."""
    cents = sum(part.paid_cents for part in parts)
    lines = (chart.debit(Role.CREDITS, cents, account.lease_id), chart.credit(Role.SUSPENSE, cents))
    left, _ = withdraw(account, lot.source, cents)
    entries = [use_entry(left, lot.source, on, lines)]
    changed = [replace(left, sequence=entries[0].sequence, last_hash=entries[0].hash)]
    for part in parts:
        settled = chart.settled(Debtor.TENANT, part.lease_id, part.paid_cents, 0)
        entry = use_entry(part.account, lot.source, on, (chart.debit(Role.SUSPENSE, part.paid_cents), *settled))
        entries.append(entry)
        open_dues = part.settlement.open_dues
        changed.append(replace(part.account, open_dues=open_dues, sequence=entry.sequence, last_hash=entry.hash))
    return CreditUse(lot.source, allocations_of(parts), tuple(entries)), changed
