"""Two handlers at once on the same leases, in every order that differs: nothing is lost, doubled or overwritten.

scripts/test plays some schedules of each pair; `scripts/simulate --interleavings` plays them all.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from simulation.pairs import PAIRS, Moments, end, moments_of, schedules_of
from simulation.world import World


@pytest.fixture(scope="module")
def moments(world: World) -> Moments:
    return moments_of(world)


@pytest.mark.parametrize("name", PAIRS)
def test_two_at_once(world: World, moments: Moments, name: str, record_property: Callable[[str, object], None]) -> None:
    schedules = schedules_of(world, moments, name)
    for schedule in schedules.some():
        try:
            end(world)
        except AssertionError as error:
            raise AssertionError(f"schedule {schedule}") from error
    assert schedules.played
    record_property("schedules", schedules.played)
