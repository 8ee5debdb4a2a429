"""The daily proof: what the bank's statements say of a day against what the ledger holds of it (contract.md, Proof)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from quitus.domain.landlord import Landlord
from quitus.domain.money import Cents
from quitus.services.ports import Landlords
from quitus.services.registry import StatementRecord

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
    """What makes a difference: a ledger line that is on no statement, or statement lines that the ledger has not."""

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
            statements = self.statements.closing(landlord.landlord_id, account.iban, day, day + LATEST_STATEMENT)
            side = self.ledger_days.ledger_side(landlord.landlord_id, account.iban, day)
            if any(_covers(statement, day) for statement in statements):
                yield self._closed(landlord.landlord_id, account.iban, day, statements, side)
            else:
                yield _awaiting(account.iban, side)

    def _closed(
        self, landlord_id: str, iban: str, day: date, statements: Sequence[StatementRecord], side: LedgerSide
    ) -> AccountProof:
        moved = [_moved(statement, day) for statement in statements]
        credited, debited = sum(plus for plus, _ in moved), sum(minus for _, minus in moved)
        opening = _opening(_first(statements, day), day)
        booked = side.receipts_cents - side.reversals_cents + side.other_cents
        difference = credited - debited - booked
        unstated = self.ledger_days.unstated(landlord_id, iban, day) if difference else ()
        return AccountProof(
            account_iban=iban,
            status=ProofStatus.GAP if difference else ProofStatus.PROVED,
            opening_cents=opening,
            credits_cents=credited,
            debits_cents=debited,
            closing_cents=opening + credited - debited,
            receipts_cents=side.receipts_cents,
            reversals_cents=side.reversals_cents,
            other_cents=side.other_cents,
            difference_cents=difference,
            lines=tuple(_lines(difference, unstated, _first(statements, day))),
        )


def _awaiting(iban: str, side: LedgerSide) -> AccountProof:
    return AccountProof(
        iban, ProofStatus.AWAITING, None, None, None, None,
        side.receipts_cents, side.reversals_cents, side.other_cents, None,
    )  # fmt: skip


def _covers(statement: StatementRecord, day: date) -> bool:
    return statement.from_date <= day <= statement.to_date


def _moved(statement: StatementRecord, day: date) -> tuple[Cents, Cents]:
    """What a statement credits and debits on a day."""
    found = [(plus, minus) for held, plus, minus in statement.days if held == day]
    return sum(plus for plus, _ in found), sum(minus for _, minus in found)


def _opening(statement: StatementRecord, day: date) -> Cents:
    """The balance when the day began."""
    return (statement.opening_cents or 0) + sum(plus - minus for held, plus, minus in statement.days if held < day)


def _first(statements: Sequence[StatementRecord], day: date) -> StatementRecord:
    """The statement with which the day begins: of several that cover it, the one whose opening no other closes with."""
    covering = sorted(
        (statement for statement in statements if _covers(statement, day)), key=lambda statement: statement.from_date
    )
    closings = {statement.closing_cents for statement in covering}
    return next((held for held in covering if held.opening_cents not in closings), covering[0])


def _lines(difference: Cents, unstated: Iterable[Unstated], statement: StatementRecord) -> Iterator[ProofLine]:
    """Lines whose amounts sum up to the difference (bank less ledger)."""
    left = difference
    for line in unstated:
        left += line.amount_cents
        yield ProofLine("not_on_statement", -line.amount_cents, payment_id=line.payment_id)
    if left:
        yield ProofLine("not_posted", left, statement_id=statement.statement_id, file_id=statement.file_id)
