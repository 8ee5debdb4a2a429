"""Parties from the ERP: kept, and where the landlord wants it each co-tenant with a virtual account of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from builders import RANGE, a_landlord
from faults import InterruptedTable, every_death
from unit.erp.office import LANDLORD, Office, a_file
from unit.erp.test_leases import POOL, TINY, pool_file

from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.lease_rows import LeaseRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.ibans import VirtualAccount
from quitus.domain.landlord import Landlord, VirtualIbanPer
from quitus.domain.matching import Holder

HEADER = "lease_id;party_id;role;name;email;phone;share_percent;from_date;to_date"
APART = a_landlord(virtual_iban_per=VirtualIbanPer.COTENANT)


def parties_file(*lines: str, sequence: int = 1) -> bytes:
    return a_file("parties", HEADER, lines, sequence)


def a_party(party_id: str, role: str = "cotenant", to_date: str = "", name: str = "Alex Roux") -> str:
    return f"L1;{party_id};{role};{name};;;;;{to_date}"


def an_office(landlord: Landlord = APART) -> Office:
    office = Office(landlord)
    office.leases("L1")
    return office


def accounts(office: Office) -> dict[str, VirtualAccount | None]:
    return {party.party_id: party.account for party in LeaseRows(office.memory).parties(LANDLORD, "L1")}


def holders(office: Office) -> dict[str, Holder | None]:
    ibans = [account.iban for account in accounts(office).values() if account]
    return LedgerRows(office.memory).holders_of(LANDLORD, ibans)


def test_parties_are_kept_and_named_by_lease_and_party() -> None:
    office = an_office(a_landlord())
    line = "L1;P1;cotenant;Alex Roux;;;33.33;2026-01-01;"
    content = parties_file(line, line.replace("L1", "L9"))
    assert office.load(content, "P") == {"L1/P1": ("accepted", ""), "L9/P1": ("refused", "unknown_lease")}
    assert office.load(content, "P2")["L1/P1"] == ("unchanged", "")
    (party,) = LeaseRows(office.memory).parties(LANDLORD, "L1")
    assert (party.name, party.share_percent, party.account) == ("Alex Roux", "33.33", None)


def test_each_co_tenant_who_is_there_has_an_account_and_nobody_else() -> None:
    office = an_office()
    content = parties_file(
        a_party("P1"), a_party("P2", to_date="2020-01-01"), a_party("P3", "holder"), a_party("P4", "guarantor")
    )
    assert set(office.load(content).values()) == {("accepted", "")}
    held = accounts(office)
    assert [name for name, account in held.items() if account] == ["P1"]
    account = held["P1"]
    assert account is not None
    assert (account.bic, account.payee_name) == (RANGE.bic, RANGE.payee_name)
    assert account.payment_reference.startswith("RF")
    assert holders(office) == {account.iban: Holder("L1", "P1", office.lease().virtual_iban)}


def test_an_account_is_for_ever_whatever_is_said_of_its_co_tenant() -> None:
    office = an_office()
    office.load(parties_file(a_party("P1")), "one")
    before = accounts(office)
    assert office.load(parties_file(a_party("P1")), "again") == {"L1/P1": ("unchanged", "")}
    changed = parties_file(a_party("P1", "guarantor", "2026-12-31", "Alex Roux-Blanc"), sequence=2)
    assert office.load(changed, "two") == {"L1/P1": ("accepted", "")}
    LandlordRows(office.memory).put(replace(APART, virtual_iban_per=VirtualIbanPer.LEASE))
    assert office.load(parties_file(a_party("P1"), sequence=3), "three") == {"L1/P1": ("accepted", "")}
    assert accounts(office) == before


def test_accounts_come_from_the_pool_and_who_finds_none_is_refused_until_it_is_filled() -> None:
    office = Office(replace(APART, virtual_iban_range=None, virtual_iban_pool="listed"))
    office.load(pool_file(POOL[:2]), "pool")
    office.leases("L1")
    results = office.load(parties_file(a_party("P1"), a_party("P2"), a_party("P3", "holder")), "one")
    assert sorted(results.values()) == [("accepted", "")] * 2 + [("refused", "virtual_iban_exhausted")]
    assert office.alerts() == [("virtual_iban_capacity", "virtual-ibans")]
    assert {holder.party_id for holder in holders(office).values() if holder} == {"P1"}
    office.load(pool_file(POOL[2:], 2), "filled")
    assert office.load(parties_file(a_party("P2"), sequence=2), "two") == {"L1/P2": ("accepted", "")}
    assert {account.payee_name for account in accounts(office).values() if account} == {"SEMIGA LOYERS"}


def test_the_end_of_a_range_is_told_in_time() -> None:
    office = an_office(replace(APART, virtual_iban_range=TINY))
    office.load(parties_file(*(a_party(f"P{number}") for number in range(8))))
    assert office.alerts() == [("virtual_iban_capacity", "virtual-ibans")]


@pytest.mark.parametrize("after", [False, True])
def test_wherever_a_worker_dies_the_message_again_gives_each_one_account(*, after: bool) -> None:
    for death in every_death(after=after):
        office = an_office()
        (message,) = office.messages(parties_file(a_party("P1"), a_party("P2")), "one")
        with death:
            office.applier(death.on(office.memory)).apply(message)
        office.applier().apply(message)
        assert office.results("one") == {"L1/P1": ("accepted", ""), "L1/P2": ("accepted", "")}
        known = holders(office)
        assert len(known) == 2
        assert {holder.party_id for holder in known.values() if holder} == {"P1", "P2"}


def test_of_two_files_at_once_one_opens_the_account() -> None:
    for call in range(1, 12):
        office = an_office()
        (first,) = office.messages(parties_file(a_party("P1")), "one")
        (second,) = office.messages(parties_file(a_party("P1", name="Alex Blanc"), sequence=2), "two")
        meanwhile = partial(office.applier().apply, second)
        office.applier(InterruptedTable(office.memory, call, meanwhile)).apply(first)
        account = accounts(office)["P1"]
        assert account is not None
        (party,) = LeaseRows(office.memory).parties(LANDLORD, "L1")
        assert party.name == "Alex Blanc"
        issued = [row for key, row in office.memory.rows.items() if key.sk == "virtual-iban" and "party_id" in row]
        assert [row["PK"].rpartition("#")[2] for row in issued] == [account.iban]
