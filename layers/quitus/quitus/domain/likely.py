"""Which leases a payment in suspense is most likely for, and why: for a person to choose from, never decided on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from quitus.domain.household import Household, Households, allocations_of, spread
from quitus.domain.known_payers import standing_tag
from quitus.domain.lease import LeaseStatus
from quitus.domain.money import Cents
from quitus.domain.movement import Movement
from quitus.domain.owing import is_owed
from quitus.domain.payment import Payment
from quitus.domain.weighing import Clues

MOST_SUGGESTED = 10


class Reason(StrEnum):
    """Why a lease is suggested, strongest first."""

    NAMED_IN_PAYMENT = "named_in_payment"
    """The payment names it, and another too: by virtual IBANs, or by an account number."""
    END_TO_END_ID = "end_to_end_id"
    """The payer's money came on it before with this end-to-end id."""
    KNOWN_PAYER = "known_payer"
    """The payer's money came on it before."""
    NAMED_IN_TEXT = "named_in_text"
    """The text of the payment names it, or somebody of it."""
    SAME_NAME = "same_name"
    """Somebody of it has the payer's very name."""
    SIMILAR_NAME = "similar_name"
    """Somebody of it has a name like the payer's."""
    AMOUNT_OWED = "amount_owed"
    """It owes this amount to the cent."""
    AMOUNT_CAME_BEFORE = "amount_came_before"
    """The payer paid this amount on it before."""
    SAME_HOLDER = "same_holder"
    """The payment left a credit, and another lease of the residence has a holder of the same name and owes as much or
    less: the two may be one household, whose leases share an account group.
    """


_WEIGHT = {
    Reason.NAMED_IN_PAYMENT: 60,
    Reason.END_TO_END_ID: 50,
    Reason.KNOWN_PAYER: 40,
    Reason.NAMED_IN_TEXT: 35,
    Reason.SAME_NAME: 30,
    Reason.SIMILAR_NAME: 15,
    Reason.AMOUNT_OWED: 20,
    Reason.AMOUNT_CAME_BEFORE: 10,
}
_ENDED = -25


@dataclass(frozen=True, slots=True)
class Likely:
    """A lease and everything that speaks for it."""

    lease_id: str
    reasons: tuple[Reason, ...]
    score: int


def likely(movement: Movement, clues: Clues, named: frozenset[str], households: Households) -> list[Likely]:
    """The leases that something points at, the likeliest first; `named`: those that the payment itself names.

    Leases off which a person took the payer's money are not suggested for being known.
    """
    known = [lease_id for lease_id in {*clues.leases, *named} if lease_id in households.accounts]
    found = [_weighed(movement, clues, named, households, lease_id) for lease_id in known]
    told = [one for one in found if any(reason not in _AMOUNTS for reason in one.reasons)]
    return sorted(told, key=lambda one: (-one.score, one.lease_id))[:MOST_SUGGESTED]


_AMOUNTS = frozenset({Reason.AMOUNT_OWED, Reason.AMOUNT_CAME_BEFORE})
"""Hundreds may owe the same: an amount alone suggests nothing."""


def _weighed(movement: Movement, clues: Clues, named: frozenset[str], households: Households, lease_id: str) -> Likely:
    held = [known.trusted[lease_id] for known in clues.known.values() if lease_id in known.trusted]
    tag = standing_tag(movement.end_to_end_id or "")
    alike = next((one.score for one in clues.namesakes.near if one.lease_id == lease_id), 0)
    facts = {
        Reason.NAMED_IN_PAYMENT: lease_id in named,
        Reason.END_TO_END_ID: any(tag in one.standing_ids for one in held),
        Reason.KNOWN_PAYER: bool(held),
        Reason.NAMED_IN_TEXT: lease_id in clues.named,
        Reason.SAME_NAME: any(one.lease_id == lease_id for one in clues.namesakes.same),
        Reason.SIMILAR_NAME: alike > 0,
        Reason.AMOUNT_OWED: is_owed(households.of(lease_id), movement.amount_cents, movement.booking_date),
        Reason.AMOUNT_CAME_BEFORE: any(movement.amount_cents in one.cents for one in held),
    }
    reasons = tuple(reason for reason, holds in facts.items() if holds)
    ended = households.accounts[lease_id].status is LeaseStatus.ENDED
    return Likely(
        lease_id, reasons, sum(_WEIGHT[reason] for reason in reasons) + alike // 10 + (_ENDED if ended else 0)
    )


def told_together(payment: Payment) -> Movement:
    """The movement with what its further reports tell of the payer and the text, where the first says nothing."""
    movement = payment.posted.incoming.said
    for report in payment.reports[1:]:
        said = report.said
        movement = replace(
            movement,
            debtor_name=movement.debtor_name or said.debtor_name,
            debtor_iban=movement.debtor_iban or said.debtor_iban,
            end_to_end_id=movement.end_to_end_id or said.end_to_end_id,
            remittance=movement.remittance or said.remittance,
        )
    return movement


def would_take(household: Household, movement: Movement) -> tuple[tuple[str, ...], Cents]:
    """Which open dues a payment would settle if it were put on a lease, and how much of it they would take."""
    parts = spread(household, movement.means.debtor, movement.amount_cents, movement.booking_date)
    allocations = allocations_of(parts)
    return tuple(one.due_id for one in allocations), sum(one.amount_cents for one in allocations)
