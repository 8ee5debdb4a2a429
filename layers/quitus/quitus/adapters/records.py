"""Rows of the table ↔ records of the domain. Rows are lean: absent values are left out, what the key says is not
repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from typing import Any, cast

import msgspec

from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.charged import Charging, CreditUse, Offset
from quitus.domain.household import nth_entry
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming, Source
from quitus.domain.lease import Debtor
from quitus.domain.ledger import Entry, EntryKind, Line, Role
from quitus.domain.matching import Match, MatchRule, SuspenseReason
from quitus.domain.movement import Movement
from quitus.domain.payment import Decision, DecisionKind, Reversal
from quitus.domain.posting import Claim, Posted
from quitus.services.table import Row


def dense(value: Any) -> dict[str, Any]:
    """A record as plain values, without what is absent (None) or is the field's default."""
    usual = _defaults(cast("Any", type(value)))
    plain = msgspec.to_builtins(value)
    return {name: held for name, held in plain.items() if held is not None and usual.get(name, _NEVER) != held}


def record[T](row: Mapping[str, Any], kind: type[T]) -> T:
    """The record that `dense` wrote; the row's other attributes are ignored."""
    whole: dict[str, Any] = {**_absent(cast("Any", kind)), **row}
    return msgspec.convert(whole, kind)


_NEVER = object()


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    return {field.name: msgspec.to_builtins(field.default) for field in fields(kind) if field.default is not MISSING}


@cache
def _absent(kind: Any) -> dict[str, None]:
    """What `dense` leaves out when it is None, though the record has no default for it."""
    return {field.name: None for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}


def entry_row(entry: Entry) -> Row:
    """An entry as the ERP's outbox and the lease's list hold it: whole."""
    row: Row = {
        "id": entry.entry_id,
        "sequence": entry.sequence,
        "kind": entry.kind.value,
        "day": entry.booking_date.isoformat(),
        "lines": [
            [line.account, line.auxiliary, line.label, line.debit_cents, line.credit_cents] for line in entry.lines
        ],
        "hash": entry.hash,
    }
    if entry.lease_id is not None:
        row["lease"] = entry.lease_id
    if entry.previous_hash is not None:
        row["previous"] = entry.previous_hash
    return row


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry of a row."""
    return Entry(
        entry_id=row["id"],
        lease_id=row.get("lease"),
        sequence=row["sequence"],
        kind=EntryKind(row["kind"]),
        booking_date=date.fromisoformat(row["day"]),
        lines=tuple(Line(*line) for line in row["lines"]),
        previous_hash=row.get("previous"),
        hash=row["hash"],
    )


def _own_allocation_row(item: Allocation, lease_id: str | None) -> list[Any]:
    other = [] if item.lease_id == lease_id else [item.lease_id]
    return [item.due_id, item.amount_cents, item.rule.value, *other]


def _own_entry_row(entry: Entry, lease_id: str | None) -> Row:
    """An entry of a movement's own row, lean: the row says its id, day and lease; an amount's sign says its side."""
    row: Row = {
        "sequence": entry.sequence,
        "kind": entry.kind.value,
        "lines": [
            [line.account, line.label, line.debit_cents - line.credit_cents, *([1] if line.auxiliary else [])]
            for line in entry.lines
        ],
        "hash": bytes.fromhex(entry.hash),
    }
    if entry.lease_id != lease_id:
        row["lease"] = entry.lease_id
    return row if entry.previous_hash is None else row | {"previous": bytes.fromhex(entry.previous_hash)}


def _own_entry_of(row: Mapping[str, Any], entry_id: str, day: date, own_lease: str | None) -> Entry:
    lease_id = row.get("lease", own_lease)
    return Entry(
        entry_id=entry_id,
        lease_id=lease_id,
        sequence=row["sequence"],
        kind=EntryKind(row["kind"]),
        booking_date=day,
        lines=tuple(
            Line(account, lease_id if tenant else None, label, max(cents, 0), max(-cents, 0))
            for account, label, cents, *tenant in row["lines"]
        ),
        previous_hash=row["previous"].hex() if "previous" in row else None,
        hash=row["hash"].hex(),
    )


def posted_row(posted: Posted) -> Row:
    """The permanent row of a movement, one write unit for an ordinary transfer; nothing is said twice."""
    row = _incoming_row(posted.incoming) | {"posted_at": posted.posted_at}
    if posted.match is not None:
        row["match"] = _own_match_row(posted)
    if posted.allocations:
        row["allocations"] = [_own_allocation_row(item, posted.lease_id) for item in posted.allocations]
    if posted.credit_cents:
        row["credit_cents"] = posted.credit_cents
    if posted.entries:
        row["entries"] = [_own_entry_row(entry, posted.lease_id) for entry in posted.entries]
    if posted.flags:
        row["flags"] = list(posted.flags)
    return row


def posted_of(bucket: Bucket, ordinal: int, row: Mapping[str, Any]) -> Posted:
    """The movement of a permanent row."""
    incoming = incoming_of(bucket, row)
    match = _own_match_of(row["match"], incoming.movement) if "match" in row else None
    lease_id = match.lease_id if match else None
    first_id = f"{bucket.payment_id(ordinal)}-1"
    return Posted(
        bucket=bucket,
        ordinal=ordinal,
        incoming=incoming,
        match=match,
        allocations=tuple(
            Allocation(other[0] if other else lease_id or "", due_id, cents, AllocationRule(rule))
            for due_id, cents, rule, *other in row.get("allocations", ())
        ),
        credit_cents=row.get("credit_cents", 0),
        entries=tuple(
            _own_entry_of(entry, nth_entry(first_id, index), bucket.day, lease_id)
            for index, entry in enumerate(row.get("entries", ()))
        ),
        flags=tuple(row.get("flags", ())),
        posted_at=row["posted_at"],
    )


def _own_match_row(posted: Posted) -> Row:
    """The match of a movement's own row: evidence that the movement shows already is left out."""
    row = dense(posted.match)
    return {name: held for name, held in row.items() if name != "evidence" or held != _shown(posted.incoming.movement)}


