"""On a schedule: announces dropped files that no notification announced, and has stopped ones taken up again."""

from __future__ import annotations

from typing import Any

from quitus.adapters.log import logger
from quitus.bootstrap import taking_in


def handler(event: dict[str, Any], context: object) -> None:
    """Sweep the drop bucket and the files that are being processed."""
    swept = taking_in.sweep().sweep()
    logger().info("The drops were swept", extra={"missed": swept.missed, "stuck": swept.stuck})
