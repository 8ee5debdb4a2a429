"""Days are closed once they are proved; their entries get numbers that never change, and make the FEC."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from builders import DAY, a_credit, a_virtual_iban, reported
from faults import Fault, Killed
from unit.web.office import CHEQUE, LANDLORD, Office, other_landlord

from quitus.adapters import closing_keys
from quitus.adapters.closing_rows import ClosingRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.closing import Books
from quitus.domain.fec import COLUMNS
from quitus.domain.movement import Nature

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
UNHELD = a_virtual_iban(9_999_999)


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def close(office: Office, day: date = DAY, **named: Any) -> Any:
    return office.ask("POST", "/v1/closings", {"through": day.isoformat()}, **named)


def fec(office: Office, first: date = BEFORE, last: date = DAY) -> list[dict[str, str]]:
    """That of the day and the one before, unless told."""
    return office.fec(first.isoformat(), last.isoformat())


def numbers(lines: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys((line["JournalCode"], line["EcritureNum"], line["EcritureDate"]) for line in lines))


def test_a_proved_day_is_closed_once(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45000, 0)
    closed = close(office, role="accountant")
    assert (closed.status, closed.body["through"], closed.body["closed_by"]) == (201, "2026-11-05", "sub-accountant")
    assert close(office) == type(closed)(200, closed.body)
    assert close(office, BEFORE) == type(closed)(200, closed.body)
    assert office.get("/v1/closings")["items"] == [closed.body]


def test_a_day_whose_bank_and_books_differ_by_a_cent_stays_open_and_is_not_exported(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45001, 0)
    refused = close(office)
    assert (refused.status, refused.code) == (409, "day_not_closed")
    detail = refused.body["error"]["detail"]
    assert (detail["date"], detail["status"], detail["difference_cents"]) == ("2026-11-05", "gap", 1)
    assert [(line["reason"], line["file_id"], line["amount_cents"]) for line in detail["lines"]] == [
        ("not_posted", "F1", 1)
    ]
    for kind, code in (("entries", "day_not_proved"), ("receipts", "day_not_proved"), ("fec", "day_not_closed")):
        order = {"kind": kind, "from": "2026-11-01", "to": "2026-11-05"}
        blocked = office.ask("POST", "/v1/exports", order)
        assert (blocked.status, blocked.code, blocked.body["error"]["detail"]["date"]) == (409, code, "2026-11-05")
        assert blocked.body["error"]["detail"]["lines"] == detail["lines"]
    assert office.outside.export_queue.sent == []
    untouched = {"kind": "entries", "from": "2026-11-01", "to": "2026-11-04"}
    assert office.ask("POST", "/v1/exports", untouched).status == 202


def test_a_day_that_waits_for_its_statement_stays_open(office: Office) -> None:
    office.rent(45000)
    refused = close(office)
    assert (refused.code, refused.body["error"]["detail"]["status"]) == ("day_not_closed", "awaiting_statement")
    assert (
        office.ask("POST", "/v1/exports", {"kind": "entries", "from": "2026-11-05", "to": "2026-11-05"}).status == 202
    )


def test_a_statement_counts_before_anything_is_posted(office: Office) -> None:
    office.state(BEFORE, 0, 45000, 0)
    for day in (BEFORE, DAY):
        assert close(office, day).code == "day_not_closed"
    office.rent(100)
    office.state(DAY, 45000, 100, 0, name="S2")
    refused = office.ask("POST", "/v1/exports", {"kind": "fec", "from": "2026-11-01", "to": "2026-11-05"})
    assert (refused.code, refused.body["error"]["detail"]["date"]) == ("day_not_closed", BEFORE.isoformat())


def test_an_account_that_is_declared_no_more_is_proved_all_the_same(office: Office) -> None:
    office.rent(45000)
    moved = LANDLORD | {"bank_accounts": other_landlord()["bank_accounts"]}
    assert office.ask("PUT", "/v1/landlords/semiga", moved).status == 200
    assert close(office).code == "day_not_closed"
    assert [one["account_iban"] for one in office.get("/v1/proof", query={"date": "2026-11-04"})["accounts"]] == [
        moved["bank_accounts"][0]["iban"]
    ]


def test_a_day_to_come_cannot_be_closed(office: Office) -> None:
    assert close(office, AFTER).code == "day_not_closed"


def test_a_day_without_a_statement_is_closed_once_the_next_one_went_on(office: Office) -> None:
    first = DAY - timedelta(days=2)
    office.rent(100, booking_date=first)
    office.state(first, 0, 100, 0, name="S1")
    assert close(office, BEFORE).code == "day_not_closed"
    office.rent(45000)
    office.state(DAY, 100, 45000, 0, name="S2")
    assert close(office, BEFORE).status == 201


def test_only_accountants_close(office: Office) -> None:
    assert close(office, role="collections").status == 403


def test_the_fec_has_eighteen_fields_and_numbers_without_a_hole(office: Office) -> None:
    paid = office.rent(46000)
    office.post(reported(a_credit(27500, UNHELD)))
    office.rent(300, "L2", booking_date=BEFORE)
    office.ask("POST", "/v1/payments", CHEQUE | {"lease_id": "L2"})
    office.follow()
    office.state(BEFORE, 0, 300, 0, name="S0")
    office.state(DAY, 300, 73500, 0)
    lines = fec(office)
    assert numbers(lines) == [
        ("BQ", "1", "20261104"), ("BQ", "2", "20261105"), ("BQ", "3", "20261105"), ("EC", "1", "20261105"),
    ]  # fmt: skip
    assert [line for line in lines if line["PieceRef"] == paid] == [
        dict(zip(COLUMNS, values, strict=True))
        for values in (
            ("BQ", "Banque", paid_number(lines, paid), "20261105", "512", "Banque", "", "", paid, "20261105",
             "Encaissement", "460,00", "0,00", "", "", "20261105", "", ""),
            ("BQ", "Banque", paid_number(lines, paid), "20261105", "411", "Locataire", "L1", "Bail L1", paid,
             "20261105", "Encaissement", "0,00", "450,00", "", "", "20261105", "", ""),
            ("BQ", "Banque", paid_number(lines, paid), "20261105", "4195", "Avance locataire", "L1", "Bail L1", paid,
             "20261105", "Encaissement", "0,00", "10,00", "", "", "20261105", "", ""),
        )
    ]  # fmt: skip
    bank = [line for line in lines if line["CompteNum"] == "512"]
    assert sum(cents(line["Debit"]) - cents(line["Credit"]) for line in bank) == 300 + 73500
    assert fec(office) == lines


@pytest.mark.parametrize(
    ("kind", "name"), [("fec", "123456782FEC20261105.txt"), ("entries", "entries-2026-11-04-2026-11-05.csv")]
)
def test_the_fec_is_named_as_the_administration_wants_it_other_exports_by_what_they_hold(
    office: Office, kind: str, name: str
) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45000, 0)
    export_id, _ = office.export(kind, BEFORE.isoformat(), DAY.isoformat())
    url = office.get(f"/v1/exports/{export_id}")["url"]
    assert parse_qs(urlsplit(url).query)["as"] == [name]


def paid_number(lines: list[dict[str, str]], payment_id: str) -> str:
    return next(line["EcritureNum"] for line in lines if line["PieceRef"] == payment_id)


def cents(text: str) -> int:
    return int(text.replace(",", ""))


def test_what_is_booked_on_a_closed_day_is_journalled_on_the_next_one(office: Office) -> None:
    office.rent(300, booking_date=BEFORE)
    office.state(BEFORE, 0, 300, 0, name="S0")
    assert close(office, BEFORE).status == 201
    late = office.ask("POST", "/v1/payments", CHEQUE | {"received_on": BEFORE.isoformat()}).body["payment_id"]
    office.rent(45000, "L2")
    office.state(DAY, 300, 45000, 0)
    lines = fec(office)
    assert numbers(lines) == [("BQ", "1", "20261104"), ("BQ", "2", "20261105"), ("EC", "1", "20261105")]
    assert {line["PieceDate"] for line in lines if line["PieceRef"] == late} == {"20261104"}


def test_numbers_never_change_whoever_gives_them_and_however_often(office: Office) -> None:
    for number in range(1, 100):
        office.post(reported(a_credit(number, UNHELD), message=f"M{number}"))
    office.post(reported(a_credit(-250, nature=Nature.OTHER)))
    office.state(DAY, 0, sum(range(1, 100)), 250)
    assert [close(office).status for _ in range(2)] == [201, 200]
    lines = fec(office)
    assert [number for _, number, _ in numbers(lines)] == [str(number) for number in range(1, 100)]
    kept = [row for _, row in sorted(office.table.rows.items()) if row["PK"] == closing_keys.journal("semiga", DAY)]
    assert [row["number"] for row in kept] == list(range(1, 100))
    assert len({row["entry_id"] for row in kept}) == 99


class Dying(MemoryTable):
    """A table of a process that dies at its nth write, before or after it."""

    fault: Fault | None = None

    def write(self, writes: Any) -> None:
        call = partial(super().write, writes)
        self.fault.around(call) if self.fault else call()


def journal(office: Office, day: date) -> list[tuple[int, str]]:
    """Numbers and entries that are journalled on a day."""
    rows = [row for row in office.table.rows.values() if row["PK"] == closing_keys.journal("semiga", day)]
    return sorted((row["number"], row["entry_id"]) for row in rows)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", [1, 2, 3, 4, 5])
def test_a_closing_that_dies_anywhere_is_gone_on_with_and_takes_what_came_meanwhile(write: int, after: bool) -> None:
    table = Dying()
    office = Office(table).settle_in()
    for number in range(1, 100):
        office.post(reported(a_credit(number, UNHELD), message=f"M{number}"))
    office.state(DAY, 0, sum(range(1, 100)), 0)
    table.fault = Fault(write, after=after)
    with suppress(Killed):
        close(office)
    table.fault = None
    was_closed = bool(office.get("/v1/closings")["items"])
    late = office.ask("POST", "/v1/payments", CHEQUE | {"received_on": DAY.isoformat()}).body["payment_id"]
    office.follow()
    assert close(office).status == (200 if was_closed else 201)
    held = journal(office, DAY)
    assert [number for number, entry_id in held if late not in entry_id] == list(range(1, 100))
    assert any(late in entry_id for _, entry_id in held) is not was_closed


def test_two_who_close_at_once_number_each_entry_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 60):
        office.post(reported(a_credit(number, UNHELD), message=f"M{number}"))
    office.state(DAY, 0, sum(range(1, 60)), 0)
    closer, number_first = office.desk.closings, ClosingRows.number

    def others_come_first(rows: ClosingRows, landlord_id: str, books: Books) -> None:
        monkeypatch.undo()
        assert closer.close("semiga", DAY, "other", office.clock.now())
        number_first(rows, landlord_id, books)

    monkeypatch.setattr(ClosingRows, "number", others_come_first)
    assert not closer.close("semiga", DAY, "me", office.clock.now())
    assert [number for number, _ in journal(office, DAY)] == list(range(1, 60))
    assert [one["closed_by"] for one in office.get("/v1/closings")["items"]] == ["other"]


def test_the_clock_closes_what_is_proved_but_for_the_last_days(office: Office) -> None:
    assert office.desk.closings.close_proved("semiga") is None
    for ago in range(6, -1, -1):
        day = DAY - timedelta(days=ago)
        office.rent(1000 + ago, booking_date=day)
    assert office.desk.closings.close_proved("semiga") is None
    opening = 0
    for ago in range(6, -1, -1):
        office.state(DAY - timedelta(days=ago), opening, 1000 + ago, 0, name=f"S{ago}")
        opening += 1000 + ago
    assert office.desk.closings.close_proved("semiga") == DAY - timedelta(days=3)
    assert office.get("/v1/closings")["items"][0]["closed_by"] == "quitus"
    assert office.desk.closings.close_proved("semiga") is None


def test_the_clock_stops_at_the_first_day_that_is_not_proved(office: Office) -> None:
    office.clock.instant = datetime(2026, 11, 20, 9, tzinfo=UTC)
    opening = 0
    for ago in range(3, -1, -1):
        day = DAY - timedelta(days=ago)
        office.rent(1000, booking_date=day, lease_id="L1" if ago % 2 else "L2")
        office.state(day, opening, 1000 + (ago == 1), 0, name=f"S{ago}")
        opening += 1000 + (ago == 1)
    assert office.desk.closings.close_proved("semiga") == DAY - timedelta(days=2)
