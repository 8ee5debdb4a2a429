"""Bodies, queries and answers about dropped files and alerts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quitus.domain.alert import AlertKind, Severity
from quitus.services.file_decisions import Contradiction, Verdict
from quitus.services.registry import FileStatus
from quitus.web.fields import Remark
from quitus.web.models import Answer, Body, NotNegative, PageQuery


class ReleaseBody(Body):
    """Why a quarantined file is taken all the same; `contradiction`: what its statements are to those that were posted
    under the same name.
    """

    reason: Remark
    contradiction: Annotated[Contradiction, Field(strict=False)] = Contradiction.REPLACES


class RejectBody(Body):
    """Why nothing of a quarantined file is ever to be posted."""

    reason: Remark


class FilesQuery(PageQuery):
    """Which files."""

    status: FileStatus | None = None


class AlertsQuery(PageQuery):
    """Which alerts."""

    kind: AlertKind | None = None


class CountsAnswer(Answer):
    """What became of a bank file's movements; `movements` is the sum of the others."""

    movements: NotNegative
    posted: NotNegative
    suspense: NotNegative
    duplicates: NotNegative
    ignored: NotNegative


class RowsAnswer(Answer):
    """What became of an ERP file's rows."""

    accepted: NotNegative
    unchanged: NotNegative
    refused: NotNegative


class ProblemAnswer(Answer):
    """Why a file is not trusted, and where in it: the statement, and the entry, record or line, counted from 1."""

    code: str
    message: str
    where: str | None


class FileDecisionAnswer(Answer):
    """What a person decided on a quarantined file; `vouched` are the problems that the person answers for."""

    kind: Verdict
    reason: str
    decided_by: str
    decided_at: str
    vouched: tuple[str, ...]
    contradiction: Contradiction | None


class FileAnswer(Answer):
    """A dropped file; `problems` are the first of `problem_count`."""

    file_id: str
    name: str
    kind: str
    status: FileStatus
    reason: str | None
    counts: CountsAnswer
    rows: RowsAnswer
    opening_cents: int | None
    closing_cents: int | None
    received_at: str
    finished_at: str | None
    problems: tuple[ProblemAnswer, ...]
    problem_count: NotNegative
    decision: FileDecisionAnswer | None
    superseded_by: str | None


class CloseAlertBody(Body):
    """What was done about it."""

    reason: Remark


class AlertAnswer(Answer):
    """What a person should look at."""

    alert_id: str
    kind: str
    severity: Severity
    subject: str
    detail: dict[str, str | int | None]
    raised_at: str
    closed_at: str | None
    closed_by: Annotated[str | None, Field(description="The person who closed it; null where it closed by itself.")]
