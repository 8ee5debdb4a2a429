"""The synthetic landlord: residences, leases and parties, the same for the same seed and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from demonstration.chance import repeatable
from demonstration.people import Person, Registry
from demonstration.places import Residence, residences

FEWEST_LEASES: Final = 40
"""Below this not every story of the demonstration finds its tenant."""
_LEASES_PER_RESIDENCE: Final = 25
_LEASES_PER_COMMUNE: Final = 2900 / 43
_CONSENT: Final = 0.7


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody of a lease, with the share that the co-tenants agreed on."""

    party_id: str
    lease_id: str
    role: str
    person: Person
    share_percent: str
    from_date: date


@dataclass(frozen=True, slots=True)
class Lease:
    """A contract that owes money; annexes of a household share its account group."""

    lease_id: str
    status: str
    start_date: date
    end_date: date | None
    unit_id: str
    unit_kind: str
    residence: Residence
    account_group: str | None
    holder: Person
    e_receipt_consent: bool
    parties: tuple[Party, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it is charged every month."""
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything the landlord lets."""

    residences: tuple[Residence, ...]
    leases: tuple[Lease, ...]

    @property
    def parties(self) -> list[Party]:
        """Those of all leases that have more than their holder."""
        return [party for lease in self.leases for party in lease.parties]


def estate(seed: int, leases: int, on: date) -> Estate:
    """A landlord of this many leases as of a day; 2 900 leases are in 116 residences and 43 communes.

    Raises:
        ValueError: fewer than FEWEST_LEASES.
    """
    if leases < FEWEST_LEASES:
        raise ValueError(f"at least {FEWEST_LEASES} leases, not {leases}")
    rng = repeatable(f"estate of {leases}", seed)
    number = max(1, round(leases / _LEASES_PER_RESIDENCE))
    towns = max(1, round(leases / _LEASES_PER_COMMUNE))
    places = residences(rng, number, min(towns, number))
    sizes = _sizes(rng, leases, number)
    letting = _Letting(rng, on)
    let = [lease for place, size in zip(places, sizes, strict=True) for lease in letting.fill(place, size)]
    return Estate(tuple(places), tuple(let))


def _sizes(rng: Random, total: int, parts: int) -> list[int]:
    """Sizes that differ by up to five times, at least one each, adding up to the total."""
    weights = [rng.uniform(0.4, 2.0) for _ in range(parts)]
    free = total - parts
    sizes = [1 + int(free * weight / sum(weights)) for weight in weights]
    for index in range(total - sum(sizes)):
        sizes[index % parts] += 1
    return sizes


class _Letting:
    """Lets residences unit after unit; shares of annexes, shops and departed tenants come from the unit's number."""

    def __init__(self, rng: Random, on: date) -> None:
        self._rng = rng
        self._on = on
        self._people = Registry(rng)
        self._dwellings = 0

    def fill(self, place: Residence, size: int) -> list[Lease]:
        """The leases of a residence: households one after the other until it is full."""
        leases: list[Lease] = []
        while len(leases) < size:
            for unit in self._household(place, len(leases) + 1):
                leases.append(unit)
                if len(leases) == size:
                    break
        return leases

    def _household(self, place: Residence, number: int) -> Iterator[Lease]:
        self._dwellings += 1
        turn = self._dwellings
        if turn % 83 == 40:
            yield self._lease(place, number, "shop", self._people.person())
            return
        if turn % 24 == 7:
            yield self._departed(place, number)
            number += 1
        holder = self._people.person()
        has_parking, has_bike = turn % 9 == 3, turn % 31 == 12
        group = f"G-{place.residence_id}-{number:03d}" if has_parking or has_bike else None
        yield self._dwelling(place, number, holder, group)
        if has_parking:
            yield self._lease(place, number + 1, "parking", holder, group)
        if has_bike:
            yield self._lease(place, number + 1 + has_parking, "bike", holder, group)

    def _dwelling(self, place: Residence, number: int, holder: Person, group: str | None) -> Lease:
        lease = self._lease(place, number, "dwelling", holder, group)
        others = self._others(holder)
        if not others:
            return lease
        sharing = [holder, *(person for role, person in others if role == "cotenant")]
        shares = _shares(self._rng, len(sharing))
        parties = [("holder", holder, shares[0])]
        for role, person in others:
            share = shares[sharing.index(person)] if role == "cotenant" else ""
            parties.append((role, person, share))
        return self._with_parties(lease, parties)

    def _others(self, holder: Person) -> list[tuple[str, Person]]:
        rng, roll = self._rng, self._rng.random()
        if roll < 0.13:
            return [("cotenant", self._people.person(holder.surname if rng.random() < 0.5 else None))]
        if roll < 0.16:
            return [("cotenant", self._people.person()), ("cotenant", self._people.person())]
        return [("guarantor", self._people.person())] if roll < 0.20 else []

    @staticmethod
    def _with_parties(lease: Lease, parties: list[tuple[str, Person, str]]) -> Lease:
        named = tuple(
            Party(f"P{rank}", lease.lease_id, role, person, share, lease.start_date)
            for rank, (role, person, share) in enumerate(parties, start=1)
        )
        return replace(lease, parties=named)

    def _departed(self, place: Residence, number: int) -> Lease:
        """The former tenant of the unit that the next lease lets again."""
        end = self._on.replace(day=1) - timedelta(days=1 + 30 * self._rng.randint(1, 5))
        start = end - timedelta(days=self._rng.randint(400, 4000))
        return Lease(
            f"L-{place.residence_id}-{number:04d}",
            "ended",
            start,
            end,
            f"U-{place.residence_id}-{number + 1:04d}",
            "dwelling",
            place,
            None,
            self._people.person(),
            self._rng.random() < _CONSENT,
        )

    def _lease(self, place: Residence, number: int, kind: str, holder: Person, group: str | None = None) -> Lease:
        start = self._on - timedelta(days=self._rng.randint(40, 6000))
        return Lease(
            f"L-{place.residence_id}-{number:04d}",
            "active",
            start,
            None,
            f"U-{place.residence_id}-{number:04d}",
            kind,
            place,
            group,
            holder,
            self._rng.random() < _CONSENT,
        )


def _shares(rng: Random, people: int) -> list[str]:
    """Percentages with two decimals that make a hundred; equal ones give the odd hundredth to the first."""
    if people == 2 and rng.random() < 0.4:
        first = rng.choice((60, 65, 70))
        return [f"{first}.00", f"{100 - first}.00"]
    each, odd = divmod(10_000, people)
    hundredths = [each + odd, *[each] * (people - 1)]
    return [f"{share // 100}.{share % 100:02d}" for share in hundredths]
