"""What one payment costs in DynamoDB: write units and calls, in bulk, by DynamoDB's own size rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from math import ceil
from typing import Any

from quitus.adapters import keys
from quitus.adapters.dynamo import encode_row
from quitus.adapters.ledger_rows import LedgerRows, account_write
from quitus.adapters.memory import MemoryTable
from quitus.adapters.name_rows import NameRows
from quitus.adapters.payer_rows import PayerRows
from quitus.domain.landlord import BankAccount, Landlord
from quitus.domain.lease import Account, Due, DueKind
from quitus.services.attribution import Attributor
from quitus.services.messages import MOVEMENTS_AT_ONCE
from quitus.services.post_movements import MovementPoster
from quitus.services.table import Key, Put, Row, Write

from ._payments import ACCOUNT, RANGE, rent_transfer

_LEASES = 1000
_DAY = date(2026, 11, 5)
_LANDLORD = Landlord(
    "semiga",
    "SEMIGA",
    "123456782",
    None,
    500,
    (BankAccount(ACCOUNT, "AGRIFRPP"),),
    RANGE,
)


@dataclass
class Meter:
    """A table that counts its calls and the write units of its transactions."""

    table: MemoryTable
    calls: int = 0
    units: int = 0
    sizes: list[int] = field(default_factory=list)

    def batch_get(self, wanted: Iterable[Key]) -> dict[Key, Row]:
        """One call for each hundred keys."""
        asked = list(dict.fromkeys(wanted))
        self.calls += ceil(len(asked) / 100)
        return self.table.batch_get(asked)

    def write(self, writes: Sequence[Write]) -> None:
        """One call; twice the rounded-up KB of each row when it is a transaction."""
        self.calls += 1
        sizes = [item_size(encode_row(write.row)) for write in writes if isinstance(write, Put)]
        self.sizes += sizes
        self.units += sum((2 if len(writes) > 1 else 1) * ceil(size / 1024) for size in sizes)
        self.table.write(writes)

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self.table, name)


class _Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 5, 9, 30, tzinfo=UTC)

    def pause(self, attempt: int) -> None:  # noqa: ARG002 - the port's signature
        return


def run() -> Iterator[dict[str, Any]]:
    """Post a realistic batch of transfers: first as the only channel, then as the second one to speak."""
    table = MemoryTable()
    ibans = [RANGE.number(counter, b"bench").text for counter in range(_LEASES)]
    for lease, iban in enumerate(ibans):
        key = keys.virtual_iban("semiga", iban)
        table.write([Put(key.row(lease_id=f"12345-{lease:04d}"))])
        table.write([account_write("semiga", replace(_an_account(lease), version=1))])
    first = _post(table, ibans, "camt.053")
    yield _figure("posting.one_channel", first)
    second = _post(table, ibans, "camt.054")
    yield _figure("posting.second_channel_claims", second)


def _post(table: MemoryTable, ibans: Sequence[str], channel: str) -> Meter:
    meter = Meter(table)
    ledger = LedgerRows(meter)
    ledger.add_channel("semiga", rent_transfer(ibans[0], 0, channel, _DAY).bucket.account, channel)
    meter.calls = meter.units = 0
    attributor = Attributor(ledger, PayerRows(meter, lambda: b"bench"), NameRows(meter))
    poster = MovementPoster(ledger, attributor, _Clock())
    for start in range(0, len(ibans), MOVEMENTS_AT_ONCE):
        batch = [
            rent_transfer(iban, start + place, channel, _DAY)
            for place, iban in enumerate(ibans[start:][:MOVEMENTS_AT_ONCE])
        ]
        poster.post(_LANDLORD, batch)
    return meter


def _figure(name: str, meter: Meter) -> dict[str, Any]:
    return {
        "name": name,
        "write_units_per_payment": round(meter.units / _LEASES, 3),
        "calls_per_payment": round(meter.calls / _LEASES, 4),
        "largest_row_bytes": max(meter.sizes),
    }


def _an_account(lease: int) -> Account:
    dues = [
        Due(f"2026-11-{lease:05d}-{kind.value}", "", kind, "2026-11", _DAY, cents)
        for kind, cents in ((DueKind.RENT, 42000), (DueKind.CHARGES, 8000))
    ]
    return Account(
        f"12345-{lease:04d}",
        sequence=11,
        last_hash="a" * 64,
        charge_sequence=12,
        open_dues=tuple(due.open(due.amount_cents) for due in dues),
    )


def item_size(value: Any) -> int:
    """Bytes of an encoded row, as DynamoDB counts them (developer guide, item sizes)."""
    size = 0
    for name, held in value.items():
        size += len(name.encode()) + _value_size(held)
    return size


def _value_size(value: dict[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(held)
        case "N":
            return ceil(len(held.strip("-0")) / 2) + 1
        case "L":
            return 3 + sum(1 + _value_size(item) for item in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(item) for name, item in held.items())
    return 1
