"""Takes in the files that S3, or the sweep, announces, and takes up again those that stopped or were released."""

from __future__ import annotations

import json
from typing import Any

from quitus import bootstrap
from quitus.adapters.log import logger
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.bootstrap import taking_in
from quitus.services.drops import announced
from quitus.services.registry import DroppedFile
from quitus.services.resume import resumes


def take(message: Message) -> None:
    """Take in, or up again, every file that a message names."""
    named = json.loads(message.body)
    for dropped in announced(named):
        _say(taking_in.intake().take(dropped), dropped.file_id)
    for asked in resumes(named):
        _say(taking_in.intake().resume(asked), asked.file_id)


def _say(file: DroppedFile | None, file_id: str) -> None:
    if file is None:
        logger().warning("An object of no landlord", extra={"file_id": file_id, "landlord_id": "-"})
        return
    said = {"file_id": file.file_id, "landlord_id": file.landlord_id, "status": file.status, "reason": file.reason}
    logger().info("A file was taken in", extra=said)


def handler(event: dict[str, Any], context: object) -> Failed:
    """Take each message; those that fail come again alone."""
    return each_message(event, take, bootstrap.sqs)
