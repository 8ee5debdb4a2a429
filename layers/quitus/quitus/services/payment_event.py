"""A payment event as it travels (contract.md, Payment events), and the movement that it reports."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Literal

import msgspec

from quitus.banking.references import creditor_reference, found_ibans
from quitus.domain.ibans import compact_iban
from quitus.domain.ids import ID_PATTERN
from quitus.domain.incoming import EVENT_CHANNEL, EVENT_POSITION, Incoming, Source
from quitus.domain.limits import plausible
from quitus.domain.matching import LINK_PATH
from quitus.domain.movement import Means, Movement, Nature
from quitus.domain.payment_link import PaymentLink

type Name = Annotated[str, msgspec.Meta(min_length=1, max_length=140)]
type Text = Annotated[str, msgspec.Meta(max_length=2000)]
type Number = Annotated[str, msgspec.Meta(max_length=64)]
type DueId = Annotated[str, msgspec.Meta(pattern=f"^{ID_PATTERN}$")]


class Debtor(msgspec.Struct, frozen=True):
    """Who paid, as the source says."""

    name: Text | None = None
    iban: Number | None = None


class PaymentEvent(msgspec.Struct, frozen=True):
    """One payment event (contract.md, Payment events); `amount_cents` is positive whatever the kind."""

    schema: Literal["quitus.payment-event/1"]
    event_id: Name
    landlord_id: Annotated[str, msgspec.Meta(pattern=f"^{ID_PATTERN}$")]
    source: Name
    kind: Literal["credit", "return", "chargeback"]
    bank_reference: Name
    amount_cents: Annotated[int, msgspec.Meta(gt=0, le=10**13)]
    currency: str
    booking_date: date
    account_iban: Number
    end_to_end_id: Text | None = None
    virtual_iban: Number | None = None
    debtor: Debtor | None = None
    remittance: Text | None = None
    means: Means | None = None
    original_reference: Name | None = None
    reason: Text | None = None
    link_id: Name | None = None
    payment_reference: Number | None = None
    due_ids: Annotated[tuple[DueId, ...], msgspec.Meta(max_length=100)] | None = None

    @property
    def digest(self) -> str:
        """What may never differ between two events with the same reference."""
        said = [self.kind, self.amount_cents, self.booking_date.isoformat(), compact_iban(self.account_iban)]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()

    def incoming(self, account: str, link: PaymentLink | None = None) -> Incoming:
        """The movement that the event reports on the landlord's account, paid by a link. The text of a credit that
        says not otherwise whose it is is searched for account numbers and references, as that of a bank line is.
        """
        debtor = self.debtor or Debtor()
        credit = self.kind == "credit"
        says_whose = self.virtual_iban or self.payment_reference or self.due_ids or link
        texts = [self.remittance] if credit and self.remittance and not says_whose else []
        named = ((iban, "remittance") for iban in found_ibans(texts))
        movement = Movement(
            position=EVENT_POSITION,
            amount_cents=self.amount_cents if credit else -self.amount_cents,
            booking_date=self.booking_date,
            nature=Nature.RECEIPT if credit else Nature.RETURN,
            means=self.means or Means.OTHER,
            virtual_iban=compact_iban(self.virtual_iban) if self.virtual_iban else None,
            virtual_iban_path="event" if self.virtual_iban else None,
            bank_reference=self.bank_reference,
            end_to_end_id=self.end_to_end_id,
            payment_reference=compact_iban(self.payment_reference)
            if self.payment_reference
            else creditor_reference((), texts),
            original_reference=self.original_reference,
            debtor_name=debtor.name,
            debtor_iban=debtor.iban,
            remittance=self.remittance,
            return_reason=self.reason,
            link_id=self.link_id,
            other_accounts=((link.virtual_iban, LINK_PATH),) if link else tuple(named),
            due_ids=self.due_ids or (link.targets if link else ()),
        )
        return Incoming(
            movement, account, Source(f"{EVENT_CHANNEL}{self.source}", self.bank_reference, event_id=self.event_id)
        )


def decoded_event(text: str) -> PaymentEvent:
    """The event of a message.

    Raises:
        msgspec.DecodeError: no event.
        ValueError: a day on which no money moves.
    """
    event = msgspec.json.decode(text, type=PaymentEvent)
    plausible(event.booking_date)
    return event
