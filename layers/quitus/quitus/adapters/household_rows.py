"""The accounts of leases and of those that share their account group, read from the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quitus.adapters import keys
from quitus.adapters.account_records import account_of
from quitus.domain.household import Households
from quitus.domain.lease import Account, UnitKind
from quitus.services.table import Row, Table


def accounts_of(table: Table, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, Account]:
    """The accounts of leases, those that there are."""
    wanted = {keys.account(landlord_id, lease_id): lease_id for lease_id in lease_ids}
    rows = table.batch_get(wanted)
    return {wanted[key]: account_of(wanted[key], row) for key, row in rows.items()}


def households_of(table: Table, landlord_id: str, accounts: Mapping[str, Account]) -> Households:
    """Accounts with those of their groups."""
    names = {keys.account_group(landlord_id, held.group): held.group for held in accounts.values() if held.group}
    if not names:
        return Households(accounts)
    groups = {names[key]: members_of(row) for key, row in table.batch_get(names).items()}
    others = {lease_id for members in groups.values() for lease_id in members} - accounts.keys()
    return Households({**accounts, **accounts_of(table, landlord_id, others)}, groups)


def members_of(row: Row) -> dict[str, bool]:
    """The leases of an account group, each with whether it is an annex."""
    members = ((name.removeprefix(keys.MEMBER), kind) for name, kind in row.items() if name.startswith(keys.MEMBER))
    return {lease_id: kind != UnitKind.DWELLING for lease_id, kind in members}
