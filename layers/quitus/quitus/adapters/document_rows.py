"""Documents on the table: a row for what was asked, with its counters, and one for each file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import batched

import msgspec

from quitus.adapters import document_keys as keys
from quitus.adapters import records
from quitus.adapters.listings import listed
from quitus.domain.errors import NotFound
from quitus.services.contention import until_written
from quitus.services.documents import Document, DocumentStatus, Part
from quitus.services.ports import Clock
from quitus.services.table import MAX_WRITES, Is, Lacks, New, Put, Stale, Table, Update

NEVER_ASKED = New()
NOT_WRITTEN = Lacks("lines")
NOT_PLANNED = Is("status", DocumentStatus.PENDING.value)
IS_WRITING = Is("status", DocumentStatus.WRITING.value)


class DocumentRows:
    """`write_documents.DocumentStore` on a table."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def add(self, landlord_id: str, document: Document) -> None:
        """See `Documents.add`."""
        place = {
            "GSI1PK": keys.documents(landlord_id),
            "GSI1SK": f"{document.requested_at}#{document.document_id}",
        }
        row = keys.document(landlord_id, document.document_id).row(**records.dense(document), **place)
        with suppress(Stale):
            self._table.write([Put(row, NEVER_ASKED)])

    def find(self, landlord_id: str, document_id: str) -> Document | None:
        """See `Documents.find`."""
        row = self._table.get(keys.document(landlord_id, document_id))
        return records.record(row, Document) if row else None

    def page(self, landlord_id: str, after: str | None) -> Iterator[Document]:
        """See `Documents.page`."""
        start = None if after is None else keys.document(landlord_id, after)
        rows = listed(self._table, keys.documents(landlord_id), after=start, newest_first=True)
        yield from (records.record(row, Document) for row in rows)

    def parts(self, landlord_id: str, document: Document, after: int | None = None) -> Iterator[Part]:
        """See `Documents.parts`."""
        if not document.plan:
            return
        start = None if after is None else keys.part(landlord_id, document.document_id, document.plan, after).sk
        partition = keys.document(landlord_id, document.document_id).pk
        rows = self._table.query(partition, keys.parts(document.plan), after=start).rows
        yield from (records.record(row, Part) for row in rows)

    def plan(self, landlord_id: str, document_id: str, parts: Sequence[Part]) -> Document:
        """See `DocumentStore.plan`: the parts first, under a name of their own, then that this plan holds. Those of a
        plan that was cut short, or came second, are never read.
        """
        name = uuid.uuid4().hex
        for some in batched(parts, MAX_WRITES, strict=False):
            named = ((part, keys.part(landlord_id, document_id, name, part.number)) for part in some)
            self._table.write([Put(key.row(**records.dense(part)), New()) for part, key in named])
        planned = {"status": DocumentStatus.WRITING.value, "files": len(parts), "plan": name}

        def settle() -> Document:
            document = self._held(landlord_id, document_id)
            if document.plan:
                return document
            key = keys.document(landlord_id, document_id)
            self._table.write([Update(key, set=planned, condition=NOT_PLANNED)])
            return replace(document, status=DocumentStatus.WRITING, files=len(parts), plan=name)

        return until_written(settle, self._clock)

    def part(self, landlord_id: str, document: Document, number: int) -> Part | None:
        """See `DocumentStore.part`."""
        row = self._table.get(keys.part(landlord_id, document.document_id, document.plan, number))
        return records.record(row, Part) if row else None

    def written(self, landlord_id: str, document: Document, part: Part) -> None:
        """See `DocumentStore.written`."""
        lines = msgspec.to_builtins(part.lines)
        counted = {"files_done": 1, "letters": part.letters, "skipped": len(lines) - part.letters}
        key = keys.part(landlord_id, document.document_id, document.plan, part.number)

        def count() -> None:
            held = self.part(landlord_id, document, part.number)
            if held is None or held.lines is None:
                whole = Update(keys.document(landlord_id, document.document_id), add=counted)
                self._table.write([Update(key, set={"lines": lines}, condition=NOT_WRITTEN), whole])

        until_written(count, self._clock)

    def ready(self, landlord_id: str, document_id: str, at: str) -> None:
        """See `DocumentStore.ready`."""
        done = {"status": DocumentStatus.READY.value, "ready_at": at}

        def mark() -> None:
            if self._held(landlord_id, document_id).status is DocumentStatus.WRITING:
                self._table.write([Update(keys.document(landlord_id, document_id), set=done, condition=IS_WRITING)])

        until_written(mark, self._clock)

    def _held(self, landlord_id: str, document_id: str) -> Document:
        document = self.find(landlord_id, document_id)
        if document is None:
            raise NotFound("document_not_found", "There are no documents with this id.", document_id=document_id)
        return document
