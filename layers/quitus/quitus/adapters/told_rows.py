"""What the views of payments say of banks' references, for those who post; seconds behind the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from typing import Final

from quitus.adapters import view_keys
from quitus.domain.lease import Recent
from quitus.domain.movement import Nature
from quitus.domain.payment import PaymentStatus
from quitus.services.table import Key, Page, Row, Table

_ONE_DAY: Final = timedelta(days=1)
_IN_THE_BOOKS: Final = frozenset({PaymentStatus.POSTED.value, PaymentStatus.SUSPENSE.value})
_RECEIVED: Final = frozenset({Nature.RECEIPT.value, Nature.CLEARING.value})


def told_receipts(table: Table, landlord_id: str, account: str, days: Collection[date]) -> list[Recent]:
    """See `Ledger.told_receipts`."""
    rows = [
        *_pages(lambda after: table.query_listing(view_keys.payments_with_status(landlord_id, "suspense"), after=after))
    ]
    for day in sorted({day + beside for day in days for beside in (-_ONE_DAY, timedelta(), _ONE_DAY)}):
        rows += _of_day(table, landlord_id, day)
    return [
        Recent(date.fromisoformat(row["booking_date"]), row["amount_cents"], told)
        for row in rows
        if row["account"] == account and row["status"] in _IN_THE_BOOKS and row["nature"] in _RECEIVED
        for told in row.get("told", ())
    ]


def _of_day(table: Table, landlord_id: str, day: date) -> Iterator[Row]:
    partition = view_keys.payments_of_day(landlord_id, day)
    return _pages(lambda after: table.query(partition, after=after.sk if after else None))


def _pages(page: Callable[[Key | None], Page]) -> Iterator[Row]:
    after: Key | None = None
    while True:
        found = page(after)
        yield from found.rows
        if found.after is None:
            return
        after = found.after
