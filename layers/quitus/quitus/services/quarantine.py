"""Files that cannot be trusted: kept out whole, until a person decides or a later file tells all that they should have
told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import UnreadableFile
from quitus.services.doubts import Doubts
from quitus.services.ports import Alerts, Clock
from quitus.services.raw_files import beginnings
from quitus.services.registry import DroppedFile, FileRegistry, KeptOut


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Keeps files out, and lets those go that a later file makes good."""

    files: FileRegistry
    alerts: Alerts
    clock: Clock

    def keep_out(self, file: DroppedFile, refusal: UnreadableFile) -> None:
        """Keep a file out as a whole, with its reason and an alert."""
        at, doubts = instant_text(self.clock.now()), Doubts.of(refusal)
        first = doubts.problems[0]
        where = {"where": first.where} if first.where else {}
        alert = Alert(AlertKind.FILE_QUARANTINED, file.file_id, {"reason": first.code, "name": file.name, **where})
        self.alerts.alert(file.landlord_id, alert, at)
        self.files.keep_out(file, doubts, at)

    def make_good(self, file: DroppedFile, sha256: str, content: BinaryIO, told: Sequence[Sequence[str]]) -> None:
        """Mark the earlier files whose place this one takes: it is proved, and tells all of them.

        Args:
            file: the file, as it was registered.
            sha256: of its content once unpacked.
            content: its bytes as they were dropped.
            told: the names of its statements, each of them proved.
        """
        waiting = [kept for kept in self.files.kept_out(file.landlord_id) if _is_earlier(kept, file)]
        if not waiting:
            return
        begins = beginnings(content, [kept.size for kept in waiting if kept.size is not None])
        names = {name for names in told for name in names}
        for kept in waiting:
            whole = _is_cut(kept, file, begins.get(kept.size or 0)) or kept.sha256 == sha256
            if whole or _is_told(kept, names):
                self._let_go(file, kept)

    def _let_go(self, file: DroppedFile, kept: KeptOut) -> None:
        """Its alert is closed first: whoever dies in between is followed by another that finds the file again, and an
        alert that a person's release raises anew meanwhile stays.
        """
        at = instant_text(self.clock.now())
        self.alerts.close(file.landlord_id, AlertKind.FILE_QUARANTINED, kept.file_id, at)
        self.files.supersede(file.landlord_id, kept.file_id, file.file_id)


def _is_earlier(kept: KeptOut, file: DroppedFile) -> bool:
    """What comes later is what the bank says last."""
    return kept.file_id != file.file_id and kept.received_at <= file.received_at


def _is_cut(kept: KeptOut, file: DroppedFile, begins: str | None) -> bool:
    """Whether a file is the beginning of this one: an interrupted transfer. Nothing at all begins any file, so an empty
    one is made good under its own name only.
    """
    if kept.size is None or kept.raw is None or kept.raw != begins:
        return False
    return kept.size > 0 or kept.name == file.name


def _is_told(kept: KeptOut, names: set[str]) -> bool:
    """Whether each of its statements was told again."""
    return bool(kept.statements) and all(not names.isdisjoint(one) for one in kept.statements)
