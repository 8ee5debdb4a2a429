"""Payment events: what a provider or an instant-payment feed says of one payment, accepted once or refused with a
reason.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, oldest_day, paris_day
from quitus.domain.ids import is_id
from quitus.domain.incoming import EVENT_CHANNEL, Incoming
from quitus.domain.landlord import Landlord
from quitus.domain.payment_link import PaymentLink
from quitus.services.payment_event import PaymentEvent, decoded_event
from quitus.services.ports import AcceptedEvent, ActionLog, Alerts, Clock, Events, Landlords
from quitus.services.post_movements import MovementPoster

_NOBODY = "-"
_NEWEST = timedelta(days=366)
"""How far ahead the money of an event may move."""


class EventRefusal(StrEnum):
    """Why an event is refused (docs/alerts.md)."""

    INVALID = "invalid_event"
    UNKNOWN_LANDLORD = "unknown_landlord"
    UNKNOWN_ACCOUNT = "unknown_account"
    CURRENCY = "currency"
    IMPLAUSIBLE_DATE = "implausible_date"
    REVERSAL_OF_REVERSAL = "reversal_of_reversal"
    IDENTITY_CONFLICT = "identity_conflict"


class Links(Protocol):
    """Payment links; strongly consistent."""

    def find(self, landlord_id: str, link_id: str) -> PaymentLink | None:
        """The link, or None."""
        ...


class _Refused(Exception):
    """The event cannot be accepted; the first argument is the reason's code."""


@dataclass(frozen=True, slots=True)
class EventPoster:
    """Accepts payment events: posted once, or a rejected row and an alert; never an endless retry."""

    poster: MovementPoster
    landlords: Landlords
    events: Events
    links: Links
    alerts: Alerts
    log: ActionLog
    clock: Clock

    def post(self, text: str) -> None:
        """Post the event of a message; again changes nothing."""
        try:
            event = decoded_event(text)
        except (msgspec.DecodeError, ValueError) as error:
            self._reject(text, EventRefusal.INVALID, str(error))
            return
        landlord = self.landlords.find(event.landlord_id)
        try:
            incoming = self._accepted(landlord, event)
        except _Refused as refusal:
            self._reject(text, *refusal.args)
            return
        if landlord is not None:
            self._post(landlord, incoming, text)

    def _accepted(self, landlord: Landlord | None, event: PaymentEvent) -> Incoming:
        if landlord is None:
            raise _Refused(EventRefusal.UNKNOWN_LANDLORD, "no such landlord")
        account = landlord.account_ever(event.account_iban)
        if account is None:
            raise _Refused(EventRefusal.UNKNOWN_ACCOUNT, "not an account of this landlord")
        if event.currency != "EUR":
            raise _Refused(EventRefusal.CURRENCY, "not in euros")
        self._check_day(event.booking_date)
        if self._takes_a_return_back(landlord.landlord_id, event):
            raise _Refused(EventRefusal.REVERSAL_OF_REVERSAL, "what it takes back is a return itself")
        link = self.links.find(landlord.landlord_id, event.link_id) if event.link_id else None
        incoming = event.incoming(account, link)
        if event.kind != "credit":
            incoming = incoming.accepted(self.poster.standing(landlord, incoming))
        at = instant_text(self.clock.now())
        told = AcceptedEvent(event.digest, incoming.bucket, incoming.movement.virtual_iban or "")
        held = self.events.accept(landlord.landlord_id, event.source, event.bank_reference, told, at)
        if told.contradicts(held):
            said = {"source": event.source, "bank_reference": event.bank_reference, "event_id": event.event_id}
            subject = _digest(f"{event.source}#{event.bank_reference}")[:24]
            self.alerts.alert(landlord.landlord_id, Alert(AlertKind.IDENTITY_CONFLICT, subject, said), at)
            differs = "the same reference came before with another amount, day, account or virtual IBAN"
            raise _Refused(EventRefusal.IDENTITY_CONFLICT, differs)
        return incoming.accepted(incoming.books.get(held.bucket.account))

    def _check_day(self, day: date) -> None:
        """A day that is surely a slip would hold up the closing of days for ever. The limits are wide: what a source
        announces ahead, or tells years late, is its landlord's all the same.
        """
        today = paris_day(self.clock.now())
        if not oldest_day(today) <= day <= today + _NEWEST:
            raise _Refused(EventRefusal.IMPLAUSIBLE_DATE, "the money moves more than a year ahead, or ten years ago")

    def _takes_a_return_back(self, landlord_id: str, event: PaymentEvent) -> bool:
        if event.kind == "credit" or event.original_reference is None:
            return False
        channel = f"{EVENT_CHANNEL}{event.source}"
        named = self.poster.ledger.named_by_event(landlord_id, channel, event.original_reference)
        return named is not None and named.amount_cents < 0

    def _post(self, landlord: Landlord, incoming: Incoming, text: str) -> None:
        landlord_id, now = landlord.landlord_id, self.clock.now()
        name = _digest(text)
        self.log.record(landlord_id, "events", name, {"event": text}, now)
        self.poster.post(landlord, [incoming])

    def _reject(self, text: str, code: EventRefusal, message: str) -> None:
        """Keep what was sent and tell its landlord why it was refused; without a known landlord, the operator."""
        claimed, event_id = _named(text)
        landlord = self.landlords.find(claimed) if is_id(claimed) else None
        landlord_id = landlord.landlord_id if landlord else _NOBODY
        now, name = self.clock.now(), _digest(text)[:24]
        at = instant_text(now)
        self.log.record(landlord_id, "rejected-events", name, {"event": text, "reason": code.value}, now)
        self.events.reject(landlord_id, name, code.value, at)
        detail = {"reason": code.value, "message": message[:200], "event_id": event_id}
        self.alerts.alert(landlord_id, Alert(AlertKind.EVENT_REJECTED, name, detail), at)


def _named(text: str) -> tuple[str, str]:
    """The landlord and the id that a refused event claims, as far as they can be read."""
    try:
        said: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        said = None
    fields = said if isinstance(said, dict) else {}
    return str(fields.get("landlord_id", "")), str(fields.get("event_id", ""))[:140]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
