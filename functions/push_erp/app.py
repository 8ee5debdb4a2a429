"""Pushes what waits to the landlords' ERPs, when woken; every few minutes looks for what nobody woke it for."""

from __future__ import annotations

from typing import Any, Protocol

from quitus import bootstrap
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.messages import ErpWake, from_json
from quitus.services.push_erp import Run


class Context(Protocol):
    """What is used of Lambda's."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Until this invocation is killed."""
        ...


def handler(event: dict[str, Any], context: Context) -> Failed | None:
    """Push for each landlord woken; the schedule wakes those for whom something waits."""
    if "Records" not in event:
        bootstrap.erp_pusher().wake(bootstrap.erp_landlords().all())
        return None
    run = Run(context.aws_request_id, lambda: context.get_remaining_time_in_millis() / 1000)

    def push(message: Message) -> None:
        bootstrap.erp_pusher().push(from_json(message.body, ErpWake).landlord_id, run)

    return each_message(event, push, bootstrap.sqs)
