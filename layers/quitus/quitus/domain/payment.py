"""A payment as people see it: what was posted, and how it stands after what was decided, used and reported since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quitus.domain.allocation import Allocation
from quitus.domain.incoming import Incoming, Source, bank_role
from quitus.domain.lease import Debtor
from quitus.domain.ledger import Entry, Role, lines_on
from quitus.domain.matching import DEBTOR, PAYER, Match, SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.movement import CLOSING_CHANNELS, Means, Nature
from quitus.domain.posting import Posted

REPLACED_BY = "payments"
"""The evidence that names the payments, by id, that replace one."""
AUTOMATION = "quitus"
"""Who decided, when no person did."""
FEE = "fee_cents"
"""The evidence of a return that says how much of it is the bank's fee."""
BOOKED_ON = "booked_on"
"""The evidence of a return that says on which account (`Role`) it is, where that is not what its means say."""
CONFIRMS, CONFIRMED_BY = "confirms", "confirmed_by"
"""The evidence that names the reversals, and the return that is the bank's own line of them."""


class PaymentStatus(StrEnum):
    """Where a payment stands (contract.md): `PENDING` is reported but not booked, or a return without its original."""

    POSTED = "posted"
    SUSPENSE = "suspense"
    REVERSED = "reversed"
    PENDING = "pending"


class DecisionKind(StrEnum):
    """What was decided on a payment."""

    ASSIGN = "assign"
    UNASSIGN = "unassign"
    REPLACE = "replace"
    """What it announced is booked under other payments: it never was one."""
    REVERSE = "reverse"
    """Some or all of it is taken back: by a return, or by a person who got a cheque back."""
    CONFIRM = "confirm"
    """The bank's own line of what persons, or events, had told as taken back in collection."""
    TURN = "turn"
    """A debit told plainly turns into a return by what a further channel says, or one that was taken for another's word
    is a return of its own; it waits for its payment.
    """
    TRACE = "trace"
    """A return, or a debit that the landlord sent back: the payment that it takes back is known."""
    DISMISS = "dismiss"
    """A return that takes back nothing of the landlord's."""
    DENY = "deny"
    """A return that took a payment back, and that the bank never booked."""
    RESTORE = "restore"
    """What took it back was never booked: it is in suspense again, whole."""
    DISTRIBUTE = "distribute"
    """A list says for whom it is: each of the list's lines is a payment of its own."""
    REFUND = "refund"
    """A debit of the bank's: it paid a refund."""
    CLEAR = "clear"
    """A line of the bank's: it brings card, cheque or cash values, less what was kept of them."""
    SUSPEND = "suspend"
    """A line of the bank's: it brings no such values after all."""
    CALL_OFF = "call_off"
    """An approved refund: it is not paid after all. Or a recovery on no tenant: the transfer that it lowered goes back.
    """

    @property
    def says_whose(self) -> bool:
        """Whether it says whose money it is, or that it is nobody's; otherwise what is known of that stays."""
        return self in (DecisionKind.ASSIGN, DecisionKind.UNASSIGN, DecisionKind.REPLACE)


class Awaiting(StrEnum):
    """What a pending payment waits for."""

    BOOKING = "booking"
    """The bank only announced it."""
    DETAILS = "details"
    """A batch booked in one sum: the payments that make it up."""
    ORIGINAL = "original"
    """A return: the payment that it takes back."""
    DECISION = "decision"
    """A person: its bank reference told another amount before, or the bank booked what a person had taken back, or said
    that it never booked.
    """


