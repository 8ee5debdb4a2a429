"""The handlers that take files in, sweep for missed ones, and apply ERP rows: real event shapes, partial answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.erp.office import LANDLORD
from unit.intake.counter import Counter, Entry, a_statement, camt

from apply_erp_file.app import handler as apply_erp_file
from intake_file.app import handler as intake_file
from quitus import bootstrap
from quitus.bootstrap import taking_in
from quitus.services.drops import announced
from quitus.services.file_decisions import Contradiction
from quitus.services.messages import to_json
from quitus.services.registry import Area, DroppedFile, FileStatus
from sweep_drops.app import handler as sweep_drops

EVENTS = Path(__file__).parents[2] / "events"


def event(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    return held


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    counter = Counter()
    monkeypatch.setattr(taking_in, "intake", counter.intake)
    monkeypatch.setattr(bootstrap, "erp_applier", counter.office.applier)
    monkeypatch.setattr(taking_in, "sweep", lambda: counter)
    return counter


def test_an_announced_bank_file_is_registered_and_queued(counter: Counter) -> None:
    announcement = event("s3_drop_bank.json")
    (dropped,) = announced(json.loads(announcement["Records"][0]["body"]))
    counter.bucket.held[dropped] = camt(a_statement([Entry(45_000)]))
    assert intake_file(announcement, None) == {"batchItemFailures": []}
    file = counter.file(dropped.file_id)
    assert (file.status, file.name) == (FileStatus.PROCESSING, "relevé du 5 novembre+1.xml")
    assert len(counter.movements.sent) == 1


def test_a_quarantined_file_is_said_to_the_alarm(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    announcement = event("s3_drop_bank.json")
    (dropped,) = announced(json.loads(announcement["Records"][0]["body"]))
    counter.bucket.held[dropped] = b"not a bank file"
    intake_file(announcement, None)
    kinds = [getattr(record, "alert_kind", None) for record in caplog.records]
    assert kinds == ["file_quarantined", None]


def test_an_announced_erp_file_that_cannot_be_fetched_comes_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    announcement = event("s3_drop_erp.json")

    def away(*_: object) -> None:
        raise ConnectionError("the bucket is away")

    monkeypatch.setattr(counter.bucket, "fetch", away)
    assert intake_file(announcement, None) == {
        "batchItemFailures": [{"itemIdentifier": announcement["Records"][0]["messageId"]}]
    }


def test_the_test_event_of_s3_and_a_file_of_nobody_pass_silently(counter: Counter) -> None:
    announcement = event("s3_drop_bank.json")
    announcement["Records"][0]["body"] = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})
    assert intake_file(announcement, None) == {"batchItemFailures": []}
    stranger = event("s3_drop_bank.json")
    stranger["Records"][0]["body"] = stranger["Records"][0]["body"].replace("semiga/", "nobody/")
    assert intake_file(stranger, None) == {"batchItemFailures": []}


def test_a_released_file_is_taken_up_again_from_its_kept_bytes(counter: Counter) -> None:
    file = counter.drop(camt(a_statement([Entry(45_000)], closing=1)))
    counter.decisions().release(counter.occasion(file), "vu", Contradiction.REPLACES)
    message = event("resume_file.json")
    assert json.loads(message["Records"][0]["body"])["resume"]["file_id"] == file.file_id
    assert counter.swept.sent == [to_json(json.loads(message["Records"][0]["body"]))]
    counter.bucket.held.clear()
    assert intake_file(message, None) == {"batchItemFailures": []}
    counter.work()
    assert counter.file(file.file_id).status is FileStatus.PROCESSED
    assert intake_file(message, None) == {"batchItemFailures": []}
    assert counter.movements.sent == []


def test_a_batch_of_erp_rows_is_applied_and_acknowledged(counter: Counter) -> None:
    counter.office.leases("B-0042")
    message = event("erp_batch.json")
    file_id = json.loads(message["Records"][0]["body"])["file_id"]
    files = counter.intake().files
    files.register(DroppedFile(LANDLORD, file_id, Area.ERP, "dues.csv", "2026-11-05T09:00:00.000+00:00"))
    files.plan(LANDLORD, file_id, batches=1)
    assert apply_erp_file(message, None) == {"batchItemFailures": []}
    assert counter.office.account("B-0042").balance_cents == 26_000
    assert len(counter.book.acknowledged["dues.csv"].splitlines()) == 3


def test_the_sweep_runs_on_its_schedule(counter: Counter) -> None:
    counter.put("perdu.xml", b"x")
    sweep_drops({}, None)
    assert len(counter.swept.sent) == 1
