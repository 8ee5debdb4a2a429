"""A bank day with hundreds of equal returns: each is looked at for itself, and many cost no more each than few.

Calls and rows are counted, never timed. Twice as many cost twice as many calls, and a little more for pages of lists.
A return that takes its payment back is told from those that are equal on its day, which are read for each: there, rows
are not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from typing import Any

import pytest
from builders import DAY
from faults import CountedTable
from unit.services.test_returns import paid, taken_back
from unit.views.estate import Estate, L

from quitus.adapters.changes import matters
from quitus.domain.incoming import Incoming
from quitus.domain.payment import PaymentStatus
from quitus.services.messages import MOVEMENTS_AT_ONCE

TOMORROW = DAY + timedelta(days=1)
SAYING: dict[str, Callable[[int], dict[str, Any]]] = {
    "nothing": lambda number: {},
    "references of their own": lambda number: {"bank_reference": f"BACK-{number}"},
    "which they are": lambda number: {"end_to_end_id": f"E2E-{number}"},
}


def receipts(count: int, day: int) -> list[Incoming]:
    """Rents that are all the same but for what names them."""
    on = DAY + timedelta(days=day)
    named: list[dict[str, Any]] = [
        {"bank_reference": f"PAID-{day}-{n}", "end_to_end_id": f"E2E-{n}"} for n in range(day, count, 2)
    ]
    return [paid(on=on, position=str(place), **said) for place, said in enumerate(named)]


def tell(estate: Estate, told: Iterable[Incoming]) -> None:
    """What comes is posted in batches; the views and what waits follow each."""
    for some in batched(told, MOVEMENTS_AT_ONCE, strict=False):
        before = set(estate.table.rows)
        estate.post(*some)
        follow(estate, before)


def follow(estate: Estate, before: set[Any]) -> None:
    estate.refresh(sorted(key for key in set(estate.table.rows) - before if matters(key)))
    checks, estate.checks = estate.checks, []
    for check in checks:
        before = set(estate.table.rows)
        estate.settler().settle(check)
        estate.refresh(sorted(key for key in set(estate.table.rows) - before if matters(key)))


@dataclass(frozen=True)
class Cost:
    """What a day of returns costs, and what became of them."""

    calls: int
    rows: int
    became: Sequence[PaymentStatus]


def day_of(count: int, saying: str) -> Cost:
    """A day of returns, half of whose payments come after them."""
    table = CountedTable()
    estate = Estate(table=table)
    tell(estate, receipts(count, 0))
    returns = [taken_back(on=TOMORROW, position=str(n), **SAYING[saying](n)) for n in range(count)]
    tell(estate, returns)
    tell(estate, receipts(count, 1))
    estate.settler().review(L)
    buckets = {one.bucket for one in returns}
    found = [estate.payment(bucket.payment_id(n)).status for bucket in buckets for n in range(1, count + 1)]
    return Cost(table.calls, table.rows_read, found)


@pytest.mark.parametrize("saying", SAYING)
def test_twice_as_many_equal_returns_cost_twice_as_many_calls(saying: str) -> None:
    few, many = day_of(50, saying), day_of(100, saying)
    is_found = saying == "which they are"
    assert many.calls < 2.2 * few.calls
    assert is_found or many.rows < 2.2 * few.rows
    assert set(many.became) == {PaymentStatus.REVERSED if is_found else PaymentStatus.PENDING}
