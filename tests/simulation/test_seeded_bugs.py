"""Every bug of the library is found by its instrument, which finds nothing in the code as it is; small stories find the
others (test_schedules.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pytest
import simulation.world
from simulation.bugs import BUGS
from simulation.pairs import Moments, moments_of
from simulation.world import World

INSTRUMENTS = {name: bug.instrument for name, bug in BUGS.items() if bug.instrument}
SOON = 150
"""A world in which messages keep coming back is stuck sooner: a day of the story needs fewer than a hundred."""


@pytest.fixture(scope="module")
def moments(world: World) -> Moments:
    return moments_of(world)


def test_there_are_thirty() -> None:
    assert len(BUGS) >= 30


def found_after(plays: Iterable[None]) -> int | None:
    """How many plays hold before one does not; None: they all do."""
    held = 0
    try:
        for _ in plays:
            held += 1
    except AssertionError:
        return held
    return None


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_it_is_found_by_plays_that_hold_without_it(
    world: World, moments: Moments, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(simulation.world, "LONGEST", SOON)
    with pytest.MonkeyPatch.context() as patch:
        BUGS[name].sow(patch)
        held = found_after(INSTRUMENTS[name](world, moments))
    assert held is not None, "it is not found any more"
    said = {getattr(record, "error", None) for record in caplog.records}
    assert not said & {"AttributeError", "NameError", "TypeError"}, "the code does not run any more"
    without = list(islice(INSTRUMENTS[name](world, moments), held + 1))
    assert len(without) == held + 1
