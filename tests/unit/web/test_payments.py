"""Payments: looked up, listed, recorded by hand, decided on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest
from builders import a_credit, a_virtual_iban, reported
from faults import every_death
from unit.views.estate import books
from unit.web.office import CHEQUE, LEASE, RENT, Answered, Office

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.movement import Means, Nature

UNHELD = a_virtual_iban(9_999_999)


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def in_suspense(office: Office, cents: int = 27500, **changes: Any) -> str:
    return office.post(reported(a_credit(cents, UNHELD, debtor_name="Inès Petit", **changes)))


def balance(office: Office, lease_id: str = "L1") -> int:
    return int(office.get(f"/v1/leases/{lease_id}")["balance_cents"])


def test_a_payment_says_whose_it_is_why_and_what_it_settled(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    payment_id = office.post(reported(a_credit(46000, iban, debtor_name="Camille Roux", remittance="LOYER")))
    payment = office.get(f"/v1/payments/{payment_id}", role="viewer")
    assert payment["status"] == "posted"
    assert (payment["amount_cents"], payment["booking_date"], payment["means"]) == (46000, "2026-11-05", "transfer")
    assert (payment["debtor_name"], payment["remittance"], payment["lease_id"]) == ("Camille Roux", "LOYER", "L1")
    assert payment["match"]["rule"] == "virtual_iban"
    assert payment["match"]["evidence"]["virtual_iban"] == iban
    settled = {"lease_id": "L1", "due_id": "nov-L1", "amount_cents": 45000, "rule": "oldest_due"}
    assert payment["allocations"] == [settled]
    assert payment["credit_cents"] == 1000
    assert payment["sources"] == [{"channel": "camt.053", "message": "S1", "file_id": "F1", "event_id": None}]
    assert payment["reversals"] == []


def test_a_list_holds_payments_as_they_are_shown_alone(office: Office) -> None:
    payment_id = in_suspense(office)
    assert office.get("/v1/payments")["items"] == [office.get(f"/v1/payments/{payment_id}")]


def test_the_same_money_reported_twice_has_two_sources(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    first = reported(a_credit(45000, iban, bank_reference="B1"), "camt.054", "N1", "F1")
    payment_id = office.post(first)
    office.post(reported(a_credit(45000, iban, bank_reference="B1"), "camt.053", "S1", "F2"))
    assert len(office.get("/v1/payments")["items"]) == 1
    assert [item["channel"] for item in office.get(f"/v1/payments/{payment_id}")["sources"]] == ["camt.054", "camt.053"]


def test_a_bank_line_that_is_no_payment_is_not_listed_nor_found(office: Office) -> None:
    fee = office.post(reported(a_credit(-1250, nature=Nature.OTHER)))
    assert office.get("/v1/payments")["items"] == []
    assert office.ask("GET", f"/v1/payments/{fee}").status == 404


def test_a_return_that_waits_for_its_original_is_pending_and_positive(office: Office) -> None:
    payment_id = office.post(reported(a_credit(-45000, nature=Nature.RETURN)))
    waiting = office.get("/v1/payments", query={"status": "pending"})["items"]
    assert [(item["payment_id"], item["amount_cents"], item["status"]) for item in waiting] == [
        (payment_id, 45000, "pending")
    ]
    refused = office.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "L1", "reason": "theirs"})
    assert (refused.status, refused.code) == (409, "payment_not_in_suspense")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [20000, 27500, 10000]),
        ({"status": "suspense"}, [27500]),
        ({"status": "posted"}, [20000, 10000]),
        ({"status": "reversed"}, []),
        ({"from": "2026-11-04", "to": "2026-11-04"}, [27500]),
        ({"from": "2026-11-04"}, [20000, 27500]),
        ({"to": "2026-11-04"}, [27500, 10000]),
        ({"status": "suspense", "from": "2026-11-05"}, []),
        ({"means": "card"}, []),
        ({"means": "instant_transfer"}, [10000]),
        ({"residence": "R2"}, [10000]),
        ({"commune": "Nîmes"}, [20000]),
    ],
)
def test_payments_are_found_newest_day_first(office: Office, query: dict[str, str], found: list[int]) -> None:
    ibans = {lease_id: office.get(f"/v1/leases/{lease_id}")["virtual_iban"] for lease_id in ("L1", "L2")}
    early = a_credit(10000, ibans["L2"], booking_date=date(2026, 11, 3), means=Means.INSTANT_TRANSFER)
    office.post(reported(early))
    in_suspense(office, booking_date=date(2026, 11, 4))
    office.post(reported(a_credit(20000, ibans["L1"]), message="S3"))
    assert [item["amount_cents"] for item in office.get("/v1/payments", query=query)["items"]] == found


@pytest.mark.parametrize("status", ["suspense", ""])
def test_pages_of_payments_follow_one_another(office: Office, status: str) -> None:
    for day in (3, 4, 5):
        for cents in (100, 200):
            in_suspense(office, cents, booking_date=date(2026, 11, day))
    found: list[str] = []
    page: dict[str, Any] = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        page = office.get("/v1/payments", query={"status": status, "limit": "2", "cursor": page["next_cursor"]})
        found += [item["payment_id"] for item in page["items"]]
    assert len(found) == len(set(found)) == 6
    assert [name[:8] for name in found] == sorted((name[:8] for name in found), reverse=True)


def test_a_payment_assigned_between_two_pages_does_not_end_the_list(office: Office) -> None:
    names = [in_suspense(office, cents) for cents in (100, 200, 300)]
    page = office.get("/v1/payments", query={"status": "suspense", "limit": "1"})
    shown = page["items"][0]["payment_id"]
    office.ask("POST", f"/v1/payments/{shown}/assign", {"lease_id": "L1", "reason": "theirs"})
    office.follow()
    rest = office.get("/v1/payments", query={"status": "suspense", "limit": "9", "cursor": page["next_cursor"]})
    assert {item["payment_id"] for item in rest["items"]} == set(names) - {shown}


def test_a_cheque_is_posted_before_the_answer(office: Office) -> None:
    answered = office.ask("POST", "/v1/payments", CHEQUE, role="accountant")
    assert answered.status == 201
    payment = answered.body
    assert (payment["status"], payment["lease_id"], payment["means"]) == ("posted", "L1", "cheque")
    assert payment["match"] == {"rule": "person", "evidence": {"recorded_by": "sub-accountant"}, "reason": None}
    assert (payment["booking_date"], payment["remittance"]) == ("2026-11-05", "0001234")
    assert balance(office) == 0
    assert office.get(f"/v1/payments/{payment['payment_id']}") == payment


def test_a_cheque_waits_in_511(office: Office) -> None:
    office.ask("POST", "/v1/payments", CHEQUE)
    office.follow()
    lines = office.get("/v1/leases/L1/entries")["items"][0]["lines"]
    assert [(line["account"], line["debit_cents"], line["credit_cents"]) for line in lines] == [
        ("511", 45000, 0),
        ("411", 0, 45000),
    ]


def test_the_payer_may_choose_the_due(office: Office) -> None:
    office.ask("PUT", "/v1/leases/L1/dues/dec", RENT | {"period": "2026-12", "due_date": "2026-12-10"})
    chosen = CHEQUE | {"due_ids": ["dec"], "requested_by": "tenant"}
    payment = office.ask("POST", "/v1/payments", chosen).body
    assert [(item["due_id"], item["rule"]) for item in payment["allocations"]] == [("dec", "target")]
    assert payment["match"]["evidence"]["requested_by"] == "tenant"


def test_two_equal_receipts_without_a_key_are_two(office: Office) -> None:
    first, second = (office.ask("POST", "/v1/payments", CHEQUE).body for _ in range(2))
    assert first["payment_id"] != second["payment_id"]
    assert balance(office) == -45000


def test_the_same_key_and_request_is_one_receipt_and_one_answer(office: Office) -> None:
    first, second = (office.ask("POST", "/v1/payments", CHEQUE, key="k1") for _ in range(2))
    assert first == second
    assert first.status == 201
    assert balance(office) == 0


def test_the_order_of_fields_does_not_make_another_request(office: Office) -> None:
    first = office.ask("POST", "/v1/payments", CHEQUE, key="k1")
    again = office.ask("POST", "/v1/payments", dict(reversed(CHEQUE.items())), key="k1")
    assert first == again


def test_the_same_key_with_another_request_is_refused(office: Office) -> None:
    office.ask("POST", "/v1/payments", CHEQUE, key="k1")
    other = office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 1}, key="k1")
    elsewhere = office.ask(
        "POST", "/v1/exports", {"kind": "entries", "from": "2026-11-01", "to": "2026-11-05"}, key="k1"
    )
    assert (other.status, other.code) == (elsewhere.status, elsewhere.code) == (409, "idempotency_key_reused")


def test_keys_of_two_landlords_do_not_meet(office: Office) -> None:
    office.settle_in("habitat")
    office.ask("POST", "/v1/payments", CHEQUE, key="k1")
    assert office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 1}, key="k1", landlord="habitat").status == 201


@pytest.mark.parametrize("key", ["", " ", "é", "a b", "x" * 129])
def test_a_key_that_is_none_is_refused(office: Office, key: str) -> None:
    answered = office.ask("POST", "/v1/payments", CHEQUE, key=key)
    assert answered.status == (201 if key == "" else 422)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lease_id": "NONE"}, 404, "lease_not_found"),
        ({"received_on": "2026-11-06"}, 422, "received_in_future"),
        ({"received_on": "2016-11-04"}, 422, "received_long_ago"),
        ({"due_ids": ["nov-L2"]}, 422, "due_not_of_lease"),
        ({"amount_cents": 0}, 422, "invalid_request"),
        ({"amount_cents": -1}, 422, "invalid_request"),
        ({"amount_cents": 450.0}, 422, "invalid_request"),
        ({"amount_cents": True}, 422, "invalid_request"),
        ({"amount_cents": "45000"}, 422, "invalid_request"),
        ({"amount_cents": None}, 422, "invalid_request"),
        ({"means": "barter"}, 422, "invalid_request"),
        ({"means": "caf"}, 422, "invalid_request"),
        ({"landlord_id": "habitat"}, 422, "invalid_request"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(office: Office, change: dict[str, Any], status: int, code: str) -> None:
    refused = office.ask("POST", "/v1/payments", CHEQUE | change)
    assert (refused.status, refused.code) == (status, code)
    assert balance(office) == 45000


def test_the_day_is_that_of_paris(office: Office) -> None:
    office.clock.instant = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)
    assert office.ask("POST", "/v1/payments", CHEQUE | {"received_on": "2026-11-06"}).status == 201


@pytest.mark.parametrize("after", [False, True])
def test_a_receipt_is_posted_once_wherever_the_process_dies(after: bool) -> None:
    for death in every_death(after=after):
        table = MemoryTable()
        calm = Office(table).settle_in()
        with death:
            answered = Office(death.on(table), calm.clock).ask("POST", "/v1/payments", CHEQUE, key="k1")
        if death.came:
            answered = calm.ask("POST", "/v1/payments", CHEQUE, key="k1")
        assert answered.status == 201
        assert balance(calm) == 0
        assert calm.ask("POST", "/v1/payments", CHEQUE, key="k1") == answered


def do(office: Office, payment_id: str, verb: str, said: dict[str, Any]) -> None:
    answered = office.ask("POST", f"/v1/payments/{payment_id}/{verb}", {"reason": "seen"} | said, key=verb)
    assert answered.status == 200


def group_leases(office: Office) -> None:
    """The credit of one lease pays what the other owes."""
    for lease_id in ("L1", "L2"):
        assert office.ask("PUT", f"/v1/leases/{lease_id}", LEASE | {"account_group": "G1"}).status == 200


def a_large_payment(office: Office) -> str:
    group_leases(office)
    return in_suspense(office, 85000)


def an_assigned_payment(office: Office) -> str:
    """It pays the rent of L1, and there is a credit on L2."""
    group_leases(office)
    payment_id = in_suspense(office, 45000)
    do(office, payment_id, "assign", {"lease_id": "L1"})
    office.rent(55000, "L2")
    return payment_id


def a_cheque(office: Office) -> str:
    """It pays the rent of L1, and there is a credit on L2."""
    group_leases(office)
    payment_id = str(office.ask("POST", "/v1/payments", CHEQUE, key="recorded").body["payment_id"])
    office.rent(55000, "L2")
    return payment_id


PAID = reported(a_credit(45000)).bucket.payment_id(1)


def a_waiting_return(office: Office) -> str:
    """Of a payment of the rent of L1, which it does not name; there is a credit on L2."""
    group_leases(office)
    assert office.rent(45000) == PAID
    office.rent(55000, "L2")
    return office.post(reported(a_credit(-45000, nature=Nature.RETURN), message="S2"))


BROUGHT = {"clears": True, "means": "cheque", "kept_cents": 639}


def a_deposit(office: Office) -> str:
    """The bank's line of a cheque, of which it kept a fee."""
    a_cheque(office)
    return in_suspense(office, 44361)


