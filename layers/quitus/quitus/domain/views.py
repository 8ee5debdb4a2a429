"""What a payment adds to the counters that people read, and what it shows that they should look at. Pure.

A payment's *contribution* follows from the payment alone, so that a view which remembers it can be corrected by the
difference, whatever was seen before, in whatever order, however often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.allocation import Allocation, AllocationRule
from quitus.domain.erp_batch import Feed
from quitus.domain.erp_notices import LastNotice, last_notices, new_notices
from quitus.domain.identity import parse_payment_id
from quitus.domain.ledger import Entry, EntryKind, Role, entry_hash, lines_on
from quitus.domain.matching import MatchRule
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.payment import Awaiting, Payment, PaymentStatus, Reversal
from quitus.domain.posting import Flag

NOTHING_TOLD: Mapping[Feed, LastNotice] = MappingProxyType({})
_ON_LEASE = frozenset({PaymentStatus.POSTED, PaymentStatus.REVERSED})


@dataclass(frozen=True, slots=True)
class Home:
    """Where a lease is, for the counters."""

    residence_id: str
    commune: str


UNKNOWN_HOME = Home("-", "-")
"""Stands for a lease whose description is missing, so that totals stay whole."""


@dataclass(frozen=True, slots=True)
class Residence:
    """A residence of the landlord."""

    residence_id: str
    name: str
    commune: str


@dataclass(frozen=True, slots=True)
class ReceiptsCounter:
    """Receipts posted on the leases of a residence on a booking day, by means: `count`, `amount_cents`."""

    day: date
    residence_id: str
    commune: str
    means: Means


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """What the ledger holds of one bank account (its IBAN) on a booking day, to be held against its statements.

    `receipts_cents` (suspense included) and `reversals_cents` are ≥ 0; `other_cents` is signed and made of lines that
    are neither, `other_debits_cents` of the debits among them (≥ 0), less what a bank netted; `count` counts them all,
    `unstated` those that no closing statement reported. The day is the closing statement's once it has spoken.
    """

    account: str
    day: date


@dataclass(frozen=True, slots=True)
class Collection:
    """What was received in 511 on a day (None: ever), by means: `received_cents`, and `cleared_cents`, what left it
    again for the bank, or came back unpaid.
    """

    day: date | None
    means: Means


type Counter = ReceiptsCounter | LedgerDay | Collection
type Contribution = Mapping[Counter, Mapping[str, int]]
"""What a payment adds to each counter, by the counter's attribute."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the views hold of a payment at a version of it; kept with the payment's view, replaced with it."""

    version: int
    homes: Mapping[str, Home]
    """Where the leases are that it is of, its own first."""
    contribution: Contribution
    entries: frozenset[str]
    """Ids of the entries handed to the outbox."""
    alerts: frozenset[AlertKind]
    """Open alerts about the payment."""
    reversals: int = 0
    """How many of its reversals the outbox was told of."""
    notices: Mapping[Feed, LastNotice] = NOTHING_TOLD
    """The last notice by feed, numbered whether or not there is an ERP to be told."""


@dataclass(frozen=True, slots=True)
class ViewChange:
    """A payment whose views go from one state to the next, all or nothing."""

    payment: Payment
    before: Shown | None
    after: Shown

    @property
    def counters(self) -> Contribution:
        """What to add to the counters."""
        return difference(self.before.contribution if self.before else {}, self.after.contribution)

    @property
    def new_entries(self) -> tuple[Entry, ...]:
        """Entries that the outbox has not."""
        known = self.before.entries if self.before else frozenset()
        return tuple(entry for entry in self.payment.entries if entry.entry_id not in known)

    @property
    def new_reversals(self) -> tuple[Reversal, ...]:
        """Reversals that the outbox was not told of; a transfer is told by the lines of its list."""
        if self.payment.list_id is not None:
            return ()
        told = self.before.reversals if self.before else 0
        return self.payment.reversals[max(told - self.payment.void_reversals, 0) :]

    @property
    def told_anew(self) -> frozenset[Feed]:
        """The feeds that have a new notice about it."""
        before = self.before.notices if self.before else NOTHING_TOLD
        return frozenset(feed for feed, last in self.after.notices.items() if before.get(feed) != last)

    @property
    def new_notices(self) -> Iterator[tuple[Feed, Mapping[str, Any]]]:
        """Notices that the outbox has not, by feed."""
        return new_notices(self.payment, self.before.notices if self.before else NOTHING_TOLD, self.after.notices)

    @property
    def raised(self) -> frozenset[AlertKind]:
        """Alerts to open."""
        return self.after.alerts - (self.before.alerts if self.before else frozenset())

    @property
    def closed(self) -> frozenset[AlertKind]:
        """Alerts to close."""
        return (self.before.alerts if self.before else frozenset()) - self.after.alerts


def leases_of(payment: Payment) -> tuple[str, ...]:
    """The leases of which dues got something of it, its own first; none while it is on none."""
    if payment.lease_id is None:
        return ()
    got = {allocation.lease_id for allocation in _allocated(payment)}
    return (payment.lease_id, *sorted(got - {payment.lease_id}))


def shown(payment: Payment, homes: Mapping[str, Home], before: Shown | None = None) -> Shown:
    """What the views are to hold of a payment, after what they held; `homes` are where `leases_of` it are."""
    return Shown(
        version=payment.version,
        homes=homes,
        contribution=contribution(payment, homes),
        entries=frozenset(entry.entry_id for entry in payment.entries),
        alerts=alert_kinds(payment),
        reversals=payment.void_reversals + len(payment.reversals),
        notices=last_notices(payment, before.notices if before else NOTHING_TOLD),
    )


def contribution(payment: Payment, homes: Mapping[str, Home]) -> Contribution:
    """What the payment adds to every counter."""
    counted: dict[Counter, Mapping[str, int]] = {}
    if homes and payment.status in _ON_LEASE and (payment.is_listed or payment.is_recovery):
        counted = _received(payment, homes)
    incoming = payment.posted.incoming
    ledger_day = LedgerDay(incoming.account, payment.stated_on or incoming.movement.booking_date)
    if on_bank(payment):
        counted[ledger_day] = _ledger_amounts(payment)
    elif netted := _netted_cents(payment):
        counted[ledger_day] = {"other_debits_cents": -netted}
    return counted | _collected(payment)


def _netted_cents(payment: Payment) -> Cents:
    """Of a batch's sum, which its details replaced: those of the other sign. The bank took them off the sum, so that
    its statement counts them on neither side.
    """
    if payment.stated_on is None:
        return 0
    details = (parse_payment_id(one)[0].amount_cents for one in payment.replaced_by)
    return sum(abs(cents) for cents in details if (cents < 0) != (payment.amount_cents < 0))


def _collected(payment: Payment) -> dict[Counter, Mapping[str, int]]:
    """What its entries do to 511 (sector.md §5)."""
    means, counted = payment.brings or payment.posted.incoming.movement.means, dict[Counter, Mapping[str, int]]()
    moved = [(entry.booking_date, line) for entry in payment.entries for line in lines_on(entry, Role.COLLECTION)]
    for day, line in moved:
        for counter in (Collection(day, means), Collection(None, means)):
            held = counted.get(counter, {})
            counted[counter] = {
                "received_cents": held.get("received_cents", 0) + line.debit_cents,
                "cleared_cents": held.get("cleared_cents", 0) + line.credit_cents,
            }
    return counted


def _received(payment: Payment, homes: Mapping[str, Home]) -> dict[Counter, Mapping[str, int]]:
    """The receipt on its day, less what was taken back of it, each on its day (contract.md, Dashboard), where the
    leases are whose dues it settled; a recovery is no receipt, and less than nothing.

    The payment is counted where its own lease is.
    """
    counted: dict[Counter, Mapping[str, int]] = {}
    own, means = payment.lease_id, payment.posted.incoming.movement.means
    for place, (day, sign, parts) in enumerate(_moved(payment)):
        last = place == len(payment.reversals) and not payment.left_cents
        number = (place == 0 and not payment.is_recovery) - last
        for lease_id, cents in parts.items():
            home = homes[lease_id]
            receipts = ReceiptsCounter(day, home.residence_id, home.commune, means)
            held = counted.get(receipts, {"count": 0, "amount_cents": 0})
            count = held["count"] + (number if lease_id == own else 0)
            counted[receipts] = {"count": count, "amount_cents": held["amount_cents"] + sign * cents}
    return counted


def _moved(payment: Payment) -> Iterator[tuple[date, int, Mapping[str, Cents]]]:
    """The day, the sign and the parts by lease of the receipt, then of each of its reversals."""
    came = payment.posted.incoming.movement.booking_date
    yield came, 1, _parts(payment, payment.amount_cents, _allocated(payment))
    for reversal in payment.reversals:
        yield reversal.booking_date, -1, _parts(payment, reversal.amount_cents, reversal.took)


def _parts(payment: Payment, cents: Cents, allocations: Iterable[Allocation]) -> Mapping[str, Cents]:
    """Cents by lease: what dues of other leases got; all else, a credit too, is of the payment's own."""
    beside: dict[str, Cents] = {}
    for allocation in allocations:
        if allocation.lease_id != payment.lease_id:
            beside[allocation.lease_id] = beside.get(allocation.lease_id, 0) + allocation.amount_cents
    return {payment.lease_id or "": cents - sum(beside.values()), **beside}


