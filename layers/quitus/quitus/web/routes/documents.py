"""`/v1/documents`: ask for letters, then fetch them by links that live a few minutes."""

from __future__ import annotations

from typing import Any

from quitus.domain.ids import is_id
from quitus.services.documents import Document, DocumentFile, DocumentWish, Scope
from quitus.web.access import COLLECTORS, READERS
from quitus.web.cursors import Cursors, is_number
from quitus.web.desk import Desk
from quitus.web.document_models import (
    DocumentAnswer,
    DocumentBody,
    DocumentFileAnswer,
    DocumentFilesQuery,
    DocumentOrderedAnswer,
    DocumentProgressAnswer,
    DocumentsQuery,
    DocumentSummary,
)
from quitus.web.models import Nothing, PageAnswer
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def order(desk: Desk, call: Call[DocumentBody, Nothing]) -> Reply:
    body = call.body
    scope = Scope(tuple(dict.fromkeys(body.lease_ids or ())), body.residence, body.min_overdue_cents)
    wish = DocumentWish(body.kind, scope, body.period, body.with_links)
    made = desk.documents.order(call.landlord_id, wish, call.caller.subject, call.attempt)
    return ok(DocumentOrderedAnswer(document_id=made.document_id, status=made.status), 202)


def page(desk: Desk, call: Call[Nothing, DocumentsQuery]) -> Reply:
    cursors = Cursors(call.landlord_id, call.listing, (is_id,))
    listed = desk.documents.page(call.landlord_id, cursors.place(call.query.cursor), call.query.limit)
    items = tuple(DocumentSummary.model_validate(_plain(one)) for one in listed.items)
    return ok(PageAnswer[DocumentSummary](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    document = desk.documents.one(call.landlord_id, _document_id(call))
    url, index_url = desk.documents.urls(call.landlord_id, document)
    return ok(DocumentAnswer.model_validate(_plain(document) | {"url": url, "index_url": index_url}))


def files(desk: Desk, call: Call[Nothing, DocumentFilesQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_number,))
    listed = desk.documents.files(call.landlord_id, _document_id(call), cursors.place(query.cursor), query.limit)
    items = tuple(map(_file, listed.items))
    return ok(PageAnswer[DocumentFileAnswer](items=items, next_cursor=cursors.text(listed.place)))


def _document_id(call: Call[Nothing, Any]) -> str:
    return call.id_of("document_id", "document_not_found", "There are no documents with this id.")


def _plain(document: Document) -> dict[str, Any]:
    names = DocumentSummary.model_fields.keys() - {"progress"}
    progress = DocumentProgressAnswer.model_validate(document)
    return {name: getattr(document, name) for name in names} | {"progress": progress}


def _file(file: DocumentFile) -> DocumentFileAnswer:
    part = file.part
    return DocumentFileAnswer(name=part.name, residence_id=part.residence_id, letters=part.letters, url=file.url)


ROUTES = (
    Route(
        "POST", "/v1/documents", order, {202: DocumentOrderedAnswer},
        "Ask for the letters of some leases, a residence, or all", COLLECTORS, DocumentBody,
        refusals=("lease_not_found",),
    ),
    Route(
        "GET", "/v1/documents", page, {200: PageAnswer[DocumentSummary]}, "Documents, newest first", READERS,
        query=DocumentsQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/documents/{document_id}", one, {200: DocumentAnswer}, "Documents and how far they are", READERS,
        refusals=("document_not_found",),
    ),
    Route(
        "GET", "/v1/documents/{document_id}/files", files, {200: PageAnswer[DocumentFileAnswer]},
        "The files of documents that are written, and links to them", READERS, query=DocumentFilesQuery,
        refusals=("document_not_found", "invalid_cursor"),
    ),
)  # fmt: skip
