"""A list is kept once, as it was first read, whatever its mapping is when it comes again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from acceptance.case import Case
from acceptance.test_lists import a_case, caf_list, suspense, tenant
from unit.web.office import CAF
from unit.web.office import LANDLORD as SETTINGS

from quitus.adapters import keys
from quitus.adapters.list_rows import ListRows
from quitus.services.drops import DroppedObject
from quitus.services.list_files import read_list
from quitus.services.list_intake import ListIntake

TWO_SUMS = "Allocataire;Nom;Montant;Brut;Mois\n1000001;A;100,00;110,00;2026-10\n1000002;B;200,00;220,00;2026-10\n"


class Died(Exception):
    """The worker is no more."""


def corrected(case: Case) -> None:
    """An administrator says that another column holds the amounts."""
    layout = CAF["layout"] | {"columns": CAF["layout"]["columns"] | {"amount": "Brut"}}
    settings = SETTINGS | {"bulk_payers": [CAF | {"layout": layout}]}
    assert case.ask("PUT", "/v1/landlords/semiga", settings, role="admin").status == 200


@contextmanager
def dying(method: str) -> Iterator[None]:
    """Whoever takes a list dies where it would be settled."""

    def die(*_: Any) -> None:
        raise Died

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ListIntake, method, die)
        yield


def taken_half(case: Case) -> DroppedObject:
    """The list is kept; its file is not settled."""
    with dying("_settle"), pytest.raises(Died):
        case.drop_list(TWO_SUMS)
    return list(case.drops.bucket.held)[-1]


@pytest.fixture
def case() -> Case:
    made = a_case()
    tenant(made, "L1", "1000001", "100.00")
    tenant(made, "L2", "1000002", "200.00")
    return made


def test_a_list_that_is_kept_stays_as_it_was_read_when_its_file_comes_again(case: Case) -> None:
    dropped = taken_half(case)
    corrected(case)
    file = case.drops.intake(case.office.table).take(dropped)
    assert file is not None
    assert (file.status, file.kind) == ("processed", "list")
    case.report("300.00", debtor_name="CAF DU GARD")
    case.settle()
    held = case.get(f"/v1/lists/{file.file_id}")
    assert (held["status"], held["total_cents"], held["counts"]["posted_cents"]) == ("posted", 30000, 30000)
    assert (case.aid_open("L1"), case.aid_open("L2"), suspense(case)) == ("0.00", "0.00", [])
    case.holds("L1", "L2")


def test_a_list_that_is_withdrawn_before_its_file_is_settled_lets_the_file_be_settled(case: Case) -> None:
    dropped = taken_half(case)
    assert case.ask("POST", f"/v1/lists/{dropped.file_id}/withdraw", {"reason": "doublon"}).status == 200
    file = case.drops.intake(case.office.table).take(dropped)
    assert file is not None
    assert file.status == "processed"
    assert case.get(f"/v1/lists/{dropped.file_id}")["status"] == "withdrawn"


def test_two_who_read_a_file_differently_at_once_leave_the_lines_of_the_list_that_is_kept(case: Case) -> None:
    list_id = case.drop_list(TWO_SUMS)
    lists, layout = ListRows(case.office.table), case.office.desk.landlords.get("semiga").bulk_payers[0].layout
    held = lists.get("semiga", list_id)
    columns = replace(layout.columns, amount="Brut")
    other = read_list(TWO_SUMS.encode(), replace(layout, columns=columns))
    late = replace(held, total_cents=other.total_cents, reading=other.reading)
    assert lists.register(late, other.lines, f"caf-{other.content}") == list_id
    assert [line.cents for line in lists.lines(lists.get("semiga", list_id), 1)] == [10000, 20000]


def test_a_transfer_that_awaits_its_list_goes_on_no_lease_when_another_channel_leaves_its_sender_out(
    case: Case,
) -> None:
    case.let("L3", holder_name="Sophie Durand")
    case.call("rent-L3", "rent", "2026-11-10", "300.00", lease_id="L3")
    paid = case.report("300.00", channel="camt.054", bank_reference="BK-CAF", debtor_name="CAF DU GARD")
    assert case.report("300.00", bank_reference="BK-CAF", debtor_name="DURAND SOPHIE") == paid
    assert (case.balance("L3"), suspense(case)) == ("300.00", [("300.00", "awaiting_list")])
    case.drop_list(caf_list(("1000001", "100.00"), ("1000002", "200.00")))
    case.settle()
    assert (case.aid_open("L1"), case.aid_open("L2"), suspense(case)) == ("0.00", "0.00", [])
    assert case.report("300.00", debtor_name="DURAND SOPHIE") != paid
    assert case.balance("L3") == "0.00"


def test_nothing_is_posted_of_lines_that_are_not_the_sum_of_their_list(case: Case) -> None:
    list_id = case.drop_list(caf_list(("1000001", "100.00"), ("1000002", "200.00")))
    lists = ListRows(case.office.table)
    held = lists.get("semiga", list_id)
    row = case.office.table.rows[keys.list_lines("semiga", list_id, held.reading, 1)]
    row["lines"] = row["lines"][:1]
    paid = case.report("300.00", debtor_name="CAF DU GARD")
    case.settle()
    told = case.get(f"/v1/lists/{list_id}")
    assert (told["status"], told["wait"]) == ("waiting", "lines_differ")
    assert ("list_not_paired", list_id) in case.alerts()
    assert suspense(case) == [("300.00", "awaiting_list")]
    given = case.ask("POST", f"/v1/lists/{list_id}/transfer", {"payment_id": paid, "reason": "si"})
    assert (given.status, given.body["error"]["code"]) == (409, "list_lines_differ")
