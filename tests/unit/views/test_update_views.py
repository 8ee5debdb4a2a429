"""The views through the store: right whatever comes twice, late, in another order or at the same time."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from builders import DAY, FixedClock, a_credit, a_due, a_landlord, a_virtual_iban, reported
from faults import FaultyTable, Killed
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.views.estate import IBANS, TAG, UNHELD, Estate, L

from quitus.adapters import closing_keys, keys, view_keys
from quitus.adapters.due_rows import DueRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.alert import AlertKind
from quitus.domain.ibans import VirtualIban
from quitus.domain.movement import Means, Nature
from quitus.services.charge_leases import Charger
from quitus.services.table import Key, Update, Write

_RENT = reported(a_credit(45000, IBANS["L1"], bank_reference="R1"), "camt.054", "N1")
_SAME_RENT = reported(a_credit(45000, IBANS["L1"], bank_reference="R1"), "camt.053", "S1")
_UNKNOWN = reported(a_credit(27500, UNHELD, bank_reference="R2"), "camt.053", "S1")
_LATE = reported(a_credit(9900, IBANS["OLD"], bank_reference="R3", means=Means.INSTANT_TRANSFER), "camt.053", "S1")
_FEE = reported(a_credit(-1250, nature=Nature.OTHER, bank_reference="R4"), "camt.053", "S1")
_RETURN = reported(a_credit(-45000, nature=Nature.RETURN, bank_reference="R5"), "camt.053", "S1")
_UNKNOWN_ID = _UNKNOWN.bucket.payment_id(1)

STEPS: tuple[Callable[[Estate], object], ...] = (
    lambda estate: estate.post(_RENT),
    lambda estate: estate.post(_SAME_RENT, _UNKNOWN, _LATE, _FEE, _RETURN),
    lambda estate: estate.assign(_UNKNOWN_ID, "L2"),
    lambda estate: estate.unassign(_UNKNOWN_ID),
    lambda estate: estate.assign(_UNKNOWN_ID, "L1"),
)


def lived_in() -> Estate:
    estate = Estate()
    for step in STEPS:
        step(estate)
    return estate


EXPECTED = lived_in().rebuilt().views()


def open_alerts(estate: Estate) -> set[tuple[str, str]]:
    rows = estate.rows(f"{L}#alerts")
    return {(row["kind"], row["subject"]) for row in rows if "closed_at" not in row}


def test_the_day_is_listed_added_up_and_held_against_the_bank() -> None:
    estate = Estate()
    estate.post(_RENT)
    estate.post(_SAME_RENT, _UNKNOWN, _LATE, _FEE, _RETURN)
    estate.refresh()
    day = estate.row(view_keys.ledger_days(L, TAG), DAY.isoformat())
    assert (day["receipts_cents"], day["reversals_cents"], day["other_cents"]) == (82400, 45000, -1250)
    assert day["count"] == 5
    counters = {
        row["SK"]: (row["count"], row["amount_cents"]) for row in estate.rows(view_keys.receipts_of_day(L, DAY))
    }
    assert counters == {"R1#Nîmes#transfer": (1, 45000), "R2#Alès#instant_transfer": (1, 9900)}
    payments = {row["payment_id"]: row["status"] for row in estate.rows(view_keys.payments_of_day(L, DAY))}
    assert sorted(payments.values()) == ["pending", "posted", "posted", "suspense"]
    assert [row["amount_cents"] for row in estate.rows(view_keys.other_lines_of_day(L, DAY))] == [-1250]
    assert [row["day"] for row in estate.rows(view_keys.payment_days(L))] == [DAY.isoformat()]


def test_a_payment_is_listed_as_suspense_until_it_is_assigned() -> None:
    estate = Estate()
    estate.post(_UNKNOWN)
    estate.refresh()
    listed = estate.table.query_listing(view_keys.payments_with_status(L, "suspense")).rows
    assert [(row["payment"]["payment_id"], row["GSI1SK"]) for row in listed] == [
        (_UNKNOWN_ID, f"{DAY.isoformat()}#{_UNKNOWN_ID}")
    ]
    estate.assign(_UNKNOWN_ID, "L2")
    estate.refresh()
    assert estate.table.query_listing(view_keys.payments_with_status(L, "suspense")).rows == ()
    assert estate.row(view_keys.payments_of_day(L, DAY), _UNKNOWN_ID)["payment"]["lease_id"] == "L2"


def test_every_entry_is_in_its_chain_and_in_its_day_once() -> None:
    estate = lived_in()
    estate.refresh()
    of_lease = [row["kind"] for row in estate.rows(keys.lease_partition(L, "L2")) if row["SK"].startswith("entry#")]
    assert of_lease == ["assignment", "assignment"]
    loose = estate.rows(keys.loose_entry(L, _UNKNOWN_ID, 1).pk)
    assert [(row["kind"], row["payment_id"]) for row in loose] == [("receipt", _UNKNOWN_ID)]
    assert len(estate.rows(closing_keys.entries_of_day(L, DAY))) == 7


def test_alerts_are_open_exactly_while_they_hold() -> None:
    estate = Estate()
    late, returned = estate.post(_LATE), estate.post(_RETURN)
    estate.post(_UNKNOWN)
    estate.refresh()
    kept = {(AlertKind.PAYMENT_ON_ENDED_LEASE, late), (AlertKind.RETURN_WITHOUT_ORIGINAL, returned)}
    assert open_alerts(estate) == {*kept, (AlertKind.UNASSIGNED_VIRTUAL_IBAN, _UNKNOWN_ID)}
    estate.assign(_UNKNOWN_ID, "L2")
    estate.refresh()
    assert open_alerts(estate) == kept
    estate.unassign(_UNKNOWN_ID)
    estate.refresh()
    assert open_alerts(estate) == {*kept, (AlertKind.UNASSIGNED_VIRTUAL_IBAN, _UNKNOWN_ID)}


def test_alerts_hold_ids_and_amounts_only() -> None:
    estate = Estate()
    late = estate.post(_LATE)
    estate.refresh()
    (alert,) = estate.rows(f"{L}#alerts")
    assert (alert["subject"], alert["detail"]) == (late, {"amount_cents": 9900, "lease_id": "OLD"})


def test_virtual_ibans_are_counted_once_and_told_to_the_erp() -> None:
    estate = Estate()
    for _ in range(3):
        estate.refresh()
    assert estate.table.rows[keys.issued(L)]["count"] == 3
    listed = estate.table.query_listing(keys.erp_backlog(L, "virtual_ibans")).rows
    assert {row["iban"]: row["payment_reference"] for row in listed} == {
        iban: VirtualIban(iban).payment_reference for iban in IBANS.values()
    }


def test_residences_are_known_as_soon_as_they_have_a_lease() -> None:
    estate = Estate()
    estate.refresh()
    named = {row["SK"]: (row["name"], row["commune"]) for row in estate.rows(view_keys.residences(L))}
    assert named == {"R1": ("Les Micocouliers", "Nîmes"), "R2": ("Le Mas de Ville", "Alès")}


def test_a_landlord_without_an_erp_has_no_backlog() -> None:
    estate = Estate(a_landlord())
    estate.post(_RENT)
    assert not estate.refresh()
    assert estate.table.query_listing(keys.erp_backlog(L)).rows == ()
    assert estate.rows(keys.ERP_LANDLORDS) == []


def test_a_change_that_comes_again_wakes_the_erp_again() -> None:
    estate = Estate()
    estate.post(_RENT)
    assert estate.refresh()
    assert estate.refresh()
    assert [row["SK"] for row in estate.rows(keys.ERP_LANDLORDS)] == [L]


def test_keys_that_are_no_views_source_are_passed_over() -> None:
    assert not Estate().refresh([Key(f"{L}#file#F1", "file"), Key(keys.lease_partition(L, "L1"), "account")])


def test_a_thousand_payments_are_added_up_in_few_transactions() -> None:
    estate = Estate()
    for start in range(0, 1000, 99):
        batch = [
            reported(replace(a_credit(100 + cents, UNHELD), position=str(cents)), message=f"S{start}")
            for cents in range(start, min(start + 99, 1000))
        ]
        estate.post(*batch)
    writes: list[int] = []

    class Counted:
        def __getattr__(self, name: str) -> object:
            return getattr(estate.table, name)

        def write(self, some: Sequence[Write]) -> None:
            writes.append(len(some))
            estate.table.write(some)

    estate.refresh(table=Counted())
    assert estate.row(view_keys.ledger_days(L, TAG), DAY.isoformat())["receipts_cents"] == sum(range(100, 1100))
    assert max(writes) <= 100
    assert len(writes) < 60


def used_often() -> Estate:
    """A large credit that a hundred and thirty later dues used before any view was made."""
    estate = Estate()
    estate.post(reported(a_credit(1_000_000, IBANS["L1"], bank_reference="R1")))
    charger = Charger(LedgerRows(estate.table), DueRows(estate.table), FixedClock())
    for number in range(130):
        charger.put(estate.landlord, [a_due(f"small-{number}", 100)])
    return estate


def chain(estate: Estate) -> list[int]:
    rows = estate.rows(keys.lease_partition(L, "L1"))
    return [row["sequence"] for row in rows if row["SK"].startswith("entry#")]


def test_a_payment_with_more_new_entries_than_a_transaction_holds_is_shown() -> None:
    estate = used_often()
    estate.refresh()
    assert chain(estate) == list(range(1, 132))
    assert len(estate.rows(closing_keys.entries_of_day(L, DAY))) == 131
    assert len(estate.table.query_listing(keys.erp_backlog(L)).rows) == 131
    (shown,) = estate.rows(view_keys.payments_of_day(L, DAY))
    assert shown["payment"]["credit_cents"] == 1_000_000 - 45_000 - 13_000
    assert estate.row(view_keys.ledger_days(L, TAG), DAY.isoformat())["receipts_cents"] == 1_000_000


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(3, 16, 2))
def test_of_its_entries_none_goes_to_the_erp_again_after_a_worker_died(call: int, after: bool) -> None:
    estate = used_often()
    with contextlib.suppress(Killed):
        estate.refresh(table=FaultyTable(estate.table, call, after=after))
    pushed = estate.table.query_listing(keys.erp_backlog(L)).rows[:40]
    for row in pushed:
        estate.table.write([Update(Key.of(row), remove=("GSI1PK", "GSI1SK"))])
    estate.refresh()
    waiting = [row["sequence"] for row in estate.table.query_listing(keys.erp_backlog(L)).rows]
    assert waiting == list(range(len(pushed) + 1, 132))
    assert chain(estate) == list(range(1, 132))
    assert estate.row(view_keys.ledger_days(L, TAG), DAY.isoformat())["count"] == 1


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_any_order_of_any_changes_gives_the_same_views(data: st.DataObject) -> None:
    estate = Estate()
    for step in STEPS:
        step(estate)
        seen = estate.changes()
        estate.refresh(data.draw(st.lists(st.sampled_from(seen), max_size=5)))
    everything = estate.changes()
    again = data.draw(st.lists(st.sampled_from(everything), max_size=10))
    last = data.draw(st.permutations([*everything, *again]))
    cut = data.draw(st.integers(0, len(last)))
    estate.refresh(last[:cut])
    estate.refresh(last[cut:])
    assert estate.views() == EXPECTED


@pytest.mark.parametrize("seed", range(8))
def test_workers_at_the_same_time_give_the_same_views(seed: int) -> None:
    estate, chance = lived_in(), random.Random(seed)
    everything = estate.changes()
    workers = [
        threading.Thread(target=estate.refresh, args=(chance.sample(everything, len(everything)),)) for _ in range(5)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert estate.views() == EXPECTED


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_worker_killed_at_any_call_loses_and_doubles_nothing(after: bool) -> None:
    for call in range(1, 40):
        estate = lived_in()
        with contextlib.suppress(Killed):
            estate.refresh(table=FaultyTable(estate.table, call, after=after))
        estate.refresh()
        assert estate.views() == EXPECTED


def test_a_stale_reader_never_overwrites_a_later_state() -> None:
    """Another worker shows the assignment between this worker's reading of the payment and of its view."""
    estate = Estate()
    estate.post(_UNKNOWN)
    estate.refresh()

    class Interrupted:
        def __init__(self) -> None:
            self.done = False

        def __getattr__(self, name: str) -> object:
            if name == "batch_get" and not self.done:
                self.done = True
                estate.assign(_UNKNOWN_ID, "L2")
                estate.refresh()
            return getattr(estate.table, name)

    payment = keys.movement(L, _UNKNOWN.bucket, 1)
    estate.refresh([payment], Interrupted())
    assert estate.views() == estate.rebuilt().views()
    assert estate.row(view_keys.payments_of_day(L, DAY), _UNKNOWN_ID)["status"] == "posted"


def test_an_iban_of_the_pool_counts_once_it_is_on_a_lease() -> None:
    estate = Estate()
    free = a_virtual_iban(50)
    estate._put(keys.virtual_iban(L, free), {"bic": "SWNBFR22XXX"})
    estate.refresh()
    assert estate.table.rows[keys.issued(L)]["count"] == 3
