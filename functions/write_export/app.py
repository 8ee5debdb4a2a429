"""Writes the exports that people asked for."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.messages import ExportOrder, from_json


def write(message: Message) -> None:
    """Write one export."""
    bootstrap.export_writer().write(from_json(message.body, ExportOrder))


def handler(event: dict[str, Any], context: object) -> Failed:
    """Write each export; those that fail come again alone."""
    return each_message(event, write, bootstrap.sqs)
