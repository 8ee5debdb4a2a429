"""Ranges of virtual IBANs across the deployment: landlords of one bank may share one, but no two overlap."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.domain.errors import Conflict
from quitus.domain.landlord import Landlord
from quitus.services.table import Is, Key, New, Put, Row, Table

FREE = New()
_USED, _UNDER, _VERSION = "used", "under", "version"


def claims_of(landlord: Landlord, table: Table) -> list[Put]:
    """The writes that claim the landlord's range.

    Its own row says that it is in use, the rows of the wider ranges around it that something under them is: so two
    ranges that overlap always meet on a row.

    Raises:
        Conflict: `range_taken`: a wider range, or a part of this one, is another landlord's.
    """
    if landlord.virtual_iban_range is None:
        return []
    landlord_id = landlord.landlord_id
    *around, own = [keys.range_owner(name) for name in landlord.virtual_iban_range.names_from_widest]
    held = table.batch_get([*around, own])
    users = {user for key in around for user in held.get(key, {}).get(_USED, ())}
    users |= set(held.get(own, {}).get(_UNDER, ()))
    if users - {landlord_id}:
        raise Conflict("range_taken", "Another landlord holds a range of virtual IBANs that overlaps this one.")
    told = {key: (_UNDER, held.get(key)) for key in around} | {own: (_USED, held.get(own))}
    return [put for key, (what, row) in told.items() if (put := _told(key, row, what, landlord_id))]


def _told(key: Key, row: Row | None, what: str, landlord_id: str) -> Put | None:
    """The row that names the landlord, unless it does already or others write it meanwhile."""
    if row is None:
        return Put(key.row(**{what: [landlord_id], _VERSION: 1}), FREE)
    if landlord_id in row.get(what, ()):
        return None
    named = {what: sorted({*row.get(what, ()), landlord_id}), _VERSION: row[_VERSION] + 1}
    return Put(row | named, Is(_VERSION, row[_VERSION]))
