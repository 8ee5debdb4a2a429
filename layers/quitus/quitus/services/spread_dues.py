"""A late adjustment that the tenant asks to pay in parts: dated lines in place of one due (law 89-462 art. 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.errors import Conflict, Invalid, NotFound
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Due, DueKind, DueStanding
from quitus.domain.refund import DUE_PREFIX
from quitus.domain.spreading import lines_of, monthly, spread_over
from quitus.services.charge_leases import charge_write, with_paid
from quitus.services.contention import until_written
from quitus.services.idempotent_requests import Attempt
from quitus.services.leases import DueStore
from quitus.services.ports import ActionLog, Clock, Landlords, Ledger
from quitus.services.spend_credits import CreditSpender
from quitus.services.table import Stale


@dataclass(frozen=True, slots=True)
class SpreadOrder:
    """Which due is spread over how many lines, a month apart from the first day."""

    lease_id: str
    due_id: str
    lines: int
    first_day: date


@dataclass(frozen=True, slots=True)
class SpreadDue:
    """A due that was spread, and how its lines stand."""

    due: Due
    lines: tuple[DueStanding, ...]


@dataclass(frozen=True, slots=True)
class SpreadDesk:
    """Spreads dues."""

    ledger: Ledger
    dues: DueStore
    landlords: Landlords
    log: ActionLog
    clock: Clock
    spender: CreditSpender

    def spread(self, landlord_id: str, order: SpreadOrder, by: str, attempt: Attempt) -> SpreadDue:
        """Spread a due, or spread it otherwise; the same order again changes nothing.

        Raises:
            NotFound: no such lease, or no such due of it.
            Invalid: a first day in the past.
            Conflict: the due is no adjustment to pay, or of fewer cents than lines; a plan covers it; a line's id is
                taken.
            Contention: others kept writing to the lease.
        """
        landlord = self.landlords.get(landlord_id)
        self._check(landlord_id, order)
        body = {"lease_id": order.lease_id, "due_id": order.due_id, "lines": order.lines, "by": by}
        logged = body | {"first_day": order.first_day.isoformat()}
        self.log.record(landlord_id, "due-spreads", attempt.name, logged, attempt.at)
        until_written(lambda: self._spread(landlord, order), self.clock)
        self.spender.spend(landlord, [order.lease_id])
        due = self.ledger.dues(landlord_id, order.lease_id)[order.due_id]
        account = self._account(landlord_id, order.lease_id)
        return SpreadDue(due, tuple(account.standing(line) for line in lines_of(due)))

    def _check(self, landlord_id: str, order: SpreadOrder) -> None:
        self._account(landlord_id, order.lease_id)
        if order.due_id not in self.ledger.dues(landlord_id, order.lease_id):
            raise NotFound("due_not_found", "The lease has no due with this id.", due_id=order.due_id)
        if order.first_day < paris_day(self.clock.now()):
            raise Invalid("first_line_past", "No line is due before today: asking does not make the tenant late.")

    def _spread(self, landlord: Landlord, order: SpreadOrder) -> None:
        landlord_id, lease_id = landlord.landlord_id, order.lease_id
        account = self._account(landlord_id, lease_id)
        history = self.dues.history(landlord_id, lease_id)
        held = history.dues[order.due_id]
        days = monthly(order.first_day, order.lines)
        if held.spread is not None and held.spread.days == days and held.called.amount_cents:
            return
        _check_due(account, held, order.lines)
        bundle = spread_over(held.called, held, days, history.dues)
        taken = self.dues.owners(landlord_id, [due.due_id for due in bundle if due.due_id not in history.dues])
        strangers = [due.due_id for due in bundle if _is_stranger(history.dues.get(due.due_id), held)]
        if taken or strangers:
            raise Conflict("due_id_taken", "The id of a line is that of another due.", due_ids=[*taken, *strangers])
        on, at = paris_day(self.clock.now()), instant_text(self.clock.now())
        history = with_paid(self.dues, landlord_id, account, history, bundle)
        write = charge_write(account, bundle, history.dues, history, on, landlord.chart)
        if self.dues.write_charges(landlord_id, [write], at):
            raise Stale

    def _account(self, landlord_id: str, lease_id: str) -> Account:
        held = self.ledger.accounts(landlord_id, [lease_id])
        if lease_id not in held:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return held[lease_id]


def _check_due(account: Account, held: Due, lines: int) -> None:
    stays = held.kind is not DueKind.ADJUSTMENT or held.line_of is not None or held.due_id.startswith(DUE_PREFIX)
    if stays or held.called.amount_cents < lines:
        raise Conflict("due_not_spreadable", "Only an adjustment that the tenant is to pay can be spread.")
    own = {held.due_id, *(line.due_id for line in lines_of(held))}
    if account.plan is not None and not own.isdisjoint(account.plan.open_parts(account.open_dues)):
        raise Conflict("due_in_plan", "A plan covers the due, or a line of it.", due_id=held.due_id)


def _is_stranger(known: Due | None, held: Due) -> bool:
    """Whether a due of the lease has the id of a line and is none."""
    return known is not None and held.due_id not in (known.due_id, known.line_of)
