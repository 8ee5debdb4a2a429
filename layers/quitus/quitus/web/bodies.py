"""What requests bring: bodies and queries. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from quitus.domain.errors import InvalidIban
from quitus.domain.landlord import CardProviderName, ErpKind, VirtualIbanPer
from quitus.domain.lease import DueKind, LeaseStatus, UnitKind
from quitus.domain.ledger import Role
from quitus.domain.movement import Means
from quitus.domain.payment import PaymentStatus
from quitus.domain.splitting import MOST_PARTS
from quitus.domain.spreading import MOST_LINES
from quitus.web.fields import (
    Bic,
    Cents,
    Day,
    Email,
    Id,
    Name,
    Period,
    Phone,
    PositiveCents,
    Remark,
    SignedCents,
    Text,
    Version,
)
from quitus.web.list_models import BulkPayerBody, PayoutSenderBody
from quitus.web.mailing_models import SenderBody
from quitus.web.models import Body, PageQuery, Query


def _checked_iban(text: str) -> str:
    from quitus.domain.ibans import checked_iban  # noqa: PLC0415 - the check digits' library is slow to load

    try:
        return checked_iban(text)
    except InvalidIban as error:
        raise PydanticCustomError("invalid_iban", "Not a valid IBAN.") from error


Iban = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ]{15,42}$"), AfterValidator(_checked_iban)]


class BankAccountBody(Body):
    """A real account of the landlord."""

    iban: Iban
    bic: Bic
    profile: Id = "default"


class RangeBody(Body):
    """Account numbers that the bank set aside for virtual IBANs, and the name that they answer with."""

    bank_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
    branch_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
    account_prefix: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,10}$")]
    bic: Bic
    payee_name: Name


class ErpBody(Body):
    """Where accounting entries go; `accounts` gives the landlord's numbers by the account's role."""

    kind: Annotated[ErpKind, Field(strict=False)] = ErpKind.NONE
    url: Annotated[str, StringConstraints(max_length=1000)] | None = None
    accounts: dict[
        Annotated[Role, Field(strict=False)], Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{3,20}$")]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rest_has_url(self) -> Self:
        if (self.kind is ErpKind.REST) != (self.url is not None):
            raise PydanticCustomError("erp_url", "An ERP of kind rest has a url, the others have none.")
        return self


class ContactBody(Body):
    """Whom tenants reach: printed on letters and on the pay page."""

    phone: Phone | None = None
    email: Email | None = None
    address: Text | None = None
    hours: Text | None = None


class IssuedBody(Body):
    """How many virtual IBANs there are: what only an answer can say."""

    capacity: int
    issued: int


class LandlordBody(Body):
    """The settings of a landlord, whole; `virtual_ibans` is ignored, so that what was read can be put back."""

    landlord_id: Id | None = None
    virtual_ibans: IssuedBody | None = None
    name: Name
    siren: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
    creditor_identifier: (
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Za-z0-9]{1,28}$")] | None
    ) = None
    tolerance_cents: Annotated[int, Field(ge=0, le=100_000)] = 0
    bank_accounts: Annotated[tuple[BankAccountBody, ...], Field(strict=False, max_length=100)]
    virtual_iban_range: RangeBody | None = None
    virtual_iban_pool: Id | None = None
    virtual_iban_per: Annotated[VirtualIbanPer, Field(strict=False)] = VirtualIbanPer.LEASE
    allocation_mode: Literal["quitus"] = "quitus"
    erp: ErpBody = ErpBody()
    bulk_payers: Annotated[tuple[BulkPayerBody, ...], Field(strict=False, max_length=50)] = ()
    contact: ContactBody | None = None
    card_provider: Annotated[CardProviderName, Field(strict=False)] | None = None
    card_account_iban: Iban | None = None
    payout_senders: Annotated[tuple[PayoutSenderBody, ...], Field(strict=False, max_length=20)] = ()
    sender: SenderBody | None = None

    @model_validator(mode="after")
    def _cards_have_an_account(self) -> Self:
        if self.card_account_iban not in (None, *(account.iban for account in self.bank_accounts)):
            raise PydanticCustomError("card_account_iban", "Cards are paid out to one of the bank accounts.")
        return self


class LeaseBody(Body):
    """A lease as the ERP describes it (the columns of the `leases` file)."""

    lease_id: Id | None = None
    status: Annotated[LeaseStatus, Field(strict=False)]
    start_date: Day
    end_date: Day | None = None
    unit_id: Id
    unit_kind: Annotated[UnitKind, Field(strict=False)]
    residence_id: Id
    residence_name: Text
    street: Text | None = None
    postal_code: Text | None = None
    commune: Text
    account_group: Id | None = None
    holder_name: Text
    holder_email: Email | None = None
    holder_phone: Text | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "fr"
    e_receipt_consent: bool = False


class DueBody(Body):
    """An amount called from a lease (the columns of the `dues` file); `amount_cents` 0 cancels it.

    `limitation_from` is the day of the last act that interrupted the limitation, `judged_on` that of an enforceable
    judgment; one that is not given stays as it is known.
    """

    due_id: Id | None = None
    lease_id: Id | None = None
    kind: Annotated[DueKind, Field(strict=False)]
    period: Period
    due_date: Day
    amount_cents: SignedCents
    label: Text | None = None
    limitation_from: Day | None = None
    judged_on: Day | None = None


type Decisions = Annotated[int, Field(ge=0)]
"""How many decisions there were on a payment."""

type DueIds = Annotated[tuple[Id, ...], Field(strict=False, max_length=100)]


class ReceiptBody(Body):
    """Money that a person of the landlord received: a cheque, cash."""

    lease_id: Id
    amount_cents: PositiveCents
    means: Literal["cheque", "cash", "card", "other"]
    received_on: Day
    reference: Name | None = None
    due_ids: DueIds | None = None
    requested_by: Name | None = None


class AssignBody(Body):
    """The lease that a payment in suspense belongs to, by a person's decision; `version` as it was read, if at all."""

    lease_id: Id
    reason: Remark
    due_ids: DueIds | None = None
    requested_by: Name | None = None
    version: Decisions | None = None


