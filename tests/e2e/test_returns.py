"""A debit comes back on the real wiring: told by a notice, then by the statement; another waits for its payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from unit.banking.camt_files import DAY as WRITTEN_DAY
from unit.banking.camt_files import Entry, Message, a_detail, a_notification, a_statement, an_entry

from demonstration.ibans import french_iban

from .api import Api, let
from .days import TODAY

BACK = TODAY - timedelta(days=4)
PAID = BACK - timedelta(days=3)
ACCOUNT = french_iban("17328", "89966", "20000000001")


def a_landlord() -> dict[str, Any]:
    return {
        "name": "Retours", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89966", "account_prefix": "7",
                               "bic": "SWNBFR22XXX", "payee_name": "Retours"},
        "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
    }  # fmt: skip


def a_debit(iban: str, euros: str, name: str) -> Entry:
    detail = a_detail(amount=euros, creditor_iban=iban, references={"EndToEndId": name, "MndtId": f"RUM-{name}"})
    return an_entry(detail, amount=euros, code="PMNT/IDDT/ESDD", bank_reference=f"BK-{name}")


def come_back(iban: str, euros: str, name: str, reference: str | None = None, booked: str | None = None) -> Entry:
    """The return of a debit; `booked` when the bank added its charge to what was ordered."""
    ordered = f'<AmtDtls><InstdAmt><Amt Ccy="EUR">{euros}</Amt></InstdAmt></AmtDtls>' if booked else ""
    references = {"EndToEndId": name, "MndtId": f"RUM-{name}"}
    detail = a_detail(
        amount=booked or euros, creditor_iban=iban, references=references, returned="AM04", inside=ordered
    )
    return an_entry(detail, amount=booked or euros, sign="DBIT", code="PMNT/IDDT/UPDD", bank_reference=reference)


def on(day: date, message: Message, name: str) -> bytes:
    """The message as the bank wrote it on a day, under a name."""
    written = {WRITTEN_DAY: day.isoformat(), "<Id>S-1</Id>": f"<Id>{name}</Id>", "<MsgId>M-1<": f"<MsgId>{name}<"}
    text = message.text()
    for before, after in written.items():
        text = text.replace(before, after)
    return text.encode()


def two_tenants(api: Api, landlord: str) -> tuple[str, Entry, Entry, Entry]:
    """The virtual IBAN of the second tenant, a debit of each, and the return of the first's."""
    assert api.put(f"/v1/landlords/{landlord}", a_landlord()).status == 201
    first, second = let(api, "A", 61240, PAID), let(api, "B", 38000, PAID)
    debit, other = a_debit(first, "612.40", "E2E-A"), a_debit(second, "380.00", "E2E-B")
    return second, debit, other, come_back(first, "612.40", "E2E-A", "RET-1")


