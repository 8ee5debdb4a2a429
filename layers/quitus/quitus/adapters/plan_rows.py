"""Decisions on instalment plans, on the table: the plan itself stands on the account, whose version both change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from quitus.adapters import keys, records
from quitus.adapters.account_records import plan_of, plan_row
from quitus.adapters.ledger_rows import account_write
from quitus.adapters.listings import listed
from quitus.domain.lease import Account, Due
from quitus.domain.plan import PlanDecision, PlanDecisionKind
from quitus.services.table import New, Put, Row, Table, Update, Write

NEVER_DECIDED = New()


class PlanRows:
    """`plans.PlanStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def decisions(self, landlord_id: str, lease_id: str) -> list[PlanDecision]:
        """See `PlanStore.decisions`."""
        rows = self._table.query(keys.lease_partition(landlord_id, lease_id), keys.PLANS).rows
        return [_decision_of(row) for row in rows]

    def decide(
        self,
        landlord_id: str,
        account: Account,
        decision: PlanDecision,
        replaced: PlanDecision | None,
        acknowledged: Sequence[Due] = (),
    ) -> None:
        """See `PlanStore.decide`."""
        key = keys.plan(landlord_id, account.lease_id, decision.number)
        runs = decision.kind is PlanDecisionKind.AGREED
        listing = {"GSI1PK": keys.running_plans(landlord_id), "GSI1SK": account.lease_id} if runs else {}
        writes: list[Write] = [
            Put(key.row(**_decision_row(decision), lease_id=account.lease_id, **listing), NEVER_DECIDED),
            account_write(landlord_id, account),
        ]
        if replaced is not None and replaced.kind is PlanDecisionKind.AGREED:
            held = keys.plan(landlord_id, account.lease_id, replaced.number)
            writes.append(Update(held, remove=["GSI1PK", "GSI1SK"]))
        self._table.write([*writes, *(_acknowledgement(landlord_id, due) for due in acknowledged)])

    def running(self, landlord_id: str) -> Iterator[str]:
        """See `PlanStore.running`."""
        yield from (row["lease_id"] for row in listed(self._table, keys.running_plans(landlord_id)))


def _acknowledgement(landlord_id: str, due: Due) -> Update:
    said = {"acknowledged_on": records.dense(due)["acknowledged_on"]}
    return Update(keys.due(landlord_id, due.lease_id, due.due_id), set=said)


def _decision_row(decision: PlanDecision) -> dict[str, Any]:
    return {
        "number": decision.number,
        "kind": decision.kind.value,
        "plan": plan_row(decision.plan),
        "settled_cents": decision.settled_cents,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }


def _decision_of(row: Row) -> PlanDecision:
    return PlanDecision(
        number=row["number"],
        kind=PlanDecisionKind(row["kind"]),
        plan=plan_of(row["plan"]),
        settled_cents=row["settled_cents"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
