"""On a schedule: announces dropped files that no notification announced."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.log import logger


def handler(event: dict[str, Any], context: object) -> None:
    """Sweep the drop bucket."""
    missed = bootstrap.sweep().sweep()
    logger().info("swept", extra={"missed": missed})
