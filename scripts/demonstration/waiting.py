"""Waiting for what comes a little later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PAUSE_SECONDS: Final = 0.5


def wait_until(reached: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again; False when it was not reached in time."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True
