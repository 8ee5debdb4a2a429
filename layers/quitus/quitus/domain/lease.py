"""The lease: what is let, what is owed (dues), and its account, the aggregate that postings change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from quitus.domain.calendar import years_before
from quitus.domain.ibans import VirtualAccount
from quitus.domain.money import Cents
from quitus.domain.plan import InstalmentPlan

LIMITATION_YEARS = 3
"""Rent claims lapse after three years (law 89-462 art. 7-1)."""

JUDGMENT_YEARS = 10
"""What a judgment grants lapses after ten."""

_ONE_DAY = timedelta(days=1)


def barred_before(on: date) -> date:
    """What was due before this day is time-barred on a day: the same three years earlier (29 February is 1 March)."""
    try:
        return on.replace(year=on.year - LIMITATION_YEARS)
    except ValueError:
        return date(on.year - LIMITATION_YEARS, 3, 1)


class LeaseStatus(StrEnum):
    """An ended lease keeps its virtual IBAN and may still owe or be owed."""

    ACTIVE = "active"
    ENDED = "ended"


class UnitKind(StrEnum):
    """What is let."""

    DWELLING = "dwelling"
    PARKING = "parking"
    BIKE = "bike"
    SHOP = "shop"
    OTHER = "other"


class DueKind(StrEnum):
    """Why money is owed; aids and credits are negative (contract.md, dues)."""

    RENT = "rent"
    CHARGES = "charges"
    AID_APL = "aid_apl"
    AID_OTHER = "aid_other"
    AID_RLS = "aid_rls"
    ADJUSTMENT = "adjustment"
    ANNEX = "annex"
    INSURANCE = "insurance"
    FEE = "fee"
    INSTALMENT = "instalment"
    DEPOSIT = "deposit"

    @property
    def is_aid(self) -> bool:
        """Housing aids are spent on the dues of their own period."""
        return self in (DueKind.AID_APL, DueKind.AID_OTHER, DueKind.AID_RLS)

    @property
    def is_awaited(self) -> bool:
        """Aids that their payer (CAF, MSA) sends to the landlord; the rent rebate (RLS) is final, nobody pays it."""
        return self in (DueKind.AID_APL, DueKind.AID_OTHER)


class Debtor(StrEnum):
    """Who owes: the tenant, or the payer of the tenant's aids. Their accounts never mix (sector.md §3, Aids)."""

    TENANT = "tenant"
    PAYER = "payer"


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as the landlord's ERP describes it, with the virtual IBAN that Quitus issued for it."""

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
    virtual_iban: str = ""
    bic: str = ""
    payee_name: str = ""
    payment_reference: str = ""

    def paid_to(self, account: VirtualAccount) -> Lease:
        """The lease with the virtual account that leads to it."""
        return replace(
            self,
            virtual_iban=account.iban,
            bic=account.bic,
            payee_name=account.payee_name,
            payment_reference=account.payment_reference,
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """That a due is paid in lines: what the ERP calls it, and the days of the lines."""

    amount_cents: Cents
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """An amount called from a lease; negative when it is an aid or a credit; 0 when cancelled."""

    due_id: str
    lease_id: str
    kind: DueKind
    period: str
    due_date: date
    amount_cents: Cents
    label: str | None = None
    limitation_from: date | None = None
    """The day of the last act that interrupted the limitation: three years run from it anew."""
    judged_on: date | None = None
    """The day of an enforceable judgment: ten years run from it (code des procédures civiles d'exécution, L111-4)."""
    acknowledged_on: date | None = None
    """The day of the tenant's last plan that covers it: three years run anew (Code civil 2231, 2240)."""
    spread: Spread | None = None
    """Its lines call the amount in its place."""
    line_of: str | None = None
    """The due that it is a line of."""

    @property
    def called(self) -> Due:
        """The due as the ERP calls it."""
        return self if self.spread is None else replace(self, amount_cents=self.spread.amount_cents, spread=None)

    def open(self, cents: Cents) -> OpenDue:
        """The due with `cents` unpaid."""
        return OpenDue(self.due_id, self.kind, self.period, self.due_date, cents, self.interrupted)

    @property
    def interrupted(self) -> date | None:
        """The later day from which its limitation runs, if any."""
        begins = self._limitation_begins
        return begins if begins > self.due_date else None

    def acknowledged(self, on: date) -> Due:
        """The due once the tenant acknowledged it."""
        return replace(self, acknowledged_on=on)

    def succeeding(self, held: Due) -> Due:
        """The due as the ERP calls it now; what interrupted its limitation before still did, if that is not said. What
        the tenant acknowledged is none of the ERP's.
        """
        limitation, judged = self.limitation_from or held.limitation_from, self.judged_on or held.judged_on
        known = held.acknowledged_on
        return replace(self, limitation_from=limitation, judged_on=judged, acknowledged_on=known)

    @property
    def _limitation_begins(self) -> date:
        """The day from which the three years of rent claims run; a judgment's ten years are three from a later day."""
        judged = None if self.judged_on is None else years_before(self.judged_on, LIMITATION_YEARS - JUDGMENT_YEARS)
        told = (self.due_date, self.limitation_from, judged, self.acknowledged_on)
        return max(day for day in told if day is not None)

    def facing(self, debtor: Debtor) -> Due:
        """The due as a debtor sees it: an awaited aid lowers what the tenant owes and is owed by its payer."""
        if debtor is Debtor.TENANT:
            return self
        return replace(self, amount_cents=-self.amount_cents if self.kind.is_awaited else 0)


@dataclass(frozen=True, slots=True)
class OpenDue:
    """The unpaid part of a due (always > 0). `interrupted`: the later day from which its limitation runs, if any."""

    due_id: str
    kind: DueKind
    period: str
    due_date: date
    open_cents: Cents
    interrupted: date | None = None

    def less(self, cents: Cents) -> OpenDue:
        """The due once so many cents more are paid of it."""
        left = self.open_cents - cents
        return OpenDue(self.due_id, self.kind, self.period, self.due_date, left, self.interrupted)

    def is_barred(self, on: date) -> bool:
        """Whether three years have passed, their last day too (law 89-462 art. 7-1, Code civil 2229); what the payer of
        an aid owes is no such claim.
        """
        return (self.interrupted or self.due_date) < barred_before(on) and not self.kind.is_awaited


@dataclass(frozen=True, slots=True)
class DueStanding:
    """A due, what the tenant has not paid of it, and what its payer has not paid of an aid."""

    due: Due
    open_cents: Cents = 0
    aid_open_cents: Cents = 0


@dataclass(frozen=True, slots=True)
class CreditLot:
    """Money of the tenant not yet allocated: `source` is a payment id, or `due:{id}` for a negative due."""

    source: str
    cents: Cents

    @property
    def payment_id(self) -> str | None:
        """The payment that brought the money, None for a negative due."""
        return None if self.source.startswith(DUE_SOURCE) else self.source


DUE_SOURCE = "due:"
"""Begins the source of a credit lot that a negative (or lowered) due left."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A receipt of the last weeks: `told` names the reference that a bank gave it, and the channel, or is empty."""

    day: date
    cents: Cents
    told: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What a lease owes and how its ledger stands; replaced whole by each posting, under its `version`.

    `sequence` and `last_hash` are those of the last pushed entry, `charge_sequence` of the last charging (which is
    never pushed). `recent` holds the receipts of the last weeks, for double payments and for references that come
    again. `aid_dues` and `aid_credits` are what the payer of the tenant's aids owes and has paid in advance.
    """

    lease_id: str
    status: LeaseStatus = LeaseStatus.ACTIVE
    version: int = 0
    sequence: int = 0
    last_hash: str | None = None
    charge_sequence: int = 0
    open_dues: tuple[OpenDue, ...] = ()
    credits: tuple[CreditLot, ...] = ()
    aid_dues: tuple[OpenDue, ...] = ()
    aid_credits: tuple[CreditLot, ...] = ()
    held: tuple[CreditLot, ...] = ()
    """Credit of the tenant that a refund waits for: no due takes it."""
    aid_held: tuple[CreditLot, ...] = ()
    """Nothing: aids are not refunded to tenants. What an account facing the payer of aids holds."""
    recent: tuple[Recent, ...] = ()
    plan: InstalmentPlan | None = None
    """The instalment plan that runs."""
    group: str | None = None
    """The account group that it belongs to."""

    @property
    def credit_cents(self) -> Cents:
        """What the tenant has paid in advance (≥ 0), what is held of it too."""
        return sum(lot.cents for lot in (*self.credits, *self.held))

    @property
    def held_cents(self) -> Cents:
        """What of it a refund waits for."""
        return sum(lot.cents for lot in self.held)

    @property
    def plans(self) -> tuple[InstalmentPlan, ...]:
        """The plans that run: one at most."""
        return () if self.plan is None else (self.plan,)

    @property
    def balance_cents(self) -> Cents:
        """> 0: the tenant owes; < 0: the tenant is in credit."""
        return sum(due.open_cents for due in self.open_dues) - self.credit_cents

    @property
    def aid_open_cents(self) -> Cents:
        """What is awaited from the payer of aids, outside the balance; < 0: it paid more than was called."""
        return self.facing(Debtor.PAYER).balance_cents

    def overdue_cents(self, on: date) -> Cents:
        """What is open of dues past their day that are not time-barred; of what a plan covers, only of instalments past
        theirs.
        """
        past = (due for due in self.open_dues if due.due_date < on and not due.is_barred(on))
        return self.beside_plan_cents(past) + self.instalments_cents(on - _ONE_DAY)

    def acknowledging(self, dues: Iterable[Due]) -> Account:
        """The account once the tenant acknowledged these dues."""
        begun = {due.due_id: due.interrupted for due in dues}
        still_open = tuple(replace(due, interrupted=begun.get(due.due_id, due.interrupted)) for due in self.open_dues)
        return replace(self, open_dues=still_open)

    def beside_plan_cents(self, dues: Iterable[OpenDue]) -> Cents:
        """What is open of some of the dues, but for what the plan covers of them."""
        covered = {} if self.plan is None else self.plan.open_parts(self.open_dues)
        return sum(due.open_cents - covered.get(due.due_id, 0) for due in dues)

    def instalments_cents(self, on: date) -> Cents:
        """What is payable of the plan's instalments due by a day; 0 without a plan."""
        return 0 if self.plan is None else self.plan.payable_cents(self.open_dues, on)

    def booked(
        self,
        sequence: int,
        last_hash: str,
        open_dues: tuple[OpenDue, ...],
        credits: tuple[CreditLot, ...],  # noqa: A002 - the field's name
        recent: tuple[Recent, ...],
    ) -> Account:
        """The account after an entry."""
        return self._with(self.version, sequence, last_hash, open_dues, credits, recent)

    def at_version(self, version: int) -> Account:
        """The account as it is written, under this version."""
        return self._with(version, self.sequence, self.last_hash, self.open_dues, self.credits, self.recent)

    def _with(
        self,
        version: int,
        sequence: int,
        last_hash: str | None,
        open_dues: tuple[OpenDue, ...],
        credits: tuple[CreditLot, ...],  # noqa: A002 - the field's name
        recent: tuple[Recent, ...],
    ) -> Account:
        """Every payment makes two, so they are made field by field: `replace` takes twice as long."""
        return Account(
            self.lease_id,
            self.status,
            version,
            sequence,
            last_hash,
            self.charge_sequence,
            open_dues,
            credits,
            self.aid_dues,
            self.aid_credits,
            self.held,
            self.aid_held,
            recent,
            self.plan,
            self.group,
        )

    def facing(self, debtor: Debtor) -> Account:
        """The account as a debtor sees it: its own dues and credits first. Facing the payer twice is no change."""
        if debtor is Debtor.TENANT:
            return self
        return replace(
            self,
            open_dues=self.aid_dues,
            credits=self.aid_credits,
            aid_dues=self.open_dues,
            aid_credits=self.credits,
            held=self.aid_held,
            aid_held=self.held,
        )

    def standing(self, due: Due) -> DueStanding:
        """How a due of the lease stands."""
        return DueStanding(due, *(_open_of(facing.open_dues, due.due_id) for facing in map(self.facing, Debtor)))


def _open_of(dues: Iterable[OpenDue], due_id: str) -> Cents:
    return sum(due.open_cents for due in dues if due.due_id == due_id)
