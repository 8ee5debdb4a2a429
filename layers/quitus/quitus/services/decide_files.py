"""What people decide on a quarantined file: take it all the same, or never."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from quitus.domain.alert import AlertKind
from quitus.domain.errors import Conflict
from quitus.services.contention import until_written
from quitus.services.file_decisions import Contradiction, FileDecision, FileOccasion, Verdict
from quitus.services.idempotent_requests import Attempt
from quitus.services.ports import ActionLog, Alerts, Clock, Queue
from quitus.services.registry import DroppedFile, FileStatus
from quitus.services.releases import ADVICE, STATEMENT_CONFLICT, unreleasable, vouched
from quitus.services.resume import resume_message


class FileDecisions(Protocol):
    """Files with what people decided on them."""

    def file(self, landlord_id: str, file_id: str) -> DroppedFile:
        """The file. Raises NotFound."""
        ...

    def decided_by(self, file: DroppedFile, request: str) -> bool:
        """Whether the request with this name decided on the file."""
        ...

    def decide(self, file: DroppedFile, decision: FileDecision, request: str) -> None:
        """Keep a decision on a quarantined file that nobody decided on since it was read: it is being processed again,
        or refused. Raises Stale.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileDecisionDesk:
    """Takes decisions on files."""

    files: FileDecisions
    alerts: Alerts
    log: ActionLog
    intake: Queue
    clock: Clock

    def release(self, occasion: FileOccasion, reason: str, contradiction: Contradiction) -> DroppedFile:
        """Have a file's kept bytes taken again, the person answering for its problems; the same attempt again changes
        nothing. `contradiction` is what its statements are to those that were posted under the same name.

        Raises:
            NotFound: no such file.
            Conflict: it is not quarantined (any more), or has a problem that nobody may answer for.
        """
        asked = _decision(Verdict.RELEASE, occasion, reason, contradiction)
        file = self._decide(occasion, asked)
        if file.status is FileStatus.PROCESSING:
            self.intake.send([resume_message(file)])
        return file

    def reject(self, occasion: FileOccasion, reason: str) -> DroppedFile:
        """Refuse a file for good; its bytes stay kept. The same attempt again changes nothing.

        Raises:
            NotFound: no such file.
            Conflict: it is not quarantined (any more).
        """
        return self._decide(occasion, _decision(Verdict.REJECT, occasion, reason))

    def _decide(self, occasion: FileOccasion, asked: FileDecision) -> DroppedFile:
        landlord_id, attempt = occasion.landlord_id, occasion.attempt
        seen = self.files.file(landlord_id, occasion.file_id)
        self._end_alert(seen, attempt)
        if not self.files.decided_by(seen, attempt.name):
            made = _made(seen, asked)
            self.log.record(landlord_id, "file-decisions", attempt.name, _logged(seen, made), attempt.at)
            until_written(lambda: self._write(seen, made, attempt), self.clock)
        decided = self.files.file(landlord_id, seen.file_id)
        self._end_alert(decided, attempt)
        return decided

    def _end_alert(self, file: DroppedFile, attempt: Attempt) -> None:
        """A file that was decided on needs no look any more, even if whoever decided died before saying so."""
        if file.decisions and file.status is not FileStatus.QUARANTINED:
            at = attempt.instant
            self.alerts.close(file.landlord_id, AlertKind.FILE_QUARANTINED, file.file_id, at)

    def _write(self, seen: DroppedFile, made: FileDecision, attempt: Attempt) -> None:
        """What the person saw is what is decided on: a file that others decided on since is refused."""
        held = self.files.file(seen.landlord_id, seen.file_id)
        if self.files.decided_by(held, attempt.name):
            return
        _check_quarantined(held)
        if held.decisions != seen.decisions:
            raise _others_decided(held)
        self.files.decide(held, made, attempt.name)


def _decision(
    kind: Verdict, occasion: FileOccasion, reason: str, contradiction: Contradiction | None = None
) -> FileDecision:
    return FileDecision(kind, reason, occasion.by, occasion.attempt.instant, contradiction=contradiction)


def _made(file: DroppedFile, asked: FileDecision) -> FileDecision:
    """A decision with what it answers for. Raises Conflict: it cannot be taken."""
    _check_quarantined(file)
    if asked.kind is Verdict.REJECT:
        return asked
    codes = file.problem_codes or (file.reason or "",)
    barred = unreleasable(codes)
    if barred is not None or file.raw is None:
        advice = ADVICE.get(barred or "", "Ask for it again.")
        raise Conflict(
            "file_not_releasable", f"This file cannot be released ({barred}). {advice}", reason=barred, advice=advice
        )
    before = file.decision.contradiction if file.decision else None
    contradiction = asked.contradiction if STATEMENT_CONFLICT in codes else before
    return replace(asked, vouched=vouched(codes, file.decision), contradiction=contradiction)


def _logged(file: DroppedFile, made: FileDecision) -> dict[str, Any]:
    return {
        "file_id": file.file_id,
        "number": file.decisions + 1,
        "kind": made.kind,
        "reason": made.reason,
        "by": made.decided_by,
        "vouched": list(made.vouched),
        "contradiction": made.contradiction,
    }


def _check_quarantined(file: DroppedFile) -> None:
    if file.status is not FileStatus.QUARANTINED:
        message = f"Only a quarantined file can be decided on: this one is {file.status}."
        raise Conflict("file_not_quarantined", message, status=file.status.value)


def _others_decided(file: DroppedFile) -> Conflict:
    message = "Someone else decided on this file meanwhile: look at it again."
    return Conflict("file_decided_meanwhile", message, status=file.status.value)