def test_a_returned_debit_is_reversed_once_and_both_days_are_proved(
    api: Api, landlord: str, drop: Callable[[str, bytes], None], idle: Callable[[], None]
) -> None:
    second, debit, other, told = two_tenants(api, landlord)
    unknown = come_back(second, "380.00", "E2E-B", booked="383.00")

    day_one = a_statement(debit, account=ACCOUNT, opening="1000.00")
    drop("bank/one.xml", on(PAID, day_one, "ONE"))
    idle()
    assert (balance(api, "A"), proof(api, PAID)) == (0, ("proved", 0, 61240, 0, 0))

    drop("bank/notice.xml", on(BACK, a_notification(told, unknown, account=ACCOUNT), "NOTICE"))
    idle()
    (payment,) = api.get("/v1/payments", status="reversed").body["items"]
    assert [(one["amount_cents"], one["reason"], one["reason_words"]["fr"]) for one in payment["reversals"]] == [
        (61240, "AM04", "Provision insuffisante")
    ]
    assert (balance(api, "A"), payment["allocations"], payment["lease_id"]) == (61240, [], "A")
    (waiting,) = api.get("/v1/payments", status="pending").body["items"]
    assert (waiting["amount_cents"], waiting["awaiting"]) == (38300, "original")
    assert open_alerts(api) == ["return_without_original"]

    day_two = a_statement(other, replace(told, bank_reference=None), unknown, account=ACCOUNT, opening="1612.40")
    drop("bank/two.xml", on(BACK, day_two, "TWO"))
    idle()
    assert api.get("/v1/payments", status="pending").body["items"] == []
    assert (open_alerts(api), balance(api, "A"), balance(api, "B")) == ([], 61240, 38000)
    assert {one["status"] for one in api.get("/v1/payments").body["items"]} == {"reversed"}
    assert proof(api, PAID) == ("proved", 0, 61240, 0, 0)
    assert proof(api, BACK) == ("proved", 0, 38000, 61240 + 38000, -300)
    days = {"from": PAID.isoformat(), "to": BACK.isoformat(), "by": "day"}
    shown = api.get("/v1/dashboard", **days).body
    assert {row["key"]: row["amount_cents"] for row in shown["rows"]} == {str(PAID): 61240, str(BACK): -61240}
    assert (shown["total_cents"], shown["suspense_cents"]) == (0, 0)
    chain = api.get("/v1/leases/A/entries").body["items"]
    assert [(entry["kind"], entry["sequence"]) for entry in chain] == [("receipt", 1), ("reversal", 2)]
    assert chain[1]["previous_hash"] == chain[0]["hash"]


def test_a_return_that_no_statement_knows_is_put_right_by_a_person(
    api: Api, landlord: str, drop: Callable[[str, bytes], None], idle: Callable[[], None]
) -> None:
    _, debit, other, told = two_tenants(api, landlord)
    drop("bank/one.xml", on(PAID, a_statement(debit, account=ACCOUNT, opening="1000.00"), "ONE"))
    idle()
    drop("bank/notice.xml", on(BACK, a_notification(told, account=ACCOUNT), "NOTICE"))
    idle()
    (payment,) = api.get("/v1/payments", status="reversed").body["items"]
    (reversal,) = payment["reversals"]
    said = {"payment_id": None, "reason": "the bank dropped its notice"}
    too_soon = api.post(f"/v1/payments/{reversal['reversal_id']}/original", said)
    assert (too_soon.status, too_soon.body["error"]["code"]) == (409, "return_not_waiting")

    drop("bank/two.xml", on(BACK, a_statement(other, account=ACCOUNT, opening="1612.40"), "TWO"))
    idle()
    assert (balance(api, "A"), proof(api, BACK)) == (61240, ("gap", 61240, 38000, 61240, 0))
    assert api.post(f"/v1/payments/{reversal['reversal_id']}/original", said).status == 200
    idle()
    assert proof(api, BACK) == ("proved", 0, 38000, 0, 0)
    (held,) = api.get("/v1/payments", status="suspense").body["items"]
    assert (held["payment_id"], held["match"]["evidence"]["lease_id"]) == (payment["payment_id"], "A")
    onto = {"lease_id": "A", "reason": "it never went back"}
    assert api.post(f"/v1/payments/{held['payment_id']}/assign", onto).status == 200
    idle()
    assert (balance(api, "A"), open_alerts(api)) == (0, [])
    assert api.get("/v1/bank-lines", date=BACK.isoformat()).body == {"items": [], "next_cursor": None}
    kinds = [entry["kind"] for entry in api.get("/v1/leases/A/entries").body["items"]]
    assert kinds == ["receipt", "reversal", "assignment"]


def balance(api: Api, lease_id: str) -> int:
    cents: int = api.get(f"/v1/leases/{lease_id}").body["balance_cents"]
    return cents


def open_alerts(api: Api) -> list[str]:
    found = api.get("/v1/alerts").body["items"]
    return [one["kind"] for one in found if one["closed_at"] is None]


def proof(api: Api, day: date) -> tuple[str, int, int, int, int]:
    (account,) = api.get("/v1/proof", date=day.isoformat()).body["accounts"]
    names = ("status", "difference_cents", "receipts_cents", "reversals_cents", "other_cents")
    status, difference, receipts, reversals, other = (account[name] for name in names)
    return status, difference, receipts, reversals, other
