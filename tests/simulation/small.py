"""Small stories: a few payments on three leases, told by some channels, one taken back; who comes when, by chance.

A seed makes what happens and all that goes wrong: one or two faults at any call, two handlers at once, messages twice,
late and in any order, listings behind, an announcement that never comes, an ERP that fails, a clock that jumps.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

from builders import BANK_ACCOUNT
from simulation.cloud import Fault, Plan, no_fault
from simulation.invariants import the_books_hold
from simulation.lean import LeanWorld, Parts
from simulation.story import DAY, OPENING, PUT_ON, RENTS
from simulation.world import LANDLORD, SCHEDULES

from quitus import bootstrap
from quitus.adapters.view_rows import ViewRows
from quitus.domain.errors import Conflict
from quitus.domain.lease import Due, DueKind
from quitus.domain.movement import Balances, Means, Movement, Nature, Statement
from quitus.domain.splitting import Share
from quitus.services.decide_payments import Assignment, Occasion
from quitus.services.idempotent_requests import Attempt

STEPS: Final = 10
CALLS: Final = 180
"""About as many as a story makes: a fault planned later never comes."""
SIZES: Final = (1, 2, 2, 2, 3, 3, 4, 6)
AMOUNTS: Final = (20_000, 20_000, 45_000, 31_050, 115)
NEXT_DAY: Final = DAY + timedelta(days=1)
STATEMENT, NOTICE, EVENT = "sne"
CARD: Final = 8_200
"""What a tenant pays by card: an event tells of it, the statement brings it, less its fee."""
CARD_FEE: Final = 120
CARD_ON: Final = "L3"
PARTED_WITH, PART = "L3", 100
"""Who gets so many cents of a split."""

type Act = Callable[[LeanWorld], None]


@dataclass(frozen=True, slots=True)
class Fact:
    """Money that came: for a lease, or for nobody known."""

    number: int
    lease_id: str | None
    cents: int
    day: date
    channels: str
    """Who tells of it, by first letter; the statement always does."""
    referring: str
    """Who of them gives the bank's reference; events always do."""

    @property
    def reference(self) -> str:
        return f"BANKREF-{self.number:04d}"

    @property
    def end_to_end_id(self) -> str:
        return f"E2E-{self.number}"


@dataclass(frozen=True, slots=True)
class Back:
    """A payment that the bank takes back: the statement names it, or an event does, or both."""

    fact: Fact
    day: date
    named_by: str
    plainly: str | None = None
    """What an intraday report calls its debit, of which it does not say that it is a return; None: it says nothing."""

    @property
    def reference(self) -> str:
        return f"BACK-{self.fact.number:04d}"


@dataclass(frozen=True, slots=True)
class Plot:
    """What happens, whatever goes wrong."""

    facts: Sequence[Fact]
    back: Back | None
    again: bool
    """The first statement is dropped once more under another name."""
    raised: bool
    """The ERP raises a rent and takes it back."""
    payout: date | None
    """When the bank brings a card payment of the first day, if there is one."""
    parted: bool = False
    """What came for nobody known is split over two leases, where the second owes its part."""

    @property
    def days(self) -> list[date]:
        """The days that have a statement."""
        back = {self.back.day} if self.back else set()
        return sorted({fact.day for fact in self.facts} | back | ({self.payout} if self.payout else set()))

    def brought(self, day: date) -> int:
        """What the bank brings of card payments on a day."""
        return CARD - CARD_FEE if day == self.payout else 0


def plot(chance: random.Random) -> Plot:
    """A story drawn by chance."""
    facts = tuple(_fact(number, chance) for number in range(1, chance.choice(SIZES) + 1))
    known = [fact for fact in facts if fact.lease_id and _is_told_apart(fact, facts)]
    back = None
    if known and chance.random() < 0.7:
        fact = chance.choice(known)
        named_by = chance.choice((STATEMENT, EVENT, STATEMENT + EVENT) if EVENT in fact.channels else (STATEMENT,))
        back = Back(fact, chance.choice((fact.day, NEXT_DAY)), named_by)
    payout = chance.choice((DAY, NEXT_DAY)) if chance.random() < 0.2 else None
    return Plot(facts, back, chance.random() < 0.1, chance.random() < 0.1, payout, chance.random() < 0.4)


