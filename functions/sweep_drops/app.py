"""On a schedule: announces dropped files that no notification announced."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from quitus import bootstrap

logger = Logger(service="sweep_drops")


def handler(event: dict[str, Any], context: object) -> None:
    """Sweep the drop bucket."""
    logger.info("swept", missed=bootstrap.sweep().sweep())
