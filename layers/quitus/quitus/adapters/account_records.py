"""Rows of accounts ↔ accounts: dues and lots as compact lists, one write unit for an ordinary lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from quitus.domain.lease import Account, CreditLot, DueKind, LeaseStatus, OpenDue, Recent
from quitus.domain.plan import Instalment, InstalmentPlan
from quitus.services.table import Row


def account_row(account: Account) -> Row:
    """The account, its dues and lots as compact lists: one write unit for an ordinary lease."""
    row: Row = {
        "status": account.status.value,
        "version": account.version,
        "sequence": account.sequence,
        "charge_sequence": account.charge_sequence,
        "dues": _open_due_rows(account.open_dues),
        "credits": _lot_rows(account.credits),
        "recent": [[held.day.isoformat(), held.cents, held.told] for held in account.recent],
    }
    if account.last_hash:
        row["hash"] = account.last_hash
    if account.aid_dues:
        row["aids"] = _open_due_rows(account.aid_dues)
    if account.aid_credits:
        row["aid_credits"] = _lot_rows(account.aid_credits)
    if account.held:
        row["held"] = _lot_rows(account.held)
    if account.plan:
        row["plan"] = plan_row(account.plan)
    if account.group:
        row["group"] = account.group
    return row


def _open_due_rows(dues: Sequence[OpenDue]) -> list[list[Any]]:
    return [
        [due.due_id, due.kind.value, due.period, due.due_date.isoformat(), due.open_cents]
        + ([due.interrupted.isoformat()] if due.interrupted else [])
        for due in dues
    ]


def _lot_rows(lots: Sequence[CreditLot]) -> list[list[Any]]:
    return [[lot.source, lot.cents] for lot in lots]


def account_of(lease_id: str, row: Mapping[str, Any]) -> Account:
    """The account of a row."""
    return Account(
        lease_id=lease_id,
        status=LeaseStatus(row["status"]),
        version=row["version"],
        sequence=row["sequence"],
        last_hash=row.get("hash"),
        charge_sequence=row["charge_sequence"],
        open_dues=_open_dues_of(row["dues"]),
        credits=_lots_of(row["credits"]),
        aid_dues=_open_dues_of(row.get("aids", ())),
        aid_credits=_lots_of(row.get("aid_credits", ())),
        held=_lots_of(row.get("held", ())),
        recent=tuple(Recent(date.fromisoformat(day), cents, *told) for day, cents, *told in row["recent"]),
        plan=plan_of(row["plan"]) if "plan" in row else None,
        group=row.get("group"),
    )


def _open_dues_of(rows: Sequence[Sequence[Any]]) -> tuple[OpenDue, ...]:
    return tuple(
        OpenDue(due_id, DueKind(kind), period, date.fromisoformat(day), cents, *map(date.fromisoformat, interrupted))
        for due_id, kind, period, day, cents, *interrupted in rows
    )


def plan_row(plan: InstalmentPlan) -> Row:
    """A plan, compact: it stands on the account while it runs."""
    instalments = [[item.due_date.isoformat(), item.amount_cents] for item in plan.instalments]
    return {"number": plan.number, "instalments": instalments, "covered": [list(part) for part in plan.covered]}


def plan_of(row: Mapping[str, Any]) -> InstalmentPlan:
    """The plan of a row."""
    return InstalmentPlan(
        row["number"],
        tuple(Instalment(date.fromisoformat(day), cents) for day, cents in row["instalments"]),
        tuple((due_id, cents) for due_id, cents in row["covered"]),
    )


def _lots_of(rows: Sequence[Sequence[Any]]) -> tuple[CreditLot, ...]:
    return tuple(CreditLot(source, cents) for source, cents in rows)
