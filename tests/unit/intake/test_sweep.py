"""The sweep: what nothing announced is announced, what stopped half-way is taken up again, a little at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from unit.intake.counter import Counter, Entry, a_statement, camt, counts

from quitus.adapters.drop_store import S3Drops
from quitus.services import sweep as sweeping
from quitus.services.drops import DroppedObject, announced
from quitus.services.registry import DroppedFile, FileStatus
from quitus.services.sweep import Swept
from quitus.services.table import Stale, Write

AWS = boto3.Session(region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
MANY = [Entry(100 + index) for index in range(250)]


def put(counter: Counter, number: int) -> DroppedObject:
    return counter.put(f"{number}.xml", camt(a_statement([Entry(100)], name=f"S{number}")))


def test_a_listing_longer_than_one_run_is_gone_through_by_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PAGES", 2)
    counter = Counter()
    dropped = [put(counter, number) for number in range(14)]
    found = []
    for _ in range(3):
        counter.bucket.pages = 0
        counter.sweep()
        assert counter.bucket.pages <= 2
        found += [one for text in counter.swept.sent for one in announced(json.loads(text))]
        counter.swept.sent = []
    assert found == dropped
    counter.sweep()
    assert [one for text in counter.swept.sent for one in announced(json.loads(text))] == dropped[:6]


def test_a_listing_that_one_run_goes_through_leaves_no_mark() -> None:
    counter = Counter()
    put(counter, 1)
    counter.sweep()
    assert not [key for key in counter.memory.rows if key.pk == "@files#sweep"]


def unfinished(counter: Counter, entries: list[Entry] = MANY) -> DroppedFile:
    """A file whose batches are on the queue, and not worked."""
    file = counter.intake().take(counter.put("releve.xml", camt(a_statement(entries))))
    assert file is not None
    assert file.queued
    return file


def test_a_file_that_was_registered_and_never_read_is_taken_up() -> None:
    counter = Counter()
    dropped = counter.put("releve.xml", camt(a_statement(MANY)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counter.bucket, "fetch", away)
        with pytest.raises(ConnectionError):
            counter.intake().take(dropped)
    assert counter.sweep() == Swept(0, 0)
    counter.wait(minutes=21)
    assert counter.sweep() == Swept(0, 1)
    counter.resume()
    assert counter.file(dropped.file_id).status is FileStatus.PROCESSED


def test_a_file_is_registered_although_another_transaction_met_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses both of two that meet: then nothing is there yet."""
    counter = Counter()
    write, met = counter.memory.write, iter([True])

    def meeting(writes: Sequence[Write]) -> None:
        if next(met, False):
            raise Stale
        write(writes)

    monkeypatch.setattr(counter.memory, "write", meeting)
    assert counter.intake().take(counter.put("releve.xml", camt(a_statement([Entry(100)])))) is not None


def away(*_: object) -> None:
    raise ConnectionError("the bucket is away")


def test_a_file_that_stopped_while_it_was_queued_is_taken_up_from_its_kept_bytes() -> None:
    counter = Counter()
    dropped = counter.put("releve.xml", camt(a_statement(MANY)))
    counter.movements.fails_after = 1
    with pytest.raises(ConnectionError):
        counter.intake().take(dropped)
    del counter.bucket.held[dropped]
    counter.wait(minutes=21)
    counter.sweep()
    counter.resume()
    assert counts(counter.file(dropped.file_id)) == {"movements": 250, "suspense": 250}


@pytest.mark.parametrize("lost", [(1,), (2, 3), (1, 2, 3)])
def test_batches_that_were_lost_are_sent_again_and_no_other(lost: tuple[int, ...]) -> None:
    counter = Counter()
    file = unfinished(counter)
    sent = counter.movements.sent
    counter.movements.sent = [text for text in sent if json.loads(text)["number"] not in lost]
    counter.work()
    counter.wait(minutes=59)
    assert counter.sweep() == Swept(0, 0)
    counter.wait(minutes=1)
    assert counter.sweep() == Swept(0, 1)
    (asked,) = counter.asked()
    counter.intake().resume(asked)
    assert [json.loads(text)["number"] for text in counter.movements.sent] == list(lost)
    counter.work()
    assert (counter.file(file.file_id).status, len(counter.posted())) == (FileStatus.PROCESSED, 250)


def test_a_file_whose_last_worker_died_before_closing_it_is_closed() -> None:
    counter = Counter()
    file = unfinished(counter)
    files = counter.intake().files
    for number in (1, 2, 3):
        files.record_batch("semiga", file.file_id, number, {"suspense": 1}, (), "2026-11-05T09:30:00.000+00:00")
    counter.movements.sent = []
    counter.wait(hours=1)
    counter.sweep()
    counter.resume()
    assert counter.file(file.file_id).status is FileStatus.PROCESSED


def test_each_time_a_file_is_taken_up_it_gets_twice_as_long() -> None:
    counter = Counter()
    unfinished(counter)
    found = []
    for hour in range(1, 64):
        counter.wait(hours=1)
        if counter.sweep().stuck:
            found.append(hour)
            for asked in counter.asked():
                counter.intake().resume(asked)
        counter.swept.sent, counter.movements.sent = [], []
    assert found == [1, 3, 7, 15, 31, 55]


def test_a_finished_file_is_in_no_list() -> None:
    counter = Counter()
    counter.drop(camt(a_statement([Entry(100)])))
    quarantined = counter.drop(b"x", "x")
    counter.wait(days=2)
    counter.bucket.held.clear()
    assert counter.sweep() == Swept(0, 0)
    assert [kept.file_id for kept in counter.intake().files.kept_out("semiga")] == [quarantined.file_id]


def test_an_erp_file_that_stopped_is_taken_up_too() -> None:
    counter = Counter()
    rows = [
        "#quitus;balances;1;1",
        "lease_id;as_of;amount",
        *(f"B-{number};2026-11-01;1.00" for number in range(3)),
        "#end;3;3.00",
    ]
    dropped = counter.put("soldes.csv", "\n".join(rows).encode(), folder="semiga/erp")
    counter.intake().take(dropped)
    counter.rows.sent = []
    counter.wait(hours=1)
    counter.sweep()
    counter.resume()
    file = counter.file(dropped.file_id)
    assert (file.status, file.refused) == (FileStatus.PROCESSED, 3)
    assert "soldes.csv" in counter.book.acknowledged


def test_the_listing_goes_on_after_the_version_where_a_page_ended() -> None:
    client = AWS.client("s3")
    arrived = datetime(2026, 11, 5, tzinfo=UTC)
    version = {"Key": "semiga/bank/a\nb.xml", "VersionId": "v1", "ETag": '"e1"', "LastModified": arrived}
    first = {"Versions": [version], "IsTruncated": True, "NextKeyMarker": version["Key"], "NextVersionIdMarker": "v1"}
    with Stubber(client) as stub:
        stub.add_response("list_object_versions", first, {"Bucket": "drop"})
        after = {"Bucket": "drop", "KeyMarker": version["Key"], "VersionIdMarker": "v1"}
        stub.add_response("list_object_versions", {"IsTruncated": False}, after)
        drops = S3Drops(client, "drop")
        page = drops.page(None)
        assert page.objects == [(DroppedObject("semiga/bank/a\nb.xml", "v1", "e1"), version["LastModified"])]
        assert drops.page(page.after).objects == []
