"""The words in which tests speak: a lease, a due, a credit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows, account_write
from quitus.adapters.memory import MemoryTable
from quitus.adapters.name_rows import NameRows
from quitus.adapters.payer_rows import PayerRows
from quitus.domain.ibans import VirtualIbanRange
from quitus.domain.incoming import Incoming, Source
from quitus.domain.landlord import BankAccount, Landlord
from quitus.domain.lease import Account, Due, DueKind, Lease, LeaseStatus, OpenDue, UnitKind
from quitus.domain.movement import Movement
from quitus.services.attribution import Attributor
from quitus.services.ports import Clock
from quitus.services.post_movements import MovementPoster
from quitus.services.table import Put

BANK_ACCOUNT = "FR7630006000011234567890189"
RANGE = VirtualIbanRange("17328", "89900", "4", "SWNBFR22XXX", "SEMIGA")
DAY = date(2026, 11, 5)


class FixedClock:
    """A clock that stands still and never makes a test wait."""

    def __init__(self, instant: datetime = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def pause(self, attempt: int) -> None:
        return


def a_landlord(**changes: Any) -> Landlord:
    landlord = Landlord(
        landlord_id="semiga",
        name="SEMIGA",
        siren="123456782",
        creditor_identifier="FR72ZZZ123456",
        tolerance_cents=500,
        bank_accounts=(BankAccount(BANK_ACCOUNT, "AGRIFRPP"),),
        virtual_iban_range=RANGE,
    )
    return replace(landlord, **changes)


def a_virtual_iban(counter: int) -> str:
    return RANGE.number(counter, b"secret").text


def a_lease(lease_id: str = "L1", **changes: Any) -> Lease:
    lease = Lease(
        lease_id=lease_id,
        status=LeaseStatus.ACTIVE,
        start_date=date(2020, 1, 1),
        end_date=None,
        unit_id=f"U-{lease_id}",
        unit_kind=UnitKind.DWELLING,
        residence_id="R1",
        residence_name="Les Micocouliers",
        street="1 rue des Arènes",
        postal_code="30900",
        commune="Nîmes",
        account_group=None,
        holder_name="Camille Roux",
        holder_email=None,
        holder_phone=None,
        language="fr",
        e_receipt_consent=False,
    )
    return replace(lease, **changes)


def a_due(due_id: str, cents: int, due_date: date = DAY, kind: DueKind = DueKind.RENT, **changes: Any) -> Due:
    return replace(Due(due_id, "L1", kind, f"{due_date:%Y-%m}", due_date, cents), **changes)


def an_open_due(due_id: str, cents: int, due_date: date = DAY, kind: DueKind = DueKind.RENT) -> OpenDue:
    return a_due(due_id, cents, due_date, kind).open(cents)


def an_account(*dues: OpenDue, lease_id: str = "L1", **changes: Any) -> Account:
    return replace(Account(lease_id, version=1, open_dues=dues), **changes)


def a_credit(cents: int, iban: str | None = None, **changes: Any) -> Movement:
    movement = Movement(
        position="1.1.1",
        amount_cents=cents,
        booking_date=DAY,
        virtual_iban=iban,
        virtual_iban_path="RltdPties/CdtrAcct/Id/IBAN" if iban else None,
    )
    return replace(movement, **changes)


def reported(movement: Movement, channel: str = "camt.053", message: str = "S1", file_id: str = "F1") -> Incoming:
    return Incoming(movement, BANK_ACCOUNT, Source(channel, message, file_id))


def known_payers(table: Any) -> PayerRows:
    """What is remembered of payers."""
    return PayerRows(table, lambda: b"secret")


def a_poster(table: Any, clock: Clock | None = None) -> MovementPoster:
    """What posts movements on a table."""
    ledger = LedgerRows(table)
    return MovementPoster(ledger, Attributor(ledger, known_payers(table), NameRows(table)), clock or FixedClock())


def a_table_with(landlord: Landlord, leases: Sequence[tuple[str, Account]]) -> MemoryTable:
    """A table where each lease holds the given virtual IBAN and account."""
    table = MemoryTable()
    for iban, account in leases:
        key = keys.virtual_iban(landlord.landlord_id, iban)
        table.write([Put(key.row(lease_id=account.lease_id))])
        table.write([account_write(landlord.landlord_id, replace(account, version=1))])
    return table


def with_rows_of[T: MemoryTable](table: T, other: MemoryTable) -> T:
    """A table that begins with the rows of another, and what is written to it is not written there."""
    table.rows = dict(other.rows)
    table._partitions = defaultdict(list, {pk: list(held) for pk, held in other._partitions.items()})
    table._listings = defaultdict(list, {pk: list(held) for pk, held in other._listings.items()})
    return table
