"""The bank's line of a refund is recognised: by the refund's name or account in what it says, or by a person, who alone
says that one line paid several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Protocol

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text, paris_day, target_days_between
from quitus.domain.errors import Conflict
from quitus.domain.landlord import Landlord
from quitus.domain.matching import MatchRule
from quitus.domain.payment import AUTOMATION, Payment
from quitus.domain.refund import (
    DAY_APART,
    Refund,
    RefundStatus,
    RefundStep,
    is_unexpected,
    paid_by,
    refund_of,
    refunds_named,
)
from quitus.services.messages import PendingCheck
from quitus.services.ports import Alerts, Clock, Landlords, Ledger
from quitus.services.refunds import RefundStore
from quitus.services.table import Stale

PATIENCE: Final = 5
"""Business days within which an approved refund should be on a statement."""
_LOOKED_BACK = timedelta(days=45)


class BankLines(Protocol):
    """The bank's lines that are neither receipt nor reversal: views, seconds late."""

    def debits_of(self, landlord_id: str, cents: int, first: date, last: date) -> Iterator[str]:
        """The ids of debits of an amount (> 0) between two days, inclusive."""
        ...


@dataclass(frozen=True, slots=True)
class RefundPayer:
    """Writes that a line of the bank's paid refunds."""

    ledger: Ledger
    refunds: RefundStore
    alerts: Alerts

    def pay(
        self, landlord: Landlord, refunds: Sequence[Refund], payment_id: str, step: RefundStep, rule: MatchRule
    ) -> None:
        """Write it, all in one transaction.

        Raises:
            NotFound: no such line.
            Conflict: it is no debit of what they add up to, or something else is known of it.
            Stale: others wrote meanwhile, the line or one of them.
        """
        landlord_id = landlord.landlord_id
        line = self.ledger.payment(landlord_id, payment_id)
        decision = paid_by(line, refunds, rule, landlord.chart, step.by, step.at)
        paid = (replace(refund, payment_id=payment_id).stepped(step) for refund in refunds)
        beside = [write for refund in paid for write in self.refunds.paid(landlord_id, refund)]
        self.ledger.commit_decision(landlord_id, line, decision, (), beside)

    def told(self, landlord_id: str, refund_ids: Iterable[str], payment_id: str, at: str) -> None:
        """See `refunds.LinePayer.told`."""
        for refund_id in refund_ids:
            self.alerts.close(landlord_id, AlertKind.REFUND_UNPAID, refund_id, at)
        self.alerts.close(landlord_id, AlertKind.REFUND_LINE_UNEXPECTED, payment_id, at)


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
        if check.reopened:
            approved = self.refunds.open(check.landlord_id)
            self._watch(check.landlord_id, (one for one in approved if one.lease_id in check.reopened))
        return self._settle(check.landlord_id, check.debits, check.named) if check.debits else 0

    def review(self, landlord_id: str) -> int:
        """Recognise what was missed, and tell of what should have been paid."""
        now = self.clock.now()
        today = paris_day(now)
        waiting = list(self.refunds.open(landlord_id))
        found = {line for refund in waiting for line in self._candidates(landlord_id, refund, today)}
        paid = self._settle(landlord_id, found, ()) if found else 0
        still_open = list(self.refunds.open(landlord_id))
        self._watch(landlord_id, still_open)
        for refund in still_open:
            if target_days_between(refund.approved_on or today, today) > PATIENCE:
                detail: dict[str, str | int] = {"amount_cents": refund.amount_cents, "lease_id": refund.lease_id}
                self.alerts.alert(
                    landlord_id, Alert(AlertKind.REFUND_UNPAID, refund.refund_id, detail), instant_text(now)
                )
        return paid

    def _watch(self, landlord_id: str, approved: Iterable[Refund]) -> None:
        """Tell of refunds whose credit was taken back: they may still be stopped."""
        refunds, at = list(approved), instant_text(self.clock.now())
        accounts = self.ledger.accounts(landlord_id, {refund.lease_id for refund in refunds}) if refunds else {}
        for refund in refunds:
            missing = refund.uncovered_cents(accounts[refund.lease_id])
            if not missing:
                self.alerts.close(landlord_id, AlertKind.REFUND_UNCOVERED, refund.refund_id, at)
                continue
            detail: dict[str, str | int] = {"amount_cents": refund.amount_cents, "uncovered_cents": missing}
            alert = Alert(AlertKind.REFUND_UNCOVERED, refund.refund_id, detail | {"lease_id": refund.lease_id})
            self.alerts.alert(landlord_id, alert, at)

    def _candidates(self, landlord_id: str, refund: Refund, today: date) -> Iterator[str]:
        """The debits of its amount since it was approved, in the last weeks."""
        first = max((refund.approved_on or today) - DAY_APART, today - _LOOKED_BACK)
        return self.lines.debits_of(landlord_id, refund.amount_cents, first, today)

    def _settle(self, landlord_id: str, debits: Iterable[str], named: Iterable[str]) -> int:
        """Recognise debits; while no refund waits, only those that name one are looked at."""
        waiting = {refund.refund_id: refund for refund in self.refunds.open(landlord_id)}
        looked_at = sorted(debits if waiting else named)
        if not looked_at:
            return 0
        landlord = self.landlords.get(landlord_id)
        return sum(self._recognise(landlord, waiting, payment_id) for payment_id in looked_at)

    def _recognise(self, landlord: Landlord, waiting: dict[str, Refund], payment_id: str) -> int:
        line = self.ledger.payment(landlord.landlord_id, payment_id)
        if not line.is_other:
            return 0
        known = waiting | {refund.refund_id: refund for refund in self._named(landlord.landlord_id, line)}
        refund = refund_of(line, (one for one in known.values() if one.status is RefundStatus.APPROVED))
        if refund is not None and self._is_paid(landlord, refund, payment_id):
            waiting.pop(refund.refund_id, None)
            return 1
        self._tell(landlord.landlord_id, line)
        return 0

    def _is_paid(self, landlord: Landlord, refund: Refund, payment_id: str) -> bool:
        """Write that the line paid it; not, where others decided meanwhile."""
        step = RefundStep(RefundStatus.PAID, AUTOMATION, instant_text(self.clock.now()))
        try:
            self.payer.pay(landlord, [refund], payment_id, step, MatchRule.REFERENCE)
        except (Stale, Conflict):  # the hour looks again
            return False
        self.payer.told(landlord.landlord_id, [refund.refund_id], payment_id, step.at)
        return True

    def _named(self, landlord_id: str, line: Payment) -> list[Refund]:
        """The refunds that a line names, as they stand."""
        found = (self.refunds.find(landlord_id, name) for name in refunds_named(line))
        return [refund for refund in found if refund is not None]

    def _tell(self, landlord_id: str, line: Payment) -> None:
        """Tell of a debit that names a refund which is not to be paid, now that all is read again."""
        if not self.ledger.payment(landlord_id, line.payment_id).is_other:
            return
        for refund in self._named(landlord_id, line):
            if is_unexpected(line, refund):
                detail: dict[str, str | int] = {"refund_id": refund.refund_id, "lease_id": refund.lease_id}
                detail |= {"amount_cents": -line.amount_cents, "status": refund.status.value}
                alert = Alert(AlertKind.REFUND_LINE_UNEXPECTED, line.payment_id, detail)
                self.alerts.alert(landlord_id, alert, instant_text(self.clock.now()))
                return
