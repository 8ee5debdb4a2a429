"""What the ERP is told of a payment beside its entries: the receipt as it stands, and the dues that it settles. Pure.

A notice says the whole, so that the last one of a payment is all that an ERP need keep of it: they are numbered, and
one is made whenever what it says has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quitus.domain.erp_batch import Feed
from quitus.domain.payment import Payment

_DIGITS = 12
"""Hex digits kept of a digest that only tells whether anything changed."""


@dataclass(frozen=True, slots=True)
class LastNotice:
    """The last notice of a payment on a feed: its number, from 1, and a short digest of what it says."""

    number: int
    digest: str


def last_notices(payment: Payment, before: Mapping[Feed, LastNotice]) -> Mapping[Feed, LastNotice]:
    """The last notices once the payment stands as it does, after those of before."""
    now = dict(before)
    for feed, said in _documents(payment, before):
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:_DIGITS]
        held = before.get(feed, LastNotice(0, ""))
        if held.digest != digest:
            now[feed] = LastNotice(held.number + 1, digest)
    return now


def new_notices(
    payment: Payment, before: Mapping[Feed, LastNotice], after: Mapping[Feed, LastNotice]
) -> Iterator[tuple[Feed, Mapping[str, Any]]]:
    """What to tell the ERP: each notice that was not there before."""
    for feed, said in _documents(payment, before):
        if (new := after.get(feed)) is not None and new != before.get(feed):
            yield feed, {"payment_id": payment.payment_id, "number": new.number, **said}


def _documents(payment: Payment, before: Mapping[Feed, LastNotice]) -> Iterator[tuple[Feed, Mapping[str, Any]]]:
    """What there is to say: of money in the books that is a payment, or was one when the ERP was told of it."""
    if payment.amount_cents <= 0 or not payment.entries or payment.is_refund:
        return
    if payment.is_listed or Feed.RECEIPTS in before:
        yield Feed.RECEIPTS, _receipt(payment)
    if payment.allocations or payment.credit_cents or Feed.ALLOCATIONS in before:
        yield Feed.ALLOCATIONS, _allocations(payment)


def _receipt(payment: Payment) -> Mapping[str, Any]:
    movement = payment.posted.incoming.said
    return {
        "status": _status(payment),
        "lease_id": payment.lease_id,
        "amount_cents": payment.amount_cents,
        "left_cents": payment.left_cents,
        "booking_date": movement.booking_date.isoformat(),
        "value_date": movement.value_date.isoformat() if movement.value_date else None,
        "means": movement.means.value,
        "debtor_name": movement.debtor_name,
        "remittance": movement.remittance,
        "end_to_end_id": movement.end_to_end_id,
        "bank_reference": movement.bank_reference,
    }


def _status(payment: Payment) -> str:
    """As the API says it, or what it turned out to be: the bank's line of payments that a list named, or of others."""
    if payment.list_id is not None:
        return "distributed"
    return "other" if payment.is_bank_line or payment.is_replaced else payment.status.value


def _allocations(payment: Payment) -> Mapping[str, Any]:
    """All that it settles now, and what of it is a credit."""
    settled = [
        {
            "lease_id": allocation.lease_id,
            "due_id": allocation.due_id,
            "amount_cents": allocation.amount_cents,
            "rule": allocation.rule.value,
        }
        for allocation in payment.allocations
    ]
    return {"lease_id": payment.lease_id, "allocations": settled, "credit_cents": payment.credit_cents}
