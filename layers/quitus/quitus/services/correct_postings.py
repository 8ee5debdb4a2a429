"""Correct what is posted when a further report says more of it: money goes to the lease that the report names, a line
clears what it is said to bring, a return that was taken for another's word is one of its own; never what anybody
decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from quitus.domain.assigning import assign, choice_of, settled_leases, taken_off, unassign
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.charged import Charging
from quitus.domain.clearing import cleared_by, suspend
from quitus.domain.distributing import is_aid, sender_of
from quitus.domain.household import Choice, Household, Households
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming
from quitus.domain.landlord import Landlord
from quitus.domain.lease import LeaseStatus
from quitus.domain.matching import Match, SuspenseReason, chosen_dues
from quitus.domain.movement import Nature
from quitus.domain.pairing import Register, Verdict
from quitus.domain.payment import AUTOMATION, Decision, Payment, PaymentStatus
from quitus.domain.posting import Placed, Posted, receipt_flags
from quitus.domain.returned import are_two
from quitus.domain.reversing import turned_to_return
from quitus.services.attribution import Attributor
from quitus.services.contention import until_leases_written
from quitus.services.ports import Clock, Ledger
from quitus.services.table import Stale


@dataclass(frozen=True, slots=True)
class _Sight:
    """The leases that reports name, and then the rows of their money: whoever begins a row of theirs later changes
    them, and makes a decision on them fail.
    """

    households: Households
    register: Register

    def has_elsewhere(self, incoming: Incoming, told: Posted) -> bool:
        """Whether the lease that a report names has its money in other rows: of two channels that told it at once, one
        claimed a row that it took for the lease's while the other began the row that is.
        """
        named = incoming.lease_iban
        return named is not None and not self.register.may_go_to(named, told.bucket, told.ordinal)


@dataclass(frozen=True, slots=True)
class PostingCorrector:
    """Corrects postings on the evidence of further reports: read, decide, write, and again when others wrote."""

    ledger: Ledger
    attributor: Attributor
    clock: Clock

    def hear(self, landlord: Landlord, batch: Sequence[tuple[Placed, Match]]) -> None:
        """A further channel may bring the evidence that the first one lacked: money in suspense, or put on a lease by
        memory or likeness only, goes to its lease. It may also say that a line brings what waits in collection, or that
        two returns are two.

        Raises:
            Contention: others kept writing to the same rows; nothing is lost, try again.
        """
        named = [(told, match) for placed, match in batch for told in placed.told if _names(told, placed, match)]
        seen = self._see(landlord.landlord_id, named) if named else None
        for placed, match in batch:
            self._hear(landlord, placed, match, seen)

    def _hear(self, landlord: Landlord, placed: Placed, match: Match, seen: _Sight | None) -> None:
        for told in placed.told:
            if _names(told, placed, match):
                correct = partial(self._assign if told.lease_id is None else self._move, landlord, placed.incoming)
                self._correct(landlord.landlord_id, partial(correct, told, match), (told, match), seen)
            elif _may_clear(told, placed.incoming):
                clear = partial(self._clear, landlord, placed.incoming, told)
                until_leases_written(landlord.landlord_id, clear, self.clock)
        if placed.incoming.movement.nature is Nature.RETURN and placed.verdict is not Verdict.NEW:
            revive = partial(self._revive, landlord, placed.incoming, placed.posted.payment_id)
            until_leases_written(landlord.landlord_id, revive, self.clock)

    def _correct(
        self, landlord_id: str, correct: Callable[[_Sight], None], named: tuple[Posted, Match], seen: _Sight | None
    ) -> None:
        """Correct by what was seen for the whole batch, and by what is there now if others wrote since."""
        sights = iter([seen] if seen else [])
        until_leases_written(
            landlord_id, lambda: correct(next(sights, None) or self._see(landlord_id, [named])), self.clock
        )

    def _see(self, landlord_id: str, named: Sequence[tuple[Posted, Match]]) -> _Sight:
        households = self.ledger.households(landlord_id, {match.lease_id or "" for _, match in named})
        buckets = {told.bucket for told, _ in named}
        channels = self.ledger.channels(landlord_id, named[0][0].bucket.account)
        return _Sight(households, self.ledger.register(landlord_id, buckets, channels))

    def place_by_count(self, landlord: Landlord, bucket: Bucket) -> None:
        """A row that exists by count alone may be of a lease that another row's report named, when it was too early to
        say of which row; debits are on none.

        Raises:
            Contention: others kept writing to the same rows; nothing is lost, try again.
        """
        if bucket.amount_cents > 0:
            place = partial(self._place, landlord, bucket)
            until_leases_written(landlord.landlord_id, place, self.clock)

    def _place(self, landlord: Landlord, bucket: Bucket) -> None:
        landlord_id = landlord.landlord_id
        channels = self.ledger.channels(landlord_id, bucket.account)
        places = self.ledger.register(landlord_id, {bucket}, channels).by_count(bucket)
        if not places:
            return
        rows = self.ledger.posted(landlord_id, [(bucket, ordinal) for ordinal in places.values()])
        reports = (report for payment in self.ledger.payments(landlord_id, [bucket]) for report in payment.reports)
        said = {report.lease_iban: replace(report, exchanged=False) for report in reports}
        for iban, ordinal in places.items():
            (match,) = self.attributor.certain(landlord, [said[iban].movement])
            if match.virtual_iban == iban:
                row = rows[bucket, ordinal]
                self._assign(landlord, said[iban], row, match, self._see(landlord_id, [(row, match)]))

    def _clear(self, landlord: Landlord, incoming: Incoming, told: Posted) -> None:
        """A further channel says that a line brings what waits in collection, or what was kept of that."""
        payment, now = self.ledger.payment(landlord.landlord_id, told.payment_id), self.clock.now()
        decision = cleared_by(payment, incoming.movement, landlord.chart, paris_day(now), instant_text(now))
        if decision is not None:
            self.ledger.commit_replacement(landlord.landlord_id, payment, decision)

    def _revive(self, landlord: Landlord, incoming: Incoming, return_id: str) -> None:
        """A return that was taken for the word of another one waits again, once a channel told of both."""
        told, at = self.ledger.payment(landlord.landlord_id, return_id), instant_text(self.clock.now())
        for merged, into in self._merged(landlord.landlord_id, told):
            if are_two(merged.reports, into.reports):
                decision = turned_to_return(merged, incoming, landlord.chart, at)
                self.ledger.commit_replacement(landlord.landlord_id, merged, decision)

    def _merged(self, landlord_id: str, told: Payment) -> Iterator[tuple[Payment, Payment]]:
        """What a return was taken for, and what was taken for it: each with the one that it was taken for. The days of
        its reports say where the others are.
        """
        if told.is_retold:
            yield told, self.ledger.payment(landlord_id, told.replaced_by[0])
        days = {report.bucket for report in told.reports} - {told.posted.bucket}
        for other in self.ledger.payments(landlord_id, days) if days else ():
            if other.is_retold and other.replaced_by[0] == told.payment_id:
                yield other, told

    def _assign(self, landlord: Landlord, incoming: Incoming, told: Posted, match: Match, seen: _Sight) -> None:
        """Put what is in suspense on its lease, unless anybody decided on it. What a payer of many leases sent, as any
        channel told, waits for its list: memory and names say nothing of it, nor, of aids, what any channel names.
        """
        if not match.is_certain:
            nothing = replace(match, lease_id=None, rule=None, reason=SuspenseReason.NO_EVIDENCE)
            attempt = self.attributor.attempt(landlord.landlord_id, [incoming], [nothing])
            (match,) = attempt.matches()
            self.attributor.confirm(landlord.landlord_id, attempt, [match])
            if match.lease_id is None:
                return
            seen = self._see(landlord.landlord_id, [(told, match)])
        household = seen.households.of(match.lease_id or "")
        if seen.has_elsewhere(incoming, told):
            return
        payment = self.ledger.payment(landlord.landlord_id, told.payment_id)
        if payment.decisions:
            return
        if payment.is_clearing:
            self._take_for_receipt(landlord, incoming, payment, household, match)
            return
        if payment.status is not PaymentStatus.SUSPENSE or payment.is_other:
            return
        payers = landlord.bulk_payers
        if is_aid(payment, payers) or (not match.is_certain and sender_of(payment, payers) is not None):
            return
        decision, made = self._decided(landlord, incoming, payment, household, match)
        self.ledger.commit_decision(landlord.landlord_id, payment, decision, made)

    def _take_for_receipt(
        self, landlord: Landlord, incoming: Incoming, line: Payment, household: Household, match: Match
    ) -> None:
        """A line that names a lease of ours brings nothing of what waits in collection, whatever its code said."""
        now = self.clock.now()
        wrong = Match(None, None, {"named_by": incoming.voice}, SuspenseReason.UNASSIGNED)
        off = suspend(line, wrong, landlord.chart, paris_day(now), AUTOMATION, instant_text(now))
        suspended = replace(taken_off(line, off), is_clearing=False)
        onto = self._decided(landlord, incoming, suspended, household, match)
        self.ledger.commit_move(landlord.landlord_id, line, (off, ()), onto)

    def _move(self, landlord: Landlord, incoming: Incoming, told: Posted, match: Match, seen: _Sight) -> None:
        """Take a payment off the lease on which only memory or likeness put it, onto the one that it names itself."""
        landlord_id = landlord.landlord_id
        household = seen.households.of(match.lease_id or "")
        if seen.has_elsewhere(incoming, told):
            return
        settled = settled_leases(self.ledger.payment(landlord_id, told.payment_id))
        accounts = self.ledger.accounts(landlord_id, settled)
        payment = self.ledger.payment(landlord_id, told.payment_id)
        held = settled_leases(payment)
        if (
            payment.decisions
            or payment.status is not PaymentStatus.POSTED
            or not household.accounts.keys().isdisjoint(held)
        ):
            return
        if not accounts.keys() >= set(held):
            raise Stale
        histories = {name: self.ledger.history(landlord_id, name) for name in accounts}
        now = self.clock.now()
        on, at = paris_day(now), instant_text(now)
        wrong = Match(None, None, {"named_by": incoming.voice}, SuspenseReason.UNASSIGNED)
        off, freed = unassign(payment, accounts, histories, wrong, landlord.chart, on, AUTOMATION, at)
        onto, made = self._decided(landlord, incoming, taken_off(payment, off), household, match)
        self.ledger.commit_move(landlord_id, payment, (off, freed), (onto, made))

    def _decided(
        self, landlord: Landlord, incoming: Incoming, payment: Payment, household: Household, match: Match
    ) -> tuple[Decision, tuple[Charging, ...]]:
        now = self.clock.now()
        on, at = paris_day(now), instant_text(now)
        told = chosen_dues(incoming.movement)
        choice = Choice(told) if told else choice_of(payment, (), match)
        decision, made = assign(payment, household, match, choice, landlord.chart, on, AUTOMATION, at)
        ended = any(household.accounts[entry.lease_id or ""].status is LeaseStatus.ENDED for entry in decision.entries)
        flags = receipt_flags(household, payment.posted.incoming.movement, ended, bool(decision.allocations))
        return replace(decision, flags=flags), made


def _names(told: Posted, placed: Placed, match: Match) -> bool:
    """Whether a report names the lease of a row, of which nobody knew it so well."""
    return match.lease_id is not None and _is_news(told, placed.incoming, match)


def _may_clear(told: Posted, incoming: Incoming) -> bool:
    """Whether a further report may say that its line brings what waits in collection."""
    is_other = told.incoming.report.name != incoming.report.name
    return is_other and incoming.movement.nature is Nature.CLEARING and told.lease_id is None


def _is_news(told: Posted, incoming: Incoming, match: Match) -> bool:
    """Whether a further report tells the lease of a receipt that was on none at first, or on another by memory or
    likeness; or that what was taken for a line that brings values is one.
    """
    first = told.incoming
    is_other = first.report.name != incoming.report.name
    if first.movement.nature is Nature.CLEARING:
        return is_other and match.is_certain and incoming.movement.nature is Nature.RECEIPT
    return is_other and first.movement.nature is Nature.RECEIPT and (told.lease_id is None or _contradicts(match, told))


def _contradicts(match: Match, told: Posted) -> bool:
    doubtful = told.match is not None and not told.match.is_certain
    return doubtful and match.is_certain and match.lease_id != told.lease_id
