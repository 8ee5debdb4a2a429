"""Instalment plans: what a person agreed on with a tenant, how it stands, and its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from quitus.domain.alert import AlertKind
from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.errors import Conflict, Invalid, NotFound
from quitus.domain.lease import Account, Due
from quitus.domain.money import Cents
from quitus.domain.plan import (
    Instalment,
    InstalmentPlan,
    InstalmentStanding,
    PlanDecision,
    PlanDecisionKind,
)
from quitus.services.contention import until_written
from quitus.services.manual_receipts import check_dues
from quitus.services.ports import ActionLog, Alerts, Clock, Landlords, Ledger
from quitus.services.spend_credits import CreditSpender

MOST_COVERED = 90
"""Dues of a plan: all of them are acknowledged in its transaction."""


class PlanStore(Protocol):
    """Decisions on the plans of leases; strongly consistent, but for the listing of those that run."""

    def decisions(self, landlord_id: str, lease_id: str) -> list[PlanDecision]:
        """Every decision on a lease's plans, oldest first."""
        ...

    def decide(
        self,
        landlord_id: str,
        account: Account,
        decision: PlanDecision,
        replaced: PlanDecision | None,
        acknowledged: Sequence[Due] = (),
    ) -> None:
        """Write a decision with the account as it is to be (version raised), and the dues that it acknowledges;
        `replaced` is the last one before.

        Raises:
            Stale: another decision, or any change of the account, came first.
        """
        ...

    def running(self, landlord_id: str) -> Iterator[str]:
        """The leases whose plan runs; a listing, a little late."""
        ...


class PlanStatus(StrEnum):
    """How a plan stands on a day: a person or the watch decides the same, once, and for good."""

    RUNNING = "running"
    KEPT = "kept"
    BROKEN = "broken"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What a plan is to be: `due_ids` None covers all dues past their day; `version` is the one that was read."""

    instalments: tuple[Instalment, ...]
    due_ids: tuple[str, ...] | None
    version: int | None


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A lease's last plan on a day, and every decision on the lease's plans."""

    lease_id: str
    plan: InstalmentPlan
    status: PlanStatus
    settled_cents: Cents
    instalments: tuple[InstalmentStanding, ...]
    decisions: tuple[PlanDecision, ...]

    @property
    def version(self) -> int:
        """The number of the last decision: what a change must name."""
        return self.decisions[-1].number


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """Keeps plans."""

    store: PlanStore
    ledger: Ledger
    alerts: Alerts
    log: ActionLog
    clock: Clock
    landlords: Landlords
    spender: CreditSpender

    def one(self, landlord_id: str, lease_id: str, on: date | None = None) -> PlanStanding:
        """The lease's last plan as it stands on a day (today unless told).

        Raises:
            NotFound: no such lease, or it never had a plan.
        """
        account = self._account(landlord_id, lease_id)
        decisions = self.store.decisions(landlord_id, lease_id)
        if not decisions:
            raise NotFound("plan_not_found", "The lease has no instalment plan.", lease_id=lease_id)
        return _standing(account, decisions, on or self._today())

    def put(self, landlord_id: str, lease_id: str, wish: PlanWish, by: str) -> tuple[PlanStanding, bool]:
        """Agree on a plan, in place of the one that runs; whether it is the lease's first. Again changes nothing.

        A credit that lay beside a time-barred due pays it now: by a plan the tenant acknowledges what it covers, and
        three years run anew, whatever becomes of the plan.

        Raises:
            NotFound: no such lease.
            Invalid: a due that is not the lease's or not open, too many of them, or instalments that do not add up to
                what they cover.
            Conflict: another decision on the plan came first.
            Contention: others kept writing to the lease.
        """
        self._account(landlord_id, lease_id)
        check_dues(self.ledger, landlord_id, [lease_id], wish.due_ids or ())
        is_first = not self.store.decisions(landlord_id, lease_id)
        self._log(
            landlord_id,
            f"{lease_id}-put",
            {"kind": "plan", "lease_id": lease_id, "plan": msgspec.to_builtins(wish), "by": by},
        )
        made = until_written(lambda: self._agree(landlord_id, lease_id, wish, by), self.clock)
        self._decided(landlord_id, lease_id, made)
        self.spender.spend(self.landlords.get(landlord_id), [lease_id])
        return self.one(landlord_id, lease_id), is_first

    def end(self, landlord_id: str, lease_id: str, version: int, by: str) -> None:
        """End the plan that runs. Again changes nothing.

        Raises:
            NotFound: no such lease, or it never had a plan.
            Conflict: another decision on the plan came first.
            Contention: others kept writing to the lease.
        """
        self.one(landlord_id, lease_id)
        self._log(
            landlord_id, f"{lease_id}-end", {"kind": "end_plan", "lease_id": lease_id, "version": version, "by": by}
        )
        made = until_written(lambda: self._end(landlord_id, lease_id, version, by), self.clock)
        self._decided(landlord_id, lease_id, made)

    def _agree(self, landlord_id: str, lease_id: str, wish: PlanWish, by: str) -> PlanDecision:
        account = self._account(landlord_id, lease_id)
        decisions = self.store.decisions(landlord_id, lease_id)
        last = decisions[-1] if decisions else None
        number = (wish.version or 0) + 1
        if last is not None and last.number == number and _is_wished(last, wish):
            return last
        _check_version(last, wish.version)
        covered = _covered(account, wish, self._today())
        plan = InstalmentPlan(number, wish.instalments, covered)
        decision = PlanDecision(number, PlanDecisionKind.AGREED, plan, 0, by, self._now())
        dues, today = self.ledger.dues(landlord_id, lease_id), self._today()
        acknowledged = [dues[due_id].acknowledged(today) for due_id, _ in plan.covered]
        changed = replace(account.acknowledging(acknowledged), plan=plan, version=account.version + 1)
        self.store.decide(landlord_id, changed, decision, last, acknowledged)
        return decision

    def _end(self, landlord_id: str, lease_id: str, version: int, by: str) -> PlanDecision:
        account = self._account(landlord_id, lease_id)
        last = self.store.decisions(landlord_id, lease_id)[-1]
        if last.number == version + 1 and last.kind is PlanDecisionKind.ENDED:
            return last
        _check_version(last, version)
        if last.kind is not PlanDecisionKind.AGREED:
            raise Conflict("plan_not_running", "The plan does not run any more.", version=last.number)
        decision = closing(account, last, PlanDecisionKind.ENDED, by, self._now())
        self.store.decide(landlord_id, without_plan(account), decision, last)
        return decision

    def _decided(self, landlord_id: str, lease_id: str, made: PlanDecision) -> None:
        for kind in (AlertKind.PLAN_INSTALMENT_MISSED, AlertKind.PLAN_BROKEN):
            self.alerts.close(landlord_id, kind, lease_id, made.decided_at)

    def _account(self, landlord_id: str, lease_id: str) -> Account:
        held = self.ledger.accounts(landlord_id, [lease_id])
        if lease_id not in held:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return held[lease_id]

    def _log(self, landlord_id: str, name: str, body: dict[str, object]) -> None:
        now = self.clock.now()
        self.log.record(landlord_id, "plan-requests", f"{now:%Y%m%dT%H%M%S%f}-{name}", body, now)

    def _today(self) -> date:
        return paris_day(self.clock.now())

    def _now(self) -> str:
        return instant_text(self.clock.now())


