"""A landlord's day with its expected outcome, computed here and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from demonstration.bank import BIC, Address
from demonstration.camt import Detail, Entry, Party, Statement
from demonstration.days import PARIS, latest_month
from demonstration.dues import Due
from demonstration.estate import Lease
from demonstration.ibans import TENANTS_BANKS, french_iban

DAY: Final = latest_month(datetime.now(PARIS).date()).due_date
"""A recent day: what is open of dues of long ago is shown no more."""
BANK: Final = "17328"
BRANCH: Final = "89901"
PREFIX: Final = "5"
ACCOUNT: Final = french_iban(BANK, BRANCH, "10000000001")
OPENING_CENTS: Final = 1_000_000
FEE_CENTS: Final = 1_234
CREDITS: Final = 600
UNKNOWN: Final = 30
UNNAMED: Final = 10
ANNOUNCED: Final = 20
TWINS: Final = 4
"""Leases that send the same amount twice on the same day, without any reference."""
_TRANSFER: Final = ("PMNT", "RCDT", "ESCT")
_PAYMENT_ORDER: Final = ("rent", "charges", "adjustment", "insurance", "annex", "fee")


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit of the day: on a lease, or on nobody's number, or on no number at all."""

    lease_id: str | None
    cents: int
    reference: str | None
    payer: Party
    unknown_iban: str | None = None


def dues_of(leases: Sequence[Lease], rng: Random) -> list[Due]:
    """One to four dues per lease, some due before the day and some after it, some with a housing aid."""
    dues: list[Due] = []
    for lease in leases:
        for number in range(rng.randint(1, 4)):
            kind = rng.choice(_PAYMENT_ORDER)
            due_date = DAY + timedelta(days=rng.choice((-61, -30, 0, 0, 20)))
            dues.append(_due(lease, number, kind, due_date, rng.randint(1_000, 60_000)))
        if rng.random() < 0.3:
            dues.append(_due(lease, 9, "aid_apl", dues[-1].due_date, -rng.randint(500, 30_000)))
    return dues


def credits_of(leases: Sequence[Lease], dues: Sequence[Due], taken: set[str], rng: Random) -> list[Credit]:
    """CREDITS credits: exact, part and over payments, a hundred leases that pay twice, and money of nobody."""
    owed: dict[str, int] = defaultdict(int)
    for due in dues:
        owed[due.lease_id] += due.cents
    on_leases = CREDITS - UNKNOWN - UNNAMED
    payers = rng.sample([lease.lease_id for lease in leases], k=len(leases) - 40)
    again = rng.sample(payers, k=on_leases - len(payers))
    made: list[Credit] = []
    for place, lease_id in enumerate([*payers, *again]):
        cents = _paid(max(owed[lease_id], 2_000), rng)
        made.append(Credit(lease_id, cents, _reference(place, rng), _payer(rng)))
    for place, lease_id in enumerate(again[:TWINS]):
        first = payers.index(lease_id)
        made[first] = replace(made[first], reference=None)
        made[len(payers) + place] = made[first]
    for number in range(UNKNOWN):
        cents = rng.randint(100, 90_000)
        made.append(Credit(None, cents, f"U{number}", _payer(rng), _nobodys(taken, rng)))
    made += [Credit(None, rng.randint(100, 90_000), f"N{number}", _payer(rng)) for number in range(UNNAMED)]
    rng.shuffle(made)
    return made


def statement_of(booked: Sequence[Credit], addresses: Mapping[str, Address], *, hide: int = 0) -> Statement:
    """The day's statement; `hide` leaves the bank's reference out of every nth entry, as some notices do."""
    entries = []
    for place, credit in enumerate(booked):
        hidden = hide and place % hide == 0
        reference = None if hidden else credit.reference
        detail = Detail(credit.cents, credit.payer, _creditor(credit, addresses), reference, texts=("LOYER",))
        entries.append(Entry(credit.cents, DAY, reference, _TRANSFER, (detail,)))
    fee = Entry(-FEE_CENTS, DAY, "FEE1", ("ACMT", "MDOP", "CHRG"), note="COTISATION")
    name = f"{DAY:%Y%m%d}1"
    return Statement(name, 314, ACCOUNT, "Un bailleur", BIC, DAY, OPENING_CENTS, (*entries, fee))


