"""What the page behind a payment link shows, read from the table."""

from __future__ import annotations

from collections.abc import Mapping

from quitus.adapters import keys, link_keys, records
from quitus.adapters.account_records import account_of
from quitus.adapters.household_rows import households_of
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Due, Lease
from quitus.domain.money import Cents
from quitus.domain.payment_link import PaymentLink
from quitus.services.pay_page import Addressee, Behind
from quitus.services.table import Table


class PageRows:
    """`pay_page.PageStore` and `checkouts.LeaseAccounts` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def addressee(self, digest: str) -> Addressee | None:
        """See `PageStore.addressee`."""
        row = self._table.get(link_keys.token(digest))
        return Addressee(row["landlord_id"], row["link_id"]) if row else None

    def find(self, landlord_id: str, link_id: str) -> PaymentLink | None:
        """See `PageStore.find`."""
        row = self._table.get(link_keys.link(landlord_id, link_id))
        return records.record(row, PaymentLink) if row else None

    def open_dues(self, landlord_id: str, lease_id: str) -> Mapping[str, Cents]:
        """See `checkouts.LeaseAccounts.open_dues`."""
        row = self._table.get(keys.account(landlord_id, lease_id))
        return {due.due_id: due.open_cents for due in account_of(lease_id, row).open_dues} if row else {}

    def behind(self, landlord_id: str, link: PaymentLink) -> Behind | None:
        """See `PageStore.behind`."""
        lease_id = link.lease_id
        settings, lease = keys.settings(landlord_id), keys.lease(landlord_id, lease_id)
        account = keys.account(landlord_id, lease_id)
        dues = {due_id: keys.due(landlord_id, lease_id, due_id) for due_id in link.due_ids}
        rows = self._table.batch_get([settings, lease, account, *dues.values()])
        if not {settings, lease, account} <= rows.keys():
            return None
        own = {lease_id: account_of(lease_id, rows[account])}
        return Behind(
            records.record(rows[settings], Landlord),
            records.record(rows[lease], Lease),
            households_of(self._table, landlord_id, own).of(lease_id),
            {due_id: records.record(rows[key], Due) for due_id, key in dues.items() if key in rows},
        )
