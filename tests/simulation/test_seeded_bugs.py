"""Every bug of the library is found by its instrument, and by nothing without the bug; small stories find the others
(test_schedules.py).
"""

from __future__ import annotations

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


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_it_is_found(world: World, moments: Moments, name: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation.world, "LONGEST", SOON)
        BUGS[name].sow(patch)
        with pytest.raises(AssertionError):
            INSTRUMENTS[name](world, moments)
    said = {getattr(record, "error", None) for record in caplog.records}
    assert not said & {"AttributeError", "NameError", "TypeError"}, "the code does not run any more"
