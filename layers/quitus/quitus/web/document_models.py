"""Bodies and answers about letters' texts and documents."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from quitus.domain.letter_texts import LONGEST_LETTER_TEXT, LetterKind
from quitus.services.compose_letters import DocumentKind
from quitus.services.documents import DocumentStatus
from quitus.web.fields import Id, Period, PositiveCents
from quitus.web.models import Answer, Body, NotNegative, PageQuery

LetterWords = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LETTER_TEXT)]
"""A template: plain text with placeholders in braces."""


class LetterTextBody(Body):
    """A landlord's own words; null: the usual ones."""

    fr: LetterWords | None = None
    en: LetterWords | None = None


class LetterTextAnswer(Answer):
    """The words of a kind of letter. `placeholders` may stand in them in braces, `required` must."""

    kind: LetterKind
    fr: str | None
    en: str | None
    usual_fr: str
    usual_en: str
    placeholders: tuple[str, ...]
    required: tuple[str, ...]


class DocumentBody(Body):
    """Which letters, of which leases: `lease_ids`, a `residence`, or `all` of them; of these, with `min_overdue_cents`,
    those with at least so much overdue when the writing begins. Notices and receipts are of a `period`; a receipt is a
    quittance where the month's rent is settled in full, a reçu where a part is. Notices show the code of a page first,
    on which what they ask for is paid, unless `payment_links` is false.
    """

    kind: Annotated[DocumentKind, Field(strict=False)]
    lease_ids: Annotated[tuple[Id, ...], Field(strict=False, min_length=1, max_length=500)] | None = None
    residence: Id | None = None
    all: bool = False
    min_overdue_cents: PositiveCents | None = None
    period: Period | None = None
    payment_links: bool | None = None

    @property
    def with_links(self) -> bool:
        """Whether each letter leads to a page."""
        return self.kind is DocumentKind.NOTICE and self.payment_links is not False

    @model_validator(mode="after")
    def _one_scope(self) -> Self:
        if [self.lease_ids is not None, self.residence is not None, self.all].count(True) != 1:
            raise PydanticCustomError("scope", "Either `lease_ids`, or a `residence`, or `all`.")
        if (self.period is not None) != self.kind.is_of_a_period:
            raise PydanticCustomError("period", "Notices and receipts have a period, other letters none.")
        if self.payment_links and self.kind is not DocumentKind.NOTICE:
            raise PydanticCustomError("payment_links", "Only notices ask for what a payment link asks for.")
        return self


class DocumentOrderedAnswer(Answer):
    """Documents that will be written."""

    document_id: str
    status: DocumentStatus


class DocumentProgressAnswer(Answer):
    """How far the writing is. `files` is 0 until it is settled which leases the documents are of."""

    files: NotNegative
    files_done: NotNegative
    letters: NotNegative
    skipped: NotNegative


class DocumentSummary(Answer):
    """Documents, and how far they are."""

    document_id: str
    kind: DocumentKind
    period: str | None
    status: DocumentStatus
    requested_at: str
    progress: DocumentProgressAnswer


class DocumentsQuery(PageQuery):
    """Which page of the documents."""


class DocumentAnswer(DocumentSummary):
    """Documents. Once they are `ready`, `index_url` is a link to the index of all files (CSV) and `url`, where there is
    one file only, to that; both are signed, for five minutes at most.
    """

    url: str | None
    index_url: str | None


class DocumentFileAnswer(Answer):
    """A file of documents; `url` is signed, for five minutes at most."""

    name: str
    residence_id: str
    letters: NotNegative
    url: str


class DocumentFilesQuery(PageQuery):
    """Which page of the files."""
