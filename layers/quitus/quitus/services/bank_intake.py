"""Bank files: proved whole, then cut into batches of movements; nothing is queued before the proof."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from typing import BinaryIO, Final

from quitus.banking.problems import Reason
from quitus.banking.profiles import DEFAULT, profile_named
from quitus.banking.reading import read_bank_file
from quitus.banking.recognition import BankFile, open_bank_file
from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.errors import UnreadableFile
from quitus.domain.identity import account_tag
from quitus.domain.landlord import BankAccount, Landlord
from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS, Movement, Statement, Status
from quitus.services.messages import MOVEMENTS_AT_ONCE, MovementBatch
from quitus.services.ports import Alerts, Clock, Ledger, Queue
from quitus.services.registry import DroppedFile, FileRegistry, FileStatus, RawFiles, StatementRecord
from quitus.services.statements import Standing, StatementBook

UNKNOWN_ACCOUNT: Final = "unknown_account"
STATEMENT_CONFLICT: Final = "statement_conflict"
_BYTES_AT_ONCE: Final = 200_000
_MARK_EVERY: Final = 40
_CHUNK: Final = 1 << 20


@dataclass(slots=True)
class _Cutter:
    """Cuts the booked movements of a statement into batches, the same whatever the profile."""

    held: list[Movement] = field(default_factory=list)
    size: int = 0

    def add(self, movement: Movement) -> tuple[Movement, ...] | None:
        """The batch that is full before this movement."""
        weight = _weight(movement)
        full = None
        if self.held and (len(self.held) == MOVEMENTS_AT_ONCE or self.size + weight > _BYTES_AT_ONCE):
            full = self.rest()
        self.held.append(movement)
        self.size += weight
        return full

    def rest(self) -> tuple[Movement, ...]:
        """What is left at the statement's end."""
        held, self.held, self.size = tuple(self.held), [], 0
        return held


@dataclass(frozen=True, slots=True)
class _Proved:
    """A statement whose arithmetic holds, about an account of the landlord; `first` numbers its first batch."""

    statement: Statement
    account: BankAccount
    record: StatementRecord
    first: int
    batches: int
    pending: int


@dataclass(slots=True)
class _Tally:
    """What pass one learns of a statement before its end."""

    cutter: _Cutter = field(default_factory=_Cutter)
    batches: int = 0
    pending: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, movement: Movement) -> None:
        """Count a movement."""
        self.digest.update(_identifying(movement))
        if movement.status is Status.BOOKED:
            self.batches += self.cutter.add(movement) is not None
        else:
            self.pending += 1

    def end(self) -> int:
        """The number of batches."""
        return self.batches + bool(self.cutter.rest())


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
        proved = list(_prove(landlord, opened, file))
        standing = self.book.keep(landlord_id, file.file_id, [item.record for item in proved])
        if standing is Standing.CONFLICT:
            raise UnreadableFile(STATEMENT_CONFLICT, "A statement with this name but other content was posted before.")
        if standing is Standing.HELD:
            movements = sum(item.statement.movements + item.pending for item in proved)
            self._settle_duplicate(landlord_id, file.file_id, movements, *_balances(proved))
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

    def _queue(self, landlord_id: str, file: DroppedFile, opened: BankFile, proved: Sequence[_Proved]) -> None:
        total = sum(item.batches for item in proved)
        pending = sum(item.pending for item in proved)
        opening, closing = _balances(proved)
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
        unsent = (batch for batch in _batches(file, opened, proved) if batch.number > file.sent)
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


def _prove(landlord: Landlord, opened: BankFile, file: DroppedFile) -> Iterator[_Proved]:
    """Pass one: every statement of the file is about an account of the landlord, in euros, and adds up."""
    tally, first, names = _Tally(), 1, set[tuple[str, str]]()
    for part in read_bank_file(opened, DEFAULT):
        if isinstance(part, Movement):
            tally.add(part)
            continue
        account = _account_of(landlord, part)
        record = _record(file, opened.format, part, account, tally.digest, names)
        proved = _Proved(part, account, record, first, tally.end(), tally.pending)
        yield proved
        first += proved.batches
        tally = _Tally()


