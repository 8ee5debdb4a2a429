"""Every bug of the library is found by its instrument, and by nothing without the bug."""

from __future__ import annotations

import pytest
import simulation.world
from simulation.bugs import BUGS
from simulation.pairs import Moments, moments_of
from simulation.world import World

SOON = 150
"""A world in which messages keep coming back is stuck sooner: a day of the story needs fewer than a hundred."""


@pytest.fixture(scope="module")
def moments(world: World) -> Moments:
    return moments_of(world)


def test_there_are_thirty() -> None:
    assert len(BUGS) >= 30


@pytest.mark.parametrize("name", BUGS)
def test_it_is_found(world: World, moments: Moments, name: str, caplog: pytest.LogCaptureFixture) -> None:
    bug = BUGS[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation.world, "LONGEST", SOON)
        bug.sow(patch)
        with pytest.raises(AssertionError):
            bug.instrument(world, moments)
    said = {getattr(record, "error", None) for record in caplog.records}
    assert not said & {"AttributeError", "NameError", "TypeError"}, "the code does not run any more"
