"""Charging: dues come, change and go; negative dues and credits are spent at once (sector.md §3, Negative dues)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quitus.domain.allocation import Allocation, AllocationRule, Settlement, settle, settle_own_period
from quitus.domain.lease import DUE_SOURCE, Account, CreditLot, Due, DueKind
from quitus.domain.ledger import Chart, Entry, EntryKind, Role, mirrored, seal
from quitus.domain.money import Cents

MOST_USES = 40
"""Credits used in one step: each of a payment's is a row of its own, and one transaction holds a hundred."""


@dataclass(frozen=True, slots=True)
class Offset:
    """Cents of a negative (or lowered) due spent on another due of the lease; negative when taken back."""

    source_due_id: str
    due_id: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class CreditUse:
    """A credit of a payment used by later dues: the payment's allocations grow by these, under rule `credit`."""

    payment_id: str
    allocations: tuple[Allocation, ...]
    entry: Entry


@dataclass(frozen=True, slots=True)
class DueChange:
    """A due as it was (None when new) and as it is to be."""

    before: Due | None
    after: Due

    @property
    def added_cents(self) -> Cents:
        """What the change adds to what is called (negative when it lowers it)."""
        return self.after.amount_cents - (self.before.amount_cents if self.before else 0)


@dataclass(frozen=True, slots=True)
class Charging:
    """The account after the changes, the charging entry (never pushed; None when nothing is owed differently) and
    what was spent.
    """

    account: Account
    entry: Entry | None
    offsets: tuple[Offset, ...] = ()
    uses: tuple[CreditUse, ...] = ()
    unfinished: bool = False
    """More credits than one step may use are left: `charge` again, without changes."""

    @property
    def is_journalled(self) -> bool:
        """Whether it takes a number in the lease's charging journal."""
        return self.entry is not None or bool(self.offsets)

    def numbered(self) -> Charging:
        """The same, its account counting it in the charging journal."""
        if not self.is_journalled:
            return self
        account = replace(self.account, charge_sequence=self.account.charge_sequence + 1)
        return replace(self, account=account)


@dataclass(frozen=True, slots=True)
class History:
    """What earlier chargings did, needed only when a due that exists changes: all dues of the lease, all offsets."""

    dues: Mapping[str, Due] = field(default_factory=dict)
    offsets: Sequence[Offset] = ()


def charge(
    account: Account, changes: Sequence[DueChange], on: date, chart: Chart, history: History | None = None
) -> Charging:
    """Apply changes of dues to an account: positive dues first, then negative ones, then credits; order never
    matters.
    """
    known = _changed(history or History(), changes)
    steps = [step for change in changes for step in _steps(change)]
    offsets: list[Offset] = []
    charged = account
    for before, after in sorted((step for step in steps if _is_positive(step)), key=_step_order):
        charged = _change_positive(charged, before, after)
    for before, after in sorted((step for step in steps if not _is_positive(step)), key=_step_order):
        charged, made = _change_negative(charged, before, after, on, known)
        offsets += made
    settled = use_credits(charged, on, chart)
    entry = _charging_entry(account, sum(change.added_cents for change in changes), on, chart)
    spent = (*offsets, *settled.offsets)
    return Charging(settled.account, entry, spent, settled.uses, settled.unfinished).numbered()


def _changed(history: History, changes: Iterable[DueChange]) -> History:
    return History({**history.dues, **{change.after.due_id: change.after for change in changes}}, history.offsets)


