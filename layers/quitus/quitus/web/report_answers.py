"""What the API answers about sums, proofs and exports."""

from __future__ import annotations

from datetime import date
from typing import Literal

from quitus.domain.movement import Means
from quitus.services.exports import ExportKind, ExportStatus
from quitus.services.proof import ProofStatus
from quitus.web.models import Answer, NotNegative


class DashboardRowAnswer(Answer):
    """Receipts of one residence, commune, means or day."""

    key: str
    label: str
    count: int
    amount_cents: int


class AgedAnswer(Answer):
    """What has waited for so many days, and less than for the next sum."""

    from_days: NotNegative
    amount_cents: NotNegative


class AgedSuspenseAnswer(AgedAnswer):
    """The same of suspense, which is counted payment by payment."""

    count: NotNegative


class InCollectionAnswer(Answer):
    """Card, cheque or cash receipts that no bank line has brought yet, by age; negative when the bank brought more than
    was receipted.
    """

    means: Means
    amount_cents: int
    ages: tuple[AgedAnswer, ...]


class DashboardAnswer(Answer):
    """Receipts posted on leases, reversals subtracted on their day; `suspense_cents` is what waits for a lease now,
    `suspense` the same by age; `in_collection` what waits in 511 for the bank.
    """

    rows: tuple[DashboardRowAnswer, ...]
    total_cents: int
    suspense_cents: NotNegative
    suspense: tuple[AgedSuspenseAnswer, ...]
    in_collection_cents: int
    in_collection: tuple[InCollectionAnswer, ...]


class ProofLineAnswer(Answer):
    """A line that makes the difference: in the ledger but on no statement, on a statement that is not posted yet, by
    how much a statement begins otherwise than the one before it ended, or by how much one does not add up that was
    released on a person's word.
    """

    reason: Literal[
        "not_on_statement",
        "not_posted",
        "statement_gap",
        "statement_overlap",
        "balance_mismatch",
        "details_mismatch",
    ]
    payment_id: str | None
    statement_id: str | None
    file_id: str | None
    amount_cents: int


class AccountProofAnswer(Answer):
    """One bank account on one day; the bank side is null while no statement proves the day."""

    account_iban: str
    status: ProofStatus
    opening_cents: int | None
    credits_cents: int | None
    debits_cents: int | None
    closing_cents: int | None
    receipts_cents: int
    reversals_cents: int
    other_cents: int
    difference_cents: int | None
    lines: tuple[ProofLineAnswer, ...]


class ProofAnswer(Answer):
    """Books = bank, for a day; `difference_cents` sums those of the accounts that a statement proves."""

    date: date
    accounts: tuple[AccountProofAnswer, ...]
    difference_cents: int


class ClosingAnswer(Answer):
    """All days up to `through`, inclusive, are closed; `closed_by` is `quitus` when the clock did it."""

    through: date
    closed_by: str
    closed_at: str


class ExportOrderedAnswer(Answer):
    """An export that will be written."""

    export_id: str
    status: ExportStatus


class ExportAnswer(Answer):
    """An export; `url` is signed, for five minutes at most, once the status is `ready`."""

    export_id: str
    kind: ExportKind
    status: ExportStatus
    url: str | None
