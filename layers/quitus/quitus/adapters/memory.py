"""The table in memory, for tests and simulation: as strict as DynamoDB about keys, types, sizes and transactions."""

from __future__ import annotations

import marshal
import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any

from quitus.adapters.dynamo import decode, encode, encode_row
from quitus.services.table import (
    MAX_WRITES,
    Below,
    Condition,
    Is,
    Key,
    Lacks,
    New,
    Page,
    Put,
    Row,
    Stale,
    Update,
    Write,
)

_LARGEST_ROW = 400_000
_PLAIN = (str, int, bool, bytes, NoneType)

type _Place = tuple[str, str, str]
"""Where a row stands in a listing: its place there, then its key."""


class MemoryTable:
    """`services.table.Table` without a server."""

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self._partitions: dict[str, list[str]] = defaultdict(list)
        self._listings: dict[str, list[_Place]] = defaultdict(list)
        self._lock = threading.RLock()

    def get(self, key: Key) -> Row | None:
        """See `Table.get`."""
        with self._lock:
            row = self.rows.get(_checked(key))
            return None if row is None else _copy(row)

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """See `Table.batch_get`."""
        with self._lock:
            held = ((key, self.rows.get(key)) for key in dict.fromkeys(map(_checked, keys)))
            return {key: _copy(row) for key, row in held if row is not None}

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Page:
        """See `Table.query`."""
        with self._lock:
            held = self._partitions.get(pk, [])
            found = _part(held, _under(held, prefix, str), after, newest_first=newest_first)
            return self._page([Key(pk, sk) for sk in found], limit)

    def query_listing(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: Key | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Page:
        """See `Table.query_listing`."""
        with self._lock:
            held = self._listings.get(pk, [])
            place = None if after is None else self._place(pk, after)
            if place is not None and not place[0]:
                return Page((), None)
            found = _part(held, _under(held, prefix, itemgetter(0)), place, newest_first=newest_first)
            return self._page([Key(pk, sk, listed_at) for listed_at, pk, sk in found], limit)

    def _place(self, pk: str, key: Key) -> _Place:
        """Where a row stands in a listing; nowhere, if it is not in it any more."""
        row = self.rows.get(key, {})
        listed_at = key.listed_at or (row["GSI1SK"] if row.get("GSI1PK") == pk else "")
        return listed_at, key.pk, key.sk

    def _page(self, keys: list[Key], limit: int | None) -> Page:
        shown = keys if limit is None else keys[:limit]
        more = shown[-1] if shown and len(shown) < len(keys) else None
        return Page(tuple(_copy(self.rows[Key(key.pk, key.sk)]) for key in shown), more)

    def write(self, writes: Sequence[Write]) -> None:
        """See `Table.write`."""
        keys = [_checked(write.key) for write in writes]
        if not 1 <= len(writes) <= MAX_WRITES:
            raise ValueError(f"a transaction has 1 to {MAX_WRITES} writes, not {len(writes)}")
        if len(set(keys)) != len(keys):
            raise ValueError("a transaction may touch a row only once")
        with self._lock:
            failed = [index for index, write in enumerate(writes) if not self._holds(write.key, write.condition)]
            if failed:
                raise Stale(failed)
            for row in [self._after(write) for write in writes]:
                self._store(row)

    def add(self, key: Key, attribute: str, amount: int) -> int:
        """See `Table.add`."""
        with self._lock:
            self.write([Update(key, add={attribute: amount})])
            return int(self.rows[key][attribute])

    def _holds(self, key: Key, condition: Condition | None) -> bool:
        row = self.rows.get(key)
        match condition:
            case None:
                return True
            case New():
                return row is None
            case Is(attribute, value):
                return row is not None and attribute in row and row[attribute] == value
            case Lacks(attribute):
                return row is None or attribute not in row
            case Below(attribute, value):
                return row is None or attribute not in row or row[attribute] < value

    def _after(self, write: Write) -> Row:
        match write:
            case Put(row):
                return row
            case Update(key, to_set, to_add, to_remove):
                row = key.row() | self.rows.get(key, {}) | dict(to_set)
                row |= {name: row.get(name, 0) + amount for name, amount in to_add.items()}
                return {name: value for name, value in row.items() if name not in to_remove}

    def _store(self, row: Row) -> None:
        kept = {name: _kept(value) for name, value in row.items()}
        if len(marshal.dumps(kept, 2)) > _LARGEST_ROW // 2 and _size(encode_row(kept)) > _LARGEST_ROW:
            raise ValueError("a row may hold 400 KB at most")
        key = Key.of(row)
        if key not in self.rows:
            insort(self._partitions[key.pk], key.sk)
        elif "GSI1PK" in self.rows[key]:
            listing = self._listings[self.rows[key]["GSI1PK"]]
            del listing[bisect_left(listing, (self.rows[key]["GSI1SK"], *key[:2]))]
        if "GSI1PK" in row:
            insort(self._listings[row["GSI1PK"]], (row["GSI1SK"], *key[:2]))
        self.rows[key] = kept


def _kept(value: Any) -> Any:
    """A value as the table gives it back. Raises TypeError: no row may hold it."""
    match value:
        case dict():
            return {name: _kept(held) for name, held in value.items()}
        case list() | tuple():
            return [_kept(held) for held in value]
    return value if type(value) in _PLAIN else decode(encode(value))


def _copy(row: Row) -> Row:
    """A copy that shares nothing: a row holds only what marshal knows (texts, numbers, bytes, lists, maps)."""
    copied: Row = marshal.loads(marshal.dumps(row))  # noqa: S302 - it was dumped here
    return copied


def _under[T](ordered: Sequence[T], prefix: str, text: Callable[[T], str]) -> range:
    """Where the items stand whose text begins so."""

    def beginning(item: T) -> str:
        return text(item)[: len(prefix)]

    return range(bisect_left(ordered, prefix, key=beginning), bisect_right(ordered, prefix, key=beginning))


def _part[T: (str, tuple[str, str, str])](
    ordered: Sequence[T], under: range, after: T | None, *, newest_first: bool
) -> Sequence[T]:
    """The items of a range that come after one, in the order asked for."""
    low, high = under.start, under.stop
    if after is not None:
        past = bisect_left(ordered, after) if newest_first else bisect_right(ordered, after)
        low, high = (low, min(high, past)) if newest_first else (max(low, past), high)
    found = ordered[low:high]
    return found[::-1] if newest_first else found


def _checked(key: Key) -> Key:
    if not (key.pk and key.sk):
        raise ValueError(f"not a key: {key!r}")
    return key if type(key) is Key and not key.listed_at else Key(*key)


def _size(value: Any) -> int:
    match value:
        case dict():
            return sum(len(name) + _size(held) for name, held in value.items())
        case list():
            return sum(_size(held) for held in value)
    return len(str(value).encode())