def use_credits(account: Account, on: date, chart: Chart) -> Charging:
    """Spend the credits of an account on its open dues, oldest credit first, MOST_USES of them at most."""
    offsets: list[Offset] = []
    uses: list[CreditUse] = []
    for lot in account.credits:
        settlement = settle(account.open_dues, lot.cents, on, rule=AllocationRule.CREDIT)
        if not settlement.paid:
            continue
        if len(offsets) + len(uses) >= MOST_USES:
            return Charging(account, None, tuple(offsets), tuple(uses), unfinished=True)
        account = replace(account, open_dues=settlement.open_dues, credits=_spent(account.credits, lot, settlement))
        if lot.payment_id is None:
            source = lot.source.removeprefix(DUE_SOURCE)
            offsets += [Offset(source, due_id, cents) for due_id, cents, _ in settlement.paid]
        else:
            use = _credit_use(account, lot.payment_id, settlement, on, chart)
            account = replace(account, sequence=use.entry.sequence, last_hash=use.entry.hash)
            uses.append(use)
    return Charging(account, None, tuple(offsets), tuple(uses))


def reopen(
    account: Account, taken_back: Iterable[tuple[str, Cents]], history: History
) -> tuple[Account, tuple[Offset, ...]]:
    """Put cents back as owed on the dues that they had settled (due id, cents).

    A due lowered since gives back the credit that it left, or what that credit was spent on: no due ever owes more than
    it calls. The second value is what was taken back from other dues.
    """
    made: list[Offset] = []
    for due_id, cents in taken_back:
        account = _owe_again(account, due_id, cents, history, made)
    return account, tuple(made)


def _owe_again(account: Account, due_id: str, cents: Cents, history: History, made: list[Offset]) -> Account:
    account, missing = _withdraw(account, f"{DUE_SOURCE}{due_id}", cents)
    due = history.dues[due_id]
    held = sum(item.open_cents for item in account.open_dues if item.due_id == due_id)
    back = min(missing, max(due.amount_cents - held, 0))
    account = _with_open(account, due, held + back)
    left = missing - back
    while left and (spendings := _spent_on(due_id, (*history.offsets, *made))):
        target, spent = spendings[0]
        part = min(spent, left)
        made.append(Offset(due_id, target, -part))
        account = _owe_again(account, target, part, history, made)
        left -= part
    return _with_open(account, due, held + back + left) if left else account


def _with_open(account: Account, due: Due, cents: Cents) -> Account:
    others = tuple(item for item in account.open_dues if item.due_id != due.due_id)
    return replace(account, open_dues=(*others, due.open(cents)) if cents else others)


def _spent_on(due_id: str, offsets: Iterable[Offset]) -> list[tuple[str, Cents]]:
    """What is left of the spending of a due, latest first."""
    spent: dict[str, Cents] = {}
    for offset in offsets:
        if offset.source_due_id == due_id:
            spent[offset.due_id] = spent.get(offset.due_id, 0) + offset.cents
    return [(target, cents) for target, cents in reversed(spent.items()) if cents > 0]


def _steps(change: DueChange) -> list[tuple[Due | None, Due]]:
    """A change of sign, or of what a negative due is, is a cancellation followed by a new due."""
    before, after = change.before, change.after
    if before is None or not _is_another(before, after):
        return [(before, after)]
    return [(before, replace(before, amount_cents=0)), (replace(after, amount_cents=0), after)]


def _is_another(before: Due, after: Due) -> bool:
    if before.amount_cents * after.amount_cents < 0:
        return True
    return before.kind is not after.kind and min(before.amount_cents, after.amount_cents) < 0


def _is_positive(step: tuple[Due | None, Due]) -> bool:
    before, after = step
    return after.amount_cents > 0 or (after.amount_cents == 0 and (before is None or before.amount_cents >= 0))


def _step_order(step: tuple[Due | None, Due]) -> tuple[bool, date, str]:
    """Aids before other negatives, so that they meet the dues of their own period first."""
    return (not step[1].kind.is_aid, step[1].due_date, step[1].due_id)


def _change_positive(account: Account, before: Due | None, after: Due) -> Account:
    held = next((due for due in account.open_dues if due.due_id == after.due_id), None)
    settled = (before.amount_cents if before else 0) - (held.open_cents if held else 0)
    owed = after.amount_cents - settled
    if owed > 0:
        account, owed = _withdraw(account, f"{DUE_SOURCE}{after.due_id}", owed)
    others = tuple(due for due in account.open_dues if due.due_id != after.due_id)
    still_open = (*others, after.open(owed)) if owed > 0 else others
    account = replace(account, open_dues=still_open)
    return _deposit(account, f"{DUE_SOURCE}{after.due_id}", -owed) if owed < 0 else account


