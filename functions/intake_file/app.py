"""Takes in the files that S3, or the sweep, announces."""

from __future__ import annotations

import json
from typing import Any

from quitus import bootstrap
from quitus.adapters.log import logger
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.drops import DroppedObject, announced


def take(message: Message) -> None:
    """Take in every object that a notification announces."""
    for dropped in announced(json.loads(message.body)):
        _take(dropped)


def _take(dropped: DroppedObject) -> None:
    file = bootstrap.intake().take(dropped)
    if file is None:
        logger().warning("an object of no landlord", extra={"file_id": dropped.file_id, "landlord_id": "-"})
        return
    said = {"file_id": file.file_id, "landlord_id": file.landlord_id, "status": file.status, "reason": file.reason}
    logger().info("taken", extra=said)


def handler(event: dict[str, Any], context: object) -> Failed:
    """Take each message; those that fail come again alone."""
    return each_message(event, take, bootstrap.sqs)
