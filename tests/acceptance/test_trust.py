"""The acceptance cases of sector.md §7 about what may be trusted: the daily proof, and that landlords never meet."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from acceptance.case import Case
from builders import BANK_ACCOUNT, DAY, a_virtual_iban
from template.model import Template
from unit.web.office import Answered, Office, other_landlord

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.file_rows import FileRows
from quitus.adapters.statement_rows import StatementRows
from quitus.domain.money import format_euros, parse_euros
from quitus.domain.movement import Nature
from quitus.services.statements import StatementBook

DAYS = {"from": "2026-11-01", "to": "2026-11-05"}


@pytest.fixture
def case() -> Case:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    return case


def state(case: Case, opening: str, credits_told: str, debits_told: str) -> None:
    """The bank's statement of the day."""
    case.office.state(DAY, parse_euros(opening), parse_euros(credits_told), parse_euros(debits_told))


def proof(case: Case) -> dict[str, Any]:
    (account,) = case.get("/v1/proof", date="2026-11-05")["accounts"]
    return {name: account[name] for name in account if name.endswith("_cents")} | {"lines": account["lines"]}


def a_day(case: Case) -> None:
    """A rent of 450.00, 275.00 of nobody, a debit of 400.00 that goes back, a fee of 12.50."""
    case.receive("450.00")
    case.report("275.00", virtual_iban=a_virtual_iban(9_999_999))
    debit = case.receive("400.00", means="direct_debit")
    case.take_back(debit, "2026-11-05", "400.00")
    case.report("-12.50", nature=Nature.OTHER)


def test_case_23_opening_and_credits_less_debits_are_closing_and_receipts_less_reversals_the_banks_lines(
    case: Case,
) -> None:
    a_day(case)
    state(case, "1000.00", "1125.00", "412.50")
    assert proof(case) == {
        "opening_cents": 100_000,
        "credits_cents": 112_500,
        "debits_cents": 41_250,
        "closing_cents": 171_250,
        "receipts_cents": 112_500,
        "reversals_cents": 40_000,
        "other_cents": -1_250,
        "difference_cents": 0,
        "lines": [],
    }
    assert case.ask("POST", "/v1/exports", {"kind": "entries"} | DAYS).status == 202


@pytest.mark.parametrize("kind", ["entries", "receipts", "fec"])
def test_case_23_a_gap_of_a_cent_blocks_the_days_exports_and_names_the_line(case: Case, kind: str) -> None:
    a_day(case)
    state(case, "1000.00", "1125.01", "412.50")
    held = proof(case)
    assert held["difference_cents"] == 1
    (line,) = held["lines"]
    assert (line["reason"], line["amount_cents"], line["file_id"]) == ("not_posted", 1, "F1")
    refused = case.ask("POST", "/v1/exports", {"kind": kind} | DAYS)
    assert refused.status == 409
    assert refused.body["error"]["detail"]["lines"] == [line]
    assert case.ask("POST", "/v1/exports", {"kind": "entries"} | DAYS | {"to": "2026-11-04"}).status == 202


def test_case_23_a_receipt_that_the_statement_leaves_out_is_named(case: Case) -> None:
    a_day(case)
    missing = case.receive("0.01", channel="camt.054")
    state(case, "1000.00", "1125.00", "412.50")
    (line,) = proof(case)["lines"]
    assert (line["reason"], line["payment_id"], line["amount_cents"]) == ("not_on_statement", missing, -1)
    assert case.ask("POST", "/v1/exports", {"kind": "receipts"} | DAYS).status == 409


def bank_tells(case: Case, day: str, opening: str, credits_told: str, name: str = "S1") -> None:
    """The bank's statement of a day."""
    told = date.fromisoformat(day)
    case.office.state(told, parse_euros(opening), parse_euros(credits_told), 0, name=f"{day}-{name}")


def the_next_day(case: Case, opening: str, day: str = "2026-11-04") -> None:
    """A day with a receipt of 50.00, and its statement."""
    case.receive("50.00", day)
    bank_tells(case, day, opening, "50.00")


def close(case: Case, through: str) -> Answered:
    return case.office.ask("POST", "/v1/closings", {"through": through}, role="accountant")


def order(case: Case, kind: str, first: str, last: str) -> Answered:
    return case.office.ask("POST", "/v1/exports", {"kind": kind, "from": first, "to": last})


