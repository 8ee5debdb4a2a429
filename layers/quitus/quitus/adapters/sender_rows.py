"""Who may write under which address of mail, or name of SMS: what an operator wrote once the landlord proved that it is
its own. A landlord's own word is not enough: one account of SES knows the addresses of all.
"""

from __future__ import annotations

from quitus.adapters import mailing_keys
from quitus.domain.mailing import Channel
from quitus.services.table import New, Put, Stale, Table

NEVER_GIVEN = New()


class SenderRows:
    """`mailings.Senders` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def is_of(self, landlord_id: str, channel: Channel, name: str) -> bool:
        """See `Senders.is_of`."""
        return self._owner(channel, name) == landlord_id

    def give(self, landlord_id: str, channel: Channel, name: str) -> bool:
        """Let a landlord write under a name, for good; False if it is another's."""
        key = mailing_keys.sender(channel.value, name)
        try:
            self._table.write([Put(key.row(landlord_id=landlord_id), NEVER_GIVEN)])
        except Stale:
            return self.is_of(landlord_id, channel, name)
        return True

    def _owner(self, channel: Channel, name: str) -> str | None:
        row = self._table.get(mailing_keys.sender(channel.value, name))
        return row["landlord_id"] if row else None
