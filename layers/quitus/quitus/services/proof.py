"""The daily proof: what the bank's statements say of a day against what the ledger holds of it (contract.md, Proof)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from quitus.domain.alert import AlertKind
from quitus.domain.landlord import Landlord
from quitus.domain.money import Cents
from quitus.services.bank_day import BankDay, Doubt, bank_day
from quitus.services.ports import Landlords
from quitus.services.registry import StatementRecord
from quitus.services.statement_chain import Break

LATEST_STATEMENT = timedelta(days=45)
"""A statement may still report a day this long after it."""


class ProofStatus(StrEnum):
    """Whether books and bank agree; without a statement that closes the day nothing is proved."""

    PROVED = "proved"
    GAP = "gap"
    AWAITING = "awaiting_statement"


@dataclass(frozen=True, slots=True)
class LedgerSide:
    """What the ledger holds of an account and booking day; `other_cents` is signed."""

    receipts_cents: Cents = 0
    reversals_cents: Cents = 0
    other_cents: Cents = 0


@dataclass(frozen=True, slots=True)
class Unstated:
    """A ledger line that no closing statement reported; the amount is signed."""

    payment_id: str
    amount_cents: Cents


class ClosingStatements(Protocol):
    """The statements that can prove: end-of-day ones with both balances."""

    def closing(self, landlord_id: str, account: str, first: date, last: date) -> Sequence[StatementRecord]:
        """Those of an account whose last day is between two days, inclusive, by last day."""
        ...

    def last_before(self, landlord_id: str, account: str, day: date) -> Sequence[StatementRecord]:
        """Those of an account with the latest last day before a day."""
        ...


class LedgerDays(Protocol):
    """The ledger by bank account and booking day, views."""

    def ledger_side(self, landlord_id: str, account: str, day: date) -> LedgerSide:
        """The sums of a day."""
        ...

    def unstated(self, landlord_id: str, account: str, day: date) -> Iterable[Unstated]:
        """The lines of a day that no closing statement reported."""
        ...


@dataclass(frozen=True, slots=True)
class ProofLine:
    """What makes a difference: a ledger line that is on no statement, statement lines that the ledger has not, a
    statement that does not begin where the one before it ended, or one that was released though it does not add up.
    """

    reason: str
    amount_cents: Cents
    payment_id: str | None = None
    statement_id: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class AccountProof:
    """One account on one day; the bank side is None while no statement closes the day."""

    account_iban: str
    status: ProofStatus
    opening_cents: Cents | None
    credits_cents: Cents | None
    debits_cents: Cents | None
    closing_cents: Cents | None
    receipts_cents: Cents
    reversals_cents: Cents
    other_cents: Cents
    difference_cents: Cents | None
    lines: tuple[ProofLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """All accounts of a landlord on a day."""

    date: date
    accounts: tuple[AccountProof, ...]

    @property
    def difference_cents(self) -> Cents:
        """The sum over the accounts that a statement closes."""
        return sum(account.difference_cents or 0 for account in self.accounts)


@dataclass(frozen=True, slots=True)
class ProofDesk:
    """Proves days."""

    landlords: Landlords
    statements: ClosingStatements
    ledger_days: LedgerDays

    def of(self, landlord_id: str, day: date) -> Proof:
        """The proof of a day, account by account. Raises NotFound: no such landlord."""
        landlord = self.landlords.get(landlord_id)
        return Proof(day, tuple(self._accounts(landlord, day)))

    def _accounts(self, landlord: Landlord, day: date) -> Iterator[AccountProof]:
        for account in landlord.bank_accounts:
            bank = self._bank(landlord.landlord_id, account.iban, day)
            side = self.ledger_days.ledger_side(landlord.landlord_id, account.iban, day)
            if bank is None:
                yield _awaiting(account.iban, side)
            else:
                yield self._closed(landlord.landlord_id, account.iban, day, bank, side)

    def _bank(self, landlord_id: str, iban: str, day: date) -> BankDay | None:
        statements = self.statements.closing(landlord_id, iban, day, day + LATEST_STATEMENT)
        last = self.statements.last_before(landlord_id, iban, day) if statements else ()
        return bank_day(day, statements, last)

    def _closed(self, landlord_id: str, iban: str, day: date, bank: BankDay, side: LedgerSide) -> AccountProof:
        booked = side.receipts_cents - side.reversals_cents + side.other_cents
        unposted = bank.credits_cents - bank.debits_cents - booked
        unstated = self.ledger_days.unstated(landlord_id, iban, day) if unposted else ()
        return AccountProof(
            account_iban=iban,
            status=ProofStatus.GAP if unposted or bank.breaks or bank.doubts else ProofStatus.PROVED,
            opening_cents=bank.opening_cents,
            credits_cents=bank.credits_cents,
            debits_cents=bank.debits_cents,
            closing_cents=bank.closing_cents,
            receipts_cents=side.receipts_cents,
            reversals_cents=side.reversals_cents,
            other_cents=side.other_cents,
            difference_cents=bank.moved_cents - booked,
            lines=(
                *map(_break_line, bank.breaks),
                *map(_doubt_line, bank.doubts),
                *_lines(unposted, unstated, bank.first),
            ),
        )


def _awaiting(iban: str, side: LedgerSide) -> AccountProof:
    return AccountProof(
        iban, ProofStatus.AWAITING, None, None, None, None,
        side.receipts_cents, side.reversals_cents, side.other_cents, None,
    )  # fmt: skip


def _break_line(found: Break) -> ProofLine:
    """A statement that does not begin where the one before it ended."""
    reason = AlertKind.STATEMENT_OVERLAP if found.overlaps else AlertKind.STATEMENT_GAP
    statement = found.statement
    return ProofLine(reason, found.jump_cents, statement_id=statement.statement_id, file_id=statement.file_id)


def _doubt_line(doubt: Doubt) -> ProofLine:
    """A statement that was released though it does not prove itself."""
    statement = doubt.statement
    reason = statement.doubt or ""
    return ProofLine(reason, doubt.cents, statement_id=statement.statement_id, file_id=statement.file_id)


def _lines(difference: Cents, unstated: Iterable[Unstated], statement: StatementRecord) -> Iterator[ProofLine]:
    """Lines whose amounts sum up to the difference between what statements list and the ledger."""
    left = difference
    for line in unstated:
        left += line.amount_cents
        yield ProofLine("not_on_statement", -line.amount_cents, payment_id=line.payment_id)
    if left:
        yield ProofLine("not_posted", left, statement_id=statement.statement_id, file_id=statement.file_id)
