"""Brings the views up to date with the rows that changed, then wakes the pushes to the ERPs concerned."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from quitus import bootstrap
from quitus.adapters.changes import changed
from quitus.services.messages import Changes, ErpWake, from_json

WAKE_DELAY_SECONDS = 1
"""The listing of what waits is a little late."""


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Refresh the views of each message's rows; messages that fail come again alone."""
    woken: set[str] = set()

    def refresh(record: SQSRecord) -> None:
        for one in changed(from_json(record.body, Changes).keys):
            if bootstrap.view_keeper().refresh(one):
                woken.add(one.landlord_id)

    processor = BatchProcessor(event_type=EventType.SQS)
    answer = process_partial_response(event=event, record_handler=refresh, processor=processor, context=context)
    bootstrap.queue("ERP_WAKE_QUEUE_URL").send(map(ErpWake, sorted(woken)), WAKE_DELAY_SECONDS)
    return answer
