"""Double-entry entries by the posting table of sector.md §5, chained per lease by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from quitus.domain.money import Cents


class EntryKind(StrEnum):
    """What an entry records (contract.md, ERP push); `CHARGE` stays inside, the ERP has it already."""

    RECEIPT = "receipt"
    ALLOCATION = "allocation"
    REVERSAL = "reversal"
    ASSIGNMENT = "assignment"
    CREDIT_USE = "credit_use"
    CHARGE = "charge"


class Role(StrEnum):
    """What an account is for; the landlord's map gives its number."""

    TENANTS = "tenants"
    CREDITS = "credits"
    SUSPENSE = "suspense"
    BANK = "bank"
    COLLECTION = "collection"
    CHARGING = "charging"


DEFAULT_ACCOUNTS: Mapping[str, str] = {
    Role.TENANTS: "411",
    Role.CREDITS: "4195",
    Role.SUSPENSE: "471",
    Role.BANK: "512",
    Role.COLLECTION: "511",
    Role.CHARGING: "899",
}
"""Numbers of the French chart used where a landlord gives none; 899 is the control account of charging."""

_LABELS: Mapping[Role, str] = {
    Role.TENANTS: "Locataire",
    Role.CREDITS: "Avance locataire",
    Role.SUSPENSE: "Compte d'attente",
    Role.BANK: "Banque",
    Role.COLLECTION: "Valeurs à l'encaissement",
    Role.CHARGING: "Contrôle du quittancement",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry; `auxiliary` is the lease for tenant accounts. No name and no IBAN, ever."""

    account: str
    auxiliary: str | None
    label: str
    debit_cents: Cents
    credit_cents: Cents


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced entry; `sequence` rises by one per lease (per payment while in suspense), `hash` seals it."""

    entry_id: str
    lease_id: str | None
    sequence: int
    kind: EntryKind
    booking_date: date
    lines: tuple[Line, ...]
    previous_hash: str | None
    hash: str = field(default="")


def seal(entry: Entry) -> Entry:
    """The entry with its hash: SHA-256 of the RFC 8785 JSON of what an outsider holds (contract.md, Hash).

    Raises:
        ValueError: debits and credits differ.
    """
    if sum(line.debit_cents - line.credit_cents for line in entry.lines) != 0:
        raise ValueError(f"entry {entry.entry_id} does not balance")
    return Entry(
        entry.entry_id,
        entry.lease_id,
        entry.sequence,
        entry.kind,
        entry.booking_date,
        entry.lines,
        entry.previous_hash,
        entry_hash(entry),
    )


def entry_hash(entry: Entry) -> str:
    """Hex SHA-256 of the canonical JSON of the entry without its hash."""
    return hashlib.sha256(_canonical_json(hashed_fields(entry))).hexdigest()


def hashed_fields(entry: Entry) -> dict[str, Any]:
    """The fields under the hash, as they go to the ERP and to readers of the API."""
    return {
        "previous_hash": entry.previous_hash,
        "entry_id": entry.entry_id,
        "lease_id": entry.lease_id,
        "sequence": entry.sequence,
        "kind": entry.kind.value,
        "booking_date": entry.booking_date.isoformat(),
        "lines": [
            {
                "account": line.account,
                "auxiliary": line.auxiliary,
                "label": line.label,
                "debit_cents": line.debit_cents,
                "credit_cents": line.credit_cents,
            }
            for line in entry.lines
        ],
    }


def _canonical_json(value: Mapping[str, Any]) -> bytes:
    # RFC 8785 for what entries hold: ASCII keys (so code-point order is UTF-16 order), texts, integers and null.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Chart:
    """The landlord's account numbers by role, and the lines written with them."""

    numbers: Mapping[str, str] = field(default_factory=lambda: DEFAULT_ACCOUNTS)

    def debit(self, role: Role, cents: Cents, auxiliary: str | None = None) -> Line:
        """A debit of `cents` (≥ 0)."""
        return Line(self._number(role), auxiliary, _LABELS[role], cents, 0)

    def credit(self, role: Role, cents: Cents, auxiliary: str | None = None) -> Line:
        """A credit of `cents` (≥ 0)."""
        return Line(self._number(role), auxiliary, _LABELS[role], 0, cents)

    def tenant_side(self, lease_id: str, allocated: Cents, credit: Cents) -> tuple[Line, ...]:
        """Credits of what a receipt settles (411) and of what it leaves in advance (4195)."""
        lines = (
            self.credit(Role.TENANTS, allocated, lease_id),
            self.credit(Role.CREDITS, credit, lease_id),
        )
        return tuple(line for line in lines if line.credit_cents)

    def _number(self, role: Role) -> str:
        return self.numbers.get(role, DEFAULT_ACCOUNTS[role])


def mirrored(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with debit and credit swapped: how a ledger that only grows takes something back."""
    return tuple(Line(line.account, line.auxiliary, line.label, line.credit_cents, line.debit_cents) for line in lines)