def _own_match_of(row: Mapping[str, Any], movement: Movement) -> Match:
    return match_of({"evidence": _shown(movement)} | dict(row))


def _shown(movement: Movement) -> dict[str, str]:
    return {"virtual_iban": movement.virtual_iban or "", "path": movement.virtual_iban_path or "event"}


def claim_row(claim: Claim, claimed_at: str) -> Row:
    """A further report of a known movement."""
    row = _incoming_row(claim.incoming) | {"claimed_at": claimed_at}
    day = claim.incoming.movement.booking_date
    return row if day == claim.bucket.day else row | {"booking_date": day.isoformat()}


_IN_KEY = frozenset({"amount_cents", "booking_date"})


def _incoming_row(incoming: Incoming) -> Row:
    lean = {name: value for name, value in dense(incoming.movement).items() if name not in _IN_KEY}
    row: Row = {"account": incoming.account, "source": dense(incoming.source), "movement": lean}
    if incoming.exchanged:
        row["exchanged"] = True
    if incoming.accepted_on is not None:
        row["accepted_on"] = incoming.accepted_on.value
    if incoming.lease_iban is not None:
        row["ours"] = True if incoming.lease_iban == incoming.movement.virtual_iban else incoming.lease_iban
    if incoming.party_iban is not None:
        row["party_iban"] = incoming.party_iban
    if incoming.of_list_payer:
        row["of_list_payer"] = True
    return row


