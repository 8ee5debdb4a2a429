"""Waits until nothing is left to do: drops, files, queues, stream."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.request import urlopen

from cloud.clients import client
from cloud.errors import NotIdle
from cloud.places import Place
from quitus.adapters import keys
from quitus.services.registry import FileStatus

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

AREAS = ("bank", "erp")
POLL_SECONDS = 0.5
TELL_SECONDS = 10
WAKES = "ErpWakeQueueUrl"
"""Its delayed messages are appointments with an ERP that is down, not work."""
COUNTS: tuple["QueueAttributeNameType", ...] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def wait_until_idle(place: Place, stack: dict[str, str], timeout: float) -> None:
    """Returns after two quiet looks in a row; raises `NotIdle` with what is left."""
    deadline = time.monotonic() + timeout
    next_word = time.monotonic() + TELL_SECONDS
    quiet = 0
    while quiet < 2:
        left = list(dict.fromkeys(work_left(place, stack)))
        quiet = 0 if left else quiet + 1
        now = time.monotonic()
        if left and now >= deadline:
            raise NotIdle(f"after {timeout:g} s: {'; '.join(left)}")
        if left and now >= next_word:
            print(f"Waiting for {'; '.join(left)}", file=sys.stderr, flush=True)
            next_word = now + TELL_SECONDS
        if quiet < 2:
            time.sleep(POLL_SECONDS)


def work_left(place: Place, stack: dict[str, str]) -> Iterator[str]:
    """What is still to be done, in words, looked for in the order in which it flows."""
    yield from files_left(place, stack)
    yield from messages_left(place, stack)
    yield from changes_left(place)
    yield from messages_left(place, stack)


def files_left(place: Place, stack: dict[str, str]) -> Iterator[str]:
    """Drops that no row of the registry tells of, and files that are processing."""
    dropped: Counter[tuple[str, str]] = Counter()
    for page in client(place, "s3").get_paginator("list_object_versions").paginate(Bucket=stack["DropBucketName"]):
        for version in page.get("Versions", []):
            landlord_id, _, rest = version["Key"].partition("/")
            if rest.startswith(tuple(f"{area}/" for area in AREAS)):
                dropped[landlord_id, rest] += 1
    known: Counter[tuple[str, str]] = Counter()
    for landlord_id in {landlord_id for landlord_id, _ in dropped}:
        for area, name, status in registered(place, stack["TableName"], landlord_id):
            known[landlord_id, f"{area}/{name}"] += 1
            if status == FileStatus.PROCESSING:
                yield f"{landlord_id}/{area}/{name} is processing"
    yield from (f"{landlord_id}/{rest} is not registered" for landlord_id, rest in (dropped - known))


def registered(place: Place, table: str, landlord_id: str) -> Iterator[tuple[str, str, str]]:
    """Area, name and status of a landlord's files."""
    pages = (
        client(place, "dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :files",
            ExpressionAttributeValues={":files": {"S": keys.files(landlord_id)}},
        )
    )
    for page in pages:
        for row in page["Items"]:
            yield row["area"]["S"], row["name"]["S"], row.get("status", {"S": FileStatus.PROCESSING})["S"]


def messages_left(place: Place, stack: dict[str, str]) -> Iterator[str]:
    for name, url in stack.items():
        if name.endswith("QueueUrl"):
            told = client(place, "sqs").get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
            count = sum(int(told[key]) for key in (COUNTS[:2] if name == WAKES else COUNTS))
            if count:
                yield f"{count} messages in {name.removesuffix('Url')}"


def changes_left(place: Place) -> Iterator[str]:
    with urlopen(f"{place.endpoint}/_local/progress", timeout=30) as answer:
        for name, count in json.load(answer).items():
            if count:
                yield f"{count} {name.replace('_', ' ')}"