def with_more(told: Plot, chance: random.Random) -> Plot:
    """The story with what was thought of later: by chances of its own, so that seeds keep their stories."""
    if told.back is None or chance.random() < 0.6:
        return told
    return replace(told, back=replace(told.back, plainly=chance.choice(("", "end_to_end_id", "bank_reference"))))


def _is_told_apart(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Whether a return finds it: of equal payments, several channels may have each another's evidence (0023)."""
    equal = [other for other in facts if other.cents == fact.cents]
    return len(equal) == 1 or all(other.channels == STATEMENT for other in equal)


def _fact(number: int, chance: random.Random) -> Fact:
    channels = STATEMENT + "".join(one for one in (NOTICE, EVENT) if chance.random() < 0.3)
    return Fact(
        number=number,
        lease_id=chance.choice((*RENTS, *RENTS, None)),
        cents=chance.choice(AMOUNTS),
        day=chance.choice((DAY,) * 7 + (NEXT_DAY,)),
        channels=channels,
        referring="".join(one for one in channels if one == EVENT or chance.random() < 0.6),
    )


class Telling:
    """Who tells of a plot, and what: `addresses` are the virtual IBANs of the leases."""

    def __init__(self, plot: Plot, addresses: Mapping[str, str]) -> None:
        self.plot, self.addresses = plot, addresses

    def acts(self, chance: random.Random) -> Iterator[Act]:
        """What comes from outside, each as something that happens to a world."""
        opening = OPENING
        for day in self.plot.days:
            parts = self._statement(day, opening)
            stated = parts[-1]
            assert isinstance(stated, Statement)
            opening = stated.balances.closing_cents or 0
            yield partial(_bring, f"{day}.xml", "camt.053", parts, chance.random() < 0.85)
            if self.plot.again and day == self.plot.days[0]:
                yield partial(_bring, f"{day}.again.xml", "camt.053", parts, chance.random() < 0.5)
        for day in sorted({fact.day for fact in self.plot.facts if NOTICE in fact.channels}):
            yield partial(_bring, f"avis-{day}.xml", "camt.054", self._notice(day), chance.random() < 0.85)
        for event in self._events():
            yield partial(_tell, event)
            if chance.random() < 0.2:
                yield partial(_tell, event)
        if self.plot.raised:
            yield partial(call_rent, cents=RENTS[PUT_ON] + 1_000)
        if chance.random() < 0.3:
            yield partial(place_all, parted=self.plot.parted)

    def _statement(self, day: date, opening: int) -> Parts:
        moved = [self._movement(fact, STATEMENT) for fact in self.plot.facts if fact.day == day]
        if (back := self.plot.back) and back.day == day:
            named = back.fact.end_to_end_id if STATEMENT in back.named_by else None
            moved.append(
                Movement("1.99", -back.fact.cents, day, nature=Nature.RETURN, bank_reference=back.reference)
                if named is None
                else Movement("1.99", -back.fact.cents, day, nature=Nature.RETURN, end_to_end_id=named)
            )
        if net := self.plot.brought(day):
            moved.append(Movement("1.98", net, day, nature=Nature.CLEARING, means=Means.CARD, instructed_cents=CARD))
        closing = opening + sum(one.amount_cents for one in moved)
        return [*moved, _summed(f"S-{day}", day, moved, Balances(opening, closing))]

    def more(self) -> Iterator[Act]:
        """What else comes from outside, in stories that were thought of later."""
        back = self.plot.back
        if back is None or back.plainly is None:
            return
        plain = Movement(
            position="1.97",
            amount_cents=-back.fact.cents,
            booking_date=back.day,
            nature=Nature.OTHER,
            end_to_end_id=back.fact.end_to_end_id if back.plainly == "end_to_end_id" else None,
            bank_reference=back.reference if back.plainly == "bank_reference" else None,
        )
        parts: Parts = [plain, _summed(f"I-{back.day}", back.day, [plain], Balances())]
        yield partial(_bring, f"intraday-{back.day}.xml", "camt.052", parts, True)

    def _notice(self, day: date) -> Parts:
        facts = [fact for fact in self.plot.facts if fact.day == day and NOTICE in fact.channels]
        moved = [self._movement(fact, NOTICE) for fact in facts]
        return [*moved, _summed(f"N-{day}", day, moved, Balances())]

    def _movement(self, fact: Fact, channel: str) -> Movement:
        is_back = self.plot.back is not None and self.plot.back.fact is fact
        return Movement(
            position=f"1.{fact.number}",
            amount_cents=fact.cents,
            booking_date=fact.day,
            virtual_iban=self.addresses[fact.lease_id] if fact.lease_id else None,
            virtual_iban_path="RltdPties/CdtrAcct/Id/IBAN" if fact.lease_id else None,
            bank_reference=fact.reference if channel in fact.referring else None,
            end_to_end_id=fact.end_to_end_id if is_back else None,
        )

    def _events(self) -> Iterator[dict[str, str | int]]:
        for fact in (fact for fact in self.plot.facts if EVENT in fact.channels):
            known = {"virtual_iban": self.addresses[fact.lease_id]} if fact.lease_id else {}
            yield _event("credit", fact.reference, fact.cents, fact.day, end_to_end_id=fact.end_to_end_id, **known)
        if self.plot.payout:
            known = {"virtual_iban": self.addresses[CARD_ON], "source": "psp:demo", "means": "card"}
            yield _event("credit", "CARD-1", CARD, DAY, **known)
        if (back := self.plot.back) and EVENT in back.named_by:
            named = {"original_reference": back.fact.reference}
            yield _event("return", back.reference, back.fact.cents, back.day, reason="AC04", **named)


def _event(kind: str, reference: str, cents: int, day: date, **more: str) -> dict[str, str | int]:
    return {
        "schema": "quitus.payment-event/1",
        "event_id": f"evt-{reference}",
        "landlord_id": LANDLORD,
        "source": "bank:instant",
        "kind": kind,
        "bank_reference": reference,
        "amount_cents": cents,
        "currency": "EUR",
        "booking_date": day.isoformat(),
        "account_iban": BANK_ACCOUNT,
        "means": "transfer",
        **more,
    }


def _summed(name: str, day: date, moved: Sequence[Movement], balances: Balances) -> Statement:
    credits_cents = sum(one.amount_cents for one in moved if one.amount_cents > 0)
    debits_cents = -sum(one.amount_cents for one in moved if one.amount_cents < 0)
    return Statement(
        account=BANK_ACCOUNT,
        statement_id=name,
        message_id=f"MSG-{name}",
        from_date=day,
        to_date=day,
        currency="EUR",
        balances=balances,
        movements=len(moved),
        credits_cents=credits_cents,
        debits_cents=debits_cents,
        days=((day, credits_cents, debits_cents),),
    )


def _bring(name: str, channel: str, parts: Parts, announced: bool, world: LeanWorld) -> None:
    world.bring(name, channel, parts, announced=announced)


def _tell(event: Mapping[str, str | int], world: LeanWorld) -> None:
    world.tell(event)


def call_rent(world: LeanWorld, cents: int) -> None:
    """The ERP calls the rent of a lease, or changes it."""
    due = Due(f"nov-{PUT_ON}", PUT_ON, DueKind.RENT, "2026-11", date(2026, 11, 10), cents)
    world.insist(lambda: bootstrap.lease_changes().put_due(bootstrap.landlords().get(LANDLORD), due))


def place_all(world: LeanWorld, *, parted: bool) -> None:
    """An accountant puts all that is in suspense on a lease, or splits it over two; what the list still shows may be on
    its lease meanwhile, as the accountant is told.
    """
    for shown in list(ViewRows(world.table).payments_with_status(LANDLORD, "suspense", None)):
        attempt = Attempt(f"place-{shown.payment_id}", world.clock.now())
        occasion = Occasion(LANDLORD, shown.payment_id, "ada", attempt)
        split = partial(_split, occasion, shown.answer["amount_cents"])
        try:
            world.insist(split if parted else partial(_assign, occasion))
        except Conflict as refused:
            if refused.code != "payment_not_in_suspense":
                raise


def _assign(occasion: Occasion) -> None:
    bootstrap.staff_desk().decisions.assign(occasion, Assignment(PUT_ON, "seen"))


def _split(occasion: Occasion, cents: int) -> None:
    shares = (Share(PUT_ON, cents - PART), Share(PARTED_WITH, PART))
    try:
        bootstrap.staff_desk().decisions.split(occasion, shares, "of two", None)
    except Conflict as refused:
        if refused.code != "split_leaves_credit":
            raise
        _assign(occasion)


def play(world: LeanWorld, seed: int, addresses: Mapping[str, str]) -> None:
    """One story to its end, and what must hold then. Raises AssertionError."""
    chance, further = random.Random(seed), random.Random(f"later {seed}")
    told = with_more(plot(chance), further)
    telling = Telling(told, addresses)
    waiting = list(telling.acts(chance))
    chance.shuffle(waiting)
    for act in telling.more():
        waiting.insert(further.randint(0, len(waiting)), act)
    world.turnstile.plan = _plan(world, chance)
    failing = chance.random() < 0.3
    world.erp.fails = lambda: chance.choice((None, "before", "after")) if failing else None
    behind = chance.choice((0, 0, 2, 8))
    world.table.late = lambda: chance.randint(0, behind)
    for _ in range(STEPS):
        _step(world, waiting, chance)
    for act in waiting:
        act(world)
    world.erp.fails, world.table.late = lambda: None, lambda: 0
    _end(world, told)


def _end(world: LeanWorld, told: Plot) -> None:
    """All comes to rest. Usually one round of schedules does; where it does not, as many as it takes."""
    for come_to_rest in (world.rest, world.settle):
        come_to_rest()
        world.turnstile.plan = no_fault
        if told.raised:
            call_rent(world, RENTS[PUT_ON])
        place_all(world, parted=told.parted)
        world.drain()
        try:
            hold(world, told)
        except AssertionError:
            if come_to_rest == world.settle:
                raise
        else:
            return


def _plan(world: LeanWorld, chance: random.Random) -> Plan:
    """One or two faults, each at a call; and calls before which another handler works a message that waits, be it the
    same one.
    """
    faults = {chance.randrange(1, CALLS): chance.choice(list(Fault)) for _ in range(chance.randint(1, 2))}
    crossed = {chance.randrange(1, CALLS) for _ in range(chance.choice((0, 0, 1, 2)))}

    def plan(number: int, name: str) -> Fault | None:
        if number in crossed and world.queues.waiting:
            crossed.remove(number)
            world.deliver(chance.randrange(len(world.queues.waiting)))
        return faults.get(number)

    return plan


def _step(world: LeanWorld, waiting: list[Act], chance: random.Random) -> None:
    match chance.randrange(8):
        case 0 | 1 | 2 if waiting:
            waiting.pop()(world)
        case 3 if world.table.stream:
            world.stream(chance.randint(1, 5))
        case 4:
            world.fire(chance.choice(SCHEDULES))
            world.clock.tick(chance.uniform(-10, 30))
        case _ if world.queues.waiting:
            world.deliver(chance.randrange(len(world.queues.waiting)), keep=chance.random() < 0.2)


def hold(world: LeanWorld, told: Plot) -> None:
    """Invariants I1 to I8 after a story."""
    back = told.back.fact if told.back else None
    shown = [one.answer for one in ViewRows(world.table).payments_between(LANDLORD, DAY, NEXT_DAY)]
    found = Counter((one["status"], one["lease_id"], one["amount_cents"]) for one in shown)
    wanted = (("reversed" if fact is back else "posted", fact.lease_id or PUT_ON, fact.cents) for fact in told.facts)
    by_card = Counter({("posted", CARD_ON, CARD): 1} if told.payout else {})
    assert found == Counter(wanted) + by_card, "each movement is posted once"
    assert not any(ViewRows(world.table).collected(LANDLORD).values()), "the bank brought what waited in collection"
    came = Counter({CARD_ON: CARD} if told.payout else {})
    for fact in told.facts:
        came[fact.lease_id or PUT_ON] += 0 if fact is back else fact.cents
    parts = sum("split" in one["match"]["evidence"] for one in shown) * PART
    came.subtract({PUT_ON: parts, PARTED_WITH: -parts})
    owed = {lease_id: rent - came[lease_id] for lease_id, rent in RENTS.items()}
    the_books_hold(world, owed)
    _bank_and_books_agree(told)


def _bank_and_books_agree(told: Plot) -> None:
    closing = OPENING
    for day in told.days:
        (proof,) = bootstrap.proofs().of(LANDLORD, day).accounts
        received = sum(fact.cents for fact in told.facts if fact.day == day)
        sent = told.back.fact.cents if told.back and told.back.day == day else 0
        assert (proof.status, proof.difference_cents, proof.lines) == ("proved", 0, ())
        brought = told.brought(day)
        assert (proof.opening_cents, proof.closing_cents) == (closing, closing + received - sent + brought)
        assert (proof.receipts_cents, proof.reversals_cents, proof.other_cents) == (received, sent, brought)
        closing += received - sent + brought
