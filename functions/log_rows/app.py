"""Table stream → every row as it was written → the action log; a failure raises and the batch comes again."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.row_log import keep


def handler(event: dict[str, Any], context: object) -> None:
    keep(event["Records"], bootstrap.action_log())
