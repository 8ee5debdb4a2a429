"""Find the payment that a return takes back, and reverse it: as the return is posted, or once its payment comes.

Lists decide nothing: the payment is looked for on strongly read rows, and what is found is decided in one transaction
with the return's own row, so that of two who take the same payment back exactly one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.charged import Charging
from quitus.domain.errors import Conflict
from quitus.domain.identity import Bucket, account_tag
from quitus.domain.incoming import Incoming, bank_role
from quitus.domain.landlord import Landlord
from quitus.domain.ledger import Line, Role
from quitus.domain.matching import Match, MatchRule
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.pairing import Verdict
from quitus.domain.payment import AUTOMATION, BOOKED_ON, FEE, Awaiting, Decision, Payment, Reversal
from quitus.domain.pending import replace_by
from quitus.domain.posting import Claim, Plan, Posted
from quitus.domain.returned import Return
from quitus.domain.reversing import (
    TakeBack,
    booked_on,
    collected_lines,
    confirmation,
    corrected_lines,
    fee_lines,
    reverses,
    reversing_row,
    take_back,
    traced,
)
from quitus.domain.taking_off import everything
from quitus.domain.tracing import Found, Trace, find, ties, ties_of
from quitus.services.ports import Clock, Ledger
from quitus.services.table import Stale

SHARED = "shared"
"""The evidence that says what a return and its payment have in common."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a return that was posted: the row that stands for it."""

    posted: Posted
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A return as it is settled: the account that it is booked against, the day of its entries, by whom, why."""

    return_id: str
    returned: Return
    origin: Role
    on: date
    at: str
    by: str = AUTOMATION
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows from a return: the decision on its payment, and what the return itself is: its match, and the lines
    of what takes no payment back.
    """

    payment: Payment
    decision: Decision
    made: Sequence[Charging]
    match: Match
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The payments of the amount and the days of a return, read once for all returns alike: a bank day may have
    thousands. What is decided on one that changed since is stale.
    """

    _read: dict[tuple[Bucket, ...], Mapping[str, Sequence[Payment]]] = field(default_factory=dict)
    """By what may tie a return to them."""

    def of(
        self,
        returned: Return,
        collectors: Callable[[], Iterable[str]],
        read: Callable[[Iterable[Bucket]], Iterable[Payment]],
    ) -> Sequence[Payment]:
        """Those that something ties to a return."""
        asked = ties(returned)
        if not asked:
            return ()
        place = tuple(returned.buckets(collectors()))
        if place not in self._read:
            self._read[place] = _by_tie(read(place))
        held = self._read[place]
        return list({payment.payment_id: payment for tie in asked for payment in held.get(tie, ())}.values())


def _by_tie(payments: Iterable[Payment]) -> Mapping[str, Sequence[Payment]]:
    found = defaultdict[str, list[Payment]](list)
    for payment in payments:
        for tie in ties_of(payment):
            found[tie].append(payment)
    return found


@dataclass(frozen=True, slots=True)
class Reverser:
    """Takes payments back on the evidence of returns; one for all returns that are looked at together."""

    ledger: Ledger
    clock: Clock
    candidates: Candidates = field(default_factory=Candidates)

    def knows(self, landlord_id: str, incoming: Incoming) -> bool:
        """Whether the payment that a return takes back is known, or was taken back already."""
        return self._find(landlord_id, Return((incoming,))).is_any

    def standing(self, landlord_id: str, incoming: Incoming) -> Role | None:
        """The account where the payment stands that an event takes back, or where that was taken back already; None
        when it is not known yet.
        """
        found = self._find(landlord_id, Return((incoming,)))
        if found.original is not None:
            return bank_role(found.original.payment.posted.incoming)
        if found.reversed:
            is_on_bank = any(not reversal.in_collection for _, reversal in found.reversed)
            return Role.BANK if is_on_bank else Role.COLLECTION
        named = self._named(landlord_id, incoming)
        return incoming.books.get(named.account) if named is not None else None

    def at_once(self, landlord: Landlord, aside: Posted) -> Taken | None:
        """Write a return that was never posted, with what it takes back; None when its payment is not known.

        Raises:
            Stale: others wrote meanwhile, look again.
        """
        landlord_id, incoming = landlord.landlord_id, aside.incoming
        returned, at = Return((incoming,)), instant_text(self.clock.now())
        found = self._find(landlord_id, returned)
        told = self._told_before(landlord_id, returned, found)
        if told is not None:
            return None if found.original else self._tell(landlord_id, incoming, told, at)
        occurrence = Occurrence(aside.payment_id, returned, bank_role(incoming), incoming.movement.booking_date, at)
        settled = self._settled(landlord, occurrence, found)
        if settled is None:
            return None
        row = reversing_row(aside, settled.match, settled.lines)
        self.ledger.commit_reversal(landlord_id, settled.payment, settled.decision, settled.made, row)
        return Taken(row, Verdict.NEW)

    def settle(self, landlord: Landlord, return_id: str) -> bool:
        """Settle a return that waits, if its payment has come; whether it waits no more.

        Raises:
            Stale: others wrote meanwhile, look again.
        """
        landlord_id = landlord.landlord_id
        waiting = self.ledger.payment(landlord_id, return_id)
        if waiting.awaiting is not Awaiting.ORIGINAL:
            return False
        returned, now = Return(waiting.reports), self.clock.now()
        found = self._find(landlord_id, returned)
        told = self._told_before(landlord_id, returned, found)
        if told is not None:
            return found.original is None and self._told_twice(landlord_id, waiting, told)
        occurrence = Occurrence(return_id, returned, Role.SUSPENSE, paris_day(now), instant_text(now))
        settled = self._settled(landlord, occurrence, found)
        return settled is not None and self.commit(landlord_id, waiting, settled, occurrence)

    def commit(self, landlord_id: str, waiting: Payment, settled: Settled, occurrence: Occurrence) -> bool:
        """Write what follows from a return that waited; True. Raises Stale."""
        own = traced(waiting, settled.match, settled.lines, occurrence.by, occurrence.at)
        self.ledger.commit_reversal(landlord_id, settled.payment, settled.decision, settled.made, (waiting, own))
        return True

    def taking(
        self, landlord: Landlord, occurrence: Occurrence, original: Payment, cents: Cents, trace: Trace | None = None
    ) -> Settled:
        """What follows when a return takes cents of a payment back; a person needs no trace.

        Raises:
            Conflict: it cannot be taken back, or not so much of it.
            Stale: others wrote meanwhile.
        """
        returned = occurrence.returned
        account, before = booked_on(returned, original), bank_role(returned.reports[0])
        origin, corrected, moved = occurrence.origin, tuple[Line, ...](), dict[str, str]()
        if account is not before:
            corrected = () if origin is before else corrected_lines(landlord.chart, returned.cents, before)
            origin, moved = account, {BOOKED_ON: account.value}
        in_collection = account is Role.COLLECTION
        reversal = Reversal(occurrence.return_id, cents, returned.day, returned.reason, in_collection)
        evidence = dict(occurrence.evidence) | ({SHARED: trace.value} if trace else {})
        order = TakeBack(reversal, origin, occurrence.on, evidence, occurrence.by, occurrence.at)
        payment, decision, made = self.taken(landlord, original.payment_id, order)
        fee = returned.cents - cents
        match = reverses(payment, trace.rule if trace else MatchRule.PERSON, _with_fee(evidence, fee) | moved)
        return Settled(payment, decision, made, match, corrected + fee_lines(landlord.chart, fee, origin))

    def taken(
        self, landlord: Landlord, payment_id: str, order: TakeBack
    ) -> tuple[Payment, Decision, Sequence[Charging]]:
        """The decision that takes a payment back, as it stands now.

        Accounts are read before the payment: whatever changes the payment after that changes one of them too, or takes
        the decision's number.
        """
        landlord_id = landlord.landlord_id
        known = self.ledger.payment(landlord_id, payment_id)
        accounts = self.ledger.accounts(landlord_id, everything(known).leases(known))
        payment = self.ledger.payment(landlord_id, payment_id)
        leases = everything(payment).leases(payment)
        if not accounts.keys() >= set(leases):
            raise Stale
        histories = {lease_id: self.ledger.history(landlord_id, lease_id) for lease_id in leases}
        decision, made = take_back(payment, accounts, histories, order, landlord.chart)
        return payment, decision, made

    def _find(self, landlord_id: str, returned: Return) -> Found:
        """By what the event that it names reported, whatever its age and amount; else by amount."""
        named = [bucket for report in returned.reports if (bucket := self._named(landlord_id, report))]
        around = {place for bucket in named for place in (bucket, *bucket.neighbours())}
        found = find(returned, self.ledger.payments(landlord_id, around)) if around else Found()
        if found.is_any:
            return found
        collectors = partial(self._collectors, landlord_id, returned)
        return find(returned, self.candidates.of(returned, collectors, partial(self.ledger.payments, landlord_id)))

    def _collectors(self, landlord_id: str, returned: Return) -> set[str]:
        """The channels whose card payments a bank's line of a chargeback may be of."""
        if Means.CARD not in returned.means or not is_on_bank(returned):
            return set()
        tags = map(account_tag, returned.accounts)
        return {channel for tag in tags for channel in self.ledger.collectors(landlord_id, tag)}

    def _named(self, landlord_id: str, report: Incoming) -> Bucket | None:
        reference = report.movement.original_reference
        return self.ledger.named_by_event(landlord_id, report.source.channel, reference) if reference else None

    def _settled(self, landlord: Landlord, occurrence: Occurrence, found: Found) -> Settled | None:
        """What was recorded as taken back awaits its bank line: that is none of another payment."""
        for payment, reversal in found.unconfirmed if is_on_bank(occurrence.returned) else ():
            return confirming(landlord, occurrence, payment, [reversal])
        if found.original is None:
            return None
        original = found.original
        try:
            settled = self.taking(landlord, occurrence, original.payment, original.cents, original.trace)
        except Conflict as error:  # it could be taken back when it was found
            raise Stale from error
        if settled.payment.version != original.payment.version:  # what changed it may be another word for this return
            raise Stale
        return settled

    def _told_before(self, landlord_id: str, returned: Return, found: Found) -> Payment | None:
        """The return of which this one is another channel's word, on the same account."""
        for reversal in found.told:
            told = self.ledger.payment(landlord_id, reversal.reversal_id)
            if _is_beside(returned.reports, told) and _may_tell(returned.reports, told):
                return told
        return None

    def _tell(self, landlord_id: str, incoming: Incoming, told: Payment, at: str) -> Taken:
        missing = list(_untold([incoming], told))
        self._claim(landlord_id, missing, at)
        return Taken(told.posted, Verdict.SAME if missing else Verdict.REPLAY)

    def _told_twice(self, landlord_id: str, waiting: Payment, told: Payment) -> bool:
        now = self.clock.now()
        at = instant_text(now)
        self._claim(landlord_id, _untold(Return(waiting.reports).evidence, told), at)
        decision = replace_by(waiting, [told], Awaiting.ORIGINAL, at)
        self.ledger.commit_replacement(landlord_id, waiting, decision)
        return True

    def _claim(self, landlord_id: str, claims: Iterable[Claim], at: str) -> None:
        """Raises Stale: the channel told something else of it meanwhile."""
        self.ledger.commit(landlord_id, Plan((), tuple(claims), {}, ()), at)


