"""Keep what people see of payments in step with the payments: lists, counters, alerts, and the outbox of entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.identity import Bucket
from quitus.domain.payment import Payment
from quitus.domain.views import UNKNOWN_HOME, Home, Shown, ViewChange, leases_of, shown
from quitus.services.contention import until_written
from quitus.services.ports import Clock

type PaymentName = tuple[Bucket, int]


class PaymentViewStore(Protocol):
    """Payments, and what the views hold of them; reads are strongly consistent."""

    def payments(self, landlord_id: str, names: Iterable[PaymentName]) -> list[Payment]:
        """The payments that exist."""
        ...

    def shown(self, landlord_id: str, payments: Iterable[Payment]) -> Mapping[str, Shown]:
        """What the views hold, by payment id."""
        ...

    def homes(self, landlord_id: str, lease_ids: Iterable[str]) -> Mapping[str, Home]:
        """Where these leases are."""
        ...

    def apply(self, landlord_id: str, changes: Sequence[ViewChange], at: str, *, pushed: bool) -> None:
        """Write the changes, each of them whole; `pushed` lists new entries for the ERP. Raises Stale."""
        ...


@dataclass(frozen=True, slots=True)
class PaymentViews:
    """Brings the views of payments up to date; again changes nothing."""

    store: PaymentViewStore
    clock: Clock

    def refresh(self, landlord_id: str, names: Iterable[PaymentName], at: str, *, pushed: bool) -> Sequence[Payment]:
        """Refresh the views of these payments, and return them.

        The payments are read once and first: what the views hold of a later version then shows, and wins.

        Raises:
            Contention: others kept writing; nothing is lost, try again.
        """
        payments = self.store.payments(landlord_id, names)
        until_written(lambda: self._catch_up(landlord_id, payments, at, pushed=pushed), self.clock)
        return payments

    def _catch_up(self, landlord_id: str, payments: Sequence[Payment], at: str, *, pushed: bool) -> None:
        before = self.store.shown(landlord_id, payments)
        behind = [payment for payment in payments if _behind(payment, before.get(payment.payment_id))]
        new = {name for payment in behind for name in _unknown(payment, before.get(payment.payment_id))}
        homes = self.store.homes(landlord_id, new)
        if behind:
            changes = [_change(payment, before.get(payment.payment_id), homes) for payment in behind]
            self.store.apply(landlord_id, changes, at, pushed=pushed)


def _behind(payment: Payment, before: Shown | None) -> bool:
    return before is None or before.version < payment.version


def _unknown(payment: Payment, before: Shown | None) -> set[str]:
    """The leases that it was not on before."""
    return set(leases_of(payment)) - (before.homes.keys() if before else set())


def _change(payment: Payment, before: Shown | None, homes: Mapping[str, Home]) -> ViewChange:
    """A receipt stays where its leases were when it was posted on them, wherever they move later."""
    known = {**homes, **(before.homes if before else {})}
    own = {lease_id: known.get(lease_id, UNKNOWN_HOME) for lease_id in leases_of(payment)}
    return ViewChange(payment, before, shown(payment, own, before))
