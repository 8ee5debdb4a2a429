"""Pages of long lists: filled from an ordered stream, never by reading all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

type Place = tuple[str, ...]
"""Where an item stands in its list; the next page begins after it."""

EXAMINED_AT_MOST = 5_000
"""A page under a rare filter may hold fewer items than asked and still have a next one."""


@dataclass(frozen=True, slots=True)
class Listed[T]:
    """Items of a page, and the place of the last one looked at when there may be more."""

    items: tuple[T, ...]
    place: Place | None


def fill[T](found: Iterable[tuple[Place, T | None]], limit: int, examined_at_most: int = EXAMINED_AT_MOST) -> Listed[T]:
    """The first `limit` items of a stream of places and items; None stands for one that the filter leaves out."""
    items: list[T] = []
    last: Place | None = None
    for examined, (place, item) in enumerate(found):
        if len(items) == limit or examined == examined_at_most:
            return Listed(tuple(items), last)
        last = place
        if item is not None:
            items.append(item)
    return Listed(tuple(items), None)
