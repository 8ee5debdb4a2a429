"""Payment links on the table: a row each, and one that leads from the digest of the token to it."""

from __future__ import annotations

from collections.abc import Iterator

from quitus.adapters import link_keys, records
from quitus.adapters.listings import listed
from quitus.domain.payment_link import PaymentLink
from quitus.services.table import Lacks, New, Put, Table, Update

NEVER_MADE = New()
NOT_REVOKED = Lacks("revoked_at")


class LinkRows:
    """`payment_links.LinkStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, landlord_id: str, link_id: str) -> PaymentLink | None:
        """See `LinkStore.find`."""
        row = self._table.get(link_keys.link(landlord_id, link_id))
        return records.record(row, PaymentLink) if row else None

    def make(self, landlord_id: str, link: PaymentLink, digest: str) -> None:
        """See `LinkStore.make`."""
        listed = {
            "GSI1PK": link_keys.links_of(landlord_id, link.lease_id),
            "GSI1SK": f"{link.made_at}#{link.link_id}",
        }
        key, token = link_keys.link(landlord_id, link.link_id), link_keys.token(digest)
        self._table.write(
            [
                Put(key.row(**records.dense(link), **listed), NEVER_MADE),
                Put(token.row(landlord_id=landlord_id, link_id=link.link_id), NEVER_MADE),
            ]
        )

    def revoke(self, landlord_id: str, link: PaymentLink) -> None:
        """See `LinkStore.revoke`."""
        ended = {"revoked_by": link.revoked_by, "revoked_at": link.revoked_at}
        self._table.write([Update(link_keys.link(landlord_id, link.link_id), set=ended, condition=NOT_REVOKED)])

    def of_lease(self, landlord_id: str, lease_id: str, after: str | None) -> Iterator[PaymentLink]:
        """See `LinkStore.of_lease`."""
        start = None if after is None else link_keys.link(landlord_id, after)
        rows = listed(self._table, link_keys.links_of(landlord_id, lease_id), after=start, newest_first=True)
        yield from (records.record(row, PaymentLink) for row in rows)
