"""Every bug of the library is found by its instrument, and by nothing without the bug."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import simulation.world
from simulation.bugs import BUGS
from simulation.pairs import Moments, moments_of
from simulation.world import World

SOON = 150
"""A world in which messages keep coming back is stuck sooner: a day of the story needs fewer than a hundred."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield World(monkeypatch)


@pytest.fixture(scope="module")
def moments(world: World) -> Moments:
    return moments_of(world)


def test_there_are_thirty() -> None:
    assert len(BUGS) >= 30


@pytest.mark.parametrize("name", BUGS)
def test_it_is_found(world: World, moments: Moments, name: str) -> None:
    bug = BUGS[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation.world, "LONGEST", SOON)
        bug.sow(patch)
        with pytest.raises(AssertionError):
            bug.instrument(world, moments)
