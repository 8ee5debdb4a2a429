"""Letters on the real wiring: one to a tenant, and all of a landlord's while functions are killed and told twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import urlopen

import pypdf
import pytest
from letters import seen, text_of
from qr_readers import read_by_zxing

from cloud.clients import client
from cloud.idle import wait_until_idle
from demonstration.ibans import french_iban

from .api import Api, let
from .conftest import Cloud
from .test_kills import killing, retried_soon

__all__ = ["retried_soon"]

DUE = date(2026, 11, 10)
RESIDENCES, HOMES = 4, 5
PATIENCE = 10
"""How often one asks again."""


def a_landlord(landlord: str) -> dict[str, Any]:
    return {
        "name": "Courriers", "siren": "123456782", "tolerance_cents": 0,
        "bank_accounts": [{"iban": french_iban("17328", "89965", "20000000001"), "bic": "SWNBFR22XXX"}],
        "virtual_iban_range": {"bank_code": "17328", "branch_code": "89965", "account_prefix": "5" + landlord[-1],
                               "bic": "SWNBFR22XXX", "payee_name": "Courriers SA"},
        "contact": {"phone": "04 66 00 00 00"},
    }  # fmt: skip


def fetched(url: str) -> tuple[bytes, str | None]:
    """What a signed link downloads, and how it says that it is to be kept."""
    with urlopen(url, timeout=20) as answer:
        return answer.read(), answer.headers["Content-Disposition"]


def asked_for(api: Api, body: Mapping[str, object]) -> str:
    """The id of documents; where the function died on the way, they are asked for again under the same key."""
    for _ in range(PATIENCE):
        asked = api.post("/v1/documents", body, **{"Idempotency-Key": "letters"})
        if asked.status < 500:
            return str(asked.body["document_id"])
    raise AssertionError(asked)


def test_a_notice_is_asked_for_and_downloaded(api: Api, landlord: str, idle: Callable[[], None]) -> None:
    assert api.put(f"/v1/landlords/{landlord}", a_landlord(landlord)).status == 201
    iban = let(api, "A", 45_000, DUE)
    assert api.put(f"/v1/landlords/{landlord}/texts/notice", {"fr": "{total}, {period}, {pay_by}."}).status == 200
    assert api.post("/v1/documents", {"kind": "rib", "lease_ids": ["A"]}, "viewer").status == 403
    body = {"kind": "notice", "period": "2026-11", "lease_ids": ["A"], "payment_links": True}
    asked = api.post("/v1/documents", body, "collections")
    assert asked.status == 202
    idle()
    document = api.get(f"/v1/documents/{asked.body['document_id']}", "viewer").body
    assert (document["status"], document["progress"]["letters"]) == ("ready", 1)
    pdf, disposition = fetched(document["url"])
    assert disposition == 'attachment; filename="notice-2026-11-R1.pdf"'
    text = text_of(pdf)
    assert "450,00 €, novembre 2026, 10 novembre 2026." in text
    assert iban in text.replace(" ", "")
    transfer, page = sorted(code.decode() for code in read_by_zxing(seen(pdf)))
    assert transfer.split("\n")[5:8] == ["Courriers SA", iban, "EUR450.00"]
    assert "Courriers" in fetched(page)[0].decode()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the functions' processes under /proc")
@pytest.mark.usefixtures("retried_soon")
def test_all_account_numbers_are_told_once_though_functions_die_and_tasks_repeat(
    cloud: Cloud, api: Api, landlord: str, idle: Callable[[], None]
) -> None:
    assert api.put(f"/v1/landlords/{landlord}", a_landlord(landlord)).status == 201
    names = [f"R{number}" for number in range(RESIDENCES)]
    for residence in names:
        for home in range(HOMES):
            lease = {"status": "active", "start_date": "2020-01-01", "unit_id": f"U{home}", "unit_kind": "dwelling",
                     "residence_id": residence, "residence_name": residence, "commune": "Nîmes",
                     "holder_name": f"Titulaire {residence}-{home}"}  # fmt: skip
            assert api.put(f"/v1/leases/{residence}-{home}", lease).status == 201
    idle()
    with killing(cloud, Random("letters")) as killed:
        document_id = asked_for(api, {"kind": "virtual_iban", "all": True})
        task = json.dumps({"landlord_id": landlord, "document_id": document_id})
        client(cloud.place, "sqs").send_message(QueueUrl=cloud.outputs["DocumentsQueueUrl"], MessageBody=task)
        wait_until_idle(cloud.place, cloud.outputs, 120)
    document = api.get(f"/v1/documents/{document_id}").body
    assert document["status"] == "ready"
    assert document["progress"] == {
        "files": RESIDENCES, "files_done": RESIDENCES, "letters": RESIDENCES * HOMES, "skipped": 0
    }  # fmt: skip
    files = api.get(f"/v1/documents/{document_id}/files").body["items"]
    assert [file["residence_id"] for file in files] == names
    index, _ = fetched(document["index_url"])
    lines = list(csv.DictReader(io.StringIO(index.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [line["lease_id"] for line in lines] == [f"{name}-{home}" for name in names for home in range(HOMES)]
    for file in files:
        pdf, _ = fetched(file["url"])
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
        for line in (line for line in lines if line["file"] == file["name"]):
            assert line["holder_name"] in pages[int(line["page"]) - 1]
    assert killed
