"""Waiting before trying again."""

from __future__ import annotations

import random
import time

LONGEST_SECONDS = 2.0


def pause(attempt: int) -> None:
    """Wait a little, longer each time, with full jitter."""
    time.sleep(random.uniform(0, min(LONGEST_SECONDS, 0.02 * 2**attempt)))  # noqa: S311 - jitter, not a secret
