"""A list is kept once, as it was first read, whatever its mapping is when it comes again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from acceptance.case import Case, erp_worker
from acceptance.test_lists import a_case, caf_list, suspense, tenant
from unit.web.office import CAF
from unit.web.office import LANDLORD as SETTINGS

from quitus.adapters import list_keys
from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.beneficiary_rows import BeneficiaryRows
from quitus.adapters.list_rows import ListRows
from quitus.services.drops import DroppedObject
from quitus.services.erp_files import ErpKind
from quitus.services.erp_rows import record_of
from quitus.services.leases import Origin
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
    row = case.office.table.rows[list_keys.list_lines("semiga", list_id, held.reading, 1)]
    row["lines"] = row["lines"][:1]
    paid = case.report("300.00", debtor_name="CAF DU GARD")
    case.settle()
    told = case.get(f"/v1/lists/{list_id}")
    assert (told["status"], told["wait"]) == ("waiting", "lines_differ")
    assert ("list_not_paired", list_id) in case.alerts()
    assert suspense(case) == [("300.00", "awaiting_list")]
    given = case.ask("POST", f"/v1/lists/{list_id}/transfer", {"payment_id": paid, "reason": "si"})
    assert (given.status, given.body["error"]["code"]) == (409, "list_lines_differ")


def erp_says(case: Case, sequence: int, **leases: str) -> list[tuple[str, str]]:
    """Rows of a file `beneficiaries`: the lease of each number (`n1000001`); status and reason of each."""
    told = [{"payer_id": "caf", "number": name[1:], "lease_id": lease_id} for name, lease_id in leases.items()]
    records = {line: record_of(ErpKind.BENEFICIARIES, cells) for line, cells in enumerate(told, 3)}
    worker, landlord = erp_worker(case.office.table, case.office.clock), case.office.desk.landlords.get("semiga")
    verdicts = worker.work(landlord, ErpKind.BENEFICIARIES, records, Origin(sequence, f"B{sequence}"))
    return [(verdict.fate.value, verdict.reason) for _, verdict in sorted(verdicts.items())]


def number_is_of(case: Case) -> str | None:
    return BeneficiaryRows(case.office.table).leases("semiga", "caf", ["77"]).get("77")


def test_the_erp_does_not_change_what_a_person_said_of_a_number(case: Case) -> None:
    assert erp_says(case, 1, n77="L1", n78="L1") == [("accepted", ""), ("accepted", "")]
    path = "/v1/payers/caf/beneficiaries/77"
    assert case.ask("PUT", path, {"lease_id": "L2"}, role="accountant").status == 200
    assert erp_says(case, 2, n77="L1", n78="L2") == [("refused", "decided_by_person"), ("accepted", "")]
    assert erp_says(case, 3, n77="L2", n78="L2") == [("unchanged", ""), ("unchanged", "")]
    assert number_is_of(case) == "L2"
    asked = case.ask("PUT", path, {"lease_id": "L1"}, role="erp")
    assert (asked.status, asked.body["error"]["code"]) == (409, "decided_by_person")
    assert case.ask("PUT", path, {"lease_id": "L2"}, role="erp").status == 200
    assert erp_says(case, 4, n77="L1") == [("refused", "decided_by_person")]
    assert case.ask("PUT", path, {"lease_id": "L1"}, role="accountant").status == 200
    assert number_is_of(case) == "L1"


def test_a_number_that_a_person_taught_by_a_line_stands_against_a_file_of_the_erp(case: Case) -> None:
    case.drop_list(caf_list(("1000001", "100.00"), ("77", "150.00")))
    case.report("250.00", debtor_name="CAF DU GARD")
    case.settle()
    (apart,) = case.get("/v1/payments", status="suspense")["items"]
    body = {"lease_id": "L2", "reason": "nouveau numéro"}
    assert case.ask("POST", f"/v1/payments/{apart['payment_id']}/assign", body).status == 200
    assert erp_says(case, 1, n77="L1") == [("refused", "decided_by_person")]
    assert number_is_of(case) == "L2"


def test_a_person_who_decides_while_a_file_of_the_erp_is_applied_is_heard(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, asked = BeneficiaryRows.held, list[int]()

    def and_a_person_decides(rows: BeneficiaryRows, *about: Any) -> Any:
        found = held(rows, *about)
        asked.append(len(found))
        if len(asked) == 1:
            assert case.ask("PUT", "/v1/payers/caf/beneficiaries/77", {"lease_id": "L2"}).status == 201
        return found

    monkeypatch.setattr(BeneficiaryRows, "held", and_a_person_decides)
    assert erp_says(case, 1, n77="L1", n78="L1") == [("refused", "decided_by_person"), ("accepted", "")]
    assert (number_is_of(case), asked) == ("L2", [0, 0, 1])


@pytest.mark.parametrize("missed", ["when it is given", "when it is withdrawn"])
def test_the_alert_of_a_list_is_closed_also_if_whoever_decided_died_before(
    case: Case, monkeypatch: pytest.MonkeyPatch, missed: str
) -> None:
    one, other = (case.report("300.00", day, debtor_name="CAF DU GARD") for day in ("2026-11-03", "2026-11-04"))
    list_id = case.drop_list(caf_list(("1000001", "100.00"), ("1000002", "200.00")))
    case.settle()
    assert ("list_not_paired", list_id) in case.alerts()
    act, more = ("transfer", {"payment_id": one}) if "given" in missed else ("withdraw", {})
    with monkeypatch.context() as patch:
        patch.setattr(AlertRows, "close", lambda *_: None)
        asked = case.ask("POST", f"/v1/lists/{list_id}/{act}", {"reason": "vu"} | more)
    assert (asked.status, ("list_not_paired", list_id) in case.alerts()) == (200, True)
    case.settle()
    assert ("list_not_paired", list_id) not in case.alerts()
    assert case.payment(other)["status"] == "suspense"


def test_the_alert_of_a_list_that_is_given_while_another_explains_it_is_closed(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looked before it was given raises the alert after."""
    paid = case.report("300.00", debtor_name="CAF DU GARD")
    list_id = case.drop_list(caf_list(("1000001", "100.00"), ("1000002", "200.00")))
    explained, late = AlertRows.alert, [True]
    given = {"payment_id": paid, "reason": "vu"}

    def and_a_person_gives(rows: AlertRows, *about: Any) -> None:
        if late.pop():
            assert case.ask("POST", f"/v1/lists/{list_id}/transfer", given).status == 200
        explained(rows, *about)
        late.append(False)

    case.report("300.00", "2026-11-04", debtor_name="CAF DU GARD")
    with monkeypatch.context() as patch:
        patch.setattr(AlertRows, "alert", and_a_person_gives)
        case.settle()
    assert case.get(f"/v1/lists/{list_id}")["status"] == "posted"
    assert ("list_not_paired", list_id) not in case.alerts()
