"""The landlord: its bank accounts, its range of virtual IBANs, its ERP and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quitus.domain.bulk_payers import BulkPayer
from quitus.domain.ibans import VirtualIbanRange, compact_iban
from quitus.domain.ledger import Chart
from quitus.domain.money import Cents
from quitus.domain.payouts import STRIPE, PayoutSender


class ErpKind(StrEnum):
    """How the ERP takes what is pushed."""

    REST = "rest"
    FILE = "file"
    NONE = "none"


class VirtualIbanPer(StrEnum):
    """Who gets a virtual IBAN."""

    LEASE = "lease"
    COTENANT = "cotenant"
    """Co-tenants each get one beside the lease's, to which the holder pays; all lead to the lease."""


class CardProviderName(StrEnum):
    """Who takes a landlord's card payments."""

    STRIPE = "stripe"
    DEMO = "demo"
    """A stand-in on the local cloud: no money moves."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A real account of the landlord; `profile` says how its bank writes files."""

    iban: str
    bic: str
    profile: str = "default"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom tenants reach with their questions; what letters and the pay page print."""

    phone: str | None = None
    email: str | None = None
    address: str | None = None
    """Postal, in one or several lines."""
    hours: str | None = None
    """When somebody answers, in the landlord's words."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Under what tenants get messages: an address of mail that SES knows as the landlord's, a name for SMS."""

    email: str | None = None
    sms_name: str | None = None


@dataclass(frozen=True, slots=True)
class Erp:
    """Where entries go; `accounts` maps an account's role (ledger.Role) to the number in the landlord's chart."""

    kind: ErpKind = ErpKind.NONE
    url: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Landlord:
    """A client of Quitus, strictly apart from the others."""

    landlord_id: str
    name: str
    siren: str
    creditor_identifier: str | None
    tolerance_cents: Cents
    bank_accounts: tuple[BankAccount, ...]
    virtual_iban_range: VirtualIbanRange | None
    virtual_iban_pool: str | None = None
    virtual_iban_per: VirtualIbanPer = VirtualIbanPer.LEASE
    allocation_mode: str = "quitus"
    erp: Erp = field(default_factory=Erp)
    bulk_payers: tuple[BulkPayer, ...] = ()
    """Who sends one transfer for many leases, and a list."""
    contact: Contact | None = None
    card_provider: CardProviderName | None = None
    """Who takes its card payments; None: whom the deployment takes for those that chose none, if anybody."""
    card_account_iban: str | None = None
    """To which of its accounts the provider pays out; None: the first."""
    payout_senders: tuple[PayoutSender, ...] = ()
    """Who pays out by transfer what tenants paid by card, beside its own card provider."""
    sender: Sender | None = None
    """Under what tenants get messages; None: they get none."""
    former_ranges: tuple[str, ...] = ()
    """How the account numbers of the ranges that it had before begin (after country and check digits)."""
    former_accounts: tuple[str, ...] = ()
    """The IBANs of the bank accounts that it had before: what is on them is to be proved all the same."""

    @property
    def every_account(self) -> tuple[str, ...]:
        """The IBANs of its bank accounts, former ones too."""
        return (*(account.iban for account in self.bank_accounts), *self.former_accounts)

    @property
    def numbered(self) -> tuple[str, ...]:
        """How the numbers of all its ranges begin, former ones too: what else begins so is on no lease."""
        present = (self.virtual_iban_range.beginning,) if self.virtual_iban_range else ()
        return (*present, *self.former_ranges)

    @property
    def card_account(self) -> str | None:
        """The IBAN of the account to which card payments are paid out; None while it has no account."""
        return self.card_account_iban or next((account.iban for account in self.bank_accounts), None)

    @property
    def senders_of_payouts(self) -> tuple[PayoutSender, ...]:
        """Whose transfers bring what waits in collection: its own card provider's too."""
        own = (STRIPE,) if self.card_provider is CardProviderName.STRIPE else ()
        return (*self.payout_senders, *own)

    @property
    def chart(self) -> Chart:
        """The landlord's account numbers."""
        return Chart(self.erp.accounts)

    def bulk_payer(self, payer_id: str) -> BulkPayer | None:
        """The payer with this id."""
        return next((payer for payer in self.bulk_payers if payer.payer_id == payer_id), None)

    def bank_account(self, account: str) -> BankAccount | None:
        """The declared account with this IBAN, or whose domestic number (bank, branch, account) this is."""
        compact = compact_iban(account)
        return next((held for held in self.bank_accounts if compact in (held.iban, _domestic(held.iban))), None)

    def account_ever(self, account: str) -> str | None:
        """The IBAN of the account, declared now or before, that this IBAN or domestic number is of."""
        compact = compact_iban(account)
        return next((iban for iban in self.every_account if compact in (iban, _domestic(iban))), None)


def _domestic(iban: str) -> str:
    return iban[4:25]
