"""Pairs of handlers that meet on the same leases, and when they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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

MOVEMENTS, VIEWS = "MOVEMENTS_QUEUE_URL", "VIEWS_QUEUE_URL"

type Work = Callable[[World], Step]


@dataclass(frozen=True)
class Moments:
    """When a pair meets: nothing has come; nothing is posted; all is posted, nobody told; all is settled but for a
    person.
    """

    morning: Saved
    noon: Saved
    afternoon: Saved
    evening: Saved


def message(queue: str, which: int, about: str = "") -> Work:
    """The handler of the nth message that waits in a queue, or of the nth that names something."""

    def work(world: World) -> Step:
        waiting = enumerate(world.queues.waiting)
        places = [place for place, one in waiting if one.queue == queue and about in one.body]
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


# The files come in batches of three: the notice's are 0 and 1, the statement's 2 to 4; the last has what went back.
NOON: dict[str, tuple[Work, Work]] = {
    "notice and statement": (message(MOVEMENTS, 0), message(MOVEMENTS, 2)),
    "two batches of a statement": (message(MOVEMENTS, 2), message(MOVEMENTS, 3)),
    "statement twice": (message(MOVEMENTS, 2), message(MOVEMENTS, 2)),
    "statement and event": (message(MOVEMENTS, 2), message(EVENTS, 0)),
    "statement and return": (message(MOVEMENTS, 4), message(EVENTS, 1)),
    "statement and cheque": (message(MOVEMENTS, 3), cheque),
    "statement and raised rent": (message(MOVEMENTS, 2), raised("L1")),
    "event twice": (message(EVENTS, 0), message(EVENTS, 0)),
    "event and its return": (message(EVENTS, 0), message(EVENTS, 1)),
    "return twice": (message(EVENTS, 1), message(EVENTS, 1)),
    "cheque twice": (cheque, cheque),
}
AFTERNOON: dict[str, tuple[Work, Work]] = {
    "views of two payments": (message(VIEWS, 0, "#20000"), message(VIEWS, 0, "#45000")),
    "views twice": (message(VIEWS, 0, "#20000"), message(VIEWS, 0, "#20000")),
    "views and schedules": (message(VIEWS, 0, "#20000"), schedules_fire),
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


def moments_of(world: World) -> Moments:
    """The moments of a new world's day."""
    begin(world)
    morning = world.saved()
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
    return Moments(morning, noon, afternoon, world.saved())


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


def schedules_of(world: World, moments: Moments, name: str) -> Schedules:
    """All schedules of a pair that differ."""
    moment, (first, second) = PAIRS[name]
    return meeting(world, getattr(moments, moment), first, second)


def meeting(world: World, moment: Saved, first: Work, second: Work) -> Schedules:
    """All schedules that differ of two who meet at a moment."""

    def start() -> tuple[Step, Step]:
        world.forget_and_become(moment)
        pair = first(world), second(world)
        world.turnstile = Meeting(table=world.table)
        return pair

    return Schedules(start)
