"""What of a payment is taken off its leases: the credit that it left, and what it settled, which is owed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from quitus.domain.allocation import Allocation
from quitus.domain.charged import Charging, History
from quitus.domain.credits import MOST_USES, use_credits, withdraw
from quitus.domain.household import Booking, next_entry, nth_entry
from quitus.domain.lease import Account, Recent
from quitus.domain.ledger import Entry, mirrored
from quitus.domain.money import Cents
from quitus.domain.payment import Payment
from quitus.domain.reopening import reopen


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a payment is taken: parts of its allocations, and of the credit that it left on its lease."""

    allocations: tuple[Allocation, ...]
    credit_cents: Cents

    @property
    def cents(self) -> Cents:
        """How much it is."""
        return sum(allocation.amount_cents for allocation in self.allocations) + self.credit_cents

    def leases(self, payment: Payment) -> list[str]:
        """The leases that it is taken off, that which the payment is on first."""
        named = {allocation.lease_id for allocation in self.allocations}
        if self.credit_cents and payment.lease_id is not None:
            named.add(payment.lease_id)
        return sorted(named, key=lambda lease_id: (lease_id != payment.lease_id, lease_id))


def everything(payment: Payment) -> Portion:
    """All that is left of a payment on its leases."""
    return Portion(payment.allocations, payment.credit_cents)


def last_cents(payment: Payment, cents: Cents) -> Portion:
    """So many cents of a payment on its leases: its credit first, then what it settled last."""
    credit = min(payment.credit_cents, cents)
    missing, taken = cents - credit, list[Allocation]()
    for allocation in reversed(payment.allocations):
        part = min(allocation.amount_cents, missing)
        if part:
            taken.append(allocation._replace(amount_cents=part))
            missing -= part
    return Portion(tuple(taken), credit)


def take_off(
    payment: Payment,
    portion: Portion,
    accounts: Mapping[str, Account],
    histories: Mapping[str, History],
    booking: Booking,
) -> tuple[tuple[Entry, ...], tuple[Charging, ...]]:
    """Take a portion off its leases: the booking's lines with the sides swapped, an entry for each lease; its dues are
    owed again, and other credits of the lease pay them at once.

    `accounts` and `histories` are those of the leases of the portion.
    """
    entries, made, leases = list[Entry](), list[Charging](), portion.leases(payment)
    for lease_id in leases:
        entry, bare = _without(payment, portion, accounts[lease_id], booking, len(entries))
        entries.append(entry)
        made.append(_owed_again(payment, portion, bare, histories[lease_id], booking, MOST_USES // len(leases)))
    return tuple(entries), tuple(made)


def _without(
    payment: Payment, portion: Portion, account: Account, booking: Booking, index: int
) -> tuple[Entry, Account]:
    """The entry that takes a portion off a lease, and the account without what is taken of its credit."""
    settled = sum(item.amount_cents for item in portion.allocations if item.lease_id == account.lease_id)
    rest = portion.credit_cents if account.lease_id == payment.lease_id else 0
    lines = mirrored(booking.lines(account.lease_id, settled, rest))
    entry = next_entry(account, nth_entry(booking.entry_id, index), booking.kind, booking.on, lines)
    facing = account.facing(payment.debtor)
    if rest:
        facing, _ = withdraw(facing, payment.payment_id, rest)
    recent = _forgotten(payment, account) if portion.cents == payment.left_cents else account.recent
    bare = replace(facing, sequence=entry.sequence, last_hash=entry.hash, version=account.version + 1, recent=recent)
    return entry, bare.facing(payment.debtor)


def _forgotten(payment: Payment, account: Account) -> tuple[Recent, ...]:
    """The receipts of the last weeks without one that is no more: the next equal one is no double payment."""
    incoming = payment.posted.incoming
    own = Recent(incoming.movement.booking_date, payment.amount_cents, incoming.reference_told)
    held = list(account.recent)
    if own in held:
        held.remove(own)
    return tuple(held)


def _owed_again(
    payment: Payment, portion: Portion, account: Account, history: History, booking: Booking, most: int
) -> Charging:
    """What a portion settled of a lease is owed again; other credits pay it at once, `most` of them at most."""
    settled = [(item.due_id, item.amount_cents) for item in portion.allocations if item.lease_id == account.lease_id]
    opened, taken = reopen(account, settled, history, payment.debtor)
    made = use_credits(opened, booking.on, booking.chart, most)
    return replace(made, offsets=(*taken, *made.offsets)).numbered()
