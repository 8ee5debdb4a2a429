"""The outbox to the landlords' ERPs on the table, and where each push stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quitus.adapters import keys, records
from quitus.domain.erp_batch import (
    Feed,
    Item,
    Lane,
    Notice,
    Ref,
    Waiting,
    entry_item,
    first_unacknowledged,
    notice_item,
)
from quitus.services.table import Is, Key, New, Page, Put, Row, Table, Update

_PAGE = 200
NEVER_PUSHED = New()


class ErpOutboxRows:
    """`push_erp.Outbox` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lane(self, landlord_id: str, feed: Feed) -> Lane:
        """See `Outbox.lane`."""
        row = self._table.get(keys.erp_head(landlord_id, feed.value))
        return records.record(row, Lane) if row else Lane()

    def save(self, landlord_id: str, feed: Feed, lane: Lane) -> Lane:
        """See `Outbox.save`."""
        put, saved = _lane_put(landlord_id, feed, lane)
        self._table.write([put])
        return saved

    def knock(self, landlord_id: str, feed: Feed, lane: Lane) -> None:
        """See `Outbox.knock`."""
        same_owner = Is("owner", lane.owner)
        head = keys.erp_head(landlord_id, feed.value)
        self._table.write([Update(head, add={"version": 1}, condition=same_owner)])

    def acknowledge(self, landlord_id: str, feed: Feed, lane: Lane, at: str) -> Lane:
        """See `Outbox.acknowledge`."""
        put, saved = _lane_put(landlord_id, feed, lane.acknowledged())
        marks = {"acknowledged_at": at, "batch_id": lane.batch_id}
        unlisted = ("GSI1PK", "GSI1SK")
        self._table.write([put, *(Update(Key(*ref), set=marks, remove=unlisted) for ref in lane.batch)])
        return saved

    def items(self, feed: Feed, refs: Iterable[Ref]) -> Sequence[Item]:
        """See `Outbox.items`."""
        wanted = [Key(*ref) for ref in refs]
        rows = self._table.batch_get(wanted)
        return [_item(feed, key, rows[key]) for key in wanted]

    def backlog(self, landlord_id: str, feed: Feed, most: int) -> int:
        """See `Outbox.backlog`."""
        return len(self._table.query_listing(keys.erp_backlog(landlord_id, feed.value), limit=most).rows)

    def ready(self, landlord_id: str, feed: Feed, most: int) -> Sequence[Item]:
        """See `Outbox.ready`. The listing is late: what it names is read again before it counts."""
        found: dict[Key, Row] = {}
        after: Key | None = None
        while len(found) < most:
            page = self._table.query_listing(keys.erp_backlog(landlord_id, feed.value), after=after, limit=_PAGE)
            found |= self._firsts(page) if feed is Feed.ENTRIES else self._unacknowledged(page)
            if page.after is None:
                break
            after = page.after
        return [_item(feed, key, row) for key, row in list(found.items())[:most]]

    def _unacknowledged(self, page: Page) -> dict[Key, Row]:
        rows = self._table.batch_get(Key(row["PK"], row["SK"]) for row in page.rows)
        return {key: row for key, row in rows.items() if "acknowledged_at" not in row}

    def _firsts(self, page: Page) -> dict[Key, Row]:
        """The first waiting entry of each chain on the page, when its predecessor is acknowledged."""
        rows = self._table.batch_get(Key(row["PK"], row["SK"]) for row in page.rows)
        firsts = [_key_of(entry) for entry in first_unacknowledged(map(_waiting, rows.values())).values()]
        befores = self._table.batch_get(before for key in firsts if (before := _before(key)) is not None)
        found: dict[Key, Row] = {}
        for key in firsts:
            before = _before(key)
            if before is None or "acknowledged_at" in befores.get(before, {}):
                found[key] = rows[key]
            elif before in befores:
                found |= self._first_of_chain(key.pk)
        return found

    def _first_of_chain(self, partition: str) -> dict[Key, Row]:
        """The first waiting entry of a chain that is not listed: too late, or written before there was an ERP."""
        for expected, row in enumerate(self._table.query(partition, "entry#").rows, start=1):
            if row["sequence"] != expected:
                break
            if "acknowledged_at" not in row:
                return {Key(row["PK"], row["SK"]): row}
        return {}


def _lane_put(landlord_id: str, feed: Feed, lane: Lane) -> tuple[Put, Lane]:
    key = keys.erp_head(landlord_id, feed.value)
    row = records.dense(lane) | {"version": lane.version + 1}
    unchanged = Is("version", lane.version) if lane.version else NEVER_PUSHED
    return Put({"PK": key.pk, "SK": key.sk} | row, unchanged), records.record(row, Lane)


def _waiting(row: Mapping[str, Any]) -> Waiting:
    return Waiting(row["PK"], row["sequence"], "acknowledged_at" in row)


def _key_of(entry: Waiting) -> Key:
    return Key(entry.chain, keys.entry_place(entry.sequence))


def _before(key: Key) -> Key | None:
    sequence = int(key.sk.partition("#")[2])
    return None if sequence == 1 else Key(key.pk, keys.entry_place(sequence - 1))


def _item(feed: Feed, key: Key, row: Mapping[str, Any]) -> Item:
    if feed is Feed.ENTRIES:
        return entry_item((key.pk, key.sk), records.entry_of(row), row["payment_id"])
    return notice_item((key.pk, key.sk), records.record(row, Notice))
