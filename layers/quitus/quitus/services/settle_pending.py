"""Settle what is pending once the bank says more: an announced payment is booked, a batch's sum gets its details, the
payment comes that a return takes back.

Payments in suspense or pending are few, and listed; which of them a change may concern is told by the change. Reading
lists decides nothing: what is replaced is decided on strongly read rows, once, by a numbered decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain, repeat

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day, target_days_between
from quitus.domain.identity import Bucket, account_tag, parse_payment_id
from quitus.domain.landlord import Landlord
from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS
from quitus.domain.payment import Awaiting, Payment
from quitus.domain.pending import (
    AFTER,
    BEFORE,
    PATIENCE,
    bookings,
    details,
    may_be_total,
    replace_by,
    stated_detail,
    sum_name,
    total_names,
)
from quitus.services.contention import until_written
from quitus.services.messages import PendingCheck
from quitus.services.pending_checks import ListedPayment, PendingLists
from quitus.services.ports import Alerts, Clock, Landlords, Ledger
from quitus.services.spend_credits import CreditSpender
from quitus.services.table import Stale
from quitus.services.take_back import Reverser

_ONE_DAY = timedelta(days=1)
_RETRIED = timedelta(days=45)
_OVERDUE = {Awaiting.BOOKING: AlertKind.PENDING_UNCONFIRMED, Awaiting.DETAILS: AlertKind.BATCH_WITHOUT_DETAILS}


@dataclass(frozen=True, slots=True)
class Booked:
    """What is booked around a day, read once for all sums of the day: ids by what names their batch, and those that
    are details of a sum already.
    """

    by_name: Mapping[str, Collection[str]]
    taken: frozenset[str]


@dataclass(frozen=True, slots=True)
class PendingSettler:
    """Replaces pending payments by what they turned out to be."""

    ledger: Ledger
    lists: PendingLists
    alerts: Alerts
    clock: Clock
    landlords: Landlords
    spender: CreditSpender

    def settle(self, check: PendingCheck) -> int:
        """Settle what a change may have settled; again changes nothing. How many were replaced."""
        concerned = [held for held in self.lists.waiting(check.landlord_id) if _may_be_concerned(held, check)]
        sums = {held.payment_id for held in concerned if _may_be_detailed(held, check)}
        listed = {held.payment_id for held in concerned}
        settled = self._settle(check.landlord_id, listed.union(check.waiting), sums.union(check.waiting))
        if check.reopened:
            self.spender.spend(self.landlords.get(check.landlord_id), check.reopened)
        return settled

    def review(self, landlord_id: str) -> int:
        """Settle what is late in being settled, and tell of what is still not after two business days."""
        now = self.clock.now()
        waiting = {
            held.payment_id
            for held in self.lists.waiting(landlord_id)
            if held.awaiting in _OVERDUE or _is_young_return(held, paris_day(now))
        }
        replaced = self._settle(landlord_id, waiting, waiting)
        for payment in (self.ledger.payment(landlord_id, payment_id) for payment_id in sorted(waiting)):
            booked = payment.posted.incoming.movement.booking_date
            if payment.awaiting in _OVERDUE and target_days_between(booked, paris_day(now)) > PATIENCE:
                detail: dict[str, str | int] = {
                    "amount_cents": abs(payment.amount_cents),
                    "booking_date": booked.isoformat(),
                }
                alert = Alert(_OVERDUE[payment.awaiting], payment.payment_id, detail)
                self.alerts.alert(landlord_id, alert, instant_text(now))
        return replaced

    def _settle(self, landlord_id: str, payment_ids: Iterable[str], sums: Collection[str]) -> int:
        """Settle what waits; `sums` are those of which details may have come."""
        waiting = [self.ledger.payment(landlord_id, payment_id) for payment_id in sorted(payment_ids)]
        for payment in waiting:
            if payment.is_replaced:
                self._close(landlord_id, payment, instant_text(self.clock.now()))
        announced = {_family(payment) for payment in waiting if payment.awaiting is Awaiting.BOOKING}
        replaced = sum(self._confirm(landlord_id, *family) for family in sorted(announced))
        booked = cache(partial(self._booked, landlord_id))
        totals = [payment for payment in waiting if payment.payment_id in sums and may_be_total(payment)]
        replaced += sum(self._detail(landlord_id, total, booked) for total in totals)
        returns = [payment.payment_id for payment in waiting if payment.awaiting is Awaiting.ORIGINAL]
        return replaced + self._take_back(landlord_id, returns)

    def _take_back(self, landlord_id: str, returns: Sequence[str]) -> int:
        """Reverse the payments that returns take back, those that are known; how many returns were settled."""
        if not returns:
            return 0
        landlord, together = self.landlords.get(landlord_id), Reverser(self.ledger, self.clock)
        return sum(self._reverse(landlord, return_id, together) for return_id in returns)

    def _reverse(self, landlord: Landlord, return_id: str, together: Reverser) -> bool:
        """What was read for all returns together does for the first attempt."""
        tries = chain([together], repeat(None))
        return until_written(
            lambda: (next(tries) or Reverser(self.ledger, self.clock)).settle(landlord, return_id), self.clock
        )

    def _confirm(self, landlord_id: str, account: str, tag: str, cents: Cents, day: date) -> int:
        """Announced payments of one account, amount and day against what was booked around it."""
        known = self.ledger.payments(landlord_id, _buckets(tag, cents, day - AFTER, day + AFTER))
        booked = self.ledger.payments(landlord_id, _buckets(account_tag(account), cents, day - BEFORE, day + AFTER))
        found = bookings(known, booked)
        pairs = [(payment, found[payment.payment_id]) for payment in known if payment.payment_id in found]
        return sum(self._replace(landlord_id, payment, [other], Awaiting.BOOKING) for payment, other in pairs)

    def _booked(self, landlord_id: str, day: date) -> Booked:
        """What is booked around a day; what may be a sum is no detail of one like it."""
        around = list(self.lists.of_days(landlord_id, day - BEFORE, day + AFTER))
        by_name = defaultdict[str, set[str]](set)
        for held in around:
            own = sum_name(parse_payment_id(held.payment_id)[0].amount_cents)
            for name in held.batch_names - {own}:
                by_name[name].add(held.payment_id)
        return Booked(by_name, frozenset(detail for held in around for detail in held.replaced_by))

    def _detail(self, landlord_id: str, total: Payment, booked: Callable[[date], Booked]) -> int:
        names = total_names(total)
        if not names:
            return 0
        around = booked(total.posted.bucket.day)
        of_batch = {found for name in names for found in around.by_name.get(name, ())} - {total.payment_id}
        if not of_batch:
            return 0
        twins = self.ledger.payments(landlord_id, [total.posted.bucket])
        taken = around.taken.union(*(twin.replaced_by for twin in twins))
        buckets = {parse_payment_id(payment_id)[0] for payment_id in of_batch}
        by = details(total, self.ledger.payments(landlord_id, buckets), taken)
        if not by:
            return 0
        self._state(landlord_id, total, by)
        return self._replace(landlord_id, total, by, Awaiting.DETAILS)

    def _state(self, landlord_id: str, total: Payment, by: Sequence[Payment]) -> None:
        """The closing statement that told the sum told its details with it, on its own day; again changes nothing."""
        stated = [report for report in total.reports if report.source.channel in CLOSING_CHANNELS]
        spoken = {payment.payment_id: {report.voice for report in payment.reports} for payment in by}
        claims = [
            stated_detail(payment, report)
            for report in stated
            for payment in by
            if report.voice not in spoken[payment.payment_id]
        ]
        if claims:
            self.ledger.add_claims(landlord_id, claims, instant_text(self.clock.now()))

    def _replace(self, landlord_id: str, payment: Payment, by: Sequence[Payment], rule: Awaiting) -> int:
        """Decide it unless others did meanwhile: then there is a change again, and another look."""
        now = self.clock.now()
        at = instant_text(now)
        decision = replace_by(payment, by, rule, at)
        try:
            self.ledger.commit_replacement(landlord_id, payment, decision)
        except Stale:
            return 0
        self._close(landlord_id, payment, at)
        return 1

    def _close(self, landlord_id: str, payment: Payment, at: str) -> None:
        for kind in _OVERDUE.values():
            self.alerts.close(landlord_id, kind, payment.payment_id, at)


def _may_be_concerned(held: ListedPayment, check: PendingCheck) -> bool:
    if held.awaiting is Awaiting.BOOKING:
        return parse_payment_id(held.payment_id)[0].amount_cents in check.amounts
    if held.awaiting is Awaiting.ORIGINAL and not held.takes_back.isdisjoint(check.amounts):
        return not held.ties.isdisjoint(check.ties) or _may_be_detailed(held, check)
    return _may_be_detailed(held, check) or not held.original_references.isdisjoint(check.references)


def _may_be_detailed(held: ListedPayment, check: PendingCheck) -> bool:
    return not held.batch_names.isdisjoint(check.batches)


def _is_young_return(held: ListedPayment, today: date) -> bool:
    """Whether it is a return whose payment may still come by itself; later only a change, or a person, settles it. One
    that says nothing of its payment waits for a person.
    """
    return (
        bool(held.ties)
        and held.awaiting is Awaiting.ORIGINAL
        and today - parse_payment_id(held.payment_id)[0].day <= _RETRIED
    )


def _family(payment: Payment) -> tuple[str, str, Cents, date]:
    bucket = payment.posted.bucket
    return payment.posted.incoming.account, bucket.account, bucket.amount_cents, bucket.day


def _buckets(tag: str, cents: Cents, first: date, last: date) -> list[Bucket]:
    return [Bucket(tag, first + number * _ONE_DAY, cents) for number in range((last - first).days + 1)]
