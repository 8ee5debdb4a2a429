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

    def collected(self, landlord_id: str) -> Mapping[str, Cents]:
        """What is in collection (511) now, by means; negative where the bank brought more than was receipted."""
        ...

    def received_in_collection(self, landlord_id: str, means: str) -> Iterator[tuple[date, Cents]]:
        """What was received in collection by a means, day by day, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """One sum."""

    key: str
    label: str
    count: int
    amount_cents: Cents


AGES = (0, 1, 7, 30)
"""Days of waiting from which on each sum of an ageing counts (sector.md §7, case 20)."""


@dataclass(frozen=True, slots=True)
class Aged:
    """What has waited for so many days, and less than for the next sum."""

    from_days: int
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class AgedSuspense(Aged):
    """The same of suspense, which is counted payment by payment."""

    count: int


@dataclass(frozen=True, slots=True)
class InCollection:
    """What was received by a means and is not on the bank account yet: the newest of what was received, by age.

    Negative, and of no age, when the bank brought more than was receipted.
    """

    means: str
    amount_cents: Cents
    ages: tuple[Aged, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Sums by key, their total; apart, what is in suspense and what is in collection, by age."""

    rows: tuple[DashboardRow, ...]
    total_cents: Cents
    suspense: tuple[AgedSuspense, ...]
    in_collection: tuple[InCollection, ...]

    @property
    def suspense_cents(self) -> Cents:
        """All that is in suspense."""
        return sum(aged.amount_cents for aged in self.suspense)

    @property
    def in_collection_cents(self) -> Cents:
        """All that is in collection."""
        return sum(held.amount_cents for held in self.in_collection)


@dataclass(frozen=True, slots=True)
class DashboardDesk:
    """Sums receipts."""

    counters: Counters
    residences: Residences

    def between(self, landlord_id: str, first: date, last: date, by: By, today: date) -> Dashboard:
        """The receipts booked between two days, inclusive, and what is in suspense and in collection today."""
        labels = self.residences.residences(landlord_id) if by is By.RESIDENCE else {}
        rows = tuple(_sums(self.counters.receipts(landlord_id, first, last), by, labels))
        total = sum(row.amount_cents for row in rows)
        suspense = _aged(self.counters.suspense(landlord_id), today)
        return Dashboard(rows, total, suspense, tuple(self._in_collection(landlord_id, today)))

    def _in_collection(self, landlord_id: str, today: date) -> Iterator[InCollection]:
        for means, cents in sorted(self.counters.collected(landlord_id).items()):
            if cents:
                received = self.counters.received_in_collection(landlord_id, means)
                yield InCollection(means, cents, _newest(received, cents, today))


def _aged(suspense: Iterable[tuple[date, Cents]], today: date) -> tuple[AgedSuspense, ...]:
    """The sums by age; what is booked on a day to come is new."""
    of_age: dict[int, list[Cents]] = {days: [] for days in AGES}
    for day, cents in suspense:
        of_age[_age(day, today)].append(cents)
    return tuple(AgedSuspense(days, sum(held), len(held)) for days, held in of_age.items())


def _newest(received: Iterable[tuple[date, Cents]], cents: Cents, today: date) -> tuple[Aged, ...]:
    """The last so many cents of what was received, by age: what came first went first to the bank."""
    of_age, left = dict.fromkeys(AGES, 0), cents
    for day, came in received:
        if left <= 0:
            break
        of_age[_age(day, today)] += min(came, left)
        left -= min(came, left)
    return tuple(Aged(days, held) for days, held in of_age.items())


def _age(day: date, today: date) -> int:
    waited = max((today - day).days, 0)
    return max(days for days in AGES if days <= waited)


def _sums(receipts: Iterable[Receipts], by: By, labels: Mapping[str, str]) -> Iterator[DashboardRow]:
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, Cents] = defaultdict(int)
    for held in receipts:
        counts[held.key(by)] += held.count
        amounts[held.key(by)] += held.amount_cents
    for key in sorted(counts):
        if counts[key] or amounts[key]:
            yield DashboardRow(key, labels.get(key, key), counts[key], amounts[key])
