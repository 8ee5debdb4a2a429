"""A due that was paid is lowered or cancelled: what it no longer takes is a credit of the payments that paid it. Pure.

The payment's allocations follow by an entry (D411 C4195), never by an edit: a credit use whose cents are below zero.
What no known payment had paid (an aid, another due's credit) stays a credit of the due itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.charged import CreditUse, Paid
from quitus.domain.credits import MOST_USES, deposit
from quitus.domain.household import next_entry
from quitus.domain.lease import DUE_SOURCE, Account, Debtor
from quitus.domain.ledger import Chart, EntryKind
from quitus.domain.money import Cents
from quitus.domain.payment import Payment

MOST_RELEASES = MOST_USES // 2
"""Of a debtor's in one step: each is a row of its own, like a use, and one transaction holds a hundred."""


def payments_of_dues(payments: Iterable[Payment], lease_id: str, due_ids: Collection[str]) -> tuple[Paid, ...]:
    """What payments that are on a lease paid of some of its dues, the latest first."""
    found = [
        (_last_sequence(payment, lease_id), Paid(payment.payment_id, item.due_id, item.amount_cents, payment.debtor))
        for payment in payments
        if payment.lease_id == lease_id
        for item in reversed(payment.allocations)
        if item.lease_id == lease_id and item.due_id in due_ids
    ]
    return tuple(paid for _, paid in sorted(found, key=lambda item: -item[0]))


def _last_sequence(payment: Payment, lease_id: str) -> int:
    return max((entry.sequence for entry in payment.entries if entry.lease_id == lease_id), default=0)


@dataclass(slots=True)
class Releases:
    """Gives payments back what dues of a debtor no longer take; `uses` are the steps made."""

    paid: Sequence[Paid]
    debtor: Debtor
    on: date
    chart: Chart
    most: int = MOST_RELEASES
    uses: list[CreditUse] = field(default_factory=list)

    def free(self, account: Account, due_id: str, cents: Cents) -> Account:
        """The account (as the debtor sees it) once so many cents that had settled a due are credits."""
        for paid in self.paid:
            part = min(paid.cents, cents) if paid.due_id == due_id else 0
            if part and len(self.uses) < self.most:
                account = self._give_back(account, paid, part)
                cents -= part
        return deposit(account, f"{DUE_SOURCE}{due_id}", cents) if cents else account

    def _give_back(self, account: Account, paid: Paid, cents: Cents) -> Account:
        lines = self.chart.freed(self.debtor, account.lease_id, cents)
        entry_id = f"{paid.payment_id}-{account.lease_id}-c{account.sequence + 1}"
        entry = next_entry(account, entry_id, EntryKind.ALLOCATION, self.on, lines)
        given_back = Allocation(account.lease_id, paid.due_id, -cents, AllocationRule.CREDIT)
        self.uses.append(CreditUse(paid.payment_id, (given_back,), (entry,)))
        freed = deposit(account, paid.payment_id, cents)
        return replace(freed, sequence=entry.sequence, last_hash=entry.hash)
