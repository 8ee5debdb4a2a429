"""Rows on disk while a table is rebuilt: sorted, the last one under each key, however many there are."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from quitus.services.rebuild import Change, Place
from quitus.services.table import Key, Row

_TABLE = """
CREATE TABLE rows (pk TEXT, sk TEXT, stream TEXT, sequence TEXT, row BLOB, PRIMARY KEY (pk, sk)) WITHOUT ROWID
"""
_KEEP = """
INSERT INTO rows VALUES (?, ?, ?, ?, ?)
ON CONFLICT (pk, sk) DO UPDATE SET stream = excluded.stream, sequence = excluded.sequence, row = excluded.row
WHERE (excluded.stream, excluded.sequence) > (rows.stream, rows.sequence)
"""
_DIGITS = 40
"""More than a place in a stream has: texts of equal length sort like their numbers."""
_NOWHERE = Place("", 0)


class DiskShelf:
    """`services.rebuild.Shelf` in a file, or in memory without one."""

    def __init__(self, file: Path | None = None) -> None:
        self._held = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._held.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._held.execute(_TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def keep(self, changes: Iterable[Change]) -> None:
        """See `Shelf.keep`."""
        lines = (
            (row["PK"], row["SK"], place.stream, f"{place.sequence:0{_DIGITS}d}", marshal.dumps(row))
            for place, row in changes
        )
        self._held.execute("BEGIN")
        self._held.executemany(_KEEP, lines)
        self._held.execute("COMMIT")

    def keep_rows(self, rows: Iterable[Row]) -> None:
        """Take in rows of a table, which has each key once."""
        self.keep(Change(_NOWHERE, row) for row in rows)

    def rows(self) -> Iterator[Row]:
        """See `Shelf.rows`."""
        for (held,) in self._held.execute("SELECT row FROM rows ORDER BY pk, sk"):
            yield _row(held)

    def get(self, key: Key) -> Row | None:
        """The row under a key."""
        found = self._held.execute("SELECT row FROM rows WHERE pk = ? AND sk = ?", key[:2]).fetchone()
        return _row(found[0]) if found else None

    def __len__(self) -> int:
        (count,) = self._held.execute("SELECT count(*) FROM rows").fetchone()
        return int(count)


def _row(held: bytes) -> Row:
    row: Row = marshal.loads(held)  # noqa: S302 - it was dumped here, in this run
    return row
