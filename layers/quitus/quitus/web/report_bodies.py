"""Bodies and queries of exports, of the dashboard and of the proof."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quitus.services.dashboard import By
from quitus.services.exports import ExportKind
from quitus.web.fields import Day
from quitus.web.models import Body, Query


class ExportBody(Body):
    """What to export: inclusive booking dates (of `fec`, days of the journal), at most 366."""

    kind: Annotated[ExportKind, Field(strict=False)]
    from_day: Day = Field(alias="from")
    to_day: Day = Field(alias="to")


class ClosingBody(Body):
    """The last day to close, in Europe/Paris."""

    through: Day


class DashboardQuery(Query):
    """Which booking dates (default: the current month), summed by what."""

    from_day: Day | None = Field(None, alias="from")
    to_day: Day | None = Field(None, alias="to")
    by: By = By.RESIDENCE


class ProofQuery(Query):
    """Which booking date (default: yesterday in Europe/Paris)."""

    date: Day | None = None
