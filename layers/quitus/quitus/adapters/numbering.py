"""Where virtual IBANs come from: the landlord's range, in reserved blocks, or the pool that its bank listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from quitus.adapters import keys
from quitus.adapters.clock import SystemClock
from quitus.adapters.origins import origin_columns, origin_of
from quitus.adapters.units import write_units
from quitus.domain.errors import Contention
from quitus.domain.ibans import VirtualAccount, VirtualIbanRange
from quitus.domain.landlord import Landlord
from quitus.services.contention import until_written
from quitus.services.leases import Origin, Taken
from quitus.services.table import Is, Key, Lacks, New, Put, Row, Table, Update

NEVER_LISTED = New()
_PATIENCE = 12
_CLOCK = SystemClock()


class Numbering:
    """`leases.Numbers` on a table. `secret` is the key of the ranges' bijection, asked for when first needed."""

    def __init__(self, table: Table, secret: Callable[[], bytes]) -> None:
        self._table = table
        self._secret = secret

    def take(self, landlord: Landlord, count: int) -> Taken:
        """See `Numbers.take`."""
        if landlord.virtual_iban_range is not None:
            return self._reserve(landlord.virtual_iban_range, count)
        return self._draw(landlord.landlord_id, count)

    def _reserve(self, numbering: VirtualIbanRange, count: int) -> Taken:
        """A block of the counter in one write, outside any lease's transaction: else lease creation would queue up.

        The counter is the range's, whoever shares it: no number is ever given to two landlords.
        """
        end = self._table.add(keys.range_numbers(numbering.name), "reserved", count)
        block = range(end - count, min(end, numbering.capacity))
        ibans = [numbering.number(counter, self._secret()).text for counter in block]
        accounts = tuple(VirtualAccount(iban, numbering.bic, numbering.payee_name) for iban in ibans)
        return Taken(accounts, min(end, numbering.capacity), numbering.capacity, numbering.name)

    def _draw(self, landlord_id: str, count: int) -> Taken:
        busy = Contention("pool_busy", "Others kept taking from the pool.", landlord_id=landlord_id)
        counters, numbers = until_written(
            lambda: self._advance(landlord_id, count), _CLOCK, patience=_PATIENCE, busy=busy
        )
        listed, drawn = counters.get("listed", 0), counters.get("drawn", 0) + len(numbers)
        accounts = self._listed(landlord_id, [keys.pool(landlord_id, number) for number in numbers])
        if len(accounts) < count:
            known = {account.iban for account in accounts}
            missed = self._missed(landlord_id, counters, listed)
            accounts += [account for account in missed if account.iban not in known]
        return Taken(tuple(accounts[:count]), drawn, listed, "pool")

    def _advance(self, landlord_id: str, count: int) -> tuple[Row, range]:
        """Move the pool's pointer: the counters before, and the numbers passed. Raises Stale when another moved it."""
        counters = self._table.get(keys.numbers(landlord_id)) or {}
        listed, drawn = counters.get("listed", 0), counters.get("drawn", 0)
        to_take = min(count, listed - drawn)
        if to_take:
            unmoved = Is("drawn", drawn) if "drawn" in counters else Lacks("drawn")
            update = Update(keys.numbers(landlord_id), set={"drawn": drawn + to_take}, condition=unmoved)
            self._table.write([update])
        return counters, range(drawn + 1, drawn + to_take + 1)

    def _missed(self, landlord_id: str, counters: Row, listed: int) -> list[VirtualAccount]:
        """Accounts that were drawn but never reached a lease (a crash in between); looked for once per filling."""
        if counters.get("searched") == listed:
            return []
        rows = self._table.query(keys.pool_partition(landlord_id)).rows
        found = self._listed(landlord_id, [Key.of(row) for row in rows])
        if not found:
            self._table.write([Update(keys.numbers(landlord_id), set={"searched": listed})])
        return found

    def _listed(self, landlord_id: str, places: Sequence[Key]) -> list[VirtualAccount]:
        rows = self._table.batch_get(places)
        ibans = {rows[place]["iban"]: rows[place] for place in places if place in rows}
        held = self._table.batch_get(keys.virtual_iban(landlord_id, iban) for iban in ibans)
        free = [iban for iban in ibans if "lease_id" not in held[keys.virtual_iban(landlord_id, iban)]]
        return [VirtualAccount(iban, ibans[iban]["bic"], ibans[iban]["payee_name"]) for iban in free]

    def fill_pool(
        self, landlord_id: str, accounts: Sequence[VirtualAccount], origin: Origin | None
    ) -> Mapping[str, bool]:
        """See `Numbers.fill_pool`."""
        wanted = {keys.virtual_iban(landlord_id, account.iban): account.iban for account in accounts}
        known = {wanted[key]: row for key, row in self._table.batch_get(wanted).items()}
        new = [account for account in accounts if account.iban not in known]
        refused = self._list(landlord_id, new, origin) if new else set()
        brought = {iban for iban, row in known.items() if origin is not None and origin_of(row) == origin}
        added = brought | {account.iban for account in new if account.iban not in refused}
        return {account.iban: account.iban in added for account in accounts}

    def _list(self, landlord_id: str, accounts: Sequence[VirtualAccount], origin: Origin | None) -> set[str]:
        end = self._table.add(keys.numbers(landlord_id), "listed", len(accounts))
        units = {
            account.iban: [
                Put(_virtual_iban_row(landlord_id, account) | origin_columns(origin), NEVER_LISTED),
                Put(_pool_row(keys.pool(landlord_id, number), account), NEVER_LISTED),
            ]
            for number, account in enumerate(accounts, end - len(accounts) + 1)
        }
        return write_units(self._table, units)


def _virtual_iban_row(landlord_id: str, account: VirtualAccount) -> Row:
    """A listed account that no lease holds yet: a row without `lease_id`."""
    key = keys.virtual_iban(landlord_id, account.iban)
    return key.row(bic=account.bic, payee_name=account.payee_name)


def _pool_row(key: Key, account: VirtualAccount) -> Row:
    return key.row(iban=account.iban, bic=account.bic, payee_name=account.payee_name)
