"""Messages of a queue, one after the other. Those that fail come again alone and soon, and are counted by the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from botocore.exceptions import BotoCoreError, ClientError

from quitus.adapters.log import logger
from quitus.services.failures import told

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch import ExceptionInfo, FailureResponse
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from mypy_boto3_sqs import SQSClient

type Failed = PartialItemFailureResponse
"""The answer that names the messages to keep."""

FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 600
_CHANGES_AT_ONCE = 10
_log = logger()


@dataclass(frozen=True, slots=True)
class Message:
    """What a queue held, and which queue."""

    body: str
    queue_arn: str


def each_message(event: dict[str, Any], do: Callable[[Message], object], sqs: Callable[[], SQSClient]) -> Failed:
    """Do something with each message of an event.

    A message that fails does not touch the others: it is logged by id, type of error and place (`failed_record`),
    named in the answer, even when all fail, and comes again earlier than the queue's visibility says.
    """
    processor = _Processor(EventType.SQS, raise_on_entire_batch_failure=False)

    def one(record: SQSRecord) -> None:
        do(Message(record.body, record.event_source_arn))

    answer = process_partial_response(event=event, record_handler=one, processor=processor)
    if processor.fail_messages:
        _bring_back(cast("Sequence[SQSRecord]", processor.fail_messages), sqs)
    return answer


class _Processor(BatchProcessor):
    def failure_handler(self, record: SQSRecord, exception: ExceptionInfo) -> FailureResponse:
        """Remember a failure and log it without its text."""
        self.exceptions.append(exception)
        self.fail_messages.append(record)
        error = cast("Exception", exception[1])
        said = {"failed_record": True, "message_id": record.message_id, "receipts": _receipts(record), **told(error)}
        if isinstance(error, ClientError):
            said["code"] = error.response["Error"]["Code"]
        _log.error("A message failed", extra=said)
        return "fail", type(error).__name__, record


def _bring_back(records: Sequence[SQSRecord], sqs: Callable[[], SQSClient]) -> None:
    """Shorten the wait of failed messages, if that is possible: they come again anyway."""
    try:
        client = sqs()
        url = _url(client, records[0].event_source_arn)
        for first in range(0, len(records), _CHANGES_AT_ONCE):
            entries: Any = [_shorter(record) for record in records[first : first + _CHANGES_AT_ONCE]]
            client.change_message_visibility_batch(QueueUrl=url, Entries=entries)
    except (BotoCoreError, ClientError) as error:
        _log.warning("Failed messages wait as long as their queue says", extra=told(error))


def _url(client: SQSClient, arn: str) -> str:
    """The queue's address where this client calls, wherever that is; asking SQS for it would take one more right."""
    *_, account, name = arn.split(":")
    return f"{client.meta.endpoint_url.rstrip('/')}/{account}/{name}"


def _shorter(record: SQSRecord) -> Mapping[str, str | int]:
    wait = min(FIRST_WAIT_SECONDS * _receipts(record), LONGEST_WAIT_SECONDS)
    return {"Id": record.message_id, "ReceiptHandle": record.receipt_handle, "VisibilityTimeout": wait}


def _receipts(record: SQSRecord) -> int:
    """How often the message was received, this time included."""
    return int(record.attributes.approximate_receive_count)
