"""What a person may want to do about a payment: a credit that another lease of the same holder lacks (case 16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from quitus.domain.lease import Account, Debtor, Lease
from quitus.domain.money import Cents
from quitus.domain.payers import words_of
from quitus.domain.payment import PaymentStatus
from quitus.services.ports import Ledger
from quitus.services.read_leases import LeaseReader
from quitus.services.read_payments import receipt_of

_READ_AT_ONCE = 200


class SuggestionReason(StrEnum):
    """Why something is suggested."""

    SAME_HOLDER = "same_holder"
    """The payment left a credit, and another lease of the residence has a holder of the same name and owes as much or
    less: the two may be one household, whose leases share an account group.
    """


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A lease that money may be meant for, its open dues, and how much of the money they would take."""

    reason: SuggestionReason
    lease_id: str
    due_ids: tuple[str, ...]
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class Suggester:
    """Looks for suggestions; nothing follows from them but what a person decides."""

    leases: LeaseReader
    ledger: Ledger

    def about(self, landlord_id: str, payment_id: str) -> tuple[Suggestion, ...]:
        """The suggestions about a payment, by lease. Raises NotFound: no such payment."""
        payment = receipt_of(self.ledger, landlord_id, payment_id)
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
        after: str | None = None
        holder = words_of(lease.holder_name)
        while True:
            found, after = self.leases.leases_of_residence(landlord_id, lease.residence_id, after, _READ_AT_ONCE)
            for other in found:
                is_free = other.lease_id != lease.lease_id and other.account_group is None
                if is_free and words_of(other.holder_name) == holder:
                    yield other
            if after is None:
                return


def _may_use(account: Account, credit: Cents) -> bool:
    owed = [due.open_cents for due in account.open_dues]
    return 0 < sum(owed) <= credit or credit in owed


def _suggestion(account: Account, credit: Cents) -> Suggestion:
    exact = tuple(due.due_id for due in account.open_dues if due.open_cents == credit)[:1]
    due_ids = exact or tuple(due.due_id for due in account.open_dues)
    owed = sum(due.open_cents for due in account.open_dues if due.due_id in due_ids)
    return Suggestion(SuggestionReason.SAME_HOLDER, account.lease_id, due_ids, min(owed, credit))
