"""Recoveries: a payer of aids keeps, out of a transfer, what it had paid for a tenant. The tenant owes it. Pure.

sector.md §7, case 4: the line debits that tenant, D411 C471; the transfer brought less by as much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from quitus.domain.charged import Charging
from quitus.domain.credits import use_credits
from quitus.domain.household import next_entry
from quitus.domain.incoming import Incoming
from quitus.domain.lease import Account, Due, DueKind
from quitus.domain.ledger import Chart, Entry, EntryKind, Role
from quitus.domain.matching import Match
from quitus.domain.payment import Decision, DecisionKind, Payment


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the tenant owes now, the entry that says so, and the account after it; its credits pay at once."""

    due: Due
    entry: Entry
    made: Charging


def recovery_due(incoming: Incoming, lease_id: str) -> Due:
    """What a tenant owes because of a recovery: due on the transfer's day, named after the list and its line."""
    movement = incoming.movement
    return Due(
        due_id=f"recovery-{incoming.source.file_id}-{movement.position}",
        lease_id=lease_id,
        kind=DueKind.ADJUSTMENT,
        period=f"{movement.booking_date:%Y-%m}",
        due_date=movement.booking_date,
        amount_cents=-movement.amount_cents,
        label=f"Récupération {movement.debtor_name or ''}".strip(),
    )


def recover(account: Account, due: Due, entry_id: str, kind: EntryKind, on: date, chart: Chart) -> Recovered:
    """Debit a tenant: D411 C471."""
    cents = due.amount_cents
    lines = (chart.debit(Role.TENANTS, cents, account.lease_id), chart.credit(Role.SUSPENSE, cents))
    entry = next_entry(account, entry_id, kind, on, lines)
    owing = replace(
        account,
        open_dues=(*account.open_dues, due.open(cents)),
        sequence=entry.sequence,
        last_hash=entry.hash,
        version=account.version + 1,
    )
    return Recovered(due, entry, use_credits(owing, on, chart).numbered())


def assign_recovery(
    payment: Payment, account: Account, match: Match, chart: Chart, on: date, by: str, at: str
) -> tuple[Decision, Recovered]:
    """The decision of a person whose tenant a recovery apart is of."""
    number = payment.decisions + 1
    due = recovery_due(payment.posted.incoming, account.lease_id)
    made = recover(account, due, f"{payment.payment_id}-d{number}", EntryKind.ASSIGNMENT, on, chart)
    placed = replace(match, lease_id=account.lease_id)
    return Decision(number, DecisionKind.ASSIGN, placed, (), 0, (made.entry,), by, at), made
