"""Waits until nothing is left to do: drops, files, queues, stream."""

import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.request import urlopen

from cloud.clients import client
from cloud.errors import NotIdle
from cloud.places import Place
from quitus.adapters import file_keys, keys
from quitus.services.drops import DroppedObject, place_of
from quitus.services.drops import Place as DropPlace
from quitus.services.registry import FileStatus

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

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
    """Drops that no row of the registry tells of, and files that are processing; drops of no landlord get no row."""
    drops = list(dropped(place, stack["DropBucketName"]))
    landlords = [each for each in {where.landlord_id for where, _ in drops} if is_landlord(place, stack, each)]
    statuses = dict(file for landlord_id in landlords for file in files(place, stack, landlord_id))
    for where, file_id in drops:
        status = statuses.get((where.landlord_id, file_id))
        if where.landlord_id in landlords and status in {None, FileStatus.PROCESSING}:
            yield f"{where.landlord_id}/{where.name} is {status or 'not registered'}"


def dropped(place: Place, bucket: str) -> Iterator[tuple[DropPlace, str]]:
    """Every version of every drop that names a landlord: where it is, and its file's id."""
    for page in client(place, "s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            found = DroppedObject(version["Key"], version["VersionId"], version["ETag"].strip('"'))
            if where := place_of(found.key):
                yield where, found.file_id


def is_landlord(place: Place, stack: dict[str, str], landlord_id: str) -> bool:
    key = keys.settings(landlord_id)
    row = client(place, "dynamodb").get_item(
        TableName=stack["TableName"], Key={"PK": {"S": key.pk}, "SK": {"S": key.sk}}, ConsistentRead=True
    )
    return "Item" in row


def files(place: Place, stack: dict[str, str], landlord_id: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Status of each of a landlord's files by landlord and file id."""
    pages = (
        client(place, "dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=stack["TableName"],
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :files",
            ExpressionAttributeValues={":files": {"S": file_keys.files(landlord_id)}},
        )
    )
    for page in pages:
        for row in page["Items"]:
            yield (landlord_id, row["file_id"]["S"]), row["status"]["S"] if "status" in row else FileStatus.PROCESSING


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
