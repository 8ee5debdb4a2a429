"""The statements of the landlord's accounts on the table: closing ones by last day, others and contents apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import batched, takewhile

from quitus.adapters import file_keys, records
from quitus.domain.movement import CLOSING_CHANNELS
from quitus.services.registry import StatementRecord
from quitus.services.table import MAX_WRITES, Is, Key, New, Put, Row, Table

NEVER_KEPT = New()
NEVER_TOLD = New()
_ANNOUNCED = "~"
_AT_ONCE = 40


class StatementRows:
    """`registry.StatementStore` and `proof.ClosingStatements` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def held(self, landlord_id: str, statements: Iterable[StatementRecord]) -> list[StatementRecord]:
        """See `StatementStore.held`."""
        rows = self._table.batch_get(_key(landlord_id, statement) for statement in statements)
        return [_record(row) for row in rows.values()]

    def with_content(self, landlord_id: str, statements: Iterable[StatementRecord]) -> Mapping[str, StatementRecord]:
        """See `StatementStore.with_content`."""
        rows = self._table.batch_get(_content_key(landlord_id, held) for held in statements if held.is_closing)
        places = {
            key.sk: Key(file_keys.statements(landlord_id, row["account"]), row["place"]) for key, row in rows.items()
        }
        kept = self._table.batch_get(places.values())
        return {sk.removeprefix(file_keys.CONTENTS): _record(kept[place]) for sk, place in places.items()}

    def keep(
        self,
        landlord_id: str,
        statements: Sequence[StatementRecord],
        replaced: Mapping[str, str],
        told: Collection[str] = (),
    ) -> None:
        """See `StatementStore.keep`."""
        for some in batched(statements, MAX_WRITES // 2, strict=False):
            puts = [
                Put(
                    _row(landlord_id, statement),
                    Is("file_id", replaced[statement.key]) if statement.key in replaced else NEVER_KEPT,
                )
                for statement in some
            ]
            contents = [_content_put(landlord_id, one) for one in some if one.is_closing and one.content not in told]
            self._table.write([*puts, *contents])

    def around(self, landlord_id: str, account: str, day: date) -> list[StatementRecord]:
        """See `StatementStore.around`."""
        pk, place = file_keys.statements(landlord_id, account), f"{day.isoformat()}~"
        before = self._table.query(pk, after=place, limit=_AT_ONCE, newest_first=True).rows
        after = self._table.query(pk, after=place, limit=_AT_ONCE).rows
        records = map(_record, filter(_is_closing_place, [*reversed(before), *after]))
        return [record for record in records if record.is_closing]

    def closing(self, landlord_id: str, account: str, first: date, last: date) -> list[StatementRecord]:
        """See `proof.ClosingStatements`."""
        rows = self._from(landlord_id, account, first.isoformat())
        rows = takewhile(lambda row: row["SK"][:10] <= last.isoformat(), rows)
        return [record for record in map(_record, rows) if record.is_closing]

    def unproved(self, landlord_id: str, account: str, first: date, last: date) -> list[StatementRecord]:
        """See `proof.ClosingStatements`."""
        rows = self._from(landlord_id, account, f"{_ANNOUNCED}{first.isoformat()}")
        rows = takewhile(lambda row: row["SK"][1:11] <= last.isoformat(), rows)
        return [record for record in map(_record, rows) if record.channel in CLOSING_CHANNELS]

    def first(self, landlord_id: str, account: str) -> StatementRecord | None:
        """See `proof.ClosingStatements`."""
        records = map(_record, takewhile(_is_closing_place, self._from(landlord_id, account, date.min.isoformat())))
        return next((record for record in records if record.is_closing), None)

    def last_before(self, landlord_id: str, account: str, day: date) -> list[StatementRecord]:
        """See `proof.ClosingStatements`."""
        pk = file_keys.statements(landlord_id, account)
        rows = self._table.query(pk, after=day.isoformat(), limit=_AT_ONCE, newest_first=True).rows
        found = [record for record in map(_record, rows) if record.is_closing]
        return [record for record in reversed(found) if record.to_date == found[0].to_date]

    def _from(self, landlord_id: str, account: str, place: str) -> Iterator[Row]:
        after: str | None = place
        while after is not None:
            page = self._table.query(file_keys.statements(landlord_id, account), after=after, limit=_AT_ONCE)
            yield from page.rows
            after = page.after.sk if page.after else None


def _is_closing_place(row: Row) -> bool:
    return not row["SK"].startswith((_ANNOUNCED, file_keys.CONTENTS))


def _key(landlord_id: str, statement: StatementRecord) -> Key:
    place = statement.key if statement.is_closing else f"{_ANNOUNCED}{statement.key}"
    return Key(file_keys.statements(landlord_id, statement.account), place)


def _content_key(landlord_id: str, statement: StatementRecord) -> Key:
    return Key(file_keys.statements(landlord_id, statement.account), f"{file_keys.CONTENTS}{statement.content}")


def _content_put(landlord_id: str, statement: StatementRecord) -> Put:
    row = _content_key(landlord_id, statement).row(account=statement.account, place=statement.key)
    return Put(row, NEVER_TOLD)


def _row(landlord_id: str, statement: StatementRecord) -> Row:
    key = _key(landlord_id, statement)
    days = [[day.isoformat(), credited, debited] for day, credited, debited in statement.days]
    return key.row(**records.dense(statement) | {"days": days})


def _record(row: Row) -> StatementRecord:
    return records.record(row, StatementRecord)
