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

    def suspense_cents(self, landlord_id: str) -> Cents:
        """The sum of what is in suspense now."""
        ...


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """One sum."""

    key: str
    label: str
    count: int
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Sums by key, their total, and the suspense apart."""

    rows: tuple[DashboardRow, ...]
    total_cents: Cents
    suspense_cents: Cents


@dataclass(frozen=True, slots=True)
class DashboardDesk:
    """Sums receipts."""

    counters: Counters
    residences: Residences

    def between(self, landlord_id: str, first: date, last: date, by: By) -> Dashboard:
        """The receipts booked between two days, inclusive."""
        labels = self.residences.residences(landlord_id) if by is By.RESIDENCE else {}
        rows = tuple(_sums(self.counters.receipts(landlord_id, first, last), by, labels))
        total = sum(row.amount_cents for row in rows)
        return Dashboard(rows, total, self.counters.suspense_cents(landlord_id))


def _sums(receipts: Iterable[Receipts], by: By, labels: Mapping[str, str]) -> Iterator[DashboardRow]:
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, Cents] = defaultdict(int)
    for held in receipts:
        counts[held.key(by)] += held.count
        amounts[held.key(by)] += held.amount_cents
    for key in sorted(counts):
        if counts[key] or amounts[key]:
            yield DashboardRow(key, labels.get(key, key), counts[key], amounts[key])
