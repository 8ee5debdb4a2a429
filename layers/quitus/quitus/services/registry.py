"""The registry of dropped files and of the statements in them: its records, and the ports to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS, Problem
from quitus.services.file_decisions import Contradiction, FileDecision, Verdict
from quitus.services.leases import Fate

if TYPE_CHECKING:
    from quitus.services.doubts import Doubts


class FileStatus(StrEnum):
    """Where a file stands (contract.md, Files)."""

    PROCESSING = "processing"
    PROCESSED = "processed"
    """Every movement or row has its final result."""
    QUARANTINED = "quarantined"
    """A bank file that cannot be trusted: nothing of it was posted."""
    DUPLICATE = "duplicate"
    """Nothing in it is new."""
    REFUSED = "refused"
    """An ERP file refused whole, or a quarantined file that a person rejected."""


class Area(StrEnum):
    """The folder of the drop bucket that a file came by."""

    BANK = "bank"
    ERP = "erp"
    LISTS = "lists"
    """Lists of beneficiaries, in a folder for each payer."""
    OTHER = "other"
    """Neither: nothing can be done with it."""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A dropped file: what it is, where it stands, and how many of its movements or rows went which way."""

    landlord_id: str
    file_id: str
    area: Area
    name: str
    """The key after `{landlord}/bank/`, `{landlord}/erp/` or `{landlord}/lists/` (after `{landlord}/` elsewhere)."""
    received_at: str
    status: FileStatus = FileStatus.PROCESSING
    kind: str = "unknown"
    reason: str | None = None
    finished_at: str | None = None
    sha256: str | None = None
    """Of the content once unpacked: two files with the same one are duplicates."""
    raw: str | None = None
    """SHA-256 of the bytes as they were dropped, which names their locked copy."""
    sequence: int | None = None
    """SEQUENCE of an ERP file."""
    replayed: bool = False
    """An ERP file whose bytes were seen before."""
    batches: int | None = None
    """How many batches it makes; None until that is known."""
    sent: int = 0
    """Batches that are surely on the queue."""
    queued: bool = False
    """All of them are."""
    done: int = 0
    movements: int = 0
    posted: int = 0
    suspense: int = 0
    duplicates: int = 0
    ignored: int = 0
    accepted: int = 0
    unchanged: int = 0
    refused: int = 0
    opening_cents: Cents | None = None
    closing_cents: Cents | None = None
    version_id: str | None = None
    """Of the dropped object."""
    size: int | None = None
    """Bytes as they were dropped."""
    problems: tuple[Problem, ...] = ()
    """Why it is quarantined: the first of them (`doubts.SHOWN`)."""
    problem_count: int = 0
    problem_codes: tuple[str, ...] = ()
    """The codes of all."""
    decision: FileDecision | None = None
    """The last one."""
    decisions: int = 0
    superseded_by: str | None = None
    """The later file that told all that this quarantined one should have told."""
    takes: int = 1
    """How often it was taken up, and when last."""
    taken_at: str | None = None

    @property
    def key(self) -> str:
        """The key of the dropped object."""
        folder = self.landlord_id if self.area is Area.OTHER else f"{self.landlord_id}/{self.area}"
        return f"{folder}/{self.name}"

    @property
    def vouched(self) -> frozenset[str]:
        """The problems that a person answers for."""
        released = self.decision is not None and self.decision.kind is Verdict.RELEASE
        return frozenset(self.decision.vouched) if released and self.decision else frozenset()

    @property
    def contradiction(self) -> Contradiction | None:
        """What a person says that its statements are to those of the same name."""
        return self.decision.contradiction if self.decision else None

    @property
    def counts(self) -> Mapping[str, int]:
        """What became of the movements of a bank file."""
        return {name: getattr(self, name) for name in ("movements", "posted", "suspense", "duplicates", "ignored")}

    @property
    def rows(self) -> Mapping[str, int]:
        """What became of the rows of an ERP file."""
        return {name: getattr(self, name) for name in ("accepted", "unchanged", "refused")}

    @property
    def is_taken(self) -> bool:
        """Its movements are posted, or surely on their way: the same content again is a duplicate."""
        return self.status is FileStatus.PROCESSED or (self.status is FileStatus.PROCESSING and self.queued)


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A quarantined file that nobody decided on yet: how a later file that tells all of it is recognised."""

    file_id: str
    name: str
    received_at: str
    raw: str | None = None
    size: int | None = None
    sha256: str | None = None
    statements: tuple[tuple[str, ...], ...] = ()
    """The names of each of its statements (`doubts.names_of`); none when not all of them could be read."""


class RowResult(NamedTuple):
    """A line of an acknowledgement."""

    line: int
    key: str
    status: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A statement that a file brought: its sums for the proof, its balances for continuity, its fingerprint."""

    account: str
    """The landlord's IBAN."""
    channel: str
    name: str
    """Names the statement within its channel, the same when the bank sends it again."""
    statement_id: str
    from_date: date
    to_date: date
    fingerprint: str
    file_id: str
    opening_cents: Cents | None = None
    closing_cents: Cents | None = None
    credits_cents: Cents = 0
    debits_cents: Cents = 0
    days: tuple[tuple[date, Cents, Cents], ...] = ()
    """(booking date, credits, debits) of booked movements."""
    sequence: str | None = None
    """The bank's own number of the statement on its account."""

    doubt: str | None = None
    """The problem that a person answers for: the statement's days are never proved by it."""
    replaces: str | None = None
    """The file whose statement of this name it replaced, on a person's word."""

    @property
    def unproved_cents(self) -> Cents:
        """By how much the balance changes without a movement of the statement."""
        if self.opening_cents is None or self.closing_cents is None:
            return 0
        return self.closing_cents - self.opening_cents - self.credits_cents + self.debits_cents

    @property
    def is_vouched(self) -> bool:
        """Whether only a person answers for it."""
        return self.doubt is not None or self.replaces is not None

    @property
    def content(self) -> str:
        """What a closing statement says of its days, whatever the bank calls it: issued again, it is the same."""
        return f"{self.to_date.isoformat()}#{self.from_date.isoformat()}#{self.fingerprint}"

    @property
    def key(self) -> str:
        """Names the statement within its account; begins with its last day."""
        return f"{self.to_date.isoformat()}#{self.channel}#{self.name}"

    @property
    def is_closing(self) -> bool:
        """An end-of-day statement with both balances: it counts for the proof and for continuity."""
        return self.channel in CLOSING_CHANNELS and self.opening_cents is not None and self.closing_cents is not None