def a_cleared_deposit(office: Office) -> str:
    line = a_deposit(office)
    do(office, line, "clearing", BROUGHT)
    return line


class Decision(NamedTuple):
    """On what a person decides, what they say of it, and what L1 and L2 owe and what is booked then."""

    on: Callable[[Office], str]
    verb: str
    said: dict[str, Any]
    owed: tuple[int, int]
    books: dict[str, int]


PARTS = [{"lease_id": "L1", "amount_cents": 55000}, {"lease_id": "L2", "amount_cents": 30000}]
FREED = {"512": 55000, "411": -55000}
KEPT = {"411": -90000, "4195": -10000}
DECISIONS = {
    "assign": Decision(in_suspense, "assign", {"lease_id": "L1"}, (17500, 45000), {"512": 27500, "411": -27500}),
    "unassign": Decision(an_assigned_payment, "unassign", {}, (35000, 0), FREED | {"512": 100000, "471": -45000}),
    "split": Decision(a_large_payment, "split", {"parts": PARTS}, (0, 5000), {"512": 85000, "411": -85000}),
    "reverse": Decision(a_cheque, "reverse", {"reversed_on": "2026-11-05"}, (35000, 0), FREED),
    "original": Decision(a_waiting_return, "original", {"payment_id": PAID}, (35000, 0), FREED),
    "none of ours": Decision(a_waiting_return, "original", {"payment_id": None}, (0, -10000), KEPT | {"512": 100000}),
    "clearing": Decision(a_deposit, "clearing", BROUGHT, (0, -10000), KEPT | {"512": 99361, "627": 639}),
    "no clearing": Decision(
        a_cleared_deposit,
        "clearing",
        {"clears": False},
        (0, -10000),
        KEPT | {"511": 45000, "512": 99361, "471": -44361},
    ),
}