def incoming_of(bucket: Bucket, row: Mapping[str, Any]) -> Incoming:
    """The report that a row holds."""
    day = row.get("booking_date", bucket.day.isoformat())
    movement = row["movement"] | {"amount_cents": bucket.amount_cents, "booking_date": day}
    ours = row.get("ours")
    lease_iban = row["movement"].get("virtual_iban") if ours is True else ours
    source, exchanged = record(row["source"], Source), row.get("exchanged", False)
    accepted_on = Role(row["accepted_on"]) if "accepted_on" in row else None
    told, party_iban = record(movement, Movement), row.get("party_iban")
    of_list_payer = row.get("of_list_payer", False)
    return Incoming(told, row["account"], source, lease_iban, exchanged, accepted_on, party_iban, of_list_payer)


def _match_row(match: Match) -> Row:
    return dense(match)


def match_of(row: Mapping[str, Any]) -> Match:
    """The match of a row."""
    reason = row.get("reason")
    return Match(
        lease_id=row.get("lease_id"),
        rule=MatchRule(row["rule"]) if "rule" in row else None,
        evidence=dict(row["evidence"]),
        reason=SuspenseReason(reason) if reason else None,
    )


def _allocation_rows(allocations: Sequence[Allocation]) -> list[list[Any]]:
    return [[item.lease_id, item.due_id, item.amount_cents, item.rule.value] for item in allocations]


def allocations_of(rows: Sequence[Sequence[Any]]) -> tuple[Allocation, ...]:
    """The allocations of a row."""
    return tuple(Allocation(lease_id, due_id, cents, AllocationRule(rule)) for lease_id, due_id, cents, rule in rows)


def decision_row(decision: Decision) -> Row:
    """A decision on a payment."""
    row: Row = {
        "kind": decision.kind.value,
        "match": _match_row(decision.match),
        "allocations": _allocation_rows(decision.allocations),
        "credit_cents": decision.credit_cents,
        "entries": [entry_row(entry) for entry in decision.entries],
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }
    if decision.reversal is not None:
        row["reversal"] = dense(decision.reversal)
    if decision.ends:
        row["ends"] = [list(end) for end in decision.ends]
    return row | {"flags": list(decision.flags)} if decision.flags else row


def decision_of(number: int, row: Mapping[str, Any]) -> Decision:
    """The decision of a row."""
    return Decision(
        number=number,
        kind=DecisionKind(row["kind"]),
        match=match_of(row["match"]),
        allocations=allocations_of(row["allocations"]),
        credit_cents=row["credit_cents"],
        entries=tuple(entry_of(entry) for entry in row["entries"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        flags=tuple(row.get("flags", ())),
        reversal=record(row["reversal"], Reversal) if "reversal" in row else None,
        ends=tuple((lease_id, int(sequence)) for lease_id, sequence in row.get("ends", ())),
    )


def charge_row(charging: Charging, at: str) -> Row:
    """A number of the lease's charging journal: its entry, and which due was spent on which."""
    row: Row = {"charged_at": at}
    if charging.entry is not None:
        row["entry"] = entry_row(charging.entry)
    if charging.offsets:
        row["offsets"] = [_offset_row(offset) for offset in charging.offsets]
    return row


def _offset_row(offset: Offset) -> list[Any]:
    row = [offset.source_due_id, offset.due_id, offset.cents]
    return row if offset.debtor is Debtor.TENANT else [*row, offset.debtor.value]


def offset_of(row: Sequence[Any]) -> Offset:
    """An offset of a charging's row."""
    source, due_id, cents, *debtor = row
    return Offset(source, due_id, cents, *map(Debtor, debtor))


def credit_use_row(use: CreditUse, used_at: str) -> Row:
    """Later dues that used a payment's credit."""
    entries = [entry_row(entry) for entry in use.entries]
    return {"allocations": _allocation_rows(use.allocations), "entries": entries, "used_at": used_at}


def credit_use_of(payment_id: str, row: Mapping[str, Any]) -> CreditUse:
    """The credit use of a row."""
    return CreditUse(payment_id, allocations_of(row["allocations"]), tuple(map(entry_of, row["entries"])))