def _allocated(payment: Payment) -> Iterator[Allocation]:
    """All that it settled, what was taken back since too."""
    yield from payment.allocations
    for reversal in payment.reversals:
        yield from reversal.took


def difference(before: Contribution, after: Contribution) -> Contribution:
    """What turns counters that hold `before` into counters that hold `after`, without what stays."""
    changed: dict[Counter, Mapping[str, int]] = {}
    for counter in {**before, **after}:
        held, wanted = before.get(counter, {}), after.get(counter, {})
        amounts = {name: wanted.get(name, 0) - held.get(name, 0) for name in {**held, **wanted}}
        if moved := {name: cents for name, cents in amounts.items() if cents}:
            changed[counter] = moved
    return changed


def on_bank(payment: Payment) -> bool:
    """Whether a bank account (512) moved: not what people typed in, nor card, cheque and cash waiting in 511, nor what
    was only announced, or taken back as never booked, nor what is in no book until a closing statement holds it. A
    batch's sum is the bank's line as long as its closing statement has nothing better.
    """
    if payment.is_replaced or payment.is_unbooked or payment.awaiting in (Awaiting.BOOKING, Awaiting.DECISION):
        return False
    if payment.is_other or payment.is_dismissed or payment.awaiting is Awaiting.DETAILS:
        return payment.stated_on is not None
    return payment.account_role is Role.BANK


