"""What is pushed to the landlord's ERP, in what order, and when to try again (contract.md, ERP push). Pure.

One *lane* per landlord and feed: a batch is opened, sent unchanged until it is acknowledged, then the next one is.
A batch holds at most one entry per lease, so that n+1 never travels before n is acknowledged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from quitus.domain.ledger import Entry, hashed_fields


class Feed(StrEnum):
    """What an ERP is told, each at its own address `{url}/{feed}`."""

    ENTRIES = "entries"
    VIRTUAL_IBANS = "virtual_ibans"
    RECEIPTS = "receipts"
    ALLOCATIONS = "allocations"
    REVERSALS = "reversals"


MOST_ITEMS = 99
"""An acknowledgement marks every item and moves the lane on in one transaction of 100 writes."""

LEASED_SECONDS = 30
"""How long a worker holds a lane per batch; a lane whose worker died is free after that."""

ALERT_AFTER = 3
"""So many failures in a row raise an alert."""

_LONGEST_DELAY = 900
_REFUSED_DELAY = 60
_EARLY = timedelta(seconds=1)

type Ref = tuple[str, str]
"""Names an item in the outbox."""


@dataclass(frozen=True, slots=True)
class IssuedIban:
    """A virtual IBAN that was issued for a lease, or for one co-tenant of it, as the ERP is told."""

    lease_id: str
    iban: str
    bic: str
    payee_name: str
    payment_reference: str
    party_id: str | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back of a payment, as the ERP is told: its entries do not say why. `booking_date` is ISO."""

    reversal_id: str
    payment_id: str
    lease_id: str | None
    amount_cents: int
    booking_date: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell the ERP; `item_id` names it for ever, `document` is its JSON."""

    ref: Ref
    item_id: str
    document: Mapping[str, Any]


def entry_item(ref: Ref, entry: Entry, payment_id: str) -> Item:
    """A ledger entry as the ERP gets it."""
    fields = hashed_fields(entry)
    document = {
        "entry_id": entry.entry_id,
        "lease_id": entry.lease_id,
        "sequence": entry.sequence,
        "kind": entry.kind.value,
        "payment_id": payment_id,
        "booking_date": fields["booking_date"],
        "lines": fields["lines"],
        "hash": entry.hash,
        "previous_hash": entry.previous_hash,
    }
    return Item(ref, entry.entry_id, document)


def issued_iban_item(ref: Ref, issued: IssuedIban) -> Item:
    """A virtual IBAN as the ERP gets it; a lease's own names no party, as it never did: open batches stay the same."""
    whose = {} if issued.party_id is None else {"party_id": issued.party_id}
    document = {
        "lease_id": issued.lease_id,
        "iban": issued.iban,
        "bic": issued.bic,
        "payee_name": issued.payee_name,
        "payment_reference": issued.payment_reference,
        **whose,
    }
    return Item(ref, issued.iban, document)


def reversal_item(ref: Ref, taken: TakenBack) -> Item:
    """What was taken back of a payment as the ERP gets it."""
    document = {
        "reversal_id": taken.reversal_id,
        "payment_id": taken.payment_id,
        "lease_id": taken.lease_id,
        "amount_cents": taken.amount_cents,
        "booking_date": taken.booking_date,
        "reason": taken.reason,
    }
    return Item(ref, f"{taken.payment_id}/{taken.reversal_id}", document)


def numbered_item(ref: Ref, document: Mapping[str, Any]) -> Item:
    """A numbered notice about a payment (`erp_notices`) as the ERP gets it."""
    return Item(ref, f"{document['payment_id']}/{document['number']}", document)


def batch_id(landlord_id: str, feed: Feed, items: Iterable[Item]) -> str:
    """The permanent name of a batch, hence its idempotency key: the same items give the same name."""
    named = "\n".join((landlord_id, feed.value, *(item.item_id for item in items)))
    return hashlib.sha256(named.encode()).hexdigest()


def batch_body(name: str, feed: Feed, items: Sequence[Item]) -> bytes:
    """The JSON of a batch, the same bytes whenever it is made again."""
    envelope = {"batch_id": name, feed.value: [item.document for item in items]}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


class Outcome(StrEnum):
    """What an ERP made of a batch."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    """No answer, or one that says: later."""
    REFUSED = "refused"
    """An answer that repeating will hardly change: someone has to look."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome and its stable reason (`http_503`, `unreachable`, …)."""

    outcome: Outcome
    reason: str = ""


_LATER = frozenset({408, 409, 425, 429})


def answer_of(status: int) -> Answer:
    """What an HTTP status says of a batch; a redirect is not followed and counts as refused."""
    reason = f"http_{status}"
    if 200 <= status < 300:
        return Answer(Outcome.ACCEPTED, reason)
    if status in _LATER or status >= 500:
        return Answer(Outcome.FAILED, reason)
    return Answer(Outcome.REFUSED, reason)


@dataclass(frozen=True, slots=True)
class Lane:
    """Where the push of one feed to one landlord's ERP stands; replaced whole under its `version`.

    `owner` works on it until `until`. `batch` is open from before its first sending until it is acknowledged, and not
    sent again before `retry_at`. `troubled` says that alerts may be open.
    """

    version: int = 0
    owner: str | None = None
    until: datetime | None = None
    batch: tuple[Ref, ...] = ()
    batch_id: str | None = None
    failures: int = 0
    retry_at: datetime | None = None
    troubled: bool = False

    def is_held_by_another(self, owner: str, now: datetime) -> bool:
        """Whether another worker is on it."""
        return self.owner is not None and self.owner != owner and self.until is not None and now < self.until

    def waits(self, now: datetime) -> bool:
        """Whether its next attempt is later; a clock that is a little behind makes no difference."""
        return self.retry_at is not None and now + _EARLY < self.retry_at

    def held(self, owner: str, now: datetime) -> Lane:
        """The lane with a worker on it."""
        return replace(self, owner=owner, until=now + timedelta(seconds=LEASED_SECONDS), retry_at=None)

    def opened(self, name: str, items: Iterable[Item]) -> Lane:
        """The lane with a new batch."""
        return replace(self, batch=tuple(item.ref for item in items), batch_id=name)

    def acknowledged(self) -> Lane:
        """The lane once the ERP has the batch."""
        return replace(self, batch=(), batch_id=None, failures=0, retry_at=None)

    def failed(self, outcome: Outcome, now: datetime) -> Lane:
        """The lane after a failure: nobody on it, the batch still open, its next attempt later."""
        failures = self.failures + 1
        retry_at = now + timedelta(seconds=delay_seconds(outcome, failures))
        return replace(self, owner=None, until=None, failures=failures, retry_at=retry_at, troubled=True)

    def handed_over(self) -> Lane:
        """The lane with nobody on it."""
        return replace(self, owner=None, until=None)

    def left(self) -> Lane:
        """The lane with nobody on it, nothing to send and no trouble."""
        return replace(self, owner=None, until=None, troubled=False)


def delay_seconds(outcome: Outcome, failures: int) -> int:
    """The wait after so many failures in a row: 1, 2, 4 … seconds, longer when refused, 15 minutes at most."""
    first = _REFUSED_DELAY if outcome is Outcome.REFUSED else 1
    return int(min(_LONGEST_DELAY, first * 2 ** min(failures - 1, 10)))
