"""Messages to tenants on the table; addresses that fail are known by a hash under a secret key."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from quitus.adapters import mailing_keys, records
from quitus.domain.mailing import Dispatch, DispatchStatus
from quitus.services.returned_mail import Sent
from quitus.services.table import Is, New, Put, Table, Update, Write

NEVER_BEGUN = New()
STILL_HELD = Is("status", "held")


class DispatchRows:
    """`send_mailings.DispatchStore` on a table."""

    def __init__(self, table: Table, key: Callable[[], bytes]) -> None:
        self._table = table
        self._key = key

    def find(self, landlord_id: str, dispatch_id: str) -> Dispatch | None:
        """See `DispatchStore.find`."""
        row = self._table.get(mailing_keys.dispatch(landlord_id, dispatch_id))
        return records.record(row, Dispatch) if row else None

    def begin(self, landlord_id: str, dispatch: Dispatch) -> None:
        """See `DispatchStore.begin`."""
        listed = {
            "GSI1PK": mailing_keys.dispatches_of(landlord_id, dispatch.lease_id),
            "GSI1SK": f"{dispatch.at}#{dispatch.dispatch_id}",
        }
        key = mailing_keys.dispatch(landlord_id, dispatch.dispatch_id)
        self._table.write([Put(key.row(**records.dense(dispatch), **listed), NEVER_BEGUN)])

    def resume(self, landlord_id: str, dispatch: Dispatch) -> None:
        """See `DispatchStore.resume`."""
        key = mailing_keys.dispatch(landlord_id, dispatch.dispatch_id)
        told = records.dense(dispatch)
        names = {"status", "link_id", "reason", "address_told"}
        changed = {name: held for name, held in told.items() if name in names}
        self._table.write([Update(key, set=changed, condition=STILL_HELD)])

    def handed_over(self, landlord_id: str, dispatch: Dispatch, address: str) -> None:
        """See `DispatchStore.handed_over`."""
        told = {"status": dispatch.status.value, "reason": dispatch.reason, "sent_as": dispatch.sent_as}
        held = {name: value for name, value in told.items() if value is not None}
        writes: list[Write] = [Update(mailing_keys.dispatch(landlord_id, dispatch.dispatch_id), set=held)]
        if dispatch.sent_as is not None:
            whose = Sent(landlord_id, dispatch.dispatch_id, self._digest(address))
            writes.append(Put(mailing_keys.sent_as(dispatch.sent_as).row(**records.dense(whose))))
        self._table.write(writes)

    def fails(self, landlord_id: str, address: str) -> bool:
        """See `DispatchStore.fails`."""
        return self._table.get(mailing_keys.failing_address(landlord_id, self._digest(address))) is not None

    def _digest(self, address: str) -> str:
        return hmac.digest(self._key(), f"address\n{address.casefold()}".encode(), "sha256").hex()


class SentRows:
    """`returned_mail.SentMail` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def sent_as(self, service_id: str) -> Sent | None:
        """See `SentMail.sent_as`."""
        row = self._table.get(mailing_keys.sent_as(service_id))
        return records.record(row, Sent) if row else None

    def came_back(self, sent: Sent, status: DispatchStatus, at: str, *, fails: bool) -> None:
        """See `SentMail.came_back`."""
        key = mailing_keys.dispatch(sent.landlord_id, sent.dispatch_id)
        writes: list[Write] = [Update(key, set={"status": status.value, "changed_at": at})]
        if fails:
            failing = mailing_keys.failing_address(sent.landlord_id, sent.address_digest)
            writes.append(Put(failing.row(since=at, dispatch_id=sent.dispatch_id)))
        self._table.write(writes)