def is_unstated(payment: Payment) -> bool:
    """Whether it is on a bank account, and no closing statement reported it."""
    return on_bank(payment) and payment.stated_on is None


def entry_rule(payment: Payment, entry: Entry) -> str | None:
    """The rule that an entry rests on (contract.md, rules named); None for what goes to suspense and for returns."""
    match entry.kind:
        case EntryKind.ASSIGNMENT if _credits_a_lease(entry):
            return payment.match.rule.value if payment.match and payment.match.rule else MatchRule.PERSON.value
        case EntryKind.CREDIT_USE:
            return AllocationRule.CREDIT.value
        case EntryKind.RECEIPT if payment.posted.match and payment.posted.match.rule:
            return payment.posted.match.rule.value
    return None


def moved_by(payment: Payment, entry: Entry) -> str | None:
    """The bank's line that an entry tells of, which the proof counts on the day of its statement: the payment itself on
    its own day, or the return that took it back; None for what was decided later or stands in 511.
    """
    if entry.kind is EntryKind.REVERSAL and payment.reversals:
        told = (one for one in payment.reversals if not one.in_collection and one.booking_date == entry.booking_date)
        return next((payment.payment_id if one.by_hand else one.reversal_id for one in told), None)
    return payment.payment_id if entry.booking_date == payment.posted.bucket.day else None


def alert_kinds(payment: Payment) -> frozenset[AlertKind]:
    """What people should look at now: a person's decision settles what the posting had shown."""
    kinds = {AlertKind(flag) for flag in payment.flags if _still_shows(payment, flag)}
    if payment.awaiting is Awaiting.DECISION and payment.void_reversals:
        kinds.add(AlertKind.IDENTITY_CONFLICT)
    if payment.awaiting is Awaiting.DECISION and payment.is_denied:
        kinds.add(AlertKind.RETURN_WITHOUT_ORIGINAL)
    broken = any(entry_hash(entry) != entry.hash for entry in payment.entries)
    return frozenset(kinds | {AlertKind.CHAIN_BREAK} if broken else kinds)


def alert_of(payment: Payment, kind: AlertKind) -> Alert:
    """The alert about a payment; ids and amounts only."""
    detail: dict[str, str | int] = {"amount_cents": abs(payment.amount_cents)}
    if payment.posted.lease_id is not None:
        detail["lease_id"] = payment.posted.lease_id
    return Alert(kind, payment.payment_id, detail)


def _credits_a_lease(entry: Entry) -> bool:
    """Whether an assignment puts money on a lease: its first line takes it from where it was."""
    return entry.lines[0].debit_cents > 0


def _still_shows(payment: Payment, flag: str) -> bool:
    match flag:
        case Flag.UNASSIGNED_VIRTUAL_IBAN | Flag.RECOVERY_APART:
            return payment.status is PaymentStatus.SUSPENSE
        case Flag.RETURN_WITHOUT_ORIGINAL | Flag.IDENTITY_CONFLICT:
            return payment.status is PaymentStatus.PENDING
        case Flag.DOUBLE_PAYMENT | Flag.ENDED_LEASE:
            return payment.status is not PaymentStatus.REVERSED
    return True


def _ledger_amounts(payment: Payment) -> Mapping[str, int]:
    """What the bank's line is of: a receipt, a reversal (the bank's fee apart), or neither, or not yet."""
    amounts = {"count": 1} | ({"unstated": 1} if is_unstated(payment) else {})
    if payment.is_bank_line or payment.is_dismissed or payment.awaiting is Awaiting.DETAILS:
        return amounts | _other(payment.amount_cents)
    if not payment.is_return:
        return amounts | {"receipts_cents": payment.amount_cents}
    fee = payment.fee_cents
    return amounts | {"reversals_cents": -payment.amount_cents - fee} | (_other(-fee) if fee else {})


def _other(cents: int) -> dict[str, int]:
    return {"other_cents": cents} | ({"other_debits_cents": -cents} if cents < 0 else {})
