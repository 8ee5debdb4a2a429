"""Post movements: from a batch of a bank file, or from a payment event, onto leases or into suspense, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from quitus.domain.assigning import assign, settled_leases, taken_off, unassign
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.charged import Charging
from quitus.domain.clearing import cleared_by, suspend
from quitus.domain.distributing import is_aid, sender_of
from quitus.domain.errors import Contention
from quitus.domain.household import Household
from quitus.domain.identity import Bucket, account_tag
from quitus.domain.incoming import Incoming, Source, bank_role
from quitus.domain.landlord import Landlord
from quitus.domain.lease import LeaseStatus, Recent
from quitus.domain.ledger import Role
from quitus.domain.matching import Match, SuspenseReason
from quitus.domain.movement import Nature
from quitus.domain.pairing import Pairing, Register, Verdict
from quitus.domain.payment import AUTOMATION, Decision, Payment, PaymentStatus
from quitus.domain.payouts import as_booked
from quitus.domain.posting import Flag, Plan, Posted, Poster, receipt_flags, told_another_amount
from quitus.domain.reversing import taken_for_return
from quitus.services.attribution import Attributor
from quitus.services.contention import until_written
from quitus.services.messages import MovementBatch
from quitus.services.ports import Clock, Files, Landlords, Ledger
from quitus.services.table import Oversized, Stale
from quitus.services.take_back import Reverser

_PATIENCE = 20

type Post = Callable[[Landlord, Sequence[Incoming]], list[Placed]]


@dataclass(frozen=True, slots=True)
class Placed:
    """An incoming movement, what it was found to be, and the permanent row that stands for it."""

    incoming: Incoming
    verdict: Verdict
    posted: Posted
    told: tuple[Posted, ...] = ()
    """The rows of which the report tells the lease: the one that stands for it, and one that must be of the lease."""
    may_place: bool = False
    """Some row of its bucket must be of a lease that others named."""


@dataclass(frozen=True, slots=True)
class MovementPoster:
    """Posts incoming movements of one account: read, decide, write, and again when others wrote meanwhile."""

    ledger: Ledger
    attributor: Attributor
    clock: Clock

    def post(self, landlord: Landlord, batch: Sequence[Incoming]) -> list[Placed]:
        """Post a batch of one account and channel; every movement has its permanent row when this returns.

        A lease (or account group) and its movements are one transaction, so a batch that is nearly all one lease's is
        posted in halves.

        Raises:
            Contention: others kept writing to the same rows; nothing is lost, try again.
        """
        if not any(incoming.movement.nature is Nature.RETURN for incoming in batch):
            return self._post(landlord, batch)
        placed: dict[int, Placed] = {}
        turns: tuple[Post, ...] = (self._post, self._post_returns, self._post)
        for turn, post in enumerate(turns):
            indexes = [index for index, incoming in enumerate(batch) if _turn(incoming) == turn]
            placed.update(zip(indexes, post(landlord, [batch[index] for index in indexes]), strict=True))
        return [placed[index] for index in range(len(batch))]

    def _post(self, landlord: Landlord, batch: Sequence[Incoming], reverser: Reverser | None = None) -> list[Placed]:
        """Post a batch; of returns, with what `reverser` takes back for a single one."""
        if not batch:
            return []
        named, matches = self._named(landlord, batch)
        first = iter([True])
        try:
            attempt = partial(self._try, landlord, named, matches, reverser)
            placed = self._patiently(landlord, lambda: attempt(optimistic=next(first, False)))
        except Oversized:
            half = len(batch) // 2
            return self._post(landlord, batch[:half]) + self._post(landlord, batch[half:])
        for one, match in placed:
            self._tell_later(landlord, one, match)
        for bucket in {one.posted.bucket for one, _ in placed if one.posted.is_by_count or one.may_place}:
            self._patiently(landlord, partial(self._place_by_count, landlord, bucket))
        return [one for one, _ in placed]

    def _named(self, landlord: Landlord, batch: Sequence[Incoming]) -> tuple[list[Incoming], list[Match]]:
        """The batch with the leases that are certain, and why they are."""
        matches = self.attributor.certain(landlord, [incoming.movement for incoming in batch])
        return [_as_named(landlord, *pair) for pair in zip(batch, matches, strict=True)], matches

    def standing(self, landlord: Landlord, incoming: Incoming) -> Role | None:
        """The account where the payment stands that an event takes back; None when it is not known yet."""
        (named,), _ = self._named(landlord, [incoming])
        return Reverser(self.ledger, self.clock).standing(landlord.landlord_id, named)

    def _post_returns(self, landlord: Landlord, returns: Sequence[Incoming]) -> list[Placed]:
        """Each return that takes a payment back by itself; all others together."""
        if not returns:
            return []
        reverser, alone = Reverser(self.ledger, self.clock), len(returns) == 1
        named = returns if alone else self._named(landlord, returns)[0]
        known = [alone or reverser.knows(landlord.landlord_id, incoming) for incoming in named]
        aside = [incoming for incoming, is_known in zip(returns, known, strict=True) if not is_known]
        together = iter(self._post(landlord, aside))
        return [
            self._post(landlord, [incoming], reverser)[0] if is_known else next(together)
            for incoming, is_known in zip(returns, known, strict=True)
        ]

    def _patiently[T](self, landlord: Landlord, attempt: Callable[[], T]) -> T:
        busy = Contention("lease_busy", "Others kept writing to the same leases.", landlord_id=landlord.landlord_id)
        return until_written(attempt, self.clock, patience=_PATIENCE, busy=busy)

    def _try(
        self,
        landlord: Landlord,
        batch: Sequence[Incoming],
        certain: Sequence[Match],
        reverser: Reverser | None,
        *,
        optimistic: bool,
    ) -> list[tuple[Placed, Match]]:
        """One attempt. An account that a single channel reports on needs no look for other channels' rows: a row that
        is there already makes the write fail, and the next attempt looks.

        Accounts are read before channels, and channels before rows: a posting of the same money by another channel
        either shows in what is read after the accounts, or changes an account and makes the write fail.
        """
        landlord_id, first = landlord.landlord_id, batch[0]
        attempt = self.attributor.attempt(landlord_id, batch, certain)
        matches = attempt.matches()
        channels = self._channels(landlord_id, first) if first.is_booked else frozenset({first.voice})
        buckets = {incoming.bucket for incoming in batch}
        alone = optimistic and first.is_booked and channels == {first.voice} and not _is_return(first)
        register = Register() if alone else self.ledger.register(landlord_id, buckets, channels)
        at = instant_text(self.clock.now())
        poster = Poster(landlord.chart, matches, attempt.households, register, at)
        plan = poster.decide(batch)
        if len(channels) > 1 and (elsewhere := self._contradictions(landlord_id, plan)):
            register = self.ledger.register(landlord_id, buckets, channels)
            plan = replace(poster, register=register, elsewhere=elsewhere).decide(batch)
        aside = next((row for row in plan.posted if not row.is_plain), None)
        if reverser is not None and aside is not None:
            taken = (reverser if optimistic else Reverser(self.ledger, self.clock)).at_once(landlord, aside)
            if taken is not None:
                return [(Placed(aside.incoming, taken.verdict, taken.posted), matches[0])]
        self.attributor.confirm(landlord_id, attempt, matches)
        self.ledger.commit(landlord_id, plan, at, self._turned(landlord, plan, at))
        return list(zip(self._placed(landlord_id, batch, plan), matches, strict=True))

    def _turned(self, landlord: Landlord, plan: Plan, at: str) -> Mapping[str, Decision]:
        """By their ids, the debits that further reports turn into returns: they wait for their payments as all do."""
        told = {name: claim.incoming for claim in plan.claims if (name := claim.turned_id) is not None}
        lines = {name: self.ledger.payment(landlord.landlord_id, name) for name in told}
        if any(line.refund_id for line in lines.values()):  # it paid one since the rows were read
            raise Stale
        return {
            name: taken_for_return(line, told[name], landlord.chart, at)
            for name, line in lines.items()
            if line.is_other
        }

    def _contradictions(self, landlord_id: str, plan: Plan) -> list[Recent]:
        """Receipts to which another channel gave the reference of a new one, with another amount: what is on a lease
        is compared with what is on none, what is on none with all of its days. On one lease, its account tells.
        """
        new = plan.told_receipts
        if not new:
            return []
        days = {row.bucket.day for row in new if row.lease_id is None}
        told = self.ledger.told_receipts(landlord_id, new[0].bucket.account, days)
        return told if any(told_another_amount(told, row.incoming) for row in new) else []

    def _channels(self, landlord_id: str, incoming: Incoming) -> frozenset[str]:
        """The channels of an account, this one among them; a channel is known before its first accounts are read."""
        account, channel = incoming.bucket.account, incoming.voice
        channels = self.ledger.channels(landlord_id, account)
        if channel in channels:
            return channels
        if incoming.in_collection:
            self.ledger.add_collector(landlord_id, account_tag(incoming.account), channel)
        self.ledger.add_channel(landlord_id, account, channel)
        raise Stale

    def _tell_later(self, landlord: Landlord, placed: Placed, match: Match) -> None:
        """A further channel may bring the evidence that the first one lacked: money in suspense, or put on a lease by
        memory or likeness only, goes to its lease.
        """
        for told in placed.told:
            if match.lease_id is not None and _is_news(told, placed.incoming, match):
                correct = partial(self._assign if told.lease_id is None else self._move, landlord, placed.incoming)
                self._patiently(landlord, partial(correct, told, match))
            elif _may_clear(told, placed.incoming):
                self._patiently(landlord, partial(self._clear, landlord, placed.incoming, told))

    def _place_by_count(self, landlord: Landlord, bucket: Bucket) -> None:
        """A row that exists by count alone may be of a lease that another row's report named, when it was too early to
        say of which row.
        """
        landlord_id = landlord.landlord_id
        if bucket.amount_cents <= 0:
            return
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
                self._assign(landlord, said[iban], rows[bucket, ordinal], match)

    def _clear(self, landlord: Landlord, incoming: Incoming, told: Posted) -> None:
        """A further channel says that a line brings what waits in collection, or what was kept of that."""
        payment, now = self.ledger.payment(landlord.landlord_id, told.payment_id), self.clock.now()
        decision = cleared_by(payment, incoming.movement, landlord.chart, paris_day(now), instant_text(now))
        if decision is not None:
            self.ledger.commit_replacement(landlord.landlord_id, payment, decision)

    def _assign(self, landlord: Landlord, incoming: Incoming, told: Posted, match: Match) -> None:
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
        household = self._household(landlord, match)
        payment = self.ledger.payment(landlord.landlord_id, told.payment_id)
        if payment.decisions:
            return
        if payment.is_clearing:
            self._take_for_receipt(landlord, incoming, payment, household, match)
            return
        if payment.status is not PaymentStatus.SUSPENSE:
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

    def _move(self, landlord: Landlord, incoming: Incoming, told: Posted, match: Match) -> None:
        """Take a payment off the lease on which only memory or likeness put it, onto the one that it names itself."""
        landlord_id = landlord.landlord_id
        household = self._household(landlord, match)
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

    def _household(self, landlord: Landlord, match: Match) -> Household:
        lease_id = match.lease_id or ""
        return self.ledger.households(landlord.landlord_id, [lease_id]).of(lease_id)

    def _decided(
        self, landlord: Landlord, incoming: Incoming, payment: Payment, household: Household, match: Match
    ) -> tuple[Decision, tuple[Charging, ...]]:
        now = self.clock.now()
        target, on, at = incoming.movement.due_ids or match.due_ids, paris_day(now), instant_text(now)
        decision, made = assign(payment, household, match, target, landlord.chart, on, AUTOMATION, at)
        ended = any(household.accounts[entry.lease_id or ""].status is LeaseStatus.ENDED for entry in decision.entries)
        flags = receipt_flags(household, payment.posted.incoming.movement, ended, bool(decision.allocations))
        return replace(decision, flags=flags), made

    def _placed(self, landlord_id: str, batch: Sequence[Incoming], plan: Plan) -> list[Placed]:
        rows = {(posted.bucket, posted.ordinal): posted for posted in plan.posted}
        known = [(pairing.bucket, pairing.ordinal) for pairing in plan.pairings if pairing.verdict is not Verdict.NEW]
        known += [about for pairing in plan.pairings if (about := _about(pairing))]
        rows |= self.ledger.posted(landlord_id, [place for place in known if place not in rows])
        return [
            Placed(
                incoming,
                pairing.verdict,
                rows[pairing.bucket, pairing.ordinal],
                _told(pairing, rows),
                pairing.may_place,
            )
            for incoming, pairing in zip(batch, plan.pairings, strict=True)
        ]


def _as_named(landlord: Landlord, incoming: Incoming, match: Match) -> Incoming:
    """A movement with the lease that it names, and what that makes of it."""
    role = bank_role(incoming)
    senders = () if role is not Role.BANK or incoming.movement.is_parked else landlord.senders_of_payouts
    movement = as_booked(incoming.movement, match, senders)
    return replace(incoming, lease_iban=match.virtual_iban, movement=movement).accepted(role)


def _may_clear(told: Posted, incoming: Incoming) -> bool:
    """Whether a further report may say that its line brings what waits in collection."""
    is_other = told.incoming.report.name != incoming.report.name
    return is_other and incoming.movement.nature is Nature.CLEARING and told.lease_id is None


def _turn(incoming: Incoming) -> int:
    """When it is posted: 0, what comes; 1, what takes that back; 2, debits that say nothing, which would stand for
    returns of their amount as well.
    """
    if _is_return(incoming):
        return 1
    return 2 if incoming.movement.nature is Nature.OTHER else 0


def _is_return(incoming: Incoming) -> bool:
    """Whether it takes a payment back, whichever: it is posted by itself."""
    movement = incoming.movement
    return (
        incoming.is_booked and movement.nature is Nature.RETURN and movement.amount_cents < 0 and not movement.is_parked
    )


def _about(pairing: Pairing) -> tuple[Bucket, int] | None:
    return None if pairing.about is None else (pairing.bucket, pairing.about)


def _told(pairing: Pairing, rows: Mapping[tuple[Bucket, int], Posted]) -> tuple[Posted, ...]:
    own = None if pairing.exchanged else (pairing.bucket, pairing.ordinal)
    return tuple(rows[place] for place in (own, _about(pairing)) if place is not None)


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


@dataclass(frozen=True, slots=True)
class BatchPoster:
    """Posts a batch of a file and counts it on the file."""

    poster: MovementPoster
    landlords: Landlords
    files: Files
    clock: Clock

    def post(self, batch: MovementBatch) -> None:
        """Post the batch; again changes nothing."""
        landlord = self.landlords.get(batch.landlord_id)
        source = Source(batch.channel, batch.message, batch.file_id, vouched=batch.vouched)
        reported = [Incoming(item, batch.account, source) for item in batch.movements]
        booked, announced = ([item for item in reported if item.is_booked is is_so] for is_so in (True, False))
        placed = [*self.poster.post(landlord, booked), *self.poster.post(landlord, announced)]
        counts = count(placed, batch.file_id)
        at = instant_text(self.clock.now())
        self.files.batch_done(batch.landlord_id, batch.file_id, batch.number, counts, (), at)


def count(placed: Sequence[Placed], file_id: str) -> Mapping[str, int]:
    """How many movements of a file were posted, went to suspense, were known already, or are nothing of ours."""
    return Counter(_fate(item, file_id) for item in placed)


def _fate(item: Placed, file_id: str) -> str:
    if not item.incoming.is_booked:
        return "ignored"
    if item.verdict is Verdict.SAME or item.posted.incoming.source.file_id != file_id:
        return "duplicates"
    if not item.posted.entries and item.posted.reverses is None:
        return "suspense" if Flag.IDENTITY_CONFLICT in item.posted.flags else "ignored"
    movement = item.incoming.movement
    if movement.nature is Nature.CLEARING and movement.amount_cents < 0:
        return "ignored"
    if item.posted.lease_id is not None or movement.nature in (Nature.RETURN, Nature.CLEARING):
        return "posted"
    return "suspense"
