"""Dues called from leases, many at a time: what a file says of a lease is one charging, so row order never matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.charged import DueChange, History
from quitus.domain.charging import charge, frees
from quitus.domain.credits import MOST_USES
from quitus.domain.errors import Contention
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Due, DueStanding
from quitus.domain.ledger import Chart
from quitus.domain.refund import DUE_PREFIX
from quitus.domain.spreading import days_asked_for, lines_of, spread_over
from quitus.services.leases import ChargeWrite, DueStore, Fate, HeldDue, Origin, fate_of_known, superseded
from quitus.services.ports import Clock, Ledger
from quitus.services.refusals import Refusal
from quitus.services.spend_credits import CreditSpender, may_spend
from quitus.services.table import MAX_WRITES

_PATIENCE = 12


@dataclass(frozen=True, slots=True)
class DueOutcome:
    """What became of a wanted due, and how it stands."""

    fate: Fate
    standing: DueStanding
    created: bool = False
    reason: Refusal | None = None

    @property
    def due(self) -> Due:
        """The due as it is now."""
        return self.standing.due


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read about the wanted dues and their leases."""

    accounts: Mapping[str, Account]
    dues: Mapping[str, HeldDue]
    owners: Mapping[str, str]


@dataclass(slots=True)
class _Round:
    """What one reading leads to: outcomes that need no charging, and the dues to charge, by lease."""

    known: _Known
    outcomes: dict[str, DueOutcome] = field(default_factory=dict)
    wanted: dict[str, list[tuple[Due, ...]]] = field(default_factory=dict)
    """Each due with its lines."""
    confirmed: list[Due] = field(default_factory=list)
    unspent: set[str] = field(default_factory=set)
    """Leases on which credits may be left beside open dues, their own or those of their account group."""


