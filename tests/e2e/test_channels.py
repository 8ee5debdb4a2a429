"""One day told by several channels on the real wiring: announced, booked in a sum, detailed, told again by CFONB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from unit.banking.camt_files import DAY as WRITTEN_DAY
from unit.banking.camt_files import Detail, Message, a_detail, a_notification, a_statement, an_entry

from demonstration.ibans import french_iban

from .api import Api, let
from .days import TODAY

DAY = TODAY - timedelta(days=5)
ACCOUNT = french_iban("17328", "89955", "20000000001")
RENTS = {"A": 45000, "B": 31050, "C": 20000}
BATCH = "PMT-55"


def a_landlord(account: str = ACCOUNT, prefix: str = "7") -> dict[str, Any]:
    return {
        "name": "Canaux", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
        "bank_accounts": [{"iban": account, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89955", "account_prefix": prefix,
                               "bic": "SWNBFR22XXX", "payee_name": "Canaux"},
        "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
    }  # fmt: skip


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def rent(lease_id: str, iban: str) -> Detail:
    references = {"AcctSvcrRef": f"BANKREF-{lease_id}", "PmtInfId": BATCH}
    return a_detail(amount=euros(RENTS[lease_id]), creditor_iban=iban, references=references)


def message(made: Message) -> bytes:
    return made.bytes().replace(str(WRITTEN_DAY).encode(), DAY.isoformat().encode())


def test_a_day_told_by_four_channels_is_posted_once_and_proved(
    api: Api, landlord: str, drop: Callable[[str, bytes], None], idle: Callable[[], None]
) -> None:
    assert api.put(f"/v1/landlords/{landlord}", a_landlord()).status == 201
    ibans = {lease_id: let(api, lease_id, cents, DAY) for lease_id, cents in RENTS.items()}
    total = sum(RENTS.values())
    batch = f"<Btch><PmtInfId>{BATCH}</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>"

    announced = an_entry(rent("A", ibans["A"]), amount=euros(RENTS["A"]), status="PDNG")
    drop("bank/intraday.xml", message(a_statement(announced, kind="camt.052", account=ACCOUNT, opening=None)))
    idle()
    waiting = api.get("/v1/payments", status="pending").body["items"]
    assert [(one["amount_cents"], one["awaiting"]) for one in waiting] == [(RENTS["A"], "booking")]

    only_the_sum = Detail(amount=euros(total), references={"PmtInfId": BATCH})
    summed = an_entry(only_the_sum, amount=euros(total), bank_reference="ENTRY-1", batch=batch)
    drop("bank/statement.xml", message(a_statement(summed, account=ACCOUNT)))
    idle()
    assert api.get("/v1/payments", status="suspense").body["items"] == []
    assert proof(api) == ("proved", 0, 0, total)

    details = an_entry(
        *(rent(lease_id, iban) for lease_id, iban in ibans.items()), amount=euros(total), bank_reference="ENTRY-1"
    )
    drop("bank/notice.xml", message(a_notification(details, account=ACCOUNT)))
    drop(
        "bank/notice-again.xml", message(a_notification(details, account=ACCOUNT)).replace(b"<Document", b"\n<Document")
    )
    idle()
    shown = Counter((one["status"], one["amount_cents"]) for one in api.get("/v1/payments").body["items"])
    assert shown == Counter(("posted", cents) for cents in RENTS.values())
    assert [api.get(f"/v1/leases/{lease_id}").body["balance_cents"] for lease_id in RENTS] == [0, 0, 0]
    assert proof(api) == ("proved", 0, total, 0)
    files = {one["name"]: one for one in api.get("/v1/files").body["items"]}
    assert files["notice.xml"]["counts"]["posted"] == 3 or files["notice-again.xml"]["counts"]["posted"] == 3
    assert {files[name]["counts"]["ignored"] for name in ("intraday.xml", "statement.xml")} == {1}


def test_one_reference_with_two_amounts_is_posted_once_and_told_to_people(
    api: Api, landlord: str, drop: Callable[[str, bytes], None], idle: Callable[[], None]
) -> None:
    account = french_iban("17328", "89955", "20000000003")
    assert api.put(f"/v1/landlords/{landlord}", a_landlord(account, "6")).status == 201
    iban = let(api, "A", RENTS["A"], DAY)
    drop("bank/notice.xml", message(a_notification(an_entry(rent("A", iban), amount="450.00"), account=account)))
    idle()
    nobodys = a_detail(amount="540.00", creditor_iban=None, references={"AcctSvcrRef": "BANKREF-A"})
    drop("bank/statement.xml", message(a_statement(an_entry(nobodys, amount="540.00"), account=account)))
    idle()
    shown = Counter((one["status"], one["amount_cents"]) for one in api.get("/v1/payments").body["items"])
    assert shown == Counter([("posted", 45000), ("pending", 54000)])
    assert [one["kind"] for one in api.get("/v1/alerts", kind="identity_conflict").body["items"]] == [
        "identity_conflict"
    ]


def proof(api: Api) -> tuple[str, int, int, int]:
    (account,) = api.get("/v1/proof", date=DAY.isoformat()).body["accounts"]
    return account["status"], account["difference_cents"], account["receipts_cents"], account["other_cents"]
