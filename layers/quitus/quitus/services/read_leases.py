"""Leases as people look them up: one with its dues and parties, or a page of many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from quitus.domain.calendar import paris_day, years_before
from quitus.domain.errors import Contention, NotFound
from quitus.domain.ibans import FRENCH_LENGTH, compact_iban
from quitus.domain.lease import Account, Due, DueStanding, Lease, LeaseStatus
from quitus.domain.money import Cents
from quitus.domain.party import Party
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import Clock, Landlords, Ledger

DUES_SHOWN_YEARS = 2
_PATIENCE = 5
_READ_AT_ONCE = 200


class LeaseReader(Protocol):
    """Leases and parties; a residence's leases are listed by id and may lag by a second."""

    def lease(self, landlord_id: str, lease_id: str) -> Lease:
        """The lease. Raises NotFound."""
        ...

    def parties(self, landlord_id: str, lease_id: str) -> list[Party]:
        """The lease's parties, by id."""
        ...

    def leases_of_residence(
        self, landlord_id: str, residence_id: str, after: str | None, limit: int
    ) -> tuple[list[Lease], str | None]:
        """A page of a residence's leases by id, and the lease id to go on after (None at the end)."""
        ...


class Residences(Protocol):
    """The landlord's residences, a view."""

    def residences(self, landlord_id: str) -> Mapping[str, str]:
        """Names by residence id, in the order of the ids."""
        ...


def every_lease(leases: LeaseReader, landlord_id: str, residence_id: str, after: str | None = None) -> Iterator[Lease]:
    """A residence's leases by id, from the start or after one."""
    while True:
        page, after = leases.leases_of_residence(landlord_id, residence_id, after, _READ_AT_ONCE)
        yield from page
        if after is None:
            return


@dataclass(frozen=True, slots=True)
class LeaseFilter:
    """Which leases; `text` is looked for in the lease id, the holder's name and the virtual IBAN."""

    residence_id: str | None = None
    commune: str | None = None
    status: LeaseStatus | None = None
    text: str | None = None
    lease_id: str | None = None

    def takes(self, lease: Lease) -> bool:
        """Whether a lease is wanted."""
        return (
            self.lease_id in (None, lease.lease_id)
            and self.commune in (None, lease.commune)
            and self.status in (None, lease.status)
            and (self.text is None or _mentions(lease, self.text))
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A lease and how its account stands. It is late when more than the landlord's tolerance is overdue: less is
    carried, never written off, and reminds nobody (sector.md §7, case 12).
    """

    lease: Lease
    account: Account
    overdue_cents: Cents
    is_late: bool


@dataclass(frozen=True, slots=True)
class FullStanding:
    """A lease, its account, its dues since a day (and older ones while open) by date, and its parties."""

    standing: Standing
    dues: tuple[DueStanding, ...]
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class LeaseDesk:
    """Looks leases up."""

    leases: LeaseReader
    ledger: Ledger
    residences: Residences
    landlords: Landlords
    clock: Clock

    def one(self, landlord_id: str, lease_id: str, since: date | None = None) -> FullStanding:
        """A lease, strongly consistent: balance and dues (of two years unless told) are of the same moment.

        Raises:
            NotFound: no such lease.
            Contention: it changed each time it was read.
        """
        lease = self.leases.lease(landlord_id, lease_id)
        parties = self.leases.parties(landlord_id, lease_id)
        account, dues = self._account_with_dues(landlord_id, lease_id)
        since = since or years_before(paris_day(self.clock.now()), DUES_SHOWN_YEARS)
        (standing,) = self._standings(landlord_id, [lease], {lease_id: account})
        return FullStanding(standing, tuple(_shown(dues, account, since)), tuple(parties))

    def _standings(
        self, landlord_id: str, leases: Sequence[Lease], accounts: Mapping[str, Account]
    ) -> tuple[Standing, ...]:
        landlord, today = self.landlords.find(landlord_id), paris_day(self.clock.now())
        tolerance = landlord.tolerance_cents if landlord else 0
        found = list[Standing]()
        for lease in leases:
            account = accounts.get(lease.lease_id, Account(lease.lease_id))
            overdue = account.overdue_cents(today)
            found.append(Standing(lease, account, overdue, overdue > tolerance))
        return tuple(found)

    def _account_with_dues(self, landlord_id: str, lease_id: str) -> tuple[Account, Mapping[str, Due]]:
        account = self._account(landlord_id, lease_id)
        for attempt in range(_PATIENCE):
            dues = self.ledger.dues(landlord_id, lease_id)
            after = self._account(landlord_id, lease_id)
            if after.version == account.version:
                return account, dues
            account = after
            self.clock.pause(attempt)
        raise Contention("lease_busy", "The lease changed each time it was read.", lease_id=lease_id)

    def _account(self, landlord_id: str, lease_id: str) -> Account:
        held = self.ledger.accounts(landlord_id, [lease_id])
        if lease_id not in held:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return held[lease_id]

    def page(self, landlord_id: str, wanted: LeaseFilter, after: Place | None, limit: int) -> Listed[Standing]:
        """A page of leases by residence and id, with their accounts as they stand now."""
        found = self._found(landlord_id, self._by_cotenant(landlord_id, wanted), after)
        listed = fill(found, limit)
        accounts = self.ledger.accounts(landlord_id, [lease.lease_id for lease in listed.items])
        return Listed(self._standings(landlord_id, listed.items, accounts), listed.place)

    def _by_cotenant(self, landlord_id: str, wanted: LeaseFilter) -> LeaseFilter:
        """What asks for the virtual IBAN of a co-tenant asks for the lease."""
        iban = compact_iban(wanted.text or "")
        holder = self.ledger.holders_of(landlord_id, [iban]).get(iban) if len(iban) == FRENCH_LENGTH else None
        return wanted if holder is None else replace(wanted, lease_id=holder.lease_id, text=None)

    def _found(
        self, landlord_id: str, wanted: LeaseFilter, after: Place | None
    ) -> Iterator[tuple[Place, Lease | None]]:
        first, start = after or ("", None)
        for residence_id in self._residences(landlord_id, wanted.residence_id):
            if residence_id < first:
                continue
            last = start if residence_id == first else None
            for lease in every_lease(self.leases, landlord_id, residence_id, last):
                yield (residence_id, lease.lease_id), lease if wanted.takes(lease) else None

    def _residences(self, landlord_id: str, only: str | None) -> Sequence[str]:
        return [only] if only is not None else list(self.residences.residences(landlord_id))


def _shown(dues: Mapping[str, Due], account: Account, since: date) -> Iterator[DueStanding]:
    standings = (account.standing(due) for due in sorted(dues.values(), key=lambda due: (due.due_date, due.due_id)))
    for standing in standings:
        if standing.due.due_date >= since or standing.open_cents or standing.aid_open_cents:
            yield standing


def _mentions(lease: Lease, text: str) -> bool:
    wanted = text.casefold()
    compact = wanted.replace(" ", "").upper()
    return (
        wanted in lease.lease_id.casefold() or wanted in lease.holder_name.casefold() or compact in lease.virtual_iban
    )
