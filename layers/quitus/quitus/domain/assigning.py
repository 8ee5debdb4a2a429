"""What a decision does to a payment: it is put on a lease and those of its account group, or taken off again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from quitus.domain.allocation import AllocationRule
from quitus.domain.charged import Charging, History
from quitus.domain.errors import Conflict
from quitus.domain.household import Booking, Choice, Household, allocations_of, rest_of, spread
from quitus.domain.incoming import bank_role
from quitus.domain.lease import Account, Debtor
from quitus.domain.ledger import Chart, EntryKind, Role
from quitus.domain.matching import Match, chosen_dues
from quitus.domain.payment import Awaiting, Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.posting import with_recent
from quitus.domain.taking_off import everything, take_off


def assign(
    payment: Payment,
    household: Household,
    match: Match,
    choice: Choice,
    chart: Chart,
    on: date,
    by: str,
    at: str,
) -> tuple[Decision, tuple[Charging, ...]]:
    """Put a payment in suspense on a lease, and those of its account group, by a person's decision: D471 C411 (C4195).

    The dues are taken in the order of the day when the money came; the entries are booked on the day of the decision.
    What awaited a decision was in no book: it is booked on the bank's account (D512), on the bank's day.

    Raises:
        Conflict: the payment is not in suspense.
    """
    check_assignable(payment)
    came = payment.posted.incoming.movement.booking_date
    debtor = payment.debtor_by(match)
    parts = spread(household, debtor, payment.left_cents, came, choice)
    number = payment.decisions + 1
    entries, accounts = decided_booking(payment, number, debtor, chart, on).book(parts)
    placed, rest = replace(match, lease_id=household.main), rest_of(parts)
    decision = Decision(number, DecisionKind.ASSIGN, placed, allocations_of(parts), rest, entries, by, at)
    main = accounts[household.main]
    accounts[household.main] = replace(main, recent=with_recent(main, payment.posted.incoming))
    changed = (replace(account, version=account.version + 1) for account in accounts.values())
    return decision, tuple(Charging(account, None) for account in changed)


def choice_of(payment: Payment, due_ids: tuple[str, ...], match: Match) -> Choice:
    """The dues that a person chose, under rule `person`, or under `target` when the person records the payer's own
    wish; where none are, those that the payment itself names.
    """
    if due_ids:
        return Choice(due_ids, AllocationRule.TARGET if "requested_by" in match.evidence else AllocationRule.PERSON)
    told = (chosen_dues(report.movement) for report in payment.reports if not report.exchanged)
    return Choice(next(filter(None, told), ()))


def check_assignable(payment: Payment) -> None:
    """Raises Conflict: the payment is not in suspense."""
    if not payment.may_be_assigned:
        raise Conflict("payment_not_in_suspense", "Only a payment in suspense can be assigned.", status=payment.status)


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
    booking = decided_booking(payment, number, payment.debtor, chart, on)
    entries, made = take_off(payment, everything(payment), accounts, histories, booking)
    off = replace(match, lease_id=None)
    return Decision(number, DecisionKind.UNASSIGN, off, (), 0, entries, by, at, ends=last_entries(payment)), made


def last_entries(payment: Payment) -> tuple[tuple[str, int], ...]:
    """By lease, the last entry of a payment."""
    last = dict[str, int]()
    for entry in payment.entries:
        if entry.lease_id is not None:
            last[entry.lease_id] = max(entry.sequence, last.get(entry.lease_id, 0))
    return tuple(sorted(last.items()))


def taken_off(payment: Payment, off: Decision) -> Payment:
    """The payment once it was taken off its lease."""
    return replace(
        payment,
        status=PaymentStatus.SUSPENSE,
        match=off.match,
        allocations=(),
        credit_cents=0,
        entries=(*payment.entries, *off.entries),
        decisions=off.number,
    )


def settled_leases(payment: Payment) -> list[str]:
    """The leases on which something of a payment is booked, that which it is on first."""
    return everything(payment).leases(payment)


def decided_booking(payment: Payment, number: int, debtor: Debtor, chart: Chart, on: date) -> Booking:
    """How a decision is booked: from suspense; what was in no book, or is in none any more, comes from the bank's, on
    the bank's day.
    """
    entry_id, incoming = f"{payment.payment_id}-d{number}", payment.posted.incoming
    origin, day = Role.SUSPENSE, on
    if not payment.entries or payment.awaiting is Awaiting.DECISION:
        origin, day = bank_role(incoming), payment.stated_on or incoming.movement.booking_date
    return Booking(payment.payment_id, entry_id, EntryKind.ASSIGNMENT, day, origin, debtor, chart)