def closing(account: Account, agreed: PlanDecision, kind: PlanDecisionKind, by: str, at: str) -> PlanDecision:
    """The decision that closes a plan that runs."""
    settled = agreed.plan.settled_cents(account.open_dues)
    return PlanDecision(agreed.number + 1, kind, agreed.plan, settled, by, at)


def without_plan(account: Account) -> Account:
    """The account once its plan is closed."""
    return replace(account, plan=None, version=account.version + 1)


def status_of(plan: InstalmentPlan, settled_cents: Cents, on: date) -> PlanStatus:
    """What a plan that runs has come to on a day."""
    if settled_cents == plan.total_cents:
        return PlanStatus.KEPT
    return PlanStatus.BROKEN if plan.is_broken(settled_cents, on) else PlanStatus.RUNNING


def _standing(account: Account, decisions: Sequence[PlanDecision], on: date) -> PlanStanding:
    last = decisions[-1]
    plan = last.plan
    if last.kind is PlanDecisionKind.AGREED:
        settled = plan.settled_cents(account.open_dues)
        status = status_of(plan, settled, on)
    else:
        settled, status = last.settled_cents, PlanStatus(last.kind.value)
    return PlanStanding(account.lease_id, plan, status, settled, plan.standings(settled, on), tuple(decisions))


def _is_wished(decision: PlanDecision, wish: PlanWish) -> bool:
    """Whether the decision is what this very wish led to: the request came again."""
    due_ids = {due_id for due_id, _ in decision.plan.covered}
    return (
        decision.kind is PlanDecisionKind.AGREED
        and decision.plan.instalments == wish.instalments
        and (wish.due_ids is None or due_ids == set(wish.due_ids))
    )


def _check_version(last: PlanDecision | None, version: int | None) -> None:
    held = last.number if last else None
    if held != version:
        raise Conflict("plan_changed", "The plan was changed by someone else.", version=held)


def _covered(account: Account, wish: PlanWish, today: date) -> tuple[tuple[str, Cents], ...]:
    """What the plan covers: cents by due, oldest due first."""
    due_ids = {due.due_id for due in account.open_dues if due.due_date < today}
    if wish.due_ids is not None:
        due_ids = set(wish.due_ids)
    chosen = sorted(
        (due for due in account.open_dues if due.due_id in due_ids), key=lambda due: (due.due_date, due.due_id)
    )
    if settled := sorted(due_ids - {due.due_id for due in chosen}):
        raise Invalid("due_not_open", "Nothing is open of these dues.", due_ids=settled)
    if len(chosen) > MOST_COVERED:
        raise Invalid("plan_covers_too_many", "A plan covers 90 dues at most: choose which.", dues=len(chosen))
    covered = sum(due.open_cents for due in chosen)
    asked = sum(item.amount_cents for item in wish.instalments)
    if covered != asked:
        raise Invalid(
            "plan_amount_mismatch",
            "The instalments do not add up to what is open of the dues.",
            open_cents=covered,
            instalments_cents=asked,
        )
    return tuple((due.due_id, due.open_cents) for due in chosen)
