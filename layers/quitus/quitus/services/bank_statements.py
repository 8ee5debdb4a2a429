"""The statements of a bank file in two passes: the first proves them, the second cuts them into batches."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from quitus.banking.problems import Reason
from quitus.banking.profiles import DEFAULT, profile_named
from quitus.banking.reading import read_bank_file
from quitus.banking.recognition import BankFile
from quitus.domain.calendar import paris_day
from quitus.domain.errors import UnreadableFile
from quitus.domain.identity import is_counter, reference_key
from quitus.domain.landlord import BankAccount, Landlord
from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS, GROWING_CHANNEL, Movement, Statement, Status
from quitus.services.doubts import DoubtfulFile, Doubts, names_of, problems_of, unread
from quitus.services.messages import MOVEMENTS_AT_ONCE, MovementBatch
from quitus.services.registry import DroppedFile, StatementRecord

_BYTES_AT_ONCE: Final = 200_000


@dataclass(slots=True)
class _Cutter:
    """Cuts the movements of a statement into batches, the same whatever the profile."""

    held: list[Movement] = field(default_factory=list)
    size: int = 0

    def add(self, movement: Movement) -> tuple[Movement, ...] | None:
        """The batch that is full before this movement.

        Raises:
            UnreadableFile: the movement alone is more than a message holds.
        """
        weight = _weight(movement)
        if weight > _BYTES_AT_ONCE:
            raise UnreadableFile(
                Reason.TOO_LARGE, "A movement with more text than a message holds.", where=movement.position
            )
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
class ProvedStatement:
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
        self.batches += self.cutter.add(movement) is not None
        self.pending += movement.status is not Status.BOOKED

    def end(self) -> int:
        """The number of batches."""
        return self.batches + bool(self.cutter.rest())


class _Names:
    """Names the statements of a file for ever: pages share an id, but not their opening balance or, where they have
    none, their number; bad banks number anew each day.

    Reports and notices of different messages are different ones, whatever their ids: they add up. What a file repeats
    with equal content keeps its name: it adds nothing.
    """

    def __init__(self) -> None:
        self._contents: dict[tuple[str, str], list[str]] = {}

    def name(self, statement: Statement, channel: str, account: BankAccount, fingerprint: str) -> str:
        """The name of the next statement."""
        last = statement.to_date.isoformat() if statement.to_date else ""
        opening = statement.balances.opening_cents
        page = f"page {statement.page}" if statement.page else ""
        told = (page if opening is None else str(opening)) if channel in CLOSING_CHANNELS else statement.message_id
        name = "|".join((statement.statement_id, statement.electronic_sequence or "", last, told))[:300]
        contents = self._contents.setdefault((account.iban, name), [])
        if fingerprint not in contents:
            contents.append(fingerprint)
        ordinal = contents.index(fingerprint) + 1
        return name if ordinal == 1 else f"{name}~{ordinal}"


def prove(landlord: Landlord, opened: BankFile, file: DroppedFile) -> list[ProvedStatement]:
    """Pass one: every statement of the file is about an account of the landlord, in euros, and adds up, or a person
    answers for it.

    Raises:
        DoubtfulFile: one does not; with the problems of all.
    """
    proved, first, names, doubts = list[ProvedStatement](), 1, _Names(), Doubts()
    try:
        for ordinal, (statement, tally) in enumerate(_statements(opened), 1):
            account = landlord.bank_account(statement.account) if statement.account else None
            found = list(problems_of(statement, account, ordinal))
            doubts.statements.append(names_of(statement, opened.format))
            for problem in found:
                if problem.code not in file.vouched:
                    doubts.add(problem)
            if account is not None:
                record = _record(file, opened.format, statement, account, tally.digest, names)
                record = replace(record, doubt=found[0].code if found else None)
                proved.append(ProvedStatement(statement, account, record, first, tally.end(), tally.pending))
                first += proved[-1].batches
    except UnreadableFile as refusal:
        raise unread(refusal, doubts) from refusal
    if doubts.count:
        raise DoubtfulFile(doubts)
    return proved


def _statements(opened: BankFile) -> Iterator[tuple[Statement, _Tally]]:
    """Each statement with what its movements told."""
    tally = _Tally()
    for part in read_bank_file(opened, DEFAULT):
        if isinstance(part, Movement):
            tally.add(part)
        else:
            yield part, tally
            tally = _Tally()


def _record(
    file: DroppedFile,
    channel: str,
    statement: Statement,
    account: BankAccount,
    digest: hashlib._Hash,
    names: _Names,
) -> StatementRecord:
    begins, ends = _days(file, statement)
    opening, closing = statement.balances.opening_cents, statement.balances.closing_cents
    digest.update(f"{account.iban}|{channel}|{opening}|{closing}".encode())
    fingerprint = digest.hexdigest()
    return StatementRecord(
        account=account.iban,
        channel=channel,
        name=names.name(statement, channel, account, fingerprint),
        statement_id=statement.statement_id,
        from_date=begins,
        to_date=ends,
        fingerprint=fingerprint,
        file_id=file.file_id,
        opening_cents=opening,
        closing_cents=closing,
        credits_cents=statement.credits_cents,
        debits_cents=statement.debits_cents,
        days=statement.days,
        sequence=statement.electronic_sequence,
    )


def _days(file: DroppedFile, statement: Statement) -> tuple[date, date]:
    """The days that a statement is about; where it does not say, those of its movements, else that of its arrival."""
    moved = [day for day, _, _ in statement.days]
    arrived = paris_day(datetime.fromisoformat(file.received_at))
    ends = statement.to_date or (moved[-1] if moved else statement.from_date or arrived)
    return min(statement.from_date or (moved[0] if moved else ends), ends), ends


def batches_of(file: DroppedFile, opened: BankFile, proved: Sequence[ProvedStatement]) -> Iterator[MovementBatch]:
    """Pass two, once per profile in use: the same batches under the same numbers each time."""
    for profile in sorted({item.account.profile for item in proved}):
        cutter, index, places = _Cutter(), 0, _Places(opened.format)
        number = proved[0].first
        for part in read_bank_file(opened, profile_named(profile)):
            item = proved[index]
            if isinstance(part, Movement):
                full = cutter.add(part) if item.account.profile == profile else None
                if full:
                    yield _batch(file, opened.format, item, number, places.placed(full))
                    number += 1
                continue
            rest = cutter.rest()
            if rest:
                yield _batch(file, opened.format, item, number, places.placed(rest))
            index, places = index + 1, _Places(opened.format)
            number = proved[index].first if index < len(proved) else 0


def _batch(
    file: DroppedFile, channel: str, item: ProvedStatement, number: int, movements: tuple[Movement, ...]
) -> MovementBatch:
    account, message = item.account.iban, item.record.name
    vouched = item.record.is_vouched
    return MovementBatch(file.landlord_id, file.file_id, number, account, channel, message, movements, vouched)


class _Places:
    """Names the movements of a statement: by their place in it, wherever in a file the statement stands; in a report
    that grows, by what they say, and how many before them say the same.
    """

    def __init__(self, channel: str) -> None:
        self._grows = channel == GROWING_CHANNEL
        self._said = Counter[str]()

    def placed(self, movements: Sequence[Movement]) -> tuple[Movement, ...]:
        """The next movements of the statement, named."""
        return tuple(replace(movement, position=self._place(movement)) for movement in movements)

    def _place(self, movement: Movement) -> str:
        if not self._grows:
            return movement.position.partition(".")[2]
        said = hashlib.sha256(_naming(movement)).hexdigest()[:16]
        self._said[said] += 1
        return f"{said}~{self._said[said]}"


def balances_of(proved: Sequence[ProvedStatement]) -> tuple[Cents | None, Cents | None]:
    """Opening and closing of the file, when all of it is about one account."""
    if len({item.account.iban for item in proved}) != 1:
        return None, None
    return proved[0].record.opening_cents, proved[-1].record.closing_cents


def _naming(movement: Movement) -> bytes:
    """What names a movement of a report that grows: the bank's reference, else all that identifies it but a number that
    is given anew each time.
    """
    reference = reference_key(movement.uetr or movement.bank_reference or "")
    if not reference or is_counter(reference):
        return _identifying(replace(movement, bank_reference=None))
    return f"{movement.amount_cents}|{movement.booking_date}|{reference}".encode()


def _identifying(movement: Movement) -> bytes:
    """What makes a movement another one, as the default profile reads it; free texts do not."""
    parts = (
        movement.amount_cents,
        movement.booking_date,
        movement.value_date,
        movement.status,
        movement.bank_reference,
        movement.uetr,
        movement.end_to_end_id,
        movement.entry_reference,
        *movement.batch_references,
        movement.virtual_iban,
        movement.debtor_iban,
        movement.debtor_name,
    )
    return "|".join(map(str, parts)).encode() + b"\n"


def _weight(movement: Movement) -> int:
    """At least the bytes of the movement in a message; JSON writes a control character in six."""
    texts = (
        *(movement.remittance, movement.note, movement.debtor_name, movement.debtor_iban, movement.return_reason),
        *(movement.bank_reference, movement.end_to_end_id, movement.uetr, movement.entry_reference),
        *(movement.mandate_id, movement.bank_code, movement.original_reference, *movement.batch_references),
        *(account for account, _ in movement.other_accounts),
    )
    return 900 + sum((2 if text.isprintable() else 6) * len(text.encode()) for text in texts if text)
