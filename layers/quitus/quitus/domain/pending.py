"""What a pending payment turns out to be: an announced one is booked, a batch's sum is its details. Pure.

The bank books under other payments what it announced (camt `PDNG`, `INFO`) and what it first booked in one sum
(bank-formats.md §3). The announcement, or the sum, is then *replaced*: it names those payments and weighs nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from quitus.domain.calendar import days_beside
from quitus.domain.identity import NAMING, Report, reference_key, shared_evidence
from quitus.domain.incoming import Incoming
from quitus.domain.ledger import Entry, EntryKind, mirrored, seal
from quitus.domain.matching import Match, SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.payment import AUTOMATION, REPLACED_BY, Awaiting, Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.posting import Claim

BEFORE, AFTER = timedelta(days=1), timedelta(days=7)
"""How long before or after its day a pending payment may be booked otherwise."""
PATIENCE = 2
"""Business days after which a person should ask the bank."""


def bookings(announced: Iterable[Payment], booked: Sequence[Payment]) -> dict[str, Payment]:
    """By the id of an announced payment, the booked one that it turned out to be: each booked one at most once.

    Of one account and amount. As many as can be are paired (augmenting paths), each by its strongest evidence first.
    Two leases deny that they are the same, unless as many are booked on the announced one's lease as were announced.
    """
    known = sorted(announced, key=_place)
    taken = {payment_id for payment in known for payment_id in payment.replaced_by}
    free = [payment for payment in sorted(booked, key=_place) if payment.payment_id not in taken]
    waiting = [payment for payment in known if payment.awaiting is Awaiting.BOOKING]
    there, announced_on = _leases(booked), _leases(known)
    covered = {lease for lease, count in announced_on.items() if count <= there[lease]}
    choices = [_choices(payment, free, covered) for payment in waiting]
    by_booked: dict[int, int] = {}
    for index in range(len(waiting)):
        _pair(index, choices, by_booked, set())
    return {waiting[index].payment_id: free[chosen] for chosen, index in by_booked.items()}


def _pair(index: int, choices: Sequence[Sequence[int]], by_booked: dict[int, int], tried: set[int]) -> bool:
    """Pair one announced payment, others giving way where they have another choice."""
    for chosen in choices[index]:
        if chosen in tried:
            continue
        tried.add(chosen)
        holder = by_booked.get(chosen)
        if holder is None or _pair(holder, choices, by_booked, tried):
            by_booked[chosen] = index
            return True
    return False


def _choices(announced: Payment, free: Sequence[Payment], covered: Collection[str | None]) -> list[int]:
    ranked = ((_closeness(announced, other), index) for index, other in enumerate(free))
    farthest = len(NAMING) + (_lease(announced) in covered)
    return [index for closeness, index in sorted(ranked) if closeness <= farthest]


def _lease(payment: Payment) -> str | None:
    return next((report.lease_iban for report in _reports(payment) if report.lease_iban), None)


def _leases(payments: Iterable[Payment]) -> Counter[str | None]:
    return Counter(map(_lease, payments))


def details(total: Payment, candidates: Iterable[Payment], taken: Collection[str]) -> Sequence[Payment]:
    """The payments that a batch's sum is made of: those that name the batch, when they add up; else none.

    `taken`: ids of details of other batches. Details under the sum's own entry are enough; else all that name it; else,
    where nothing names it, the details of the only entry of its amount about its day, if who told the sum told none of
    them.
    """
    names = _batch_names(total) | _references(total)
    ours = [payment for payment in candidates if _may_be_detail(total, payment) and payment.payment_id not in taken]
    entries = _entry_references(total)
    for choice in (
        [payment for payment in ours if _entry_references(payment) & entries],
        [payment for payment in ours if _batch_names(payment) & names],
    ):
        if _add_up(choice, total):
            return choice
    nameless = [entry for entry in _entries_of_sum(total, ours) if _add_up(entry, total)]
    return nameless[0] if len(nameless) == 1 else ()


def _add_up(choice: Sequence[Payment], total: Payment) -> bool:
    return len(choice) > 1 and sum(payment.amount_cents for payment in choice) == total.amount_cents


def _entries_of_sum(total: Payment, details: Iterable[Payment]) -> Collection[Sequence[Payment]]:
    """The details of each entry of the sum's amount, whoever told it: what two channels tell is one."""
    near, is_named = {_day(total), *days_beside(_day(total))}, bool(_batch_names(total))
    tellers = {report.source.voice for report in total.reports}
    entries = defaultdict[tuple[str, str, str], list[Payment]](list)
    for payment in details:
        if is_named and _batch_names(payment):
            continue  # two names that differ are two batches
        if _day(payment) in near and tellers.isdisjoint(report.source.voice for report in payment.reports):
            for place in {_entry_place(report) for report in payment.reports if _is_part(report, total.amount_cents)}:
                entries[place].append(payment)
    return {tuple(payment.payment_id for payment in entry): entry for entry in entries.values()}.values()


