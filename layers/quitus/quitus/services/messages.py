"""What travels on the queues between the functions, as records and as JSON."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from quitus.domain.movement import Movement


@dataclass(frozen=True, slots=True)
class MovementBatch:
    """Movements of one statement, at most MOVEMENTS_AT_ONCE; the nth batch of its file."""

    landlord_id: str
    file_id: str
    number: int
    account: str
    """The landlord's IBAN that the statement is about."""
    channel: str
    """`camt.053`, `camt.054`, …"""
    message: str
    """Names the statement within its channel, the same when the bank sends it again."""
    movements: tuple[Movement, ...]
    vouched: bool = False
    """Whether only a person answers for the statement."""


MOVEMENTS_AT_ONCE = 100
"""Two reads of a hundred rows and two transactions of fifty payments."""


@dataclass(frozen=True, slots=True)
class ErpRow:
    """A row of an ERP file: its physical line and its cells by column name."""

    line: int
    cells: dict[str, str]
    problem: str | None = None
    """Why the row is refused, when its shape alone says so."""


@dataclass(frozen=True, slots=True)
class ErpBatch:
    """Rows of one ERP file; all rows of a lease are in the same batch."""

    landlord_id: str
    file_id: str
    number: int
    kind: str
    """`leases`, `parties`, `dues`, `balances`, `virtual_ibans`, `beneficiaries`."""
    rows: tuple[ErpRow, ...]
    sequence: int = 0
    """The file's SEQUENCE: a row says nothing against one that a later file brought."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of rows that changed; says nothing of what they hold."""

    keys: tuple[tuple[str, str], ...]
    schema: str = "quitus.changes/1"


@dataclass(frozen=True, slots=True)
class ErpWake:
    """There may be something to push to this landlord's ERP."""

    landlord_id: str


@dataclass(frozen=True, slots=True)
class MailingStep:
    """A step of a mailing: its leases are to be divided into parts (no number), or its nth part is to be sent."""

    landlord_id: str
    mailing_id: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PendingCheck:
    """Payments changed: something pending of this landlord may be settled now."""

    landlord_id: str
    waiting: tuple[str, ...] = ()
    """Ids of changed payments that wait themselves."""
    amounts: tuple[int, ...] = ()
    """Signed cents of what was booked."""
    batches: tuple[str, ...] = ()
    """What names the batches of what was booked."""
    references: tuple[str, ...] = ()
    """What events call what was booked: a return may name it."""
    ties: tuple[str, ...] = ()
    """Short names of all that may tie a return to what was booked (`domain/tracing.py`)."""
    reopened: tuple[str, ...] = ()
    """Leases whose dues are owed again: credits of their account group may pay them."""
    debits: tuple[str, ...] = ()
    """Debits of the bank's of which nothing is known: refunds, maybe."""
    named: tuple[str, ...] = ()
    """Those of the debits whose texts name a refund."""
    lists: tuple[str, ...] = ()
    """Lists of beneficiaries that came, or whose posting goes on."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """An export to write."""

    landlord_id: str
    export_id: str


@dataclass(frozen=True, slots=True)
class DocumentTask:
    """A file of documents to write, or the documents to plan (no `part`)."""

    landlord_id: str
    document_id: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class LinkRevoked:
    """A payment link that was revoked: what was begun on its page is to end too."""

    landlord_id: str
    link_id: str


def to_json(message: object) -> str:
    """The JSON text of a message."""
    return msgspec.json.encode(message).decode()


def from_json[T](text: str, kind: type[T]) -> T:
    """The message of a JSON text.

    Raises:
        msgspec.ValidationError: not such a message.
    """
    return msgspec.json.decode(text, type=kind)
