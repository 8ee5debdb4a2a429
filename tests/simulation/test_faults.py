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
from simulation.day import by_chance, in_order
from simulation.story import a_rebuild_is_the_table, begin, check
from simulation.world import Saved, World, single

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
SCHEDULES = int(os.environ.get("QUITUS_SCHEDULES", "60"))
EVERY_CALL = os.environ.get("QUITUS_FAULTS") == "every"
SAMPLE = 120
SLICES = 6


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield World(monkeypatch)


@pytest.fixture(scope="module")
def morning(world: World) -> Saved:
    begin(world)
    return world.saved()


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
