"""A lease's month as letters speak of it: what was called, what is settled of it, what is asked.

A receipt (law 89-462 art. 21) is about rent and what goes with it: a *quittance* only once all of it is settled, a
*reçu* for a part; deposits, fees, instalments of older debts and refunds are no part of it, and a credit note is money,
not rent. Aids are deducted; what awaits its payer is received "sous réserve d'encaissement".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from quitus.domain.allocation import payable
from quitus.domain.lease import Account, DueKind, DueStanding
from quitus.domain.money import Cents
from quitus.domain.refund import DUE_PREFIX

_ORDER: Final = (
    DueKind.RENT, DueKind.CHARGES, DueKind.ANNEX, DueKind.INSURANCE, DueKind.ADJUSTMENT, DueKind.FEE,
    DueKind.INSTALMENT, DueKind.DEPOSIT, DueKind.AID_RLS, DueKind.AID_APL, DueKind.AID_OTHER,
)  # fmt: skip
_RENT: Final = frozenset({DueKind.RENT, DueKind.CHARGES, DueKind.ANNEX, DueKind.INSURANCE, DueKind.ADJUSTMENT})


@dataclass(frozen=True, slots=True)
class TermLine:
    """A due of the month; `settled_cents` is what is not open of it, for an aid all that it deducts (negative)."""

    standing: DueStanding

    @property
    def kind(self) -> DueKind:
        """Why it is owed."""
        return self.standing.due.kind

    @property
    def called_cents(self) -> Cents:
        """Negative for an aid or a credit note."""
        return self.standing.due.amount_cents

    @property
    def open_cents(self) -> Cents:
        """What the tenant has not settled."""
        return self.standing.open_cents

    @property
    def settled_cents(self) -> Cents:
        """What is settled."""
        return self.called_cents - self.open_cents


@dataclass(frozen=True, slots=True)
class Term:
    """The lines of a month, rent first, aids last."""

    period: str
    lines: tuple[TermLine, ...]

    @property
    def called_cents(self) -> Cents:
        """What the tenant is called for, aids deducted."""
        return sum(line.called_cents for line in self.lines)

    @property
    def open_cents(self) -> Cents:
        """What the tenant has not settled."""
        return sum(line.open_cents for line in self.lines)

    @property
    def settled_cents(self) -> Cents:
        """What the tenant has settled."""
        return self.called_cents - self.open_cents

    @property
    def due_ids(self) -> frozenset[str]:
        """The dues that the lines are."""
        return frozenset(line.standing.due.due_id for line in self.lines)

    @property
    def aid_awaited_cents(self) -> Cents:
        """What the payer of the aids has not paid of those deducted."""
        return sum(line.standing.aid_open_cents for line in self.lines)

    @property
    def last_day(self) -> date | None:
        """The latest day on which something of it is due."""
        return max((line.standing.due.due_date for line in self.lines if line.called_cents > 0), default=None)


def term_of(period: str, dues: Iterable[DueStanding]) -> Term:
    """All that was called for a month."""
    return Term(period, tuple(sorted(_lines(period, dues), key=_place)))


def rent_of(period: str, dues: Iterable[DueStanding]) -> Term:
    """The rent of a month and what goes with it: what a receipt is about."""
    lines = [
        line for line in _lines(period, dues) if line.kind.is_aid or (line.kind in _RENT and line.called_cents > 0)
    ]
    return Term(period, tuple(sorted(lines, key=_place)))


def _lines(period: str, dues: Iterable[DueStanding]) -> Iterator[TermLine]:
    for standing in dues:
        due = standing.due
        if due.period == period and due.amount_cents and not due.due_id.startswith(DUE_PREFIX):
            yield TermLine(standing)


def _place(line: TermLine) -> tuple[int, date, str]:
    due = line.standing.due
    return _ORDER.index(due.kind), due.due_date, due.due_id


@dataclass(frozen=True, slots=True)
class Asked:
    """What a notice asks for: the month's open dues and what is open of earlier ones, with instalments instead of what
    a plan covers of either, less as much of the free credit as that takes. What is time-barred is not asked for.
    """

    term: Term
    in_plan_cents: Cents
    """What the plan covers of the month's open dues."""
    earlier_cents: Cents
    instalments_cents: Cents
    credit_cents: Cents
    barred_cents: Cents = 0
    """What is time-barred of the month's own dues."""
    due_ids: tuple[str, ...] | None = None
    """The dues that it asks for, in the order of payment; None where a plan says what money is for."""

    @property
    def used_cents(self) -> Cents:
        """What of the credit pays for it."""
        return min(self.credit_cents, self._owed_cents)

    @property
    def total_cents(self) -> Cents:
        """What is to be paid."""
        return self._owed_cents - self.used_cents

    @property
    def _owed_cents(self) -> Cents:
        return (
            self.term.open_cents - self.barred_cents - self.in_plan_cents + self.earlier_cents + self.instalments_cents
        )


def asked_for(term: Term, account: Account, pay_by: date, today: date) -> Asked:
    """What the account says of a month's notice."""
    askable = payable(account, today)
    wanted = tuple(due.due_id for due in askable if due.due_id in term.due_ids or due.period < term.period)
    of_month = [due for due in askable if due.due_id in term.due_ids]
    open_cents = sum(due.open_cents for due in of_month)
    return Asked(
        term=term,
        in_plan_cents=open_cents - account.beside_plan_cents(of_month),
        earlier_cents=account.beside_plan_cents(due for due in askable if due.period < term.period),
        instalments_cents=account.instalments_cents(pay_by),
        credit_cents=account.credit_cents - account.held_cents,
        barred_cents=term.open_cents - open_cents,
        due_ids=wanted if account.plan is None else None,
    )
