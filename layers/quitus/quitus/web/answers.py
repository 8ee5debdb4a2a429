"""What the API answers. Every field is always there; an absent value is null."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from quitus.domain.allocation import AllocationRule
from quitus.domain.landlord import CardProviderName, ErpKind, VirtualIbanPer
from quitus.domain.lease import DueKind, LeaseStatus, UnitKind
from quitus.domain.ledger import EntryKind
from quitus.domain.matching import MatchRule, SuspenseReason
from quitus.domain.movement import Means
from quitus.domain.party import PartyRole
from quitus.domain.payment import Awaiting, PaymentStatus
from quitus.web.list_models import BulkPayerAnswer
from quitus.web.mailing_models import SenderAnswer
from quitus.web.models import Answer, NotNegative


class BankAccountAnswer(Answer):
    """A real account of the landlord."""

    iban: str
    bic: str
    profile: str


class RangeAnswer(Answer):
    """The range of virtual IBANs."""

    bank_code: str
    branch_code: str
    account_prefix: str
    bic: str
    payee_name: str


class ErpAnswer(Answer):
    """Where accounting entries go."""

    kind: ErpKind
    url: str | None
    accounts: dict[str, str]


class ContactAnswer(Answer):
    """Whom tenants reach."""

    phone: str | None
    email: str | None
    address: str | None
    hours: str | None


class VirtualIbansAnswer(Answer):
    """How many virtual IBANs the range or pool holds, and how many are on leases."""

    capacity: NotNegative
    issued: NotNegative


class PayoutSenderAnswer(Answer):
    """Whose transfers bring what tenants paid by some means."""

    means: Means
    ibans: tuple[str, ...]
    names: tuple[str, ...]


class LandlordAnswer(Answer):
    """The settings of a landlord."""

    landlord_id: str
    name: str
    siren: str
    creditor_identifier: str | None
    tolerance_cents: NotNegative
    bank_accounts: tuple[BankAccountAnswer, ...]
    virtual_iban_range: RangeAnswer | None
    virtual_iban_pool: str | None
    virtual_iban_per: VirtualIbanPer
    allocation_mode: str
    erp: ErpAnswer
    bulk_payers: tuple[BulkPayerAnswer, ...]
    contact: ContactAnswer | None
    card_provider: CardProviderName | None
    card_account_iban: str | None
    payout_senders: tuple[PayoutSenderAnswer, ...]
    sender: SenderAnswer | None
    virtual_ibans: VirtualIbansAnswer


class SpreadAnswer(Answer):
    """That a due is paid in lines, which call its amount in its place: what the ERP calls it, and their days."""

    amount_cents: NotNegative
    days: tuple[date, ...]


class DueAnswer(Answer):
    """An amount called from a lease. `open_cents` is what the tenant has not paid of it, 0 for a negative one;
    `aid_open_cents` what the payer of an aid has not paid of that, 0 for others. `acknowledged_on` is the day of the
    tenant's last plan that covers it.
    """

    due_id: str
    kind: DueKind
    period: str
    due_date: date
    amount_cents: int
    open_cents: NotNegative
    aid_open_cents: NotNegative
    label: str | None
    limitation_from: date | None
    judged_on: date | None
    acknowledged_on: date | None
    spread: SpreadAnswer | None
    line_of: str | None


class LeaseDueAnswer(DueAnswer):
    """A due with its lease."""

    lease_id: str


class SpreadDueAnswer(Answer):
    """A due that was spread over lines, and how these stand."""

    due_id: str
    amount_cents: NotNegative
    lines: tuple[DueAnswer, ...]


class PartyAnswer(Answer):
    """A person of a lease; `share_percent` has at most two decimals. `virtual_iban`: a co-tenant's own, null where it
    pays to the lease's.
    """

    party_id: str
    role: PartyRole
    name: str
    email: str | None
    phone: str | None
    share_percent: str | None
    from_date: date | None
    to_date: date | None
    virtual_iban: str | None


class LeaseSummary(Answer):
    """A lease in a list. `balance_cents` > 0: the tenant owes. `aid_open_cents` is awaited from the payer of aids,
    outside the balance; < 0: it paid more than was called. `overdue_cents` is open of dues past their day (of what a
    plan covers, of instalments past theirs); `is_late`: that is more than the landlord's tolerance.
    """

    lease_id: str
    status: LeaseStatus
    start_date: date
    end_date: date | None
    unit_id: str
    unit_kind: UnitKind
    residence_id: str
    residence_name: str
    street: str | None
    postal_code: str | None
    commune: str
    account_group: str | None
    holder_name: str
    holder_email: str | None
    holder_phone: str | None
    language: str
    e_receipt_consent: bool
    virtual_iban: str
    bic: str
    payee_name: str
    payment_reference: str
    balance_cents: int
    credit_cents: NotNegative
    held_cents: Annotated[NotNegative, Field(description="What of the credit a refund waits for: no due takes it.")]
    aid_open_cents: int
    overdue_cents: NotNegative
    is_late: bool


class LeaseAnswer(LeaseSummary):
    """A lease with its dues of 24 months (settled ones too, older ones while open) and its parties."""

    dues: tuple[DueAnswer, ...]
    parties: tuple[PartyAnswer, ...]


class LineAnswer(Answer):
    """One line of an entry."""

    account: str
    auxiliary: str | None
    label: str
    debit_cents: NotNegative
    credit_cents: NotNegative


class EntryAnswer(Answer):
    """A ledger entry; `hash` seals every field but `payment_id` and `rule`."""

    previous_hash: str | None
    entry_id: str
    lease_id: str | None
    sequence: int
    kind: EntryKind
    booking_date: date
    lines: tuple[LineAnswer, ...]
    hash: str
    payment_id: str | None
    rule: str | None


class MatchAnswer(Answer):
    """Why the payment is on its lease, or (`reason`) why on none."""

    rule: MatchRule | None
    evidence: dict[str, str]
    reason: SuspenseReason | None


class AllocationAnswer(Answer):
    """Cents that settle (part of) a due."""

    lease_id: str
    due_id: str
    amount_cents: int
    rule: AllocationRule


class SourceAnswer(Answer):
    """A file or an event that reported the payment."""

    channel: str
    message: str
    file_id: str | None
    event_id: str | None


class ReasonWordsAnswer(Answer):
    """A reason for people."""

    fr: str
    en: str


class BankLineAnswer(Answer):
    """A line of the bank's that is no payment; `amount_cents` is signed, debits below zero."""

    payment_id: str
    booking_date: date
    amount_cents: int
    name: Annotated[str | None, Field(description="Whom the bank names beside it.")]
    remittance: str | None


