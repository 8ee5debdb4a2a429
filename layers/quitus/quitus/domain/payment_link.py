"""Payment links: what a page asks a tenant for, and how it stands (contract.md, Links; sector.md §3, explicit target).

A link asks for dues of a lease as they stood when it was made, or for an amount of them, and says that the tenant means
to pay these; one for all that a lease on an instalment plan owes chooses nothing, so money that comes by it goes where
the plan has it. What is left of a link is read off the account: whatever means paid a due, the link asks for that much
less, and it is paid once nothing is left. So it can be settled once only, and a payment that comes back makes it ask
again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from quitus.domain.allocation import payable, payment_order
from quitus.domain.calendar import paris_day
from quitus.domain.errors import Conflict, Invalid
from quitus.domain.household import Household, allocations_of, spread
from quitus.domain.lease import Account, Debtor, Due, OpenDue
from quitus.domain.money import Cents

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
LEAST_CENTS: Final = 100
"""What a tenant pays at least, if more is left: cards cost more below (and no provider takes under 50 cents)."""


class LinkStatus(StrEnum):
    """How a link stands."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class PageState(StrEnum):
    """What the page of a live link says of what is due."""

    DUE = "due"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    NOTHING_DUE = "nothing_due"


@dataclass(frozen=True, slots=True)
class LinkedDue:
    """A due that a link asks for: what was open of it when the link was made, and what the ERP called then."""

    due_id: str
    open_cents: Cents
    called_cents: Cents | None = None

    def owed_cents(self, called_cents: Cents | None) -> Cents:
        """What would have been open of it if the ERP had called then what it calls now: what it takes back nobody paid,
        what it adds nobody paid either. Of a due that is called no more (None) nothing is known: it counts as it was.
        """
        if called_cents is None:
            return self.open_cents
        if called_cents <= 0:
            return 0
        before = called_cents if self.called_cents is None else self.called_cents
        return max(0, self.open_cents + called_cents - before)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link still asks for: its open dues in payment order, and how much may be paid, at least and at most."""

    state: PageState
    lines: tuple[OpenDue, ...]
    rest_cents: Cents
    least_cents: Cents
    by_transfer: bool = True
    """Whether a plain transfer settles it: not if its household owes something that is paid before."""

    def takes_transfer(self, *, card: bool) -> bool:
        """Whether a transfer is offered: it settles what is left, or nothing else does, there being no card payment."""
        return self.rest_cents > 0 and (self.by_transfer or not card)

    def check_left(self) -> None:
        """Raises Conflict: nothing is left to pay: `link_paid`, `nothing_due`."""
        if self.state is PageState.PAID:
            raise Conflict("link_paid", "Nothing is left to pay by this link.")
        if self.state is PageState.NOTHING_DUE:
            raise Conflict("nothing_due", "Nothing is due.")

    def check(self, cents: Cents) -> None:
        """Raises Invalid: `amount_not_allowed`: not between the least and the most."""
        if not self.least_cents <= cents <= self.rest_cents:
            message = "The amount is less than the link allows, or more than is left."
            raise Invalid(
                "amount_not_allowed", message, min_cents=self.least_cents, max_cents=self.rest_cents, amount_cents=cents
            )


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """A link to the pay page of a lease; `dues` in the order in which they are paid. Instants are ISO texts."""

    link_id: str
    lease_id: str
    virtual_iban: str
    dues: tuple[LinkedDue, ...]
    made_by: str
    made_at: str
    expires_at: str
    amount_cents: Cents | None = None
    """What it asks for, if not for all that is open of its dues."""
    min_cents: Cents | None = None
    """What a tenant may pay at least; less only where less is left."""
    by_plan: bool = False
    """Whether it asks for all that a lease on an instalment plan owes: then its money goes where the plan has it."""
    revoked_by: str | None = None
    revoked_at: str | None = None

    @property
    def due_ids(self) -> tuple[str, ...]:
        """What it asks for."""
        return tuple(due.due_id for due in self.dues)

    @property
    def targets(self) -> tuple[str, ...]:
        """What the tenant means to pay with it."""
        return () if self.by_plan else self.due_ids

    def is_live(self, now: datetime) -> bool:
        """Whether its page may be seen."""
        return self.revoked_at is None and now < datetime.fromisoformat(self.expires_at)

    def asked(self, household: Household, now: datetime, called: Mapping[str, Cents]) -> Asked:
        """What is left of it; `called` is what the ERP calls of its dues now: what was lowered was not paid."""
        open_now = {due.due_id: due for due in household.main_account.open_dues}
        lines = [open_now[due.due_id] for due in self.dues if due.due_id in open_now]
        left = {line.due_id: line.open_cents for line in lines}
        owed = {due.due_id: due.owed_cents(called.get(due.due_id)) for due in self.dues}
        paid = sum(max(0, cents - left.get(due_id, 0)) for due_id, cents in owed.items())
        rest = sum(left.values())
        if self.amount_cents is not None:
            paid = min(paid, self.amount_cents)
            rest = min(rest, self.amount_cents - paid)
        least = min(rest, self.min_cents or LEAST_CENTS)
        by_transfer = self._is_settled_by_transfer(household, rest, now)
        return Asked(_state(rest, paid), tuple(ordered(lines, now)), rest, least, by_transfer)

    def _is_settled_by_transfer(self, household: Household, cents: Cents, now: datetime) -> bool:
        """Whether so much that comes without naming anything goes to its dues, or as far as a plan has it."""
        if self.by_plan:
            return True
        spent = allocations_of(spread(household, Debtor.TENANT, cents, paris_day(now)))
        return cents == sum(one.amount_cents for one in spent if one.due_id in self.due_ids)

    def status(self, asked: Asked, now: datetime) -> LinkStatus:
        """How it stands, that much being asked, for the landlord's people."""
        if self.revoked_at is not None:
            return LinkStatus.REVOKED
        if asked.state is PageState.PAID:
            return LinkStatus.PAID
        return LinkStatus.OPEN if self.is_live(now) else LinkStatus.EXPIRED