def places(lines: list[dict[str, str]], payment_id: str) -> set[tuple[str, str]]:
    """The days on which a payment's entries are journalled, each with the entry's own day."""
    return {(line["EcritureDate"], line["PieceDate"]) for line in lines if line["PieceRef"] == payment_id}


def named(refused: Answered) -> tuple[int, str, str]:
    """Status and code of a refusal, and the day that it names."""
    return refused.status, refused.code, refused.body["error"]["detail"]["date"]


def tell(case: Case, day: int, channel: str) -> None:
    """A receipt of 50.00 on a day of November after the 1st, the bank's statement of it, and what is said of that."""
    told = date(2026, 11, day)
    case.receive("50.00", told.isoformat(), channel=channel)
    case.office.state(told, 5_000 * day, 5_000, 0, name=f"{told}", channel=channel)
    rows, alerts = StatementRows(case.office.table), AlertRows(case.office.table)
    book = StatementBook(FileRows(case.office.table), rows, alerts, case.office.clock)
    book.watch("semiga", rows.closing("semiga", BANK_ACCOUNT, told, told))


@pytest.mark.parametrize("channels", list(product(("camt.053", "cfonb120", "mt940"), repeat=3)), ids=" ".join)
def test_days_in_formats_of_their_own_can_be_closed_once_no_statement_is_said_to_be_missing(
    case: Case, channels: tuple[str, str, str]
) -> None:
    second, third, fourth = channels
    tell(case, 2, second)
    tell(case, 4, fourth)
    assert [kind for kind, _ in case.alerts()] == ["statement_gap"]
    assert close(case, "2026-11-04").status == 409
    tell(case, 3, third)
    assert case.alerts() == []
    assert close(case, "2026-11-04").status == 201


@pytest.fixture
def without_the_third(case: Case) -> Case:
    """The statement of the 2nd closes at 1 450.00, that of the 4th opens at 2 000.00; the 3rd has none."""
    case.receive("450.00", "2026-11-02")
    bank_tells(case, "2026-11-02", "1000.00", "450.00")
    case.receive("7.77", "2026-11-04")
    bank_tells(case, "2026-11-04", "2000.00", "7.77")
    return case


def test_no_person_closes_over_a_statement_that_is_missing(without_the_third: Case) -> None:
    refused = close(without_the_third, "2026-11-04")
    assert named(refused) == (409, "day_not_closed", "2026-11-03")
    assert close(without_the_third, "2026-11-02").status == 201


def test_no_fec_goes_over_a_statement_that_is_missing(without_the_third: Case) -> None:
    refused = order(without_the_third, "fec", "2026-11-02", "2026-11-04")
    assert named(refused) == (409, "day_not_closed", "2026-11-03")
    assert order(without_the_third, "fec", "2026-11-02", "2026-11-02").status == 202


def test_the_clock_does_not_close_over_a_statement_that_is_missing(without_the_third: Case) -> None:
    without_the_third.today_is("2026-11-20")
    assert without_the_third.office.desk.closings.close_proved("semiga") == date(2026, 11, 2)
    assert without_the_third.office.desk.closings.close_proved("semiga") is None


def test_the_statement_that_was_missing_lets_the_days_be_closed(without_the_third: Case) -> None:
    without_the_third.receive("550.00", "2026-11-03")
    bank_tells(without_the_third, "2026-11-03", "1450.00", "550.00")
    assert close(without_the_third, "2026-11-04").status == 201


def test_days_without_movements_are_closed_without_a_statement(case: Case) -> None:
    case.receive("450.00", "2026-11-02")
    bank_tells(case, "2026-11-02", "1000.00", "450.00")
    case.receive("7.77", "2026-11-05")
    bank_tells(case, "2026-11-05", "1450.00", "7.77")
    assert order(case, "fec", "2026-11-02", "2026-11-05").status == 202


@pytest.fixture
def with_a_late_notice(case: Case) -> Case:
    """The 3rd is closed; then the bank announces 33.00 of it that its statement does not hold."""
    case.receive("100.00", "2026-11-03")
    bank_tells(case, "2026-11-03", "1000.00", "100.00")
    assert close(case, "2026-11-03").status == 201
    case.receive("33.00", "2026-11-03", channel="camt.054", bank_reference="LATE")
    return case