@dataclass(frozen=True, slots=True)
class Reversal:
    """Cents of a payment that were taken back, on the booking day of what took them back.

    `reversal_id` is the id of the return as the bank reported it, or, where a person recorded it, a name of its own.
    `reason` is the bank's code or text, or the person's.
    """

    reversal_id: str
    amount_cents: Cents
    booking_date: date
    reason: str | None = None
    in_collection: bool = False
    """It is booked on 511, where the money still waited, or where the bank's own line of it will come."""
    confirmed_by: str | None = None
    """The return that is the bank's line of it."""
    by_hand: bool = False
    """A person recorded it: no bank line has told it yet."""
    took: tuple[Allocation, ...] = ()
    """What it took of the payment's allocations. Kept with the decision, not here."""

    @property
    def is_unbooked(self) -> bool:
        """Whether a person said that the bank never booked what it had told."""
        return self.by_hand and not self.in_collection


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on a payment, numbered from 1 per payment; never edited, a later one takes it back.

    It has an entry for each lease concerned, none where nothing of the payment was in the books. Automation assigns on
    the evidence of a further report, and replaces; it never decides on what a person decided.
    """

    number: int
    kind: DecisionKind
    match: Match
    allocations: tuple[Allocation, ...]
    credit_cents: Cents
    entries: tuple[Entry, ...]
    decided_by: str
    decided_at: str
    flags: tuple[str, ...] = ()
    """What an automatic assignment shows that a person should look at; persons have looked."""
    reversal: Reversal | None = None
    """What is taken back: `allocations` and `credit_cents` are then the parts that are taken, not what is left."""
    ends: tuple[tuple[str, int], ...] = ()
    """Of an unassignment, or what says that a payment was never booked: by lease, the last entry of the payment that it
    undoes, be it one that left nothing there.
    """


@dataclass(frozen=True, slots=True)
class Payment:
    """The fold of a payment's rows. `version` rises with every row; `entries` are in posting order."""

    posted: Posted
    status: PaymentStatus
    match: Match | None
    allocations: tuple[Allocation, ...]
    credit_cents: Cents
    reports: tuple[Incoming, ...]
    """Everything that channels reported of it, the posted one first."""
    entries: tuple[Entry, ...]
    decisions: int
    version: int
    replaced_by: tuple[str, ...] = ()
    """The payments that this one turned out to be."""
    flags: tuple[str, ...] = ()
    """What it shows since the last decision on it."""
    reversals: tuple[Reversal, ...] = ()
    """What was taken back of it, in the order of the decisions."""
    void_reversals: int = 0
    """How many were before these that hold no more: the bank booked after all what a person had taken back, or never
    booked what took it back.
    """
    reverses: str | None = None
    """The payment that it takes back: it is a return, no payment of its own."""
    is_turned: bool = False
    """It is a return, or the sum of several, by what a further channel or a person says: at first it said nothing, or
    was taken for the word of another return.
    """
    is_dismissed: bool = False
    """It is a return that takes back nothing of the landlord's."""
    is_denied: bool = False
    """It is a return of which a person said that the bank never booked it."""
    refund_ids: tuple[str, ...] = ()
    """The refunds that it paid, as a line of the bank's: one, or several that a person says were booked in one sum."""
    is_clearing: bool = False
    """It is the bank line that brings card, cheque or cash values: they are the payments, it is none."""
    brings: Means | None = None
    """By what means these values were received, where its own means do not say so."""
    list_id: str | None = None
    """The list whose lines are the payments that it brought."""
    assigned_by: str | None = None
    """Who put it on its lease, if that was decided after it was posted."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Who reported it."""
        return tuple(report.source for report in self.reports)

    @property
    def stated_on(self) -> date | None:
        """The booking day that a closing statement gives it; channels may differ by a day."""
        stated = (item for item in self.reports if item.is_booked and item.source.channel in CLOSING_CHANNELS)
        return next((item.movement.booking_date for item in stated), None)

    @property
    def awaiting(self) -> Awaiting | None:
        """What it waits for while it is pending."""
        if self.status is not PaymentStatus.PENDING:
            return None
        incoming = self.posted.incoming
        if not incoming.is_booked:
            return Awaiting.BOOKING
        if incoming.movement.is_parked or (self.is_turned and not self.entries):
            return Awaiting.DETAILS
        waits = self.entries and self.is_return and not self.is_denied
        return Awaiting.ORIGINAL if waits else Awaiting.DECISION

    @property
    def may_be_assigned(self) -> bool:
        """Whether a person may put it on a lease: it is in suspense, or in no book until somebody decides."""
        awaits = self.awaiting is Awaiting.DECISION and not self.is_return
        return self.status is PaymentStatus.SUSPENSE or awaits

    @property
    def awaits_list_of(self) -> str | None:
        """The payer whose list says for whom it is, while nobody decided anything on it."""
        match = self.match
        if match is None or match.reason is not SuspenseReason.AWAITING_LIST:
            return None
        waits = self.status is PaymentStatus.SUSPENSE and not self.decisions
        return match.evidence.get(PAYER) if waits else None

    @property
    def is_other(self) -> bool:
        """A bank line that is neither receipt nor reversal, nor will be: no payment."""
        return not self.entries and self.status is PaymentStatus.SUSPENSE

    @property
    def is_on_bank(self) -> bool:
        """Whether its money is on a bank account: not in collection, nor a part of another payment."""
        return bool(self.entries) and bank_role(self.posted.incoming) is Role.BANK

    @property
    def kept_cents(self) -> Cents:
        """What of the values that it brings was kept as a fee."""
        fees = (line for entry in self.entries for line in lines_on(entry, Role.FEES))
        return sum(line.debit_cents - line.credit_cents for line in fees)

    @property
    def is_bank_line(self) -> bool:
        """Whether it is a line of the bank's and no payment."""
        return self.is_other or self.is_clearing or bool(self.refund_ids)

    @property
    def is_recovery(self) -> bool:
        """Whether it is a line of a list that takes money back from a tenant."""
        return self.posted.incoming.movement.nature is Nature.RECOVERY

    @property
    def is_refund(self) -> bool:
        """Whether it is a tenant's credit that is paid back."""
        return self.posted.incoming.movement.nature is Nature.REFUND

    @property
    def is_return(self) -> bool:
        """Whether it takes an earlier payment back, be that known or not."""
        return self.is_turned or self.posted.is_return

    @property
    def fee_cents(self) -> Cents:
        """What of a return is the bank's own fee, where the payment that it takes back is known."""
        match = self.match if self.reverses else None
        return int(match.evidence.get(FEE, 0)) if match else 0

    @property
    def account_role(self) -> Role:
        """The account that it moved: 512, or 511 where it is in collection."""
        told = self.match.evidence.get(BOOKED_ON) if self.match and self.reverses else None
        return Role(told) if told else bank_role(self.posted.incoming)

    @property
    def is_listed(self) -> bool:
        """Whether it is a payment of its own, or may be one."""
        is_another = self.is_bank_line or self.is_replaced or self.list_id or self.is_recovery or self.is_refund
        return not (is_another or self.is_dismissed or self.reverses)

    @property
    def is_unbooked(self) -> bool:
        """Whether a person took it back because no closing statement holds it."""
        return any(reversal.is_unbooked for reversal in self.reversals)

    @property
    def left_cents(self) -> Cents:
        """What of it was not taken back."""
        return self.amount_cents - sum(reversal.amount_cents for reversal in self.reversals)

    @property
    def is_replaced(self) -> bool:
        """It only announced payments that are booked now: it is in no list and no sum."""
        return bool(self.replaced_by)

    @property
    def is_retold(self) -> bool:
        """It is a return that was taken for a further channel's word for another one, which replaced it."""
        rule = self.match.evidence.get("rule") if self.match and self.is_replaced else None
        return rule == Awaiting.ORIGINAL.value

    @property
    def payment_id(self) -> str:
        """The public name of the payment."""
        return self.posted.payment_id

    @property
    def lease_id(self) -> str | None:
        """The lease it is on now."""
        return self.match.lease_id if self.match else None

    @property
    def amount_cents(self) -> Cents:
        """The signed amount."""
        return self.posted.incoming.movement.amount_cents

    @property
    def debtor(self) -> Debtor:
        """Whose debt it pays."""
        return self.debtor_by(self.match)

    def debtor_by(self, match: Match | None) -> Debtor:
        """Whose debt it pays by a match: what that says, else what its means say."""
        told = match.evidence.get(DEBTOR) if match else None
        return Debtor(told) if told else self.posted.incoming.movement.means.debtor
