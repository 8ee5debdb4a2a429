"""Files, alerts, the dashboard, the daily proof, exports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders import BANK_ACCOUNT, DAY, a_credit, a_virtual_iban, reported
from unit.web.office import CHEQUE, Office, registered

from quitus.domain.movement import Means, Nature
from quitus.services.messages import ExportOrder
from quitus.services.registry import Area, FileStatus

UNHELD = a_virtual_iban(9_999_999)
OCTOBER = date(2026, 10, 31)


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def test_files_are_listed_newest_first_with_what_became_of_their_movements(office: Office) -> None:
    office.drop("F1", **registered(FileStatus.PROCESSED), opening_cents=0, closing_cents=100)
    office.drop("F2", status=FileStatus.QUARANTINED, reason="unknown_account")
    page = office.get("/v1/files")
    assert [item["file_id"] for item in page["items"]] == ["F2", "F1"]
    assert page["items"][1]["counts"] == {"movements": 3, "posted": 2, "suspense": 1, "duplicates": 0, "ignored": 0}
    assert (page["items"][1]["opening_cents"], page["items"][1]["closing_cents"]) == (0, 100)
    assert (page["items"][0]["reason"], page["items"][0]["opening_cents"]) == ("unknown_account", None)
    assert page["items"][1] == office.get("/v1/files/F1")


def test_files_are_found_by_status_page_by_page(office: Office) -> None:
    for number in range(5):
        office.drop(f"F{number}", **registered(FileStatus.PROCESSED if number % 2 else FileStatus.DUPLICATE))
    page = office.get("/v1/files", query={"status": "duplicate", "limit": "2"})
    assert [item["file_id"] for item in page["items"]] == ["F4", "F2"]
    rest = office.get("/v1/files", query={"status": "duplicate", "limit": "2", "cursor": page["next_cursor"]})
    assert ([item["file_id"] for item in rest["items"]], rest["next_cursor"]) == (["F0"], None)


def test_an_erp_file_says_what_became_of_its_rows(office: Office) -> None:
    office.drop("F1", area=Area.ERP, kind="erp.leases", status=FileStatus.PROCESSED, accepted=2, refused=1)
    assert office.get("/v1/files/F1")["rows"] == {"accepted": 2, "unchanged": 0, "refused": 1}


def test_an_unknown_file_is_not_found(office: Office) -> None:
    for file_id in ("NONE", "é", "a b"):
        assert office.ask("GET", f"/v1/files/{file_id}").code == "file_not_found"


def test_alerts_are_listed_newest_first_and_by_kind(office: Office) -> None:
    payment_id = office.post(reported(a_credit(27500, UNHELD)))
    alert = office.get("/v1/alerts")["items"][0]
    assert (alert["kind"], alert["subject"], alert["closed_at"]) == ("unassigned_virtual_iban", payment_id, None)
    assert alert["detail"] == {"amount_cents": 27500}
    assert office.get("/v1/alerts", query={"kind": "double_payment"})["items"] == []
    assert office.ask("GET", "/v1/alerts", query={"kind": "nonsense"}).status == 422


def test_pages_of_alerts_follow_one_another(office: Office) -> None:
    for cents in (100, 200, 300):
        office.post(reported(a_credit(cents, UNHELD), message=f"S{cents}"))
    page = office.get("/v1/alerts", query={"limit": "2"})
    rest = office.get("/v1/alerts", query={"limit": "2", "cursor": page["next_cursor"]})
    assert len({item["alert_id"] for item in page["items"] + rest["items"]}) == 3
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("residence", [("R1", "Les Micocouliers", 2, 50000), ("R2", "Le Mas de Ville", 1, 45000)]),
        ("commune", [("Alès", "Alès", 1, 45000), ("Nîmes", "Nîmes", 2, 50000)]),
        ("means", [("instant_transfer", "instant_transfer", 1, 5000), ("transfer", "transfer", 2, 90000)]),
        ("day", [("2026-11-04", "2026-11-04", 1, 5000), ("2026-11-05", "2026-11-05", 2, 90000)]),
    ],
)
def test_receipts_are_summed_by_what_was_asked(office: Office, by: str, rows: list[tuple[str, str, int, int]]) -> None:
    office.rent(45000, "L1")
    office.rent(5000, "L1", means=Means.INSTANT_TRANSFER, booking_date=date(2026, 11, 4))
    office.rent(45000, "L2")
    office.rent(7000, "L2", booking_date=OCTOBER)
    office.post(reported(a_credit(27500, UNHELD)))
    shown = office.get("/v1/dashboard", query={"from": "2026-11-01", "to": "2026-11-30", "by": by})
    assert [(row["key"], row["label"], row["count"], row["amount_cents"]) for row in shown["rows"]] == rows
    assert (shown["total_cents"], shown["suspense_cents"]) == (95000, 27500)


def test_the_dashboard_is_of_the_current_month_unless_told(office: Office) -> None:
    office.rent(45000)
    office.rent(7000, booking_date=OCTOBER)
    assert office.get("/v1/dashboard")["total_cents"] == 45000
    assert office.get("/v1/dashboard", query={"to": "2026-10-31"})["total_cents"] == 7000


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-05", "to": "2026-11-04"},
        {"from": "2025-01-01", "to": "2026-01-02"},
        {"from": "yesterday"},
        {"from": "20261101"},
        {"from": "1795000000"},
        {"by": "colour"},
    ],
)
def test_a_dashboard_that_cannot_be_is_refused(office: Office, query: dict[str, str]) -> None:
    assert office.ask("GET", "/v1/dashboard", query=query).status == 422


@pytest.mark.parametrize("path", ["/v1/dashboard", "/v1/payments", "/v1/exports"])
def test_days_out_of_order_are_one_refusal_everywhere(office: Office, path: str) -> None:
    days = {"from": "2026-11-05", "to": "2026-11-04"}
    told: dict[str, Any] = {"body": {"kind": "entries"} | days} if path == "/v1/exports" else {"query": days}
    answered = office.ask("POST" if path == "/v1/exports" else "GET", path, **told)
    assert (answered.status, answered.body["error"]["code"]) == (422, "invalid_range")


def test_a_year_is_not_too_long(office: Office) -> None:
    assert office.ask("GET", "/v1/dashboard", query={"from": "2025-11-05", "to": "2026-11-05"}).status == 200


def test_a_day_whose_bank_and_books_agree_is_proved(office: Office) -> None:
    office.rent(45000)
    office.post(reported(a_credit(27500, UNHELD)))
    office.post(reported(a_credit(-1250, nature=Nature.OTHER)))
    office.state(DAY, 100000, 72500, 1250)
    proof = office.get("/v1/proof", query={"date": "2026-11-05"})
    assert proof["difference_cents"] == 0
    assert proof["accounts"] == [
        {
            "account_iban": BANK_ACCOUNT,
            "status": "proved",
            "opening_cents": 100000,
            "credits_cents": 72500,
            "debits_cents": 1250,
            "closing_cents": 171250,
            "receipts_cents": 72500,
            "reversals_cents": 0,
            "other_cents": -1250,
            "difference_cents": 0,
            "lines": [],
        }
    ]


def test_without_a_statement_the_bank_side_is_unknown(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45000, 0, channel="camt.052")
    account = office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]
    assert (account["status"], account["receipts_cents"]) == ("awaiting_statement", 45000)
    assert [account[name] for name in ("opening_cents", "credits_cents", "closing_cents", "difference_cents")] == [
        None
    ] * 4


def test_a_receipt_that_no_statement_reports_is_named(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    announced = office.post(reported(a_credit(45000, iban), channel="camt.054"))
    office.state(DAY, 0, 0, 0)
    account = office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]
    assert (account["status"], account["difference_cents"]) == ("gap", -45000)
    assert [(line["reason"], line["payment_id"], line["amount_cents"]) for line in account["lines"]] == [
        ("not_on_statement", announced, -45000)
    ]


def test_a_statement_line_that_is_not_posted_is_said_with_its_file(office: Office) -> None:
    office.state(DAY, 0, 1, 0)
    account = office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]
    assert (account["status"], account["difference_cents"]) == ("gap", 1)
    assert [(line["reason"], line["file_id"], line["amount_cents"]) for line in account["lines"]] == [
        ("not_posted", "F1", 1)
    ]


def test_errors_that_cancel_out_are_a_gap_all_the_same(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 46000, 1000)
    account = office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]
    assert (account["status"], account["difference_cents"]) == ("gap", 0)
    assert [(line["reason"], line["amount_cents"]) for line in account["lines"]] == [
        ("not_posted", 1000),
        ("not_posted", -1000),
    ]


def test_a_line_on_no_statement_does_not_stand_for_one_that_is_not_posted(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    announced = office.post(reported(a_credit(45000, iban), channel="camt.054"))
    office.state(DAY, 0, 45000, 0)
    account = office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]
    assert (account["status"], account["difference_cents"]) == ("gap", 0)
    assert [(line["reason"], line["payment_id"], line["amount_cents"]) for line in account["lines"]] == [
        ("not_on_statement", announced, -45000),
        ("not_posted", None, 45000),
    ]


def test_a_cheque_in_collection_is_not_on_the_bank(office: Office) -> None:
    office.ask("POST", "/v1/payments", CHEQUE)
    office.follow()
    office.state(DAY, 0, 0, 0)
    assert office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]["status"] == "proved"


def deposited(office: Office, cents: int, **changes: Any) -> str:
    movement = a_credit(cents, nature=Nature.CLEARING, means=Means.CHEQUE, **changes)
    return office.post(reported(movement, message=f"D{cents}"))


def in_collection(office: Office) -> dict[str, tuple[int, dict[int, int]]]:
    shown = office.get("/v1/dashboard")
    assert shown["in_collection_cents"] == sum(held["amount_cents"] for held in shown["in_collection"])
    return {
        held["means"]: (held["amount_cents"], {aged["from_days"]: aged["amount_cents"] for aged in held["ages"]})
        for held in shown["in_collection"]
    }


def test_a_cheque_waits_in_collection_until_the_bank_brings_it(office: Office) -> None:
    office.ask("POST", "/v1/payments", CHEQUE)
    office.ask("POST", "/v1/payments", CHEQUE | {"lease_id": "L2", "received_on": "2026-10-20", "amount_cents": 10000})
    office.follow()
    assert in_collection(office) == {"cheque": (55000, {0: 45000, 1: 0, 7: 10000, 30: 0})}
    line = deposited(office, 20000)
    assert in_collection(office) == {"cheque": (35000, {0: 35000, 1: 0, 7: 0, 30: 0})}
    deposited(office, 35000)
    assert in_collection(office) == {}
    assert office.get("/v1/dashboard")["suspense_cents"] == 0
    listed = [payment["payment_id"] for payment in office.get("/v1/payments")["items"]]
    assert len(listed) == 2
    assert line not in listed
    for path, body in (("assign", {"lease_id": "L1", "reason": "seen"}), ("unassign", {"reason": "seen"})):
        assert office.ask("POST", f"/v1/payments/{line}/{path}", body).status == 409


def test_the_bank_line_of_a_deposit_is_neither_receipt_nor_suspense(office: Office) -> None:
    office.ask("POST", "/v1/payments", CHEQUE)
    deposited(office, 44000, instructed_cents=45000)
    office.state(DAY, 0, 44000, 0)
    account = proved(office)
    assert (account["status"], account["receipts_cents"], account["other_cents"]) == ("proved", 0, 44000)
    assert in_collection(office) == {}
    assert office.get("/v1/dashboard")["total_cents"] == 45000


def test_a_deposit_of_what_was_never_receipted_shows(office: Office) -> None:
    deposited(office, 20000)
    assert in_collection(office) == {"cheque": (-20000, {0: 0, 1: 0, 7: 0, 30: 0})}


def test_a_cheque_on_a_virtual_iban_is_a_receipt_all_the_same(office: Office) -> None:
    iban = office.get("/v1/leases/L1")["virtual_iban"]
    office.post(reported(a_credit(45000, iban, nature=Nature.CLEARING, means=Means.CHEQUE)))
    assert (in_collection(office), office.get("/v1/leases/L1")["balance_cents"]) == ({}, 0)


def test_two_statements_of_one_day_are_added_up(office: Office) -> None:
    office.rent(45000)
    office.rent(5000)
    office.state(DAY, 45000, 5000, 0, name="A-second")
    office.state(DAY, 0, 45000, 0, name="B-first")
    account = office.get("/v1/proof", query={"date": "2026-11-05"})["accounts"][0]
    assert (account["status"], account["opening_cents"], account["closing_cents"]) == ("proved", 0, 50000)


def proved(office: Office, day: date = DAY) -> dict[str, Any]:
    account: dict[str, Any] = office.get("/v1/proof", query={"date": day.isoformat()})["accounts"][0]
    return account


def lines(account: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(line["reason"], line["statement_id"], line["amount_cents"]) for line in account["lines"]]


def test_a_day_that_ends_as_it_began_has_the_balances_of_its_statements(office: Office) -> None:
    office.rent(45000)
    office.post(reported(a_credit(-45000, nature=Nature.OTHER)))
    office.state(DAY, 0, 45000, 0, name="S9")
    office.state(DAY, 45000, 0, 45000, name="S10")
    account = proved(office)
    assert (account["status"], account["opening_cents"], account["closing_cents"]) == ("proved", 0, 0)


def test_a_day_with_a_statement_missing_between_two_is_not_proved(office: Office) -> None:
    office.rent(45000)
    office.rent(5000)
    office.state(DAY, 0, 45000, 0, name="S1")
    office.state(DAY, 60000, 5000, 0, name="S3")
    account = proved(office)
    assert (account["status"], account["opening_cents"], account["closing_cents"]) == ("gap", 0, 65000)
    assert (account["difference_cents"], lines(account)) == (15000, [("statement_gap", "S3", 15000)])


def test_a_day_that_two_statements_tell_of_is_not_proved_even_if_both_were_posted(office: Office) -> None:
    office.rent(45000)
    office.rent(45000, "L2")
    office.state(DAY, 0, 45000, 0, name="S1")
    office.state(DAY, 0, 45000, 0, name="S1-bis")
    account = proved(office)
    assert (account["status"], account["closing_cents"], account["difference_cents"]) == ("gap", 45000, -45000)
    assert lines(account) == [("statement_overlap", "S1-bis", -45000)]


def test_a_day_that_does_not_begin_as_the_day_before_ended_is_not_proved(office: Office) -> None:
    office.rent(45000)
    office.state(date(2026, 11, 4), 0, 700, 0, name="S1")
    office.state(DAY, 900, 45000, 0, name="S2")
    account = proved(office)
    assert (account["status"], account["opening_cents"], account["closing_cents"]) == ("gap", 900, 45900)
    assert (account["difference_cents"], lines(account)) == (200, [("statement_gap", "S2", 200)])


def test_lines_sum_up_to_the_difference(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45000, 0, name="S1")
    office.state(DAY, 0, 47000, 0, name="S1-bis")
    account = proved(office)
    assert lines(account) == [("statement_overlap", "S1-bis", -45000), ("not_posted", "S1", 47000)]
    assert account["difference_cents"] == sum(line["amount_cents"] for line in account["lines"]) == 2000


def test_a_released_statement_that_does_not_add_up_proves_nothing_and_says_by_how_much(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45000, 0, name="S1", closing_cents=45100, doubt="balance_mismatch")
    account = proved(office)
    assert (account["status"], account["opening_cents"], account["closing_cents"]) == ("gap", 0, 45100)
    assert (account["difference_cents"], lines(account)) == (100, [("balance_mismatch", "S1", 100)])


def test_a_released_statement_never_proves_its_days_even_if_its_sums_happen_to_be_right(office: Office) -> None:
    office.rent(45000)
    office.state(DAY, 0, 45000, 0, name="S1", doubt="details_mismatch")
    account = proved(office)
    assert (account["status"], account["difference_cents"]) == ("gap", 0)
    assert lines(account) == [("details_mismatch", "S1", 0)]


def test_what_a_statement_of_several_days_leaves_unexplained_counts_on_its_last(office: Office) -> None:
    before = DAY - timedelta(days=1)
    office.rent(45000)
    office.rent(300, "L2", booking_date=before)
    days = ((before, 300, 0), (DAY, 45000, 0))
    office.state(DAY, 0, 45300, 0, from_date=before, days=days, closing_cents=45310, doubt="balance_mismatch")
    last, first = proved(office), proved(office, before)
    assert (first["status"], first["opening_cents"], first["closing_cents"]) == ("gap", 0, 300)
    assert (first["difference_cents"], lines(first)) == (0, [("balance_mismatch", "S1", 0)])
    assert (last["status"], last["opening_cents"], last["closing_cents"]) == ("gap", 300, 45310)
    assert (last["difference_cents"], lines(last)) == (10, [("balance_mismatch", "S1", 10)])


def test_an_export_is_ordered_then_fetched_by_a_short_lived_link(office: Office) -> None:
    order = {"kind": "entries", "from": "2026-11-01", "to": "2026-11-30"}
    ordered = office.ask("POST", "/v1/exports", order, role="accountant", key="k1")
    assert (ordered.status, ordered.body["status"]) == (202, "pending")
    export_id = ordered.body["export_id"]
    assert office.outside.export_queue.sent == [ExportOrder("semiga", export_id)]
    waiting = office.get(f"/v1/exports/{export_id}")
    assert waiting == {"export_id": export_id, "kind": "entries", "status": "pending", "url": None}
    office.desk.exports.exports.ready("semiga", export_id, 3, "2026-11-05T10:00:00.000+00:00")
    ready = office.get(f"/v1/exports/{export_id}")
    assert (ready["status"], ready["url"].rpartition("=")[2]) == ("ready", "300")
    assert office.ask("POST", "/v1/exports", order, key="k1") == ordered


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "entries", "from": "2026-11-05", "to": "2026-11-04"},
        {"kind": "entries", "from": "2024-11-05", "to": "2026-11-04"},
        {"kind": "entries", "from": "2026-11-05"},
        {"kind": "all", "from": "2026-11-05", "to": "2026-11-05"},
        {"kind": "entries", "from_day": "2026-11-05", "to_day": "2026-11-05"},
    ],
)
def test_an_export_that_cannot_be_is_refused(office: Office, order: dict[str, str]) -> None:
    assert office.ask("POST", "/v1/exports", order).status == 422


def test_an_unknown_export_is_not_found(office: Office) -> None:
    for export_id in ("NONE", "é"):
        assert office.ask("GET", f"/v1/exports/{export_id}").code == "export_not_found"
