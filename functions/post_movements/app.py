"""Posts what the banks' files and the payment events report."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from quitus import bootstrap
from quitus.services.messages import MovementBatch, from_json

processor = BatchProcessor(event_type=EventType.SQS)


def post(record: SQSRecord) -> None:
    """Post one message: a payment event from outside, or a batch of a file that intake proved."""
    if record.event_source_arn == bootstrap.env("PAYMENT_EVENTS_QUEUE_ARN"):
        bootstrap.event_poster().post(record.body)
    else:
        bootstrap.batch_poster().post(from_json(record.body, MovementBatch))


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Post each message; those that fail come again alone."""
    return process_partial_response(event=event, record_handler=post, processor=processor, context=context)
