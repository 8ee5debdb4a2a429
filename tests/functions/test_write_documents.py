"""The handler that writes letters, and where they are kept."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from unit.web.office import Office
from unit.web.test_documents import Works

from quitus.adapters.document_rows import DocumentRows
from quitus.adapters.document_store import BucketFiles, BucketLinks
from quitus.bootstrap import tenants
from quitus.services.compose_letters import DocumentKind
from quitus.services.documents import Document, DocumentStatus, Part, Scope
from write_documents.app import handler

EVENT = json.loads((Path(__file__).parents[2] / "events" / "document_task.json").read_text(encoding="utf-8"))
ASKED = Document("D1", DocumentKind.RIB, None, Scope(("L1",)), DocumentStatus.PENDING, "ada", "now")


class Bucket:
    """Takes objects."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}

    def put_object(self, **given: Any) -> None:
        self.objects[f"{given['Bucket']}/{given['Key']}"] = (given["ContentType"], given["Body"])


def test_a_task_becomes_a_file_and_an_index_in_the_landlord_s_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    works, bucket = Works(Office().settle_in()), Bucket()
    client: Any = bucket
    monkeypatch.setattr(works, "files", BucketFiles(client, "exports"))
    rows = DocumentRows(works.office.table, works.office.clock)
    rows.add("semiga", ASKED)
    rows.plan("semiga", "D1", [Part(1, "R1", ("L1",), "rib-R1.pdf")])
    monkeypatch.setattr(tenants, "document_writer", works.writer)
    for _ in range(2):
        assert handler(EVENT, SimpleNamespace()) == {"batchItemFailures": []}
        (file, pdf), (index, text) = bucket.objects.items()
        assert (file, pdf[0]) == ("exports/semiga/documents/D1/rib-R1.pdf", "application/pdf")
        assert pdf[1].startswith(b"%PDF-")
        assert (index, text[0]) == ("exports/semiga/documents/D1/index.csv", "text/csv; charset=utf-8")
        assert text[1].startswith("\ufefflease_id;".encode())
    found = rows.find("semiga", "D1")
    assert found is not None
    assert (found.status, found.files_done) == (DocumentStatus.READY, 1)


def test_a_link_is_to_one_object_for_five_minutes_and_downloads_it() -> None:
    client = boto3.client(
        "s3", region_name="eu-west-3", aws_access_key_id="a", aws_secret_access_key="s",
        config=Config(signature_version="s3v4"),
    )  # fmt: skip
    url = urlsplit(BucketLinks(client, "exports").url("semiga", "D1", "rib-R1.pdf", 300))
    asked = parse_qs(url.query)
    assert url.path.endswith("/semiga/documents/D1/rib-R1.pdf")
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["response-content-disposition"] == ['attachment; filename="rib-R1.pdf"']
    assert asked["response-content-type"] == ["application/pdf"]
