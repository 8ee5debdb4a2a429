"""The store as Quitus needs it: one table of rows, read by key, written by condition, all or nothing.

DynamoDB in production (`adapters/dynamo.py`), a strict in-memory twin in tests (`adapters/memory.py`): both pass the
same
contract tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from quitus.domain.errors import QuitusError

type Row = dict[str, Any]
"""A row's attributes: texts, integers, booleans, None, lists and maps of these. `PK` and `SK` name it."""


class Key(NamedTuple):
    """Names a row: its partition and its place in it."""

    pk: str
    sk: str
    listed_at: str = ""
    """Its place in a listing: only where a page of one ends, so that the next begins there even if the row left it."""

    @classmethod
    def of(cls, row: Row) -> Key:
        """The name of a row."""
        return cls(row["PK"], row["SK"])

    def row(self, **attributes: Any) -> Row:
        """The row of this name with these attributes."""
        return {"PK": self.pk, "SK": self.sk, **attributes}


@dataclass(frozen=True, slots=True)
class New:
    """The row was never written."""


@dataclass(frozen=True, slots=True)
class Is:
    """The row exists and its attribute has this value."""

    attribute: str
    value: Any


@dataclass(frozen=True, slots=True)
class Lacks:
    """The row has no such attribute (or does not exist)."""

    attribute: str


@dataclass(frozen=True, slots=True)
class Below:
    """The row does not exist, or its number attribute is lower than this."""

    attribute: str
    value: int


type Condition = New | Is | Lacks | Below


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole row."""

    row: Row
    condition: Condition | None = None

    @property
    def key(self) -> Key:
        """The row's name."""
        return Key.of(self.row)


@dataclass(frozen=True, slots=True)
class Update:
    """Set, add to, or remove attributes of a row (made when it does not exist)."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    remove: Sequence[str] = ()
    condition: Condition | None = None


type Write = Put | Update

MAX_WRITES = 100
"""How many rows one transaction may touch."""


class Stale(QuitusError):
    """A condition failed or others wrote at the same time; nothing was written. `failed` are the indexes of the
    writes.
    """

    status = 409

    def __init__(self, failed: Iterable[int] = ()) -> None:
        super().__init__("stale", "The rows changed since they were read.")
        self.failed = tuple(failed)


class Oversized(QuitusError):
    """More rows must be written together than one transaction holds; nothing was written. Do less at a time."""

    status = 500

    def __init__(self) -> None:
        super().__init__("oversized", "More rows must be written together than one transaction holds.")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and where to go on (None at the end)."""

    rows: tuple[Row, ...]
    after: Key | None


class Table(Protocol):
    """Reads are strongly consistent, but for those of the listing index."""

    def get(self, key: Key) -> Row | None:
        """The row, or None."""
        ...

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """The rows that exist, by key; any number of keys, duplicates allowed."""
        ...

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Rows of a partition whose SK begins with the prefix, in SK order; `after` is the last SK of the page
        before.
        """
        ...

    def query_listing(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: Key | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Rows whose `GSI1PK` is this, in `GSI1SK` order, eventually consistent; `after` is the page's `Key`
        (or that of a row that the listing still has).
        """
        ...

    def write(self, writes: Sequence[Write]) -> None:
        """All or nothing; at most MAX_WRITES, no two on one row. Raises Stale."""
        ...

    def add(self, key: Key, attribute: str, amount: int) -> int:
        """Add to a counter (0 when missing); the value after."""
        ...
