"""Thousands of small stories, each with what may go wrong: no schedule loses or doubles a cent, and all come to rest.

scripts/test plays some thousands and says how many in a second, `scripts/simulate --stories N` plays N. A failing seed
plays again by itself: `scripts/simulate --stories 1 --seed S`.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator

import pytest
import simulation.lean
from simulation.bugs import BUGS
from simulation.lean import LeanWorld
from simulation.small import play
from simulation.story import begin, ibans
from simulation.world import Saved

from quitus.domain.errors import QuitusError

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
STORIES = int(os.environ.get("QUITUS_STORIES", "20000"))
SLICES = max(20, STORIES // 1_000)
"""Each is a sign of life."""
HARD = (20272518, 30003585, 52002623, 53009840, 55002496, 60009697, 200189092, 200513062, 200931082)
"""Seeds of stories in which something went wrong: what is one lease's by count alone, or by its virtual IBAN, was left
in suspense; what is nobody's was put on a lease whose equal payment another channel told at the same moment.
"""
ENOUGH = 400
"""How many stories find a bug."""
SOON = 150
"""Messages after which a story with a bug is stuck: one without needs fewer than fifty."""


@pytest.fixture(scope="module")
def lean() -> Iterator[LeanWorld]:
    """A deployment. Garbage is looked for seldom, and not in what it is made of: it would cost a tenth of the time."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = LeanWorld(monkeypatch)
        begin(world)
        gc.freeze()
        often = gc.get_threshold()
        gc.set_threshold(100_000)
        yield world
        gc.set_threshold(*often)
        gc.unfreeze()


@pytest.fixture(scope="module")
def morning(lean: LeanWorld) -> Saved:
    return lean.saved()


@pytest.mark.parametrize("seed", HARD)
def test_schedules_that_once_went_wrong_do_no_more(lean: LeanWorld, morning: Saved, seed: int) -> None:
    lean.forget_and_become(morning)
    play(lean, seed, ibans(lean))


@pytest.mark.timeout(24 * 3_600)
@pytest.mark.parametrize("part", range(SLICES))
def test_no_schedule_loses_or_doubles_a_cent(
    lean: LeanWorld, morning: Saved, part: int, record_property: Callable[[str, object], None]
) -> None:
    seeds, began = range(SEED + part, SEED + STORIES, SLICES), time.process_time()
    addresses = ibans(lean)
    for seed in seeds:
        lean.forget_and_become(morning)
        try:
            play(lean, seed, addresses)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    record_property("stories", (len(seeds), time.process_time() - began))


@pytest.mark.parametrize("name", [name for name, bug in BUGS.items() if bug.instrument is None])
def test_a_seeded_bug_is_found_soon_by_stories_that_hold_without_it(
    lean: LeanWorld, morning: Saved, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation.lean, "LONGEST", SOON)
    addresses, played = ibans(lean), list[int]()

    def play_each(seeds: Iterable[int]) -> None:
        for seed in seeds:
            lean.forget_and_become(morning)
            played.append(seed)
            play(lean, seed, addresses)

    with pytest.MonkeyPatch.context() as patch:
        BUGS[name].sow(patch)
        with pytest.raises((AssertionError, QuitusError, ValueError)):
            play_each(range(ENOUGH))
    play_each(tuple(played))
