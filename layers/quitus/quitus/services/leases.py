"""What the use cases about leases, parties and dues read and write, and the port to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from quitus.domain.charged import Charging, History, Paid
from quitus.domain.ibans import VirtualAccount
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Due, Lease
from quitus.domain.money import Cents
from quitus.domain.party import Party, PartyKey


@dataclass(frozen=True, slots=True)
class Origin:
    """The ERP file that last spoke of a row: its sequence, and its id if it changed the row (None: confirmed it)."""

    sequence: int
    file_id: str | None = None


class Fate(StrEnum):
    """What became of a wanted change (contract.md, acknowledgements)."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


def fate_of_known(held: Origin | None, origin: Origin | None) -> Fate:
    """A row that its own file wrote already (its message came twice) was accepted; else nothing changes."""
    own = origin is not None and held is not None and held.file_id == origin.file_id
    return Fate.ACCEPTED if own else Fate.UNCHANGED


def superseded(held: Origin | None, origin: Origin | None) -> bool:
    """Whether a file at least as new already spoke of the row; requests over HTTP (no origin) always count."""
    return origin is not None and held is not None and held.sequence >= origin.sequence


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease as it stands, the version of its description, and its account."""

    lease: Lease
    account: Account
    version: int
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class LeaseWrite:
    """A lease as it is to be; `account` when it changes too, `left`: the account group that it leaves."""

    lease: Lease
    version: int
    account: Account | None
    origin: Origin | None
    left: str | None = None

    @property
    def groups(self) -> frozenset[str]:
        """The account groups that it joins, stays in or leaves."""
        return frozenset(filter(None, (self.lease.account_group, self.left)))


@dataclass(frozen=True, slots=True)
class HeldDue:
    """A due as it stands, and the file that brought it."""

    due: Due
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class ChargeWrite:
    """A charging of a lease: the account that follows and the dues to write, `new` ones for the first time."""

    charging: Charging
    account: Account
    dues: tuple[Due, ...]
    new: frozenset[str]
    origin: Origin | None

    @property
    def rows(self) -> int:
        """How many rows it touches: one transaction must hold them all."""
        return len(self.dues) + len(self.new) + 2 + len(self.charging.uses)


@dataclass(frozen=True, slots=True)
class HeldParty:
    """A party as it stands and the file that brought it."""

    party: Party
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class PartyWrite:
    """A party as it is to be, the file that brings it, and what it was as it was read; `lease_iban`, the virtual IBAN
    of its lease, if its own account is new.
    """

    party: Party
    origin: Origin
    known: HeldParty | None = None
    lease_iban: str | None = None

    @property
    def is_same(self) -> bool:
        """Whether the file says what stands already."""
        return self.known is not None and self.known.party == self.party


@dataclass(frozen=True, slots=True)
class BalanceControl:
    """What the ERP thinks a lease owes on a day (> 0: the tenant owes)."""

    lease_id: str
    as_of: date
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class HeldControl:
    """The last control of a lease's balance and the file that brought it."""

    control: BalanceControl
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Which lease a payer's number of a tenant is of; payers (CAF, MSA, FSL) name tenants so in their lists."""

    payer_id: str
    number: str
    lease_id: str


@dataclass(frozen=True, slots=True)
class HeldBeneficiary:
    """A beneficiary as it stands, the file that brought it, the person who decided it; `revision` counts writes."""

    beneficiary: Beneficiary
    origin: Origin | None = None
    decided_by: str | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Numbers taken for leases and co-tenants (fewer than asked when there are no more), and how full the source is."""

    accounts: tuple[VirtualAccount, ...]
    used: int
    capacity: int
    source: str
    """Names the range, or `pool`."""

    @property
    def is_nearly_full(self) -> bool:
        """80 % of the numbers are taken (contract.md, virtual_iban_capacity)."""
        return self.used * 100 >= self.capacity * 80


class LeaseStore(Protocol):
    """Leases, parties and controls. Writes return the ids of what others changed meanwhile: not written, so far."""

    def held(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, HeldLease]:
        """The leases that exist."""
        ...

    def members(self, landlord_id: str, groups: Iterable[str]) -> dict[str, frozenset[str]]:
        """The leases of each of these account groups that has any."""
        ...

    def write_leases(self, landlord_id: str, writes: Sequence[LeaseWrite], at: str) -> set[str]:
        """Write leases, each with its account, its virtual IBAN and its place in an account group, or not at all."""
        ...

    def confirm_leases(self, landlord_id: str, lease_ids: Iterable[str], sequence: int) -> None:
        """Remember that a file of this sequence said the same."""
        ...

    def held_parties(self, landlord_id: str, parties: Iterable[Party]) -> dict[PartyKey, HeldParty]:
        """Those of these parties that exist."""
        ...

    def write_parties(self, landlord_id: str, writes: Sequence[PartyWrite], at: str) -> set[PartyKey]:
        """Replace parties, each with its virtual account, or not at all."""
        ...

    def held_controls(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, HeldControl]:
        """The last controls of these leases."""
        ...

    def write_controls(self, landlord_id: str, controls: Sequence[BalanceControl], origin: Origin | None) -> None:
        """Replace controls."""
        ...


class DueStore(Protocol):
    """Dues and their chargings."""

    def held_dues(self, landlord_id: str, dues: Iterable[Due]) -> dict[str, HeldDue]:
        """Those of these dues that exist on their lease."""
        ...

    def owners(self, landlord_id: str, due_ids: Iterable[str]) -> dict[str, str]:
        """The lease of each of these dues that exists."""
        ...

    def history(self, landlord_id: str, lease_id: str) -> History:
        """All dues of a lease and all offsets made by its chargings."""
        ...

    def paid(self, landlord_id: str, lease_id: str, due_ids: Collection[str]) -> Sequence[Paid]:
        """What payments on a lease settled of some of its dues, the latest first: found by the views, which are seconds
        late, and read as they are.
        """
        ...

    def write_charges(self, landlord_id: str, charges: Sequence[ChargeWrite], at: str) -> set[str]:
        """Write chargings, each whole or not at all; the leases whose account others changed meanwhile."""
        ...

    def confirm_dues(self, landlord_id: str, dues: Iterable[Due], sequence: int) -> None:
        """Remember that a file of this sequence said the same."""
        ...


class Numbers(Protocol):
    """Where virtual IBANs come from: the landlord's range, or its pool."""

    def take(self, landlord: Landlord, count: int) -> Taken:
        """Numbers that nobody else gets; gaps are fine."""
        ...

    def fill_pool(
        self, landlord_id: str, accounts: Sequence[VirtualAccount], origin: Origin | None
    ) -> Mapping[str, bool]:
        """Add accounts to the pool: True where added by this origin, False where it was there already."""
        ...
