"""The handler that writes exports, and where they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from unit.web.office import CHEQUE, Office

from quitus import bootstrap
from quitus.adapters.export_rows import ExportRows
from quitus.adapters.export_store import ExportStore
from quitus.services.exports import Export, ExportKind, ExportStatus
from write_export.app import handler

EVENT = json.loads((Path(__file__).parents[2] / "events" / "export_order.json").read_text(encoding="utf-8"))
EXPORT = Export("E1", ExportKind.RECEIPTS, date(2026, 11, 1), date(2026, 11, 30), ExportStatus.PENDING, "ada", "now")


class Bucket:
    """Takes uploads."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def upload_fileobj(self, file: Any, bucket: str, key: str, ExtraArgs: dict[str, str]) -> None:  # noqa: N803 - as the client names it
        self.objects[f"{bucket}/{key}"] = file.read()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    office, bucket = Office().settle_in(), Bucket()
    office.ask("POST", "/v1/payments", CHEQUE)
    office.follow()
    exports = ExportRows(office.table)
    exports.add("semiga", EXPORT)
    client: Any = bucket
    writer = office.export_writer(ExportStore(client, "exports"))
    monkeypatch.setattr(bootstrap, "export_writer", lambda: writer)
    yield bucket
    assert exports.find("semiga", "E1") != EXPORT


def test_an_order_becomes_a_file_and_again_the_same_file(bucket: Bucket) -> None:
    for _ in range(2):
        assert handler(EVENT, SimpleNamespace()) == {"batchItemFailures": []}
        (key, content), *others = bucket.objects.items()
        assert (key, others) == ("exports/semiga/exports/E1.csv", [])
        assert content.startswith("\ufeffpayment_id;".encode())
        assert content.count(b"\r\n") == 2


def test_a_link_downloads_one_object_for_five_minutes() -> None:
    client = boto3.client(
        "s3",
        region_name="eu-west-3",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(signature_version="s3v4"),
    )
    url = urlsplit(ExportStore(client, "exports").url("semiga", EXPORT, "november.csv", 300))
    asked = parse_qs(url.query)
    assert url.path.endswith("/semiga/exports/E1.csv")
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["response-content-disposition"] == ['attachment; filename="november.csv"']
