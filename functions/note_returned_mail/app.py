"""Takes note of mail that came back."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.bootstrap import tenants


def note(message: Message) -> None:
    """Take note of one event of SES."""
    tenants.returned_mail().note(message.body)


def handler(event: dict[str, Any], context: object) -> Failed:
    """Take note of each event; those that fail come again alone."""
    return each_message(event, note, bootstrap.sqs)
