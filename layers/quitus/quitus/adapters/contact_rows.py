"""What holders said about mail and SMS, on the table."""

from __future__ import annotations

from quitus.adapters import mailing_keys, records
from quitus.domain.contact import ContactChoice
from quitus.services.table import Is, New, Put, Table

NEVER_SAID = New()


class ContactRows:
    """`contacts.ContactStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def contact(self, landlord_id: str, lease_id: str) -> ContactChoice:
        """See `Contacts.contact`."""
        row = self._table.get(mailing_keys.contact(landlord_id, lease_id))
        return records.record(row, ContactChoice) if row else ContactChoice()

    def keep(self, landlord_id: str, lease_id: str, contact: ContactChoice) -> None:
        """See `ContactStore.keep`."""
        row = mailing_keys.contact(landlord_id, lease_id).row(**records.dense(contact))
        before = Is("version", contact.version - 1) if contact.version > 1 else NEVER_SAID
        self._table.write([Put(row, before)])
