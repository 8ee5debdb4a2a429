"""Bank files that cannot be trusted, on the deployed stack: kept out, decided on, made good, opened, swept up."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from pysequoia import Cert, CipherSuite, Tsk, encrypt
from unit.intake.counter import Entry, a_statement, camt

from access.pgp_key import public_key
from cloud.clients import client
from demonstration.ibans import french_iban
from quitus.adapters.pgp_envelopes import secret_name
from quitus.services.sweep import PATIENCE

from .api import Api
from .conftest import Cloud

type Drop = Callable[[str, bytes], None]
type Idle = Callable[[], None]

DAY = "2026-11-05"
ENTRIES = [Entry(45_000, reference="NONREF"), Entry(51_230, reference="NONREF")]
SEEN = {"reason": "vu avec la banque"}
ACCOUNTS = (french_iban("30006", "00001", f"{number:011d}") for number in count(1))


@pytest.fixture
def account() -> str:
    return next(ACCOUNTS)


@pytest.fixture
def settings(account: str) -> dict[str, Any]:
    return {
        "name": "Un bailleur",
        "siren": "123456782",
        "bank_accounts": [{"iban": account, "bic": "AGRIFRPP", "profile": "default"}],
        "virtual_iban_range": {
            "bank_code": "17328",
            "branch_code": "89900",
            "account_prefix": "4",
            "bic": "SWNBFR22XXX",
            "payee_name": "Un bailleur",
        },
        "erp": {"kind": "none"},
    }


@pytest.fixture
def settled(api: Api, landlord: str, settings: dict[str, Any]) -> None:
    assert api.put(f"/v1/landlords/{landlord}", settings).status == 201


def file_named(api: Api, name: str) -> dict[str, Any]:
    files = [item for item in api.get("/v1/files", role="viewer").body["items"] if item["name"] == name]
    found: dict[str, Any] = files[0]
    return found


def decide(api: Api, file: dict[str, Any], verdict: str, role: str = "accountant") -> Any:
    return api.post(f"/v1/files/{file['file_id']}/{verdict}", SEEN, role=role)


def open_alerts(api: Api) -> list[tuple[str, str]]:
    items = api.get("/v1/alerts", role="viewer").body["items"]
    return [(item["kind"], item["subject"]) for item in items if item["closed_at"] is None]


def received(api: Api) -> list[int]:
    items = api.get("/v1/payments", role="viewer", **{"from": DAY, "to": DAY}).body["items"]
    return sorted(item["amount_cents"] for item in items)


@pytest.mark.usefixtures("settled")
def test_a_person_releases_a_file_and_a_corrected_one_replaces_it(
    api: Api, drop: Drop, idle: Idle, account: str
) -> None:
    drop("bank/faux.xml", camt(a_statement(ENTRIES, account=account, closing=196_240)))
    idle()
    wrong = file_named(api, "faux.xml")
    assert (wrong["status"], wrong["reason"]) == ("quarantined", "balance_mismatch")
    assert [(problem["code"], problem["where"]) for problem in wrong["problems"]] == [
        ("balance_mismatch", "statement 1")
    ]
    assert (received(api), open_alerts(api)) == ([], [("file_quarantined", wrong["file_id"])])
    assert decide(api, wrong, "release", "viewer").status == 403
    assert decide(api, wrong, "release").body["status"] == "processing"
    idle()
    taken = file_named(api, "faux.xml")
    assert (taken["status"], taken["counts"]["suspense"], taken["decision"]["vouched"]) == (
        "processed", 2, ["balance_mismatch"],
    )  # fmt: skip
    assert decide(api, wrong, "release").body["error"]["code"] == "file_not_quarantined"
    (proof,) = api.get("/v1/proof", role="viewer", date=DAY).body["accounts"]
    assert (proof["status"], proof["difference_cents"], proof["closing_cents"]) == ("gap", 10, 196_240)
    assert [(line["reason"], line["amount_cents"]) for line in proof["lines"]] == [("balance_mismatch", 10)]

    drop("bank/corrigé.xml", camt(a_statement(ENTRIES[::-1], account=account), message="M2"))
    idle()
    corrected = file_named(api, "corrigé.xml")
    assert (corrected["status"], corrected["reason"]) == ("quarantined", "statement_conflict")
    decide(api, corrected, "release")
    idle()
    assert file_named(api, "corrigé.xml")["counts"]["duplicates"] == 2
    (proof,) = api.get("/v1/proof", role="viewer", date=DAY).body["accounts"]
    assert (proof["status"], proof["lines"]) == ("proved", [])
    assert (received(api), open_alerts(api)) == ([45_000, 51_230], [])


@pytest.mark.usefixtures("settled")
def test_a_whole_upload_makes_an_interrupted_one_good_and_a_rejected_file_stays_out(
    api: Api, drop: Drop, idle: Idle, account: str
) -> None:
    content = gzip.compress(camt(a_statement(ENTRIES, account=account)))
    drop("bank/releve.xml.gz", content[:-30])
    idle()
    cut = file_named(api, "releve.xml.gz")
    assert (cut["status"], cut["reason"]) == ("quarantined", "truncated")
    assert decide(api, cut, "release").body["error"]["code"] == "file_not_releasable"
    drop("bank/releve.xml.gz", content)
    drop("bank/étranger.xml", camt(a_statement(ENTRIES, account=account, currency="CHF", name="S2")))
    idle()
    whole = file_named(api, "releve.xml.gz")
    assert whole["status"] == "processed"
    assert api.get(f"/v1/files/{cut['file_id']}", role="viewer").body["superseded_by"] == whole["file_id"]
    foreign = file_named(api, "étranger.xml")
    assert open_alerts(api) == [("file_quarantined", foreign["file_id"])]
    assert decide(api, foreign, "reject").body["status"] == "refused"
    assert (received(api), open_alerts(api)) == ([45_000, 51_230], [])


@pytest.mark.usefixtures("settled")
def test_encrypted_files_are_opened_with_the_landlords_keys_only(
    cloud: Cloud, api: Api, drop: Drop, idle: Idle, landlord: str, account: str
) -> None:
    clear, others = camt(a_statement(ENTRIES, account=account)), Tsk.generate("another landlord")
    secrets, name = client(cloud.place, "secretsmanager"), secret_name(cloud.outputs["PgpSecretPrefix"], landlord)
    alias = f"alias/{cloud.outputs['TableName'].partition('-')[0]}-data"
    drop("bank/avant.pgp", encrypt(bytes=clear, recipients=[others.extract_certificate()]))
    idle()
    early = file_named(api, "avant.pgp")
    assert (early["reason"], early["problems"][0]["message"][-28:]) == ("encrypted", "and the landlord has no key.")

    ours = Cert.from_bytes(public_key(secrets, name, landlord, alias, suite=CipherSuite.Cv25519).encode())
    drop("bank/autre.pgp", encrypt(bytes=clear, recipients=[others.extract_certificate()], armor=False))
    drop("bank/releve.pgp", encrypt(bytes=gzip.compress(clear), recipients=[ours], armor=False))
    public_key(secrets, name, landlord, alias, rotate=True, suite=CipherSuite.Cv25519)
    idle()
    drop("bank/encore.asc", encrypt(bytes=clear, recipients=[ours]))
    idle()
    assert file_named(api, "autre.pgp")["reason"] == "encrypted"
    opened = file_named(api, "releve.pgp")
    assert (opened["status"], opened["kind"], opened["counts"]["suspense"]) == ("processed", "camt.053", 2)
    assert file_named(api, "encore.asc")["status"] == "duplicate"
    assert received(api) == [45_000, 51_230]


def test_the_sweep_takes_up_what_was_dropped_before_its_landlord_was_known(
    cloud: Cloud, api: Api, drop: Drop, idle: Idle, landlord: str, settings: dict[str, Any], account: str
) -> None:
    drop("bank/tôt.xml", camt(a_statement(ENTRIES, account=account)))
    idle()
    dropped_at = time.monotonic()
    assert api.put(f"/v1/landlords/{landlord}", settings).status == 201
    assert api.get("/v1/files", role="viewer").body["items"] == []
    time.sleep(max(0.0, PATIENCE.total_seconds() + 1 - (time.monotonic() - dropped_at)))
    answered = client(cloud.place, "lambda").invoke(FunctionName=cloud.outputs["SweepDropsFunctionName"], Payload=b"{}")
    assert answered["Payload"].read() == b"null"
    idle()
    assert file_named(api, "tôt.xml")["status"] == "processed"
    assert received(api) == [45_000, 51_230]
