"""Leases from the ERP: opened with their virtual IBAN, changed, replayed, in any race."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import RANGE, a_landlord, a_lease
from faults import FaultyTable, Killed
from unit.erp.office import LANDLORD, LEASE_HEADER, Office, a_file, a_lease_line

from quitus.adapters import keys
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.memory import MemoryTable
from quitus.adapters.numbering import Numbering
from quitus.domain.errors import Conflict, Invalid
from quitus.domain.ibans import VirtualAccount, VirtualIban, is_creditor_reference
from quitus.domain.lease import LeaseStatus
from quitus.services.table import Put, Table

TINY = replace(RANGE, account_prefix="4000000000")


def issued(table: MemoryTable) -> dict[str, str]:
    rows = (row for key, row in table.rows.items() if key.sk == "virtual-iban" and "lease_id" in row)
    return {row["PK"].rpartition("#")[2]: row["lease_id"] for row in rows}


def test_a_new_lease_has_its_virtual_iban_reference_and_account_at_once() -> None:
    office = Office()
    assert office.leases("L1") == {"L1": ("accepted", "")}
    lease = office.lease()
    assert VirtualIban.parse(lease.virtual_iban).text.startswith("FR")
    assert is_creditor_reference(lease.payment_reference)
    assert (lease.bic, lease.payee_name) == (RANGE.bic, RANGE.payee_name)
    assert office.account().version == 1
    assert issued(office.memory) == {lease.virtual_iban: "L1"}


def test_a_file_again_changes_nothing_and_says_so() -> None:
    office = Office()
    office.leases("L1", "L2")
    before = office.state(without=lambda pk: "#file#" in pk)
    content = a_file("leases", LEASE_HEADER, [a_lease_line("L1"), a_lease_line("L2")])
    assert office.load(content, "again") == {"L1": ("unchanged", ""), "L2": ("unchanged", "")}
    assert office.state(without=lambda pk: "#file#" in pk) == before


def test_an_older_file_never_undoes_a_newer_one() -> None:
    office = Office()
    first = a_file("leases", LEASE_HEADER, [a_lease_line("L1")], sequence=1)
    second = a_file("leases", LEASE_HEADER, [a_lease_line("L1", holder_name="Alex Roux")], sequence=2)
    office.load(first, "one")
    assert office.load(second, "two") == {"L1": ("accepted", "")}
    assert office.load(first, "one-again") == {"L1": ("unchanged", "")}
    assert office.lease().holder_name == "Alex Roux"


def test_a_late_file_does_not_undo_one_that_confirmed_what_was_there() -> None:
    office = Office()
    office.load(a_file("leases", LEASE_HEADER, [a_lease_line("L1")], sequence=1), "one")
    office.load(a_file("leases", LEASE_HEADER, [a_lease_line("L1")], sequence=3), "three")
    late = a_file("leases", LEASE_HEADER, [a_lease_line("L1", holder_name="Alex Roux")], sequence=2)
    assert office.load(late, "two") == {"L1": ("unchanged", "")}
    assert office.lease().holder_name == "Camille Roux"


def test_a_lease_that_ends_keeps_its_virtual_iban_and_its_account_knows() -> None:
    office = Office()
    office.leases("L1")
    iban = office.lease().virtual_iban
    ended = a_lease_line("L1", status="ended", end_date="2026-10-31")
    office.load(a_file("leases", LEASE_HEADER, [ended], sequence=2), "two")
    assert office.lease().virtual_iban == iban
    assert office.account().status is LeaseStatus.ENDED
    assert office.account().version == 2


def test_a_lease_moves_between_the_lists_of_residences() -> None:
    office = Office()
    office.leases("L1")
    office.load(a_file("leases", LEASE_HEADER, [a_lease_line("L1", residence_id="R2")], sequence=2), "two")
    leases = LeaseRows(office.table)
    assert leases.leases_of_residence(LANDLORD, "R1", None, 10) == ([], None)
    assert [held.lease_id for held in leases.leases_of_residence(LANDLORD, "R2", None, 10)[0]] == ["L1"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, 14))
def test_killed_anywhere_and_delivered_again_each_lease_is_opened_once(call: int, after: bool) -> None:
    office = Office()
    content = a_file("leases", LEASE_HEADER, [a_lease_line(f"L{number}") for number in range(40)])
    (message,) = office.messages(content, "F1")
    try:
        office.applier(FaultyTable(office.memory, call, after=after)).apply(message)
    except Killed:
        office.applier().apply(message)
    assert set(office.results("F1").values()) == {("accepted", "")}
    held = issued(office.memory)
    assert sorted(held.values()) == sorted(f"L{number}" for number in range(40))
    assert {office.lease(lease_id).virtual_iban: lease_id for lease_id in held.values()} == held


def test_two_workers_that_reserve_at_once_never_issue_a_number_twice() -> None:
    table = MemoryTable()
    one, two = Numbering(table, lambda: b"secret"), Numbering(table, lambda: b"secret")
    taken = [numbers.take(a_landlord(), 7).accounts for numbers in (one, two, one, two)]
    ibans = [account.iban for accounts in taken for account in accounts]
    assert len(set(ibans)) == 28


class Interrupted:
    """A table on which another worker applies the same file right after the first read."""

    def __init__(self, office: Office, other: Any) -> None:
        self._office, self._other = office, other

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._office.memory, name)
        if name != "batch_get" or self._other is None:
            return method
        message, self._other = self._other, None

        def read(*arguments: Any) -> Any:
            answer = method(*arguments)
            self._office.applier().apply(message)
            return answer

        return read


def test_two_workers_on_the_same_leases_issue_one_number_each() -> None:
    office = Office()
    mine = office.messages(a_file("leases", LEASE_HEADER, [a_lease_line("L1"), a_lease_line("L2")], 2), "mine")
    theirs = office.messages(a_file("leases", LEASE_HEADER, [a_lease_line("L1")], 1), "theirs")
    office.applier(Interrupted(office, theirs[0])).apply(mine[0])
    assert office.results("theirs") == {"L1": ("accepted", "")}
    assert office.results("mine") == {"L1": ("unchanged", ""), "L2": ("accepted", "")}
    assert sorted(issued(office.memory).values()) == ["L1", "L2"]


def test_a_number_that_is_taken_already_gives_way_to_the_next() -> None:
    office = Office()
    key = keys.virtual_iban(LANDLORD, RANGE.number(0, b"secret").text)
    office.memory.write([Put(key.row(lease_id="old"))])
    assert office.leases("L1") == {"L1": ("accepted", "")}
    assert office.lease().virtual_iban == RANGE.number(1, b"secret").text


def test_four_fifths_of_a_range_raise_an_alert_and_its_end_refuses() -> None:
    office = Office(a_landlord(virtual_iban_range=TINY))
    office.leases(*(f"L{number}" for number in range(7)))
    assert office.alerts() == []
    office.load(a_file("leases", LEASE_HEADER, [a_lease_line("M7")], 2), "two")
    assert office.alerts() == [("virtual_iban_capacity", "virtual-ibans")]
    results = office.load(a_file("leases", LEASE_HEADER, [a_lease_line(f"N{n}") for n in range(4)], 3), "three")
    assert sorted(results.values()) == [("accepted", "")] * 2 + [("refused", "virtual_iban_exhausted")] * 2


def pool_file(ibans: list[str], sequence: int = 1) -> bytes:
    lines = [f"{iban};AGRIFRPPXXX;SEMIGA LOYERS" for iban in ibans]
    return a_file("virtual_ibans", "iban;bic;payee_name", lines, sequence)


POOL = [replace(RANGE, branch_code="00001").number(number, b"pool").text for number in range(20)]


def test_a_pool_is_listed_once_and_put_on_leases() -> None:
    office = Office(a_landlord(virtual_iban_range=None, virtual_iban_pool="listed"))
    assert set(office.load(pool_file(POOL[:3]), "P1").values()) == {("accepted", "")}
    assert set(office.load(pool_file(POOL[:3]), "P2").values()) == {("unchanged", "")}
    results = office.leases("L1", "L2", "L3", "L4")
    assert sorted(results.values()) == [("accepted", "")] * 3 + [("refused", "virtual_iban_exhausted")]
    assert sorted(issued(office.memory)) == sorted(POOL[:3])
    assert office.lease(issued(office.memory)[POOL[0]]).payee_name == "SEMIGA LOYERS"
    assert office.alerts() == [("virtual_iban_capacity", "virtual-ibans")]


def test_a_pool_filled_again_serves_again() -> None:
    office = Office(a_landlord(virtual_iban_range=None, virtual_iban_pool="listed"))
    office.load(pool_file(POOL[:1]), "P1")
    office.leases("L1", "L2")
    office.load(pool_file(POOL[1:2], 2), "P2")
    assert office.load(a_file("leases", LEASE_HEADER, [a_lease_line("L2")], 2), "two") == {"L2": ("accepted", "")}


def test_the_alert_on_capacity_ends_when_the_pool_is_filled() -> None:
    office = Office(a_landlord(virtual_iban_range=None, virtual_iban_pool="listed"))
    office.load(pool_file(POOL[:4]), "P1")
    assert office.alerts() == []
    office.leases("L1", "L2", "L3", "L4")
    office.load(pool_file(POOL[4:5], 2), "P2")
    assert office.alerts() == [("virtual_iban_capacity", "virtual-ibans")], "four of five are taken"
    office.load(pool_file(POOL[5:6], 3), "P3")
    assert office.alerts() == []


def test_the_alert_on_capacity_ends_with_the_first_lease_in_a_wider_range() -> None:
    office = Office(a_landlord(virtual_iban_range=TINY))
    office.leases(*(f"L{number}" for number in range(9)))
    assert office.alerts() == [("virtual_iban_capacity", "virtual-ibans")]
    LandlordRows(office.memory).put(a_landlord(virtual_iban_range=RANGE))
    office.load(a_file("leases", LEASE_HEADER, [a_lease_line("M1")], 2), "two")
    assert office.alerts() == []


def test_accounts_that_a_killed_worker_drew_are_not_lost() -> None:
    office = Office(a_landlord(virtual_iban_range=None, virtual_iban_pool="listed"))
    office.load(pool_file(POOL[:2]), "P1")
    Numbering(office.memory, lambda: b"").take(office.landlord, 2)
    assert set(office.leases("L1", "L2").values()) == {("accepted", "")}


def test_two_workers_never_draw_the_same_account() -> None:
    office = Office(a_landlord(virtual_iban_range=None, virtual_iban_pool="listed"))
    office.load(pool_file(POOL), "P1")
    numbers = Numbering(office.memory, lambda: b"")
    drawn: list[VirtualAccount] = []
    for _ in range(4):
        drawn += numbers.take(office.landlord, 5).accounts
    assert sorted(account.iban for account in drawn) == sorted(POOL)


def test_over_http_a_lease_is_created_then_unchanged_then_changed() -> None:
    changes, landlord = Office().changes(), a_landlord()
    first = changes.put_lease(landlord, a_lease())
    again = changes.put_lease(landlord, a_lease())
    moved = changes.put_lease(landlord, a_lease(status=LeaseStatus.ENDED))
    assert [(held.created, held.changed) for held in (first, again, moved)] == [
        (True, True),
        (False, False),
        (False, True),
    ]
    assert first.lease.virtual_iban == moved.lease.virtual_iban
    assert moved.account.status is LeaseStatus.ENDED


def test_over_http_an_exhausted_range_and_a_wrong_end_are_said() -> None:
    office = Office(a_landlord(virtual_iban_range=None))
    with pytest.raises(Conflict) as exhausted:
        office.changes().put_lease(office.landlord, a_lease())
    assert exhausted.value.code == "virtual_iban_exhausted"
    lease = a_lease()
    with pytest.raises(Invalid) as wrong:
        office.changes().put_lease(office.landlord, replace(lease, end_date=lease.start_date.replace(year=2019)))
    assert wrong.value.code == "invalid_date"


def test_five_hundred_leases_cost_a_few_calls_each_batch() -> None:
    office = Office()
    counted = Counted(office.memory)
    messages = office.messages(a_file("leases", LEASE_HEADER, [a_lease_line(f"L{n}") for n in range(500)]), "F1")
    for message in messages:
        office.applier(counted).apply(message)
    assert len(messages) == 5
    assert counted.calls <= 5 * 13


class Counted:
    """Counts the calls on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._table, name)