@dataclass(frozen=True, slots=True)
class Charger:
    """Charges leases."""

    ledger: Ledger
    dues: DueStore
    clock: Clock

    def put(self, landlord: Landlord, wanted: Sequence[Due], origin: Origin | None = None) -> Mapping[str, DueOutcome]:
        """Bring dues (no two with the same id) to what is wanted; every one has its outcome when this returns.

        Raises:
            Contention: others kept writing to one of the leases.
        """
        pending = {due.due_id: due for due in wanted}
        outcomes: dict[str, DueOutcome] = {}
        unspent: set[str] = set()
        attempt = 0
        while pending:
            decided = self._decide(landlord.landlord_id, list(pending.values()), origin)
            late = self._charge_all(landlord, decided, origin)
            if decided.confirmed and origin is not None:
                self.dues.confirm_dues(landlord.landlord_id, decided.confirmed, origin.sequence)
            outcomes |= decided.outcomes
            unspent |= decided.unspent
            pending = {due_id: due for due_id, due in pending.items() if due_id not in outcomes}
            attempt = self._wait(landlord.landlord_id, attempt) if late else attempt
        return self._spend(landlord, unspent, outcomes)

    def _spend(
        self, landlord: Landlord, lease_ids: set[str], outcomes: Mapping[str, DueOutcome]
    ) -> Mapping[str, DueOutcome]:
        """Spend the credits that are left; the outcomes after that."""
        accounts = CreditSpender(self.ledger, self.dues, self.clock).spend(landlord, lease_ids)
        return {
            due_id: replace(outcome, standing=accounts[outcome.due.lease_id].standing(outcome.due))
            if outcome.due.lease_id in accounts
            else outcome
            for due_id, outcome in outcomes.items()
        }

    def _wait(self, landlord_id: str, attempt: int) -> int:
        if attempt == _PATIENCE:
            raise Contention("lease_busy", "Others kept writing to the same leases.", landlord_id=landlord_id)
        self.clock.pause(attempt)
        return attempt + 1

    def _decide(self, landlord_id: str, wanted: Sequence[Due], origin: Origin | None) -> _Round:
        known = _Known(
            self.ledger.accounts(landlord_id, {due.lease_id for due in wanted}),
            self._held(landlord_id, wanted),
            self.dues.owners(landlord_id, [due.due_id for due in wanted]),
        )
        unspent = {lease_id for lease_id, held in known.accounts.items() if held.group or may_spend(held)}
        decided = _Round(known, unspent=unspent)
        for due in wanted:
            refused = _refusal(known, due)
            if refused is not None:
                decided.outcomes[due.due_id] = DueOutcome(Fate.REFUSED, DueStanding(due), reason=refused)
            else:
                _place(decided, due, origin)
        return decided

    def _held(self, landlord_id: str, wanted: Sequence[Due]) -> Mapping[str, HeldDue]:
        """Those of the dues that exist, with their lines."""
        held = self.dues.held_dues(landlord_id, wanted)
        lines = [line for one in held.values() for line in lines_of(one.due)]
        return held | self.dues.held_dues(landlord_id, lines) if lines else held

    def _charge_all(self, landlord: Landlord, decided: _Round, origin: Origin | None) -> set[str]:
        """Charge every lease that has something to charge; the leases that others wrote to meanwhile."""
        charges = list(self._charges(landlord, decided, origin))
        at = instant_text(self.clock.now())
        late = self.dues.write_charges(landlord.landlord_id, charges, at) if charges else set()
        for item in charges:
            if item.account.lease_id not in late:
                decided.outcomes |= _charged(item)
            if item.charging.unfinished:
                decided.unspent.add(item.account.lease_id)
        return late

    def _charges(self, landlord: Landlord, decided: _Round, origin: Origin | None) -> Iterator[ChargeWrite]:
        for lease_id, wanted in decided.wanted.items():
            account = decided.known.accounts[lease_id]
            dues = [due for some in wanted for due in some]
            is_known = any(due.due_id in decided.known.dues for due in dues)
            history = self._history(landlord.landlord_id, account, dues) if is_known else History()
            yield self._largest(landlord, account, wanted, decided.known.dues, history, origin)

    def _history(self, landlord_id: str, account: Account, wanted: Sequence[Due]) -> History:
        history = self.dues.history(landlord_id, account.lease_id)
        return with_paid(self.dues, landlord_id, account, history, wanted)

    def _largest(
        self,
        landlord: Landlord,
        account: Account,
        wanted: Sequence[tuple[Due, ...]],
        held: Mapping[str, HeldDue],
        history: History,
        origin: Origin | None,
    ) -> ChargeWrite:
        """A charging of as many of the dues as one transaction holds, with all that payments get back, what is owed
        first; the others come next round, and credits are spent after all of them.
        """
        chosen = sorted(wanted, key=_charging_order)
        before = {due_id: one.due for due_id, one in held.items()}
        on = paris_day(self.clock.now())
        while True:
            dues = [due for some in chosen for due in some]
            is_whole = len(chosen) == len(wanted)
            write = charge_write(account, dues, before, history, on, landlord.chart, origin, is_whole=is_whole)
            fits = write.rows <= MAX_WRITES and not write.charging.is_cut
            if fits or len(chosen) == 1:
                return write
            chosen = chosen[: len(chosen) // 2]


def _charging_order(dues: Sequence[Due]) -> tuple[bool, bool, str, date, str]:
    """What is owed, then aids, then other negative dues (sector.md §3): a due with its lines, as it is called."""
    called = dues[0].called
    return called.amount_cents < 0, not called.kind.is_aid, called.period, called.due_date, called.due_id


def with_paid(store: DueStore, landlord_id: str, account: Account, history: History, wanted: Iterable[Due]) -> History:
    """The history of a lease with what payments settled of the dues that are to give money back; read after the
    account, which whatever changes a payment on the lease changes too.
    """
    freed = {due.due_id for due in wanted if frees(account, DueChange(history.dues.get(due.due_id), due))}
    return replace(history, paid=store.paid(landlord_id, account.lease_id, freed)) if freed else history


def charge_write(
    account: Account,
    dues: Sequence[Due],
    before: Mapping[str, Due],
    history: History,
    on: date,
    chart: Chart,
    origin: Origin | None = None,
    *,
    is_whole: bool = True,
) -> ChargeWrite:
    """The charging that brings dues from what they were before to what they are to be; credits wait if it is not the
    whole of what was said of the lease.
    """
    changes = [DueChange(before.get(due.due_id), due) for due in dues]
    known = replace(history, dues={**history.dues, **{due.due_id: due for due in dues}})
    charging = charge(account, changes, on, chart, known, most=MOST_USES if is_whole else 0)
    books = replace(charging.account, version=account.version + 1)
    new = frozenset(due.due_id for due in dues if due.due_id not in before)
    return ChargeWrite(charging, books, tuple(dues), new, origin)


def _refusal(known: _Known, due: Due) -> Refusal | None:
    if due.lease_id not in known.accounts:
        return Refusal.UNKNOWN_LEASE
    if due.due_id.startswith(DUE_PREFIX):
        return Refusal.DUE_OF_REFUND
    if known.owners.get(due.due_id, due.lease_id) != due.lease_id:
        return Refusal.DUE_OF_OTHER_LEASE
    held = known.dues.get(due.due_id)
    return Refusal.DUE_IS_A_LINE if held is not None and held.due.line_of else None


def _place(decided: _Round, called: Due, origin: Origin | None) -> None:
    held = decided.known.dues.get(called.due_id)
    if held is None:
        decided.wanted.setdefault(called.lease_id, []).append((called,))
        return
    due = called.succeeding(held.due)
    is_old = superseded(held.origin, origin)
    if held.due.called != due and not is_old:
        days = days_asked_for(due, held.due)
        known = {due_id: one.due for due_id, one in decided.known.dues.items()} if days else {}
        decided.wanted.setdefault(due.lease_id, []).append(spread_over(due, held.due, days, known))
        return
    if not is_old:
        decided.confirmed.append(due)
    fate = fate_of_known(held.origin, origin) if is_old else Fate.UNCHANGED
    standing = decided.known.accounts[due.lease_id].standing(held.due)
    decided.outcomes[due.due_id] = DueOutcome(fate, standing)


def _charged(item: ChargeWrite) -> dict[str, DueOutcome]:
    return {
        due.due_id: DueOutcome(
            Fate.ACCEPTED,
            item.account.standing(due),
            created=due.due_id in item.new,
        )
        for due in item.dues
    }
