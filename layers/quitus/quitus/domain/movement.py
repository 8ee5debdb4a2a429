"""What a bank reports: statements and their movements, the same whatever the format (bank-file readers and payment
events).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self, TypedDict

from quitus.domain.lease import Debtor
from quitus.domain.money import Cents


class Status(StrEnum):
    """Only `BOOKED` movements count; `PENDING` ones (camt `PDNG`, `INFO`) inform."""

    BOOKED = "booked"
    PENDING = "pending"


class Means(StrEnum):
    """How the money came."""

    TRANSFER = "transfer"
    INSTANT_TRANSFER = "instant_transfer"
    DIRECT_DEBIT = "direct_debit"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    CAF = "caf"
    OTHER = "other"

    @property
    def debtor(self) -> Debtor:
        """Whose debt it pays: what comes from the CAF or MSA is the aid, never the tenant's share."""
        return Debtor.PAYER if self is Means.CAF else Debtor.TENANT


class Nature(StrEnum):
    """What a booked movement is for the landlord's books (sector.md §5)."""

    RECEIPT = "receipt"
    """A credit that pays, or may pay, a lease."""
    RETURN = "return"
    """A debit (or a reversed credit) that takes an earlier receipt back."""
    CLEARING = "clearing"
    """The bank line that brings card, cheque or cash values already receipted (clears 511), or, a debit, the charges
    beside them.
    """
    RECOVERY = "recovery"
    """A line of a list by which a payer of aids takes back what it had paid for a tenant, out of a transfer."""
    REFUND = "refund"
    """A tenant's credit that is paid back: the bank's own line of it comes later."""
    OTHER = "other"
    """Fees, payments to suppliers, corrections: neither receipt nor reversal."""


GROWING_CHANNEL = "camt.052"
"""Reports of the day so far: some banks send one again under its name with what came since, newest first or last."""
CLOSING_CHANNELS = frozenset({"camt.053", "cfonb120", "mt940"})
"""The channels whose statements close a day and prove it (contract.md, Proof)."""


class Facts(TypedDict):
    """The fields of a `Movement`."""

    position: str
    amount_cents: Cents
    booking_date: date
    value_date: date | None
    status: Status
    nature: Nature
    means: Means
    virtual_iban: str | None
    virtual_iban_path: str | None
    other_accounts: tuple[tuple[str, str], ...]
    bank_reference: str | None
    uetr: str | None
    end_to_end_id: str | None
    payment_reference: str | None
    batch_references: tuple[str, ...]
    entry_reference: str | None
    entry_cents: Cents | None
    awaiting_details: bool
    instructed_cents: Cents | None
    mandate_id: str | None
    debtor_name: str | None
    debtor_iban: str | None
    remittance: str | None
    bank_code: str | None
    original_reference: str | None
    return_reason: str | None
    note: str | None
    link_id: str | None
    due_ids: tuple[str, ...]


