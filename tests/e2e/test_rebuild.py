"""The table of the deployed stack is made again from its raw files and its action log, by the script a person runs.

scripts/test plays some hundred bank lines; QUITUS_REBUILD=2000 plays so many.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from many_days import statements_of

from cloud.clients import client
from cloud.idle import wait_until_idle
from cloud.places import ROOT
from demonstration.camt import notice_file, statement_file
from demonstration.erp_files import dues_file, leases_file, parties_file
from demonstration.estate import FEWEST_LEASES, estate
from demonstration.ibans import french_iban
from quitus.adapters import keys

from .api import Api
from .conftest import Cloud
from .first_flow import BANK, BRANCH, DAY, dues_of
from .test_first_flow import settings

LINES = int(os.environ.get("QUITUS_REBUILD", "200"))
ACCOUNT = french_iban(BANK, BRANCH, "20000000009")
PATIENCE_SECONDS = 600
DIFFERENT, REFUSED = 1, 2


@pytest.fixture
def landlord() -> str:
    return "rebuilt"


def script(cloud: Cloud, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`scripts/rebuild` as a person runs it."""
    command = [sys.executable, "-m", "rebuilding", "--port", str(cloud.place.port), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)


def open_office(cloud: Cloud, api: Api, drop: Callable[[str, bytes], None]) -> dict[str, str]:
    """A landlord with leases and dues; the virtual IBANs of its leases."""
    told: dict[str, Any] = settings("https://erp.example.org") | {
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "virtual_iban_per": "cotenant",
        "erp": {"kind": "none", "url": None, "accounts": {}},
    }
    told["virtual_iban_range"] |= {"account_prefix": "9"}
    assert api.put("/v1/landlords/rebuilt", told).status == 201
    town = estate(9, max(FEWEST_LEASES, LINES // 20), DAY)
    drop("erp/leases.csv", leases_file(town.leases))
    wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
    drop("erp/parties.csv", parties_file(town.parties))
    drop("erp/dues.csv", dues_file(dues_of(town.leases, random.Random("rebuild"))))
    wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
    return {item["lease_id"]: item["virtual_iban"] for item in api.get("/v1/leases", limit=500).body["items"]}


def work(cloud: Cloud, api: Api, drop: Callable[[str, bytes], None], addresses: dict[str, str]) -> None:
    """Bank files in an order of chance, notices of some days among them; a cheque; a decision of a person."""
    chance = random.Random("rebuild")
    statements = list(statements_of(ACCOUNT, addresses, LINES, DAY, chance))
    files = [(f"{one.statement_id}.xml", statement_file(one)) for one in statements]
    files += [(f"avis-{one.statement_id}.xml", notice_file(one)) for one in statements[::2]]
    chance.shuffle(files)
    for name, content in files:
        drop(f"bank/{name}", content)
    wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
    lease_id = chance.choice(sorted(addresses))
    cheque = {"lease_id": lease_id, "amount_cents": 4_321, "means": "cheque", "received_on": DAY.isoformat()}
    assert api.post("/v1/payments", cheque).status == 201
    (payment, *_) = api.get("/v1/payments", status="suspense").body["items"]
    order = {"lease_id": lease_id, "reason": "vu"}
    assert api.post(f"/v1/payments/{payment['payment_id']}/assign", order).status == 200
    wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)


def test_the_table_is_made_again_in_a_new_one(cloud: Cloud, api: Api, drop: Callable[[str, bytes], None]) -> None:
    work(cloud, api, drop, open_office(cloud, api, drop))
    done = script(cloud, "--into", "anew", "--shuffle", "7")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["same"], answer["wrong"], answer["raw_files"]["otherwise"]) == (True, {}, 0)
    assert answer["log"] == answer["new_table"] == answer["live_table"]
    assert answer["raw_files"]["bank_lines"] >= LINES + LINES // 3
    live = client(cloud.place, "dynamodb").describe_table(TableName=cloud.outputs["TableName"])["Table"]
    made = client(cloud.place, "dynamodb").describe_table(TableName="anew")["Table"]
    assert made["DeletionProtectionEnabled"]
    assert made["KeySchema"] == live["KeySchema"]
    assert made["SSEDescription"]["KMSMasterKeyArn"] == live["SSEDescription"]["KMSMasterKeyArn"]
    again = script(cloud, "--into", "anew")
    assert (again.returncode, again.stdout) == (REFUSED, "")
    assert "holds rows already" in again.stderr


def test_a_deleted_row_of_the_live_table_is_named(cloud: Cloud, api: Api) -> None:
    """No role of the product may delete a row: an administrator does."""
    assert api.put("/v1/landlords/rebuilt", settings("https://erp.example.org")).status in (200, 201)
    key = keys.settings("rebuilt")
    name = {"PK": {"S": key.pk}, "SK": {"S": key.sk}}
    wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
    database, table = client(cloud.place, "dynamodb"), cloud.outputs["TableName"]
    row = database.get_item(TableName=table, Key=name)["Item"]
    database.delete_item(TableName=table, Key=name)
    try:
        compared = script(cloud)
    finally:
        database.put_item(TableName=table, Item=row)
    assert compared.returncode == DIFFERENT
    assert f"unlike in the live table (log): {key.pk} {key.sk}" in compared.stderr
