"""One lease or one due, new or changed, over HTTP: the same rules as rows of ERP files."""

from __future__ import annotations

from dataclasses import dataclass

from quitus.domain.errors import Conflict, Invalid, NotFound
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Due, DueStanding, Lease
from quitus.services.charge_leases import Charger
from quitus.services.leases import Fate
from quitus.services.put_leases import LeaseWriter
from quitus.services.refusals import Refusal


@dataclass(frozen=True, slots=True)
class LeaseChange:
    """A lease after a change; `changed` when anything is different from before."""

    lease: Lease
    account: Account
    created: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class DueResult:
    """How a due stands after a change."""

    standing: DueStanding
    created: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class LeaseChanges:
    """Writes leases and dues that were asked for over HTTP."""

    leases: LeaseWriter
    charger: Charger

    def put_lease(self, landlord: Landlord, lease: Lease) -> LeaseChange:
        """Create or replace a lease; a new one gets its virtual IBAN and its account in the same transaction.

        `virtual_iban`, `bic`, `payee_name` and `payment_reference` of the argument are ignored.

        Raises:
            Invalid: `invalid_date`, an end before its beginning.
            Conflict: `virtual_iban_exhausted`, `account_group_full`.
            Contention: others kept writing to the lease.
        """
        check_lease(lease)
        outcome = self.leases.put(landlord, [lease])[lease.lease_id]
        held = outcome.held
        if outcome.reason is not None or held is None:
            raise Conflict(outcome.reason or Refusal.VIRTUAL_IBAN_EXHAUSTED, "There is no room for the lease.")
        return LeaseChange(held.lease, held.account, outcome.created, outcome.fate is Fate.ACCEPTED)

    def put_due(self, landlord: Landlord, due: Due) -> DueResult:
        """Create, replace or (amount 0) cancel a due of a lease.

        Raises:
            NotFound: `lease_not_found`.
            Invalid: `aid_not_negative`.
            Conflict: `due_of_other_lease`, `due_is_a_line`, `due_of_refund`.
            Contention: others kept writing to the lease.
        """
        check_due(due)
        outcome = self.charger.put(landlord, [due])[due.due_id]
        match outcome.reason:
            case Refusal.UNKNOWN_LEASE:
                raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=due.lease_id)
            case Refusal.DUE_OF_OTHER_LEASE:
                raise Conflict(outcome.reason, "The due belongs to another lease.", due_id=due.due_id)
            case Refusal.DUE_IS_A_LINE:
                raise Conflict(outcome.reason, "The due is a line of another one.", due_id=due.due_id)
            case Refusal.DUE_OF_REFUND:
                raise Conflict(outcome.reason, "Ids that begin so are those of refunds.", due_id=due.due_id)
        return DueResult(outcome.standing, outcome.created, outcome.fate is Fate.ACCEPTED)


def check_lease(lease: Lease) -> None:
    """Raises Invalid unless the lease's values agree with each other."""
    if lease.end_date is not None and lease.end_date < lease.start_date:
        raise Invalid(Refusal.INVALID_DATE, "A lease cannot end before it begins.", field="end_date")


def check_due(due: Due) -> None:
    """Raises Invalid unless the due's values agree with each other."""
    if due.kind.is_aid and due.amount_cents > 0:
        raise Invalid(Refusal.AID_NOT_NEGATIVE, "An aid lowers what the tenant owes.", field="amount_cents")
