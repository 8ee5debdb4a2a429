"""Two handlers at once, in every order that can make a difference.

Both run in threads of their own, of which one moves at a time: each stops before a call that touches the table or a
bucket, and the schedule says who goes on. Two orders of calls that touch nothing in common are one: whoever went first
would see the same. So all schedules are played from which something different can come, and no other (sleep sets,
Godefroid 1996).
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from simulation.cloud import Turnstile

from quitus.adapters.memory import MemoryTable
from quitus.services.table import Put, Write

type Step = Callable[[], object]
EACH = None if os.environ.get("QUITUS_INTERLEAVINGS") == "every" else 20
"""How many schedules of a pair scripts/test plays; None: all of them."""

_WRITES = {"table.add", "table.write", "s3.put_object"}


@dataclass(frozen=True, slots=True)
class Touch:
    """What a call reads or writes: rows (or objects) by key, or all of a partition under a prefix."""

    writes: bool = False
    keys: frozenset[tuple[str, str]] = frozenset()
    ranges: frozenset[tuple[str, str]] = frozenset()

    def meets(self, other: Touch) -> bool:
        """Whether it matters which of the two comes first."""
        if not (self.writes or other.writes):
            return False
        return bool(self.keys & other.keys) or self._covers(other) or other._covers(self)

    def _covers(self, other: Touch) -> bool:
        return any(pk == name and sk.startswith(prefix) for pk, prefix in self.ranges for name, sk in other.keys)


def touched(table: MemoryTable, name: str, given: tuple[Any, ...], named: Mapping[str, Any]) -> Touch | None:
    """What a call of the cloud touches; None when its order makes no difference to anybody."""
    if name.startswith("sqs."):
        return None
    keys, ranges = frozenset(_keys(table, name, given, named)), frozenset(_ranges(name, given, named))
    assert keys or ranges or name == "table.batch_get", name
    return Touch(name in _WRITES, keys, ranges)


def _keys(table: MemoryTable, name: str, given: tuple[Any, ...], named: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match name, given:
        case "table.get" | "table.add", (key, *_):
            yield key[:2]
        case "table.batch_get", (keys,):
            yield from (key[:2] for key in keys)
        case "table.write", (writes,):
            yield from (place for write in writes for place in _places(table, write))
        case "s3.put_object" | "s3.get_object", _:
            yield named["Bucket"], named["Key"]


def _ranges(name: str, given: tuple[Any, ...], named: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match name, given:
        case "table.query" | "table.query_listing", (pk, *prefix):
            yield pk, prefix[0] if prefix else named.get("prefix", "")
        case "s3.list_object_versions", _:
            yield named["Bucket"], named.get("Prefix", "")


def _places(table: MemoryTable, write: Write) -> Iterator[tuple[str, str]]:
    """A row is in its partition, and in the listings that it names and named."""
    yield write.key[:2]
    for row in (write.row if isinstance(write, Put) else write.set, table.rows.get(write.key, {})):
        if "GSI1PK" in row:
            yield row["GSI1PK"], row["GSI1SK"]


class Left(BaseException):
    """Nobody waits for this side any more."""


class Side(threading.Thread):
    """A handler at work, that waits before each call for its turn."""

    def __init__(self, work: Step) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.touch: Touch | None = None
        self.failed: BaseException | None = None
        self.left = False
        self._arrived, self._go = threading.Semaphore(0), threading.Semaphore(0)

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self.failed = error
        self.touch = None
        self._arrived.release()

    def wait(self, touch: Touch) -> None:
        """Called within: stop until it is this one's turn."""
        self.touch = touch
        self._arrived.release()
        self._go.acquire()
        if self.left:
            raise Left

    def begin(self) -> None:
        """Run to the first call."""
        self.start()
        self._arrived.acquire()

    def answer(self) -> None:
        """Raises what it failed of."""
        if self.failed:
            raise self.failed

    def leave(self) -> None:
        """End at once: nobody wants to know what would come of it."""
        self.left = True
        if self.touch:
            self.step()

    def step(self) -> None:
        """Make the call that waits, and run to the next one."""
        self._go.release()
        self._arrived.acquire()


@dataclass
class Meeting(Turnstile):
    """A turnstile at which sides wait for their turn; whoever else comes passes."""

    table: MemoryTable = field(default_factory=MemoryTable)

    def passed(self, name: str, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        side = threading.current_thread()
        if name == "table.batch_get":
            given = (tuple(given[0]),)  # an iterator gives its keys once
        if isinstance(side, Side) and (touch := touched(self.table, name, given, named)):
            side.wait(touch)
        return super().passed(name, call, *given, **named)


@dataclass
class Choice:
    """A moment at which either side could go on: who was let, and who need not be any more."""

    waiting: dict[int, Touch]
    asleep: set[int]
    chosen: int

    def following(self) -> set[int]:
        """Who sleeps after the chosen one went: it would see what it would have seen before."""
        gone = self.waiting[self.chosen]
        return {side for side in self.asleep if not gone.meets(self.waiting[side])}

    def turn(self) -> bool:
        """Choose the next one; False when all were."""
        self.asleep.add(self.chosen)
        left = sorted(self.waiting.keys() - self.asleep)
        self.chosen = left[0] if left else self.chosen
        return bool(left)


@dataclass
class Schedules:
    """All schedules of two works that differ: `begin` makes the world as it was and gives both."""

    begin: Callable[[], tuple[Step, Step]]
    path: list[Choice] = field(default_factory=list)
    played: int = 0
    same: int = 0

    def each(self) -> Iterator[str]:
        """Plays the next schedule, then says who went when: the caller looks at the world."""
        while True:
            if self._play():
                self.played += 1
                yield "".join("ab"[choice.chosen] for choice in self.path)
            else:
                self.same += 1
            while self.path and not self.path[-1].turn():
                self.path.pop()
            if not self.path:
                return

    def some(self) -> Iterator[str]:
        """The first of them, or each, as `EACH` says."""
        return islice(self.each(), EACH)

    def _play(self) -> bool:
        """Whether the schedule came to its end: one that only repeats another is left."""
        sides = [Side(work) for work in self.begin()]
        for side in sides:
            side.begin()
        asleep, depth = set[int](), 0
        while waiting := {place: side.touch for place, side in enumerate(sides) if side.touch}:
            if depth == len(self.path):
                if not (awake := waiting.keys() - asleep):
                    for side in sides:
                        side.leave()
                    return False
                self.path.append(Choice(waiting, asleep, min(awake)))
            choice = self.path[depth]
            assert choice.waiting == waiting, "the same schedule went another way"
            asleep = choice.following()
            sides[choice.chosen].step()
            depth += 1
        for side in sides:
            side.answer()
        return True


def race(first: Step, second: Step, chance: random.Random) -> None:
    """Both at once, who goes next by chance."""
    sides = [Side(first), Side(second)]
    for side in sides:
        side.begin()
    while waiting := [side for side in sides if side.touch]:
        chance.choice(waiting).step()
    for side in sides:
        side.answer()
