"""Dues are owed again: a payment was taken off its lease, or a negative due was taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from quitus.domain.charged import History, Offset
from quitus.domain.credits import withdraw
from quitus.domain.lease import DUE_SOURCE, Account, Debtor, Due
from quitus.domain.money import Cents


def reopen(
    account: Account, taken_back: Iterable[tuple[str, Cents]], history: History, debtor: Debtor = Debtor.TENANT
) -> tuple[Account, tuple[Offset, ...]]:
    """Put cents back as owed by a debtor on the dues that they had settled (due id, cents).

    A due lowered since gives back the credit that it left, or what that credit was spent on: no due ever owes more than
    it calls. The second value is what was taken back from other dues.
    """
    made: list[Offset] = []
    facing, seen = account.facing(debtor), history.facing(debtor)
    for due_id, cents in taken_back:
        facing = _owe_again(facing, due_id, cents, seen, made)
    return facing.facing(debtor), tuple(replace(offset, debtor=debtor) for offset in made)


def take_back(account: Account, due: Due, cents: Cents, history: History) -> tuple[Account, tuple[Offset, ...]]:
    """Take back cents of a negative due from its credit, then from the dues that it was spent on, which owe them again.

    Whatever the due is from now on (it may be called anew with the other sign), nothing of this is owed on itself.
    """
    made: list[Offset] = []
    account, missing = withdraw(account, f"{DUE_SOURCE}{due.due_id}", cents)
    account, left = _unspent(account, due.due_id, missing, history, made)
    return _with_more_open(account, due, left), tuple(made)


def _owe_again(account: Account, due_id: str, cents: Cents, history: History, made: list[Offset]) -> Account:
    account, missing = withdraw(account, f"{DUE_SOURCE}{due_id}", cents)
    account, left = _unspent(account, due_id, missing, history, made)
    return _with_more_open(account, history.dues[due_id], left)


def _unspent(
    account: Account, due_id: str, cents: Cents, history: History, made: list[Offset]
) -> tuple[Account, Cents]:
    """Undo what the credit of a due was spent on, latest first; the second value is what it was not spent on."""
    left = cents
    while left and (spendings := _spent_on(due_id, (*history.offsets, *made))):
        target, spent = spendings[0]
        part = min(spent, left)
        made.append(Offset(due_id, target, -part))
        account = _owe_again(account, target, part, history, made)
        left -= part
    return account, left


def _with_more_open(account: Account, due: Due, cents: Cents) -> Account:
    if not cents:
        return account
    held = sum(item.open_cents for item in account.open_dues if item.due_id == due.due_id)
    others = tuple(item for item in account.open_dues if item.due_id != due.due_id)
    return replace(account, open_dues=(*others, due.open(held + cents)))


def _spent_on(due_id: str, offsets: Iterable[Offset]) -> list[tuple[str, Cents]]:
    """What is left of the spending of a due, latest first."""
    spent: dict[str, Cents] = {}
    for offset in offsets:
        if offset.source_due_id == due_id:
            spent[offset.due_id] = spent.get(offset.due_id, 0) + offset.cents
    return [(target, cents) for target, cents in reversed(spent.items()) if cents > 0]
