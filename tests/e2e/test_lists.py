"""A payer's list and its transfer on the real wiring: the list first, the transfer told twice, the list once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from unit.banking.camt_files import a_detail, a_notification, a_statement, an_entry

from demonstration.ibans import french_iban

from .api import Api, let
from .days import TODAY
from .test_returns import on, proof

PAID = TODAY - timedelta(days=4)
ACCOUNT = french_iban("17328", "89965", "20000000001")
LIST = """CAF DU GARD
Allocataire;Montant;Mois
100 0001;190,00;{month}
1000002;21000,00;{month}
1000001;-56,00;
77;185,30;
Total;21319,30
"""


def a_landlord() -> dict[str, Any]:
    columns = {"amount": "Montant", "beneficiary": "Allocataire", "period": "Mois"}
    layout = {"columns": columns, "encoding": "iso-8859-15", "skipped_lines": 1, "total_label": "Total"}
    return {
        "name": "Bordereaux", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89965", "account_prefix": "7",
                               "bic": "SWNBFR22XXX", "payee_name": "Bordereaux"},
        "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
        "bulk_payers": [
            {"payer_id": "caf", "name": "CAF du Gard", "means": "caf", "names": ["CAF DU GARD"], "layout": layout}
        ],
    }  # fmt: skip


def test_a_transfer_goes_to_the_leases_that_its_list_names_once(
    api: Api, landlord: str, drop: Callable[[str, bytes], None], idle: Callable[[], None]
) -> None:
    assert api.put(f"/v1/landlords/{landlord}", a_landlord()).status == 201
    for lease_id, number, aid in (("A", "1000001", 19_000), ("B", "1000002", 2_100_000)):
        let(api, lease_id, 2_500_000, PAID)
        apl = {"kind": "aid_apl", "period": f"{PAID:%Y-%m}", "due_date": PAID.isoformat(), "amount_cents": -aid}
        assert api.put(f"/v1/leases/{lease_id}/dues/apl-{lease_id}", apl).status == 201
        drop(f"erp/beneficiaries-{lease_id}.csv", beneficiaries(number, lease_id))
    idle()
    told = LIST.format(month=f"{PAID:%Y-%m}").encode("iso-8859-15")
    drop("lists/caf/bordereau.csv", told)
    idle()
    (held,) = api.get("/v1/lists").body["items"]
    assert (held["status"], held["wait"], held["total_cents"]) == ("waiting", "no_transfer", 2_131_930)

    transfer = an_entry(
        a_detail(amount="21319.30", creditor_iban=None, debtor="CAF DU GARD", unstructured=["APL"]),
        amount="21319.30", bank_reference="BK-CAF",
    )  # fmt: skip
    drop("bank/notice.xml", on(PAID, a_notification(transfer, account=ACCOUNT), "NOTICE"))
    idle()
    drop("bank/statement.xml", on(PAID, a_statement(transfer, account=ACCOUNT, opening="1000.00"), "STATEMENT"))
    drop("lists/caf/encore.csv", told.replace(b"\n", b"\r\n"))
    idle()

    (posted,) = api.get("/v1/lists").body["items"]
    assert posted["status"] == "posted"
    lines = api.get(f"/v1/lists/{posted['list_id']}/lines").body["items"]
    assert [(line["amount_cents"], line["lease_id"], line["status"], line["reason"]) for line in lines] == [
        (19_000, "A", "posted", None),
        (2_100_000, "B", "posted", None),
        (-5_600, "A", "posted", None),
        (18_530, None, "suspense", "unknown_beneficiary"),
    ]
    leases = {lease_id: api.get(f"/v1/leases/{lease_id}").body for lease_id in "AB"}
    assert {lease["aid_open_cents"] for lease in leases.values()} == {0}
    assert (leases["A"]["balance_cents"], leases["B"]["balance_cents"]) == (2_481_000 + 5_600, 400_000)
    assert proof(api, PAID) == ("proved", 0, 2_131_930, 0, 0)
    assert sorted(file["status"] for file in api.get("/v1/files").body["items"] if file["kind"] == "list") == [
        "duplicate",
        "processed",
    ]


def beneficiaries(number: str, lease_id: str) -> bytes:
    sequence = int(number[-1])
    return (
        f"#quitus;beneficiaries;1;{sequence}\npayer_id;number;lease_id\ncaf;{number};{lease_id}\n#end;1;0.00\n".encode()
    )
