"""Rebuilds in memory: the locked bucket as a dictionary, the new table as a list of rows."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, cast

from demonstration.progress import Progress
from quitus.adapters.memory import MemoryTable
from quitus.adapters.pgp_envelopes import PgpEnvelopes
from quitus.services.table import Key, Put, Row
from rebuilding.objects import logged_changes, row_names
from rebuilding.run import Report, Sources, rebuild

type Contents = Mapping[tuple[str, str], bytes]
"""Objects by bucket and name."""


class HeldObjects:
    """`rebuilding.objects.Objects` and `raw_files.RawFiles` of one bucket."""

    def __init__(self, held: Contents, bucket: str) -> None:
        self._objects = {name: content for (where, name), content in held.items() if where == bucket}

    def folders(self, prefix: str) -> set[str]:
        rests = (name.removeprefix(prefix) for name in self.names(prefix))
        return {f"{prefix}{rest.partition('/')[0]}/" for rest in rests if "/" in rest}

    def names(self, prefix: str) -> list[str]:
        return [name for name in self._objects if name.startswith(prefix)]

    def read(self, names: Iterable[str]) -> Iterator[bytes]:
        return (self._objects[name] for name in names)

    def fetch(self, landlord_id: str, sha256: str, into: BinaryIO) -> None:
        into.write(self._objects[f"raw/{landlord_id}/{sha256}"])

    def keep(self, landlord_id: str, content: BinaryIO) -> str:
        raise AssertionError("a rebuild writes no raw file")


class HeldTable:
    """A table in memory as a rebuild sees it."""

    def __init__(self, table: MemoryTable | None = None) -> None:
        self.table = table or MemoryTable()

    def rows(self) -> Iterator[Row]:
        return iter(list(self.table.rows.values()))

    def fill(self, rows: Iterable[Row]) -> Iterator[int]:
        for count, row in enumerate(rows, 1):
            self.table.write([Put(row)])
            yield count


class NoSecrets:
    """Secrets of landlords that have none."""


def last_rows(held: Contents, bucket: str) -> dict[Key, Row]:
    """The row that the log ends with under each key: quicker than a rebuild, and nothing is proved."""
    objects = HeldObjects(held, bucket)
    told = logged_changes(objects, row_names(objects), lambda count: None)
    return {Key.of(change.row): change.row for change in sorted(told, key=lambda change: change.place)}


def compared(held: Contents, bucket: str, live: MemoryTable, seed: int = 0) -> Report:
    """What a rebuild from a bucket's objects, read in an order of chance, would make of a table."""
    return rebuild(_sources(held, bucket, seed), HeldTable(live), None, Progress(io.StringIO()))


def rebuilt(held: Contents, bucket: str, seed: int = 0) -> tuple[Report, MemoryTable]:
    """A table rebuilt from a bucket's objects, read in an order of chance."""
    target = HeldTable()
    return rebuild(_sources(held, bucket, seed), None, target, Progress(io.StringIO())), target.table


def _sources(held: Contents, bucket: str, seed: int) -> Sources:
    objects = HeldObjects(held, bucket)
    return Sources(objects, objects, PgpEnvelopes(cast("Any", NoSecrets()), "pgp/"), random.Random(seed))
