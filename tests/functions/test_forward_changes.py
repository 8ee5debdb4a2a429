"""The handler of the table's stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from forward_changes.app import handler
from quitus import bootstrap
from quitus.adapters.queues import SqsQueue

STREAM = json.loads((Path(__file__).parents[2] / "events" / "stream.json").read_text(encoding="utf-8"))
URL = "https://sqs.eu-west-3.amazonaws.com/123456789012/views"


@pytest.fixture
def views(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("sqs", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
    monkeypatch.setattr(bootstrap, "queue", lambda name: SqsQueue(client, {"VIEWS_QUEUE_URL": URL}[name]))
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_the_keys_that_matter_are_sent_in_one_message(views: Stubber) -> None:
    keys: list[list[Any]] = [
        ["semiga#movement#2847f6106a#2026-11-23#45000", "000001"],
        ["semiga#lease#B-0042", "lease"],
    ]
    body = json.dumps({"keys": keys, "schema": "quitus.changes/1"}, separators=(",", ":"))
    entries = [{"Id": "0", "MessageBody": body, "DelaySeconds": 0}]
    taken = {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "0"}], "Failed": []}
    views.add_response("send_message_batch", taken, {"QueueUrl": URL, "Entries": entries})
    handler(STREAM, None)


def test_a_broken_queue_raises_so_that_the_stream_repeats(views: Stubber) -> None:
    views.add_client_error("send_message_batch", "InternalError")
    with pytest.raises(views.client.exceptions.ClientError):
        handler(STREAM, None)


def test_a_batch_of_views_sends_nothing(views: Stubber) -> None:
    handler({"Records": STREAM["Records"][2:]}, None)
