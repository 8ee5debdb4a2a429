"""The outbox to the landlords' ERPs on the table, and where each push stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from quitus.adapters import keys, records
from quitus.domain.erp_batch import (
    Feed,
    IssuedIban,
    Item,
    Lane,
    Ref,
    TakenBack,
    entry_item,
    issued_iban_item,
    numbered_item,
    reversal_item,
)
from quitus.services.table import Is, Key, New, Page, Put, Row, Stale, Table, Update

_PAGE = 200
_ENOUGH_PAGES = 2
"""Long chains give few items per page; looking further would cost more than a smaller batch."""
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
        """See `Outbox.ready`. The listing is late: what it names is read again before it counts. Raises Stale."""
        found: dict[Key, Row] = {}
        for number, page in enumerate(self._pages(landlord_id, feed), start=1):
            waiting = self._unacknowledged(page)
            found |= self._firsts(waiting) if feed is Feed.ENTRIES else waiting
            if len(found) >= most or (found and number >= _ENOUGH_PAGES):
                break
        return [_item(feed, key, row) for key, row in list(found.items())[:most]]

    def _pages(self, landlord_id: str, feed: Feed) -> Iterator[Page]:
        after: Key | None = None
        while True:
            page = self._table.query_listing(keys.erp_backlog(landlord_id, feed.value), after=after, limit=_PAGE)
            yield page
            if page.after is None:
                return
            after = page.after

    def _unacknowledged(self, page: Page) -> dict[Key, Row]:
        """The page's rows that still wait. Raises Stale when the listing has yet to forget all of a full page."""
        rows = self._table.batch_get(Key.of(row) for row in page.rows)
        waiting = {key: row for key, row in rows.items() if "acknowledged_at" not in row}
        if not waiting and page.after is not None:
            raise Stale
        return waiting

    def _firsts(self, waiting: Mapping[Key, Row]) -> dict[Key, Row]:
        """The first waiting entry of each chain, when its predecessor is acknowledged."""
        firsts = _first_of_each_chain(waiting)
        befores = self._table.batch_get(before for key in firsts if (before := _before(key)) is not None)
        found: dict[Key, Row] = {}
        for key in firsts:
            before = _before(key)
            if before is None or "acknowledged_at" in befores.get(before, {}):
                found[key] = waiting[key]
            elif before in befores:
                found |= self._first_of_chain(key.pk)
        return found

    def _first_of_chain(self, partition: str) -> dict[Key, Row]:
        """The first waiting entry of a chain that is not listed: too late, or written before there was an ERP."""
        for expected, row in enumerate(self._table.query(partition, keys.CHAIN).rows, start=1):
            if row["sequence"] != expected:
                break
            if "acknowledged_at" not in row:
                return {Key.of(row): row}
        return {}


def _lane_put(landlord_id: str, feed: Feed, lane: Lane) -> tuple[Put, Lane]:
    key = keys.erp_head(landlord_id, feed.value)
    row = records.dense(lane) | {"version": lane.version + 1}
    unchanged = Is("version", lane.version) if lane.version else NEVER_PUSHED
    return Put(key.row(**row), unchanged), records.record(row, Lane)


def _first_of_each_chain(keys_waiting: Iterable[Key]) -> list[Key]:
    """The lowest place in each partition: no later one may travel before it."""
    first: dict[str, Key] = {}
    for key in sorted(keys_waiting):
        first.setdefault(key.pk, key)
    return list(first.values())


def _before(key: Key) -> Key | None:
    sequence = int(key.sk.partition("#")[2])
    return None if sequence == 1 else Key(key.pk, keys.entry_place(sequence - 1))


def _item(feed: Feed, key: Key, row: Mapping[str, Any]) -> Item:
    ref = (key.pk, key.sk)
    match feed:
        case Feed.ENTRIES:
            return entry_item(ref, records.entry_of(row), row["payment_id"])
        case Feed.VIRTUAL_IBANS:
            return issued_iban_item(ref, records.record(row, IssuedIban))
        case Feed.RECEIPTS | Feed.ALLOCATIONS:
            return numbered_item(ref, json.loads(row["document"]))
        case Feed.REVERSALS:
            return reversal_item(ref, records.record(row, TakenBack))
