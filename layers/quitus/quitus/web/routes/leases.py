"""`/v1/leases`: leases, their dues and their entries."""

from __future__ import annotations

from typing import Any

from quitus.domain.errors import Invalid
from quitus.domain.ids import is_id
from quitus.domain.lease import Due, DueStanding, Lease
from quitus.domain.ledger import hashed_fields
from quitus.domain.party import Party
from quitus.services.read_leases import FullStanding, LeaseFilter, Standing
from quitus.services.write_exports import BookedEntry
from quitus.web.access import ERPS, LEASE_READERS, READERS
from quitus.web.answers import DueAnswer, EntryAnswer, LeaseAnswer, LeaseDueAnswer, LeaseSummary
from quitus.web.bodies import DueBody, EntriesQuery, LeaseBody, LeasesQuery
from quitus.web.cursors import Cursors, is_number
from quitus.web.desk import Desk
from quitus.web.models import Nothing, PageAnswer
from quitus.web.replies import Reply, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def page(desk: Desk, call: Call[Nothing, LeasesQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_id, is_id))
    wanted = LeaseFilter(query.residence, query.commune, query.status, query.q)
    listed = desk.leases.page(call.landlord_id, wanted, cursors.place(query.cursor), query.limit)
    items = tuple(LeaseSummary.model_validate(_summary(standing)) for standing in listed.items)
    return ok(PageAnswer[LeaseSummary](items=items, next_cursor=cursors.text(listed.place)))


def one(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    return ok(_full(desk.leases.one(call.landlord_id, lease_of(call))))


def replace(desk: Desk, call: Call[LeaseBody, Nothing]) -> Reply:
    lease_id = _named(call.ids["lease_id"], call.body.lease_id, "lease_id")
    fields = call.body.model_dump(exclude={"lease_id"})
    lease = Lease(lease_id=lease_id, **fields)
    by, is_person = call.caller.subject, call.caller.is_person
    change = desk.lease_requests.put_lease(call.landlord_id, lease, by, is_person=is_person)
    return ok(_full(desk.leases.one(call.landlord_id, lease_id)), 201 if change.created else 200)


def replace_due(desk: Desk, call: Call[DueBody, Nothing]) -> Reply:
    lease_id = _named(call.ids["lease_id"], call.body.lease_id, "lease_id")
    due_id = _named(call.ids["due_id"], call.body.due_id, "due_id")
    fields = call.body.model_dump(exclude={"lease_id", "due_id"})
    due = Due(due_id=due_id, lease_id=lease_id, **fields)
    by, is_person = call.caller.subject, call.caller.is_person
    result = desk.lease_requests.put_due(call.landlord_id, due, by, is_person=is_person)
    fields = due_fields(result.standing) | {"lease_id": lease_id}
    answer = LeaseDueAnswer.model_validate(fields)
    return ok(answer, 201 if result.created else 200)


def entries(desk: Desk, call: Call[Nothing, EntriesQuery]) -> Reply:
    query = call.query
    cursors = Cursors(call.landlord_id, call.listing, (is_number,))
    charging, place = query.journal == "charging", cursors.place(query.cursor)
    listed = desk.journals.page(call.landlord_id, lease_of(call), place, query.limit, charging=charging)
    items = tuple(_entry(booked) for booked in listed.items)
    return ok(PageAnswer[EntryAnswer](items=items, next_cursor=cursors.text(listed.place)))


def lease_of(call: Call[Any, Any]) -> str:
    """The id in the path; one that no lease can have is an unknown one."""
    return call.id_of("lease_id", "lease_not_found", "There is no lease with this id.")


def _named(in_path: str, in_body: str | None, field: str) -> str:
    if not is_id(in_path):
        raise Invalid("invalid_id", "An id has 1 to 64 letters, digits, dots, dashes and underscores.", field=field)
    if in_body not in (None, in_path):
        raise Invalid("id_mismatch", "The body names another one than the path.", field=field)
    return in_path


def _summary(standing: Standing) -> dict[str, object]:
    lease, account = standing.lease, standing.account
    fields: dict[str, object] = {name: getattr(lease, name) for name in Lease.__dataclass_fields__}
    return fields | {
        "balance_cents": account.balance_cents,
        "credit_cents": account.credit_cents,
        "held_cents": account.held_cents,
        "aid_open_cents": account.aid_open_cents,
        "overdue_cents": standing.overdue_cents,
        "is_late": standing.is_late,
    }


def _full(full: FullStanding) -> LeaseAnswer:
    return LeaseAnswer.model_validate(
        _summary(full.standing)
        | {
            "dues": [due_fields(standing) for standing in full.dues],
            "parties": [_party(party) for party in full.parties],
        }
    )


def _party(party: Party) -> dict[str, object]:
    return {
        "party_id": party.party_id,
        "role": party.role,
        "name": party.name,
        "email": party.email,
        "phone": party.phone,
        "share_percent": party.share_percent,
        "from_date": party.from_date,
        "to_date": party.to_date,
        "virtual_iban": party.account.iban if party.account else None,
    }


def due_fields(standing: DueStanding) -> dict[str, object]:
    """The fields of a due in an answer."""
    due, still_open = standing.due, {"open_cents": standing.open_cents, "aid_open_cents": standing.aid_open_cents}
    return {name: getattr(due, name) for name in DueAnswer.model_fields.keys() - still_open.keys()} | still_open


def _entry(booked: BookedEntry) -> EntryAnswer:
    entry = booked.entry
    return EntryAnswer.model_validate(
        hashed_fields(entry) | {"hash": entry.hash, "payment_id": booked.payment_id, "rule": booked.rule}
    )


ROUTES = (
    Route(
        "GET", "/v1/leases", page, {200: PageAnswer[LeaseSummary]}, "Leases, by residence and id", LEASE_READERS,
        query=LeasesQuery, refusals=("invalid_cursor",),
    ),
    Route(
        "GET", "/v1/leases/{lease_id}", one, {200: LeaseAnswer}, "A lease with its dues and parties", LEASE_READERS,
        refusals=("lease_not_found",),
    ),
    Route(
        "PUT", "/v1/leases/{lease_id}", replace, {201: LeaseAnswer, 200: LeaseAnswer}, "Create or replace a lease",
        ERPS, LeaseBody,
        refusals=(
            "landlord_not_found", "invalid_id", "id_mismatch", "invalid_date", "virtual_iban_exhausted",
            "account_group_full", "lease_busy", "pool_busy",
        ),
    ),
    Route(
        "PUT", "/v1/leases/{lease_id}/dues/{due_id}", replace_due, {201: LeaseDueAnswer, 200: LeaseDueAnswer},
        "Create, replace or (amount 0) cancel a due", ERPS, DueBody,
        refusals=(
            "landlord_not_found", "lease_not_found", "invalid_id", "id_mismatch", "aid_not_negative",
            "due_of_other_lease", "due_is_a_line", "due_of_refund", "lease_busy",
        ),
    ),
    Route(
        "GET", "/v1/leases/{lease_id}/entries", entries, {200: PageAnswer[EntryAnswer]},
        "A lease's ledger entries, oldest first", READERS, query=EntriesQuery,
        refusals=("lease_not_found", "invalid_cursor"),
    ),
)  # fmt: skip
