"""A day of a landlord with a fault at every call, and in any order: nothing is lost, doubled or edited.

scripts/test plays a sample; `scripts/simulate --faults` plays all faults at all calls, `--schedules N` so many orders.
A failing seed, or call and fault, plays again by itself.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from simulation.cloud import Fault
from simulation.story import a_rebuild_is_the_table, acts, begin, check, decide, ibans
from simulation.world import Saved, World, single, some

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
SCHEDULES = int(os.environ.get("QUITUS_SCHEDULES", "60"))
EVERY_CALL = os.environ.get("QUITUS_FAULTS") == "every"
SAMPLE = 120
SLICES = 6
STEPS = 40
LONGEST_JUMP = 30


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield World(monkeypatch)


@pytest.fixture(scope="module")
def morning(world: World) -> Saved:
    begin(world)
    return world.saved()


def in_order(world: World) -> None:
    """The story as it usually goes."""
    for act in acts(ibans(world)):
        act(world)
        world.drain()
    world.settle()
    decide(world)
    world.settle()


def by_chance(world: World, chance: random.Random) -> None:
    """The story in any order: messages twice or late, the stream in pieces, schedules and clocks as they like."""
    waiting = acts(ibans(world))
    chance.shuffle(waiting)
    world.turnstile.plan = some(chance, chance.choice((0, 0.02, 0.1)))
    world.erp.fails = lambda: chance.choice((None, None, "before", "after"))
    for _ in range(STEPS):
        match chance.randrange(9):
            case 0 | 1 if waiting:
                waiting.pop()(world)
            case 2 | 3 if world.table.stream:
                world.stream(chance.randint(1, 5))
            case 8 if world.table.unlogged:
                world.log(chance.randint(1, 20))
            case 4:
                world.tick()
            case 5:
                world.clock.tick(chance.uniform(-10, LONGEST_JUMP))
            case _ if world.queues.waiting:
                world.deliver(chance.randrange(len(world.queues.waiting)), keep=chance.random() < 0.2)
    for act in waiting:
        act(world)
    world.turnstile.plan, world.erp.fails = lambda number, name: None, lambda: None
    world.settle()
    world.turnstile.plan = some(chance, 0.05)
    decide(world)
    world.turnstile.plan = lambda number, name: None
    world.settle()


def test_without_a_fault(world: World, morning: Saved) -> None:
    world.forget_and_become(morning)
    in_order(world)
    check(world)
    a_rebuild_is_the_table(world)


@pytest.mark.parametrize("part", range(SLICES))
def test_a_single_fault_changes_nothing(world: World, morning: Saved, part: int) -> None:
    world.forget_and_become(morning)
    in_order(world)
    calls = [(call, fault) for call in range(1, len(world.turnstile.names) + 1) for fault in Fault]
    chosen = calls if EVERY_CALL else random.Random(SEED).sample(calls, SAMPLE)
    for call, fault in chosen[part::SLICES]:
        world.forget_and_become(morning)
        world.turnstile.plan = single(call, fault)
        try:
            in_order(world)
            check(world)
        except AssertionError as error:
            raise AssertionError(f"{fault.value}: call {call}, {world.turnstile.names[call - 1]}") from error


@pytest.mark.parametrize("part", range(SLICES))
def test_no_schedule_loses_or_doubles_a_cent(world: World, morning: Saved, part: int) -> None:
    for seed in range(SEED + part, SEED + SCHEDULES, SLICES):
        world.forget_and_become(morning)
        try:
            by_chance(world, random.Random(seed))
            check(world)
            a_rebuild_is_the_table(world)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
