"""Bank = ledger = ERP, to the cent: three independent sides, compared account by account."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from demonstration.camt import Statement

type Balances = Mapping[str, int]
"""Debits less credits in cents by account number."""


@dataclass(frozen=True, slots=True)
class BankSide:
    """What the bank's own files say of an account over all days."""

    account: str
    opening_cents: int
    credits_cents: int
    debits_cents: int
    closing_cents: int


@dataclass(frozen=True, slots=True)
class AccountProof:
    """One real account over all days: the bank's files against what Quitus proves."""

    bank: BankSide
    opening_cents: int | None
    closing_cents: int | None
    receipts_cents: int
    reversals_cents: int
    other_cents: int
    differences: tuple[str, ...]
    """What is not proved: a day and why."""

    @property
    def ledger_net_cents(self) -> int:
        """What the ledger holds of the account."""
        return self.receipts_cents - self.reversals_cents + self.other_cents

    @property
    def is_equal(self) -> bool:
        """Whether both sides say the same, day by day and in sum."""
        moved = self.bank.credits_cents - self.bank.debits_cents
        balances = (self.opening_cents, self.closing_cents) == (self.bank.opening_cents, self.bank.closing_cents)
        return not self.differences and balances and moved == self.ledger_net_cents


@dataclass(frozen=True, slots=True)
class Books:
    """One account number in the ledger's own export and in the ERP."""

    number: str
    ledger_cents: int
    erp_cents: int

    @property
    def is_equal(self) -> bool:
        """Whether both hold the same balance."""
        return self.ledger_cents == self.erp_cents


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything compared."""

    accounts: tuple[AccountProof, ...]
    books: tuple[Books, ...]
    bank_in_ledger_cents: int
    """The ledger's bank account (512)."""
    missing_in_erp: int
    """Entries of the ledger that the ERP has not, or has more than once, or out of order."""

    @property
    def is_equal(self) -> bool:
        """Whether bank, ledger and ERP agree to the cent."""
        return (
            all(account.is_equal for account in self.accounts)
            and bool(self.books)
            and all(books.is_equal for books in self.books)
            and self.bank_in_ledger_cents == self.receipts_cents
            and self.missing_in_erp == 0
        )

    @property
    def receipts_cents(self) -> int:
        """Receipts less reversals over all accounts."""
        return sum(account.receipts_cents - account.reversals_cents for account in self.accounts)


def bank_sides(statements: Iterable[Statement]) -> list[BankSide]:
    """The bank's files by account, in the order of their days."""
    by_account: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_account[statement.account].append(statement)
    return [_bank_side(account, of_days) for account, of_days in by_account.items()]


def account_proof(bank: BankSide, proofs: Sequence[Mapping[str, Any]]) -> AccountProof:
    """Compare an account with the answers of `GET /v1/proof`, one per day, in order."""
    days = [
        (proof["date"], one) for proof in proofs for one in proof["accounts"] if one["account_iban"] == bank.account
    ]
    differences = tuple(
        f"{day}: {one['status']}, difference {one['difference_cents']} cents"
        for day, one in days
        if one["status"] != "proved" or one["difference_cents"] != 0
    )
    return AccountProof(
        bank=bank,
        opening_cents=days[0][1]["opening_cents"],
        closing_cents=days[-1][1]["closing_cents"],
        receipts_cents=sum(one["receipts_cents"] for _, one in days),
        reversals_cents=sum(one["reversals_cents"] for _, one in days),
        other_cents=sum(one["other_cents"] for _, one in days),
        differences=differences,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the ledger exports it: who it is and what it moves."""

    entry_id: str
    lease_id: str
    sequence: int
    amounts: tuple[tuple[str, int], ...]


def exported_entries(content: bytes) -> list[Entry]:
    """The entries of an export, in the file's order; lines of one entry follow each other."""
    rows = csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";")
    entries: dict[str, Entry] = {}
    for row in rows:
        moved = (row["account"], _cents(row["debit"]) - _cents(row["credit"]))
        held = entries.get(row["entry_id"])
        amounts = (*held.amounts, moved) if held else (moved,)
        entries[row["entry_id"]] = Entry(row["entry_id"], row["lease_id"], int(row["sequence"]), amounts)
    return list(entries.values())


def balances(entries: Iterable[Entry]) -> Balances:
    """Debits less credits by account number."""
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        for number, cents in entry.amounts:
            sums[number] += cents
    return dict(sums)


def compare(ledger: Balances, erp: Balances) -> tuple[Books, ...]:
    """Every account number that either side knows."""
    return tuple(Books(number, ledger.get(number, 0), erp.get(number, 0)) for number in sorted({*ledger, *erp}))


def out_of_step(ledger: Sequence[Entry], erp: Sequence[Entry]) -> int:
    """How many entries the ERP has not exactly once, or got before their predecessor."""
    received = [entry.entry_id for entry in erp]
    wrong = len({entry.entry_id for entry in ledger} ^ set(received)) + len(received) - len(set(received))
    reached: dict[str, int] = {}
    for entry in erp:
        if entry.lease_id:
            wrong += entry.sequence != reached.get(entry.lease_id, 0) + 1
            reached[entry.lease_id] = entry.sequence
    return wrong


def day_range(days: Sequence[date]) -> tuple[str, str]:
    """First and last day as the API wants them."""
    return min(days).isoformat(), max(days).isoformat()


def _bank_side(account: str, statements: Sequence[Statement]) -> BankSide:
    amounts = [entry.cents for statement in statements for entry in statement.entries]
    return BankSide(
        account=account,
        opening_cents=statements[0].opening_cents,
        credits_cents=sum(cents for cents in amounts if cents > 0),
        debits_cents=-sum(cents for cents in amounts if cents < 0),
        closing_cents=statements[-1].closing_cents,
    )


def _cents(euros: str) -> int:
    """Cents of the export's decimal euros (always two decimals); nothing is zero."""
    return int(euros.replace(".", "")) if euros else 0
