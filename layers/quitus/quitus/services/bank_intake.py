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
            self.files.update(landlord.landlord_id, file.file_id, kind=opened.format, sha256=sha256)
            if not self._settle_seen(file, sha256, content):
                self._take(landlord, file, opened, sha256, content)

    def _take(self, landlord: Landlord, file: DroppedFile, opened: BankFile, sha256: str, content: BinaryIO) -> None:
        """Take a file that can be read and that no other brought. What it means for others is done before it is queued
        or settled: whoever dies in between is followed by another, nobody comes back to a file after that.
        """
        landlord_id = landlord.landlord_id
        proved = prove(landlord, opened, file)
        records = [item.record for item in proved]
        kept = self.book.keep(landlord_id, file.file_id, records, file.contradiction)
        if kept.standing is Standing.CONFLICT:
            raise _contradiction(kept)
        told = [names_of(item.statement, opened.format) for item in proved if not item.record.is_vouched]
        self.quarantine.make_good(file, sha256, content, told)
        movements = sum(item.statement.movements + item.pending for item in proved)
        held = kept.standing is Standing.HELD
        if held and self._settle_duplicate(landlord_id, file.file_id, movements, *balances_of(proved)):
            return
        self.book.watch(landlord_id, kept.records)
        self.files.remember_bytes(landlord_id, sha256, file.file_id)
        named = [replace(item, record=record) for item, record in zip(proved, kept.records, strict=True)]
        self._queue(landlord_id, file, opened, named)

    def _settle_seen(self, file: DroppedFile, sha256: str, content: BinaryIO) -> bool:
        """Settle a file whose content another one brought."""
        landlord_id = file.landlord_id
        first = self.files.first_with(landlord_id, sha256)
        original = self.files.find(landlord_id, first) if first not in (None, file.file_id) else None
        if original is None or not original.is_taken:
            return False
        self.quarantine.make_good(file, sha256, content, [])
        balances = original.opening_cents, original.closing_cents
        return self._settle_duplicate(landlord_id, file.file_id, original.movements, *balances)

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
