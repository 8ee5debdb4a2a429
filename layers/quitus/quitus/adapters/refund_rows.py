"""Refunds on the table: a row with all steps, replaced under its version; whatever a step moves is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quitus.adapters import keys, records, refund_keys
from quitus.adapters.due_rows import first_due_writes
from quitus.adapters.ledger_rows import LedgerRows, account_write, charging_writes, movement_put
from quitus.adapters.listings import listed
from quitus.domain.charged import Charging
from quitus.domain.lease import Account
from quitus.domain.payment import Decision, Payment
from quitus.domain.refund import PayOut, Refund, RefundStatus
from quitus.services.table import Is, New, Put, Table, Update, Write

NEVER_ASKED = New()


class RefundRows:
    """`refunds.RefundStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, landlord_id: str, refund_id: str) -> Refund | None:
        """See `RefundStore.find`."""
        row = self._table.get(refund_keys.refund(landlord_id, refund_id))
        return records.record(row, Refund) if row else None

    def page(self, landlord_id: str, after: str | None) -> Iterator[Refund]:
        """See `RefundStore.page`."""
        start = None if after is None else refund_keys.refund(landlord_id, after)
        for row in listed(self._table, refund_keys.refunds(landlord_id), after=start, newest_first=True):
            yield records.record(row, Refund)

    def open(self, landlord_id: str) -> Iterator[Refund]:
        """See `RefundStore.open`."""
        names = [row["refund_id"] for row in listed(self._table, refund_keys.open_refunds(landlord_id))]
        held = self._table.batch_get(refund_keys.refund(landlord_id, refund_id) for refund_id in names)
        found = (records.record(row, Refund) for row in held.values())
        yield from sorted((one for one in found if one.status is RefundStatus.APPROVED), key=lambda one: one.refund_id)

    def begin(self, landlord_id: str, refund: Refund, account: Account) -> None:
        """See `RefundStore.begin`."""
        self._table.write([_put(landlord_id, refund), account_write(landlord_id, account)])

    def drop(self, landlord_id: str, refund: Refund, made: Charging, at: str) -> None:
        """See `RefundStore.drop`."""
        changed = [account_write(landlord_id, made.account), *charging_writes(landlord_id, made, at)]
        self._table.write([_put(landlord_id, refund), *changed])

    def approve(self, landlord_id: str, refund: Refund, paid: PayOut, at: str) -> None:
        """See `RefundStore.approve`."""
        made = paid.made
        listed = {"GSI1PK": refund_keys.open_refunds(landlord_id), "GSI1SK": refund.refund_id}
        self._table.write(
            [
                _put(landlord_id, refund),
                Put(refund_keys.open_refund(landlord_id, refund.refund_id).row(refund_id=refund.refund_id, **listed)),
                movement_put(landlord_id, paid.posted),
                account_write(landlord_id, made.account),
                *first_due_writes(landlord_id, paid.due),
                *charging_writes(landlord_id, made, at),
            ]
        )

    def call_off(self, landlord_id: str, refund: Refund, entered: Payment, decision: Decision, made: Charging) -> None:
        """See `RefundStore.call_off`."""
        key = keys.due(landlord_id, refund.lease_id, refund.due_id)
        cancelled = Update(key, set={"amount_cents": 0})
        beside: Sequence[Write] = [_put(landlord_id, refund), _unlisted(landlord_id, refund), cancelled]
        LedgerRows(self._table).commit_decision(landlord_id, entered, decision, (made,), beside)

    def paid(self, landlord_id: str, refund: Refund) -> list[Write]:
        """See `RefundStore.paid`."""
        return [_put(landlord_id, refund), _unlisted(landlord_id, refund)]


def _put(landlord_id: str, refund: Refund) -> Put:
    """The row after a step, if nobody made another since it was read."""
    listed = {"GSI1PK": refund_keys.refunds(landlord_id), "GSI1SK": f"{refund.steps[0].at}#{refund.refund_id}"}
    row = refund_keys.refund(landlord_id, refund.refund_id).row(
        **records.dense(refund), version=refund.version, **listed
    )
    return Put(row, NEVER_ASKED if refund.version == 1 else Is("version", refund.version - 1))


def _unlisted(landlord_id: str, refund: Refund) -> Update:
    return Update(refund_keys.open_refund(landlord_id, refund.refund_id), remove=["GSI1PK", "GSI1SK"])
