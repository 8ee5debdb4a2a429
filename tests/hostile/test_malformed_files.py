"""Malformed files made from good ones: read as before, proved to be another file, or refused with a reason.

`scripts/fuzz` examines a hundred thousand of them, others with each seed; here a sample, always the same. A failure
names its seed and number: `scripts/fuzz --seed S --first N --count 1` makes it again.
"""

from __future__ import annotations

from random import Random

import pytest
from hostile.campaign import Spoiled, examined, mutators, run
from hostile.good_files import good_files, written
from hostile.mutation import Mutator
from hostile.oracle import Outcome, facts, good_facts, judged
from hostile.sample import NothingToSpoil, Sample
from hostile.through_intake import examined_and_taken_in, take_in

SEED = 1
PARTS, FILES = 8, 250


@pytest.mark.parametrize("part", range(PARTS))
def test_a_sample_of_malformed_files_is_taken_in_rightly_or_quarantined(part: int) -> None:
    tally = run(good_files(), SEED, range(part * FILES, (part + 1) * FILES), examined_and_taken_in)
    assert not tally.failures, f"seed {SEED}: {tally.failures}"
    assert tally.outcomes.total() == FILES


@pytest.mark.parametrize("mutator", mutators(), ids=lambda mutator: mutator.name)
def test_each_mutator_spoils_files_and_none_is_misread(mutator: Mutator) -> None:
    changed = 0
    for sample in written():
        if sample.family not in mutator.families:
            continue
        try:
            data = mutator.apply(sample, Random(sample.name))
        except NothingToSpoil:
            continue
        examined(Spoiled(sample, data, (mutator,)))
        changed += data != sample.data
    assert changed


def test_there_are_at_least_twenty_five_mutators_for_every_format() -> None:
    for sample in written():
        assert sum(sample.family in mutator.families for mutator in mutators()) >= 25


@pytest.mark.parametrize("sample", written(), ids=lambda sample: sample.name)
def test_a_good_file_is_judged_good_and_its_movements_are_posted(sample: Sample) -> None:
    file = Spoiled(sample, sample.data, ())
    verdict = judged(sample, sample.data)
    assert verdict.outcome is Outcome.SAME
    take_in(file, verdict)


@pytest.mark.parametrize("sample", written(), ids=lambda sample: sample.name)
def test_a_statement_that_a_file_repeats_is_posted_once(sample: Sample) -> None:
    start, end = sample.statements()[0]
    data = sample.data[:end] + sample.data[start:end] + sample.data[end:]
    verdict = judged(sample, data)
    assert len(verdict.read) == 2 * len(good_facts(sample))
    take_in(Spoiled(sample, data, ()), verdict)


CLOSING = [sample for sample in written() if sample.values("balance")]


@pytest.mark.parametrize("sample", CLOSING, ids=lambda sample: sample.name)
def test_a_balance_that_is_one_cent_off_is_never_trusted(sample: Sample) -> None:
    for start, end in sample.values("balance"):
        amount = sample.data[start:end]
        for digit in b"0123456789{}ABCDEFGHIJKLMNOPQR":
            data = sample.data[: end - 1] + bytes([digit]) + sample.data[end:]
            verdict = judged(sample, data)
            if verdict.outcome is not Outcome.SAME:  # `0` and `{` are one digit
                assert verdict.reason in {"balance_mismatch", "bad_amount", "bad_record"}, (amount, digit)


@pytest.mark.parametrize("sample", CLOSING, ids=lambda sample: sample.name)
def test_an_amount_with_another_sign_is_never_trusted(sample: Sample) -> None:
    for start, end in sample.values("sign"):
        for sign in (b"CRDT", b"DBIT", b"C", b"D", *(bytes([byte]) for byte in b"{}ABCDEFGHIJKLMNOPQR")):
            data = sample.data[:start] + sign + sample.data[end:]
            verdict = judged(sample, data)
            pending = b"PDNG" in sample.data[end : end + 60]  # it never weighs, whatever its sign
            assert verdict.outcome is not Outcome.OTHER or pending, sample.data[start - 90 : end]


@pytest.mark.parametrize("sample", CLOSING, ids=lambda sample: sample.name)
def test_a_file_that_stops_anywhere_is_refused_or_whole_statements_of_it(sample: Sample) -> None:
    whole = good_facts(sample)
    for at in range(0, len(sample.data), 3):
        read = facts(judged(sample, sample.data[:at]).read)
        assert read == whole[: len(read)], at
