"""The rows of the table in the action log: each as it was after each change, as the table's stream tells it.

What the stream tells is kept before the stream goes on, whatever was killed meanwhile: no function logs its own
decisions. The same batch again, or cut otherwise, changes nothing: whoever reads the log takes of each row the last
change (`services.rebuild`).
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from quitus.adapters.dynamo import decode_row
from quitus.services.ports import ActionLog
from quitus.services.rebuild import ROWS, Change, Place

_STREAM = "/stream/"
"""Comes before the label of a stream in its ARN: the instant at which the stream began."""


def keep(records: Iterable[Mapping[str, Any]], log: ActionLog) -> None:
    """Log the rows of these records of a stream, an action for each landlord's.

    Raises what the log raises, so that the stream repeats the batch. A deletion is kept nowhere: nothing of the product
    deletes a row, so a rebuild has it again, and says so.
    """
    told: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        if "NewImage" in record["dynamodb"]:
            owner = record["dynamodb"]["Keys"]["PK"]["S"].partition("#")[0]
            told.setdefault(owner, []).append(record)
    for owner, some in sorted(told.items()):
        body = {"stream": some[0]["eventSourceARN"].partition(_STREAM)[2], "changes": [_change(one) for one in some]}
        digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        changed_at = datetime.fromtimestamp(some[-1]["dynamodb"]["ApproximateCreationDateTime"], UTC)
        log.record(owner, ROWS, f"{changed_at:%Y%m%dT%H%M%SZ}-{digest[:32]}", body, changed_at)


def _change(record: Mapping[str, Any]) -> list[Any]:
    """The place of the change in its stream, and the row after it in DynamoDB's notation."""
    return [record["dynamodb"]["SequenceNumber"], record["dynamodb"]["NewImage"]]


def changes(action: bytes) -> Iterator[Change]:
    """The changes that an action holds which `keep` logged."""
    said = json.loads(action, object_hook=_with_bytes)
    for sequence, image in said["changes"]:
        yield Change(Place(said["stream"], int(sequence)), decode_row(image))


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    """Bytes are base64 in JSON; a map's attribute that is called B holds a value with its type, never a text."""
    if found.keys() == {"B"} and isinstance(found["B"], str):
        return {"B": b64decode(found["B"])}
    return found
