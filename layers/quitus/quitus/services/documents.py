"""Documents: a person asks for the letters of one lease or of thousands; workers write them, residence by residence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from quitus.domain.errors import NotFound
from quitus.domain.ids import derived_id
from quitus.domain.money import Cents
from quitus.services.compose_letters import DocumentKind
from quitus.services.idempotent_requests import Attempt
from quitus.services.messages import DocumentTask
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import ActionLog, Ledger, Queue

URL_SECONDS = 300
"""How long a signed link lives."""
INDEX = "index.csv"
"""The name of the file that says what became of every lease."""


class DocumentStatus(StrEnum):
    """Where documents stand."""

    PENDING = "pending"
    """Which leases they are of is not settled yet."""
    WRITING = "writing"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which leases: these, those of a residence, or all (neither); of these, those with so much overdue."""

    lease_ids: tuple[str, ...] = ()
    residence_id: str | None = None
    min_overdue_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class DocumentWish:
    """What is asked for: see `Document`."""

    kind: DocumentKind
    scope: Scope
    period: str | None = None
    payment_links: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What was asked for and how far it is. `files` is how many there will be, 0 until that is settled; `letters`
    and, of leases without one, `skipped` count what there is so far.
    """

    document_id: str
    kind: DocumentKind
    period: str | None
    scope: Scope
    status: DocumentStatus
    requested_by: str
    requested_at: str
    payment_links: bool = False
    """Whether notices lead to a page on which what they ask for is paid."""
    plan: str = ""
    """Names what was settled: which leases, in which files."""
    files: int = 0
    files_done: int = 0
    letters: int = 0
    skipped: int = 0

    def attempt_of(self, lease_id: str) -> str:
        """Names the payment link of a lease in these documents: made once, however often the letter is written."""
        return derived_id(self.document_id, lease_id)


@dataclass(frozen=True, slots=True)
class IndexLine:
    """What became of a lease: its letter and the page where it begins; why it has none, or one without the code of the
    pay page. `electronic`: it may go by mail, to which the tenant does not object and, for a receipt, consents (law
    89-462 art. 21); others go by post.
    """

    lease_id: str
    holder_name: str
    letter: str | None = None
    page: int | None = None
    electronic: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One file: some leases of one residence, pinned when the documents were planned; `lines` once it is written."""

    number: int
    residence_id: str
    lease_ids: tuple[str, ...]
    name: str
    lines: tuple[IndexLine, ...] | None = None

    @property
    def letters(self) -> int:
        """How many letters are in it."""
        return sum(line.letter is not None for line in self.lines or ())


class Documents(Protocol):
    """Documents asked for, and their parts."""

    def add(self, landlord_id: str, document: Document) -> None:
        """Keep what was asked for; what is there already stays as it is."""
        ...

    def find(self, landlord_id: str, document_id: str) -> Document | None:
        """Documents, or None."""
        ...

    def page(self, landlord_id: str, after: str | None) -> Iterator[Document]:
        """A landlord's documents, newest first, after some; a listing, a little late."""
        ...

    def parts(self, landlord_id: str, document: Document, after: int | None = None) -> Iterator[Part]:
        """The parts by number, after one; none while the documents are not planned."""
        ...


class DocumentLinks(Protocol):
    """Links to written files."""

    def url(self, landlord_id: str, document_id: str, name: str, seconds: int) -> str:
        """A link that downloads the file, for anyone who holds it, for so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A written file and a link to it."""

    part: Part
    url: str


@dataclass(frozen=True, slots=True)
class DocumentDesk:
    """Takes orders for documents and hands them out."""

    documents: Documents
    links: DocumentLinks
    queue: Queue
    ledger: Ledger
    log: ActionLog

    def order(self, landlord_id: str, wish: DocumentWish, by: str, attempt: Attempt) -> Document:
        """Ask for documents; the same attempt again is the same documents. Raises NotFound: `lease_not_found`."""
        kind, scope, period = wish.kind, wish.scope, wish.period
        known = self.ledger.accounts(landlord_id, scope.lease_ids)
        unknown = [lease_id for lease_id in scope.lease_ids if lease_id not in known]
        if unknown:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_ids=unknown)
        at = attempt.instant
        document = Document(attempt.name, kind, period, scope, DocumentStatus.PENDING, by, at, wish.payment_links)
        body = {
            "document_id": attempt.name, "kind": kind.value, "period": period, "lease_ids": list(scope.lease_ids),
            "residence_id": scope.residence_id, "min_overdue_cents": scope.min_overdue_cents,
            "payment_links": wish.payment_links, "by": by,
        }  # fmt: skip
        self.log.record(landlord_id, "documents", attempt.name, body, attempt.at)
        self.documents.add(landlord_id, document)
        self.queue.send([DocumentTask(landlord_id, document.document_id)])
        return document

    def one(self, landlord_id: str, document_id: str) -> Document:
        """Documents and how far they are. Raises NotFound."""
        document = self.documents.find(landlord_id, document_id)
        if document is None:
            raise NotFound("document_not_found", "There are no documents with this id.", document_id=document_id)
        return document

    def page(self, landlord_id: str, after: Place | None, limit: int) -> Listed[Document]:
        """A page of a landlord's documents, newest first."""
        found = self.documents.page(landlord_id, after[0] if after else None)
        return fill((((one.document_id,), one) for one in found), limit)

    def urls(self, landlord_id: str, document: Document) -> tuple[str | None, str | None]:
        """Once all is written: links to the file, where there is one only, and to the index."""
        if document.status is not DocumentStatus.READY:
            return None, None
        index = self.links.url(landlord_id, document.document_id, INDEX, URL_SECONDS)
        parts = self.documents.parts(landlord_id, document) if document.files == 1 else iter(())
        files = (self._file(landlord_id, document.document_id, part) for part in parts)
        return next((file.url for file in files if file), None), index

    def files(self, landlord_id: str, document_id: str, after: Place | None, limit: int) -> Listed[DocumentFile]:
        """A page of the files that are written, with links. Raises NotFound."""
        document = self.one(landlord_id, document_id)
        parts = self.documents.parts(landlord_id, document, int(after[0]) if after else None)
        return fill((((str(part.number),), self._file(landlord_id, document_id, part)) for part in parts), limit)

    def _file(self, landlord_id: str, document_id: str, part: Part) -> DocumentFile | None:
        if not part.letters:
            return None
        return DocumentFile(part, self.links.url(landlord_id, document_id, part.name, URL_SECONDS))


def parts_of(
    kind: DocumentKind, period: str | None, leases: Sequence[tuple[str, Sequence[str]]], most: int
) -> list[Part]:
    """A file for each residence, more for one of more than `most` leases; ids are safe in names of files."""
    parts = list[Part]()
    for residence_id, lease_ids in leases:
        for nth, start in enumerate(range(0, len(lease_ids), most), 1):
            told = (kind.value, period, residence_id, str(nth) if len(lease_ids) > most else None)
            name = "-".join(filter(None, told)) + ".pdf"
            parts.append(Part(len(parts) + 1, residence_id, tuple(lease_ids[start : start + most]), name))
    return parts
