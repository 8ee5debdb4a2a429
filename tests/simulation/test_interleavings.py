"""Two handlers at once on the same leases, in every order that differs: nothing is lost, doubled or overwritten.

scripts/test plays some schedules of each pair; `scripts/simulate --interleavings` plays them all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from simulation.pairs import PAIRS, Moments, end, moments_of, schedules_of
from simulation.world import World

EACH = None if os.environ.get("QUITUS_INTERLEAVINGS") == "every" else 20
"""How many schedules of each pair are played."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield World(monkeypatch)


@pytest.fixture(scope="module")
def moments(world: World) -> Moments:
    return moments_of(world)


@pytest.mark.parametrize("name", PAIRS)
def test_two_at_once(world: World, moments: Moments, name: str, record_property: Callable[[str, object], None]) -> None:
    schedules = schedules_of(world, moments, name)
    for schedule in islice(schedules.each(), EACH):
        try:
            end(world)
        except AssertionError as error:
            raise AssertionError(f"schedule {schedule}") from error
    assert schedules.played
    record_property("schedules", schedules.played)
