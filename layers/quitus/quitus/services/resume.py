"""Files that stopped half-way: when they are taken up again, and where they go on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from quitus.services.registry import DroppedFile, FileRegistry, FileStatus

UNQUEUED: Final = timedelta(minutes=20)
"""How long reading a file and queueing all of it may take, one more delivery of its announcement included."""
QUEUED: Final = timedelta(hours=1)
"""How long its batches may take to be worked."""
LONGEST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Resume:
    """A registered file is to be taken up again, from the bytes that are kept of it."""

    landlord_id: str
    file_id: str


def resumes(message: dict[str, Any]) -> list[Resume]:
    """The file that a message on the drops' queue asks to take up again, if it does."""
    asked = message.get("resume")
    return [Resume(asked["landlord_id"], asked["file_id"])] if asked else []


def resume_message(file: DroppedFile) -> dict[str, Any]:
    """The message that asks for it."""
    return {"resume": {"landlord_id": file.landlord_id, "file_id": file.file_id}}


def is_stuck(file: DroppedFile, now: datetime) -> bool:
    """Whether nothing more will come of a file by itself; each time it was taken up, it gets twice as long."""
    if file.status is not FileStatus.PROCESSING:
        return False
    patience = QUEUED if file.queued else UNQUEUED
    waits = min(patience * (1 << min(file.takes - 1, 10)), LONGEST)
    return now >= datetime.fromisoformat(file.taken_at or file.received_at) + waits


def unsent(files: FileRegistry, file: DroppedFile, total: int) -> Collection[int]:
    """The batches of a file that are to be sent: those after the last that surely was; once all were, those that
    nobody recorded, and at least the last one, whose worker closes the file.
    """
    if not file.queued:
        return range(file.sent + 1, total + 1)
    return set(range(1, total + 1)) - files.worked(file.landlord_id, file.file_id) or {total}
