"""Credits: money in advance, held in lots by source, spent on the next dues at once (sector.md §3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from quitus.domain.allocation import Allocation, AllocationRule, Settlement, settle
from quitus.domain.charged import Charging, CreditUse, Offset
from quitus.domain.household import next_entry
from quitus.domain.lease import DUE_SOURCE, Account, CreditLot, Debtor
from quitus.domain.ledger import Chart, Entry, EntryKind, Line
from quitus.domain.money import Cents

MOST_USES = 40
"""Credits used in one step: each of a payment's is a row of its own, and one transaction holds a hundred."""


def use_credits(account: Account, on: date, chart: Chart, most: int = MOST_USES) -> Charging:
    """Spend the credits of each debtor on its open dues, oldest credit first, `most` of them at most. What the tenant's
    payments left in an account group is not spent here, but on the dues of all its leases (`shared_credits`).
    """
    made = Charging(account, None)
    for debtor in Debtor:
        made = _use(made, debtor, on, chart, most)
    return made


def _use(made: Charging, debtor: Debtor, on: date, chart: Chart, most: int) -> Charging:
    account = made.account.facing(debtor)
    offsets, uses = list(made.offsets), list(made.uses)
    unfinished = made.unfinished
    is_shared = debtor is Debtor.TENANT and account.group is not None
    for lot in account.credits:
        if is_shared and lot.payment_id is not None:
            continue
        settlement = settle(account.open_dues, lot.cents, on, plans=account.plans, rule=AllocationRule.CREDIT)
        if not settlement.paid:
            continue
        if len(offsets) + len(uses) >= most:
            unfinished = True
            break
        account = replace(account, open_dues=settlement.open_dues, credits=_spent(account.credits, lot, settlement))
        if lot.payment_id is None:
            source = lot.source.removeprefix(DUE_SOURCE)
            offsets += [Offset(source, due_id, cents, debtor) for due_id, cents, _ in settlement.paid]
        else:
            use = credit_use(account, lot.payment_id, settlement, debtor, on, chart)
            (entry,) = use.entries
            account = replace(account, sequence=entry.sequence, last_hash=entry.hash)
            uses.append(use)
    return Charging(account.facing(debtor), None, tuple(offsets), tuple(uses), unfinished)


def deposit(account: Account, source: str, cents: Cents) -> Account:
    """Add cents to the credit lot of a source."""
    held = sum(lot.cents for lot in account.credits if lot.source == source)
    others = tuple(lot for lot in account.credits if lot.source != source)
    return replace(account, credits=(*others, CreditLot(source, held + cents)))


def withdraw(account: Account, source: str, cents: Cents) -> tuple[Account, Cents]:
    """Take cents from a credit lot, and what is missing from what a refund holds of it; the second value is what there
    was not.
    """
    free, missing = _taken(account.credits, source, cents)
    held, missing = _taken(account.held, source, missing)
    return replace(account, credits=free, held=held), missing


def _taken(lots: tuple[CreditLot, ...], source: str, cents: Cents) -> tuple[tuple[CreditLot, ...], Cents]:
    there = sum(lot.cents for lot in lots if lot.source == source)
    left = there - min(there, cents)
    others = tuple(lot for lot in lots if lot.source != source)
    return (*others, CreditLot(source, left)) if left else others, cents - (there - left)


def _spent(lots: tuple[CreditLot, ...], lot: CreditLot, settlement: Settlement) -> tuple[CreditLot, ...]:
    rest = (CreditLot(lot.source, settlement.rest_cents),) if settlement.rest_cents else ()
    return tuple(kept for held in lots for kept in (rest if held is lot else (held,)))


def credit_use(
    account: Account, payment_id: str, settlement: Settlement, debtor: Debtor, on: date, chart: Chart
) -> CreditUse:
    """What a payment's credit settles on its own lease: D4195 C411."""
    cents = sum(paid for _, paid, _ in settlement.paid)
    entry = use_entry(account, payment_id, on, chart.used(debtor, account.lease_id, cents))
    allocations = tuple(Allocation(account.lease_id, due_id, paid, rule) for due_id, paid, rule in settlement.paid)
    return CreditUse(payment_id, allocations, (entry,))


def use_entry(account: Account, payment_id: str, on: date, lines: tuple[Line, ...]) -> Entry:
    """The entry of a credit use on a lease."""
    entry_id = f"{payment_id}-{account.lease_id}-c{account.sequence + 1}"
    return next_entry(account, entry_id, EntryKind.CREDIT_USE, on, lines)