class ShareBody(Body):
    """Cents of a payment for one lease, and the dues that they are for."""

    lease_id: Id
    amount_cents: PositiveCents
    due_ids: DueIds | None = None


class SplitBody(Body):
    """The leases that a payment in suspense belongs to, each with its part; a credit stays with the first."""

    parts: Annotated[tuple[ShareBody, ...], Field(strict=False, min_length=2, max_length=MOST_PARTS)]
    reason: Remark
    requested_by: Name | None = None
    version: Decisions | None = None

    @model_validator(mode="after")
    def _different(self) -> Self:
        if len({part.lease_id for part in self.parts}) != len(self.parts):
            raise PydanticCustomError("parts", "A lease has one part.")
        return self


class UnassignBody(Body):
    """Why a payment is taken off its lease; `lease_id`, when given, must be that lease, `version` what was read."""

    reason: Remark
    lease_id: Id | None = None
    version: Decisions | None = None


class ClearingBody(Body):
    """Whether a line of the bank's brings what waits in collection: received by `means`, less what was kept of it
    (`kept_cents`, as is known unless given); and why.
    """

    clears: bool
    reason: Remark
    means: Literal["card", "cheque", "cash"] | None = None
    kept_cents: Cents | None = None
    version: Decisions | None = None


class OriginalBody(Body):
    """The payment that a return takes back, or null: none of the landlord's, until one is named. `fee_cents`: what of
    it is the bank's fee; `version`: that of the return as it was read.
    """

    payment_id: Id | None
    reason: Remark
    fee_cents: PositiveCents | None = None
    version: Decisions | None = None


class ReverseBody(Body):
    """A receipt that came back (an unpaid cheque): all that is left of it unless `amount_cents` is given; or what the
    bank told and never booked, whole and on its own day. `version` as it was read, if at all.
    """

    reason: Remark
    reversed_on: Day
    amount_cents: PositiveCents | None = None
    version: Decisions | None = None


class InstalmentBody(Body):
    """An amount that the tenant is to pay on a day."""

    due_date: Day
    amount_cents: PositiveCents


class PlanBody(Body):
    """An instalment plan: it covers what is open of some dues (default: of all past their day), to the cent.

    `version` is that of the plan as it was read, null if there was none.
    """

    instalments: Annotated[tuple[InstalmentBody, ...], Field(strict=False, min_length=1, max_length=120)]
    due_ids: DueIds | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [item.due_date for item in self.instalments]
        if days != sorted(set(days)):
            raise PydanticCustomError("instalments", "Instalments are on different days, in order.")
        return self


class SpreadBody(Body):
    """Over how many lines a late adjustment is spread, a month apart, the first not before today."""

    lines: Annotated[int, Field(ge=2, le=MOST_LINES)] = 12
    first_due_date: Day


class LeasesQuery(PageQuery):
    """Which leases; `q` is looked for in the lease's id, the holder's name and the virtual IBAN."""

    residence: Id | None = None
    commune: Text | None = None
    status: LeaseStatus | None = None
    q: Name | None = None


class OnQuery(Query):
    """The day on which to look (default: today in Europe/Paris)."""

    on: Day | None = None


class VersionQuery(Query):
    """The version that was read."""

    version: Version


class EntriesQuery(PageQuery):
    """Which journal: what is pushed to the ERP (default), or the chargings, which the ERP already has."""

    journal: Literal["receipts", "charging"] = "receipts"


class BankLinesQuery(PageQuery):
    """Which booking date (default: yesterday in Europe/Paris)."""

    date: Day | None = None


class PaymentsQuery(PageQuery):
    """Which payments; `from` and `to` are inclusive booking dates."""

    status: PaymentStatus | None = None
    from_day: Day | None = Field(None, alias="from")
    to_day: Day | None = Field(None, alias="to")
    means: Means | None = None
    residence: Id | None = None
    commune: Text | None = None
