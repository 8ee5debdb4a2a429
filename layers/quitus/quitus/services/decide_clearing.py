"""What people say of the bank's lines: this one brings what waits in collection, and so much of it was kept; or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from quitus.domain.clearing import clear, suspend
from quitus.domain.matching import Match, MatchRule
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.payment import Decision, Payment
from quitus.services.decide_payments import DecisionDesk, Occasion, check_version
from quitus.services.decide_returns import evidence_of
from quitus.services.ports import Landlords, Ledger
from quitus.services.read_payments import receipt_of


@dataclass(frozen=True, slots=True)
class Brought:
    """By what means the values were received that a line brings, what was kept of them (None: as is known, else by card
    and nothing), and why a person says so.
    """

    reason: str
    means: Means | None
    kept_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class ClearingDesk:
    """Takes decisions on lines of the bank's."""

    decisions: DecisionDesk
    ledger: Ledger
    landlords: Landlords

    def clear(self, occasion: Occasion, order: Brought) -> Payment:
        """Say that a line brings what waits in collection, or how much of that was kept; the line as it stands then.

        Raises:
            NotFound: no such line.
            Conflict: it is not in suspense on the bank's account, says nothing new, or was decided on since.
        """
        chart, attempt = self.landlords.get(occasion.landlord_id).chart, occasion.attempt
        on, at = attempt.day, attempt.instant
        match = Match(None, MatchRule.PERSON, evidence_of(occasion, order.reason))
        means = None if order.means is None else order.means.value
        logged = {"kind": "clear", "reason": order.reason, "means": means, "kept_cents": order.kept_cents}
        return self._decide(
            occasion,
            logged,
            lambda line: clear(line, order.means, order.kept_cents, match, chart, on, occasion.by, at),
        )

    def suspend(self, occasion: Occasion, reason: str) -> Payment:
        """Say that a line brings nothing of what waits in collection: it is in suspense again. Raises as `clear`."""
        chart, attempt = self.landlords.get(occasion.landlord_id).chart, occasion.attempt
        on, at = attempt.day, attempt.instant
        match = Match(None, MatchRule.PERSON, evidence_of(occasion, reason))
        logged = {"kind": "suspend", "reason": reason}
        return self._decide(occasion, logged, lambda line: suspend(line, match, chart, on, occasion.by, at))

    def _decide(self, occasion: Occasion, logged: Mapping[str, Any], decided: Callable[[Payment], Decision]) -> Payment:
        landlord_id = occasion.landlord_id
        receipt_of(self.ledger, landlord_id, occasion.payment_id)

        def step() -> None:
            line = self.ledger.payment(landlord_id, occasion.payment_id)
            check_version(line, occasion)
            self.ledger.commit_replacement(landlord_id, line, decided(line))

        return self.decisions.decide(occasion, logged, step)
