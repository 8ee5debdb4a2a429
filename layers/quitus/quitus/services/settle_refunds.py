"""The bank's line of a refund is recognised: by the refund's name or account in what it says, or by a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Protocol

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day, target_days_between
from quitus.domain.errors import Conflict
from quitus.domain.landlord import Landlord
from quitus.domain.matching import MatchRule
from quitus.domain.payment import AUTOMATION
from quitus.domain.refund import Refund, RefundStatus, RefundStep, paid_by, refund_of
from quitus.services.messages import PendingCheck
from quitus.services.ports import Alerts, Clock, Landlords, Ledger
from quitus.services.refunds import RefundStore
from quitus.services.table import Stale

PATIENCE: Final = 5
"""Business days within which an approved refund should be on a statement."""
_BEFORE = timedelta(days=1)
_LOOKED_BACK = timedelta(days=45)


class BankLines(Protocol):
    """The bank's lines that are neither receipt nor reversal: views, seconds late."""

    def debits_of(self, landlord_id: str, cents: int, first: date, last: date) -> Iterator[str]:
        """The ids of debits of an amount (> 0) between two days, inclusive."""
        ...


@dataclass(frozen=True, slots=True)
class RefundPayer:
    """Writes that a line of the bank's paid a refund."""

    ledger: Ledger
    refunds: RefundStore
    alerts: Alerts

    def pay(self, landlord: Landlord, refund: Refund, payment_id: str, step: RefundStep, rule: MatchRule) -> None:
        """Write it.

        Raises:
            NotFound: no such line.
            Conflict: it is no debit of the refund's amount, or something else is known of it.
            Stale: others wrote meanwhile.
        """
        landlord_id = landlord.landlord_id
        line = self.ledger.payment(landlord_id, payment_id)
        decision = paid_by(line, refund, rule, landlord.chart, step.by, step.at)
        paid = replace(refund, payment_id=payment_id).stepped(step)
        self.ledger.commit_decision(landlord_id, line, decision, (), self.refunds.paid(landlord_id, paid))
        self.alerts.close(landlord_id, AlertKind.REFUND_UNPAID, refund.refund_id, step.at)


@dataclass(frozen=True, slots=True)
class RefundSettler:
    """Recognises the bank's lines of refunds."""

    payer: RefundPayer
    ledger: Ledger
    refunds: RefundStore
    lines: BankLines
    landlords: Landlords
    alerts: Alerts
    clock: Clock

    def settle(self, check: PendingCheck) -> int:
        """Recognise what changed; again changes nothing. How many refunds were paid."""
        return self._settle(check.landlord_id, check.debits) if check.debits else 0

    def review(self, landlord_id: str) -> int:
        """Recognise what was missed, and tell of what should have been paid."""
        now = self.clock.now()
        today = paris_day(now)
        waiting = list(self.refunds.open(landlord_id))
        found = {line for refund in waiting for line in self._candidates(landlord_id, refund, today)}
        paid = self._settle(landlord_id, found) if found else 0
        for refund in self.refunds.open(landlord_id):
            if target_days_between(refund.approved_on or today, today) > PATIENCE:
                detail: dict[str, str | int] = {"amount_cents": refund.amount_cents, "lease_id": refund.lease_id}
                self.alerts.alert(
                    landlord_id, Alert(AlertKind.REFUND_UNPAID, refund.refund_id, detail), instant_text(now)
                )
        return paid

    def _candidates(self, landlord_id: str, refund: Refund, today: date) -> Iterator[str]:
        """The debits of its amount since it was approved, in the last weeks."""
        first = max((refund.approved_on or today) - _BEFORE, today - _LOOKED_BACK)
        return self.lines.debits_of(landlord_id, refund.amount_cents, first, today)

    def _settle(self, landlord_id: str, debits: Iterable[str]) -> int:
        waiting = list(self.refunds.open(landlord_id))
        if not waiting:
            return 0
        landlord = self.landlords.get(landlord_id)
        return sum(self._recognise(landlord, waiting, payment_id) for payment_id in sorted(debits))

    def _recognise(self, landlord: Landlord, waiting: list[Refund], payment_id: str) -> int:
        landlord_id, now = landlord.landlord_id, self.clock.now()
        refund = refund_of(self.ledger.payment(landlord_id, payment_id), waiting)
        if refund is None:
            return 0
        at = instant_text(now)
        step = RefundStep(RefundStatus.PAID, AUTOMATION, at)
        try:
            self.payer.pay(landlord, refund, payment_id, step, MatchRule.REFERENCE)
        except (Stale, Conflict):  # others decided meanwhile: the hour looks again
            return 0
        waiting.remove(refund)
        return 1
