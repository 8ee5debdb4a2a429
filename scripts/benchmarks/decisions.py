"""What deciding costs over what cannot be spared: a bare loop over the open dues in their order, the entry as JSON, one
SHA-256. The lease is given, the store left out (`posting` counts its units); all in turn, in processor time.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from time import process_time
from typing import Any

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.allocation import settle
from quitus.domain.household import Households
from quitus.domain.incoming import Incoming
from quitus.domain.lease import Account, Due, DueKind, OpenDue
from quitus.domain.ledger import Chart
from quitus.domain.matching import Match, MatchRule
from quitus.domain.pairing import Pairing, Register
from quitus.domain.posting import Plan, Poster, post_receipt
from quitus.services.messages import MOVEMENTS_AT_ONCE
from quitus.services.table import Write

from ._payments import RANGE, rent_transfer

_DAY = date(2026, 11, 5)
_AT = "2026-11-05T09:30:00.000+00:00"
_CHART = Chart()
_CALLED = ((DueKind.RENT, 42_000), (DueKind.CHARGES, 8_000))
_MONTHS = (1, 2, 6)
"""What is open: the month alone, as of nine tenants in ten, and arrears."""
_ROUNDS = 101


@dataclass(frozen=True)
class _Case:
    """Payments of so many leases, each of a month's rent, and the accounts that they are for."""

    batch: Sequence[Incoming]
    matches: Sequence[Match]
    households: Households

    @classmethod
    def of(cls, months: int) -> _Case:
        accounts = [_account(lease, months) for lease in range(MOVEMENTS_AT_ONCE)]
        ibans = [RANGE.number(lease, b"bench").text for lease in range(MOVEMENTS_AT_ONCE)]
        batch = [
            replace(rent_transfer(iban, place, "camt.053", _DAY), lease_iban=iban) for place, iban in enumerate(ibans)
        ]
        matches = [
            Match(account.lease_id, MatchRule.VIRTUAL_IBAN, {"virtual_iban": iban, "path": "NtryDtls"})
            for account, iban in zip(accounts, ibans, strict=True)
        ]
        return cls(batch, matches, Households({account.lease_id: account for account in accounts}))

    @property
    def bare_works(self) -> Iterator[tuple[Account, Incoming]]:
        return zip(self.households.accounts.values(), self.batch, strict=True)

    def allocate(self) -> None:
        for account, incoming in self.bare_works:
            settle(account.open_dues, incoming.movement.amount_cents, _DAY)

    def post(self, places: Sequence[Pairing]) -> None:
        for incoming, match, place in zip(self.batch, self.matches, places, strict=True):
            post_receipt(_CHART, self.households.of(match.lease_id or ""), incoming, match, place, _AT)

    def decide(self) -> Plan:
        return Poster(_CHART, self.matches, self.households, Register(), _AT).decide(self.batch)

    def decide_and_make_rows(self) -> None:
        LedgerRows(_Nowhere()).commit("semiga", self.decide(), _AT)

    def bare(self) -> None:
        for account, incoming in self.bare_works:
            _bare_entry(account, incoming.movement.amount_cents)


class _Nowhere(MemoryTable):
    """Takes rows and keeps none."""

    def write(self, writes: Sequence[Write]) -> None:
        """Nothing."""


def run() -> Iterator[dict[str, Any]]:
    """Each decision over the floor: the allocation; the posting of a receipt (allocation, entries, chain, account, its
    permanent row decided); a batch paired as well; and its rows made.
    """
    for months in _MONTHS:
        case = _Case.of(months)
        places = case.decide().pairings
        works: dict[str, Callable[[], object]] = {
            "allocation": case.allocate,
            "receipt": partial(case.post, places),
            "batch": case.decide,
            "batch_with_rows": case.decide_and_make_rows,
        }
        yield from _figures(months, case.bare, works)


def _figures(
    months: int, floor: Callable[[], object], works: dict[str, Callable[[], object]]
) -> Iterator[dict[str, Any]]:
    times = {name: list[float]() for name in ("floor", *works)}
    for _ in range(_ROUNDS):
        for name, work in (("floor", floor), *works.items()):
            times[name].append(_seconds(work))
    median = {name: statistics.median(taken) / MOVEMENTS_AT_ONCE * 1e6 for name, taken in times.items()}
    for name in works:
        yield {
            "name": f"decisions.{name}.{len(_CALLED) * months}_dues_open",
            "ratio": round(median[name] / median["floor"], 2),
            "microseconds": round(median[name], 1),
            "floor_microseconds": round(median["floor"], 1),
        }


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def _bare_entry(account: Account, cents: int) -> str:
    """Nothing but the loop, the JSON and the hash; what the dues leave is one line more."""
    _, left = _bare_loop(account.open_dues, cents)
    lines = [_line("512", None, "Banque", cents, 0)]
    lines.append(_line("411", account.lease_id, "Locataire", 0, cents - left))
    if left:
        lines.append(_line("4195", account.lease_id, "Avance locataire", 0, left))
    entry = {
        "previous_hash": account.last_hash,
        "entry_id": "20261105-50000-0123456789-1-1",
        "lease_id": account.lease_id,
        "sequence": account.sequence + 1,
        "kind": "receipt",
        "booking_date": _DAY.isoformat(),
        "lines": lines,
    }
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _bare_loop(dues: Sequence[OpenDue], cents: int) -> tuple[list[tuple[str, int]], int]:
    left, paid = cents, list[tuple[str, int]]()
    for due in sorted(dues, key=lambda due: (due.due_date, due.due_id)):
        if not left:
            break
        part = min(left, due.open_cents)
        paid.append((due.due_id, part))
        left -= part
    return paid, left


def _line(account: str, auxiliary: str | None, label: str, debit: int, credit: int) -> dict[str, Any]:
    return {
        "account": account,
        "auxiliary": auxiliary,
        "label": label,
        "debit_cents": debit,
        "credit_cents": credit,
    }


def _account(lease: int, months: int) -> Account:
    dues = [
        Due(f"{day:%Y-%m}-{lease:05d}-{kind.value}", "", kind, f"{day:%Y-%m}", day, cents)
        for day in (_DAY - timedelta(days=30 * month) for month in range(months))
        for kind, cents in _CALLED
    ]
    return Account(
        f"12345-{lease:04d}",
        version=1,
        sequence=11,
        last_hash="a" * 64,
        charge_sequence=12,
        open_dues=tuple(due.open(due.amount_cents) for due in dues),
    )
