"""How tenants pay a month: most of them exactly and on time, the others as tenants do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random
from typing import Final

from demonstration.camt import Party
from demonstration.chance import repeatable
from demonstration.dues import Called
from demonstration.estate import Estate, Lease
from demonstration.ibans import TENANTS_BANKS
from demonstration.people import Person

_MONTHS: Final = "JAN FEV MARS AVRIL MAI JUIN JUIL AOUT SEPT OCT NOV DEC"


class Habit(StrEnum):
    """What a payment is a case of."""

    EXACT = "exact"
    SHARES = "co-tenants, each a share"
    DIRECT_DEBIT = "direct debit"
    INSTANT = "instant transfer"
    PART = "part payment"
    OVER = "overpayment"
    LATE = "after the due date"
    CATCH_UP = "month and arrears"
    DOUBLE = "paid twice"
    FORMER_ACCOUNT = "former account, with a reference"
    DEPARTED = "departed tenant"
    CHEQUE = "cheque"
    WRONG_IBAN = "virtual IBAN that nobody has"
    NO_EVIDENCE = "nothing that names a lease"
    UNPAID = "not paid"


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a tenant; `announced`: an instant-payment event speaks of it before the bank's files do."""

    habit: Habit
    lease_id: str
    day: date
    cents: int
    payer: Party
    bank_reference: str
    text: str
    announced: bool = False


_SHARES: Final = {
    Habit.DIRECT_DEBIT: 0.34,
    Habit.INSTANT: 0.10,
    Habit.PART: 0.04,
    Habit.OVER: 0.03,
    Habit.LATE: 0.05,
    Habit.DOUBLE: 0.002,
    Habit.FORMER_ACCOUNT: 0.03,
    Habit.CHEQUE: 0.0,
    Habit.WRONG_IBAN: 0.001,
    Habit.NO_EVIDENCE: 0.002,
    Habit.UNPAID: 0.04,
}
"""Shares of the leases; the rest pays exactly. Every case comes at least once."""
_CARER: Final = "ASSOCIATION TUTELAIRE DU GARD"
"""Who pays for a tenant without naming the lease: only a person can know for whom, once."""
_CATCHING_UP: Final = 0.4
_ANNOUNCED: Final = 0.1


def payments(seed: int, held: Estate, asked: Called) -> list[Payment]:
    """What the tenants pay on the bank days of the month, in the order of the days."""
    paying = _Paying(repeatable("payers", seed), asked)
    return sorted(paying.all(held), key=lambda payment: (payment.day, payment.bank_reference))


class _Paying:
    def __init__(self, rng: Random, asked: Called) -> None:
        self._rng = rng
        self._days = asked.month.bank_days
        self._month, self._before = asked.of_month(), asked.of_before()
        self._text = f"LOYER {_MONTHS.split()[int(asked.month.period[5:]) - 1]} {asked.month.period[:4]}"
        self._numbers: Counter[date] = Counter()
        self._announced = 0

    def all(self, held: Estate) -> Iterator[Payment]:
        """The payments of every lease that has something to pay."""
        active = [lease for lease in held.leases if self._month.get(lease.lease_id, 0) > 0]
        for lease, habit in self._habits(active):
            yield from self._of(lease, habit)
        owing = [lease for lease in held.leases if not lease.is_active and self._before.get(lease.lease_id, 0) > 0]
        for lease in owing[::3]:
            cents = min(self._before[lease.lease_id], 10_000)
            yield self._payment(Habit.DEPARTED, lease, self._rng.choice(self._days), cents)

    def _habits(self, leases: Sequence[Lease]) -> Iterator[tuple[Lease, Habit]]:
        """Who does what: the shares, in an order that the seed shuffles."""
        shuffled = [lease for lease in leases if lease.unit_kind == "dwelling"]
        self._rng.shuffle(shuffled)
        special = [habit for habit, share in _SHARES.items() for _ in range(max(1, round(share * len(leases))))]
        habits = special + [Habit.EXACT] * (len(shuffled) - len(special))
        yield from zip(shuffled, habits, strict=False)
        yield from ((lease, Habit.EXACT) for lease in leases if lease.unit_kind != "dwelling")

    def _of(self, lease: Lease, habit: Habit) -> Iterator[Payment]:
        rng, asked = self._rng, self._month[lease.lease_id]
        on_time, after = self._days[:3], self._days[3:]
        match habit:
            case Habit.UNPAID:
                return
            case Habit.PART:
                yield self._payment(habit, lease, rng.choice(self._days), asked * rng.randint(40, 90) // 100 + 1)
            case Habit.OVER:
                yield self._payment(habit, lease, rng.choice(on_time), asked + rng.randint(100, 6_000))
            case Habit.LATE | Habit.FORMER_ACCOUNT:
                yield self._payment(habit, lease, rng.choice(after), asked)
            case Habit.DOUBLE:
                yield self._payment(habit, lease, on_time[1], asked)
                yield self._payment(habit, lease, after[0], asked)
            case Habit.DIRECT_DEBIT:
                yield self._payment(habit, lease, rng.choice((on_time[0], on_time[2])), asked)
            case Habit.EXACT:
                yield from self._exact(lease, asked)
            case _:
                yield self._payment(habit, lease, rng.choice(on_time), asked)

    def _exact(self, lease: Lease, asked: int) -> Iterator[Payment]:
        rng = self._rng
        arrears = self._before.get(lease.lease_id, 0)
        sharing = [party for party in lease.parties if party.share_percent]
        if sharing and rng.random() < 0.5:
            left = asked
            for party in sharing[1:]:
                cents = asked * int(party.share_percent.replace(".", "")) // 10_000
                left -= cents
                yield self._payment(Habit.SHARES, lease, rng.choice(self._days[:3]), cents, party.person)
            yield self._payment(Habit.SHARES, lease, rng.choice(self._days[:3]), left)
        elif arrears and rng.random() < _CATCHING_UP:
            yield self._payment(Habit.CATCH_UP, lease, rng.choice(self._days[:3]), asked + arrears)
        else:
            yield self._payment(Habit.EXACT, lease, rng.choice(self._days[:3]), asked)

    def _payment(self, habit: Habit, lease: Lease, day: date, cents: int, person: Person | None = None) -> Payment:
        bank = self._rng.choice(TENANTS_BANKS)
        name = _CARER if habit is Habit.NO_EVIDENCE else (person or lease.holder).bank_name
        payer = Party(name, bank.account(self._rng), bank.bic)
        self._numbers[day] += 1
        reference = f"{day:%y%m%d}CX{self._numbers[day]:06d}"
        announced = habit is Habit.INSTANT and (not self._announced or self._rng.random() < _ANNOUNCED)
        self._announced += announced
        return Payment(habit, lease.lease_id, day, cents, payer, reference, self._text, announced)


def stories(made: Sequence[Payment]) -> Mapping[Habit, int]:
    """How many payments there are of each case."""
    return Counter(payment.habit for payment in made)
