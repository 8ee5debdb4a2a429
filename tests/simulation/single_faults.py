"""A story with one fault at each of its calls; scripts/test plays a sample, `scripts/simulate --faults` all of them."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

from simulation.cloud import Fault
from simulation.world import Saved, World, single

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
EVERY_CALL = os.environ.get("QUITUS_FAULTS") == "every"
SLICES = 6
"""In how many parts the faults are played."""


def play_with_faults(
    world: World, morning: Saved, story: Callable[[World], None], check: Callable[[World], None], sample: int, part: int
) -> None:
    """Play a part of the faults. Raises AssertionError: what does not hold after which fault at which call."""
    world.forget_and_become(morning)
    story(world)
    calls = [(call, fault) for call in range(1, len(world.turnstile.names) + 1) for fault in Fault]
    chosen = calls if EVERY_CALL else random.Random(SEED).sample(calls, sample)
    for call, fault in chosen[part::SLICES]:
        world.forget_and_become(morning)
        world.turnstile.plan = single(call, fault)
        try:
            story(world)
            check(world)
        except AssertionError as error:
            raise AssertionError(f"{fault.value}: call {call}, {world.turnstile.names[call - 1]}") from error
