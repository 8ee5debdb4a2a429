"""Bodies, queries and answers about payment links."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quitus.domain.payment_link import MOST_DAYS, LinkStatus
from quitus.web.bodies import DueIds
from quitus.web.fields import PositiveCents
from quitus.web.models import Answer, Body, NotNegative, PageQuery


class LinkBody(Body):
    """What a payment link asks for: all that is open of the lease, or of `due_ids`, or `amount_cents` of it. The tenant
    may pay a part, not below `min_cents` (1 euro unless told); it ends after `expires_in_days` (30 unless told).
    """

    amount_cents: PositiveCents | None = None
    due_ids: Annotated[DueIds, Field(min_length=1)] | None = None
    min_cents: PositiveCents | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None


class LinksQuery(PageQuery):
    """Which links of a lease."""

    status: LinkStatus | None = None


class LinkSummary(Answer):
    """A payment link; `rest_cents` is what is left of it, whatever means paid the rest."""

    link_id: str
    lease_id: str
    status: LinkStatus
    amount_cents: NotNegative | None
    due_ids: tuple[str, ...]
    min_cents: PositiveCents | None
    rest_cents: NotNegative
    made_by: str
    made_at: str
    expires_at: str
    revoked_by: str | None
    revoked_at: str | None


class LinkAnswer(LinkSummary):
    """A payment link as it is made. Whoever has `url` may see what is due and pay it: it is shown here only;
    `qr_svg_url` is the picture that banking apps read.
    """

    url: str
    qr_svg_url: str
