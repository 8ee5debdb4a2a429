"""The rows of a listing of the table, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from quitus.services.table import Key, Row, Table

_READ_AT_ONCE = 200


def listed(table: Table, pk: str, *, after: Key | None = None, newest_first: bool = False) -> Iterator[Row]:
    """All rows of a listing after one, a page at a time as they are asked for."""
    while True:
        page = table.query_listing(pk, after=after, limit=_READ_AT_ONCE, newest_first=newest_first)
        yield from page.rows
        if page.after is None:
            return
        after = page.after
