"""Applies rows of ERP files: leases, parties, dues, controls, pool accounts."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from quitus import bootstrap
from quitus.services.messages import ErpBatch, from_json

processor = BatchProcessor(event_type=EventType.SQS)


def apply(record: SQSRecord) -> None:
    """Apply one batch of rows."""
    bootstrap.erp_applier().apply(from_json(record.body, ErpBatch))


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Apply each message; those that fail come again alone."""
    return process_partial_response(event=event, record_handler=apply, processor=processor, context=context)
