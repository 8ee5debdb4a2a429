"""Bank files: proved whole, then queued as batches of movements; nothing is queued before the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import BinaryIO, Final

from quitus.banking.recognition import BankFile, open_bank_file
from quitus.domain.calendar import instant_text
from quitus.domain.identity import account_tag
from quitus.domain.incoming import Source
from quitus.domain.landlord import Landlord
from quitus.domain.money import Cents
from quitus.domain.movement import Problem
from quitus.services.bank_statements import ProvedStatement, balances_of, batches_of, prove
from quitus.services.doubts import DoubtfulFile, Doubts, names_of
from quitus.services.envelopes import Envelopes
from quitus.services.ports import Clock, Ledger, Queue
from quitus.services.quarantine import Quarantine
from quitus.services.raw_files import RawFiles, sha256_of, size_of
from quitus.services.registry import DroppedFile, FileRegistry, FileStatus
from quitus.services.releases import STATEMENT_CONFLICT
from quitus.services.resume import unsent
from quitus.services.statements import Kept, Standing, StatementBook

_MARK_EVERY: Final = 40


@dataclass(frozen=True, slots=True)
class BankIntake:
    """Takes bank files in."""

    files: FileRegistry
    book: StatementBook
    raw: RawFiles
    envelopes: Envelopes
    ledger: Ledger
    movements: Queue
    quarantine: Quarantine
    clock: Clock

    def take(self, landlord: Landlord, file: DroppedFile, content: BinaryIO) -> None:
        """Prove a file and queue its movements; again goes on where it stopped.

        Raises:
            UnreadableFile: the file must be quarantined; `code` says why.
        """
        raw = self.raw.keep(landlord.landlord_id, content)
        self.files.update(landlord.landlord_id, file.file_id, raw=raw, size=size_of(content))
        content.seek(0)
        with self.envelopes.opened(landlord.landlord_id, content) as plain, open_bank_file(plain) as opened:
            sha256 = raw if opened.stream is content else sha256_of(opened.stream)
            told = self._take(landlord, file, opened, sha256)
        self.quarantine.make_good(file, sha256, content, told)

    def _take(self, landlord: Landlord, file: DroppedFile, opened: BankFile, sha256: str) -> list[tuple[str, ...]]:
        """Take a file that can be read; the names of its statements, when they prove themselves."""
        landlord_id = landlord.landlord_id
        self.files.update(landlord_id, file.file_id, kind=opened.format, sha256=sha256)
        if self._is_seen(landlord_id, file.file_id, sha256):
            return []
        proved = prove(landlord, opened, file)
        records = [item.record for item in proved]
        kept = self.book.keep(landlord_id, file.file_id, records, file.contradiction)
        if kept.standing is Standing.CONFLICT:
            raise _contradiction(kept)
        movements = sum(item.statement.movements + item.pending for item in proved)
        held = kept.standing is Standing.HELD
        if not (held and self._settle_duplicate(landlord_id, file.file_id, movements, *balances_of(proved))):
            named = [replace(item, record=record) for item, record in zip(proved, kept.records, strict=True)]
            self._queue(landlord_id, file, opened, named)
            self.files.remember_bytes(landlord_id, sha256, file.file_id)
            self.book.watch(landlord_id, kept.records)
        return [names_of(item.statement, opened.format) for item in proved if not item.record.is_vouched]

    def _is_seen(self, landlord_id: str, file_id: str, sha256: str) -> bool:
        """Whether another file brought the same content; then this one is a duplicate."""
        first = self.files.first_with(landlord_id, sha256)
        if first is None or first == file_id:
            return False
        original = self.files.find(landlord_id, first)
        if original is None or not original.is_taken:
            return False
        balances = original.opening_cents, original.closing_cents
        return self._settle_duplicate(landlord_id, file_id, original.movements, *balances)

    def _settle_duplicate(
        self, landlord_id: str, file_id: str, movements: int, opening: Cents | None, closing: Cents | None
    ) -> bool:
        """Settle a file that brings nothing new; False: its own movements are queued already, before it stopped
        half-way and another one with the same content was taken.
        """
        self.files.plan(
            landlord_id,
            file_id,
            batches=0,
            movements=movements,
            duplicates=movements,
            opening_cents=opening,
            closing_cents=closing,
        )
        held = self.files.find(landlord_id, file_id)
        if held is None or held.batches:
            return False
        self.files.settle(landlord_id, file_id, FileStatus.DUPLICATE, None, instant_text(self.clock.now()))
        return True

    def _queue(self, landlord_id: str, file: DroppedFile, opened: BankFile, proved: Sequence[ProvedStatement]) -> None:
        total = sum(item.batches for item in proved)
        pending = sum(item.pending for item in proved)
        opening, closing = balances_of(proved)
        for item in proved:
            voice = Source(opened.format, item.record.name, file.file_id, vouched=item.record.is_vouched).voice
            self.ledger.add_channel(landlord_id, account_tag(item.account.iban), voice)
        self.files.plan(
            landlord_id,
            file.file_id,
            batches=total,
            movements=pending + sum(item.statement.movements for item in proved),
            opening_cents=opening,
            closing_cents=closing,
        )
        wanted = unsent(self.files, file, total)
        batches = (batch for batch in batches_of(file, opened, proved) if batch.number in wanted)
        for some in batched(batches, _MARK_EVERY, strict=False):
            self.movements.send(some)
            self.files.update(landlord_id, file.file_id, sent=some[-1].number)
        self.files.update(landlord_id, file.file_id, queued=True)
        if total == 0:
            self.files.settle(landlord_id, file.file_id, FileStatus.PROCESSED, None, instant_text(self.clock.now()))


def _contradiction(kept: Kept) -> DoubtfulFile:
    """Statements that were posted before with other content."""
    doubts = Doubts()
    for ordinal, record in enumerate(kept.records, 1):
        if record.key in kept.contradicting:
            message = "A statement with this name but other content was posted before."
            doubts.add(Problem(STATEMENT_CONFLICT, message, f"statement {ordinal}"))
    return DoubtfulFile(doubts)
