"""Dues from the ERP: one charging per lease and file, once, in any order, crash or race."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from builders import a_credit, a_due, a_landlord, a_poster, reported
from faults import FaultyTable, Killed
from unit.erp.office import DUE_HEADER, LANDLORD, LEASE_HEADER, Office, a_file, a_lease_line

from quitus.adapters.due_rows import DueRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.errors import Conflict, Invalid, NotFound
from quitus.domain.lease import DueKind
from quitus.domain.money import format_euros, parse_euros

NOVEMBER = (
    "rent;L1;rent;2026-11;2026-12-10;420.00;Loyer",
    "charges;L1;charges;2026-11;2026-12-10;80.00;Charges",
    "rls;L1;aid_rls;2026-11;2026-12-10;-38.00;RLS",
    "apl;L1;aid_apl;2026-11;2026-12-10;-190.00;APL",
)


def dues_file(lines: Any, sequence: int = 1) -> bytes:
    held = list(lines)
    total = sum(parse_euros(line.split(";")[5]) for line in held)
    return a_file("dues", DUE_HEADER, held, sequence, format_euros(total))


def an_office(*lease_ids: str) -> Office:
    office = Office()
    office.leases(*(lease_ids or ("L1",)))
    return office


@pytest.mark.parametrize("lines", list(permutations(NOVEMBER)))
def test_row_order_never_matters(lines: tuple[str, ...]) -> None:
    office = an_office()
    assert set(office.load(dues_file(lines)).values()) == {("accepted", "")}
    account = office.account()
    assert {due.due_id: due.open_cents for due in account.open_dues} == {"rent": 19_200, "charges": 8_000}
    assert (account.balance_cents, account.aid_open_cents) == (27_200, 19_000)
    assert (account.version, account.charge_sequence) == (2, 1)


def test_a_file_again_charges_nothing() -> None:
    office = an_office()
    office.load(dues_file(NOVEMBER))
    before = office.state(without=lambda pk: "#file#" in pk)
    assert set(office.load(dues_file(NOVEMBER), "again").values()) == {("unchanged", "")}
    assert office.state(without=lambda pk: "#file#" in pk) == before


def test_a_new_amount_replaces_the_old_and_zero_cancels() -> None:
    office = an_office()
    office.load(dues_file(NOVEMBER))
    changed = [line.replace("80.00", "100.00") for line in NOVEMBER]
    results = office.load(dues_file(changed, 2), "two")
    assert results["charges"] == ("accepted", "")
    assert results["rent"] == ("unchanged", "")
    assert office.account().balance_cents == 29_200
    office.load(dues_file(["charges;L1;charges;2026-11;2026-12-10;0.00;"], 3), "three")
    assert office.account().balance_cents == 19_200
    assert office.load(dues_file(NOVEMBER), "one-again")["charges"] == ("unchanged", "")


def test_a_due_belongs_to_one_lease_for_ever() -> None:
    office = an_office("L1", "L2")
    office.load(dues_file(NOVEMBER))
    other = [line.replace("L1", "L2") for line in NOVEMBER]
    assert set(office.load(dues_file(other, 2), "two").values()) == {("refused", "due_of_other_lease")}
    assert office.account("L2").version == 1


def test_a_hundred_and_fifty_dues_of_one_lease_are_all_charged() -> None:
    office = an_office()
    lines = [
        f"D{number};L1;rent;20{10 + number // 12}-{number % 12 + 1:02d};2026-12-10;10.00;" for number in range(150)
    ]
    results = office.load(dues_file(lines))
    assert set(results.values()) == {("accepted", "")}
    assert office.account().balance_cents == 150_000


MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][1:]
YEARS = [
    f"{kind}-{month};L1;{kind};{month};{month}-10;{amount};"
    for month in MONTHS
    for kind, amount in (
        ("rent", "400.00"),
        ("charges", "60.00"),
        ("aid_apl", "-150.00"),
        ("insurance", "5.00"),
        ("adjustment", "-1.00"),
    )
]


def test_more_rows_than_a_transaction_holds_stand_as_if_it_held_them() -> None:
    """Each month's aid is spent on its own month, the other negatives on the oldest, credits last."""
    office = an_office()
    pay(office, 50_000)
    assert set(office.load(dues_file(reversed(YEARS))).values()) == {("accepted", "")}
    account = office.account()
    left = {due.due_id: due.open_cents for due in account.open_dues}
    assert account.balance_cents == sum(left.values()) == len(MONTHS) * 31_400 - 50_000
    assert left["rent-2025-03"] == 25_000 - (50_000 + len(MONTHS) * 100 - 31_500)
    assert {left[f"rent-{month}"] for month in MONTHS[2:]} == {25_000}
    assert {left[f"charges-{month}"] for month in MONTHS[2:]} == {6_000}


