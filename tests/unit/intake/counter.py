"""The drop bucket, the queues and the workers behind it, without a cloud: files are dropped, movements are posted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

from builders import BANK_ACCOUNT, FixedClock, a_landlord, a_poster
from unit.erp.office import Notebook, Office

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.file_decision_rows import FileDecisionRows
from quitus.adapters.file_rows import FileRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.list_rows import ListRows
from quitus.adapters.open_file_rows import UnfinishedRows
from quitus.adapters.pgp_envelopes import PgpEnvelopes
from quitus.adapters.statement_rows import StatementRows
from quitus.adapters.sweep_rows import SweepMarkRow
from quitus.domain.errors import UnreadableFile
from quitus.domain.landlord import Landlord
from quitus.services.bank_intake import BankIntake
from quitus.services.decide_files import FileDecisionDesk
from quitus.services.drops import DropPage, DroppedObject
from quitus.services.erp_intake import ErpIntake
from quitus.services.file_decisions import Contradiction, FileOccasion
from quitus.services.idempotent_requests import Attempt
from quitus.services.intake import Intake
from quitus.services.list_intake import ListIntake
from quitus.services.messages import ErpBatch, MovementBatch, from_json, to_json
from quitus.services.post_batches import BatchPoster
from quitus.services.quarantine import Quarantine
from quitus.services.registry import DroppedFile
from quitus.services.resume import Resume, resumes
from quitus.services.statements import StatementBook
from quitus.services.sweep import Sweep, Swept
from quitus.services.table import Table

LANDLORD = "semiga"


@dataclass
class Entry:
    """An entry of a statement; amounts in cents, signed."""

    cents: int
    iban: str | None = None
    reference: str | None = None
    status: str = "BOOK"


def a_statement(
    entries: Sequence[Entry],
    *,
    name: str = "S1",
    day: str = "2026-11-05",
    opening: int = 100_000,
    closing: int | None = None,
    account: str = BANK_ACCOUNT,
    currency: str = "EUR",
) -> str:
    closing = opening + sum(entry.cents for entry in entries if entry.status == "BOOK") if closing is None else closing
    parts = [
        f"<Stmt><Id>{name}</Id><CreDtTm>{day}T20:00:00</CreDtTm>",
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>",
        _balance("OPBD", opening, day, currency),
        _balance("CLBD", closing, day, currency),
        *(_entry(entry, index, day, currency) for index, entry in enumerate(entries)),
        "</Stmt>",
    ]
    return "".join(parts)


def camt(*statements: str, message: str = "M1") -> bytes:
    namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
    head = f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-05T20:00:00</CreDtTm></GrpHdr>"
    body = f"<BkToCstmrStmt>{head}{''.join(statements)}</BkToCstmrStmt>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{namespace}">{body}</Document>'.encode()


def notice(entries: Sequence[Entry], name: str = "N1", day: str = "2026-11-05") -> bytes:
    namespace = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"
    head = f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{day}T10:00:00</CreDtTm></GrpHdr>"
    lines = "".join(_entry(entry, index, day, "EUR") for index, entry in enumerate(entries))
    held = f"<Ntfctn><Id>{name}</Id><Acct><Id><IBAN>{BANK_ACCOUNT}</IBAN></Id></Acct>{lines}</Ntfctn>"
    body = f"<BkToCstmrDbtCdtNtfctn>{head}{held}</BkToCstmrDbtCdtNtfctn>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{namespace}">{body}</Document>'.encode()


def day_report(entries: Sequence[Entry], name: str = "R1", day: str = "2026-11-05") -> bytes:
    """What a bank tells of the day so far."""
    told = notice(entries, name, day).replace(b"camt.054", b"camt.052")
    return told.replace(b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrAcctRpt").replace(b"Ntfctn>", b"Rpt>")


def _balance(kind: str, cents: int, day: str, currency: str) -> str:
    sign = "CRDT" if cents >= 0 else "DBIT"
    amount = f'<Amt Ccy="{currency}">{abs(cents) / 100:.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{amount}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _entry(entry: Entry, index: int, day: str, currency: str) -> str:
    sign = "CRDT" if entry.cents >= 0 else "DBIT"
    creditor = f"<CdtrAcct><Id><IBAN>{entry.iban}</IBAN></Id></CdtrAcct>" if entry.iban else ""
    family = "RCDT" if entry.cents >= 0 else "ICDT"
    reference = entry.reference or f"REF-{day}-{index}"
    return (
        f'<Ntry><Amt Ccy="{currency}">{abs(entry.cents) / 100:.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Sts>{entry.status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>CLIENT</Nm></Dbtr>{creditor}</RltdPties></TxDtls></NtryDtls></Ntry>"
    )


@dataclass
class Bucket:
    """A drop bucket."""

    held: dict[DroppedObject, bytes] = field(default_factory=dict)
    arrived: datetime = datetime(2026, 11, 5, tzinfo=UTC)
    pages: int = 0

    def fetch(self, dropped: DroppedObject, into: BinaryIO, limit: int) -> None:
        versions = {(one.key, one.version_id): content for one, content in self.held.items()}
        content = versions.get((dropped.key, dropped.version_id))
        if content is None:
            raise UnreadableFile("missing", "The object is no longer there.")
        into.write(content)

    def page(self, after: str | None) -> DropPage:
        """Three versions at a time."""
        self.pages += 1
        start = int(after or 0)
        some = [(dropped, self.arrived) for dropped in list(self.held)[start : start + 3]]
        return DropPage(some, str(start + 3) if start + 3 < len(self.held) else None)


@dataclass
class RawCopies:
    """Locked copies."""

    held: dict[str, bytes] = field(default_factory=dict)

    def keep(self, landlord_id: str, content: BinaryIO) -> str:
        content.seek(0)
        kept = content.read()
        sha256 = hashlib.sha256(kept).hexdigest()
        self.held.setdefault(f"{landlord_id}/{sha256}", kept)
        return sha256

    def fetch(self, landlord_id: str, sha256: str, into: BinaryIO) -> None:
        into.write(self.held[f"{landlord_id}/{sha256}"])


@dataclass
class Messages:
    """A queue that keeps what was sent, as its JSON; fails once when told to."""

    sent: list[str] = field(default_factory=list)
    fails_after: int | None = None

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        for message in messages:
            if self.fails_after is not None and len(self.sent) == self.fails_after:
                self.fails_after = None
                raise ConnectionError("the queue is away")
            text = to_json(message)
            assert len(text.encode()) <= 240_000
            self.sent.append(text)


class NoSuchSecret(Exception):
    """There is no secret of this name."""


@dataclass
class Secrets:
    """Secrets by name, as their client gives them out."""

    held: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    exceptions: Any = field(default_factory=lambda: SimpleNamespace(ResourceNotFoundException=NoSuchSecret))

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - the client's name
        self.asked.append(SecretId)
        if SecretId not in self.held:
            raise NoSuchSecret
        return {"SecretString": self.held[SecretId]}


class Counter:
    """Drops files and works their messages."""

    def __init__(self, landlord: Landlord | None = None) -> None:
        self.landlord = landlord or a_landlord()
        self.office = Office(self.landlord)
        self.memory = self.office.memory
        self.clock = FixedClock()
        self.bucket = Bucket(arrived=self.clock.instant - timedelta(hours=1))
        self.raw = RawCopies()
        self.movements, self.rows, self.swept = Messages(), Messages(), Messages()
        self.secrets = Secrets()
        self.versions = 0

    @property
    def book(self) -> Notebook:
        return self.office.notebook

    def intake(self, table: Table | None = None) -> Intake:
        held = table or self.memory
        files, alerts, landlords = FileRows(held), AlertRows(held), LandlordRows(held)
        quarantine = Quarantine(files, alerts, self.clock)
        book = StatementBook(files, StatementRows(held), alerts, self.clock)
        envelopes = PgpEnvelopes(cast("Any", self.secrets), "pgp/")
        bank = BankIntake(files, book, self.raw, envelopes, LedgerRows(held), self.movements, quarantine, self.clock)
        erp = ErpIntake(files, self.raw, self.book, self.rows, alerts, self.clock)
        lists = ListIntake(files, ListRows(held), self.raw, self.clock)
        return Intake(self.bucket, self.raw, landlords, files, bank, erp, lists, quarantine, alerts, self.clock)

    def sweep(self) -> Swept:
        landlords, files = LandlordRows(self.memory), FileRows(self.memory)
        unfinished, mark = UnfinishedRows(self.memory), SweepMarkRow(self.memory)
        return Sweep(self.bucket, landlords, files, unfinished, mark, self.swept, self.clock).sweep()

    def put(self, name: str, content: bytes, *, folder: str = f"{LANDLORD}/bank") -> DroppedObject:
        self.versions += 1
        dropped = DroppedObject(f"{folder}/{name}", f"v{self.versions}", "etag")
        self.bucket.held[dropped] = content
        return dropped

    def drop(self, content: bytes, name: str = "releve.xml", *, folder: str = f"{LANDLORD}/bank") -> DroppedFile:
        """Drop a file and let everything that follows happen."""
        dropped = self.put(name, content, folder=folder)
        file = self.intake().take(dropped)
        assert file is not None
        self.work()
        return self.file(file.file_id)

    def decisions(self, table: Table | None = None) -> FileDecisionDesk:
        held = table or self.memory
        return FileDecisionDesk(FileDecisionRows(held), AlertRows(held), self.book, self.swept, self.clock)

    def occasion(self, file: DroppedFile, name: str = "request-1", *, again: bool = False) -> FileOccasion:
        return FileOccasion(LANDLORD, file.file_id, "sub-accountant", Attempt(name, self.clock.now(), again))

    def release(
        self, file: DroppedFile, *, contradiction: Contradiction = Contradiction.REPLACES, name: str = "request-1"
    ) -> DroppedFile:
        """Release a file and let everything that follows happen."""
        self.decisions().release(self.occasion(file, name), "vu avec la banque", contradiction)
        self.resume()
        return self.file(file.file_id)

    def reject(self, file: DroppedFile, name: str = "request-1") -> DroppedFile:
        return self.decisions().reject(self.occasion(file, name), "faux")

    def resume(self) -> None:
        """Take up what the drops' queue asks to take up again."""
        for one in self.asked():
            self.intake().resume(one)
        self.swept.sent = []
        self.work()

    def asked(self) -> list[Resume]:
        """The files that the drops' queue asks to take up again."""
        return [one for text in self.swept.sent for one in resumes(json.loads(text))]

    def wait(self, **how: int) -> None:
        """Let time pass."""
        self.clock.instant += timedelta(**how)

    def work(self) -> None:
        """Work what is on the queues."""
        movements, self.movements.sent = self.movements.sent, []
        poster = a_poster(self.memory, self.clock)
        batches = BatchPoster(poster, LandlordRows(self.memory), FileRows(self.memory), self.clock)
        for text in movements:
            batches.post(from_json(text, MovementBatch))
        rows, self.rows.sent = self.rows.sent, []
        for text in rows:
            self.office.applier().apply(from_json(text, ErpBatch))

    def file(self, file_id: str) -> DroppedFile:
        return FileRows(self.memory).file(LANDLORD, file_id)

    def alerts(self) -> list[str]:
        return [kind for kind, _ in self.office.alerts()]

    def posted(self) -> list[int]:
        """The cents of every movement that the bank booked, whatever it was found to be."""
        rows = [(key, row) for key, row in self.memory.rows.items() if "#movement#" in key.pk and key.sk.isdecimal()]
        booked = (key for key, row in rows if row["movement"].get("status") != "pending")
        return sorted(int(key.pk.rpartition("#")[2]) for key in booked)


def counts(file: DroppedFile) -> Mapping[str, Any]:
    """The counts that are not zero."""
    return {name: count for name, count in file.counts.items() if count}
