"""Post movements: from a batch of a bank file, or from a payment event, onto leases or into suspense, each once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from quitus.domain.calendar import instant_text
from quitus.domain.identity import Bucket, account_tag
from quitus.domain.incoming import Incoming, bank_role
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Recent
from quitus.domain.ledger import Role
from quitus.domain.matching import Match
from quitus.domain.movement import Nature
from quitus.domain.pairing import Pairing, Register, Verdict
from quitus.domain.payment import Decision
from quitus.domain.payouts import as_booked
from quitus.domain.posting import Placed, Plan, Posted, Poster, told_another_amount
from quitus.domain.reversing import turned_to_return
from quitus.services.attribution import Attributor
from quitus.services.contention import until_leases_written
from quitus.services.correct_postings import PostingCorrector
from quitus.services.ports import Clock, Ledger
from quitus.services.table import Oversized, Stale
from quitus.services.take_back import Reverser

type Turn = tuple[Callable[[Landlord, Sequence[Incoming]], list[Placed]], Callable[[Incoming], bool]]
"""How movements are posted, and which."""


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
        turns: tuple[Turn, ...] = ((self._post, _is_first), (self._post_returns, _is_return), (self._post, _is_unsaid))
        for post, belongs in turns:
            indexes = [index for index, incoming in enumerate(batch) if belongs(incoming)]
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
            placed = until_leases_written(
                landlord.landlord_id, lambda: attempt(optimistic=next(first, False)), self.clock
            )
        except Oversized:
            half = len(batch) // 2
            return self._post(landlord, batch[:half]) + self._post(landlord, batch[half:])
        corrector = PostingCorrector(self.ledger, self.attributor, self.clock)
        corrector.hear(landlord, placed)
        for bucket in {one.posted.bucket for one, _ in placed if one.posted.is_by_count or one.has_row_to_place}:
            corrector.place_by_count(landlord, bucket)
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
        if any(
            line.refund_ids or line.reverses for line in lines.values()
        ):  # somebody said so since the rows were read
            raise Stale
        return {  # of what is no longer nothing, somebody decided: only the claim is kept
            name: turned_to_return(line, told[name], landlord.chart, at)
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
                pairing.has_row_to_place,
            )
            for incoming, pairing in zip(batch, plan.pairings, strict=True)
        ]


def _as_named(landlord: Landlord, incoming: Incoming, match: Match) -> Incoming:
    """A movement with the lease that it names, and what that makes of it."""
    role = bank_role(incoming)
    senders = () if role is not Role.BANK or incoming.movement.is_parked else landlord.senders_of_payouts
    movement = as_booked(incoming.movement, match, senders)
    named = replace(incoming, lease_iban=match.virtual_iban, party_iban=match.party_iban, movement=movement)
    of_list_payer = movement.amount_cents > 0 and any(payer.sent(movement) for payer in landlord.bulk_payers)
    return replace(named, of_list_payer=of_list_payer).accepted(role)


def _is_first(incoming: Incoming) -> bool:
    """Whether returns come after it: they may take it back."""
    return not _is_return(incoming) and not _is_unsaid(incoming)


def _is_unsaid(incoming: Incoming) -> bool:
    """Whether it comes last: a debit that says nothing would be paired with the row of a return of its amount."""
    return incoming.movement.nature is Nature.OTHER


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
