"""Charging: dues come, change and go; negative dues and credits are spent at once (sector.md §3, Negative dues).

An awaited aid does two things: it lowers what the tenant owes, like every negative due, and it opens its amount on the
account of its payer, like a due of that account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from quitus.domain.allocation import AllocationRule, settle, settle_own_period
from quitus.domain.charged import Charging, DueChange, History, Offset
from quitus.domain.credits import MOST_USES, deposit, use_credits, withdraw
from quitus.domain.lease import DUE_SOURCE, Account, Debtor, Due
from quitus.domain.ledger import Chart, Entry, EntryKind, seal
from quitus.domain.money import Cents
from quitus.domain.releasing import Releases
from quitus.domain.reopening import take_back

type Step = tuple[Due | None, Due]


def charge(
    account: Account,
    changes: Sequence[DueChange],
    on: date,
    chart: Chart,
    history: History | None = None,
    most: int = MOST_USES,
) -> Charging:
    """Apply changes of dues to an account: positive dues first, then negative ones, then credits, `most` of them at
    most; order never matters.
    """
    seen = _changed(history or History(), changes)
    known, awaited = seen.facing(Debtor.TENANT), seen.facing(Debtor.PAYER)
    releases, aid_releases = Releases(known.paid, Debtor.TENANT), Releases(awaited.paid, Debtor.PAYER)
    steps = [step for change in sorted(changes, key=_change_order) for step in _steps(change)]
    offsets: list[Offset] = []
    charged = account
    for before, after in filter(_is_positive, steps):
        charged = _change_positive(charged, before, after, releases)
    for before, after in (step for step in steps if not _is_positive(step)):
        so_far = replace(known, offsets=(*known.offsets, *offsets))
        charged, made = _change_negative(charged, before, after, on, so_far)
        offsets += made
    charged = _change_aids(charged, steps, aid_releases)
    charged, freed = releases.book(charged, on, chart)
    charged, aid_freed = aid_releases.book(charged, on, chart)
    settled = use_credits(charged, on, chart, max(most - len(freed) - len(aid_freed), 0))
    return Charging(
        settled.account,
        _charging_entry(account, changes, on, chart),
        (*offsets, *settled.offsets),
        (*freed, *aid_freed, *settled.uses),
        settled.unfinished,
        is_cut=releases.is_cut or aid_releases.is_cut,
    ).numbered()


def frees(account: Account, change: DueChange) -> bool:
    """Whether a change lowers a due below what had settled it."""
    before, after = change.before, change.after
    return before is not None and any(
        _settled(account.facing(debtor), before.facing(debtor)) > max(after.facing(debtor).amount_cents, 0)
        for debtor in Debtor
    )


def _settled(account: Account, due: Due) -> Cents:
    return due.amount_cents - sum(held.open_cents for held in account.open_dues if held.due_id == due.due_id)


def _changed(history: History, changes: Iterable[DueChange]) -> History:
    return replace(history, dues={**history.dues, **{change.after.due_id: change.after for change in changes}})


def _steps(change: DueChange) -> list[Step]:
    """A change of sign, or of what a negative due is, is a cancellation followed by a new due."""
    before, after = change.before, change.after
    if before is None or not _is_another(before, after):
        return [(before, after)]
    return [(before, replace(before, amount_cents=0)), (replace(after, amount_cents=0), after)]


def _is_another(before: Due, after: Due) -> bool:
    if before.amount_cents * after.amount_cents < 0:
        return True
    return before.kind is not after.kind and min(before.amount_cents, after.amount_cents) < 0


def _is_positive(step: Step) -> bool:
    before, after = step
    return after.amount_cents > 0 or (after.amount_cents == 0 and (before is None or before.amount_cents >= 0))


def _change_order(change: DueChange) -> tuple[bool, date, str]:
    """Aids before other negatives, so that they meet the dues of their own period first."""
    return (not change.after.kind.is_aid, change.after.due_date, change.after.due_id)


def _change_positive(account: Account, before: Due | None, after: Due, releases: Releases) -> Account:
    owed = after.amount_cents - (_settled(account, before) if before else 0)
    if owed > 0:
        account, owed = withdraw(account, f"{DUE_SOURCE}{after.due_id}", owed)
    others = tuple(due for due in account.open_dues if due.due_id != after.due_id)
    still_open = (*others, after.open(owed)) if owed > 0 else others
    account = replace(account, open_dues=still_open)
    return releases.free(account, after.due_id, -owed) if owed < 0 else account


def _change_aids(account: Account, steps: Iterable[Step], releases: Releases) -> Account:
    """What the payer of aids owes."""
    facing = account.facing(Debtor.PAYER)
    for before, after in steps:
        if any(due is not None and due.kind.is_awaited for due in (before, after)):
            seen = None if before is None else before.facing(Debtor.PAYER)
            facing = _change_positive(facing, seen, after.facing(Debtor.PAYER), releases)
    return facing.facing(Debtor.PAYER)


def _change_negative(
    account: Account, before: Due | None, after: Due, on: date, history: History
) -> tuple[Account, list[Offset]]:
    added = (before.amount_cents if before else 0) - after.amount_cents
    if added >= 0:
        return _spend_negative(account, after, added, on)
    taken, made = take_back(account, after, -added, history)
    return taken, list(made)


def _spend_negative(account: Account, due: Due, cents: Cents, on: date) -> tuple[Account, list[Offset]]:
    if due.kind.is_aid:
        settlement = settle_own_period(account.open_dues, cents, due.period)
    else:
        settlement = settle(account.open_dues, cents, on, plans=account.plans, rule=AllocationRule.CREDIT)
    account = replace(account, open_dues=settlement.open_dues)
    if settlement.rest_cents:
        account = deposit(account, f"{DUE_SOURCE}{due.due_id}", settlement.rest_cents)
    return account, [Offset(due.due_id, due_id, paid) for due_id, paid, _ in settlement.paid]


def _charging_entry(account: Account, changes: Sequence[DueChange], on: date, chart: Chart) -> Entry | None:
    tenant, payer = (sum(change.added_cents(debtor) for change in changes) for debtor in Debtor)
    if tenant == payer == 0:
        return None
    sequence = account.charge_sequence + 1
    return seal(
        Entry(
            entry_id=f"{account.lease_id}-q{sequence}",
            lease_id=account.lease_id,
            sequence=sequence,
            kind=EntryKind.CHARGE,
            booking_date=on,
            lines=chart.charged(account.lease_id, tenant, payer),
            previous_hash=None,
        )
    )
