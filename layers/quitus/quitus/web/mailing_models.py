"""Bodies, queries and answers about messages to tenants."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from quitus.domain.mailing import Channel, DispatchStatus, SkipReason
from quitus.domain.payment_link import MOST_DAYS
from quitus.web.fields import Email, Id, PositiveCents, Remark
from quitus.web.models import Answer, Body, NotNegative, PageQuery

MOST_NAMED = 500


class SenderBody(Body):
    """Under what tenants get messages: `email` is confirmed in SES, `sms_name` is what phones show."""

    email: Email | None = None
    sms_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{2,10}$")] | None = None


class SenderAnswer(Answer):
    """Under what tenants get messages."""

    email: str | None
    sms_name: str | None


class MailingBody(Body):
    """A payment link for each chosen lease, sent to its holder: the leases named, or of a residence, or all; of these,
    those with at least `min_overdue_cents` overdue. See payment links for `min_cents` and `expires_in_days`.
    """

    channel: Annotated[Channel, Field(strict=False)]
    lease_ids: Annotated[tuple[Id, ...], Field(strict=False, min_length=1, max_length=MOST_NAMED)] | None = None
    residence_id: Id | None = None
    min_overdue_cents: PositiveCents | None = None
    min_cents: PositiveCents | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if self.lease_ids is not None and self.residence_id is not None:
            raise PydanticCustomError("choice", "Either leases are named, or a residence.")
        return self


class ContactBody(Body):
    """What the holder of a lease said: who objects to mail or SMS is not written to in that way.

    `version` is that of what was read, 0 if nothing was noted.
    """

    email: bool
    sms: bool
    reason: Remark
    version: Annotated[int, Field(ge=0)]


class ContactAnswer(Answer):
    """Whether the holder wants mail and SMS; both, as long as nothing was noted."""

    email: bool
    sms: bool
    version: NotNegative
    reason: str | None
    said_by: str | None
    said_at: str | None


class MailingOrderedAnswer(Answer):
    """A mailing that was ordered: `GET /v1/mailings/{mailing_id}` says how far it is."""

    mailing_id: str


class MailingSummary(Answer):
    """A mailing, as it was ordered."""

    mailing_id: str
    channel: Channel
    ordered_by: str
    ordered_at: str


class MailingsQuery(PageQuery):
    """Which page of the mailings."""


class MailingAnswer(MailingSummary):
    """A mailing and how far it is. Of the `chosen` leases so far, `counts` says what came of those that are done:
    `sent`, `skipped` (`GET /v1/leases/{lease_id}/dispatches` says why), `left_out` (too little overdue, or no such
    lease), and `sending`: begun, and never told to have left.
    """

    is_done: bool
    chosen: NotNegative
    counts: dict[str, int]


class DispatchAnswer(Answer):
    """A message to a lease's holder; `address_told` is enough of the address to recognise it."""

    dispatch_id: str
    mailing_id: str
    lease_id: str
    channel: Channel
    status: DispatchStatus
    reason: SkipReason | None
    at: str
    changed_at: str | None
    address_told: str | None
    link_id: str | None


class DispatchesQuery(PageQuery):
    """Which page."""


class MailingDispatchesQuery(PageQuery):
    """Which messages."""

    status: DispatchStatus | None = None
