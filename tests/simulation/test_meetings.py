"""Channels that tell of equal money at the same moment, some of it a lease's, some nobody's: each reads, decides and
writes while others do, or dies on the way and comes again. In the end every lease has its money, and nobody's is in
suspense.

scripts/test plays some thousands, `scripts/simulate --meetings N` plays N. They are nothing but posting, one amount and
one day: a hundred times as many of them as of small stories go to the bottom of what is one and what is two.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from builders import a_credit, a_landlord, a_poster, a_table_with, a_virtual_iban, an_account, an_open_due, reported
from faults import FaultyTable, InterruptedTable, Killed

from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.incoming import Incoming

SEED = int(os.environ.get("QUITUS_SEED", "20261127"))
MEETINGS = int(os.environ.get("QUITUS_MEETINGS", "4000"))
SLICES = max(20, MEETINGS // 5_000)
HARD = (602, 2033, 3751, 10811, 500038430)
"""Seeds of meetings in which something went wrong: a lease got what is nobody's, or did not get its own."""
LANDLORD = a_landlord()
RENT = 45_000
IBANS = {"L1": a_virtual_iban(1), "L2": a_virtual_iban(2)}
SIZES = (2, 2, 2, 3, 3, 4, 5, 6)
CALLS = 16
"""Of a posting, about."""
DEEP = 2
"""How many interrupt each other."""

type Fact = tuple[int, str | None]
"""A payment: its number and its lease."""


@dataclass
class Meeting:
    """Who tells of some payments, and when: `waiting` has the batches that nobody works yet, `died` those whose work
    ended before its end.
    """

    chance: random.Random
    facts: Sequence[Fact]
    table: Any
    batches: Sequence[Sequence[Incoming]] = field(init=False)
    waiting: list[Sequence[Incoming]] = field(init=False)
    died: list[Sequence[Incoming]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.batches = list(self._told())
        self.waiting = self.chance.sample(self.batches, len(self.batches))

    def _told(self) -> Iterator[Sequence[Incoming]]:
        """The batches of all channels: the statement tells of every payment, in one batch or in two."""
        stated = self._report(self.facts, "camt.053")
        self.chance.shuffle(stated)
        cut = self.chance.randrange(1, len(stated)) if self.chance.random() < 0.3 else len(stated)
        yield from filter(None, (stated[:cut], stated[cut:]))
        for channel, often in (("camt.054", 0.5), ("camt.052", 0.15)):
            if told := self._report([fact for fact in self.facts if self.chance.random() < often], channel):
                yield told
        for fact in self.facts:
            if self.chance.random() < 0.4:
                yield self._report([fact], "event:bank")

    def _report(self, facts: Sequence[Fact], channel: str) -> list[Incoming]:
        return [self._said(fact, channel) for fact in facts]

    def _said(self, fact: Fact, channel: str) -> Incoming:
        number, lease_id = fact
        is_event = channel == "event:bank"
        has_reference = is_event or self.chance.random() < 0.6
        movement = a_credit(
            RENT,
            IBANS[lease_id] if lease_id else None,
            position=f"1.{number}",
            bank_reference=f"R{number}" if has_reference else None,
            end_to_end_id=f"E{number}" if self.chance.random() < 0.25 else None,
        )
        return reported(movement, channel, f"R{number}" if is_event else channel)

    def work(self, depth: int = 0) -> None:
        """One batch is posted; while it is, others may be; it may die."""
        batch, table = self.waiting.pop(), self.table
        if self.waiting and depth < DEEP and self.chance.random() < 0.7:
            between = partial(self._work_on, depth + 1)
            for _ in range(self.chance.choice((1, 1, 2))):
                table = InterruptedTable(table, self.chance.randint(2, CALLS), between)
        if self.chance.random() < 0.25:
            table = FaultyTable(table, self.chance.randint(1, CALLS), after=self.chance.random() < 0.5)
            self.died.append(batch)
        with suppress(Killed):
            post(table, batch)

    def _work_on(self, depth: int) -> None:
        if self.waiting:
            self.work(depth)

    def come_again(self) -> None:
        """Who died is called again, and sometimes everybody is."""
        again = self.died + (list(self.batches) if self.chance.random() < 0.2 else [])
        for batch in self.chance.sample(again, len(again)):
            post(self.table, batch)


def post(table: Any, batch: Sequence[Incoming]) -> None:
    poster = a_poster(table)
    poster.ledger.add_channel(LANDLORD.landlord_id, batch[0].bucket.account, batch[0].source.channel)
    poster.post(LANDLORD, batch)


def play(seed: int) -> None:
    """One meeting to its end, and what must hold then. Raises AssertionError."""
    chance = random.Random(seed)
    facts = [(number, chance.choice(("L1", "L1", "L2", None, None))) for number in range(chance.choice(SIZES))]
    accounts = [(iban, an_account(an_open_due("nov", RENT), lease_id=name)) for name, iban in IBANS.items()]
    meeting = Meeting(chance, facts, a_table_with(LANDLORD, accounts))
    while meeting.waiting:
        meeting.work()
    meeting.come_again()
    ledger = LedgerRows(meeting.table)
    found = Counter(
        payment.lease_id for payment in ledger.payments(LANDLORD.landlord_id, [meeting.batches[0][0].bucket])
    )
    assert found == Counter(lease_id for _, lease_id in facts), f"seed {seed}"


@pytest.mark.parametrize("seed", HARD)
def test_meetings_that_once_went_wrong_do_no_more(seed: int) -> None:
    play(seed)


@pytest.mark.timeout(24 * 3_600)
@pytest.mark.parametrize("part", range(SLICES))
def test_whoever_tells_of_equal_money_at_once_each_lease_has_its_own(part: int) -> None:
    for seed in range(SEED + part, SEED + MEETINGS, SLICES):
        play(seed)
