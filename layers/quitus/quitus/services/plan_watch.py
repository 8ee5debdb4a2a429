"""What only time brings about on instalment plans: an instalment is missed, a plan is broken. Looked at by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.lease import Account
from quitus.domain.payment import AUTOMATION
from quitus.domain.plan import PlanDecision, PlanDecisionKind
from quitus.services.contention import until_written
from quitus.services.plans import PlanStatus, PlanStore, closing, status_of, without_plan
from quitus.services.ports import Alerts, Clock, Ledger

_CLOSES = {PlanStatus.KEPT: PlanDecisionKind.KEPT, PlanStatus.BROKEN: PlanDecisionKind.BROKEN}


@dataclass(frozen=True, slots=True)
class PlanWatch:
    """Looks at the plans that run."""

    store: PlanStore
    ledger: Ledger
    alerts: Alerts
    clock: Clock

    def review(self, landlord_id: str) -> int:
        """Close the plans that are kept or broken, and tell what is missed; again changes nothing. How many it closed.

        Until this has decided that a plan is broken, payments follow the plan: no payment hangs on a clock.

        Raises:
            Contention: others kept writing to one of the leases.
        """
        count = 0
        for lease_id in list(self.store.running(landlord_id)):
            closed = until_written(partial(self._look_at, landlord_id, lease_id), self.clock)
            if closed is not None:
                count += 1
        return count

    def _look_at(self, landlord_id: str, lease_id: str) -> PlanDecision | None:
        """The decision that closes the plan of a lease, None while it runs on."""
        now = self.clock.now()
        today, at = paris_day(now), instant_text(now)
        account = self.ledger.accounts(landlord_id, [lease_id])[lease_id]
        if account.plan is None:
            return None
        settled = account.plan.settled_cents(account.open_dues)
        status = status_of(account.plan, settled, today)
        closed = None
        if status in _CLOSES:
            (*_, agreed) = self.store.decisions(landlord_id, lease_id)
            closed = closing(account, agreed, _CLOSES[status], AUTOMATION, at)
            self.store.decide(landlord_id, without_plan(account), closed, agreed)
        self._tell(landlord_id, account, status, today, at)
        return closed

    def _tell(self, landlord_id: str, account: Account, status: PlanStatus, today: date, at: str) -> None:
        """A broken plan is a task; an instalment missed of one that runs is a warning."""
        plan = account.plan
        if plan is None:
            return
        missed = sum(item.missed_cents for item in plan.standings(plan.settled_cents(account.open_dues), today))
        detail: dict[str, str | int] = {"missed_cents": missed, "plan": plan.number}
        if status is PlanStatus.BROKEN:
            self.alerts.alert(landlord_id, Alert(AlertKind.PLAN_BROKEN, account.lease_id, detail), at)
        if status is PlanStatus.RUNNING and missed:
            self.alerts.alert(landlord_id, Alert(AlertKind.PLAN_INSTALMENT_MISSED, account.lease_id, detail), at)
        else:
            self.alerts.close(landlord_id, AlertKind.PLAN_INSTALMENT_MISSED, account.lease_id, at)
