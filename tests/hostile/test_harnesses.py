"""The harnesses of `scripts/fuzz` fed by chance: any bytes are read or refused with a reason, whoever reads them."""

from __future__ import annotations

from random import Random

import pytest
from hostile import byte_mutators
from hostile.good_files import erp_frames, written
from hostile.harnesses import HARNESSES
from hostile.mutation import MUTATORS
from hostile.sample import ALL, NothingToSpoil
from hostile.test_malformed_files import SEED

from quitus.services.erp_files import parse

BYTES = [mutator for mutator in MUTATORS.values() if mutator.apply.__module__ == byte_mutators.__name__]
ROUNDS = 300


def test_the_frames_of_erp_files_to_damage_are_right() -> None:
    assert [parse(frame.data).kind for frame in erp_frames()] == ["leases", "dues"]


@pytest.mark.parametrize("name", HARNESSES)
def test_a_reader_survives_any_bytes(name: str) -> None:
    chance = Random(f"{SEED}/{name}")
    for _ in range(ROUNDS):
        HARNESSES[name](chance.randbytes(chance.randint(0, 300)))


@pytest.mark.parametrize("name", HARNESSES)
def test_a_reader_survives_good_files_that_were_damaged(name: str) -> None:
    chance = Random(f"{SEED}/{name}")
    samples = list(erp_frames()) if name == "erp" else list(written())  # each reader gets the other formats too
    light = [mutator for mutator in BYTES if mutator.share > 2 and mutator.families == ALL]
    for number in range(ROUNDS):
        sample = chance.choice(samples)
        try:
            data = chance.choice(light).apply(sample, chance)
        except NothingToSpoil:
            continue
        try:
            HARNESSES[name](data)
        except Exception as error:
            error.add_note(f"seed {SEED}, round {number}: {data[:300]!r}")
            raise
