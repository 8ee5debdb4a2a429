"""Pushes what waits to the landlords' ERPs, when woken; every few minutes looks for what nobody woke it for."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from quitus import bootstrap
from quitus.services.messages import ErpWake, from_json
from quitus.services.push_erp import Run


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse | None:
    """Push for each landlord woken; the schedule wakes those for whom something waits."""
    if "Records" not in event:
        bootstrap.erp_pusher().wake(bootstrap.erp_landlords().all())
        return None
    run = Run(context.aws_request_id, lambda: context.get_remaining_time_in_millis() / 1000)

    def push(record: SQSRecord) -> None:
        bootstrap.erp_pusher().push(from_json(record.body, ErpWake).landlord_id, run)

    processor = BatchProcessor(event_type=EventType.SQS)
    return process_partial_response(event=event, record_handler=push, processor=processor, context=context)
