"""The register of mutators: what they are called, which files they are for, and what may come of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from hostile.sample import ALL, Mutate, Sample


@dataclass(frozen=True, slots=True)
class Mutator:
    """One way to spoil a file.

    `harmless`: whatever is drawn, the file must read as before. `share`: how often it is drawn; heavy ones are rare.
    """

    name: str
    apply: Mutate
    families: frozenset[str] = ALL
    harmless: bool = False
    share: int = 20


MUTATORS: Final[dict[str, Mutator]] = {}


def mutator(families: frozenset[str] = ALL, *, harmless: bool = False, share: int = 20) -> Callable[[Mutate], Mutate]:
    """Register a mutator under its function's name."""

    def register(apply: Mutate) -> Mutate:
        name = apply.__name__
        assert name not in MUTATORS
        MUTATORS[name] = Mutator(name, apply, families, harmless, share)
        return apply

    return register


def drawn(sample: Sample, chance: Random) -> Mutator:
    """A mutator for this file, by its share."""
    fitting = [mutator for mutator in MUTATORS.values() if sample.family in mutator.families]
    return chance.choices(fitting, [mutator.share for mutator in fitting])[0]
