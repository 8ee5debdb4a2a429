"""Closes, every hour, the days that were proved some days ago."""

from __future__ import annotations

from typing import Any

from quitus import bootstrap
from quitus.adapters.each_landlord import each_landlord
from quitus.adapters.log import logger


def close(landlord_id: str) -> None:
    """Close days of one landlord."""
    through = bootstrap.day_closer().close_proved(landlord_id)
    done = {"closed_through": through.isoformat() if through else None}
    logger().info("Days were closed", extra={"landlord_id": landlord_id, **done})


def handler(event: dict[str, Any], context: object) -> None:
    """Close days of every landlord."""
    each_landlord(bootstrap.landlords().all(), close)
