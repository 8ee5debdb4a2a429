"""Two handlers at once on the same leases, in every order that differs: nothing is lost, doubled or overwritten.

scripts/test plays some schedules of each pair; `scripts/simulate --interleavings` plays them all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import pytest
from simulation.interleaving import Meeting, Schedules, Step
from simulation.story import (
    PUT_ON,
    RENTS,
    acts,
    assign,
    begin,
    call_rent,
    check,
    decide,
    ibans,
    in_suspense,
    receive_cheque,
)
from simulation.world import EVENTS, Saved, World

EACH = None if os.environ.get("QUITUS_INTERLEAVINGS") == "every" else 20
"""How many schedules of each pair are played."""

MOVEMENTS, VIEWS = "MOVEMENTS_QUEUE_URL", "VIEWS_QUEUE_URL"

type Work = Callable[[World], Step]


@dataclass(frozen=True)
class Moment:
    """When a pair meets: nothing is posted yet; all is posted and nobody told; all is settled but for a person."""

    noon: Saved
    afternoon: Saved
    evening: Saved


def message(queue: str, which: int) -> Work:
    """The handler of the nth message that waits in a queue."""

    def work(world: World) -> Step:
        places = [place for place, waiting in enumerate(world.queues.waiting) if waiting.queue == queue]
        return partial(world.deliver, places[which])

    return work


def person(key: str) -> Work:
    """An accountant puts what is in suspense on a lease."""

    def work(world: World) -> Step:
        return partial(assign, world, in_suspense(world), key)

    return work


def raised(lease_id: str) -> Work:
    """The ERP raises a rent: it is called as before in the end."""
    return lambda world: partial(call_rent, world, lease_id, RENTS[lease_id] + 1_000)


def cheque(world: World) -> Step:
    """An accountant records a cheque."""
    return partial(receive_cheque, world)


def schedules_fire(world: World) -> Step:
    """The sweep, the exports, the closing of days, the ERP's lane."""
    return world.tick


NOON: dict[str, tuple[Work, Work]] = {
    "notice and statement": (message(MOVEMENTS, 0), message(MOVEMENTS, 1)),
    "statement twice": (message(MOVEMENTS, 1), message(MOVEMENTS, 1)),
    "statement and event": (message(MOVEMENTS, 1), message(EVENTS, 0)),
    "statement and return": (message(MOVEMENTS, 1), message(EVENTS, 1)),
    "statement and cheque": (message(MOVEMENTS, 1), cheque),
    "statement and raised rent": (message(MOVEMENTS, 1), raised("L1")),
    "event twice": (message(EVENTS, 0), message(EVENTS, 0)),
    "event and its return": (message(EVENTS, 0), message(EVENTS, 1)),
    "return twice": (message(EVENTS, 1), message(EVENTS, 1)),
    "cheque twice": (cheque, cheque),
}
AFTERNOON: dict[str, tuple[Work, Work]] = {
    "views of two payments": (message(VIEWS, 0), message(VIEWS, 1)),
    "views twice": (message(VIEWS, 0), message(VIEWS, 0)),
    "views and schedules": (message(VIEWS, 0), schedules_fire),
}
EVENING: dict[str, tuple[Work, Work]] = {
    "assigned twice": (person("assign"), person("again")),
    "assigned twice by one": (person("assign"), person("assign")),
    "assigned and raised rent": (person("assign"), raised(PUT_ON)),
    "assigned and schedules": (person("assign"), schedules_fire),
}
PAIRS = {
    name: (moment, pair)
    for moment, pairs in (("noon", NOON), ("afternoon", AFTERNOON), ("evening", EVENING))
    for name, pair in pairs.items()
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield World(monkeypatch)


@pytest.fixture(scope="module")
def moments(world: World) -> Moment:
    begin(world)
    for act in acts(ibans(world)):
        if act is not receive_cheque:
            act(world)
    world.work_off("DROPS_QUEUE_URL")
    noon = world.saved()
    receive_cheque(world)
    world.work_off(MOVEMENTS, EVENTS)
    while world.table.stream:
        world.stream(1)
    afternoon = world.saved()
    world.settle()
    return Moment(noon, afternoon, world.saved())


def end(world: World) -> None:
    """The day goes on to its end, whatever came of the pair."""
    receive_cheque(world)
    for lease_id, cents in RENTS.items():
        call_rent(world, lease_id, cents)
    world.settle()
    if world.ask("GET", "/v1/payments?status=suspense").body["items"]:
        decide(world)
    world.settle()
    check(world)


@pytest.mark.parametrize("name", PAIRS)
def test_two_at_once(world: World, moments: Moment, name: str, record_property: Callable[[str, object], None]) -> None:
    moment, (first, second) = PAIRS[name]

    def start() -> tuple[Step, Step]:
        world.forget_and_become(getattr(moments, moment))
        pair = first(world), second(world)
        world.turnstile = Meeting(table=world.table)
        return pair

    schedules = Schedules(start)
    for schedule in islice(schedules.each(), EACH):
        try:
            end(world)
        except AssertionError as error:
            raise AssertionError(f"schedule {schedule}") from error
    assert schedules.played
    record_property("schedules", schedules.played)
