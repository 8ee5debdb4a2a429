"""Bodies, queries and answers about payers of many leases and their lists of beneficiaries."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from quitus.domain.bulk_payers import AmountStyle, ListEncoding
from quitus.domain.movement import Means
from quitus.domain.names import joined
from quitus.domain.payment_list import ListStatus, ListWait
from quitus.web.fields import Id, Name, Remark
from quitus.web.models import Answer, Body, NotNegative, PageQuery

type Iban = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ]{15,42}$")]


class ListColumnsBody(Body):
    """The names of a list's columns, as its header has them: `amount`, and `beneficiary` (the payer's number of the
    tenant) or `lease` (the landlord's id).
    """

    amount: Name
    beneficiary: Name | None = None
    lease: Name | None = None
    name: Name | None = None
    period: Name | None = None
    reference: Name | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.beneficiary is None and self.lease is None:
            raise PydanticCustomError("columns", "A list says whose money it is: by a number, or by the lease.")
        return self


class ListLayoutBody(Body):
    """How a payer's lists are read; lines before the header are skipped, one that begins with `total_label` is their
    sum.
    """

    columns: ListColumnsBody
    separator: Literal[";", ",", "\t", "|"] = ";"
    encoding: Annotated[ListEncoding, Field(strict=False)] = ListEncoding.UTF_8
    amounts: Annotated[AmountStyle, Field(strict=False)] = AmountStyle.COMMA
    skipped_lines: Annotated[int, Field(ge=0, le=100)] = 0
    total_label: Name | None = None


class _SenderBody(Body):
    """Who sends transfers: known by accounts, or by names."""

    ibans: Annotated[tuple[Iban, ...], Field(strict=False, max_length=20)] = ()
    names: Annotated[tuple[Name, ...], Field(strict=False, max_length=20)] = ()

    @model_validator(mode="after")
    def _recognisable(self) -> Self:
        if not self.ibans and not self.names:
            raise PydanticCustomError("not_recognisable", "A sender is recognised by an account or by a name.")
        return self


class BulkPayerBody(_SenderBody):
    """Who sends one transfer for many leases, and a list: `means` `caf` for aids, `transfer` for what tenants owe."""

    payer_id: Id
    name: Name
    means: Literal["caf", "transfer", "other"]
    layout: ListLayoutBody


_SHORTEST_SENDER = 4
"""A shorter beginning of a name would be that of tenants too: `M`, `MME`."""


class PayoutSenderBody(_SenderBody):
    """Who pays out by transfer what tenants paid by card (or other means): an account, or how its name begins."""

    means: Literal["card", "cheque", "cash"] = "card"

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if any(len(joined(name)) < _SHORTEST_SENDER for name in self.names):
            raise PydanticCustomError("payout_senders", "A sender's name has four letters at least.")
        return self


class GiveBody(Body):
    """The transfer in suspense that a list is of."""

    payment_id: Name
    reason: Remark


class WithdrawBody(Body):
    """Why a list is never to be posted."""

    reason: Remark


class BeneficiaryBody(Body):
    """The lease of a payer's beneficiary."""

    lease_id: Id


class ListsQuery(PageQuery):
    """Which lists."""

    status: ListStatus | None = None


class ListColumnsAnswer(Answer):
    """The names of a list's columns."""

    amount: str
    beneficiary: str | None
    lease: str | None
    name: str | None
    period: str | None
    reference: str | None


class ListLayoutAnswer(Answer):
    """How a payer's lists are read."""

    columns: ListColumnsAnswer
    separator: str
    encoding: ListEncoding
    amounts: AmountStyle
    skipped_lines: NotNegative
    total_label: str | None


class BulkPayerAnswer(Answer):
    """Who sends one transfer for many leases, and a list."""

    payer_id: str
    name: str
    means: Means
    layout: ListLayoutAnswer
    ibans: tuple[str, ...]
    names: tuple[str, ...]


class ListCountsAnswer(Answer):
    """What became of a list's lines so far: on leases, recoveries that debit a tenant, and apart: of nobody that is
    known, or of a tenant who left. Cents are signed.
    """

    lines: NotNegative
    posted: NotNegative
    posted_cents: NotNegative
    recovered: NotNegative
    recovered_cents: Annotated[int, Field(le=0)]
    unknown: NotNegative
    unknown_cents: int
    departed: NotNegative
    departed_cents: int


class ListAnswer(Answer):
    """A list of beneficiaries. `wait`: why it waits; `payment_id`: its transfer; `file_id`: the file it came by."""

    list_id: str
    file_id: str
    name: str
    payer_id: str
    means: Means
    total_cents: int
    reference: str | None
    received_at: str
    status: ListStatus
    wait: ListWait | None
    payment_id: str | None
    decided_by: str | None
    reason: str | None
    counts: ListCountsAnswer


class ListLineAnswer(Answer):
    """A line of a list; `amount_cents` < 0 is a recovery. `status` is that of the payment that it is, or `waiting`;
    `lease_id` the lease that it is on, or that the list names; `line` the line of the file.
    """

    number: int
    line: int
    amount_cents: int
    beneficiary: str | None
    name: str | None
    period: str | None
    lease_id: str | None
    payment_id: str | None
    status: Literal["waiting", "posted", "suspense", "reversed", "pending"]
    reason: str | None


class BeneficiaryAnswer(Answer):
    """The lease of a payer's beneficiary."""

    payer_id: str
    number: str
    lease_id: str
