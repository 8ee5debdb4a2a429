"""What a decision does to a payment: it is put on a lease and those of its account group, or taken off again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from quitus.domain.allocation import AllocationRule
from quitus.domain.charged import Charging, History
from quitus.domain.credits import MOST_USES, use_credits
from quitus.domain.errors import Conflict
from quitus.domain.household import (
    Booking,
    Choice,
    Household,
    allocations_of,
    next_entry,
    nth_entry,
    rest_of,
    spread,
)
from quitus.domain.incoming import bank_role
from quitus.domain.lease import Account
from quitus.domain.ledger import Chart, Entry, EntryKind, Role, mirrored
from quitus.domain.matching import Match
from quitus.domain.payment import Awaiting, Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.posting import with_recent
from quitus.domain.reopening import reopen


def assign(
    payment: Payment,
    household: Household,
    match: Match,
    target: tuple[str, ...],
    chart: Chart,
    on: date,
    by: str,
    at: str,
) -> tuple[Decision, tuple[Charging, ...]]:
    """Put a payment in suspense on a lease, and those of its account group, by a person's decision: D471 C411 (C4195).

    The dues are taken in the order of the day when the money came; the entries are booked on the day of the decision.
    Dues chosen by the person are under rule `person`, or under `target` when the person records the payer's own wish.
    What awaited a decision was in no book: it is booked on the bank's account (D512).

    Raises:
        Conflict: the payment is not in suspense.
    """
    if payment.status is not PaymentStatus.SUSPENSE and payment.awaiting is not Awaiting.DECISION:
        raise Conflict("payment_not_in_suspense", "Only a payment in suspense can be assigned.", status=payment.status)
    came = payment.posted.incoming.movement.booking_date
    chosen = AllocationRule.TARGET if "requested_by" in match.evidence else AllocationRule.PERSON
    parts = spread(household, payment.debtor, payment.amount_cents, came, Choice(target, chosen))
    number = payment.decisions + 1
    entries, accounts = _booking(payment, number, chart, on).book(parts)
    placed, rest = replace(match, lease_id=household.main), rest_of(parts)
    decision = Decision(number, DecisionKind.ASSIGN, placed, allocations_of(parts), rest, entries, by, at)
    main = accounts[household.main]
    accounts[household.main] = replace(main, recent=with_recent(main, payment.posted.incoming))
    changed = (replace(account, version=account.version + 1) for account in accounts.values())
    return decision, tuple(Charging(account, None) for account in changed)


def unassign(
    payment: Payment,
    accounts: Mapping[str, Account],
    histories: Mapping[str, History],
    match: Match,
    chart: Chart,
    on: date,
    by: str,
    at: str,
) -> tuple[Decision, tuple[Charging, ...]]:
    """Take a payment off its lease, back to suspense: D411 D4195 C471; its dues are owed again.

    `accounts` and `histories` are those of `settled_leases`.

    Raises:
        Conflict: the payment is on no lease.
    """
    if payment.status is not PaymentStatus.POSTED:
        raise Conflict("payment_not_posted", "Only a payment on a lease can be unassigned.", status=payment.status)
    number = payment.decisions + 1
    booking = _booking(payment, number, chart, on)
    entries, made, leases = list[Entry](), list[Charging](), settled_leases(payment)
    for lease_id in leases:
        entry, bare = _taken_off(payment, accounts[lease_id], booking, len(entries))
        entries.append(entry)
        made.append(_owed_again(payment, bare, histories[lease_id], booking, MOST_USES // len(leases)))
    off = replace(match, lease_id=None)
    decision = Decision(number, DecisionKind.UNASSIGN, off, (), 0, tuple(entries), by, at)
    return decision, tuple(made)


def settled_leases(payment: Payment) -> list[str]:
    """The leases on which something of a payment is booked, that which it is on first."""
    leases = {allocation.lease_id for allocation in payment.allocations}
    if payment.credit_cents and payment.lease_id is not None:
        leases.add(payment.lease_id)
    return sorted(leases, key=lambda lease_id: (lease_id != payment.lease_id, lease_id))


def _booking(payment: Payment, number: int, chart: Chart, on: date) -> Booking:
    """How a decision is booked: from suspense; what was in no book yet comes from the bank's account."""
    origin = Role.SUSPENSE if payment.entries else bank_role(payment.posted.incoming)
    entry_id = f"{payment.payment_id}-d{number}"
    return Booking(payment.payment_id, entry_id, EntryKind.ASSIGNMENT, on, origin, payment.debtor, chart)


def _taken_off(payment: Payment, account: Account, booking: Booking, index: int) -> tuple[Entry, Account]:
    """The entry that takes a payment off a lease, and the account without what it left in credit."""
    settled = sum(item.amount_cents for item in payment.allocations if item.lease_id == account.lease_id)
    rest = payment.credit_cents if account.lease_id == payment.lease_id else 0
    lines = mirrored(booking.lines(account.lease_id, settled, rest))
    entry = next_entry(account, nth_entry(booking.entry_id, index), booking.kind, booking.on, lines)
    facing = account.facing(payment.debtor)
    kept = tuple(lot for lot in facing.credits if lot.source != payment.payment_id)
    bare = replace(facing, credits=kept, sequence=entry.sequence, last_hash=entry.hash, version=account.version + 1)
    return entry, bare.facing(payment.debtor)


def _owed_again(payment: Payment, account: Account, history: History, booking: Booking, most: int) -> Charging:
    """What a payment settled of a lease is owed again; other credits pay it at once, `most` of them at most."""
    settled = [(item.due_id, item.amount_cents) for item in payment.allocations if item.lease_id == account.lease_id]
    opened, taken = reopen(account, settled, history, payment.debtor)
    made = use_credits(opened, booking.on, booking.chart, most)
    return replace(made, offsets=(*taken, *made.offsets)).numbered()
