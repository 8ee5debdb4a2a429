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
"""Payments of a debtor in one step: each has a row of its own, like a use, and one transaction holds a hundred."""


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
    """Gives payments back what dues of a debtor no longer take."""

    paid: Sequence[Paid]
    debtor: Debtor
    most: int = MOST_RELEASES
    is_cut: bool = False
    """More payments had paid the dues than may get something back: the rest is a credit of the dues."""
    _given: dict[str, list[Allocation]] = field(default_factory=dict)
    """By payment, what it no longer settles, below zero."""

    def free(self, account: Account, due_id: str, cents: Cents) -> Account:
        """The account (as the debtor sees it) once so many cents that had settled a due are credits."""
        for paid in self.paid:
            part = min(paid.cents, cents) if paid.due_id == due_id else 0
            if part and not self._has_room(paid.payment_id):
                self.is_cut = True
            elif part:
                given_back = Allocation(account.lease_id, due_id, -part, AllocationRule.CREDIT)
                self._given.setdefault(paid.payment_id, []).append(given_back)
                account = deposit(account, paid.payment_id, part)
                cents -= part
        return deposit(account, f"{DUE_SOURCE}{due_id}", cents) if cents else account

    def book(self, account: Account, on: date, chart: Chart) -> tuple[Account, tuple[CreditUse, ...]]:
        """The entries of what was given back, one for each payment, and the account after them."""
        uses = list[CreditUse]()
        for payment_id, given_back in self._given.items():
            lines = chart.freed(self.debtor, account.lease_id, -sum(item.amount_cents for item in given_back))
            entry_id = f"{payment_id}-{account.lease_id}-c{account.sequence + 1}"
            entry = next_entry(account, entry_id, EntryKind.ALLOCATION, on, lines)
            uses.append(CreditUse(payment_id, tuple(given_back), (entry,)))
            account = replace(account, sequence=entry.sequence, last_hash=entry.hash)
        return account, tuple(uses)

    def _has_room(self, payment_id: str) -> bool:
        return payment_id in self._given or len(self._given) < self.most
