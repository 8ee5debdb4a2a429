"""Receipts by residence, commune, means or day, from the counters that the views keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from quitus.domain.money import Cents
from quitus.services.read_leases import Residences


class By(StrEnum):
    """What receipts are summed by."""

    RESIDENCE = "residence"
    COMMUNE = "commune"
    MEANS = "means"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipts of one day, residence, commune and means; reversals are subtracted on their day."""

    day: str
    residence_id: str
    commune: str
    means: str
    count: int
    amount_cents: Cents

    def key(self, by: By) -> str:
        """The sum that they belong to."""
        keys = {By.RESIDENCE: self.residence_id, By.COMMUNE: self.commune, By.MEANS: self.means, By.DAY: self.day}
        return keys[by]


class Counters(Protocol):
    """The counters of receipts and the payments in suspense, views."""

    def receipts(self, landlord_id: str, first: date, last: date) -> Iterator[Receipts]:
        """The receipts booked between two days, inclusive."""
        ...

    def suspense(self, landlord_id: str) -> Iterator[tuple[date, Cents]]:
        """The booking day and amount of each payment in suspense now."""
        ...


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """One sum."""

    key: str
    label: str
    count: int
    amount_cents: Cents


SUSPENSE_AGES = (0, 1, 7, 30)
"""Days in suspense from which on each sum of the ageing counts (sector.md §7, case 20)."""


@dataclass(frozen=True, slots=True)
class AgedSuspense:
    """What has been in suspense for so many days, and less than for the next sum."""

    from_days: int
    count: int
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Sums by key, their total, and the suspense apart, by age."""

    rows: tuple[DashboardRow, ...]
    total_cents: Cents
    suspense: tuple[AgedSuspense, ...]

    @property
    def suspense_cents(self) -> Cents:
        """All that is in suspense."""
        return sum(aged.amount_cents for aged in self.suspense)


@dataclass(frozen=True, slots=True)
class DashboardDesk:
    """Sums receipts."""

    counters: Counters
    residences: Residences

    def between(self, landlord_id: str, first: date, last: date, by: By, today: date) -> Dashboard:
        """The receipts booked between two days, inclusive, and what is in suspense today."""
        labels = self.residences.residences(landlord_id) if by is By.RESIDENCE else {}
        rows = tuple(_sums(self.counters.receipts(landlord_id, first, last), by, labels))
        total = sum(row.amount_cents for row in rows)
        return Dashboard(rows, total, _aged(self.counters.suspense(landlord_id), today))


def _aged(suspense: Iterable[tuple[date, Cents]], today: date) -> tuple[AgedSuspense, ...]:
    """The sums by age; what is booked on a day to come is new."""
    of_age: dict[int, list[Cents]] = {days: [] for days in SUSPENSE_AGES}
    for day, cents in suspense:
        age = max((today - day).days, 0)
        of_age[max(days for days in SUSPENSE_AGES if days <= age)].append(cents)
    return tuple(AgedSuspense(days, len(held), sum(held)) for days, held in of_age.items())


def _sums(receipts: Iterable[Receipts], by: By, labels: Mapping[str, str]) -> Iterator[DashboardRow]:
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, Cents] = defaultdict(int)
    for held in receipts:
        counts[held.key(by)] += held.count
        amounts[held.key(by)] += held.amount_cents
    for key in sorted(counts):
        if counts[key] or amounts[key]:
            yield DashboardRow(key, labels.get(key, key), counts[key], amounts[key])