@pytest.mark.parametrize("kind", ["entries", "receipts", "fec"])
def test_case_23_a_closed_day_that_differs_since_is_in_no_export(with_a_late_notice: Case, kind: str) -> None:
    refused = order(with_a_late_notice, kind, "2026-11-03", "2026-11-03")
    assert named(refused) == (409, "day_not_proved", "2026-11-03")
    (line,) = refused.body["error"]["detail"]["lines"]
    assert (line["reason"], line["amount_cents"]) == ("not_on_statement", -3300)


def test_case_23_an_entry_that_came_late_is_in_no_fec_while_its_own_day_differs(with_a_late_notice: Case) -> None:
    the_next_day(with_a_late_notice, "1100.00")
    assert order(with_a_late_notice, "entries", "2026-11-04", "2026-11-04").status == 202
    refused = order(with_a_late_notice, "fec", "2026-11-04", "2026-11-04")
    assert named(refused) == (409, "day_not_proved", "2026-11-03")


def test_an_entry_that_came_late_is_in_the_fec_once_its_own_day_is_proved(with_a_late_notice: Case) -> None:
    late = with_a_late_notice.receive("33.00", "2026-11-03", bank_reference="LATE")
    bank_tells(with_a_late_notice, "2026-11-03", "1100.00", "33.00", name="S2")
    the_next_day(with_a_late_notice, "1133.00")
    assert places(with_a_late_notice.office.fec("2026-11-03", "2026-11-03"), late) == set()
    assert places(with_a_late_notice.office.fec("2026-11-04", "2026-11-04"), late) == {("20261104", "20261103")}


def test_case_23_what_is_announced_late_of_a_day_without_a_statement_is_in_no_fec(case: Case) -> None:
    the_next_day(case, "1000.00", "2026-11-06")
    bank_tells(case, "2026-11-09", "1050.00", "0.00")
    case.today_is("2026-11-10")
    assert close(case, "2026-11-08").status == 201
    case.receive("33.00", "2026-11-07", channel="camt.054")
    refused = order(case, "fec", "2026-11-09", "2026-11-09")
    assert named(refused) == (409, "day_not_proved", "2026-11-07")


def test_nothing_is_journalled_on_a_day_that_a_person_closed(case: Case) -> None:
    the_next_day(case, "1000.00")
    assert close(case, "2026-11-04").status == 201
    late = case.record("77.00", "cash", "2026-11-04")
    before = case.office.fec("2026-11-01", "2026-11-04")
    assert places(before, late) == set()
    bank_tells(case, "2026-11-05", "1050.00", "0.00")
    assert places(case.office.fec("2026-11-05", "2026-11-05"), late) == {("20261105", "20261104")}
    assert case.office.fec("2026-11-01", "2026-11-04") == before


def test_a_year_is_given_out_as_it_was_closed_and_what_comes_late_goes_into_the_next(case: Case) -> None:
    case.today_is("2027-01-06")
    doubtful = case.report("275.00", "2026-12-31", virtual_iban=a_virtual_iban(9_999_999))
    bank_tells(case, "2026-12-31", "1000.00", "275.00")
    bank_tells(case, "2027-01-04", "1275.00", "0.00")
    assert close(case, "2026-12-31").status == 201
    cheque = case.record("60.00", "cheque", "2026-12-30")
    assigned = case.ask("POST", f"/v1/payments/{doubtful}/assign", {"lease_id": "L1", "reason": "seen"})
    assert assigned.status == 200
    bank_tells(case, "2027-01-05", "1275.00", "0.00")
    bank_tells(case, "2027-01-06", "1275.00", "0.00")
    year = case.office.fec("2026-01-01", "2026-12-31")
    assert places(year, doubtful) == {("20261231", "20261231")}
    assert places(year, cheque) == set()
    january = case.office.fec("2027-01-01", "2027-01-06")
    assert places(january, cheque) == {("20270101", "20261230")}
    assert places(january, doubtful) == {("20270106", "20270106")}
    assert case.office.fec("2026-01-01", "2026-12-31") == year


