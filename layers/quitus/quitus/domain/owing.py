"""Whether an amount is one that a household owes: what makes a payment of it likely to be meant for it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from quitus.domain.household import Household
from quitus.domain.money import Cents


def is_owed(household: Household, cents: Cents, on: date) -> bool:
    """Whether it is to the cent everything open, everything open of one lease, what is past its day, or one month."""
    dues = [(lease_id, due) for lease_id, account in household.accounts.items() for due in account.open_dues]
    sums = Counter[str]()
    for lease_id, due in dues:
        for name in ("all", f"lease {lease_id}", f"month {due.period}"):
            sums[name] += due.open_cents
    sums["past"] = sum(due.open_cents for _, due in dues if due.due_date <= on)
    return cents > 0 and cents in sums.values()


def owes(household: Household, cents: Cents) -> bool:
    """Whether at least this much is open."""
    return 0 < cents <= sum(due.open_cents for account in household.accounts.values() for due in account.open_dues)
