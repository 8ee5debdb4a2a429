"""Mailings and their parts on the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from quitus.adapters import mailing_keys, records
from quitus.adapters.listings import listed
from quitus.domain.mailing import Dispatch, Mailing, Part
from quitus.services.paging import Place
from quitus.services.table import New, Put, Stale, Table, Update

NEVER_ORDERED = New()
NEVER_DIVIDED = New()


class MailingRows:
    """`mailings.MailingReader` and `send_mailings.MailingStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, landlord_id: str, mailing: Mailing) -> None:
        """See `MailingReader.add`."""
        key = mailing_keys.mailing(landlord_id, mailing.mailing_id)
        place = {
            "GSI1PK": mailing_keys.mailings(landlord_id),
            "GSI1SK": f"{mailing.ordered_at}#{mailing.mailing_id}",
        }
        with suppress(Stale):
            self._table.write([Put(key.row(**records.dense(mailing), **place), NEVER_ORDERED)])

    def page(self, landlord_id: str, after: str | None) -> Iterator[Mailing]:
        """See `MailingReader.page`."""
        start = None if after is None else mailing_keys.mailing(landlord_id, after)
        rows = listed(self._table, mailing_keys.mailings(landlord_id), after=start, newest_first=True)
        yield from (records.record(row, Mailing) for row in rows)

    def find(self, landlord_id: str, mailing_id: str) -> Mailing | None:
        """See `MailingReader.find`."""
        row = self._table.get(mailing_keys.mailing(landlord_id, mailing_id))
        return records.record(row, Mailing) if row else None

    def parts(self, landlord_id: str, mailing_id: str) -> Iterator[Part]:
        """See `MailingReader.parts`."""
        rows = self._table.query(mailing_keys.mailing_partition(landlord_id, mailing_id), mailing_keys.PARTS).rows
        yield from (records.record(row, Part) for row in rows)

    def part(self, landlord_id: str, mailing_id: str, number: int) -> Part | None:
        """See `MailingStore.part`."""
        row = self._table.get(mailing_keys.part(landlord_id, mailing_id, number))
        return records.record(row, Part) if row else None

    def divide(self, landlord_id: str, mailing_id: str, part: Part) -> None:
        """See `MailingStore.divide`."""
        key = mailing_keys.part(landlord_id, mailing_id, part.number)
        self._table.write([Put(key.row(**records.dense(part)), NEVER_DIVIDED)])

    def divided(self, landlord_id: str, mailing_id: str, parts: int) -> None:
        """See `MailingStore.divided`."""
        self._table.write([Update(mailing_keys.mailing(landlord_id, mailing_id), set={"parts": parts})])

    def part_done(self, landlord_id: str, mailing_id: str, part: Part) -> None:
        """See `MailingStore.part_done`."""
        key = mailing_keys.part(landlord_id, mailing_id, part.number)
        self._table.write([Update(key, set={"done": dict(part.done or {})})])

    def dispatches(self, landlord_id: str, mailing: Mailing, after: Place | None) -> Iterator[tuple[Place, Dispatch]]:
        """See `MailingReader.dispatches`: a place is the number of a part, and of the lease in it."""
        number, passed = map(int, after or ("0", "-1"))
        before = mailing_keys.part(landlord_id, mailing.mailing_id, number - 1).sk if number else None
        partition = mailing_keys.mailing_partition(landlord_id, mailing.mailing_id)
        for row in self._table.query(partition, mailing_keys.PARTS, after=before).rows:
            part = records.record(row, Part)
            names = (mailing.attempt_of(lease_id) for lease_id in part.lease_ids)
            wanted = [mailing_keys.dispatch(landlord_id, name) for name in names]
            held = self._table.batch_get(wanted)
            for place, key in enumerate(wanted):
                if key in held and (part.number > number or place > passed):
                    yield (str(part.number), str(place)), records.record(held[key], Dispatch)

    def of_lease(self, landlord_id: str, lease_id: str, after: str | None) -> Iterator[Dispatch]:
        """See `MailingReader.of_lease`."""
        start = None if after is None else mailing_keys.dispatch(landlord_id, after)
        rows = listed(self._table, mailing_keys.dispatches_of(landlord_id, lease_id), after=start, newest_first=True)
        yield from (records.record(row, Dispatch) for row in rows)
