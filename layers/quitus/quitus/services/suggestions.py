"""What a person may want to do about a payment: the leases that money in suspense may be for, the likeliest first, and
a credit that another lease of the same holder lacks (case 16).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quitus.domain.lease import Account, Debtor, Lease
from quitus.domain.likely import Reason, likely, told_together, would_take
from quitus.domain.matching import SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.names import words_of
from quitus.domain.payment import Payment, PaymentStatus
from quitus.services.attribution import Attributor
from quitus.services.ports import Ledger
from quitus.services.read_leases import LeaseReader, every_lease
from quitus.services.read_payments import receipt_of


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A lease that money may be meant for and why, its open dues, and how much of the money they would take."""

    reasons: tuple[Reason, ...]
    lease_id: str
    due_ids: tuple[str, ...]
    amount_cents: Cents

    @property
    def reason(self) -> Reason:
        """The strongest reason."""
        return self.reasons[0]


@dataclass(frozen=True, slots=True)
class Suggester:
    """Looks for suggestions; nothing follows from them but what a person decides."""

    leases: LeaseReader
    ledger: Ledger
    attributor: Attributor

    def about(self, landlord_id: str, payment_id: str) -> tuple[Suggestion, ...]:
        """The suggestions about a payment, the best first. Raises NotFound: no such payment."""
        payment = receipt_of(self.ledger, landlord_id, payment_id)
        if payment.may_be_assigned:
            return self._likely(landlord_id, payment)
        return self._left_over(landlord_id, payment)

    def _likely(self, landlord_id: str, payment: Payment) -> tuple[Suggestion, ...]:
        """By all that any channel told of it."""
        movement = told_together(payment)
        (clues,) = self.attributor.clues(landlord_id, [movement])
        named = frozenset(_named_leases(payment))
        households = self.ledger.households(landlord_id, clues.leases | named)
        suggestions = list[Suggestion]()
        for one in likely(movement, clues, named, households):
            due_ids, cents = would_take(households.of(one.lease_id), movement)
            suggestions.append(Suggestion(one.reasons, one.lease_id, due_ids, cents))
        return tuple(suggestions)

    def _left_over(self, landlord_id: str, payment: Payment) -> tuple[Suggestion, ...]:
        credit = payment.credit_cents
        if payment.status is not PaymentStatus.POSTED or payment.lease_id is None or not credit:
            return ()
        lease = self.leases.lease(landlord_id, payment.lease_id)
        if lease.account_group is not None or payment.debtor is not Debtor.TENANT:
            return ()
        beside = [other.lease_id for other in self._same_holder(landlord_id, lease)]
        accounts = self.ledger.accounts(landlord_id, beside) if beside else {}
        return tuple(_suggestion(held, credit) for _, held in sorted(accounts.items()) if _may_use(held, credit))

    def _same_holder(self, landlord_id: str, lease: Lease) -> Iterator[Lease]:
        """Other leases of the residence with a holder of the same name and no account group."""
        holder = sorted(words_of(lease.holder_name))
        for other in every_lease(self.leases, landlord_id, lease.residence_id):
            is_free = other.lease_id != lease.lease_id and other.account_group is None
            if is_free and sorted(words_of(other.holder_name)) == holder:
                yield other


def _may_use(account: Account, credit: Cents) -> bool:
    owed = [due.open_cents for due in account.open_dues]
    return 0 < sum(owed) <= credit or credit in owed


def _suggestion(account: Account, credit: Cents) -> Suggestion:
    exact = tuple(due.due_id for due in account.open_dues if due.open_cents == credit)[:1]
    due_ids = exact or tuple(due.due_id for due in account.open_dues)
    owed = sum(due.open_cents for due in account.open_dues if due.due_id in due_ids)
    return Suggestion((Reason.SAME_HOLDER,), account.lease_id, due_ids, min(owed, credit))


def _named_leases(payment: Payment) -> list[str]:
    """The leases that the payment itself named, where they were several or the bank's reference told another amount."""
    match = payment.match
    if match is None or match.reason not in (SuspenseReason.SEVERAL_LEASES, SuspenseReason.IDENTITY_CONFLICT):
        return []
    return [*match.evidence.get("leases", "").split(), *match.evidence.get("lease_id", "").split()]
