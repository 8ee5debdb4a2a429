"""Instalment plans: arrears that a tenant pays off in instalments, beside the current charging (sector.md §3, rule 2).

A plan covers the open amounts of some dues. What was paid of it is what is no longer open of them, so that a return,
a cancelled due or a payment that the tenant meant for a covered due all count by themselves. Instalments are filled
oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from quitus.domain.money import Cents

if TYPE_CHECKING:
    from quitus.domain.lease import OpenDue

MISSED_AFTER = timedelta(days=5)
"""An instalment that is not paid in full so long after its day is missed (sector.md §7, case 17)."""

BREAKS_AT = 2
"""So many missed instalments break a plan (case 17)."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """An amount that is to be paid on a day."""

    due_date: date
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class InstalmentStanding:
    """An instalment and how it stands."""

    instalment: Instalment
    paid_cents: Cents
    is_missed: bool

    @property
    def missed_cents(self) -> Cents:
        """What is missed of it."""
        return self.instalment.amount_cents - self.paid_cents if self.is_missed else 0


@dataclass(frozen=True, slots=True)
class InstalmentPlan:
    """What was agreed: `number` is that of the decision, `covered` are cents by due, oldest due first."""

    number: int
    instalments: tuple[Instalment, ...]
    covered: tuple[tuple[str, Cents], ...]

    @property
    def total_cents(self) -> Cents:
        """What the plan covers, which is what its instalments add up to."""
        return sum(cents for _, cents in self.covered)

    def open_parts(self, open_dues: Iterable[OpenDue]) -> Mapping[str, Cents]:
        """What is not paid of each covered due; what a due was raised by since is not covered."""
        still_open = {due.due_id: due.open_cents for due in open_dues}
        return {due_id: min(cents, still_open[due_id]) for due_id, cents in self.covered if due_id in still_open}

    def settled_cents(self, open_dues: Iterable[OpenDue]) -> Cents:
        """What was paid of the plan."""
        return self.total_cents - sum(self.open_parts(open_dues).values())

    def payable_cents(self, open_dues: Iterable[OpenDue], on: date) -> Cents:
        """What is not paid of the instalments due on a day (0 when more was paid)."""
        due = sum(item.amount_cents for item in self.instalments if item.due_date <= on)
        return max(0, due - self.settled_cents(open_dues))

    def unpaid_parts(self, open_dues: Sequence[OpenDue]) -> Iterator[tuple[date, OpenDue, Cents]]:
        """What is not paid of each instalment, with its day, spread over the covered dues in the order given."""
        parts = dict(self.open_parts(open_dues))
        for standing in self.standings(self.settled_cents(open_dues), date.min):
            left = standing.instalment.amount_cents - standing.paid_cents
            for due in open_dues:
                part = min(left, parts.get(due.due_id, 0))
                if part:
                    yield standing.instalment.due_date, due, part
                    parts[due.due_id] -= part
                    left -= part

    def standings(self, settled_cents: Cents, on: date) -> tuple[InstalmentStanding, ...]:
        """How every instalment stands on a day, so much of the plan being paid."""
        left, found = settled_cents, list[InstalmentStanding]()
        for item in self.instalments:
            paid = min(left, item.amount_cents)
            left -= paid
            is_missed = paid < item.amount_cents and on >= item.due_date + MISSED_AFTER
            found.append(InstalmentStanding(item, paid, is_missed))
        return tuple(found)

    def is_broken(self, settled_cents: Cents, on: date) -> bool:
        """Whether so many instalments are missed that the plan no longer holds."""
        return sum(standing.is_missed for standing in self.standings(settled_cents, on)) >= BREAKS_AT


class PlanDecisionKind(StrEnum):
    """What was decided on a lease's plan; the last decision holds."""

    AGREED = "agreed"
    ENDED = "ended"
    """By a person, before it was kept or broken."""
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PlanDecision:
    """A decision on a lease's plan, numbered from 1 per lease; never edited, a later one takes its place.

    `plan` is the one agreed on, or the one that it is about; `settled_cents` what was paid of it then.
    """

    number: int
    kind: PlanDecisionKind
    plan: InstalmentPlan
    settled_cents: Cents
    decided_by: str
    decided_at: str
