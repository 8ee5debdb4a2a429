"""What a card provider tells of a payment, whatever its own words for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quitus.domain.money import Cents


class CardOutcome(StrEnum):
    """What happened to a card payment."""

    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    """The cardholder's bank took the money back."""
    REINSTATED = "reinstated"
    """A chargeback was decided for the landlord: its money came back."""
    REFUND_FAILED = "refund_failed"
    """A refund that was told of did not reach the cardholder."""


TAKES_BACK = frozenset({CardOutcome.REFUNDED, CardOutcome.CHARGED_BACK})
AFTERWARDS = TAKES_BACK | {CardOutcome.REINSTATED, CardOutcome.REFUND_FAILED}
"""What is told of a payment that was made; it names the payment, not the checkout."""


@dataclass(frozen=True, slots=True)
class CardNotice:
    """One thing that a provider tells; `day` is in Europe/Paris and always the same when it tells it again."""

    outcome: CardOutcome
    event_id: str
    day: date
    amount_cents: Cents = 0
    currency: str = "EUR"
    checkout_id: str | None = None
    """Of what was begun here; absent on what is told afterwards."""
    reference: str | None = None
    """The provider's id of the payment."""
    own_reference: str | None = None
    """The provider's id of the refund or the dispute."""
    reason: str | None = None

    @property
    def waits_as(self) -> str:
        """Its name among what waits for its payment."""
        return f"{self.outcome}#{self.own_reference}"


def card_source(provider: str) -> str:
    """What a provider's payment events are from (contract.md, Payment events)."""
    return f"psp:{provider}"
