"""What a rebuild makes of the action log: the last row under each key, and one digest of them all. Pure.

The order in which the log's objects are read plays no part: each change says its place in its stream, and each stream
when it began. So does repetition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from quitus.services.table import Key, Row

ROWS = "rows"
"""The kind of the actions that hold rows as they were written."""


class Place(NamedTuple):
    """Which of two changes of a row came later: they compare as they followed."""

    stream: str
    """When the stream began: a table has one stream, and a table rebuilt another, later one."""
    sequence: int


class Change(NamedTuple):
    """A row as it was after a change."""

    place: Place
    row: Row


class Shelf(Protocol):
    """Holds the last row under each key, more of them than fit in memory."""

    def keep(self, changes: Iterable[Change]) -> None:
        """Take in changes, in any order and as often as they come."""
        ...

    def rows(self) -> Iterator[Row]:
        """The rows, by partition and place."""
        ...


@dataclass(frozen=True, slots=True)
class Digest:
    """Rows and the SHA-256 (hexadecimal) of their canonical lines in order."""

    rows: int
    sha256: str


def canonical_line(row: Row) -> bytes:
    """A row as JSON: names sorted, no blanks, bytes as `{"$bytes": hexadecimal}`, and a line end."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_said)
    return text.encode() + b"\n"


def _said(value: Any) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    raise TypeError(f"no row holds a {type(value).__name__}")


def digest(rows: Iterable[Row], wanted: Callable[[Key], bool]) -> Digest:
    """The digest of the rows whose keys are wanted; the rows come by partition and place."""
    told, count = sha256(), 0
    for row in rows:
        if wanted(Key.of(row)):
            told.update(canonical_line(row))
            count += 1
    return Digest(count, told.hexdigest())


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that two tables do not have alike."""

    key: Key
    is_in: str
    """`log`, `table`, or `both`: where it is."""


def differences(logged: Iterable[Row], held: Iterable[Row]) -> Iterator[Difference]:
    """What the log and a table do not have alike; both come by partition and place."""
    ours, theirs = iter(logged), iter(held)
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and Key.of(one) < Key.of(other)):
            assert one is not None
            yield Difference(Key.of(one), "log")
            one = next(ours, None)
        elif one is None or Key.of(other) < Key.of(one):
            yield Difference(Key.of(other), "table")
            other = next(theirs, None)
        else:
            if one != other:
                yield Difference(Key.of(one), "both")
            one, other = next(ours, None), next(theirs, None)
