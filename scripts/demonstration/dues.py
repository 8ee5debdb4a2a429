"""What the landlord calls: a month of dues with aids, annexes and adjustments, and the arrears of the late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from random import Random
from typing import Final

from demonstration.chance import repeatable
from demonstration.days import Month
from demonstration.estate import Estate, Lease

_WITH_APL: Final = 0.42
_WITH_ADJUSTMENT: Final = 0.05
_LATE: Final = 0.08
_MONTHS_LATE: Final = (55, 25, 12, 8)


@dataclass(frozen=True, slots=True)
class Due:
    """A line of the ERP's charging; aids and credits are negative."""

    due_id: str
    lease_id: str
    kind: str
    period: str
    due_date: date
    cents: int
    label: str


@dataclass(frozen=True, slots=True)
class Called:
    """All dues of the demonstration."""

    month: Month
    dues: tuple[Due, ...]

    def of_month(self) -> dict[str, int]:
        """What each lease is asked for the month itself, aids deducted."""
        return _sums(due for due in self.dues if due.period == self.month.period)

    def of_before(self) -> dict[str, int]:
        """What each late lease still owes of earlier months."""
        return _sums(due for due in self.dues if due.period != self.month.period)


def called(seed: int, held: Estate, month: Month) -> Called:
    """The month's dues of active leases, and older ones that were never paid."""
    rng = repeatable("dues", seed)
    dues: list[Due] = []
    owing = cycle((True, False))
    for lease in held.leases:
        monthly = _Monthly(rng, lease)
        if lease.unit_kind == "dwelling" and (rng.random() < _LATE if lease.is_active else next(owing)):
            dues += _arrears(rng, lease, monthly, month)
        if lease.is_active:
            dues += monthly.dues(month)
    return Called(month, tuple(dues))


class _Monthly:
    """What one lease is charged each month."""

    def __init__(self, rng: Random, lease: Lease) -> None:
        self._rng = rng
        self._lease = lease
        self.rent = rng.randint(27_000, 71_000)
        self._charges = rng.randint(4_500, 13_500)

    def dues(self, month: Month) -> Iterator[Due]:
        """The lines of a month."""
        match self._lease.unit_kind:
            case "parking":
                yield self._due(month, "annex", self._rng.randrange(3_000, 5_600, 50), "Place de stationnement")
            case "bike":
                yield self._due(month, "annex", self._rng.randrange(600, 1_300, 50), "Local à vélos")
            case "shop":
                yield self._due(month, "rent", self.rent + 30_000, "Loyer commercial")
                yield self._due(month, "charges", self._charges, "Provision pour charges")
            case _:
                yield from self._dwelling(month)

    def _dwelling(self, month: Month) -> Iterator[Due]:
        rng = self._rng
        yield self._due(month, "rent", self.rent, "Loyer")
        yield self._due(month, "charges", self._charges, "Provision pour charges")
        if rng.random() < _WITH_APL:
            yield self._due(month, "aid_apl", -round(self.rent * rng.uniform(0.2, 0.55)), "APL")
            yield self._due(month, "aid_rls", -rng.randint(3_200, 5_800), "Réduction de loyer de solidarité")
        if rng.random() < 0.12:
            yield self._due(month, "annex", rng.randrange(2_500, 4_500, 50), "Garage")
        if rng.random() < 0.06:
            yield self._due(month, "insurance", 990, "Assurance habitation")
        if rng.random() < _WITH_ADJUSTMENT:
            yield self._due(month, "adjustment", rng.randint(-9_000, 14_000), "Régularisation de charges")
        if rng.random() < 0.01:
            yield self._due(month, "fee", 1_500, "Badge d'accès")

    def before(self, month: Month, cents: int) -> Due:
        """What is left of an earlier month."""
        return self._due(month, "rent", cents, "Loyer et charges")

    def _due(self, month: Month, kind: str, cents: int, label: str) -> Due:
        lease_id = self._lease.lease_id
        due_id = f"{lease_id}-{month.period}-{kind}"
        return Due(due_id, lease_id, kind, month.period, month.due_date, cents, label)


def _arrears(rng: Random, lease: Lease, monthly: _Monthly, month: Month) -> list[Due]:
    """Whole months not paid, the oldest one often in part; a departed tenant left one."""
    late = rng.choices(range(1, 5), _MONTHS_LATE)[0] if lease.is_active else 1
    ago = 1 if lease.is_active else 6
    oldest = rng.randint(5_000, monthly.rent)
    cents = [monthly.rent] * (late - 1) + [oldest]
    return [monthly.before(month.earlier(ago + turn), amount) for turn, amount in enumerate(cents)]


def _sums(dues: Iterable[Due]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for due in dues:
        sums[due.lease_id] += due.cents
    return dict(sums)
