"""Exports as they are written: what a spreadsheet may open without harm."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from builders import DAY, a_credit, a_virtual_iban, reported
from unit.web.office import CHEQUE, Office, Shelf

from quitus.domain.errors import NotFound
from quitus.domain.movement import Means, Nature
from quitus.services.messages import ExportOrder
from quitus.services.write_exports import Euros, csv_line

NOVEMBER = ("2026-11-01", "2026-11-30")


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def rows(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_entries_are_lines_that_balance(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    payment_id = office.post(reported(a_credit(46000, iban)))
    text = office.exported("entries", *NOVEMBER)
    assert text.startswith("\ufeffentry_id;booking_date;")
    assert text.endswith("\r\n")
    lines = rows(text)
    assert [(line["account"], line["debit"], line["credit"]) for line in lines] == [
        ("512", "460.00", "0.00"),
        ("411", "0.00", "450.00"),
        ("4195", "0.00", "10.00"),
    ]
    assert {line["payment_id"] for line in lines} == {payment_id}
    assert {line["rule"] for line in lines} == {"virtual_iban"}


def test_entries_are_those_booked_in_the_days_asked_for(office: Office) -> None:
    payment_id = office.post(reported(a_credit(27500, a_virtual_iban(9_999_999), booking_date=date(2026, 10, 30))))
    office.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "L1", "reason": "seen"})
    office.follow()
    assert {line["kind"] for line in rows(office.exported("entries", *NOVEMBER))} == {"assignment"}
    october = office.exported("entries", "2026-10-01", "2026-10-31")
    assert {line["kind"] for line in rows(october)} == {"receipt"}


def test_receipts_say_where_each_went(office: Office) -> None:
    office.post(reported(a_credit(27500, a_virtual_iban(9_999_999), debtor_name="Inès Petit")))
    office.ask("POST", "/v1/payments", CHEQUE)
    office.follow()
    found = {line["amount"]: line for line in rows(office.exported("receipts", *NOVEMBER))}
    assert (found["450.00"]["residence_id"], found["450.00"]["commune"]) == ("R1", "Nîmes")
    assert (found["275.00"]["status"], found["275.00"]["debtor_name"]) == ("suspense", "Inès Petit")
    assert found["275.00"]["lease_id"] == ""


def test_receipts_say_what_went_back_and_leave_out_what_waits_for_its_payment(office: Office) -> None:
    debit: dict[str, Any] = {"means": Means.DIRECT_DEBIT, "end_to_end_id": "E2E-1"}
    returned = debit | {"booking_date": DAY + timedelta(days=3), "nature": Nature.RETURN, "return_reason": "AM04"}
    paid = office.rent(45000, **debit)
    office.post(reported(a_credit(-45000, None, **returned), message="S-R"))
    office.post(reported(a_credit(-7700, None, **returned | {"end_to_end_id": "E2E-2"}), message="S-R2"))
    listed = [(item["status"], item["amount_cents"]) for item in office.get("/v1/payments")["items"]]
    assert sorted(listed) == [("pending", 7700), ("reversed", 45000)]
    (line,) = rows(office.exported("receipts", *NOVEMBER))
    assert (line["payment_id"], line["booking_date"], line["means"]) == (paid, "2026-11-05", "direct_debit")
    assert (line["status"], line["amount"], line["reversed"]) == ("reversed", "450.00", "450.00")


def test_an_export_never_holds_another_landlords_lines(office: Office) -> None:
    office.settle_in("habitat")
    office.ask("POST", "/v1/payments", CHEQUE)
    office.follow()
    assert rows(office.exported("receipts", *NOVEMBER, "habitat")) == []
    assert rows(office.exported("entries", *NOVEMBER, "habitat")) == []


def test_an_export_that_nobody_asked_for_is_not_written(office: Office) -> None:
    with pytest.raises(NotFound):
        office.export_writer(Shelf()).write(ExportOrder("habitat", "E1"))


@pytest.mark.parametrize("text", ["=1+1", "+33 6", "-5", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_compute_gets_a_quote(text: str) -> None:
    assert next(csv.reader(io.StringIO(csv_line([text]), newline=""), delimiter=";")) == [f"'{text}"]


def test_a_number_stays_a_number() -> None:
    assert csv_line([Euros(-5600), -3, None, "450"]) == "-56.00;-3;;450\r\n"


def test_a_text_with_separators_stays_one_cell() -> None:
    assert csv_line(['a;b"c\nd']) == '"a;b""c\nd"\r\n'
