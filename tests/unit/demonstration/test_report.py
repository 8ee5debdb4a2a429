from dataclasses import replace
from typing import Any

from demonstration.findings import Findings
from demonstration.proof import AccountProof, BankSide, Books, Proof
from demonstration.report import money, report, table


def _dashboard(key: str, label: str) -> dict[str, Any]:
    row = {"key": key, "label": label, "count": 2, "amount_cents": 90_050}
    return {"rows": [row], "total_cents": 90_050, "suspense_cents": 700}


def _payment(status: str, rule: str | None, reason: str | None) -> dict[str, Any]:
    return {
        "status": status,
        "match": {"rule": rule, "reason": reason, "evidence": {}},
        "lease_id": "L-1" if rule else None,
        "booking_date": "2026-11-06",
        "amount_cents": 700,
        "debtor_name": "ROUX CAMILLE",
    }


def _found() -> Findings:
    bank = BankSide("FR7617328899001000000041762", 100, 90_050, 0, 90_150)
    account = AccountProof(bank, 100, 90_150, 90_050, 0, 0, ())
    return Findings(
        proof=Proof((account,), (Books("512", 90_050, 90_050),), 90_050, 0),
        by_commune=_dashboard("Montclaret", "Montclaret"),
        by_means=_dashboard("transfer", "transfer"),
        leases=[{"balance_cents": 1_500, "credit_cents": 0, "status": "ended"}],
        payments=[_payment("posted", "virtual_iban", None), _payment("suspense", None, "no_evidence")],
        files=[
            {"name": "a.xml", "status": "quarantined", "reason": "truncated"},
            {"name": "b.xml", "status": "processed", "reason": None},
        ],
        alerts=[
            {"kind": "file_quarantined", "closed_at": None},
            {"kind": "statement_gap", "closed_at": "2026-11-06T08:00:00+00:00"},
        ],
        virtual_ibans={"issued": 4, "capacity": 10},
        erp={"entries": 2, "batches": 1, "duplicates": 1},
    )


def test_the_report_says_who_paid_who_owes_and_what_to_look_at() -> None:
    text = report(_found())
    for expected in (
        "virement",
        "Montclaret",
        "900.50",
        "15.00",
        "25.0 %",
        "ROUX CAMILLE",
        "truncated",
        "statement_gap: closed by itself",
    ):
        assert expected in text
    assert "b.xml" not in text


def test_unequal_books_are_said_loudly() -> None:
    found = _found()
    assert "Bank = ledger = ERP: 900.50 euros" in report(found)
    unequal = replace(found, proof=replace(found.proof, missing_in_erp=1))
    assert "NOT EQUAL" in report(unequal)


def test_columns_are_aligned() -> None:
    lines = list(table(("", "euros"), [("a", "1.00"), ("long name", "1 000.00")]))
    assert len({len(line) for line in lines[1:]}) == 1
    assert lines[2].endswith("    1.00")


def test_money_has_two_decimals_and_a_sign() -> None:
    assert [money(cents) for cents in (123_456_789, -5, 0, None)] == ["1 234 567.89", "-0.05", "0.00", "?"]
