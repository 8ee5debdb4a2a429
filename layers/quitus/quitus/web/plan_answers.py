"""What the API answers about instalment plans."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from quitus.domain.plan import PlanDecisionKind
from quitus.services.plans import PlanStatus
from quitus.web.models import Answer, NotNegative


class CoveredDueAnswer(Answer):
    """A due that the plan covers, and how much of it."""

    due_id: str
    covered_cents: NotNegative


class InstalmentAnswer(Answer):
    """An instalment; it is missed when it is not paid in full five days after its day."""

    due_date: date
    amount_cents: NotNegative
    paid_cents: NotNegative
    missed_cents: NotNegative


class PlanDecisionAnswer(Answer):
    """A decision on the lease's plans; `settled_cents` is what was paid of the plan then."""

    version: Annotated[int, Field(ge=1)]
    kind: PlanDecisionKind
    total_cents: NotNegative
    settled_cents: NotNegative
    decided_by: str
    decided_at: str


class PlanAnswer(Answer):
    """A lease's last instalment plan on a day, and every decision on the lease's plans, oldest first."""

    lease_id: str
    version: Annotated[int, Field(ge=1)]
    status: PlanStatus
    total_cents: NotNegative
    settled_cents: NotNegative
    missed_cents: NotNegative
    dues: tuple[CoveredDueAnswer, ...]
    instalments: tuple[InstalmentAnswer, ...]
    decisions: tuple[PlanDecisionAnswer, ...]
