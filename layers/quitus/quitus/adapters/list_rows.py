"""Lists of beneficiaries on the table: a row for the list, one for each hundred lines, one for each part worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from itertools import batched
from typing import Any

from quitus.adapters import list_keys, records
from quitus.adapters.listings import listed
from quitus.domain.errors import NotFound
from quitus.domain.payment_list import ListLine, ListStatus, ListWait, PaymentList
from quitus.services.payment_lists import LINES_AT_ONCE, ListProgress
from quitus.services.table import Is, New, Put, Stale, Table, Update, Write

NEVER_TAKEN = New()
NEVER_WORKED = New()
STILL_WAITING = Is("status", ListStatus.WAITING.value)
STILL_POSTING = Is("status", ListStatus.POSTING.value)


class ListRows:
    """`payment_lists.PaymentLists` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def register(self, held: PaymentList, lines: Sequence[ListLine], content: str) -> str:
        """See `PaymentLists.register`. The lines go first: a list that is there has all of them. Rows are named by
        how they were read, so that whoever reads the file by another mapping leaves them as they are.
        """
        landlord_id, list_id = held.landlord_id, held.list_id
        for part, some in enumerate(batched(lines, LINES_AT_ONCE, strict=False), 1):
            place = list_keys.list_lines(landlord_id, list_id, held.reading, part)
            self._table.write([Put(place.row(lines=[records.dense(line) for line in some]))])
        claim = list_keys.list_content(landlord_id, content)
        taken = self._table.get(claim)
        first = self.find(landlord_id, taken["list_id"]) if taken else None
        if first is not None and first.status is not ListStatus.WITHDRAWN:
            return first.list_id
        free = NEVER_TAKEN if first is None else Is("list_id", first.list_id)
        self._table.write([Put(claim.row(list_id=list_id), free), *_first_writes(held)])
        return list_id

    def find(self, landlord_id: str, list_id: str) -> PaymentList | None:
        """See `PaymentLists.find`."""
        row = self._table.get(list_keys.payment_list(landlord_id, list_id))
        return records.record(row, PaymentList) if row else None

    def get(self, landlord_id: str, list_id: str) -> PaymentList:
        """See `PaymentLists.get`."""
        found = self.find(landlord_id, list_id)
        if found is None:
            raise NotFound("list_not_found", "There is no list with this id.", list_id=list_id[:64])
        return found

    def open(self, landlord_id: str) -> Iterator[PaymentList]:
        """See `PaymentLists.open`."""
        names = [row["list_id"] for row in listed(self._table, list_keys.open_lists(landlord_id))]
        held = self._table.batch_get(list_keys.payment_list(landlord_id, list_id) for list_id in names)
        by_id = {row["list_id"]: records.record(row, PaymentList) for row in held.values()}
        yield from (by_id[list_id] for list_id in names if list_id in by_id)

    def page(self, landlord_id: str, after: str | None) -> Iterator[PaymentList]:
        """See `PaymentLists.page`."""
        start = None if after is None else list_keys.payment_list(landlord_id, after)
        for row in listed(self._table, list_keys.payment_lists(landlord_id), after=start, newest_first=True):
            yield records.record(row, PaymentList)

    def lines(self, held: PaymentList, part: int) -> Sequence[ListLine]:
        """See `PaymentLists.lines`."""
        row = self._table.get(list_keys.list_lines(held.landlord_id, held.list_id, held.reading, part))
        return [records.record(line, ListLine) for line in row["lines"]] if row else []

    def worked(self, landlord_id: str, list_id: str) -> set[int]:
        """See `PaymentLists.worked`."""
        rows = self._table.query(list_keys.payment_list(landlord_id, list_id).pk, list_keys.LIST_WORKED).rows
        return {int(row["SK"].removeprefix(list_keys.LIST_WORKED)) for row in rows}

    def progress(self, landlord_id: str, list_id: str) -> ListProgress:
        """See `PaymentLists.progress`."""
        row = self._table.get(list_keys.list_progress(landlord_id, list_id)) or {}
        return ListProgress(**{field.name: row.get(field.name, 0) for field in fields(ListProgress)})

    def given(self, held: PaymentList) -> list[Write]:
        """See `PaymentLists.given`."""
        told = {
            "status": ListStatus.POSTING.value,
            "payment_id": held.payment_id,
            "decided_by": held.decided_by,
            "reason": held.reason,
        }
        key = list_keys.payment_list(held.landlord_id, held.list_id)
        return [Update(key, set=_said(told), remove=["wait"], condition=STILL_WAITING)]

    def explain(self, held: PaymentList, wait: ListWait) -> None:
        """See `PaymentLists.explain`."""
        if held.wait is wait:
            return
        key = list_keys.payment_list(held.landlord_id, held.list_id)
        with suppress(Stale):
            self._table.write([Update(key, set={"wait": wait.value}, condition=STILL_WAITING)])

    def withdraw(self, held: PaymentList) -> None:
        """See `PaymentLists.withdraw`."""
        told = {"status": ListStatus.WITHDRAWN.value, "decided_by": held.decided_by, "reason": held.reason}
        key = list_keys.payment_list(held.landlord_id, held.list_id)
        self._table.write([Update(key, set=_said(told), remove=["wait"], condition=STILL_WAITING), _unlisted(held)])

    def record_part(self, held: PaymentList, part: int, done: ListProgress, at: str) -> None:
        """See `PaymentLists.record_part`."""
        key = list_keys.list_worked(held.landlord_id, held.list_id, part)
        counted = {field.name: getattr(done, field.name) for field in fields(ListProgress)}
        progress = list_keys.list_progress(held.landlord_id, held.list_id)
        add = {name: count for name, count in counted.items() if count}
        try:
            self._table.write([Put(key.row(worked_at=at), NEVER_WORKED), Update(progress, add=add)])
        except Stale:
            if self._table.get(key) is None:
                raise

    def go_on(self, held: PaymentList) -> None:
        """See `PaymentLists.go_on`. The change of the list's row is what has its posting go on."""
        key = list_keys.payment_list(held.landlord_id, held.list_id)
        with suppress(Stale):
            self._table.write([Update(key, add={"steps": 1}, condition=Is("steps", held.steps))])

    def finish(self, held: PaymentList) -> None:
        """See `PaymentLists.finish`."""
        key = list_keys.payment_list(held.landlord_id, held.list_id)
        posted = {"status": ListStatus.POSTED.value}
        with suppress(Stale):
            self._table.write([Update(key, set=posted, condition=STILL_POSTING), _unlisted(held)])


def _first_writes(held: PaymentList) -> list[Write]:
    place = {"GSI1SK": f"{held.received_at}#{held.list_id}"}
    head = list_keys.payment_list(held.landlord_id, held.list_id).row(**records.dense(held) | _always(held))
    beside = list_keys.open_list(held.landlord_id, held.list_id).row(list_id=held.list_id)
    return [
        Put(head | place | {"GSI1PK": list_keys.payment_lists(held.landlord_id)}, NEVER_TAKEN),
        Put(beside | place | {"GSI1PK": list_keys.open_lists(held.landlord_id)}),
    ]


def _always(held: PaymentList) -> dict[str, Any]:
    """What conditions look at is always there."""
    return {"status": held.status.value, "steps": held.steps}


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _unlisted(held: PaymentList) -> Update:
    return Update(list_keys.open_list(held.landlord_id, held.list_id), remove=["GSI1PK", "GSI1SK"])
