"""What people decided about quarantined files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quitus.services.idempotent_requests import Attempt


class Verdict(StrEnum):
    """What a person decided."""

    RELEASE = "release"
    """Take the file again, trusting what the person answers for."""
    REJECT = "reject"
    """Nothing of it is ever posted; its bytes stay kept."""


class Contradiction(StrEnum):
    """What a statement is to the one of the same name that was posted before."""

    REPLACES = "replaces"
    """It tells the same day again, corrected: what both tell is the same money."""
    ADDS = "adds"
    """The bank used one name twice: what it tells comes on top."""


@dataclass(frozen=True, slots=True)
class FileDecision:
    """A person's decision on a file: who, when, why; for a release, what of its problems the person answers for."""

    kind: Verdict
    reason: str
    decided_by: str
    decided_at: str
    vouched: tuple[str, ...] = ()
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True)
class FileOccasion:
    """Which file is decided on, by whom, in which attempt."""

    landlord_id: str
    file_id: str
    by: str
    attempt: Attempt
