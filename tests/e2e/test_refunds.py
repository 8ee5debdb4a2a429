"""A credit is paid back on the real wiring: asked for by one, approved by another, the bank's line recognised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from unit.banking.camt_files import a_detail, a_notification, a_statement, an_entry

from demonstration.ibans import french_iban

from .api import Api, let
from .days import TODAY
from .test_returns import on, proof

BACK = TODAY  # no refund is booked before its approval
PAID = BACK - timedelta(days=1)
ACCOUNT = french_iban("17328", "89964", "20000000001")
TENANT = french_iban("30004", "00003", "12345678901")


def a_landlord() -> dict[str, Any]:
    return {
        "name": "Remboursements", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89964", "account_prefix": "7",
                               "bic": "SWNBFR22XXX", "payee_name": "Remboursements"},
        "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
    }  # fmt: skip


def test_a_credit_is_paid_back_and_both_days_are_proved(
    api: Api, landlord: str, drop: Callable[[str, bytes], None], idle: Callable[[], None]
) -> None:
    assert api.put(f"/v1/landlords/{landlord}", a_landlord()).status == 201
    iban = let(api, "A", 45000, PAID)
    received = an_entry(a_detail(amount="900.00", creditor_iban=iban), amount="900.00", bank_reference="BK-IN")
    drop("bank/one.xml", on(PAID, a_statement(received, account=ACCOUNT, opening="1000.00"), "ONE"))
    idle()
    body = {"amount_cents": 45000, "iban": TENANT, "account_holder": "Titulaire A", "reason": "double paiement"}
    asked = api.post("/v1/leases/A/refunds", body, "collections")
    assert (asked.status, asked.body["status"], asked.body["iban_known"]) == (201, "requested", False)
    decision = {"decision": "approve", "version": 1, "reason": "vu", "iban_remark": "RIB vérifié"}
    path = f"/v1/refunds/{asked.body['refund_id']}"
    assert api.post(f"{path}/decision", decision, "collections").status == 403
    approved = api.post(f"{path}/decision", decision, "accountant")
    assert (approved.status, approved.body["status"]) == (200, "approved")
    lease = api.get("/v1/leases/A").body
    assert (lease["balance_cents"], lease["credit_cents"], lease["held_cents"]) == (0, 0, 0)
    idle()

    sent = a_detail(amount="450.00", creditor_iban=TENANT, references={"EndToEndId": asked.body["refund_id"]})
    line = an_entry(sent, amount="450.00", sign="DBIT", code="PMNT/ICDT/ESCT", bank_reference="BK-OUT")
    drop("bank/notice.xml", on(BACK, a_notification(line, account=ACCOUNT), "NOTICE"))
    drop("bank/two.xml", on(BACK, a_statement(line, account=ACCOUNT, opening="1900.00"), "TWO"))
    idle()
    ended = api.get(path, "accountant").body
    assert (ended["status"], [step["status"] for step in ended["steps"]]) == ("paid", ["requested", "approved", "paid"])
    assert proof(api, PAID) == ("proved", 0, 90000, 0, 0)
    assert proof(api, BACK) == ("proved", 0, 0, 0, -45000)
    assert [item["amount_cents"] for item in api.get("/v1/payments").body["items"]] == [90000]

    twice = a_detail(amount="450.01", creditor_iban=TENANT, references={"EndToEndId": asked.body["refund_id"]})
    line = an_entry(twice, amount="450.01", sign="DBIT", code="PMNT/ICDT/ESCT", bank_reference="BK-TWICE")
    drop("bank/again.xml", on(BACK, a_notification(line, account=ACCOUNT), "AGAIN"))
    idle()
    (alert,) = api.get("/v1/alerts", kind="refund_line_unexpected").body["items"]
    assert (alert["severity"], alert["detail"]["amount_cents"], alert["closed_at"]) == ("critical", 45001, None)
    closed = api.post(f"/v1/alerts/{alert['alert_id']}/close", {"reason": "rendu par la banque"}, "accountant")
    assert (closed.status, closed.body["closed_at"] is not None) == (200, True)