@dataclass(frozen=True, slots=True)
class Expected:
    """A lease at the end of the day."""

    balance_cents: int
    credit_cents: int
    open_cents: Mapping[str, int]


def expected(dues: Sequence[Due], booked: Sequence[Credit]) -> dict[str, Expected]:
    """What each lease owes: aids on their own period first, then all money in the order of Code civil 1342-10."""
    of_lease: dict[str, list[Due]] = defaultdict(list)
    for due in dues:
        of_lease[due.lease_id].append(due)
    paid: dict[str, int] = defaultdict(int)
    for credit in booked:
        if credit.lease_id:
            paid[credit.lease_id] += credit.cents
    return {lease_id: _settled(of_lease[lease_id], paid[lease_id]) for lease_id in of_lease.keys() | paid.keys()}


def _settled(dues: Sequence[Due], paid: int) -> Expected:
    still_open = {due.due_id: due.cents for due in dues if due.cents > 0}
    positive = [due for due in dues if due.cents > 0]
    money = paid
    for aid in (due for due in dues if due.cents < 0):
        own = [due for due in positive if due.period == aid.period]
        money += _spend(
            still_open, sorted(own, key=lambda due: (_PAYMENT_ORDER.index(due.kind), due.due_id)), -aid.cents
        )
    left = _spend(still_open, sorted(positive, key=_order), money)
    return Expected(sum(still_open.values()) - left, left, still_open)


def _spend(still_open: dict[str, int], dues: Sequence[Due], cents: int) -> int:
    for due in dues:
        part = min(cents, still_open[due.due_id])
        still_open[due.due_id] -= part
        cents -= part
    return cents


def _order(due: Due) -> tuple[bool, date, int, str]:
    return (due.due_date > DAY, due.due_date, _PAYMENT_ORDER.index(due.kind), due.due_id)


def _own_order(due: Due) -> tuple[int, str]:
    return (_PAYMENT_ORDER.index(due.kind), due.due_id)


def _due(lease: Lease, number: int, kind: str, due_date: date, cents: int) -> Due:
    period = f"{due_date.replace(day=1) - timedelta(days=1):%Y-%m}"
    return Due(f"D-{lease.lease_id}-{number}", lease.lease_id, kind, period, due_date, cents, "Échéance")


def _paid(owed: int, rng: Random) -> int:
    return rng.choice((owed, owed, owed * rng.randint(10, 99) // 100, owed + rng.randint(1, 20_000)))


def _reference(place: int, rng: Random) -> str | None:
    return f"R{place:05d}" if rng.random() < 0.8 else None


def _payer(rng: Random) -> Party:
    bank = rng.choice(TENANTS_BANKS)
    return Party(f"PAYER {rng.randrange(10**6)}", bank.account(rng), bank.bic)


def _creditor(credit: Credit, addresses: Mapping[str, Address]) -> Party | None:
    iban = addresses[credit.lease_id].virtual_iban if credit.lease_id else credit.unknown_iban
    return Party("Un bailleur", iban) if iban else None


def _nobodys(taken: set[str], rng: Random) -> str:
    numbers = iter(lambda: french_iban(BANK, BRANCH, f"{PREFIX}{rng.randrange(10**10):010d}"), "")
    return next(iban for iban in numbers if iban not in taken)


def announced_of(booked: Sequence[Credit]) -> list[Credit]:
    """The credits that events speak of before any file: the first ANNOUNCED with a lease and a reference."""
    return [credit for credit in booked if credit.reference and credit.lease_id][:ANNOUNCED]


def event_of(credit: Credit, landlord_id: str, addresses: Mapping[str, Address]) -> dict[str, object]:
    """The event that announces a credit."""
    return {
        "schema": "quitus.payment-event/1",
        "event_id": f"E-{credit.reference}",
        "landlord_id": landlord_id,
        "source": "bank:instant",
        "kind": "credit",
        "bank_reference": credit.reference,
        "end_to_end_id": None,
        "amount_cents": credit.cents,
        "currency": "EUR",
        "booking_date": DAY.isoformat(),
        "account_iban": ACCOUNT,
        "virtual_iban": addresses[credit.lease_id or ""].virtual_iban,
        "debtor": {"name": credit.payer.name, "iban": None},
        "remittance": "LOYER",
        "means": "instant_transfer",
    }
