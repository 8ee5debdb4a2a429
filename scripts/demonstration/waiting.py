"""Waiting for what comes a little later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PAUSE_SECONDS: Final = 0.5


def found_within[T](look: Callable[[], T | None], seconds: float) -> T | None:
    """What a look finds, asked again and again; None when it found nothing in time."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            return None
        time.sleep(PAUSE_SECONDS)
    return found


def wait_until(reached: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again; False when it was not reached in time."""
    return found_within(lambda: reached() or None, seconds) is not None
