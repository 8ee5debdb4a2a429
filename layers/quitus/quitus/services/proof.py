"""The daily proof: what the bank's statements say of a day against what the ledger holds of it (contract.md, Proof)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from quitus.domain.alert import AlertKind
from quitus.domain.money import Cents
from quitus.services.bank_day import LATEST_STATEMENT, BankDay, Doubt, Told
from quitus.services.ports import Landlords
from quitus.services.registry import StatementRecord
from quitus.services.statement_chain import Break


class ProofStatus(StrEnum):
    """Whether books and bank agree; without a statement that closes the day nothing is proved."""

    PROVED = "proved"
    GAP = "gap"
    AWAITING = "awaiting_statement"


@dataclass(frozen=True, slots=True)
class LedgerSide:
    """What the ledger holds of an account and booking day; `other_cents` is signed, `other_debits_cents` the debits in
    it (≥ 0), less what the bank netted in a batch's sum, which is on neither side of its statement; `unstated` lines of
    all these are on no closing statement.
    """

    receipts_cents: Cents = 0
    reversals_cents: Cents = 0
    other_cents: Cents = 0
    other_debits_cents: Cents = 0
    unstated: int = 0

    @property
    def credits_cents(self) -> Cents:
        """What the bank should have credited."""
        return self.receipts_cents + self.other_cents + self.other_debits_cents

    @property
    def debits_cents(self) -> Cents:
        """What the bank should have debited."""
        return self.reversals_cents + self.other_debits_cents


@dataclass(frozen=True, slots=True)
class Unstated:
    """A ledger line that no closing statement reported; the amount is signed."""

    payment_id: str
    amount_cents: Cents


class ClosingStatements(Protocol):
    """The statements that can prove: end-of-day ones with both balances."""

    def closing(self, landlord_id: str, account: str, first: date, last: date) -> Sequence[StatementRecord]:
        """Those of an account whose last day is between two days, inclusive, by last day, of every channel."""
        ...

    def unproved(self, landlord_id: str, account: str, first: date, last: date) -> Sequence[StatementRecord]:
        """End-of-day ones of an account that lack a balance, whose last day is between two days, inclusive."""
        ...

    def last_before(self, landlord_id: str, account: str, day: date) -> Sequence[StatementRecord]:
        """Those of an account with the latest last day before a day, of every channel."""
        ...

    def first(self, landlord_id: str, account: str) -> StatementRecord | None:
        """The one of an account with the earliest last day."""
        ...


class LedgerDays(Protocol):
    """The ledger by bank account and booking day, views."""

    def ledger_sides(self, landlord_id: str, account: str, first: date, last: date) -> Mapping[date, LedgerSide]:
        """The sums of each day between two, inclusive, that has any."""
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
    has_passed: bool = False
    """No statement covers the day, nothing was booked on it, and the account's statements, if it has any, went on with
    the balance from before it.
    """

    @property
    def is_settled(self) -> bool:
        """Whether nothing of the account keeps the day from being closed."""
        return self.status is ProofStatus.PROVED or self.has_passed


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
        return next(self.between(landlord_id, day, day))

    def between(self, landlord_id: str, first: date, last: date) -> Iterator[Proof]:
        """The proof of each day between two, inclusive; former bank accounts show where anything is on them.

        Raises:
            NotFound: no such landlord.
        """
        landlord = self.landlords.get(landlord_id)
        ibans, former = landlord.every_account, landlord.former_accounts
        told = {iban: self.told(landlord_id, iban, first, last, is_former=iban in former) for iban in ibans}
        sides = {iban: self.ledger_days.ledger_sides(landlord_id, iban, first, last) for iban in ibans}
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            accounts = (
                self._account(landlord_id, iban, day, told[iban], sides[iban].get(day, LedgerSide())) for iban in ibans
            )
            shown = (one for one in accounts if one.account_iban not in former or not one.has_passed)
            yield Proof(day, tuple(shown))

    def unproved(self, landlord_id: str, first: date, last: date) -> Mapping[tuple[str, date], StatementRecord]:
        """By account and day between two, inclusive, a statement of the day that cannot prove it.

        Raises:
            NotFound: no such landlord.
        """
        return {
            (iban, day): held
            for iban in self.landlords.get(landlord_id).every_account
            for held in self.statements.unproved(landlord_id, iban, first, last)
            for day in (*(moved for moved, _, _ in held.days), held.to_date)
        }

    def first_day(self, landlord_id: str) -> date | None:
        """The first day that a closing statement tells of."""
        ibans = self.landlords.get(landlord_id).every_account
        firsts = filter(None, (self.statements.first(landlord_id, iban) for iban in ibans))
        return min((held.from_date for held in firsts), default=None)

    def told(self, landlord_id: str, iban: str, first: date, last: date, *, is_former: bool = False) -> Told:
        """What the bank says of an account between two days, inclusive; of a former one it may say nothing more."""
        following = self.statements.closing(landlord_id, iban, first, last + LATEST_STATEMENT)
        before = self.statements.last_before(landlord_id, iban, first)
        return Told([*before, *following], may_be_over=is_former)

    def _account(self, landlord_id: str, iban: str, day: date, told: Told, side: LedgerSide) -> AccountProof:
        bank = told.of(day)
        if bank is None:
            return _awaiting(iban, side, told.has_passed(day))
        lines = (*map(_break_line, bank.breaks), *map(_doubt_line, bank.doubts))
        lines += tuple(self._unmatched(landlord_id, iban, day, bank, side))
        booked = side.credits_cents - side.debits_cents
        return AccountProof(
            account_iban=iban,
            status=ProofStatus.GAP if lines else ProofStatus.PROVED,
            opening_cents=bank.opening_cents,
            credits_cents=bank.credits_cents,
            debits_cents=bank.debits_cents,
            closing_cents=bank.closing_cents,
            receipts_cents=side.receipts_cents,
            reversals_cents=side.reversals_cents,
            other_cents=side.other_cents,
            difference_cents=bank.moved_cents - booked,
            lines=lines,
        )

    def _unmatched(
        self, landlord_id: str, iban: str, day: date, bank: BankDay, side: LedgerSide
    ) -> Iterator[ProofLine]:
        """Ledger lines on no statement, and what statements list that the ledger has not: credits and debits apart, so
        that errors of both signs never hide each other.
        """
        credited, debited = bank.credits_cents - side.credits_cents, side.debits_cents - bank.debits_cents
        if side.unstated:
            for line in self.ledger_days.unstated(landlord_id, iban, day):
                yield ProofLine("not_on_statement", -line.amount_cents, payment_id=line.payment_id)
                credited += max(line.amount_cents, 0)
                debited += min(line.amount_cents, 0)
        statement = bank.first
        for left in filter(None, (credited, debited)):
            yield ProofLine("not_posted", left, statement_id=statement.statement_id, file_id=statement.file_id)


def _awaiting(iban: str, side: LedgerSide, has_passed: bool) -> AccountProof:
    return AccountProof(
        iban, ProofStatus.AWAITING, None, None, None, None,
        side.receipts_cents, side.reversals_cents, side.other_cents, None,
        has_passed=has_passed and side == LedgerSide(),
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