def moved_512(lines: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    """What 512 moves by, in euros, by the day on which it is journalled and the entry's own day."""
    moved: dict[tuple[str, str], int] = {}
    for line in lines:
        if line["CompteNum"] == "512":
            place, cents = (line["EcritureDate"], line["PieceDate"]), int(line["Debit"].replace(",", ""))
            moved[place] = moved.get(place, 0) + cents - int(line["Credit"].replace(",", ""))
    return {place: format_euros(cents) for place, cents in moved.items()}


@pytest.fixture
def new_year(case: Case) -> Case:
    """A day of January, when the year is closed."""
    case.today_is("2027-01-06")
    return case


def test_what_the_bank_books_after_the_year_is_in_the_fec_of_the_next_as_in_the_proof(new_year: Case) -> None:
    new_year.receive("450.00", "2026-12-31", channel="event:bank:x", bank_reference="X1", means="instant_transfer")
    new_year.receive("2.00", "2026-12-31")
    bank_tells(new_year, "2026-12-31", "1000.00", "2.00")
    assert named(close(new_year, "2026-12-31")) == (409, "day_not_closed", "2026-12-31")
    new_year.receive("450.00", "2027-01-04", bank_reference="X1", means="instant_transfer")
    bank_tells(new_year, "2027-01-04", "1002.00", "450.00")
    assert moved_512(new_year.office.fec("2026-01-01", "2026-12-31")) == {("20261231", "20261231"): "2.00"}
    assert moved_512(new_year.office.fec("2027-01-01", "2027-01-04")) == {("20270104", "20261231"): "450.00"}


def test_what_the_bank_books_before_the_year_ends_is_in_its_fec_as_in_the_proof(new_year: Case) -> None:
    new_year.receive("450.00", "2027-01-02", channel="event:bank:x", bank_reference="X1", means="instant_transfer")
    new_year.receive("450.00", "2026-12-31", bank_reference="X1", means="instant_transfer")
    bank_tells(new_year, "2026-12-31", "1000.00", "450.00")
    bank_tells(new_year, "2027-01-04", "1450.00", "0.00")
    assert moved_512(new_year.office.fec("2026-01-01", "2026-12-31")) == {("20261231", "20270102"): "450.00"}
    assert moved_512(new_year.office.fec("2027-01-01", "2027-01-04")) == {}


def test_a_return_that_the_bank_books_after_the_year_is_in_the_fec_of_the_next(new_year: Case) -> None:
    debit = new_year.receive("400.00", "2026-12-30", means="direct_debit", bank_reference="SD1")
    bank_tells(new_year, "2026-12-30", "1000.00", "400.00")
    told = {"means": "direct_debit", "nature": Nature.RETURN, "bank_reference": "R1", "original_reference": "SD1"}
    new_year.report("-400.00", "2026-12-31", channel="event:bank:x", **told)
    bank_tells(new_year, "2026-12-31", "1400.00", "0.00")
    new_year.report("-400.00", "2027-01-04", **told)
    new_year.office.state(date(2027, 1, 4), 140_000, 0, 40_000, name="2027-01-04")
    new_year.settle()
    assert new_year.payment(debit)["status"] == "reversed"
    assert moved_512(new_year.office.fec("2026-01-01", "2026-12-31")) == {("20261230", "20261230"): "400.00"}
    assert moved_512(new_year.office.fec("2027-01-01", "2027-01-04")) == {("20270104", "20261231"): "-400.00"}


@pytest.fixture
def neighbours(case: Case) -> Office:
    """The deployment with a second landlord, HABITAT; SEMIGA has a lease, a payment, and the bank's statement of it."""
    case.receive("450.00")
    state(case, "1000.00", "450.00", "0.00")
    office = case.office
    assert office.ask("PUT", "/v1/landlords/habitat", other_landlord(), landlord="habitat").status == 201
    return office


@pytest.mark.parametrize("role", ["viewer", "collections", "accountant", "admin"])
def test_case_25_another_landlords_lease_is_answered_like_none(neighbours: Office, role: str) -> None:
    assert neighbours.ask("GET", "/v1/leases/L1", role=role).status == 200
    asked, nobodys = (
        neighbours.ask("GET", f"/v1/leases/{name}", landlord="habitat", role=role) for name in ("L1", "L9")
    )
    assert (asked.status, asked.code) == (404, "lease_not_found")
    assert str(asked.body).replace("L1", "L9") == str(nobodys.body)


def test_case_25_who_asked_for_anothers_lease_is_logged(neighbours: Office, caplog: pytest.LogCaptureFixture) -> None:
    neighbours.ask("GET", "/v1/leases/L1", landlord="habitat", role="viewer")
    (line,) = [vars(line) for line in caplog.records]
    assert (line["landlord_id"], line["code"], line["asked"]) == ("habitat", "lease_not_found", {"lease_id": "L1"})
    assert line["subject"]


def test_case_25_every_request_is_logged_with_whose_token_it_bears() -> None:
    logged = Template.load().tree["Resources"]["Api"]["Properties"]["AccessLogSetting"]["Format"]
    for said in ("authorizer.claims.landlord", "authorizer.claims.sub", "resourcePath", "status"):
        assert f"$context.{said}" in logged


@pytest.mark.parametrize("kind", ["entries", "receipts", "fec"])
def test_case_25_exports_never_hold_anothers_lines(neighbours: Office, kind: str) -> None:
    first, last = DAYS.values()
    written = {name: neighbours.exported(kind, first, last, name) for name in ("semiga", "habitat")}
    lines = {landlord: text.splitlines() for landlord, text in written.items()}
    assert any("L1" in line for line in lines["semiga"][1:])
    assert lines["habitat"] == lines["semiga"][:1]


def test_what_the_statement_left_out_and_a_person_took_back_is_in_the_fec_of_its_day_with_its_reversal(
    case: Case,
) -> None:
    paid = case.receive("450.00", channel="camt.054")
    state(case, "1000.00", "0.00", "0.00")
    body = {"reason": "never booked", "reversed_on": "2026-11-05"}
    assert case.ask("POST", f"/v1/payments/{paid}/reverse", body).status == 200
    lines = [line for line in case.office.fec("2026-11-05", "2026-11-05") if line["CompteNum"] == "512"]
    assert [(line["Debit"], line["Credit"], line["EcritureDate"]) for line in lines] == [
        ("450,00", "0,00", "20261105"),
        ("0,00", "450,00", "20261105"),
    ]


def test_what_a_statement_tells_after_all_moves_512_on_its_day_and_is_told_to_people(case: Case) -> None:
    paid = case.receive("450.00", channel="camt.054", bank_reference="NOTICE-1")
    state(case, "1000.00", "0.00", "0.00")
    body = {"reason": "never booked", "reversed_on": "2026-11-05"}
    assert case.ask("POST", f"/v1/payments/{paid}/reverse", body).status == 200
    case.today_is("2026-11-07")
    assert case.receive("450.00", "2026-11-06", bank_reference="NOTICE-1") == paid
    bank_tells(case, "2026-11-06", "1000.00", "450.00")
    assert ("identity_conflict", paid) in case.alerts()
    order_to = {"lease_id": "L1", "reason": "it came"}
    assert case.ask("POST", f"/v1/payments/{paid}/assign", order_to).status == 200
    assert ("identity_conflict", paid) not in case.alerts()
    moved = moved_512(case.office.fec("2026-11-05", "2026-11-06"))
    assert moved == {("20261106", "20261105"): "0.00", ("20261106", "20261106"): "450.00"}


def test_a_return_that_is_nobodys_moves_512_on_its_own_day_only(case: Case) -> None:
    unknown: dict[str, Any] = {"nature": Nature.RETURN, "return_reason": "AM04", "bank_reference": None}
    returned = case.report("-100.00", "2026-11-04", **unknown)
    case.office.state(date(2026, 11, 4), 100_000, 0, 10_000, name="S-4")
    assert case.ask("POST", f"/v1/payments/{returned}/original", {"payment_id": None, "reason": "none"}).status == 200
    assert moved_512(case.office.fec("2026-11-04", "2026-11-04")) == {("20261104", "20261104"): "0.00"}


def test_a_bank_account_that_the_landlord_left_keeps_no_day_open_after_its_last_statement(case: Case) -> None:
    case.today_is("2026-11-09")
    bank_tells(case, "2026-11-03", "0.00", "0.00")
    assert named(close(case, "2026-11-05")) == (409, "day_not_closed", "2026-11-04")
    other = {"iban": "FR7630004000031234567890143", "bic": "BNPAFRPP", "profile": "default"}
    case.change_settings(bank_accounts=[other])
    assert close(case, "2026-11-05").status == 201
    late = case.report("20.00", "2026-11-06", channel="camt.054")
    assert case.payment(late)["status"] == "suspense"
    assert named(close(case, "2026-11-08")) == (409, "day_not_closed", "2026-11-06")
