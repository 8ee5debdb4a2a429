"""Writes documents: settles which leases they are of, then one file at a time, then the index.

Every step may be repeated: what the documents are of is settled once, a part is counted once, a file written again
takes the place of the same one, and whoever finds all parts written writes the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched
from typing import Protocol

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.errors import NotFound
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Debtor, Lease, LeaseStatus
from quitus.domain.letter import Letter
from quitus.domain.letter_texts import LetterKind
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.services.compose_letters import Composer, DocumentKind, NoLetter
from quitus.services.contacts import Contacts
from quitus.services.documents import INDEX, Document, Documents, DocumentStatus, IndexLine, Part, parts_of
from quitus.services.idempotent_requests import Attempt
from quitus.services.letter_parts import Paid
from quitus.services.letter_settings import LetterTexts
from quitus.services.letter_words import TITLES
from quitus.services.messages import DocumentTask
from quitus.services.payment_links import LinkDesk, LinkWish
from quitus.services.ports import Clock, Landlords, Queue
from quitus.services.read_leases import LeaseDesk, every_lease
from quitus.services.read_shares import LeasePayments, party_of
from quitus.services.write_exports import csv_line

MOST_IN_A_FILE = 300
"""Leases of one file, nearly always one letter each: less than half a gigabyte while it is set."""
LEASES_LOOKED_AT = 100
"""At once, for what they owe."""
LINK_DAYS = 90
"""How long the page of a notice is open: paper lies about."""
_BOM = "\ufeff"
COLUMNS = ("lease_id", "holder_name", "residence_id", "letter", "file", "page", "electronic", "reason")


class DocumentStore(Documents, Protocol):
    """Documents as their writer keeps them."""

    def plan(self, landlord_id: str, document_id: str, parts: Sequence[Part]) -> Document:
        """Settle the parts; if they are settled, they stay. The documents as they are then."""
        ...

    def part(self, landlord_id: str, document: Document, number: int) -> Part | None:
        """A part, or None."""
        ...

    def written(self, landlord_id: str, document: Document, part: Part) -> None:
        """Keep a part's lines and count it; one that was counted is not counted again."""
        ...

    def ready(self, landlord_id: str, document_id: str, at: str) -> None:
        """Mark the documents as written."""
        ...


class Press(Protocol):
    """Prints letters."""

    def set(self, title: str, letters: Sequence[Letter], at: datetime) -> tuple[bytes, list[int]]:
        """A PDF, and the page on which each letter begins."""
        ...


