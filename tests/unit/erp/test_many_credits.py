"""A lease with more credits than one transaction holds: charged and unassigned in several steps, each of them whole."""

from __future__ import annotations

import pytest
from builders import a_credit, a_due, a_poster, reported
from faults import every_death
from unit.erp.office import DUE_HEADER, LANDLORD, Office, a_file
from unit.web.office import CHEQUE, RENT
from unit.web.office import Office as StaffOffice

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable

MANY = 120
PAID = sum(range(100, 100 + MANY))
"""What MANY receipts of 1.00, 1.01, … make."""


def an_office_paid_in_advance() -> Office:
    office = Office()
    office.leases("L1", "L2")
    iban = office.lease("L1").virtual_iban
    receipts = [reported(a_credit(100 + number, iban)) for number in range(MANY)]
    a_poster(office.memory, office.clock).post(office.landlord, receipts)
    assert office.account("L1").credit_cents == PAID
    return office


def dues_file() -> bytes:
    rows = ["D1;L1;rent;2026-11;2026-11-10;500.00;", "D2;L2;rent;2026-11;2026-11-10;500.00;"]
    return a_file("dues", DUE_HEADER, rows, 1, "1000.00")


def uses(table: MemoryTable) -> int:
    return sum("#use#" in key.sk for key in table.rows)


def holds_charged(office: Office) -> None:
    account = office.account("L1")
    assert (account.balance_cents, account.credit_cents) == (50_000 - PAID, 0)
    assert [due.open_cents for due in account.open_dues] == [50_000 - PAID]
    assert (uses(office.memory), account.sequence) == (MANY, 2 * MANY)
    assert office.account("L2").balance_cents == 50_000


def test_a_file_charges_every_lease_however_many_credits_one_of_them_has() -> None:
    office = an_office_paid_in_advance()
    assert set(office.load(dues_file()).values()) == {("accepted", "")}
    holds_charged(office)


@pytest.mark.parametrize("after", [False, True])
def test_killed_between_two_steps_the_next_delivery_goes_on(after: bool) -> None:
    for death in every_death(after=after):
        office = an_office_paid_in_advance()
        (message,) = office.messages(dues_file(), "F1")
        with death:
            office.applier(death.on(office.memory)).apply(message)
        if death.came:
            office.applier().apply(message)
        holds_charged(office)


def test_over_http_the_answer_says_what_is_open_after_the_last_step() -> None:
    office = an_office_paid_in_advance()
    result = office.changes().put_due(office.landlord, a_due("D1", 50_000))
    assert (result.created, result.standing.open_cents) == (True, 50_000 - PAID)


def test_every_payment_says_which_due_its_credit_went_to() -> None:
    office = an_office_paid_in_advance()
    office.load(dues_file())
    ledger = LedgerRows(office.memory)
    rows = [key for key in office.memory.rows if "#movement#" in key.pk and key.sk.isdecimal()]
    buckets = [(keys.bucket_of(keys.parse(key.pk)[2]), int(key.sk)) for key in rows]
    payments = [ledger.payment(LANDLORD, bucket.payment_id(ordinal)) for bucket, ordinal in buckets]
    assert {payment.credit_cents for payment in payments} == {0}
    assert sum(part.amount_cents for payment in payments for part in payment.allocations) == PAID


def test_unassigning_a_payment_lets_all_later_credits_take_its_place() -> None:
    office = StaffOffice().settle_in()
    first = office.ask("POST", "/v1/payments", CHEQUE).body["payment_id"]
    for _ in range(MANY):
        office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 100})
    assert office.get("/v1/leases/L1")["balance_cents"] == -100 * MANY
    taken = office.ask("POST", f"/v1/payments/{first}/unassign", {"reason": "another tenant's"})
    lease = office.get("/v1/leases/L1")
    assert (taken.status, lease["balance_cents"], lease["credit_cents"]) == (200, RENT["amount_cents"] - 100 * MANY, 0)