def decided(office: Office, decision: Decision) -> tuple[str, dict[str, Any]]:
    """The path and the body that decide, once all is there that is decided on."""
    return f"/v1/payments/{decision.on(office)}/{decision.verb}", {"reason": "seen on the slip"} | decision.said


@pytest.mark.parametrize("decision", DECISIONS.values(), ids=DECISIONS)
@pytest.mark.parametrize("after", [False, True])
def test_a_decision_is_taken_once_wherever_the_process_dies(decision: Decision, after: bool) -> None:
    """Every row is what it is where no process died."""
    undisturbed = Office().settle_in()
    path, body = decided(undisturbed, decision)
    expected = undisturbed.ask("POST", path, body, key="k1")
    undisturbed.follow()
    assert expected.status == 200
    for death in every_death(after=after):
        table = MemoryTable()
        calm = Office(table).settle_in()
        decided(calm, decision)
        with death:
            Office(death.on(table), calm.clock).ask("POST", path, body, key="k1")
        assert [calm.ask("POST", path, body, key="k1") for _ in range(2)] == [expected, expected]
        calm.follow()
        assert (balance(calm), balance(calm, "L2")) == decision.owed
        assert books(table) == decision.books
        assert table.rows == undisturbed.table.rows


def test_the_same_request_twice_at_once_is_one_decision(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    payment_id = in_suspense(office)
    path, body = f"/v1/payments/{payment_id}/assign", {"lease_id": "L1", "reason": "seen"}
    commit, twins = LedgerRows.commit_decision, list[Answered]()

    def while_the_other_runs(*arguments: Any) -> None:
        monkeypatch.setattr(LedgerRows, "commit_decision", commit)
        twins.append(office.ask("POST", path, body, key="k1"))
        commit(*arguments)

    monkeypatch.setattr(LedgerRows, "commit_decision", while_the_other_runs)
    assert office.ask("POST", path, body, key="k1").status == 200
    assert [twin.status for twin in twins] == [200]
    assert balance(office) == 17500


def test_an_officer_assigns_a_payment_and_its_alert_is_closed(office: Office) -> None:
    payment_id = in_suspense(office)
    assert [item["closed_at"] for item in office.get("/v1/alerts")["items"]] == [None]
    order = {"lease_id": "L1", "reason": "seen on the slip", "requested_by": "tenant"}
    assigned = office.ask("POST", f"/v1/payments/{payment_id}/assign", order, role="accountant")
    assert assigned.status == 200
    assert (assigned.body["status"], assigned.body["lease_id"]) == ("posted", "L1")
    assert assigned.body["match"]["rule"] == "person"
    assert assigned.body["match"]["evidence"]["reason"] == "seen on the slip"
    assert balance(office) == 17500
    assert office.get("/v1/alerts")["items"][0]["closed_at"] is not None
    office.follow()
    assert office.get("/v1/payments", query={"status": "suspense"})["items"] == []


def test_what_an_officer_assigned_can_be_taken_back(office: Office) -> None:
    payment_id = in_suspense(office)
    office.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "L1", "reason": "seen"})
    back = office.ask("POST", f"/v1/payments/{payment_id}/unassign", {"lease_id": "L1", "reason": "a mistake"})
    assert (back.status, back.body["status"], back.body["lease_id"]) == (200, "suspense", None)
    assert (back.body["allocations"], back.body["match"]["reason"]) == ([], "unassigned")
    assert balance(office) == 45000
    again = office.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "L2", "reason": "of the other"})
    assert again.body["lease_id"] == "L2"
    assert (balance(office, "L1"), balance(office, "L2")) == (45000, 17500)


