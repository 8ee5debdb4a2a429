"""Two that take one payment back at once, and processes that die while they do: exactly one reversal, whole."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from builders import (
    DAY,
    FixedClock,
    a_credit,
    a_due,
    a_landlord,
    a_poster,
    a_table_with,
    a_virtual_iban,
    an_account,
    reported,
)
from faults import every_death, every_moment
from unit.services.test_returns import E2E, balance, booked, paid, taken_back
from unit.views.estate import Estate, L

from quitus.adapters import keys, records
from quitus.adapters.due_rows import DueRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.errors import Conflict
from quitus.domain.incoming import Incoming
from quitus.domain.payment import PaymentStatus
from quitus.services.charge_leases import Charger
from quitus.services.table import Put, Stale
from quitus.services.take_back import Reverser

LANDLORD = a_landlord()


def post(table: Any, incoming: Incoming) -> None:
    a_poster(table).post(LANDLORD, [incoming])


def settle(table: Any, return_id: str) -> None:
    reverser = Reverser(LedgerRows(table), FixedClock())
    with contextlib.suppress(Stale):
        reverser.settle(LANDLORD, return_id)


def holds(estate: Estate, payment_id: str, waiting: int = 0) -> None:
    """One reversal of the payment, its due open once, 471 holds what waits, the chain of L1 has no gap."""
    estate.settle()
    payment = estate.payment(payment_id)
    assert ([one.amount_cents for one in payment.reversals], payment.status) == ([45000], PaymentStatus.REVERSED)
    assert balance(estate) == 45000
    assert booked(estate) == ({"471": 45000 * waiting, "512": -45000 * waiting} if waiting else {})
    entries = sorted((entry for entry in payment.entries if entry.lease_id), key=lambda entry: entry.sequence)
    assert [entry.sequence for entry in entries] == [1, 2]
    assert entries[1].previous_hash == entries[0].hash


@pytest.mark.parametrize("after", [False, True])
def test_a_return_is_whole_or_not_at_all_wherever_the_process_dies(after: bool) -> None:
    for death in every_death(after=after):
        estate = Estate()
        payment_id = estate.post(paid(**E2E))
        with death:
            post(death.on(estate.table), taken_back(**E2E))
        post(estate.table, taken_back(**E2E))
        holds(estate, payment_id)


@pytest.mark.parametrize("after", [False, True])
def test_a_return_that_waited_is_settled_once_wherever_the_process_dies(after: bool) -> None:
    for death in every_death(after=after):
        estate = Estate()
        return_id, payment_id = estate.post(taken_back(**E2E)), estate.post(paid(**E2E))
        with death:
            settle(death.on(estate.table), return_id)
        settle(estate.table, return_id)
        holds(estate, payment_id)


INTERRUPTIONS: dict[str, tuple[Callable[[], Incoming], int]] = {
    "the same report": (lambda: taken_back(**E2E), 0),
    "another channel the same day": (lambda: taken_back(channel="camt.054", message="N1", **E2E), 0),
    "another channel the next day": (
        lambda: taken_back(on=DAY + timedelta(days=4), channel="camt.054", message="N1", **E2E),
        0,
    ),
    "another channel days later": (
        lambda: taken_back(on=DAY + timedelta(days=6), channel="cfonb120", message="C1", **E2E),
        0,
    ),
    "a second return of the same channel": (lambda: taken_back(on=DAY + timedelta(days=5), **E2E), 1),
}


@pytest.mark.parametrize("other", INTERRUPTIONS)
def test_of_two_at_once_exactly_one_takes_the_payment_back_wherever_the_other_comes(other: str) -> None:
    told, waiting = INTERRUPTIONS[other]
    for moment in every_moment():
        estate = Estate()
        payment_id = estate.post(paid(**E2E))
        post(moment.on(estate.table, partial(post, estate.table, told())), taken_back(**E2E))
        post(estate.table, told())
        holds(estate, payment_id, waiting)


def test_a_return_and_its_payment_cross_at_every_call() -> None:
    for moment in every_moment():
        estate = Estate()
        post(moment.on(estate.table, partial(post, estate.table, paid(**E2E))), taken_back(**E2E))
        post(estate.table, paid(**E2E))
        (payment,) = LedgerRows(estate.table).payments(L, [paid().bucket])
        holds(estate, payment.payment_id)


def by_person(estate: Estate, payment_id: str) -> None:
    with contextlib.suppress(Conflict):
        estate.unassign(payment_id)


def test_a_person_may_take_the_payment_off_its_lease_while_it_is_taken_back() -> None:
    for moment in every_moment():
        estate = Estate()
        payment_id = estate.post(paid(**E2E))

        post(moment.on(estate.table, partial(by_person, estate, payment_id)), taken_back(**E2E))
        estate.settle()
        assert (balance(estate), booked(estate)) == (45000, {})
        assert estate.payment(payment_id).status is PaymentStatus.REVERSED


def test_the_credit_of_a_payment_may_be_used_while_it_is_taken_back() -> None:
    for moment in every_moment():
        estate = Estate()
        payment_id = estate.post(paid(60000, **E2E))
        charger = Charger(LedgerRows(estate.table), DueRows(estate.table), FixedClock())
        charged = partial(charger.put, estate.landlord, [a_due("dec", 45000, DAY + timedelta(days=35))])
        post(moment.on(estate.table, charged), taken_back(60000, **E2E))
        charged()
        estate.settle()
        assert (balance(estate), booked(estate)) == (90000, {})
        assert estate.payment(payment_id).left_cents == 0


def five_hundred_leases() -> MemoryTable:
    """Each with a due, paid by an amount of its own, told with an end-to-end id."""
    ibans = [a_virtual_iban(number) for number in range(1, 501)]
    dues = [a_due(f"D{n}", 45000, lease_id=f"L{n}") for n in range(500)]
    accounts = [an_account(due.open(45000), lease_id=due.lease_id) for due in dues]
    table = a_table_with(LANDLORD, list(zip(ibans, accounts, strict=True)))
    for due in dues:
        table.write([Put(keys.due(L, due.lease_id, due.due_id).row(**records.dense(due)))])
    for n, iban in enumerate(ibans):
        post(table, reported(a_credit(45000 - n, iban, position=str(n), end_to_end_id=f"E{n}")))
    return table


def a_return_of(n: int, on: date) -> Incoming:
    return taken_back(45000 - n, on, position=str(n), end_to_end_id=f"E{n}")


def post_all(table: MemoryTable, batch: list[Incoming]) -> None:
    for one in batch:
        post(table, one)


def test_of_500_double_returns_at_once_exactly_500_are_accepted() -> None:
    table = five_hundred_leases()
    told = [[a_return_of(n, DAY + timedelta(days=days)) for n in range(500)] for days in (2, 5)]
    workers = [threading.Thread(target=post_all, args=(table, batch)) for batch in told]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ledger = LedgerRows(table)
    payments = ledger.payments(L, [reported(a_credit(45000 - n, None)).bucket for n in range(500)])
    assert [len(payment.reversals) for payment in payments] == [1] * 500
    returns = ledger.payments(L, [one.bucket for batch in told for one in batch])
    assert sum(one.reverses is not None for one in returns) == 500
    assert sum(one.status is PaymentStatus.PENDING for one in returns) == 500
    accounts = ledger.accounts(L, [f"L{n}" for n in range(500)]).values()
    assert {(account.balance_cents, account.sequence) for account in accounts} == {(45000, 2)}
