"""What the functions of a local cloud logged: `FUNCTION REQUEST LINE`, in the order in which invocations ended."""

import json
from collections.abc import Iterator

from cloud.errors import NotUp
from cloud.places import Place

FAILED = "FAILED "
"""Begins the line about an invocation that ended without an answer: it broke, timed out, or never started."""
BAD = {"ERROR", "CRITICAL"}


def logged(place: Place, function: str | None = None, *, errors: bool = False) -> Iterator[str]:
    """The lines, of one function only or errors only if asked; also those of a cloud that is down since."""
    if not place.journal.exists():
        raise NotUp(f"no function logged anything on port {place.port}: nothing was up there, or nothing was asked yet")
    with place.journal.open() as journal:
        for line in journal:
            name, _, said = line.rstrip("\n").split(" ", 2)
            if function in (None, name) and (not errors or is_error(said)):
                yield line.rstrip("\n")


def is_error(said: str) -> bool:
    """Whether a line is one: functions log JSON, whatever else comes out of them is a crash."""
    try:
        told = json.loads(said)
    except ValueError:
        return bool(said)
    return not isinstance(told, dict) or told.get("level") in BAD
