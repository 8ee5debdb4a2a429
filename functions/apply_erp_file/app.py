"""Applies rows of ERP files: leases, parties, dues, controls, pool accounts."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.messages import ErpBatch, from_json


def apply(message: Message) -> None:
    """Apply one batch of rows."""
    bootstrap.erp_applier().apply(from_json(message.body, ErpBatch))


def handler(event: dict[str, Any], context: object) -> Failed:
    """Apply each message; those that fail come again alone."""
    return each_message(event, apply, bootstrap.sqs)
