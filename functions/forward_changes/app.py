"""Table stream → keys of changed rows → ViewsQueue, nothing else; a failure raises and the batch comes again."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.changes import forward


def handler(event: dict[str, Any], context: object) -> None:
    forward(event["Records"], bootstrap.queue("VIEWS_QUEUE_URL"))
