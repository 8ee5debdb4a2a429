"""Card payments on the table: a row beside their link each, and what providers told of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from quitus.adapters import keys, link_keys, records
from quitus.domain.card_notice import CardNotice, card_source
from quitus.domain.checkout import Checkout
from quitus.domain.identity import parse_payment_id
from quitus.domain.incoming import EVENT_CHANNEL
from quitus.services.table import Lacks, New, Put, Stale, Table, Update

NEVER_BEGUN = New()
NEVER_TOLD = New()
NOT_ENDED = Lacks("status")  # `started` is the usual status, which rows leave out
NOT_PAID = Lacks("reference")


class CheckoutRows:
    """`checkouts.CheckoutStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest(self, landlord_id: str, link_id: str, most: int) -> Sequence[Checkout]:
        """See `CheckoutStore.latest`."""
        partition = link_keys.link_partition(landlord_id, link_id)
        page = self._table.query(partition, link_keys.CHECKOUTS, limit=most, newest_first=True)
        return [records.record(row, Checkout) for row in page.rows]

    def find(self, landlord_id: str, link_id: str, number: int) -> Checkout | None:
        """See `CheckoutStore.find`."""
        row = self._table.get(link_keys.checkout(landlord_id, link_id, number))
        return records.record(row, Checkout) if row else None

    def begin(self, landlord_id: str, checkout: Checkout) -> None:
        """See `CheckoutStore.begin`."""
        key = link_keys.checkout(landlord_id, checkout.link_id, checkout.number)
        self._table.write([Put(key.row(**records.dense(checkout)), NEVER_BEGUN)])

    def opened(self, landlord_id: str, checkout: Checkout) -> None:
        """See `CheckoutStore.opened`."""
        key = link_keys.checkout(landlord_id, checkout.link_id, checkout.number)
        self._table.write([Update(key, set={"session_id": checkout.session_id, "url": checkout.url})])

    def ended(self, landlord_id: str, checkout: Checkout) -> None:
        """See `CheckoutStore.ended`."""
        key = link_keys.checkout(landlord_id, checkout.link_id, checkout.number)
        with suppress(Stale):
            self._table.write([Update(key, set={"status": checkout.status.value}, condition=NOT_ENDED)])

    def is_recorded(self, landlord_id: str, checkout: Checkout) -> bool:
        """See `CheckoutStore.is_recorded`."""
        source, reference = card_source(checkout.provider), checkout.reference
        accepted = self._table.get(keys.event(landlord_id, source, reference or ""))
        if accepted is None:
            return False
        bucket = parse_payment_id(accepted["bucket"])[0]
        rows = self._table.query(keys.movement_partition(landlord_id, bucket)).rows
        told = (row.get("source", {}) for row in rows)
        return (f"{EVENT_CHANNEL}{source}", reference) in ((one.get("channel"), one.get("message")) for one in told)

    def paid(self, landlord_id: str, checkout: Checkout) -> None:
        """See `CheckoutStore.paid`."""
        key = link_keys.checkout(landlord_id, checkout.link_id, checkout.number)
        told = records.dense(checkout)
        paid = {name: told[name] for name in ("status", "reference", "paid_on")}
        self._table.write([Update(key, set=paid, condition=NOT_PAID)])


class CardNoteRows:
    """`card_webhooks.CardNotes` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def is_known(self, landlord_id: str, provider: str, event_id: str) -> bool:
        """See `CardNotes.is_known`."""
        return self._table.get(link_keys.card_event(landlord_id, provider, event_id)) is not None

    def remember(self, landlord_id: str, provider: str, event_id: str, at: str) -> None:
        """See `CardNotes.remember`."""
        key = link_keys.card_event(landlord_id, provider, event_id)
        with suppress(Stale):
            self._table.write([Put(key.row(taken_at=at), NEVER_TOLD)])

    def checkout_of(self, landlord_id: str, provider: str, reference: str) -> str | None:
        """See `CardNotes.checkout_of`."""
        row = self._table.get(link_keys.card_payment(landlord_id, provider, reference))
        return row["checkout_id"] if row else None

    def name(self, landlord_id: str, provider: str, reference: str, checkout_id: str) -> None:
        """See `CardNotes.name`."""
        key = link_keys.card_payment(landlord_id, provider, reference)
        with suppress(Stale):
            self._table.write([Put(key.row(checkout_id=checkout_id), NEVER_TOLD)])

    def wait(self, landlord_id: str, provider: str, notice: CardNotice) -> None:
        """See `CardNotes.wait`."""
        key = link_keys.card_notice(landlord_id, provider, notice.reference or "", notice.waits_as)
        with suppress(Stale):
            self._table.write([Put(key.row(**records.dense(notice)), NEVER_TOLD)])

    def waiting(self, landlord_id: str, provider: str, reference: str) -> Sequence[CardNotice]:
        """See `CardNotes.waiting`."""
        partition = link_keys.card_payment(landlord_id, provider, reference).pk
        rows = self._table.query(partition, link_keys.NOTICES).rows
        return [records.record(row, CardNotice) for row in rows]
