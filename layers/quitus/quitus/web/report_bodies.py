"""Bodies and queries of exports, of the dashboard and of the proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from quitus.services.dashboard import By
from quitus.services.exports import ExportKind
from quitus.web.fields import Day
from quitus.web.models import Body, Query

LONGEST_DAYS = 366


class ExportBody(Body):
    """What to export: inclusive booking dates, at most 366 days."""

    kind: Annotated[ExportKind, Field(strict=False)]
    from_day: Day = Field(alias="from")
    to_day: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_range(self.from_day, self.to_day)
        return self


class ClosingBody(Body):
    """The last day to close, in Europe/Paris."""

    through: Day


def check_range(from_day: Day, to_day: Day) -> None:
    """Refuses days out of order or more than a year apart."""
    if not timedelta(0) <= to_day - from_day < timedelta(days=LONGEST_DAYS):
        raise PydanticCustomError("invalid_range", "`from` is after `to`, or they are more than 366 days apart.")


class DashboardQuery(Query):
    """Which booking dates (default: the current month), summed by what."""

    from_day: Day | None = Field(None, alias="from")
    to_day: Day | None = Field(None, alias="to")
    by: By = By.RESIDENCE


class ProofQuery(Query):
    """Which booking date (default: yesterday in Europe/Paris)."""

    date: Day | None = None
