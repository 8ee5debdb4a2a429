"""What brings to the bank what waits in collection: payouts of cards, deposits of cheques and cash (sector.md §5).

The bank's code says so, or who sent it: card providers pay out by an ordinary transfer. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from quitus.domain.bulk_payers import is_sent_by
from quitus.domain.matching import Match, SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.movement import Means, Movement, Nature


@dataclass(frozen=True, slots=True)
class PayoutSender:
    """Who pays out what tenants paid there by card (or other means): the accounts or names that a transfer says."""

    means: Means = Means.CARD
    ibans: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def sent(self, movement: Movement) -> bool:
        """Whether a movement says that it comes from there."""
        return is_sent_by(movement, self.ibans, self.names)


STRIPE: Final = PayoutSender(names=("STRIPE",))


def as_booked(movement: Movement, match: Match, senders: Iterable[PayoutSender]) -> Movement:
    """A movement as the books take it, once the register was asked: what names a virtual IBAN of ours is a receipt,
    whatever the bank's code says; a transfer of a payout's sender that names nobody is no receipt, it clears 511.
    """
    if movement.amount_cents <= 0:
        return movement
    if movement.nature is Nature.CLEARING and (match.lease_id or match.reason is SuspenseReason.UNKNOWN_VIRTUAL_IBAN):
        return replace(movement, nature=Nature.RECEIPT)
    if movement.nature is Nature.RECEIPT and match.reason is SuspenseReason.NO_EVIDENCE:
        sender = next((sender for sender in senders if sender.sent(movement)), None)
        return movement if sender is None else replace(movement, nature=Nature.CLEARING, means=sender.means)
    return movement


def kept_cents(movement: Movement) -> Cents:
    """What the bank or the provider kept of values that it brings, where the movement says what they were."""
    return max((movement.instructed_cents or 0) - movement.amount_cents, 0)
