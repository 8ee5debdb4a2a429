"""What card providers tell: proven, taken once, and given to the queue of payment events. Nothing is posted here.

Each step may come again: what is queued is the same event with the same reference, which is posted once for ever. Only
when all is done is the provider's event remembered, so a process that dies anywhere loses nothing: the provider tells
it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol

import msgspec

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.card_notice import AFTERWARDS, CardNotice, CardOutcome, card_source
from quitus.domain.checkout import Checkout, CheckoutStatus, parse_checkout_id
from quitus.domain.errors import NotFound
from quitus.domain.movement import Means
from quitus.services.card_providers import CardProviders, Delivery, Told
from quitus.services.checkouts import CheckoutStore
from quitus.services.contention import until_written
from quitus.services.payment_event import PaymentEvent
from quitus.services.ports import ActionLog, Alerts, Clock, Landlords, Queue

CURRENCY: Final = "EUR"
_NO_CHECKOUT: Final = ""
"""The checkout that is noted for money which fits none."""


class CardNotes(Protocol):
    """What is remembered of what providers told, for ever; strongly consistent."""

    def is_known(self, landlord_id: str, provider: str, event_id: str) -> bool:
        """Whether an event was taken."""
        ...

    def remember(self, landlord_id: str, provider: str, event_id: str, at: str) -> None:
        """That an event was taken; again changes nothing."""
        ...

    def checkout_of(self, landlord_id: str, provider: str, reference: str) -> str | None:
        """The id of the checkout that was paid by a payment; empty when it fits none; None: no such payment."""
        ...

    def name(self, landlord_id: str, provider: str, reference: str, checkout_id: str) -> None:
        """Keep which checkout a payment paid; again changes nothing."""
        ...

    def wait(self, landlord_id: str, provider: str, notice: CardNotice) -> None:
        """Keep what came before its payment; again changes nothing."""
        ...

    def waiting(self, landlord_id: str, provider: str, reference: str) -> Sequence[CardNotice]:
        """What came before a payment, and ever waited for it."""
        ...


@dataclass(frozen=True, slots=True)
class CardWebhooks:
    """Takes webhooks."""

    providers: CardProviders
    landlords: Landlords
    checkouts: CheckoutStore
    notes: CardNotes
    events: Queue
    alerts: Alerts
    log: ActionLog
    clock: Clock

    def take(self, name: str, delivery: Delivery) -> None:
        """Take a webhook; again changes nothing.

        Raises:
            NotFound: no such provider here.
            Unauthenticated: nobody who holds its keys sent it now. Nothing is kept of it.
            Invalid: it is no event.
        """
        provider, now = self.providers.named(name), self.clock.now()
        if provider is None:
            raise NotFound("provider_not_found", "There is no such provider of card payments.")
        told = provider.read(delivery, now)
        if told is None or self.notes.is_known(told.landlord_id, name, told.event_id):
            return
        self.log.record(told.landlord_id, "webhooks", _digest(name, told.event_id), _kept(name, told), now)
        self._apply(name, told)
        self.notes.remember(told.landlord_id, name, told.event_id, instant_text(now))

    def _apply(self, name: str, told: Told) -> None:
        if told.event is not None:
            self.events.send([told.event])
        if told.notice is not None:
            case = _Case(self, told.landlord_id, name)
            case.afterwards(told.notice) if told.notice.outcome in AFTERWARDS else case.of_checkout(told.notice)


@dataclass(frozen=True, slots=True)
class _Payee:
    """Whose the money of a payment is: an account of the landlord, and a link's dues if it fits what was asked."""

    account_iban: str
    checkout: Checkout | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """What one provider tells of one landlord's payments."""

    desk: CardWebhooks
    landlord_id: str
    provider: str

    def of_checkout(self, notice: CardNotice) -> None:
        """What became of a checkout."""
        checkout = self._found(notice.checkout_id)
        if notice.outcome is CardOutcome.PAID:
            self._paid(checkout, notice)
        elif checkout is not None:
            status = CheckoutStatus.FAILED if notice.outcome is CardOutcome.FAILED else CheckoutStatus.EXPIRED
            self.desk.checkouts.ended(self.landlord_id, replace(checkout, status=status))

    def afterwards(self, notice: CardNotice) -> None:
        """What became of a payment later; it waits, if its payment is not known yet."""
        reference = notice.reference or ""
        if self._payee(reference) is None:
            self.desk.notes.wait(self.landlord_id, self.provider, notice)
        payee = self._payee(reference)
        if payee is not None:
            self._post_afterwards(payee, notice)

    def _paid(self, checkout: Checkout | None, notice: CardNotice) -> None:
        if checkout is None:
            self._doubt("unknown_checkout", notice)
            self._book_unclear(self._own(), notice)
        elif (notice.amount_cents, notice.currency) != (checkout.amount_cents, CURRENCY):
            self._doubt("other_amount", notice, expected_cents=checkout.amount_cents)
            self._book_unclear(_Payee(checkout.account_iban), notice)
        else:
            paid = until_written(lambda: self._marked(checkout, notice), self.desk.clock)
            day = paid.paid_on if paid.reference == notice.reference and paid.paid_on else notice.day
            self._book(_Payee(checkout.account_iban, checkout), replace(notice, day=day))

    def _book_unclear(self, payee: _Payee | None, notice: CardNotice) -> None:
        """Money that was taken is in the books whatever it was for: told without a link, it is in suspense."""
        if payee is not None and notice.currency == CURRENCY and notice.amount_cents > 0:
            self._book(payee, notice)

    def _book(self, payee: _Payee, notice: CardNotice) -> None:
        reference = notice.reference or ""
        checkout_id = payee.checkout.checkout_id if payee.checkout else _NO_CHECKOUT
        self.desk.notes.name(self.landlord_id, self.provider, reference, checkout_id)
        self._send(payee, notice, "credit", reference)
        for later in self.desk.notes.waiting(self.landlord_id, self.provider, reference):
            self._post_afterwards(payee, later)

    def _marked(self, checkout: Checkout, notice: CardNotice) -> Checkout:
        """The checkout as paid: by this payment, or by the one that came before it."""
        held = self.desk.checkouts.find(self.landlord_id, checkout.link_id, checkout.number) or checkout
        if held.reference is not None:
            return held
        paid = replace(held, status=CheckoutStatus.PAID, reference=notice.reference, paid_on=notice.day)
        self.desk.checkouts.paid(self.landlord_id, paid)
        return paid

    def _post_afterwards(self, payee: _Payee, notice: CardNotice) -> None:
        own = notice.own_reference or ""
        match notice.outcome:
            case CardOutcome.REFUND_FAILED:
                self._doubt("refund_failed", notice)
            case _ if notice.currency != CURRENCY:
                self._doubt("currency", notice)
            case CardOutcome.REINSTATED:
                self._send(payee, notice, "credit", f"{own}-reinstated")
            case CardOutcome.REFUNDED:
                self._send(payee, notice, "return", own)
            case _:
                self._send(payee, notice, "chargeback", own)

    def _send(
        self, payee: _Payee, notice: CardNotice, kind: Literal["credit", "return", "chargeback"], reference: str
    ) -> None:
        event = PaymentEvent(
            schema="quitus.payment-event/1",
            event_id=notice.event_id,
            landlord_id=self.landlord_id,
            source=card_source(self.provider),
            kind=kind,
            bank_reference=reference,
            amount_cents=notice.amount_cents,
            currency=CURRENCY,
            booking_date=notice.day,
            account_iban=payee.account_iban,
            means=Means.CARD,
            link_id=payee.checkout.link_id if payee.checkout else None,
            original_reference=None if kind == "credit" else notice.reference,
            reason=notice.reason,
        )
        self.desk.events.send([event])

    def _found(self, checkout_id: str | None) -> Checkout | None:
        place = parse_checkout_id(checkout_id)
        found = self.desk.checkouts.find(self.landlord_id, *place) if place else None
        return found if found is not None and found.provider == self.provider else None

    def _payee(self, reference: str) -> _Payee | None:
        """Whose a payment is that was told of; None before."""
        checkout_id = self.desk.notes.checkout_of(self.landlord_id, self.provider, reference)
        checkout = self._found(checkout_id)
        if checkout is not None:
            return _Payee(checkout.account_iban, checkout)
        return None if checkout_id is None else self._own()

    def _own(self) -> _Payee | None:
        """The account to which the landlord's cards are paid out now; None for nobody's."""
        landlord = self.desk.landlords.find(self.landlord_id)
        return _Payee(landlord.card_account) if landlord and landlord.card_account else None

    def _doubt(self, reason: str, notice: CardNotice, **more: int) -> None:
        detail: dict[str, str | int] = {
            "reason": reason,
            "provider": self.provider,
            "checkout_id": (notice.checkout_id or "")[:140],
            "reference": notice.reference or "",
            "amount_cents": notice.amount_cents,
            "currency": notice.currency,
            **more,
        }
        subject = notice.own_reference or notice.reference or notice.event_id
        alert = Alert(AlertKind.CARD_PAYMENT_UNCLEAR, subject, detail)
        self.desk.alerts.alert(self.landlord_id, alert, instant_text(self.desk.clock.now()))


def _kept(provider: str, told: Told) -> dict[str, Any]:
    """What is logged: what was understood. What else a provider says of the cardholder is not kept."""
    said = msgspec.to_builtins(told.notice) if told.notice else dict(told.event or {})
    return {"provider": provider, "event_id": told.event_id, "told": said}


def _digest(provider: str, event_id: str) -> str:
    return hashlib.sha256(f"{provider}|{event_id}".encode()).hexdigest()
