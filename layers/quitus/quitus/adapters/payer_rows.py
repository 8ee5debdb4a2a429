"""What is remembered of payers on the table: one small row each, under a keyed hash of its account or name."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from quitus.adapters import keys
from quitus.adapters.units import write_units
from quitus.domain.known_payers import Acquaintance, KnownPayer, Payer
from quitus.services.table import Is, Key, New, Put, Row, Stale, Table, Write

_DIGEST = 20
NEVER_HEARD_OF = New()


class PayerRows:
    """`attribution.KnownPayers` on a table. `secret` is the key of the hashes, asked for when first needed."""

    def __init__(self, table: Table, secret: Callable[[], bytes]) -> None:
        self._table = table
        self._secret = secret

    def known(self, landlord_id: str, payers: Iterable[Payer]) -> dict[Payer, KnownPayer]:
        """See `KnownPayers.known`."""
        wanted = {self._key(landlord_id, payer): payer for payer in payers}
        rows = self._table.batch_get(wanted) if wanted else {}
        return {wanted[key]: _known(row) for key, row in rows.items()}

    def writes(self, landlord_id: str, changed: Mapping[Payer, KnownPayer]) -> list[Write]:
        """See `KnownPayers.writes`."""
        return [_put(self._key(landlord_id, payer), known) for payer, known in changed.items()]

    def remember(self, landlord_id: str, changed: Mapping[Payer, KnownPayer]) -> None:
        """See `KnownPayers.remember`."""
        puts = self.writes(landlord_id, changed)
        if write_units(self._table, {str(place): [put] for place, put in enumerate(puts)}):
            raise Stale

    def _key(self, landlord_id: str, payer: Payer) -> Key:
        said = f"{landlord_id}|{payer.by}|{payer.text}".encode()
        return keys.payer(landlord_id, hmac.digest(self._secret(), said, "sha256")[:_DIGEST].hex())


def _put(key: Key, known: KnownPayer) -> Put:
    leases = {
        name: [held.learned_from, list(held.cents), list(held.standing_ids)] for name, held in known.leases.items()
    }
    row: dict[str, Any] = {"version": known.version + 1, "leases": leases}
    if known.distrusted:
        row["distrusted"] = sorted(known.distrusted)
    return Put(key.row(**row), Is("version", known.version) if known.version else NEVER_HEARD_OF)


def _known(row: Row) -> KnownPayer:
    leases = {
        name: Acquaintance(learned_from, tuple(cents), tuple(ids))
        for name, (learned_from, cents, ids) in row["leases"].items()
    }
    return KnownPayer(leases, frozenset(row.get("distrusted", ())), row["version"])
