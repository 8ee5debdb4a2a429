"""A ledger with entries to push, an ERP that can be told to fail, and a push that is woken as its queue would."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from builders import DAY, FixedClock
from unit.views.estate import LANDLORD, L

from erp_stand_in import Journal
from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.erp_outbox import ErpOutboxRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.memory import MemoryTable
from quitus.adapters.outbox_rows import entry_puts, issued_iban_put
from quitus.domain.erp_batch import Answer, Feed, IssuedIban, Item, Outcome, answer_of, batch_body
from quitus.domain.landlord import Landlord
from quitus.domain.ledger import Chart, Entry, EntryKind, Role, seal
from quitus.services.messages import ErpWake
from quitus.services.push_erp import Erp, ErpPusher, Run
from quitus.services.table import Put

_CHART = Chart()
_OWNERS = itertools.count(1)


def an_entry(lease_id: str | None, sequence: int = 1, previous: Entry | None = None, cents: int = 45000) -> Entry:
    credited = _CHART.credit(Role.TENANTS if lease_id else Role.SUSPENSE, cents, lease_id)
    lines = (_CHART.debit(Role.BANK, cents), credited)
    name = f"{lease_id or 'loose'}-{sequence}"
    previous_hash = previous.hash if previous else None
    return seal(Entry(name, lease_id, sequence, EntryKind.RECEIPT, DAY, lines, previous_hash))


def a_chain(lease_id: str, length: int) -> list[Entry]:
    chain: list[Entry] = []
    for sequence in range(1, length + 1):
        chain.append(an_entry(lease_id, sequence, chain[-1] if chain else None))
    return chain


class MovingClock(FixedClock):
    """A clock that only moves when a test waits."""

    def wait(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@dataclass
class JournalErp:
    """The stand-in's journal without its socket."""

    journal: Journal
    batches: list[tuple[str, int]] = field(default_factory=list)

    def send(self, feed: Feed, name: str, items: Sequence[Item]) -> Answer:
        self.batches.append((feed.value, len(items)))
        body = batch_body(name, feed, items)
        reply = self.journal.answer("POST", f"/{feed.value}", {"idempotency-key": name}, body)
        return Answer(Outcome.FAILED, reply.broken) if reply.broken else answer_of(reply.status)


@dataclass
class Wakes:
    """The wake queue: messages with the delay after which they come."""

    waiting: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        for message in messages:
            assert message == ErpWake(L)
            self.waiting.append(delay_seconds)
            self.sent.append(delay_seconds)


@dataclass
class Lane:
    """One landlord's outbox and everything around its push."""

    table: MemoryTable = field(default_factory=MemoryTable)
    journal: Journal = field(default_factory=Journal)
    clock: MovingClock = field(default_factory=MovingClock)
    wakes: Wakes = field(default_factory=Wakes)
    landlord: Landlord = LANDLORD

    def __post_init__(self) -> None:
        LandlordRows(self.table).put(self.landlord)
        self.erp = JournalErp(self.journal)

    def record(self, *entries: Entry, pushed: bool = True) -> None:
        for entry in entries:
            payment_id = f"P-{entry.entry_id}"
            for put in entry_puts(L, entry, payment_id, "virtual_iban", pushed=pushed):
                self._put(put)

    def issue(self, *ibans: str) -> None:
        for iban in ibans:
            self._put(issued_iban_put(L, IssuedIban("L1", iban, "SWNBFR22XXX", "SEMIGA", "RF1"), pushed=True))

    def _put(self, put: Put) -> None:
        self.table.write([put])

    def pusher(self, table: Any = None, connect: Callable[[Landlord], Erp] | None = None) -> ErpPusher:
        store = table or self.table
        return ErpPusher(
            ErpOutboxRows(store),
            LandlordRows(store),
            AlertRows(store),
            self.wakes,
            self.clock,
            connect or (lambda landlord: self.erp),
        )

    def push(self, *, table: Any = None, seconds: float = 60, erp: Erp | None = None) -> None:
        """One invocation with a name of its own."""
        run = Run(f"run-{next(_OWNERS)}", lambda: seconds)
        connect = (lambda landlord: erp) if erp else None
        self.pusher(table, connect).push(L, run)

    def push_until_quiet(self, most: int = 50) -> None:
        """Push now, and again whenever the queue would wake the push."""
        self.wakes.waiting.append(0)
        while self.wakes.waiting and most:
            self.wakes.waiting.sort()
            self.clock.wait(self.wakes.waiting.pop(0))
            self.push()
            most -= 1

    def open_alerts(self) -> dict[str, Any]:
        rows = self.table.query(f"{L}#alerts").rows
        return {row["kind"]: row for row in rows if "closed_at" not in row}

    def pushed(self) -> list[str]:
        return [entry["entry_id"] for entry in self.journal.entries]