class DocumentFiles(Protocol):
    """Where files are kept."""

    def keep(self, landlord_id: str, document_id: str, name: str, content: bytes) -> None:
        """Keep a file; one of the same name is replaced."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentWriter:
    """Plans and writes documents."""

    documents: DocumentStore
    desk: LeaseDesk
    contacts: Contacts
    landlords: Landlords
    texts: LetterTexts
    payments: LeasePayments
    links: LinkDesk
    press: Press
    files: DocumentFiles
    queue: Queue
    clock: Clock

    def work(self, task: DocumentTask) -> None:
        """One step. Raises NotFound: nobody asked for these documents."""
        landlord_id, document_id = task.landlord_id, task.document_id
        document = self.documents.find(landlord_id, document_id)
        if document is None:
            raise NotFound("document_not_found", "There are no documents with this id.", document_id=document_id)
        if document.status is DocumentStatus.READY:
            return
        if task.part is None:
            self._plan(landlord_id, document)
        else:
            self._write(landlord_id, document, task.part)
        self._finish(landlord_id, document_id)

    def _plan(self, landlord_id: str, document: Document) -> None:
        if document.status is DocumentStatus.PENDING:
            leases = sorted(self._leases(landlord_id, document).items())
            parts = parts_of(document.kind, document.period, leases, MOST_IN_A_FILE)
            document = self.documents.plan(landlord_id, document.document_id, parts)
        waiting = (part for part in self.documents.parts(landlord_id, document) if part.lines is None)
        self.queue.send(DocumentTask(landlord_id, document.document_id, part.number) for part in waiting)

    def _leases(self, landlord_id: str, document: Document) -> Mapping[str, list[str]]:
        """The ids of the leases by residence. Account numbers are told to those who still live there."""
        scope, found = document.scope, dict[str, list[str]]()
        only_active = not document.kind.is_of_a_period and not scope.lease_ids
        for lease in self._chosen(landlord_id, document):
            if not only_active or lease.status is LeaseStatus.ACTIVE:
                found.setdefault(lease.residence_id, []).append(lease.lease_id)
        return found

    def _chosen(self, landlord_id: str, document: Document) -> Iterator[Lease]:
        """The leases in question; of these, those that owe enough past its day."""
        leases, least = self._in_scope(landlord_id, document), document.scope.min_overdue_cents
        if least is None:
            yield from leases
            return
        today = paris_day(self.clock.now())
        for some in batched(leases, LEASES_LOOKED_AT, strict=False):
            accounts = self.desk.ledger.accounts(landlord_id, [lease.lease_id for lease in some])
            owed = {lease_id: account.overdue_cents(today) for lease_id, account in accounts.items()}
            yield from (lease for lease in some if owed.get(lease.lease_id, 0) >= least)

    def _in_scope(self, landlord_id: str, document: Document) -> Iterator[Lease]:
        scope, leases = document.scope, self.desk.leases
        if scope.lease_ids:
            yield from (leases.lease(landlord_id, lease_id) for lease_id in scope.lease_ids)
            return
        residences = [scope.residence_id] if scope.residence_id else list(self.desk.residences.residences(landlord_id))
        for residence_id in residences:
            yield from every_lease(leases, landlord_id, residence_id)

    def _write(self, landlord_id: str, document: Document, number: int) -> None:
        part = self.documents.part(landlord_id, document, number)
        if part is None or part.lines is not None:
            return
        landlord = self.landlords.get(landlord_id)
        now = self.clock.now()
        pages = _LinkedPages(self.links, landlord_id, document, now) if document.payment_links else None
        composer = Composer(landlord, self.texts.all(landlord_id), paris_day(now), pages)
        letters, lines = list[Letter](), list[IndexLine]()
        for lease_id in part.lease_ids:
            made, told = self._letters(composer, document, landlord_id, lease_id)
            letters += made
            lines += told
        beginnings = iter(self._print(landlord, document, part, letters, now))
        placed = tuple(replace(line, page=next(beginnings)) if line.letter else line for line in lines)
        written = Part(part.number, part.residence_id, part.lease_ids, part.name, placed)
        self.documents.written(landlord_id, document, written)

    def _letters(
        self, composer: Composer, document: Document, landlord_id: str, lease_id: str
    ) -> tuple[Sequence[Letter], Sequence[IndexLine]]:
        """A lease's letters, and what the index says of each; mostly one."""
        try:
            full = self.desk.one(landlord_id, lease_id)
        except NotFound:
            return (), (IndexLine(lease_id, "", reason=NoLetter.NO_SUCH_LEASE.value),)
        lease = full.standing.lease
        payments = tuple(self._payments(landlord_id, lease_id)) if document.kind is DocumentKind.RECEIPT else ()
        made = composer.compose_each(document.kind, full, document.period, payments)
        if isinstance(made, NoLetter):
            return (), (IndexLine(lease_id, lease.holder_name, reason=made.value),)
        by_mail = lease.holder_email is not None and self.contacts.contact(landlord_id, lease_id).email
        return made, [_line(letter, lease, by_mail=by_mail) for letter in made]

    def _payments(self, landlord_id: str, lease_id: str) -> Iterator[Paid]:
        for payment in self.payments.payments_on(landlord_id, lease_id):
            day, means = date.fromisoformat(payment["booking_date"]), Means(payment["means"])
            if means.debtor is Debtor.PAYER:
                continue
            for allocation in payment["allocations"]:
                if allocation["lease_id"] == lease_id:
                    payer, party_id = payment["debtor_name"], party_of(payment)
                    yield Paid(allocation["due_id"], day, means, allocation["amount_cents"], payer, party_id)

    def _print(
        self, landlord: Landlord, document: Document, part: Part, letters: Sequence[Letter], at: datetime
    ) -> list[int]:
        if not letters:
            return []
        title = f"{TITLES[letters[0].kind][letters[0].language]} – {landlord.name}"
        pdf, pages = self.press.set(title, letters, at)
        self.files.keep(landlord.landlord_id, document.document_id, part.name, pdf)
        return pages

    def _finish(self, landlord_id: str, document_id: str) -> None:
        document = self.documents.find(landlord_id, document_id)
        if document is None or document.status is not DocumentStatus.WRITING or document.files_done < document.files:
            return
        index = [_BOM, csv_line(COLUMNS)]
        for part in self.documents.parts(landlord_id, document):
            index += (csv_line(_cells(part, line)) for line in part.lines or ())
        self.files.keep(landlord_id, document_id, INDEX, "".join(index).encode())
        self.documents.ready(landlord_id, document_id, instant_text(self.clock.now()))


@dataclass(frozen=True, slots=True)
class _LinkedPages:
    """`compose_letters.PayPages`: a payment link for each notice."""

    links: LinkDesk
    landlord_id: str
    document: Document
    at: datetime

    def url(self, lease_id: str, cents: Cents, due_ids: Sequence[str] | None) -> str:
        """See `PayPages.url`: what was paid since the account was read leaves a notice without a page."""
        wanted = None if due_ids is None else tuple(due_ids)
        wish = LinkWish(lease_id, amount_cents=cents, due_ids=wanted, expires_in_days=LINK_DAYS)
        attempt = Attempt(self.document.attempt_of(lease_id), self.at)
        made = self.links.make(self.landlord_id, wish, self.document.requested_by, attempt)
        return self.links.url(self.landlord_id, made.link)


def _line(letter: Letter, lease: Lease, *, by_mail: bool) -> IndexLine:
    """What the index says; `by_mail`: the holder has an address of mail, and does not object to messages there."""
    name = letter.recipient[0]
    may_be_sent = by_mail and _consents(letter, lease) and name == lease.holder_name
    return IndexLine(lease.lease_id, name, letter.kind.value, electronic=may_be_sent, reason=letter.lacks_page)


def _consents(letter: Letter, lease: Lease) -> bool:
    """A receipt goes out electronically with the tenant's express consent only (law 89-462 art. 21)."""
    is_receipt = letter.kind in (LetterKind.FULL_RECEIPT, LetterKind.PART_RECEIPT)
    return lease.e_receipt_consent or not is_receipt


def _cells(part: Part, line: IndexLine) -> Sequence[object]:
    file = part.name if line.letter else None
    electronic = None if line.letter is None else "yes" if line.electronic else "no"
    name = " ".join(line.holder_name.split())
    return line.lease_id, name, part.residence_id, line.letter, file, line.page, electronic, line.reason