def confirming(landlord: Landlord, occurrence: Occurrence, payment: Payment, reversals: Sequence[Reversal]) -> Settled:
    """What follows when a return is the bank's own line of what was taken back in collection, which it clears."""
    made = confirmation(payment, reversals, occurrence.return_id, occurrence.by, occurrence.at)
    cents = sum(reversal.amount_cents for reversal in reversals)
    fee = occurrence.returned.cents - cents
    lines = collected_lines(landlord.chart, cents, occurrence.origin)
    lines += fee_lines(landlord.chart, fee, occurrence.origin)
    evidence = _with_fee({**made.match.evidence, **occurrence.evidence}, fee)
    rule = None if occurrence.by == AUTOMATION else MatchRule.PERSON
    return Settled(payment, made, (), reverses(payment, rule, evidence), lines)


def _with_fee(evidence: Mapping[str, str], fee_cents: Cents) -> dict[str, str]:
    return {**evidence, FEE: str(fee_cents)} if fee_cents else dict(evidence)


def is_on_bank(returned: Return) -> bool:
    """Whether it is a bank's line, which is of 512."""
    return all(bank_role(report) is Role.BANK for report in returned.reports)


def _is_beside(reports: Iterable[Incoming], told: Payment) -> bool:
    """Whether a report is of the account on which a return was booked, whatever that is called."""
    if told.account_role is Role.BANK:
        account = told.posted.incoming.account
        return any(bank_role(report) is Role.BANK and report.account == account for report in reports)
    tag = told.posted.bucket.account
    return any(bank_role(report) is Role.COLLECTION and report.bucket.account == tag for report in reports)


def _may_tell(reports: Iterable[Incoming], told: Payment) -> bool:
    """Whether each report's channel told nothing of a return yet, but this."""
    held = {report.voice: report.report.name for report in told.reports}
    return all(held.get(report.voice, report.report.name) == report.report.name for report in reports)


def _untold(reports: Iterable[Incoming], told: Payment) -> Iterator[Claim]:
    voices = {report.voice for report in told.reports}
    posted = told.posted
    return (Claim(posted.bucket, posted.ordinal, report) for report in reports if report.voice not in voices)