@dataclass(frozen=True)
class Movement:
    """One bank movement as its channel reports it; a batch entry gives one per detail.

    `amount_cents` is signed: credits of the account are positive. Placeholders such as `NOTPROVIDED` are left out
    of all references. `virtual_iban` is the account found by the profile (any account number, not yet known to be one
    of ours) and `virtual_iban_path` the place where it was found. `position` is the ordinal of this movement within its
    message, stable when the same bytes are read again: it names the movement within the message.
    """

    position: str
    amount_cents: Cents
    booking_date: date
    value_date: date | None = None
    status: Status = Status.BOOKED
    nature: Nature = Nature.RECEIPT
    means: Means = Means.TRANSFER
    virtual_iban: str | None = None
    virtual_iban_path: str | None = None
    other_accounts: tuple[tuple[str, str], ...] = ()
    """Further account numbers that could name a lease, with their paths, in the profile's order: the register
    decides."""
    bank_reference: str | None = None
    """`AcctSvcrRef`, or the event's `bank_reference`: given by the account's bank."""
    uetr: str | None = None
    end_to_end_id: str | None = None
    payment_reference: str | None = None
    """A structured creditor reference (RF…, ISO 11649)."""
    batch_references: tuple[str, ...] = ()
    """What names the batch that the movement belongs to: `PmtInfId`, `MsgId`, of the entry and of the detail."""
    entry_reference: str | None = None
    """The bank's reference of the whole entry, when the movement is one of several details or still awaits them."""
    entry_cents: Cents | None = None
    """What the whole entry moved, when the movement is one of its several details."""
    awaiting_details: bool = False
    """A batch booked in one sum without its details: a control, until a message names the same batch with them."""
    instructed_cents: Cents | None = None
    """What was ordered, unsigned, where it is not what was booked: a returned debit may add the bank's charge."""
    mandate_id: str | None = None
    debtor_name: str | None = None
    debtor_iban: str | None = None
    remittance: str | None = None
    bank_code: str | None = None
    """The bank transaction code as text: `PMNT/RCDT/ESCT`, or the proprietary one, or CFONB's."""
    original_reference: str | None = None
    """On a return, the `bank_reference` of what it takes back, where the channel says it."""
    return_reason: str | None = None
    """The reason's code, or its text where the code is missing or only says that there is a text (`NARR: …`)."""
    note: str | None = None
    """The bank's own words (`AddtlTxInf`, `AddtlNtryInf`, the CFONB label and what no other field takes): evidence for
    people."""
    link_id: str | None = None
    due_ids: tuple[str, ...] = ()

    def facts(self) -> Facts:
        """Its fields, to change and give to `of`: a statement's movements have most of theirs in common."""
        values: Any = self.__dict__.copy()
        facts: Facts = values
        return facts

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """The movement of these facts, which become its own: a tenth of the time that setting each field takes."""
        movement = _new(cls)
        _own(movement, facts)
        return movement

    @property
    def is_parked(self) -> bool:
        """A batch's sum whose details are to come, each as a receipt or return of its own (bank-formats.md §3)."""
        return self.awaiting_details and self.nature in (Nature.RECEIPT, Nature.RETURN)

    @property
    def batch_names(self) -> frozenset[str]:
        """Everything that names the batch that the movement is a detail, or the sum, of."""
        entry = () if self.entry_reference is None else (self.entry_reference,)
        return frozenset((*self.batch_references, *entry))

    def anonymous(self) -> Movement:
        """That money moved, without anything that says whose it is."""
        return Movement(
            position=self.position,
            amount_cents=self.amount_cents,
            booking_date=self.booking_date,
            value_date=self.value_date,
            status=self.status,
            nature=self.nature,
            means=self.means,
            bank_code=self.bank_code,
        )


_new, _own = object.__new__, Movement.__dict__["__dict__"].__set__


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something could not be read or trusted: a stable `code`, a sentence for people, and where."""

    code: str
    message: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Balances:
    """The balances proved by arithmetic: `opening + Σ booked = closing` (None where the bank gave none)."""

    opening_cents: Cents | None = None
    closing_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement (camt `Stmt`/`Ntfctn`/`Rpt`, one CFONB or MT940 statement) about one account.

    `account` is the IBAN, or the domestic number where no IBAN is given. `message_id` and `statement_id` name the
    message; `from_date`/`to_date` are the booking days covered. Counts and sums are over booked entries.
    """

    account: str
    statement_id: str
    message_id: str
    from_date: date | None
    to_date: date | None
    currency: str
    balances: Balances = field(default_factory=Balances)
    electronic_sequence: str | None = None
    page: str | None = None
    """Its number, where the statement is one of several pages."""
    movements: int = 0
    credits_cents: Cents = 0
    debits_cents: Cents = 0
    days: tuple[tuple[date, Cents, Cents], ...] = ()
    """Per booking date: (date, credits, debits), both ≥ 0, of booked movements."""
    problems: tuple[Problem, ...] = ()
    """Problems of this statement; any one of them means that the file cannot be trusted."""
