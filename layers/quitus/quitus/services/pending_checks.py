"""What is pending, as the views say it, and what a change may settle of it: little, so that the views stay quick."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from quitus.domain.identity import reference_key
from quitus.domain.ledger import EntryKind
from quitus.domain.money import Cents
from quitus.domain.payment import Awaiting, Payment
from quitus.domain.pending import detail_names, may_be_total
from quitus.domain.refund import refunds_named
from quitus.domain.tracing import ties_of
from quitus.services.messages import PendingCheck

_WAITING = frozenset({Awaiting.BOOKING, Awaiting.DETAILS, Awaiting.ORIGINAL})


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """What the views say of a payment: enough to know whether to look at it."""

    payment_id: str
    awaiting: Awaiting | None
    batch_names: frozenset[str]
    """What names the batch that it is a detail, or may be the sum, of."""
    replaced_by: tuple[str, ...] = ()
    takes_back: frozenset[Cents] = frozenset()
    """What a return may take back of a payment: all of it, or what it says was ordered."""
    original_references: frozenset[str] = frozenset()
    """What a return calls the payment that it takes back."""
    ties: frozenset[str] = frozenset()
    """What may tie a return to its payment."""
    payer_id: str | None = None
    """The payer whose list it waits for."""


class PendingLists(Protocol):
    """The views of payments, seconds late."""

    def waiting(self, landlord_id: str) -> Iterator[ListedPayment]:
        """Those in suspense or pending."""
        ...

    def of_days(self, landlord_id: str, first: date, last: date) -> Iterator[ListedPayment]:
        """Those booked between two days, inclusive, replaced ones too."""
        ...


def pending_check(landlord_id: str, payments: Iterable[Payment]) -> PendingCheck | None:
    """What a change of these payments may settle; None when they are none."""
    told = list(payments)
    changed = [payment for payment in told if payment.is_listed or payment.reverses]
    others = [one for one in told if one.is_other and one.amount_cents < 0]
    debits = tuple(sorted(one.payment_id for one in others))
    named = tuple(sorted(one.payment_id for one in others if refunds_named(one)))
    if not changed:
        return PendingCheck(landlord_id, debits=debits, named=named) if debits else None
    waiting = [payment for payment in changed if payment.awaiting in _WAITING or _may_be_settled(payment)]
    booked = [payment for payment in changed if payment.awaiting is not Awaiting.BOOKING]
    return PendingCheck(
        landlord_id,
        waiting=tuple(sorted(payment.payment_id for payment in waiting)),
        amounts=tuple(sorted({payment.amount_cents for payment in booked})),
        batches=tuple(sorted({name for payment in booked for name in detail_names(payment)})),
        references=tuple(sorted({name for payment in booked for name in _event_references(payment)})),
        ties=tuple(sorted({tie for payment in booked for tie in ties_of(payment)})),
        reopened=tuple(sorted({lease_id for payment in booked for lease_id in _reopened(payment)})),
        debits=debits,
        named=named,
    )


def _may_be_settled(payment: Payment) -> bool:
    """Whether what is in suspense may turn out to be other payments: a batch's, or those of a list."""
    return payment.awaits_list_of is not None or may_be_total(payment)


def _event_references(payment: Payment) -> Iterator[str]:
    """What events call a payment."""
    for report in payment.reports:
        if report.source.event_id is not None and report.movement.bank_reference and not payment.is_return:
            yield reference_key(report.movement.bank_reference)


def _reopened(payment: Payment) -> Iterator[str]:
    """The leases from which a decision took some of a payment, or on which it put it: it may have been elsewhere."""
    if payment.decisions:
        yield from (entry.lease_id for entry in payment.entries if entry.lease_id and entry.kind in _DECIDED)


_DECIDED = frozenset({EntryKind.REVERSAL, EntryKind.ASSIGNMENT})
