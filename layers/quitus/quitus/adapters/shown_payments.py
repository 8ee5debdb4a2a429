"""Payments as the views show them, by name or by lease; seconds behind the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quitus.adapters import keys, view_keys
from quitus.domain.identity import parse_payment_id
from quitus.services.table import Key, Table


def view_place(landlord_id: str, payment_id: str) -> Key:
    """Where a payment is shown."""
    bucket, _ = parse_payment_id(payment_id)
    return Key(view_keys.payments_of_day(landlord_id, bucket.day), payment_id)


def payments_on(table: Table, landlord_id: str, lease_id: str) -> Iterator[Mapping[str, Any]]:
    """See `read_shares.LeasePayments`."""
    booked = table.query(keys.lease_partition(landlord_id, lease_id), keys.CHAIN).rows
    names = dict.fromkeys(row["payment_id"] for row in booked if row.get("payment_id"))
    places = [view_place(landlord_id, name) for name in names]
    rows = table.batch_get(places)
    yield from (rows[place]["payment"] for place in places if "payment" in rows.get(place, {}))
