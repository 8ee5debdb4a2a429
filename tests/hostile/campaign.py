"""Numbered spoiled files: the same seed and number give the same file, and what came of each is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from hostile import (
    archive_mutators,
    byte_mutators,
    encoding_mutators,
    markup_mutators,
    record_mutators,
    value_mutators,
)
from hostile.mutation import MUTATORS, Mutator, drawn
from hostile.oracle import Outcome, Verdict, judged
from hostile.sample import NothingToSpoil, Sample

SOURCES = (
    archive_mutators,
    byte_mutators,
    encoding_mutators,
    markup_mutators,
    record_mutators,
    value_mutators,
)
"""The modules whose mutators register when they are imported."""
_TWICE = 0.1
_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A spoiled file and how it came to be; `harmless` when it must read as before."""

    sample: Sample
    data: bytes
    mutators: tuple[Mutator, ...]

    @property
    def harmless(self) -> bool:
        """Whether nothing that was done to it may change what it says."""
        return all(mutator.harmless for mutator in self.mutators) and len(self.mutators) == 1

    def __str__(self) -> str:
        return f"{self.sample.name}: {', '.join(mutator.name for mutator in self.mutators)}"


def spoiled(samples: Sequence[Sample], seed: int, number: int) -> Spoiled:
    """The file of this number: one mutation, of one in ten files two."""
    chance = Random(f"{seed}/{number}")
    once = _once(chance.choices(samples, [sample.share for sample in samples])[0], chance)
    if chance.random() >= _TWICE or len(once.data) > 1 << 20:
        return once
    try:
        twice = _once(replace(once.sample, data=once.data), chance)
    except (NothingToSpoil, ValueError):  # the first mutation left nothing, or nothing that can be decoded
        return once
    return Spoiled(once.sample, twice.data, once.mutators + twice.mutators)


def _once(sample: Sample, chance: Random) -> Spoiled:
    for _ in range(_DRAWS):
        mutator = drawn(sample, chance)
        try:
            return Spoiled(sample, mutator.apply(sample, chance), (mutator,))
        except NothingToSpoil:
            continue
    raise NothingToSpoil


@dataclass(slots=True)
class Tally:
    """What came of many files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    mutators: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many files were examined."""
        return self.outcomes.total() + len(self.failures)

    def add(self, file: Spoiled, verdict: Verdict) -> None:
        """Count a file."""
        self.outcomes[verdict.outcome.value] += 1
        self.mutators.update(mutator.name for mutator in file.mutators)
        if verdict.reason:
            self.reasons[verdict.reason] += 1

    def merge(self, other: Tally) -> None:
        """Count what another tally counted."""
        self.outcomes.update(other.outcomes)
        self.reasons.update(other.reasons)
        self.mutators.update(other.mutators)
        self.failures += other.failures

    def told(self) -> dict[str, object]:
        """The counts, the most frequent first, and the failures."""
        return {
            "outcomes": dict(self.outcomes.most_common()),
            "reasons": dict(self.reasons.most_common()),
            "mutators": len(self.mutators),
            "failures": self.failures,
        }


def examined(file: Spoiled) -> Verdict:
    """The verdict on a file.

    Raises:
        AssertionError: trusted without proof, read wrongly, or refused though nothing was wrong with it.
    """
    verdict = judged(file.sample, file.data)
    assert not file.harmless or verdict.outcome is Outcome.SAME, f"harmless, and yet {verdict.outcome} {verdict.reason}"
    return verdict


def run(
    samples: Sequence[Sample], seed: int, numbers: Iterable[int], examine: Callable[[Spoiled], Verdict] = examined
) -> Tally:
    """Examine these files; a failure of any kind is kept with its number, and the next one follows."""
    tally = Tally()
    for number in numbers:
        file = spoiled(samples, seed, number)
        try:
            tally.add(file, examine(file))
        except Exception as error:  # noqa: BLE001 - the point is that there is none
            tally.failures.append(f"number {number} ({file}): {type(error).__name__}: {str(error)[:300]}")
    return tally


def mutators() -> list[Mutator]:
    """Every mutator."""
    return list(MUTATORS.values())
