"""Rows of the outbox to the landlord's ERP: written by the views, marked as acknowledged by the push."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from quitus.adapters import closing_keys, keys, records
from quitus.domain.erp_batch import Feed, IssuedIban, TakenBack
from quitus.domain.ledger import Entry
from quitus.services.table import Key, New, Put, Row

NEVER_RECORDED = New()
NEVER_COUNTED = New()


def entry_puts(
    landlord_id: str, entry: Entry, payment_id: str, rule: str | None, moved_by: str | None = None, *, pushed: bool
) -> list[Put]:
    """An entry of a payment in its lease's chain (or alone), and in its day, where it waits for its number; `moved_by`
    is the bank's line behind it, `pushed` lists it for the ERP.
    """
    row = records.entry_row(entry) | {"payment_id": payment_id}
    row |= {name: told for name, told in (("rule", rule), ("moved_by", moved_by)) if told is not None}
    key = entry_key(landlord_id, entry, payment_id)
    listing = _listing(landlord_id, Feed.ENTRIES, _place(entry, payment_id)) if pushed else {}
    of_day = Key(closing_keys.entries_of_day(landlord_id, entry.booking_date), entry.entry_id)
    return [
        Put(key.row(**row, **listing), NEVER_RECORDED),
        Put(of_day.row(**row, **_without_number(landlord_id, entry))),
    ]


def entry_key(landlord_id: str, entry: Entry, payment_id: str) -> Key:
    """Where an entry stands in the outbox."""
    if entry.lease_id is None:
        return keys.loose_entry(landlord_id, payment_id, entry.sequence)
    return keys.entry(landlord_id, entry.lease_id, entry.sequence)


def issued_iban_put(landlord_id: str, issued: IssuedIban, *, pushed: bool) -> Put:
    """A virtual IBAN that is counted once; `pushed` lists it for the ERP."""
    key = keys.virtual_iban_notice(landlord_id, issued.iban)
    listing = _listing(landlord_id, Feed.VIRTUAL_IBANS, issued.iban) if pushed else {}
    return Put(key.row(**records.dense(issued), **listing), NEVER_COUNTED)


def taken_back_put(landlord_id: str, taken: TakenBack, number: int) -> Put:
    """The nth reversal of a payment, listed for the ERP."""
    key = keys.numbered_notice(landlord_id, "reversal", taken.payment_id, number)
    listing = _listing(landlord_id, Feed.REVERSALS, f"{taken.payment_id}#{key.sk}")
    return Put(key.row(**records.dense(taken), **listing), NEVER_RECORDED)


def numbered_put(landlord_id: str, feed: Feed, document: Mapping[str, Any]) -> Put:
    """A numbered notice about a payment, listed for the ERP; as text, which keeps the order of its fields."""
    key = keys.numbered_notice(landlord_id, feed.value.removesuffix("s"), document["payment_id"], document["number"])
    listing = _listing(landlord_id, feed, f"{document['payment_id']}#{key.sk}")
    return Put(key.row(document=json.dumps(document, ensure_ascii=False), **listing), NEVER_RECORDED)


def _without_number(landlord_id: str, entry: Entry) -> Row:
    place = f"{entry.booking_date.isoformat()}#{entry.entry_id}"
    return {"GSI1PK": closing_keys.unnumbered(landlord_id), "GSI1SK": place}


def _place(entry: Entry, payment_id: str) -> str:
    return keys.backlog_place(entry.lease_id or f"~{payment_id}", entry.sequence)


def _listing(landlord_id: str, feed: Feed, place: str) -> Row:
    return {"GSI1PK": keys.erp_backlog(landlord_id, feed.value), "GSI1SK": place}
