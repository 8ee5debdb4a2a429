"""Writes the letters that people asked for, a file at a time."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.bootstrap import tenants
from quitus.services.messages import DocumentTask, from_json


def write(message: Message) -> None:
    """Plan documents, or write one file of them."""
    tenants.document_writer().work(from_json(message.body, DocumentTask))


def handler(event: dict[str, Any], context: object) -> Failed:
    """Do each task; those that fail come again alone."""
    return each_message(event, write, bootstrap.sqs)
