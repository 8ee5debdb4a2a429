"""Takes in the files that S3, or the sweep, announces."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from quitus import bootstrap
from quitus.services.drops import DroppedObject, announced

logger = Logger(service="intake_file")
processor = BatchProcessor(event_type=EventType.SQS)


def take(record: SQSRecord) -> None:
    """Take in every object that a notification announces."""
    for dropped in announced(json.loads(record.body)):
        _take(dropped)


def _take(dropped: DroppedObject) -> None:
    file = bootstrap.intake().take(dropped)
    if file is None:
        logger.warning("an object of no landlord", file_id=dropped.file_id, landlord_id="-")
        return
    said = {"file_id": file.file_id, "landlord_id": file.landlord_id, "status": file.status, "reason": file.reason}
    logger.info("taken", extra=said)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take each message; those that fail come again alone."""
    return process_partial_response(event=event, record_handler=take, processor=processor, context=context)
