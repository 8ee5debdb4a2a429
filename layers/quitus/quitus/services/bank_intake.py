"""Bank files: proved whole, then queued as batches of movements; nothing is queued before the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import BinaryIO, Final

from quitus.banking.recognition import BankFile, open_bank_file
from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import UnreadableFile
from quitus.domain.identity import account_tag
from quitus.domain.landlord import Landlord
from quitus.domain.money import Cents
from quitus.services.bank_statements import ProvedStatement, balances_of, batches_of, prove
from quitus.services.ports import Alerts, Clock, Ledger, Queue
from quitus.services.registry import DroppedFile, FileRegistry, FileStatus, RawFiles, sha256_of
from quitus.services.statements import Standing, StatementBook

STATEMENT_CONFLICT: Final = "statement_conflict"
_MARK_EVERY: Final = 40


@dataclass(frozen=True, slots=True)
class BankIntake:
    """Takes bank files in."""

    files: FileRegistry
    book: StatementBook
    raw: RawFiles
    ledger: Ledger
    movements: Queue
    alerts: Alerts
    clock: Clock

    def take(self, landlord: Landlord, file: DroppedFile, content: BinaryIO) -> None:
        """Prove a file and queue its movements; again goes on where it stopped.

        Raises:
            UnreadableFile: the file must be quarantined; `code` says why.
        """
        raw = self.raw.keep(landlord.landlord_id, content)
        self.files.update(landlord.landlord_id, file.file_id, raw=raw)
        content.seek(0)
        with open_bank_file(content) as opened:
            sha256 = raw if opened.stream is content else sha256_of(opened.stream)
            self._take(landlord, file, opened, sha256)

    def _take(self, landlord: Landlord, file: DroppedFile, opened: BankFile, sha256: str) -> None:
        landlord_id = landlord.landlord_id
        self.files.update(landlord_id, file.file_id, kind=opened.format, sha256=sha256)
        if self._is_seen(landlord_id, file.file_id, sha256):
            return
        proved = list(prove(landlord, opened, file))
        kept = self.book.keep(landlord_id, file.file_id, [item.record for item in proved])
        if kept.standing is Standing.CONFLICT:
            raise UnreadableFile(STATEMENT_CONFLICT, "A statement with this name but other content was posted before.")
        if kept.standing is Standing.HELD:
            movements = sum(item.statement.movements + item.pending for item in proved)
            self._settle_duplicate(landlord_id, file.file_id, movements, *balances_of(proved))
            return
        named = [replace(item, record=record) for item, record in zip(proved, kept.records, strict=True)]
        self._queue(landlord_id, file, opened, named)
        self.files.remember_bytes(landlord_id, sha256, file.file_id)
        self.book.watch(landlord_id, kept.records)

    def _is_seen(self, landlord_id: str, file_id: str, sha256: str) -> bool:
        """Whether another file brought the same content; then this one is a duplicate."""
        first = self.files.first_with(landlord_id, sha256)
        if first is None or first == file_id:
            return False
        original = self.files.find(landlord_id, first)
        if original is None or not original.is_taken:
            return False
        self._settle_duplicate(landlord_id, file_id, original.movements, original.opening_cents, original.closing_cents)
        return True

    def _settle_duplicate(
        self, landlord_id: str, file_id: str, movements: int, opening: Cents | None, closing: Cents | None
    ) -> None:
        self.files.update(
            landlord_id,
            file_id,
            movements=movements,
            duplicates=movements,
            opening_cents=opening,
            closing_cents=closing,
        )
        self.files.settle(landlord_id, file_id, FileStatus.DUPLICATE, None, instant_text(self.clock.now()))

    def _queue(self, landlord_id: str, file: DroppedFile, opened: BankFile, proved: Sequence[ProvedStatement]) -> None:
        total = sum(item.batches for item in proved)
        pending = sum(item.pending for item in proved)
        opening, closing = balances_of(proved)
        for item in proved:
            self.ledger.add_channel(landlord_id, account_tag(item.account.iban), opened.format)
        self.files.plan(
            landlord_id,
            file.file_id,
            batches=total,
            movements=pending + sum(item.statement.movements for item in proved),
            ignored=pending,
            opening_cents=opening,
            closing_cents=closing,
        )
        unsent = (batch for batch in batches_of(file, opened, proved) if batch.number > file.sent)
        for some in batched(unsent, _MARK_EVERY, strict=False):
            self.movements.send(some)
            self.files.update(landlord_id, file.file_id, sent=some[-1].number)
        self.files.update(landlord_id, file.file_id, queued=True)
        if total == 0:
            self.files.settle(landlord_id, file.file_id, FileStatus.PROCESSED, None, instant_text(self.clock.now()))

    def quarantine(self, file: DroppedFile, refusal: UnreadableFile) -> None:
        """Keep a file out as a whole, with its reason and an alert."""
        at, reason = instant_text(self.clock.now()), str(refusal.code)
        where = {"where": str(refusal.detail["where"])} if refusal.detail.get("where") else {}
        alert = Alert(AlertKind.FILE_QUARANTINED, file.file_id, {"reason": reason, "name": file.name, **where})
        self.alerts.alert(file.landlord_id, alert, at)
        self.files.settle(file.landlord_id, file.file_id, FileStatus.QUARANTINED, reason, at)
