"""Bring the views up to date with rows that changed, and say whose ERP may have something to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from quitus.domain.calendar import instant_text
from quitus.domain.landlord import ErpKind
from quitus.domain.payment import Payment
from quitus.services.learn_payers import PayerTeacher
from quitus.services.lease_views import LeaseViews
from quitus.services.messages import PendingCheck
from quitus.services.name_views import NameViews, PartyName
from quitus.services.payment_views import PaymentName, PaymentViews
from quitus.services.pending_checks import pending_check
from quitus.services.ports import Clock, Landlords


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed of one landlord."""

    landlord_id: str
    payments: frozenset[PaymentName] = frozenset()
    lease_ids: frozenset[str] = frozenset()
    virtual_ibans: frozenset[str] = frozenset()
    named: frozenset[PartyName] = frozenset()
    lists: frozenset[str] = frozenset()
    """Lists of beneficiaries: no view is made from them, but they may be settled now."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What follows from a refresh: whether the landlord's ERP should be woken, and what may be settled now."""

    wakes_erp: bool
    check: PendingCheck | None


class ErpLandlords(Protocol):
    """The landlords of the deployment that ever had something to push."""

    def add(self, landlord_id: str) -> None:
        """Remember a landlord; again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ViewKeeper:
    """Refreshes every view that a change touches."""

    payments: PaymentViews
    leases: LeaseViews
    names: NameViews
    teacher: PayerTeacher
    landlords: Landlords
    erp_landlords: ErpLandlords
    clock: Clock

    def refresh(self, changed: Changed) -> Refreshed:
        """Refresh the views of one landlord.

        The answer depends on what changed, not on what was new: a change that comes again wakes again, so that a wake
        lost between the write and its message is made up for.

        Raises:
            Contention: others kept writing; nothing is lost, try again.
        """
        pushed = self._has_erp(changed.landlord_id)
        if pushed:
            self.erp_landlords.add(changed.landlord_id)
        at = instant_text(self.clock.now())
        self.leases.refresh_residences(changed.landlord_id, changed.lease_ids)
        issued = self.leases.refresh_virtual_ibans(changed.landlord_id, changed.virtual_ibans, pushed=pushed)
        self.names.refresh(changed.landlord_id, changed.named)
        payments = self.payments.refresh(changed.landlord_id, changed.payments, at, pushed=pushed)
        self.teacher.learn(changed.landlord_id, payments)
        booked = any(payment.entries for payment in payments)
        return Refreshed(pushed and (issued or booked), _check(changed, payments))

    def _has_erp(self, landlord_id: str) -> bool:
        landlord = self.landlords.find(landlord_id)
        return landlord is not None and landlord.erp.kind is not ErpKind.NONE


def _check(changed: Changed, payments: Sequence[Payment]) -> PendingCheck | None:
    check = pending_check(changed.landlord_id, payments)
    if not changed.lists:
        return check
    return replace(check or PendingCheck(changed.landlord_id), lists=tuple(sorted(changed.lists)))
