"""ERP files: checked as a whole, then sent row by row, leases together, to those who apply them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import BinaryIO, Final

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import UnreadableFile
from quitus.services.erp_files import LARGEST_FILE, ErpFile, ErpKind, batches, parse
from quitus.services.leases import Fate
from quitus.services.messages import ErpBatch
from quitus.services.ports import Alerts, Clock, Queue
from quitus.services.raw_files import RawFiles, size_of
from quitus.services.refusals import FileRefusal
from quitus.services.registry import Acknowledgements, DroppedFile, FileRegistry, FileStatus, RowResult
from quitus.services.resume import unsent

_MARK_EVERY: Final = 40


@dataclass(frozen=True, slots=True)
class ErpIntake:
    """Takes ERP files in."""

    files: FileRegistry
    raw: RawFiles
    acknowledgements: Acknowledgements
    rows: Queue
    alerts: Alerts
    clock: Clock

    def take(self, file: DroppedFile, content: BinaryIO) -> None:
        """Check a file and queue its rows; again goes on where it stopped.

        Raises:
            UnreadableFile: the file must be refused; `code` says why.
        """
        landlord_id = file.landlord_id
        sha256 = self.raw.keep(landlord_id, content)
        self.files.update(landlord_id, file.file_id, sha256=sha256, raw=sha256, size=size_of(content))
        content.seek(0)
        held = content.read(LARGEST_FILE + 1)
        if len(held) > LARGEST_FILE:
            raise UnreadableFile(FileRefusal.TOO_LARGE, "An ERP file holds 64 MB at most.")
        parsed = parse(held)
        taken, by = self.files.take_sequence(landlord_id, parsed.kind, parsed.sequence, sha256, file.file_id)
        if taken != sha256:
            raise UnreadableFile(FileRefusal.SEQUENCE_REUSED, "Another file took this number.", kind=parsed.kind)
        self._watch(landlord_id, parsed)
        is_replay = by != file.file_id
        first = self.files.find(landlord_id, by) if is_replay and file.batches is None else None
        if first is not None and first.status is FileStatus.PROCESSED:
            self._answer_again(file, parsed, by)
        else:
            self._queue(file, parsed, is_replay=is_replay)

    def _answer_again(self, file: DroppedFile, parsed: ErpFile, first: str) -> None:
        """A replay of a file that was worked to its end changes nothing: its answer is what became of the first."""
        landlord_id, file_id = file.landlord_id, file.file_id
        results = sorted(map(_again, self.files.results(landlord_id, first)), key=lambda result: result.line)
        counts = Counter(result.status.value for result in results)
        known = {"kind": _kind(parsed.kind), "sequence": parsed.sequence, "replayed": True}
        self.files.update(landlord_id, file_id, **known, **counts)
        self.acknowledgements.write(landlord_id, file.name, results)
        self.files.settle(landlord_id, file_id, FileStatus.DUPLICATE, None, instant_text(self.clock.now()))

    def _queue(self, file: DroppedFile, parsed: ErpFile, *, is_replay: bool) -> None:
        landlord_id, file_id = file.landlord_id, file.file_id
        messages = list(_messages(file, parsed))
        self.files.plan(
            landlord_id,
            file_id,
            batches=len(messages),
            kind=_kind(parsed.kind),
            sequence=parsed.sequence,
            replayed=is_replay,
        )
        wanted = unsent(self.files, file, len(messages))
        batches = (message for message in messages if message.number in wanted)
        for some in batched(batches, _MARK_EVERY, strict=False):
            self.rows.send(some)
            self.files.update(landlord_id, file_id, sent=some[-1].number)
        self.files.update(landlord_id, file_id, queued=True)
        if not messages:
            self.acknowledgements.write(landlord_id, file.name, [])
            status = FileStatus.DUPLICATE if is_replay else FileStatus.PROCESSED
            self.files.settle(landlord_id, file_id, status, None, instant_text(self.clock.now()))

    def _watch(self, landlord_id: str, parsed: ErpFile) -> None:
        """Alerts on missing numbers: before this file, and before the next one that is known."""
        below, above = self.files.sequences_around(landlord_id, parsed.kind, parsed.sequence)
        self._check(landlord_id, parsed.kind, below, parsed.sequence)
        self._check(landlord_id, parsed.kind, parsed.sequence, above)

    def _check(self, landlord_id: str, kind: ErpKind, below: int | None, above: int | None) -> None:
        if above is None:
            return
        at, subject = instant_text(self.clock.now()), f"{kind}-{above}"
        if below is None or below == above - 1:
            self.alerts.close(landlord_id, AlertKind.ERP_SEQUENCE_GAP, subject, at)
            return
        detail: dict[str, str | int] = {"kind": kind, "from": below + 1, "to": above - 1}
        self.alerts.alert(landlord_id, Alert(AlertKind.ERP_SEQUENCE_GAP, subject, detail), at)

    def refuse(self, file: DroppedFile, refusal: UnreadableFile) -> None:
        """Refuse a file as a whole: acknowledgement, alert, status."""
        at, reason, kind = instant_text(self.clock.now()), str(refusal.code), refusal.detail.get("kind")
        if kind is not None:
            self.files.update(file.landlord_id, file.file_id, kind=_kind(kind))
        self.acknowledgements.write(file.landlord_id, file.name, [RowResult(1, "", Fate.REFUSED, reason)])
        alert = Alert(AlertKind.ERP_FILE_REFUSED, file.file_id, {"reason": reason, "name": file.name})
        self.alerts.alert(file.landlord_id, alert, at)
        self.files.settle(file.landlord_id, file.file_id, FileStatus.REFUSED, reason, at)


def _again(result: RowResult) -> RowResult:
    """What a row gets when its file comes again."""
    return result._replace(status=Fate.UNCHANGED) if result.status is Fate.ACCEPTED else result


def _messages(file: DroppedFile, parsed: ErpFile) -> Iterator[ErpBatch]:
    for number, rows in enumerate(batches(parsed), 1):
        yield ErpBatch(file.landlord_id, file.file_id, number, parsed.kind.value, rows, parsed.sequence)


def _kind(kind: ErpKind) -> str:
    return f"erp.{kind}"
