"""Leases and their dues, new and changed: the same rules for rows of ERP files and for requests over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Due, Lease
from quitus.domain.money import Cents
from quitus.services.leases import DueStore, LeaseStore, Numbers
from quitus.services.ports import ActionLog, Alerts, Clock


@dataclass(frozen=True, slots=True)
class LeaseChange:
    """A lease after a change; `changed` when anything is different from before."""

    lease: Lease
    account: Account
    created: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class DueResult:
    """A due after a change, and what is open of it."""

    due: Due
    open_cents: Cents
    created: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class LeaseChanges:
    """Writes leases and dues."""

    leases: LeaseStore
    dues: DueStore
    numbers: Numbers
    alerts: Alerts
    log: ActionLog
    clock: Clock

    def put_lease(self, landlord: Landlord, lease: Lease) -> LeaseChange:
        """Create or replace a lease; a new one gets its virtual IBAN and its account in the same transaction.

        `virtual_iban`, `bic`, `payee_name` and `payment_reference` of the argument are ignored.

        Raises:
            Invalid: a date before another that it follows.
            Conflict: `virtual_iban_exhausted`.
            Contention: others kept writing to the lease.
        """
        ...

    def put_due(self, landlord: Landlord, due: Due) -> DueResult:
        """Create, replace or (amount 0) cancel a due of a lease.

        Raises:
            NotFound: `lease_not_found`.
            Invalid: `aid_not_negative`.
            Conflict: `due_of_other_lease`.
            Contention: others kept writing to the lease.
        """
        ...