def _change_negative(
    account: Account, before: Due | None, after: Due, on: date, history: History
) -> tuple[Account, list[Offset]]:
    added = (before.amount_cents if before else 0) - after.amount_cents
    if after.kind is DueKind.AID_APL:
        account = replace(account, aid_open_cents=account.aid_open_cents + added)
    if added >= 0:
        return _spend_negative(account, after, added, on)
    reopened, made = reopen(account, [(after.due_id, -added)], history)
    return reopened, list(made)


def _spend_negative(account: Account, due: Due, cents: Cents, on: date) -> tuple[Account, list[Offset]]:
    if due.kind.is_aid:
        settlement = settle_own_period(account.open_dues, cents, due.period)
    else:
        settlement = settle(account.open_dues, cents, on, rule=AllocationRule.CREDIT)
    account = replace(account, open_dues=settlement.open_dues)
    if settlement.rest_cents:
        account = _deposit(account, f"{DUE_SOURCE}{due.due_id}", settlement.rest_cents)
    return account, [Offset(due.due_id, due_id, paid) for due_id, paid, _ in settlement.paid]


def _deposit(account: Account, source: str, cents: Cents) -> Account:
    held = sum(lot.cents for lot in account.credits if lot.source == source)
    others = tuple(lot for lot in account.credits if lot.source != source)
    return replace(account, credits=(*others, CreditLot(source, held + cents)))


def _withdraw(account: Account, source: str, cents: Cents) -> tuple[Account, Cents]:
    """Take cents from a credit lot; the second value is what it did not hold."""
    held = sum(lot.cents for lot in account.credits if lot.source == source)
    left = held - min(held, cents)
    others = tuple(lot for lot in account.credits if lot.source != source)
    lots = (*others, CreditLot(source, left)) if left else others
    return replace(account, credits=lots), cents - (held - left)


def _spent(lots: tuple[CreditLot, ...], lot: CreditLot, settlement: Settlement) -> tuple[CreditLot, ...]:
    rest = (CreditLot(lot.source, settlement.rest_cents),) if settlement.rest_cents else ()
    return tuple(kept for held in lots for kept in (rest if held is lot else (held,)))


def _credit_use(account: Account, payment_id: str, settlement: Settlement, on: date, chart: Chart) -> CreditUse:
    cents = sum(paid for _, paid, _ in settlement.paid)
    sequence = account.sequence + 1
    entry = seal(
        Entry(
            entry_id=f"{payment_id}-{account.lease_id}-c{sequence}",
            lease_id=account.lease_id,
            sequence=sequence,
            kind=EntryKind.CREDIT_USE,
            booking_date=on,
            lines=(
                chart.debit(Role.CREDITS, cents, account.lease_id),
                chart.credit(Role.TENANTS, cents, account.lease_id),
            ),
            previous_hash=account.last_hash,
        )
    )
    allocations = tuple(Allocation(account.lease_id, due_id, paid, rule) for due_id, paid, rule in settlement.paid)
    return CreditUse(payment_id, allocations, entry)


def _charging_entry(account: Account, added: Cents, on: date, chart: Chart) -> Entry | None:
    if added == 0:
        return None
    sequence = account.charge_sequence + 1
    lines = (chart.debit(Role.TENANTS, abs(added), account.lease_id), chart.credit(Role.CHARGING, abs(added)))
    return seal(
        Entry(
            entry_id=f"{account.lease_id}-q{sequence}",
            lease_id=account.lease_id,
            sequence=sequence,
            kind=EntryKind.CHARGE,
            booking_date=on,
            lines=lines if added > 0 else mirrored(lines),
            previous_hash=None,
        )
    )