def _account_of(landlord: Landlord, statement: Statement) -> BankAccount:
    account = landlord.bank_account(statement.account) if statement.account else None
    if statement.account and account is None:
        raise UnreadableFile(UNKNOWN_ACCOUNT, "The statement is about an account that the landlord has not declared.")
    if statement.currency != "EUR":
        raise UnreadableFile(Reason.CURRENCY, f"The statement is in {statement.currency[:3]}.")
    if statement.problems:
        problem = statement.problems[0]
        raise UnreadableFile(problem.code, problem.message, where=problem.where)
    if account is None:
        raise UnreadableFile(Reason.MISSING_ACCOUNT, "The statement does not say which account it is about.")
    return account


def _record(
    file: DroppedFile,
    channel: str,
    statement: Statement,
    account: BankAccount,
    digest: hashlib._Hash,
    names: set[tuple[str, str]],
) -> StatementRecord:
    begins, ends = _days(file, statement)
    opening, closing = statement.balances.opening_cents, statement.balances.closing_cents
    digest.update(f"{account.iban}|{channel}|{opening}|{closing}".encode())
    return StatementRecord(
        account=account.iban,
        channel=channel,
        name=_name(statement, channel, account, names),
        statement_id=statement.statement_id,
        from_date=begins,
        to_date=ends,
        fingerprint=digest.hexdigest(),
        file_id=file.file_id,
        opening_cents=opening,
        closing_cents=closing,
        credits_cents=statement.credits_cents,
        debits_cents=statement.debits_cents,
        days=statement.days,
    )


def _days(file: DroppedFile, statement: Statement) -> tuple[date, date]:
    """The days that a statement is about; where it does not say, those of its movements, else that of its arrival."""
    moved = [day for day, _, _ in statement.days]
    arrived = paris_day(datetime.fromisoformat(file.received_at))
    ends = statement.to_date or (moved[-1] if moved else statement.from_date or arrived)
    return min(statement.from_date or (moved[0] if moved else ends), ends), ends


def _name(statement: Statement, channel: str, account: BankAccount, names: set[tuple[str, str]]) -> str:
    """Names a statement for ever: pages share an id but not their opening balance, bad banks number anew each day."""
    last = statement.to_date.isoformat() if statement.to_date else ""
    opening = statement.balances.opening_cents if channel in CLOSING_CHANNELS else None
    parts = (statement.statement_id, statement.electronic_sequence or "", last, "" if opening is None else str(opening))
    name = "|".join(parts)[:300]
    twins = sum(held == account.iban and known.partition("~")[0] == name for held, known in names)
    unique = f"{name}~{twins + 1}" if twins else name
    names.add((account.iban, unique))
    return unique


def _batches(file: DroppedFile, opened: BankFile, proved: Sequence[_Proved]) -> Iterator[MovementBatch]:
    """Pass two, once per profile in use: the same batches under the same numbers each time."""
    for profile in sorted({item.account.profile for item in proved}):
        cutter, index = _Cutter(), 0
        number = proved[0].first
        for part in read_bank_file(opened, profile_named(profile)):
            item = proved[index]
            if isinstance(part, Movement):
                full = cutter.add(part) if part.status is Status.BOOKED and item.account.profile == profile else None
                if full:
                    yield _batch(file, opened.format, item, number, full)
                    number += 1
                continue
            rest = cutter.rest()
            if rest:
                yield _batch(file, opened.format, item, number, rest)
            index += 1
            number = proved[index].first if index < len(proved) else 0


def _batch(
    file: DroppedFile, channel: str, item: _Proved, number: int, movements: tuple[Movement, ...]
) -> MovementBatch:
    account, message = item.account.iban, item.record.name
    return MovementBatch(file.landlord_id, file.file_id, number, account, channel, message, movements)


def _balances(proved: Sequence[_Proved]) -> tuple[Cents | None, Cents | None]:
    """Opening and closing of the file, when all of it is about one account."""
    if len({item.account.iban for item in proved}) != 1:
        return None, None
    return proved[0].record.opening_cents, proved[-1].record.closing_cents


def _identifying(movement: Movement) -> bytes:
    """What makes a movement another one; texts and what a profile finds in them do not."""
    parts = (
        movement.amount_cents,
        movement.booking_date,
        movement.value_date,
        movement.status,
        movement.bank_reference,
        movement.end_to_end_id,
    )
    return "|".join(map(str, parts)).encode() + b"\n"


def _weight(movement: Movement) -> int:
    """At least the bytes of the movement in a message."""
    texts = (movement.remittance, movement.note, movement.debtor_name, movement.return_reason)
    return 900 + sum(2 * len(text.encode()) for text in texts if text)


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
