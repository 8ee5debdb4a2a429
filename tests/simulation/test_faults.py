"""A day of a landlord with a fault at every call, and in any order: nothing is lost, doubled or edited.

scripts/test plays a sample; `scripts/simulate --faults` plays all faults at all calls, `--schedules N` so many orders.
A failing seed, or call and fault, plays again by itself.
"""

from __future__ import annotations

import os
import random

import pytest
from simulation.day import by_chance, in_order
from simulation.single_faults import SEED, SLICES, play_with_faults
from simulation.story import a_rebuild_is_the_table, begin, check
from simulation.world import Saved, World

SCHEDULES = int(os.environ.get("QUITUS_SCHEDULES", "24"))
SAMPLE = 120


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
    play_with_faults(world, morning, in_order, check, SAMPLE, part)


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
