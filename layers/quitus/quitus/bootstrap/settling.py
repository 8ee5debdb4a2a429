"""What settles what waits, and what watches it by the hour, wired."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from quitus import bootstrap

if TYPE_CHECKING:
    from quitus.services.plan_watch import PlanWatch
    from quitus.services.post_lists import ListSettler
    from quitus.services.proof_watch import ProofWatch
    from quitus.services.settle_pending import PendingSettler
    from quitus.services.settle_refunds import RefundSettler
    from quitus.services.spend_credits import CreditSpender


@cache
def pending_settler() -> PendingSettler:
    """What settles pending payments."""
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.settle_pending import PendingSettler

    ledger, views, clock = bootstrap.ledger(), ViewRows(bootstrap.table()), bootstrap.clock()
    return PendingSettler(ledger, views, bootstrap.alerts(), clock, bootstrap.landlords(), spender())


@cache
def list_settler() -> ListSettler:
    """What gives lists their transfers, and posts them."""
    from quitus.adapters.beneficiary_rows import BeneficiaryRows
    from quitus.adapters.list_rows import ListRows
    from quitus.adapters.recovery_rows import RecoveryRows
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.give_lists import ListGiver
    from quitus.services.post_lists import ListSettler

    ledger, table, alerts, clock = bootstrap.ledger(), bootstrap.table(), bootstrap.alerts(), bootstrap.clock()
    lists = ListRows(table)
    return ListSettler(
        ListGiver(ledger, lists, alerts, clock),
        ledger,
        lists,
        BeneficiaryRows(table),
        RecoveryRows(table),
        ViewRows(table),
        alerts,
        clock,
        bootstrap.landlords(),
        spender(),
    )


@cache
def refund_settler() -> RefundSettler:
    """What recognises the bank's lines of refunds."""
    from quitus.adapters.refund_rows import RefundRows
    from quitus.adapters.view_rows import ViewRows
    from quitus.services.settle_refunds import RefundPayer, RefundSettler

    ledger, table, alerts = bootstrap.ledger(), bootstrap.table(), bootstrap.alerts()
    refunds, lines = RefundRows(table), ViewRows(table)
    payer = RefundPayer(ledger, refunds, alerts)
    return RefundSettler(payer, ledger, refunds, lines, bootstrap.landlords(), alerts, bootstrap.clock())


@cache
def spender() -> CreditSpender:
    """What spends credits that lie beside dues."""
    from quitus.adapters.due_rows import DueRows
    from quitus.services.spend_credits import CreditSpender

    return CreditSpender(bootstrap.ledger(), DueRows(bootstrap.table()), bootstrap.clock())


@cache
def proof_watch() -> ProofWatch:
    """What watches the proofs."""
    from quitus.services.proof_watch import ProofWatch

    return ProofWatch(bootstrap.proofs(), bootstrap.alerts(), bootstrap.clock())


@cache
def plan_watch() -> PlanWatch:
    """What watches the instalment plans."""
    from quitus.adapters.plan_rows import PlanRows
    from quitus.services.plan_watch import PlanWatch

    return PlanWatch(PlanRows(bootstrap.table()), bootstrap.ledger(), bootstrap.alerts(), bootstrap.clock())
