"""The raw files, read again: every line that a bank booked has its row, and every row its line."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from quitus.adapters import keys, records
from quitus.adapters.file_keys import CONTENTS
from quitus.banking.recognition import BankFile, open_bank_file
from quitus.domain.errors import UnreadableFile
from quitus.domain.incoming import EVENT_CHANNEL, EVENT_POSITION, Incoming, Source
from quitus.domain.landlord import Landlord
from quitus.domain.movement import Movement
from quitus.services.bank_statements import ProvedStatement, batches_of, prove
from quitus.services.envelopes import Envelopes
from quitus.services.raw_files import RawFiles, sha256_of
from quitus.services.registry import Area, DroppedFile, FileStatus, StatementRecord
from quitus.services.table import Key, Row
from rebuilding.findings import Findings, Wrong

_MONEY = ("amount_cents", "booking_date")
type Told = tuple[str, str, str, str]
"""A landlord and what names a report: channel, message, position."""


class _Content(NamedTuple):
    """What a statement is known by, whatever it is called."""

    landlord_id: str
    account: str
    channel: str
    fingerprint: str


@dataclass(slots=True)
class Reread:
    """How much of the raw files was read again."""

    files: int = 0
    bank_lines: int = 0
    sealed: int = 0
    """Encrypted files that nobody here can open; their bytes were compared."""
    otherwise: int = 0
    """Lines of which today's reader understands a text otherwise than the one that posted them."""


class Papers:
    """Gathers what rows say of files while they pass, then reads the files."""

    def __init__(self, raw: RawFiles, envelopes: Envelopes, row: Callable[[Key], Row | None], findings: Findings):
        self.reread = Reread()
        self._raw, self._envelopes, self._row, self._findings = raw, envelopes, row, findings
        self._landlords: dict[str, Landlord] = {}
        self._files: list[DroppedFile] = []
        self._statements: dict[_Content, StatementRecord] = {}
        self._reports: dict[Told, Key] = {}
        self._unread: dict[str, set[Key]] = defaultdict(set)
        """Permanent rows by the file that brought them, until a file tells of them."""

    def see(self, row: Row) -> None:
        """Take a row in."""
        key = Key.of(row)
        landlord_id, family, names = keys.parse(key.pk)
        if family == "landlord" and key.sk == "settings":
            self._landlords[landlord_id] = records.record(row, Landlord)
        elif family == "file" and key.sk == "file":
            self._files.append(records.record(row, DroppedFile))
        elif family == "statements" and not key.sk.startswith(CONTENTS):
            statement = records.record(row, StatementRecord)
            self._statements[_content(landlord_id, statement)] = statement
        elif family == "movement":
            self._see_report(landlord_id, key, names, row)

    def _see_report(self, landlord_id: str, key: Key, names: tuple[str, ...], row: Row) -> None:
        place = key.sk.partition("#")[2]
        if place and not place.startswith(keys.CLAIMS):
            return
        incoming = records.incoming_of(keys.bucket_of(names), row)
        self._reports[landlord_id, *incoming.report.name] = key
        if not place and incoming.source.file_id:
            self._unread[incoming.source.file_id].add(key)

    @property
    def files(self) -> int:
        """How many files are registered."""
        return len(self._files)

    def check(self, order: Callable[[list[DroppedFile]], Iterable[DroppedFile]]) -> Iterator[DroppedFile]:
        """Read the files in any order, giving each once it is read; at the end, find rows that no file tells of."""
        read: set[str] = set()
        for file in order(self._files):
            if file.raw is not None and self._check_file(file):
                read.add(file.file_id)
            yield file
        for file_id in sorted(read):
            for key in sorted(self._unread[file_id]):
                self._findings.add(Wrong.NO_BANK_LINE, f"{key.pk} {key.sk}")

    def check_event(self, text: str) -> None:
        """An event that was accepted has its row."""
        event = json.loads(text)
        told = (f"{EVENT_CHANNEL}{event['source']}", event["bank_reference"], EVENT_POSITION)
        if (event["landlord_id"], *told) not in self._reports:
            self._findings.add(Wrong.NO_EVENT_ROW, f"{event['landlord_id']}: {' '.join(told[:2])}")

    def _check_file(self, file: DroppedFile) -> bool:
        """Whether all that a file tells was read."""
        with TemporaryFile() as content:
            if not self._fetch(file, content):
                return False
            self.reread.files += 1
            if file.area is not Area.BANK or file.status is not FileStatus.PROCESSED:
                return False
            try:
                with self._envelopes.opened(file.landlord_id, content) as plain, open_bank_file(plain) as opened:
                    self._read(file, opened)
            except UnreadableFile as error:
                if error.code != "encrypted":
                    self._findings.add(Wrong.RAW_UNREADABLE, f"{file.key}: {error.code}")
                    return False
                self.reread.sealed += 1
                return False
        return True

    def _fetch(self, file: DroppedFile, content: BinaryIO) -> bool:
        try:
            self._raw.fetch(file.landlord_id, file.raw or "", content)
        except LookupError:
            self._findings.add(Wrong.RAW_MISSING, f"{file.key}: {file.raw}")
            return False
        if sha256_of(content) != file.raw:
            self._findings.add(Wrong.RAW_ALTERED, f"{file.key}: {file.raw}")
            return False
        content.seek(0)
        return True

    def _read(self, file: DroppedFile, opened: BankFile) -> None:
        proved = [self._named(file, item) for item in prove(self._landlords[file.landlord_id], opened, file)]
        for batch in batches_of(file, opened, proved):
            source = Source(batch.channel, batch.message, batch.file_id, vouched=batch.vouched)
            for movement in batch.movements:
                self.reread.bank_lines += 1
                self._compare(file, Incoming(movement, batch.account, source))

    def _named(self, file: DroppedFile, item: ProvedStatement) -> ProvedStatement:
        """A statement under the name that the registry gave it."""
        return replace(item, record=self._statements.get(_content(file.landlord_id, item.record), item.record))

    def _compare(self, file: DroppedFile, told: Incoming) -> None:
        key = self._reports.get((file.landlord_id, *told.report.name))
        row = self._row(key) if key else None
        if key is None or row is None:
            self._findings.add(Wrong.NO_ROW, f"{file.key}: {' '.join(told.report.name)}")
            return
        self._unread[str(row["source"].get("file_id"))].discard(key)
        held = records.incoming_of(keys.bucket_of(keys.parse(key.pk)[2]), row).movement
        differing = {name for name in _FIELDS if getattr(held, name) != getattr(told.movement, name)}
        if not differing.isdisjoint(_MONEY):
            self._findings.add(Wrong.OTHER_MONEY, f"{file.key}: {' '.join(told.report.name)}")
        elif differing:
            self.reread.otherwise += 1


def _content(landlord_id: str, statement: StatementRecord) -> _Content:
    return _Content(landlord_id, statement.account, statement.channel, statement.fingerprint)


_FIELDS = tuple(field.name for field in fields(Movement))
