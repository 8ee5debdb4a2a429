"""Payments as people look them up: one as it stands now, or a page of many from the views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from quitus.domain.errors import NotFound
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.payment import Payment, PaymentStatus
from quitus.domain.views import Home
from quitus.services.paging import Listed, Place, fill
from quitus.services.payment_answer import payment_answer
from quitus.services.ports import Ledger

_LISTED_STATUS = frozenset({PaymentStatus.SUSPENSE, PaymentStatus.PENDING})


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """A payment in the views: its answer, and where the leases are that it is of, its own first."""

    payment_id: str
    day: str
    homes: tuple[Home, ...]
    answer: Mapping[str, Any]

    @property
    def home(self) -> Home | None:
        """Where its own lease is."""
        return next(iter(self.homes), None)


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of the bank's that is no payment, as its channel told it; the amount is signed, debits below zero."""

    payment_id: str
    booking_date: date
    amount_cents: Cents
    name: str | None
    """Whom the bank names beside it."""
    remittance: str | None


class PaymentListings(Protocol):
    """The views of payments; they follow within seconds. Newest day first, then by payment id."""

    def payments(
        self, landlord_id: str, first: date | None, last: date | None, after: tuple[str, str] | None
    ) -> Iterator[ShownPayment]:
        """Those booked between two days, inclusive, after the place (day, payment id)."""
        ...

    def payments_with_status(
        self, landlord_id: str, status: str, after: tuple[str, str] | None
    ) -> Iterator[ShownPayment]:
        """Those in suspense or pending, after the place (day, payment id)."""
        ...

    def bank_lines(self, landlord_id: str, day: date, after: str | None) -> Iterator[BankLine]:
        """The bank's lines of a day that are nothing yet, by id, after one."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payment stands, also one that is in no list."""

    status: str
    lease_id: str | None = None
    reason: str | None = None


class Standings(Protocol):
    """The views of payments, seconds late."""

    def standings(self, landlord_id: str, payment_ids: Iterable[str]) -> Mapping[str, Standing]:
        """Where these payments stand, of those that the views have."""
        ...


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments; days are inclusive booking dates."""

    status: PaymentStatus | None = None
    first: date | None = None
    last: date | None = None
    means: Means | None = None
    residence_id: str | None = None
    commune: str | None = None

    def takes(self, shown: ShownPayment) -> bool:
        """Whether a payment is wanted."""
        return (
            self.status in (None, shown.answer["status"])
            and self.means in (None, shown.answer["means"])
            and self._is_at_home(shown.homes)
            and (self.first is None or self.first.isoformat() <= shown.day)
            and (self.last is None or shown.day <= self.last.isoformat())
        )

    def _is_at_home(self, homes: Iterable[Home]) -> bool:
        """Whether any of the leases is in the residence and the commune that are wanted."""
        is_anywhere = self.residence_id is None and self.commune is None
        return is_anywhere or any(
            self.residence_id in (None, home.residence_id) and self.commune in (None, home.commune) for home in homes
        )


@dataclass(frozen=True, slots=True)
class PaymentDesk:
    """Looks payments up."""

    ledger: Ledger
    lists: PaymentListings

    def one(self, landlord_id: str, payment_id: str) -> Mapping[str, Any]:
        """A payment as it stands now.

        Raises:
            NotFound: no such payment; a bank line that is neither receipt nor return is none.
        """
        return payment_answer(receipt_of(self.ledger, landlord_id, payment_id))

    def page(
        self, landlord_id: str, wanted: PaymentFilter, after: Place | None, limit: int
    ) -> Listed[Mapping[str, Any]]:
        """A page of payments, newest day first."""
        return fill(self._found(landlord_id, wanted, after), limit)

    def bank_lines(self, landlord_id: str, day: date, after: Place | None, limit: int) -> Listed[BankLine]:
        """A page of the bank's lines of a day that are no payments, of which a person may still say what they are."""
        found = self.lists.bank_lines(landlord_id, day, after[0] if after else None)
        return fill((((line.payment_id,), line) for line in found), limit)

    def _found(
        self, landlord_id: str, wanted: PaymentFilter, after: Place | None
    ) -> Iterator[tuple[Place, Mapping[str, Any] | None]]:
        place = (after[0], after[1]) if after else None
        if wanted.status in _LISTED_STATUS:
            found = self.lists.payments_with_status(landlord_id, wanted.status.value, place)
        else:
            found = self.lists.payments(landlord_id, wanted.first, wanted.last, place)
        for shown in found:
            yield (shown.day, shown.payment_id), shown.answer if wanted.takes(shown) else None


def receipt_of(ledger: Ledger, landlord_id: str, payment_id: str) -> Payment:
    """A payment of the ledger. Raises NotFound, also for bank lines that are no payment."""
    payment = ledger.payment(landlord_id, payment_id)
    if payment.is_other:
        raise NotFound("payment_not_found", "There is no payment with this id.", payment_id=payment_id)
    return payment
