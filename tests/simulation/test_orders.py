"""The same money told by every channel, in any order, with whatever references are missing: posted once, twins twice.

A seed makes a day of a landlord's account: single transfers, twins (same payer, lease, amount, day), instant payments
told by events, batches that one channel splits, another sums up and a third details, announcements that come before or
after the booking. One channel knows every lease, the others know what chance leaves them; all of it comes in messages
that are shuffled, cut and repeated. What must hold at the end: each lease got exactly its money, nothing else is in the
books, the closing statement agrees with the ledger.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched

import pytest
from builders import BANK_ACCOUNT, DAY, a_credit
from unit.views.estate import IBANS, Estate, L

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.incoming import Incoming, Source
from quitus.domain.movement import Movement, Status

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
ORDERS = int(os.environ.get("QUITUS_ORDERS", "500"))
SLICES = 10
HARD = (20261125002959,)
"""Seeds of orders in which something went wrong: a row put on a lease by count was named another's by reference."""
RENT = 45000
AMOUNTS = (20000, 20000, 31050, RENT)
PAYERS = {"L1": "ROUX CAMILLE", "L2": "MARTIN PAUL", "OLD": "DUVAL ANNE"}


@dataclass(frozen=True)
class Fact:
    """A true payment. `batch` names the batch that it was booked in, if any."""

    number: int
    lease_id: str
    cents: int
    batch: str | None = None

    def told(self, chance: random.Random, position: str, *, by_reference: bool, informed: bool) -> Movement:
        """What a channel says of it: each piece of evidence by chance, the lease always if the channel is informed."""
        names = (self.batch,) if self.batch else ()
        return a_credit(
            self.cents,
            IBANS[self.lease_id] if informed or chance.random() < 0.5 else None,
            position=position,
            bank_reference=f"BANKREF-{self.number:05d}" if by_reference else None,
            end_to_end_id=f"E2E-{self.number}" if chance.random() < 0.3 else None,
            debtor_name=PAYERS[self.lease_id] if chance.random() < 0.5 else None,
            batch_references=names,
            entry_reference=f"ENTRY-{self.batch}" if self.batch else None,
        )


def facts(chance: random.Random) -> list[Fact]:
    """A day's payments; equal ones are true twins."""
    leases = list(IBANS)
    singles = [Fact(number, chance.choice(leases), chance.choice(AMOUNTS)) for number in range(chance.randint(2, 6))]
    batches = [
        Fact(100 * batch + number, chance.choice(leases), chance.choice(AMOUNTS) + 100 * batch, f"BATCH-{batch}")
        for batch in range(1, chance.randint(1, 3))
        for number in range(chance.randint(2, 4))
    ]
    return singles + batches


def total(batch: str, details: Sequence[Fact], position: str) -> Movement:
    """The batch in one sum."""
    return a_credit(
        sum(fact.cents for fact in details),
        None,
        position=position,
        awaiting_details=True,
        bank_reference=f"ENTRY-{batch}",
        entry_reference=f"ENTRY-{batch}",
        batch_references=(batch,),
    )


def channel(
    chance: random.Random,
    name: str,
    known: Sequence[Fact],
    *,
    sums: bool = False,
    informed: bool = False,
    status: Status = Status.BOOKED,
) -> Iterator[list[Incoming]]:
    """The messages of a channel: every payment once, in any order, batches in one sum or split into their details."""
    by_reference = chance.random() < 0.6
    batches = {fact.batch: [one for one in known if one.batch == fact.batch] for fact in known if fact.batch}
    summed = {batch for batch in batches if sums and chance.random() < 0.7}
    told = [
        fact.told(chance, str(place), by_reference=by_reference, informed=informed) for place, fact in enumerate(known)
    ]
    movements = [movement for fact, movement in zip(known, told, strict=True) if fact.batch not in summed]
    movements += [total(batch, batches[batch], f"sum-{batch}") for batch in sorted(summed)]
    chance.shuffle(movements)
    for number, some in enumerate(batched(movements, chance.randint(1, 8), strict=False)):
        message = name if name == "camt.053" else f"{name}-{number}"
        yield [
            Incoming(replace(one, status=status), BANK_ACCOUNT, Source(name, message, file_id=message)) for one in some
        ]


def messages(chance: random.Random, known: Sequence[Fact]) -> list[list[Incoming]]:
    """What all channels tell, shuffled, with repetitions; the statement always speaks, the others by chance."""
    singles = [fact for fact in known if fact.batch is None]
    if chance.random() < 0.6:
        told = [*channel(chance, "camt.053", known, sums=True), *channel(chance, "camt.054", known, informed=True)]
    else:
        told = [*channel(chance, "camt.053", known, informed=True)]
        told += channel(chance, "camt.054", known) if chance.random() < 0.5 else ()
    if chance.random() < 0.5:
        told += channel(chance, "cfonb120", singles)
    if chance.random() < 0.4:
        told += channel(chance, "camt.052", singles, status=Status.PENDING)
    if chance.random() < 0.5:
        told += [[event(chance, fact)] for fact in singles if chance.random() < 0.5]
    told += [message for message in told if chance.random() < 0.2]
    chance.shuffle(told)
    return told


def event(chance: random.Random, fact: Fact) -> Incoming:
    movement = fact.told(chance, "event", by_reference=True, informed=True)
    name = movement.bank_reference or ""
    return Incoming(movement, BANK_ACCOUNT, Source("event:bank", name, event_id=name))


def play(seed: int) -> None:
    """One order, from the facts to the books."""
    chance = random.Random(seed)
    known = facts(chance)
    estate = Estate()
    for message in messages(chance, known):
        for booked in (True, False):
            some = [one for one in message if one.is_booked is booked]
            if some:
                estate.post(*some)
        if chance.random() < 0.15:
            estate.settle()
    estate.settle()
    _hold(estate, known)


def _hold(estate: Estate, known: Sequence[Fact]) -> None:
    accounts = LedgerRows(estate.table).accounts(L, IBANS)
    owed = {lease_id: account.balance_cents for lease_id, account in accounts.items()}
    paid = {lease_id: sum(fact.cents for fact in known if fact.lease_id == lease_id) for lease_id in IBANS}
    shown = list(ViewRows(estate.table).payments(L, None, None, None))
    assert Counter((one.answer["status"], one.answer["amount_cents"]) for one in shown) == Counter(
        ("posted", fact.cents) for fact in known
    )
    assert owed == {lease_id: RENT - cents for lease_id, cents in paid.items()}
    side = ViewRows(estate.table).ledger_sides(L, BANK_ACCOUNT, DAY, DAY)[DAY]
    assert (side.receipts_cents, side.reversals_cents, side.other_cents) == (sum(paid.values()), 0, 0)
    assert not list(ViewRows(estate.table).unstated(L, BANK_ACCOUNT, DAY))


@pytest.mark.parametrize("seed", HARD)
def test_orders_that_once_left_money_aside_do_no_more(seed: int) -> None:
    play(seed)


@pytest.mark.parametrize("part", range(SLICES))
def test_in_every_order_each_movement_is_posted_once_and_twins_twice(part: int) -> None:
    for number in range(part, ORDERS, SLICES):
        seed = SEED * 1_000_000 + number
        try:
            play(seed)
        except AssertionError as wrong:
            pytest.fail(f"QUITUS order seed {seed}: {wrong}")
