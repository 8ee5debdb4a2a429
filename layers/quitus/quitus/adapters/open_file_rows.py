"""Files that something is still to be done about: a row beside each file, listed while it is being processed or waits
in quarantine, and in no list afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched

from quitus.adapters import file_keys, records
from quitus.services.registry import DroppedFile, KeptOut
from quitus.services.table import Put, Row, Table, Update

_MOST = 200
"""Undecided files of a landlord that a new one is compared with."""
_AT_ONCE = 100


def processing(file: DroppedFile) -> Put:
    """Lists a file as being processed."""
    row = file_keys.open_file(file.landlord_id, file.file_id).row(landlord_id=file.landlord_id, **_listed(file))
    return Put(row | {"GSI1PK": file_keys.UNFINISHED})


def undecided(file: DroppedFile, statements: Sequence[Sequence[str]]) -> Put:
    """Lists a file as quarantined."""
    kept = KeptOut(
        file.file_id, file.name, file.received_at, file.raw, file.size, file.sha256, tuple(map(tuple, statements))
    )
    row = file_keys.open_file(file.landlord_id, file.file_id).row(**records.dense(kept) | _listed(file))
    return Put(row | {"GSI1PK": file_keys.quarantined(file.landlord_id)})


def unlisted(landlord_id: str, file_id: str) -> Update:
    """Takes a file out of either list."""
    return Update(file_keys.open_file(landlord_id, file_id), remove=("GSI1PK", "GSI1SK"))


def _listed(file: DroppedFile) -> Row:
    return {"file_id": file.file_id, "GSI1SK": f"{file.received_at}#{file.file_id}"}


def kept_out(table: Table, landlord_id: str) -> list[KeptOut]:
    """The newest quarantined files of a landlord that nobody decided on."""
    page = table.query_listing(file_keys.quarantined(landlord_id), limit=_MOST, newest_first=True)
    return [records.record(row, KeptOut) for row in page.rows]


class UnfinishedRows:
    """`sweep.UnfinishedFiles` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def unfinished(self) -> Iterator[DroppedFile]:
        """See `UnfinishedFiles.unfinished`."""
        after, more = None, True
        while more:
            page = self._table.query_listing(file_keys.UNFINISHED, after=after, limit=_AT_ONCE)
            for some in batched(page.rows, _AT_ONCE, strict=False):
                held = self._table.batch_get(file_keys.file(row["landlord_id"], row["file_id"]) for row in some)
                yield from (records.record(row, DroppedFile) for row in held.values())
            after, more = page.after, page.after is not None
