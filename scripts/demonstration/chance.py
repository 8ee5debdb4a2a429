"""Chance that repeats itself: what the demonstration invents is the same for the same seed."""

from __future__ import annotations

from random import Random


def repeatable(what: str, seed: int | str) -> Random:
    """Throws of the dice for one purpose; nothing secret comes from them."""
    return Random(f"{what} {seed}")  # noqa: S311 - to be repeated, not to be secret
