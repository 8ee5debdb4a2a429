"""Bank files: proved whole, then queued as batches of movements; nothing is queued before the proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
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
from quitus.services.registry import DroppedFile, FileRegistry, FileStatus, RawFiles
from quitus.services.statements import Standing, StatementBook

STATEMENT_CONFLICT: Final = "statement_conflict"
_MARK_EVERY: Final = 40
_CHUNK: Final = 1 << 20


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
        with self._opened(landlord.landlord_id, content) as opened:
            self._take(landlord, file, content, opened)

    def _take(self, landlord: Landlord, file: DroppedFile, content: BinaryIO, opened: BankFile) -> None:
        landlord_id = landlord.landlord_id
        sha256 = _sha256(opened.rewound())
        self.raw.keep(landlord_id, sha256, content)
        self.files.update(landlord_id, file.file_id, kind=opened.format, sha256=sha256)
        if self._is_seen(landlord_id, file.file_id, sha256):
            return
        proved = list(prove(landlord, opened, file))
        standing = self.book.keep(landlord_id, file.file_id, [item.record for item in proved])
        if standing is Standing.CONFLICT:
            raise UnreadableFile(STATEMENT_CONFLICT, "A statement with this name but other content was posted before.")
        if standing is Standing.HELD:
            movements = sum(item.statement.movements + item.pending for item in proved)
            self._settle_duplicate(landlord_id, file.file_id, movements, *balances_of(proved))
            return
        self._queue(landlord_id, file, opened, proved)
        self.files.remember_bytes(landlord_id, sha256, file.file_id)
        self.book.watch(landlord_id, [item.record for item in proved])

    def _opened(self, landlord_id: str, content: BinaryIO) -> BankFile:
        content.seek(0)
        try:
            return open_bank_file(content)
        except UnreadableFile:
            content.seek(0)
            self.raw.keep(landlord_id, _sha256(content), content)
            raise

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


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