def test_a_credit_used_on_two_leases_in_turn_makes_two_entries(office: Office) -> None:
    paid = office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 100000}).body["payment_id"]
    for lease_id in ("L1", "L2"):
        office.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": lease_id, "reason": "of the other"})
        office.ask("PUT", f"/v1/leases/{lease_id}/dues/dec-{lease_id}", RENT)
        if lease_id == "L1":
            office.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "a mistake"})
    office.follow()
    entries = [entry for name in ("L1", "L2") for entry in office.get(f"/v1/leases/{name}/entries")["items"]]
    uses = [(entry["lease_id"], entry["sequence"]) for entry in entries if entry["kind"] == "credit_use"]
    assert uses == [("L1", 2), ("L2", 2)]
    assert len({entry["entry_id"] for entry in entries}) == len(entries) == 5


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("assign", {"lease_id": "NONE", "reason": "x"}, 404, "lease_not_found"),
        ("assign", {"lease_id": "L1"}, 422, "invalid_request"),
        ("assign", {"lease_id": "L1", "reason": ""}, 422, "invalid_request"),
        ("assign", {"lease_id": "L1", "reason": " "}, 422, "invalid_request"),
        ("assign", {"lease_id": "L1", "reason": "x", "due_ids": ["nov-L2"]}, 422, "due_not_of_lease"),
        ("assign", {"lease_id": "L1", "reason": "x", "due_ids": "nov-L1"}, 422, "invalid_request"),
        ("unassign", {"reason": "x"}, 409, "payment_not_posted"),
        ("unassign", {}, 422, "invalid_request"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    office: Office, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    payment_id = in_suspense(office)
    refused = office.ask("POST", f"/v1/payments/{payment_id}/{verb}", body)
    assert (refused.status, refused.code) == (status, code)


def test_a_payment_is_taken_only_off_the_lease_that_was_named(office: Office) -> None:
    payment_id = office.ask("POST", "/v1/payments", CHEQUE).body["payment_id"]
    refused = office.ask("POST", f"/v1/payments/{payment_id}/unassign", {"lease_id": "L2", "reason": "x"})
    assert (refused.status, refused.code) == (409, "payment_on_other_lease")


@pytest.mark.parametrize(
    "payment_id",
    ["nothing", "20261105-1-0123456789-1", "20269999-1-0123456789-1", "00010101-1-0123456789-1", "é", "a%2Fb", "a b"],
)
def test_an_unknown_payment_is_not_found(office: Office, payment_id: str) -> None:
    for method, path, body in (
        ("GET", f"/v1/payments/{payment_id}", None),
        ("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "L1", "reason": "x"}),
        ("POST", f"/v1/payments/{payment_id}/unassign", {"reason": "x"}),
    ):
        answered = office.ask(method, path, body)
        assert (answered.status, answered.code) == (404, "payment_not_found")


def test_what_was_asked_is_in_the_action_log(office: Office) -> None:
    payment_id = in_suspense(office)
    office.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "L1", "reason": "seen"}, key="k9")
    office.ask("POST", "/v1/payments", CHEQUE, key="k8")
    kinds = [kind for _, kind, _ in office.outside.action_log.actions]
    assert kinds[-2:] == ["decisions", "manual-receipts"]


def test_a_request_under_a_key_is_kept_for_ever(office: Office) -> None:
    office.ask("POST", "/v1/payments", CHEQUE, key="k1")
    row = office.table.get(keys.request("semiga", "k1"))
    assert row["status"] == 201
    assert not any("ttl" in name.lower() or "expire" in name.lower() for name in row)