def pay(office: Office, cents: int) -> None:
    poster = a_poster(office.memory, office.clock)
    poster.post(office.landlord, [reported(a_credit(cents, office.lease().virtual_iban))])


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, 14))
def test_killed_anywhere_and_delivered_again_each_due_is_charged_once(call: int, after: bool) -> None:
    office = an_office(*(f"L{number}" for number in range(20)))
    lines = [
        line.replace("L1;", f"L{n};").replace(line.split(";")[0], f"{line.split(';')[0]}-{n}", 1)
        for n in range(20)
        for line in NOVEMBER
    ]
    (message,) = office.messages(dues_file(lines), "F1")
    try:
        office.applier(FaultyTable(office.memory, call, after=after)).apply(message)
    except Killed:
        office.applier().apply(message)
    assert set(office.results("F1").values()) == {("accepted", "")}
    for number in range(20):
        account = office.account(f"L{number}")
        assert (account.balance_cents, account.version, account.charge_sequence) == (27_200, 2, 1)
        assert len(LedgerRows(office.memory).dues(LANDLORD, f"L{number}")) == 4


class Busy:
    """A table on which something else happens to L1 right before the first charging of it is written."""

    def __init__(self, office: Office, meanwhile: Callable[[], object]) -> None:
        self._office = office
        self._meanwhile = meanwhile
        self._left = 1

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._office.memory, name)
        if name != "write":
            return method

        def write(writes: Any) -> None:
            if self._left and any("#lease#L1" in item.key.pk and item.key.sk == "account" for item in writes):
                self._left -= 1
                self._meanwhile()
            method(writes)

        return write


def test_a_lease_that_others_change_meanwhile_is_charged_on_what_they_left() -> None:
    office = an_office("L1", "L2")
    lines = [*NOVEMBER, "L2-rent;L2;rent;2026-11;2026-12-10;100.00;"]
    (message,) = office.messages(dues_file(lines), "F1")
    other = office.changes()
    office.applier(Busy(office, lambda: other.put_due(office.landlord, a_due("other", 1_000)))).apply(message)
    assert office.account("L1").balance_cents == 28_200
    assert office.account("L2").balance_cents == 10_000
    assert office.account("L1").charge_sequence == 2


RENT = "rent;L1;rent;2026-11;2026-12-10;{};"


@pytest.mark.parametrize("amount", [0, 30_000])
def test_what_is_put_over_http_is_not_undone_by_the_file_that_came_before_it(amount: int) -> None:
    office = an_office()
    (message,) = office.messages(dues_file([RENT.format("500.00")]), "F1")
    office.applier().apply(message)
    office.changes().put_due(office.landlord, a_due("rent", amount))
    office.applier().apply(message)
    again = office.load(dues_file([RENT.format("500.00")]), "F1-again")
    assert (again, office.account().balance_cents) == ({"rent": ("unchanged", "")}, amount)


def test_a_newer_file_has_the_last_word_on_what_was_put_over_http() -> None:
    office = an_office()
    office.load(dues_file([RENT.format("500.00")]))
    office.changes().put_due(office.landlord, a_due("rent", 0))
    assert office.load(dues_file([RENT.format("510.00")], 3), "three")["rent"] == ("accepted", "")
    assert office.load(dues_file([RENT.format("520.00")], 2), "two-late")["rent"] == ("unchanged", "")
    assert office.account().balance_cents == 51_000


