"""What only one landlord of the deployment may have: a bank account, a range of virtual IBANs. Claims are for ever."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.domain.errors import Conflict
from quitus.domain.ibans import VirtualIbanRange
from quitus.domain.landlord import Landlord
from quitus.services.table import Is, Key, New, Put, Row, Table

FREE = New()
_OWNER, _UNDER, _VERSION = "landlord_id", "under", "version"


def claims_of(landlord: Landlord, table: Table) -> list[Put]:
    """The writes that claim what the landlord does not hold yet.

    Raises:
        Conflict: another landlord holds it: `account_taken`, `range_taken`.
    """
    made = _accounts(table, landlord)
    if landlord.virtual_iban_range is not None:
        made += _range(table, landlord.landlord_id, landlord.virtual_iban_range)
    return made


def _accounts(table: Table, landlord: Landlord) -> list[Put]:
    wanted = {keys.bank_account_owner(account.iban): account.iban for account in landlord.bank_accounts}
    held = table.batch_get(wanted)
    for key, row in held.items():
        if row[_OWNER] != landlord.landlord_id:
            raise Conflict("account_taken", "Another landlord has this bank account.", ending=wanted[key][-4:])
    return [Put(key.row(**{_OWNER: landlord.landlord_id}), FREE) for key in wanted if key not in held]


def _range(table: Table, landlord_id: str, numbering: VirtualIbanRange) -> list[Put]:
    """A range's own row says who holds it, the rows of the wider ranges around it say who holds something under them:
    so two ranges that overlap always meet on a row.
    """
    *around, own = [keys.range_owner(name) for name in numbering.names_from_widest]
    held = table.batch_get([*around, own])
    others = [held.get(key, {}).get(_OWNER) for key in (*around, own)]
    if set(others) - {None, landlord_id} or set(held.get(own, {}).get(_UNDER, ())) - {landlord_id}:
        raise Conflict("range_taken", "Another landlord holds this range of virtual IBANs, or a part of it.")
    told = {key: {_UNDER: _with(held.get(key), landlord_id)} for key in around} | {own: {_OWNER: landlord_id}}
    return [put for key, attributes in told.items() if (put := _told(key, held.get(key), attributes))]


def _with(row: Row | None, landlord_id: str) -> list[str]:
    return sorted({*(row or {}).get(_UNDER, ()), landlord_id})


def _told(key: Key, row: Row | None, attributes: Row) -> Put | None:
    """The row with these attributes, unless it has them already or others write it meanwhile."""
    if row is None:
        return Put(key.row(**attributes, **{_VERSION: 1}), FREE)
    if row | attributes == row:
        return None
    return Put(row | attributes | {_VERSION: row[_VERSION] + 1}, Is(_VERSION, row[_VERSION]))
