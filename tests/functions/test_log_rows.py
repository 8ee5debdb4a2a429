"""The handler that keeps the stream in the action log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from simulation.cloud import Buckets

from log_rows.app import handler
from quitus import bootstrap
from quitus.adapters.action_log import S3ActionLog
from quitus.adapters.row_log import changes
from quitus.services.rebuild import Change, Place
from quitus.services.table import Row

STREAM = json.loads((Path(__file__).parents[2] / "events" / "stream.json").read_text(encoding="utf-8"))
BEGAN = "2026-11-01T00:00:00.000"
FIRST = 111100000000000000000001
MOVEMENT: Row = {
    "PK": "semiga#movement#2847f6106a#2026-11-23#45000",
    "SK": "000001",
    "account": "FR7630006000011234567890189",
    "source": {"channel": "camt.053", "message": "S1"},
    "movement": {"position": "1", "means": "transfer"},
    "posted_at": "2026-11-23T20:00:00.000+00:00",
    "entries": [{"sequence": 1, "hash": bytes.fromhex("abcdef1234567890")}],
}
LEASE: Row = {"PK": "semiga#lease#B-0042", "SK": "lease", "version": 2}
VIEW: Row = {"PK": "semiga#payments#2026-11-23", "SK": "pay-1", "stated": True}


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Buckets:
    buckets = Buckets()
    client: Any = buckets
    monkeypatch.setattr(bootstrap, "action_log", lambda: S3ActionLog(client, "raw"))
    return buckets


def kept(buckets: Buckets) -> list[Change]:
    return [change for content in buckets.objects.values() for change in changes(content)]


def test_every_row_is_kept_as_it_was_written_with_its_place_in_the_stream(buckets: Buckets) -> None:
    handler(STREAM, None)
    rows = (MOVEMENT, LEASE, VIEW)
    assert kept(buckets) == [Change(Place(BEGAN, FIRST + place), row) for place, row in enumerate(rows)]
    ((bucket, name),) = buckets.objects
    assert (bucket, name.rpartition("/")[0]) == ("raw", "actions/semiga/rows")


def test_the_same_batch_again_is_the_same_action(buckets: Buckets) -> None:
    handler(STREAM, None)
    handler(STREAM, None)
    assert len(buckets.objects) == 1


def test_a_batch_that_was_cut_otherwise_loses_nothing(buckets: Buckets) -> None:
    """After a failure the stream may begin with the same change and give more with it."""
    handler({"Records": STREAM["Records"][:1]}, None)
    handler(STREAM, None)
    assert {change.place.sequence for change in kept(buckets)} == {FIRST, FIRST + 1, FIRST + 2}


def test_landlords_have_their_own_actions(buckets: Buckets) -> None:
    other = json.loads(json.dumps(STREAM["Records"][1]).replace("semiga", "habitat"))
    handler({"Records": [*STREAM["Records"], other]}, None)
    assert sorted(name.split("/")[1] for _, name in buckets.objects) == ["habitat", "semiga"]


def test_what_somebody_deletes_by_hand_stays_as_it_was(buckets: Buckets) -> None:
    gone = json.loads(json.dumps(STREAM["Records"][1]))
    del gone["dynamodb"]["NewImage"]
    handler({"Records": [STREAM["Records"][1], gone | {"eventName": "REMOVE"}]}, None)
    assert [change.row for change in kept(buckets)] == [LEASE]


def test_a_bucket_that_fails_raises_so_that_the_stream_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError("the bucket does not answer")

    monkeypatch.setattr(S3ActionLog, "record", refuse)
    client: Any = Buckets()
    monkeypatch.setattr(bootstrap, "action_log", lambda: S3ActionLog(client, "raw"))
    with pytest.raises(OSError, match="does not answer"):
        handler(STREAM, None)