def test_a_due_first_put_over_http_then_confirmed_by_a_file_is_not_undone_by_that_file() -> None:
    office = an_office()
    office.changes().put_due(office.landlord, a_due("rent", 50_000, date(2026, 12, 10), period="2026-11"))
    (message,) = office.messages(dues_file([RENT.format("500.00")]), "F1")
    office.applier().apply(message)
    office.changes().put_due(office.landlord, a_due("rent", 0))
    office.applier().apply(message)
    office.load(dues_file([RENT.format("500.00")]), "F1-again")
    assert office.account().balance_cents == 0


def test_a_batch_that_was_worked_is_not_worked_again_whatever_changed_since() -> None:
    office = Office()
    (message,) = office.messages(dues_file([RENT.format("500.00")]), "F1")
    office.applier().apply(message)
    office.leases("L1")
    office.applier().apply(message)
    assert office.results("F1") == {"rent": ("refused", "unknown_lease")}
    assert office.account().balance_cents == 0


def test_a_newer_file_that_confirms_a_due_meanwhile_wins_over_an_older_one() -> None:
    office = an_office()
    office.load(dues_file([RENT.format("500.00")]))
    (older,) = office.messages(dues_file([RENT.format("400.00")], 2), "two")
    newer = dues_file([RENT.format("500.00")], 3)
    office.applier(Busy(office, lambda: office.load(newer, "three"))).apply(older)
    assert (office.results("two"), office.account().balance_cents) == ({"rent": ("unchanged", "")}, 50_000)


def test_a_label_is_gone_when_the_next_file_gives_none() -> None:
    office = an_office()
    office.load(dues_file([f"{RENT.format('500.00')}Loyer"]))
    office.load(dues_file([RENT.format("500.00")], 2), "two")
    assert LedgerRows(office.memory).dues(LANDLORD, "L1")["rent"].label is None


def test_charging_entries_are_kept_and_balance() -> None:
    office = an_office()
    office.load(dues_file(NOVEMBER))
    (entry,) = DueRows(office.memory).charges(LANDLORD, "L1")
    assert [(line.account, line.auxiliary, line.debit_cents, line.credit_cents) for line in entry.lines] == [
        ("411", "L1", 27_200, 0),
        ("467", None, 19_000, 0),
        ("899", None, 0, 46_200),
    ]


def test_over_http_a_due_is_created_unchanged_changed() -> None:
    office = an_office()
    changes, landlord = office.changes(), a_landlord()
    first = changes.put_due(landlord, a_due("nov", 45_000))
    again = changes.put_due(landlord, a_due("nov", 45_000))
    lower = changes.put_due(landlord, a_due("nov", 40_000))
    assert [(held.created, held.changed, held.standing.open_cents) for held in (first, again, lower)] == [
        (True, True, 45_000),
        (False, False, 45_000),
        (False, True, 40_000),
    ]


def test_over_http_refusals_have_their_codes() -> None:
    office = an_office("L1", "L2")
    changes, landlord = office.changes(), a_landlord()
    changes.put_due(landlord, a_due("nov", 45_000))
    with pytest.raises(NotFound) as unknown:
        changes.put_due(landlord, a_due("x", 1, lease_id="L9"))
    with pytest.raises(Conflict) as taken:
        changes.put_due(landlord, a_due("nov", 1, lease_id="L2"))
    with pytest.raises(Invalid) as positive:
        changes.put_due(landlord, a_due("aid", 1, kind=DueKind.AID_RLS))
    codes = [error.value.code for error in (unknown, taken, positive)]
    assert codes == ["lease_not_found", "due_of_other_lease", "aid_not_negative"]


def test_a_lease_unchanged_by_the_api_is_not_undone_by_a_replay() -> None:
    office = an_office()
    lease = office.lease()
    office.changes().put_lease(office.landlord, lease.__class__(**{**_fields(lease), "holder_name": "Alex Roux"}))
    office.load(a_file("leases", LEASE_HEADER, [a_lease_line("L1")]), "again")
    assert office.lease().holder_name == "Alex Roux"


def _fields(lease: Any) -> dict[str, Any]:
    return {name: getattr(lease, name) for name in lease.__dataclass_fields__}