class ReversalAnswer(Answer):
    """What took (part of) the payment back. `reason` is the bank's code or text, or the person's words."""

    reversal_id: str
    amount_cents: Annotated[int, Field(gt=0)]
    reason: str | None
    reason_words: Annotated[ReasonWordsAnswer | None, Field(description="The words of a known code.")]
    booking_date: date


class ReturnedAnswer(Answer):
    """What a return says of why, and of the payment that it takes back."""

    reason: str | None
    reason_words: ReasonWordsAnswer | None
    original_reference: str | None
    end_to_end_id: str | None
    mandate_id: str | None
    note: str | None


class ClearingAnswer(Answer):
    """What a line of the bank's brings: values received by some means, of which `kept_cents` were kept as a fee."""

    means: Means
    kept_cents: NotNegative


class PaymentAnswer(Answer):
    """Money that came in."""

    payment_id: str
    status: PaymentStatus
    amount_cents: Annotated[int, Field(gt=0)]
    booking_date: date
    value_date: date | None
    means: Means
    debtor_name: str | None
    remittance: str | None
    lease_id: str | None
    match: MatchAnswer
    allocations: tuple[AllocationAnswer, ...]
    credit_cents: NotNegative
    sources: tuple[SourceAnswer, ...]
    reversals: tuple[ReversalAnswer, ...]
    reverses: Annotated[str | None, Field(description="The payment that it takes back: it is no payment of its own.")]
    returned: Annotated[ReturnedAnswer | None, Field(description="Only on a return: what it says.")]
    awaiting: Annotated[Awaiting | None, Field(description="What a pending payment waits for.")]
    clearing: Annotated[
        ClearingAnswer | None, Field(description="Only on a line that brings what waits in collection: no payment.")
    ] = None
    replaced_by: Annotated[
        tuple[str, ...], Field(description="The payments that this one turned out to be; it counts no more.")
    ]
    posted_at: str
    version: Annotated[int, Field(ge=0, description="How many decisions there were on it.")]
