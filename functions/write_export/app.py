"""Writes the exports that people asked for."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from quitus import bootstrap
from quitus.services.messages import ExportOrder, from_json

processor = BatchProcessor(event_type=EventType.SQS)


def write(record: SQSRecord) -> None:
    """Write one export."""
    bootstrap.export_writer().write(from_json(record.body, ExportOrder))


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Write each export; those that fail come again alone."""
    return process_partial_response(event=event, record_handler=write, processor=processor, context=context)
