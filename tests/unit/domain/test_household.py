"""A payment over the leases of an account group: whose dues, in which order, whose rest, which entries."""

from __future__ import annotations

from datetime import date, timedelta

from builders import DAY, an_account, an_open_due

from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.household import Booking, Choice, Household, Households, Part, allocations_of, rest_of, spread
from quitus.domain.lease import CreditLot, Debtor, DueKind
from quitus.domain.ledger import Chart, EntryKind, Role
from quitus.domain.plan import Instalment, InstalmentPlan

RENT, PARK = an_open_due("nov", 45000), an_open_due("park", 4500, DAY - timedelta(days=40))
HOME = an_account(RENT, group="G1")
PARKING = an_account(PARK, lease_id="P1", group="G1")
BOTH = Households({"L1": HOME, "P1": PARKING}, {"G1": {"L1": False, "P1": True}})


def parts_of(
    household: Household, cents: int, choice: Choice | None = None
) -> list[tuple[str, list[tuple[str, int, AllocationRule]], int]]:
    parts = spread(household, Debtor.TENANT, cents, DAY, choice)
    return [(part.lease_id, list(part.settlement.paid), part.settlement.rest_cents) for part in parts]


OLDEST, TARGET, CREDIT, PERSON, PLAN = (
    AllocationRule.OLDEST_DUE,
    AllocationRule.TARGET,
    AllocationRule.CREDIT,
    AllocationRule.PERSON,
    AllocationRule.PLAN,
)


def test_who_shares_an_account_group_is_one_household_and_a_lease_of_none_is_alone() -> None:
    household = BOTH.of("P1")
    assert household == Household("P1", {"L1": HOME, "P1": PARKING}, frozenset({"P1"}))
    assert (household.main_account, household.together) == (PARKING, "group G1")
    alone = an_account(RENT)
    for groups in ({}, {"XXXX": {"P1": True}}, {"": {"P1": True}}):
        held = Households({"L1": alone, "P1": PARKING}, groups if "" not in groups else {})
        assert held.of("L1") == Household.alone(alone) == Household("L1", {"L1": alone})
    assert Household.alone(alone).together == "L1"


def test_leases_of_the_group_that_are_not_read_are_left_out_and_accounts_are_as_they_are_meanwhile() -> None:
    held = Households({"L1": HOME}, {"G1": {"L1": False, "P1": True}})
    assert list(held.of("L1").accounts) == ["L1"]
    later = an_account(group="G1")
    assert BOTH.of("L1", {"L1": later, "P1": PARKING}).accounts == {"L1": later, "P1": PARKING}


def test_the_payer_of_aids_sees_the_aids_of_the_main_lease_only() -> None:
    aid = an_open_due("apl", 19000, kind=DueKind.AID_APL)
    household = Household("L1", {"L1": an_account(RENT, group="G1", aid_dues=(aid,)), "P1": PARKING})
    assert {name: account.open_dues for name, account in household.facing(Debtor.PAYER).items()} == {"L1": (aid,)}
    assert household.facing(Debtor.TENANT) == household.accounts
    (part,) = spread(household, Debtor.PAYER, 20000, DAY)
    assert (part.settlement.paid, part.settlement.rest_cents) == ((("apl", 19000, OLDEST),), 1000)


def test_the_dwelling_comes_first_and_the_rest_is_the_main_leases() -> None:
    assert parts_of(BOTH.of("P1"), 46000) == [("P1", [("park", 1000, OLDEST)], 0), ("L1", [("nov", 45000, OLDEST)], 0)]
    assert parts_of(BOTH.of("L1"), 50000) == [
        ("L1", [("nov", 45000, OLDEST)], 500),
        ("P1", [("park", 4500, OLDEST)], 0),
    ]
    assert parts_of(BOTH.of("P1"), 50000)[0] == ("P1", [("park", 4500, OLDEST)], 500)
    assert parts_of(BOTH.of("P1"), 100) == [("P1", [], 0), ("L1", [("nov", 100, OLDEST)], 0)]
    assert parts_of(BOTH.of("L1"), 100) == [("L1", [("nov", 100, OLDEST)], 0)]


def test_what_is_left_open_stays_with_its_lease() -> None:
    home, parking = spread(BOTH.of("L1"), Debtor.TENANT, 46000, DAY)
    assert home.settlement.open_dues == ()
    assert [(due.due_id, due.open_cents) for due in parking.settlement.open_dues] == [("park", 3500)]
    home, *others = spread(BOTH.of("L1"), Debtor.TENANT, 400, DAY)
    assert ([(due.due_id, due.open_cents) for due in home.settlement.open_dues], others) == ([("nov", 44600)], [])


def test_a_choice_decides_in_a_group_and_alone() -> None:
    for household in (BOTH.of("L1"), Household.alone(an_account(RENT, PARK))):
        by_person = [item for _, paid, _ in parts_of(household, 4600, Choice(["park"], PERSON)) for item in paid]
        assert sorted(by_person) == [("nov", 100, OLDEST), ("park", 4500, PERSON)]
        named = [item for _, paid, _ in parts_of(household, 4600, Choice(["park"])) for item in paid]
        assert sorted(named) == [("nov", 100, OLDEST), ("park", 4500, TARGET)]
        credit = [item for _, paid, _ in parts_of(household, 49500, Choice(rule=CREDIT)) for item in paid]
        assert {rule for *_, rule in credit} == {CREDIT}


def test_a_plan_of_any_lease_runs_in_a_group_and_alone() -> None:
    old = an_open_due("old", 96000, date(2026, 6, 10))
    plan = InstalmentPlan(1, (Instalment(DAY, 8000),), (("old", 96000),))
    alone = an_account(old, RENT, plan=plan)
    grouped = an_account(old, RENT, plan=plan, group="G1")
    members = {"L1": False, "P1": True}
    for household in (
        Household.alone(alone),
        Households({"L1": grouped, "P1": an_account(lease_id="P1", group="G1")}, {"G1": members}).of("L1"),
    ):
        (part, *_) = parts_of(household, 46000)
        assert part == ("L1", [("nov", 45000, PLAN), ("old", 1000, PLAN)], 0)


def test_the_booking_of_parts_is_an_entry_each_and_the_accounts_after_them() -> None:
    parts = spread(BOTH.of("L1"), Debtor.TENANT, 50000, DAY)
    booking = Booking("p", "p-1", EntryKind.RECEIPT, DAY, Role.BANK, Debtor.TENANT, Chart())
    entries, accounts = booking.book(parts)
    assert [(entry.entry_id, entry.lease_id) for entry in entries] == [("p-1", "L1"), ("p-1-2", "P1")]
    assert (accounts["L1"].credits, accounts["L1"].recent) == ((CreditLot("p", 500),), ())
    assert (accounts["P1"].open_dues, accounts["P1"].credits) == ((), ())
    paid = (Allocation("L1", "nov", 45000, OLDEST), Allocation("P1", "park", 4500, OLDEST))
    assert (allocations_of(parts), rest_of(parts)) == (paid, 500)
    assert [part.paid_cents for part in parts] == [45000, 4500]


def test_a_part_that_gets_nothing_changes_nothing() -> None:
    (part,) = spread(Household.alone(an_account(RENT)), Debtor.TENANT, 0, DAY)
    booking = Booking("p", "p-1", EntryKind.RECEIPT, DAY, Role.BANK, Debtor.TENANT, Chart())
    assert (part.is_booked, booking.book([part])) == (False, ((), {"L1": part.account}))
    assert isinstance(part, Part)
