"""What may be said of an exception that nobody foresaw."""

from __future__ import annotations

import traceback

from quitus.domain.errors import QuitusError

_PLACES = 8


def told(error: BaseException) -> dict[str, object]:
    """Its type, its code and where it passed, for a log: never its text, which may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    code = error.code if isinstance(error, QuitusError) else None
    return {"error": type(error).__name__, "code": code, "at": places}
