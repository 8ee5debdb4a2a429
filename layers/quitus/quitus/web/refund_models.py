"""Bodies, queries and answers about refunds."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from quitus.domain.refund import MOST_AT_ONCE, IbanCheck, RefundStatus
from quitus.web.bodies import Iban
from quitus.web.fields import Id, Name, PositiveCents, Remark
from quitus.web.models import Answer, Body, PageQuery

type Steps = Annotated[int, Field(ge=1)]
"""How many steps there were on a refund as it was read."""

type OtherRefunds = Annotated[tuple[Id, ...], Field(strict=False, min_length=1, max_length=MOST_AT_ONCE - 1)]
"""Refunds beside the one in the path."""


class RefundBody(Body):
    """How much of a tenant's credit is to be paid back, to which account of whom, and why."""

    amount_cents: PositiveCents
    iban: Iban
    account_holder: Name
    reason: Remark


class RefundDecisionBody(Body):
    """A second person's decision on a refund, at the version that was read. `iban_remark`: how the account was checked,
    where no money of the lease is known to have come from it; `payment_id`: the bank's line that paid it;
    `refund_ids`: the other refunds that the same line paid, where the bank booked several in one sum.
    """

    decision: Literal["approve", "reject", "paid"]
    version: Steps
    reason: Remark
    iban_remark: Remark | None = None
    payment_id: Name | None = None
    refund_ids: OtherRefunds | None = None

    @model_validator(mode="after")
    def _names_its_line(self) -> Self:
        if (self.decision == "paid") != (self.payment_id is not None):
            raise PydanticCustomError("payment_id", "A paid refund names the bank's line, no other decision does.")
        if self.refund_ids is not None and self.decision != "paid":
            raise PydanticCustomError("refund_ids", "Only of what is paid others are named.")
        return self


class RefundCancelBody(Body):
    """Why a refund is called off, at the version that was read."""

    version: Steps
    reason: Remark


class RefundsQuery(PageQuery):
    """Which refunds."""

    status: RefundStatus | None = None
    lease: Id | None = None


class RefundStepAnswer(Answer):
    """What was done on a refund."""

    status: RefundStatus
    by: str
    at: str
    reason: str | None


class RefundSummary(Answer):
    """A refund in a list; `iban_ending` is the last four characters of its account."""

    refund_id: str
    lease_id: str
    amount_cents: PositiveCents
    iban_ending: str
    status: RefundStatus
    version: int
    requested_by: str
    requested_at: str
    payment_id: Annotated[str | None, Field(description="The bank's line that paid it, alone or with others.")]


class RefundAnswer(RefundSummary):
    """A refund whole. The transfer carries `refund_id` as its end-to-end id; `iban_known`: all of the credit
    came from the account, and who asked put none of it on the lease.
    """

    iban: Annotated[str | None, Field(description="Null for a viewer, who sees its ending only.")]
    account_holder: str
    iban_known: bool
    iban_check: IbanCheck | None
    iban_remark: str | None
    due_id: str | None
    steps: tuple[RefundStepAnswer, ...]