def _state(rest: Cents, paid: Cents) -> PageState:
    if rest == 0:
        return PageState.PAID if paid else PageState.NOTHING_DUE
    return PageState.PARTLY_PAID if paid else PageState.DUE


def called_now(dues: Iterable[Due]) -> dict[str, Cents]:
    """What is called of each: nothing of one that the ERP took back, or spread over lines."""
    return {due.due_id: due.amount_cents for due in dues}


def ordered(dues: Sequence[OpenDue], now: datetime) -> list[OpenDue]:
    """Dues in the order in which a payment of today settles them, time-barred ones too."""
    return payment_order(dues, paris_day(now), interrupted={due.due_id for due in dues})


def linked_dues(
    account: Account, wanted: Sequence[str] | None, called: Mapping[str, Cents], now: datetime
) -> tuple[LinkedDue, ...]:
    """The dues that a new link asks for: all open ones but for time-barred ones, or those wanted, in the order given.

    Raises:
        Invalid: `due_not_open`: nothing is open of a wanted one.
    """
    open_now = {due.due_id: due for due in account.open_dues}
    all_due = [due.due_id for due in payable(account, paris_day(now))]
    due_ids = all_due if wanted is None else list(dict.fromkeys(wanted))
    if settled := [due_id for due_id in due_ids if due_id not in open_now]:
        raise Invalid("due_not_open", "Nothing is open of these dues.", due_ids=settled)
    return tuple(LinkedDue(due_id, open_now[due_id].open_cents, called.get(due_id)) for due_id in due_ids)


def asked_for_all(account: Account, now: datetime) -> Cents:
    """What a link for all that is due asks for: what may be paid today, and of what a plan covers, the instalments that
    are due.
    """
    today = paris_day(now)
    return account.beside_plan_cents(payable(account, today)) + account.instalments_cents(today)


def check_amounts(dues: Sequence[LinkedDue], amount_cents: Cents | None, min_cents: Cents | None) -> None:
    """Raises Invalid: `amount_above_due`, `min_above_amount`."""
    whole = sum(due.open_cents for due in dues)
    if amount_cents is not None and amount_cents > whole:
        raise Invalid("amount_above_due", "The amount is more than is open of the dues.", open_cents=whole)
    asked = whole if amount_cents is None else amount_cents
    if min_cents is not None and 0 < asked < min_cents:
        raise Invalid("min_above_amount", "The least amount is more than the link asks for.", amount_cents=asked)


def expiry(made: datetime, days: int | None) -> datetime:
    """When a link made at an instant ends."""
    return made + timedelta(days=USUAL_DAYS if days is None else days)


def token_digest(token: str) -> str:
    """What is kept of a link's token: hex SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
