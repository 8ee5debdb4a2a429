"""Alerts: what a person should look at, named by its kind and subject so that the same one is raised once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AlertKind(StrEnum):
    """What happened (contract.md, Alerts)."""

    UNASSIGNED_VIRTUAL_IBAN = "unassigned_virtual_iban"
    PAYMENT_ON_ENDED_LEASE = "payment_on_ended_lease"
    FILE_QUARANTINED = "file_quarantined"
    STATEMENT_GAP = "statement_gap"
    STATEMENT_OVERLAP = "statement_overlap"
    STATEMENT_UNPROVED = "statement_unproved"
    """An end-of-day statement without both balances: its movements are posted, its day waits for one that proves it."""
    IDENTITY_CONFLICT = "identity_conflict"
    ERP_SEQUENCE_GAP = "erp_sequence_gap"
    ERP_FILE_REFUSED = "erp_file_refused"
    ERP_BACKLOG = "erp_backlog"
    ERP_PUSH_REFUSED = "erp_push_refused"
    BALANCE_DIFFERENCE = "balance_difference"
    DOUBLE_PAYMENT = "double_payment"
    VIRTUAL_IBAN_CAPACITY = "virtual_iban_capacity"
    RETURN_WITHOUT_ORIGINAL = "return_without_original"
    EVENT_REJECTED = "event_rejected"
    CHAIN_BREAK = "chain_break"
    PLAN_INSTALMENT_MISSED = "plan_instalment_missed"
    PLAN_BROKEN = "plan_broken"
    LIST_NOT_PAIRED = "list_not_paired"
    """A list of beneficiaries and the transfers of its payer do not agree: nothing of it is posted."""
    RECOVERY_APART = "recovery_apart"
    """A payer takes money back for somebody who is no tenant that is known, or who left."""
    REFUND_UNPAID = "refund_unpaid"
    """An approved refund is on no statement after five business days."""
    REFUND_LINE_UNEXPECTED = "refund_line_unexpected"
    """A debit of the bank's names a refund that is not to be paid: not approved, cancelled, or paid by another line."""
    REFUND_UNCOVERED = "refund_uncovered"
    """The credit behind an approved refund was taken back: what is paid out is the tenant's debt."""
    PENDING_UNCONFIRMED = "pending_unconfirmed"
    """What a bank announced is not booked after two business days."""
    BATCH_WITHOUT_DETAILS = "batch_without_details"
    """What makes up a batch's sum is not known after two business days."""
    PROOF_DIFFERENCE = "proof_difference"
    """A closing statement does not say what the ledger holds of its day: more, less, or a gap."""
    CARD_PAYMENT_UNCLEAR = "card_payment_unclear"
    """What a card provider tells does not fit what was asked of it: nothing of it is posted."""
    CARD_PROVIDER_REFUSES = "card_provider_refuses"
    """A card provider does not take what it is asked: tenants cannot pay by card."""


class Severity(StrEnum):
    """How soon a person should look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


_SEVERITY = {
    AlertKind.IDENTITY_CONFLICT: Severity.CRITICAL,
    AlertKind.CHAIN_BREAK: Severity.CRITICAL,
    AlertKind.FILE_QUARANTINED: Severity.CRITICAL,
    AlertKind.STATEMENT_GAP: Severity.CRITICAL,
    AlertKind.ERP_PUSH_REFUSED: Severity.CRITICAL,
    AlertKind.REFUND_LINE_UNEXPECTED: Severity.CRITICAL,
    AlertKind.REFUND_UNCOVERED: Severity.CRITICAL,
    AlertKind.CARD_PAYMENT_UNCLEAR: Severity.CRITICAL,
    AlertKind.DOUBLE_PAYMENT: Severity.INFO,
    AlertKind.PAYMENT_ON_ENDED_LEASE: Severity.INFO,
}


CLOSED_BY_PERSON = frozenset(
    {
        AlertKind.CARD_PAYMENT_UNCLEAR,
        AlertKind.DOUBLE_PAYMENT,
        AlertKind.ERP_FILE_REFUSED,
        AlertKind.EVENT_REJECTED,
        AlertKind.IDENTITY_CONFLICT,
        AlertKind.PAYMENT_ON_ENDED_LEASE,
        AlertKind.PLAN_BROKEN,
        AlertKind.PROOF_DIFFERENCE,
        AlertKind.REFUND_LINE_UNEXPECTED,
        AlertKind.REFUND_UNCOVERED,
        AlertKind.STATEMENT_UNPROVED,
    }
)
"""What nothing that happens later is sure to make good (an event that is over, a day that is watched no more), so a
person may say that it is seen to; some of them close by themselves too. All others close by themselves only, once what
they tell of is no more.
"""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert; `subject` is the id of what it is about (payment, file, lease, account), never a name."""

    kind: AlertKind
    subject: str
    detail: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def alert_id(self) -> str:
        """The same kind and subject give the same alert."""
        return hashlib.sha256(f"{self.kind}|{self.subject}".encode()).hexdigest()[:24]

    @property
    def severity(self) -> Severity:
        """How soon a person should look."""
        return _SEVERITY.get(self.kind, Severity.WARNING)
