"""Brings the views up to date with the rows that changed, then wakes what follows from them."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.changes import changed
from quitus.adapters.sqs_batch import Failed, Message, each_message
from quitus.services.messages import Changes, ErpWake, PendingCheck, from_json

WAKE_DELAY_SECONDS = 1
"""The listing of what waits is a little late."""


def handler(event: dict[str, Any], context: object) -> Failed:
    """Refresh the views of each message's rows; messages that fail come again alone."""
    woken: set[str] = set()
    checks: list[PendingCheck] = []

    def refresh(message: Message) -> None:
        for one in changed(from_json(message.body, Changes).keys):
            refreshed = bootstrap.view_keeper().refresh(one)
            woken.update([one.landlord_id] if refreshed.wakes_erp else [])
            checks.extend([refreshed.check] if refreshed.check else [])

    answer = each_message(event, refresh, bootstrap.sqs)
    bootstrap.queue("PENDING_QUEUE_URL").send(checks, WAKE_DELAY_SECONDS)
    bootstrap.queue("ERP_WAKE_QUEUE_URL").send(map(ErpWake, sorted(woken)), WAKE_DELAY_SECONDS)
    return answer