class FileRegistry(Protocol):
    """Files and their batches."""

    def register(self, file: DroppedFile) -> DroppedFile:
        """Keep a file that arrives, or the one already kept under this id."""
        ...

    def find(self, landlord_id: str, file_id: str) -> DroppedFile | None:
        """The file, or None."""
        ...

    def update(self, landlord_id: str, file_id: str, **values: object) -> None:
        """Set fields of a file that is still processing; a settled one stays as it is."""
        ...

    def plan(self, landlord_id: str, file_id: str, **values: object) -> None:
        """Set the fields known once a file is read, `batches` among them; a file that has its plan keeps it."""
        ...

    def record_batch(
        self,
        landlord_id: str,
        file_id: str,
        number: int,
        counts: Mapping[str, int],
        results: Sequence[RowResult],
        at: str,
    ) -> bool:
        """Record a worked batch once (again changes nothing); True when all are worked and the file can be settled."""
        ...

    def is_worked(self, landlord_id: str, file_id: str, number: int) -> bool:
        """Whether a batch was recorded."""
        ...

    def worked(self, landlord_id: str, file_id: str) -> set[int]:
        """The numbers of the batches that were recorded."""
        ...

    def is_complete(self, landlord_id: str, file_id: str) -> bool:
        """Whether all batches are worked and the file has no final status yet."""
        ...

    def results(self, landlord_id: str, file_id: str) -> Iterator[RowResult]:
        """The results of all batches, in no order."""
        ...

    def settle(self, landlord_id: str, file_id: str, status: FileStatus, reason: str | None, at: str) -> bool:
        """Give a file that is processing its final status; False when it had one."""
        ...

    def keep_out(
        self,
        file: DroppedFile,
        doubts: Doubts,
        at: str,
    ) -> bool:
        """Quarantine a file that is processing; False: it is not."""
        ...

    def kept_out(self, landlord_id: str) -> list[KeptOut]:
        """The newest quarantined files that nobody decided on; one of the last second may be missing."""
        ...

    def supersede(self, landlord_id: str, file_id: str, by: str) -> None:
        """A later file told all of a quarantined one; one that is quarantined no more stays as it is."""
        ...

    def first_with(self, landlord_id: str, sha256: str) -> str | None:
        """The file with which these bytes were taken."""
        ...

    def remember_bytes(self, landlord_id: str, sha256: str, file_id: str) -> None:
        """These bytes are taken with this file."""
        ...

    def known(self, files: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of these (landlord, file id) that are registered."""
        ...

    def take_sequence(self, landlord_id: str, kind: str, sequence: int, sha256: str, file_id: str) -> tuple[str, str]:
        """Claim a sequence number of an ERP kind for a file; the bytes and file that hold it."""
        ...

    def sequences_around(self, landlord_id: str, kind: str, sequence: int) -> tuple[int | None, int | None]:
        """The taken numbers next below and next above."""
        ...


class StatementStore(Protocol):
    """The statements of the landlord's accounts."""

    def held(self, landlord_id: str, statements: Iterable[StatementRecord]) -> list[StatementRecord]:
        """The kept statements with these names."""
        ...

    def with_content(self, landlord_id: str, statements: Iterable[StatementRecord]) -> Mapping[str, StatementRecord]:
        """By content, the kept closing statements that first had it; they may have been replaced since."""
        ...

    def keep(
        self,
        landlord_id: str,
        statements: Sequence[StatementRecord],
        replaced: Mapping[str, str],
        told: Collection[str] = (),
    ) -> None:
        """Keep statements; those whose key is in `replaced` take the place of that file's. `told` are the contents
        that were kept before. Raises Stale: others keep the same statements or contents.
        """
        ...

    def around(self, landlord_id: str, account: str, day: date) -> Sequence[StatementRecord]:
        """The closing statements of an account, of every channel, by last day: of the forty rows up to a day and of the
        forty after it.
        """
        ...


class Acknowledgements(Protocol):
    """What the ERP is told of its files."""

    def write(self, landlord_id: str, name: str, results: Iterable[RowResult]) -> None:
        """Write the acknowledgement of the file with this name, lines in the file's order."""
        ...
