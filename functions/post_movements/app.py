"""Posts what the banks' files and the payment events report."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.messages import MovementBatch, from_json


def post(message: Message) -> None:
    """Post one message: a payment event from outside, or a batch of a file that intake proved."""
    if message.queue_arn == bootstrap.env("PAYMENT_EVENTS_QUEUE_ARN"):
        bootstrap.event_poster().post(message.body)
    else:
        bootstrap.batch_poster().post(from_json(message.body, MovementBatch))


def handler(event: dict[str, Any], context: object) -> Failed:
    """Post each message; those that fail come again alone."""
    return each_message(event, post, bootstrap.sqs)