def _is_part(report: Incoming, cents: Cents) -> bool:
    return report.movement.entry_cents == cents and not report.exchanged


def _entry_place(report: Incoming) -> tuple[str, str, str]:
    """What names the entry that a report's movement is a detail of: its message, and its place there."""
    return report.source.voice, report.source.message, report.movement.position.rpartition(".")[0]


def may_be_total(payment: Payment) -> bool:
    """Whether it may be a batch's sum: known to be one, or money (or a return) in suspense of which no report says
    whose it is.
    """
    if payment.awaiting is Awaiting.DETAILS:
        return True
    untouched = payment.status is PaymentStatus.SUSPENSE and bool(payment.entries) and not payment.decisions
    waits = untouched or payment.awaiting is Awaiting.ORIGINAL
    return waits and not any(report.report.names_somebody for report in payment.reports)


def detail_names(payment: Payment) -> frozenset[str]:
    """What names the batch that a payment is a detail of; its sum too, as it may have no other name."""
    sums = (report.movement.entry_cents for report in payment.reports)
    return _batch_names(payment) | {sum_name(cents) for cents in sums if cents is not None}


def total_names(payment: Payment) -> frozenset[str]:
    """What names the batch that a payment is the sum of."""
    return _batch_names(payment) | _references(payment) | {sum_name(payment.amount_cents)}


def _batch_names(payment: Payment) -> frozenset[str]:
    return frozenset(reference_key(name) for report in payment.reports for name in report.movement.batch_names)


def _references(payment: Payment) -> frozenset[str]:
    references = (report.movement.bank_reference for report in payment.reports)
    return frozenset(reference_key(reference) for reference in references if reference)


def sum_name(cents: Cents) -> str:
    """The name of any batch of this sum."""
    return f"={cents}"


def stated_detail(payment: Payment, told: Incoming) -> Claim:
    """What the report of a sum says of one of its details: that the bank booked it, and on which day."""
    own = payment.posted.incoming.movement
    position = f"{told.movement.position}/{payment.payment_id}"
    day = told.movement.booking_date
    movement = replace(own.anonymous(), position=position, booking_date=day, value_date=told.movement.value_date)
    incoming = Incoming(movement, told.account, told.source, exchanged=True)
    return Claim(payment.posted.bucket, payment.posted.ordinal, incoming)


def replace_by(payment: Payment, by: Sequence[Payment], rule: Awaiting, at: str) -> Decision:
    """The decision that a payment turned out to be others; what it had in suspense is taken back on its own day: D471
    C512.
    """
    number = payment.decisions + 1
    evidence = {REPLACED_BY: " ".join(sorted(other.payment_id for other in by)), "rule": rule.value}
    match = Match(None, None, evidence, SuspenseReason.REPLACED)
    return Decision(number, DecisionKind.REPLACE, match, (), 0, _taken_back(payment, number), AUTOMATION, at)


def _taken_back(payment: Payment, number: int) -> tuple[Entry, ...]:
    if not payment.entries:
        return ()
    last = payment.entries[-1]
    entry = seal(
        Entry(
            entry_id=f"{payment.payment_id}-d{number}",
            lease_id=None,
            sequence=last.sequence + 1,
            kind=EntryKind.REVERSAL,
            booking_date=last.booking_date,
            lines=mirrored(last.lines),
            previous_hash=last.hash,
        )
    )
    return (entry,)


def _place(payment: Payment) -> tuple[date, int]:
    return payment.posted.bucket.day, payment.posted.ordinal


def _closeness(announced: Payment, booked: Payment) -> int:
    """How strong the evidence is that they are the same, 0 the strongest; beyond all evidence when they are not."""
    ours, theirs = _reports(announced), _reports(booked)
    if booked.is_replaced or not -BEFORE <= _day(booked) - _day(announced) <= AFTER:
        return len(NAMING) + 2
    if any(one.names_another_lease(other) for one, other in product(ours, theirs)):
        return len(NAMING) + 1
    shared = {found for one, other in product(ours, theirs) for found in shared_evidence(one, other)}
    return next((rank for rank, evidence in enumerate(NAMING) if evidence in shared), len(NAMING))


def _may_be_detail(total: Payment, payment: Payment) -> bool:
    return (
        payment.payment_id != total.payment_id
        and payment.posted.incoming.account == total.posted.incoming.account
        and payment.awaiting in (None, Awaiting.ORIGINAL)
        and not payment.is_replaced
        and (bool(payment.entries) or payment.reverses is not None)
        and -BEFORE <= _day(payment) - _day(total) <= AFTER
    )


def _entry_references(payment: Payment) -> frozenset[str]:
    references = (report.movement.entry_reference for report in payment.reports)
    return frozenset(reference_key(reference) for reference in references if reference)


def _day(payment: Payment) -> date:
    return payment.posted.incoming.movement.booking_date


def _reports(payment: Payment) -> list[Report]:
    return [incoming.report for incoming in payment.reports if not incoming.exchanged]
