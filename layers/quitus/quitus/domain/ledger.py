"""Double-entry entries by the posting table of sector.md §5, chained per lease by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from quitus.domain.lease import Debtor
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
    AIDS = "aids"
    AID_CREDITS = "aid_credits"
    SUSPENSE = "suspense"
    BANK = "bank"
    COLLECTION = "collection"
    FEES = "fees"
    CHARGING = "charging"


DEFAULT_ACCOUNTS: Mapping[str, str] = {
    Role.TENANTS: "411",
    Role.CREDITS: "4195",
    Role.AIDS: "467",
    Role.AID_CREDITS: "4197",
    Role.SUSPENSE: "471",
    Role.BANK: "512",
    Role.COLLECTION: "511",
    Role.FEES: "627",
    Role.CHARGING: "899",
}
"""Numbers of the French chart used where a landlord gives none; 899 is the control account of charging."""

_LABELS: Mapping[Role, str] = {
    Role.TENANTS: "Locataire",
    Role.CREDITS: "Avance locataire",
    Role.AIDS: "Organisme payeur d'aides",
    Role.AID_CREDITS: "Avance d'organisme payeur",
    Role.SUSPENSE: "Compte d'attente",
    Role.BANK: "Banque",
    Role.COLLECTION: "Valeurs à l'encaissement",
    Role.FEES: "Services bancaires",
    Role.CHARGING: "Contrôle du quittancement",
}


class Line(NamedTuple):
    """One line of an entry; `auxiliary` is the lease for tenant accounts, None for the payer of its aids. No name and
    no IBAN, ever.
    """

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
    return sealed(*_unsealed(entry))


def sealed(
    entry_id: str,
    lease_id: str | None,
    sequence: int,
    kind: EntryKind,
    on: date,
    lines: tuple[Line, ...],
    previous_hash: str | None,
) -> Entry:
    """The sealed entry of these fields. Raises ValueError: debits and credits differ."""
    if sum([line.debit_cents - line.credit_cents for line in lines]) != 0:
        raise ValueError(f"entry {entry_id} does not balance")
    fields = _hashed_fields(entry_id, lease_id, sequence, kind, on, lines, previous_hash)
    return Entry(entry_id, lease_id, sequence, kind, on, lines, previous_hash, _sha256(fields))


_unsealed = attrgetter("entry_id", "lease_id", "sequence", "kind", "booking_date", "lines", "previous_hash")


def entry_hash(entry: Entry) -> str:
    """Hex SHA-256 of the canonical JSON of the entry without its hash."""
    return _sha256(hashed_fields(entry))


def hashed_fields(entry: Entry) -> dict[str, Any]:
    """The fields under the hash, as they go to the ERP and to readers of the API."""
    return _hashed_fields(*_unsealed(entry))


def _hashed_fields(
    entry_id: str,
    lease_id: str | None,
    sequence: int,
    kind: EntryKind,
    on: date,
    lines: tuple[Line, ...],
    previous_hash: str | None,
) -> dict[str, Any]:
    return {
        "previous_hash": previous_hash,
        "entry_id": entry_id,
        "lease_id": lease_id,
        "sequence": sequence,
        "kind": kind.value,
        "booking_date": on.isoformat(),
        "lines": [
            {"account": account, "auxiliary": auxiliary, "label": label, "debit_cents": debit, "credit_cents": credit}
            for account, auxiliary, label, debit, credit in lines
        ],
    }


_CANONICAL = msgspec.json.Encoder(order="sorted")
"""RFC 8785 for what entries hold: ASCII keys (so code-point order is UTF-16 order), texts, integers and null."""


def _sha256(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(_CANONICAL.encode(fields)).hexdigest()


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

    def settled(self, debtor: Debtor, lease_id: str, allocated: Cents, rest: Cents) -> tuple[Line, ...]:
        """Credits of what a receipt settles (411) and of what it leaves in advance (4195)."""
        auxiliary = _auxiliary(debtor, lease_id)
        lines = (self.credit(_DUES[debtor], allocated, auxiliary), self.credit(_ADVANCES[debtor], rest, auxiliary))
        return tuple([line for line in lines if line.credit_cents])

    def used(self, debtor: Debtor, lease_id: str, cents: Cents) -> tuple[Line, ...]:
        """A credit that pays dues: D4195 C411."""
        auxiliary = _auxiliary(debtor, lease_id)
        return self.debit(_ADVANCES[debtor], cents, auxiliary), self.credit(_DUES[debtor], cents, auxiliary)

    def freed(self, debtor: Debtor, lease_id: str, cents: Cents) -> tuple[Line, ...]:
        """Dues that give back what had paid them, as a credit: D411 C4195."""
        auxiliary = _auxiliary(debtor, lease_id)
        return self.debit(_DUES[debtor], cents, auxiliary), self.credit(_ADVANCES[debtor], cents, auxiliary)

    def charged(self, lease_id: str, tenant: Cents, payer: Cents) -> tuple[Line, ...]:
        """What is called from each debtor (negative: called less) against the control account of charging."""
        sides = (
            self._signed(Role.TENANTS, tenant, lease_id),
            self._signed(Role.AIDS, payer, None),
            self._signed(Role.CHARGING, -tenant - payer, None),
        )
        return tuple(line for line in sides if line.debit_cents or line.credit_cents)

    def _signed(self, role: Role, cents: Cents, auxiliary: str | None) -> Line:
        return self.debit(role, cents, auxiliary) if cents >= 0 else self.credit(role, -cents, auxiliary)

    def _number(self, role: Role) -> str:
        return self.numbers.get(role) or DEFAULT_ACCOUNTS[role]


_DUES = {Debtor.TENANT: Role.TENANTS, Debtor.PAYER: Role.AIDS}
_ADVANCES = {Debtor.TENANT: Role.CREDITS, Debtor.PAYER: Role.AID_CREDITS}


def _auxiliary(debtor: Debtor, lease_id: str) -> str | None:
    return lease_id if debtor is Debtor.TENANT else None


def lines_on(entry: Entry, role: Role) -> list[Line]:
    """The lines of an entry on the account of this role, whatever its number was at the time."""
    return [line for line in entry.lines if line.label == _LABELS[role]]


def next_loose(entries: Iterable[Entry], entry_id: str, kind: EntryKind, on: date, lines: tuple[Line, ...]) -> Entry:
    """The next entry of a payment's own chain, which holds what of it is on no lease; sealed."""
    last = next((entry for entry in reversed(tuple(entries)) if entry.lease_id is None), None)
    sequence, previous = (last.sequence, last.hash) if last else (0, None)
    return seal(Entry(entry_id, None, sequence + 1, kind, on, lines, previous))


def mirrored(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with debit and credit swapped: how a ledger that only grows takes something back."""
    return tuple(Line(line.account, line.auxiliary, line.label, line.credit_cents, line.debit_cents) for line in lines)
