"""The decision that a transfer is a list's: by rule, or by a person; one transaction with the list's own state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quitus.domain.alert import AlertKind
from quitus.domain.bulk_payers import BulkPayer
from quitus.domain.calendar import instant_text
from quitus.domain.distributing import give_list, sender_of
from quitus.domain.errors import Conflict
from quitus.domain.matching import MatchRule
from quitus.domain.money import Cents
from quitus.domain.payment import AUTOMATION
from quitus.domain.payment_list import PaymentList
from quitus.services.payment_lists import PaymentLists
from quitus.services.ports import Alerts, Clock, Ledger
from quitus.services.table import Stale

LINES_DIFFER: Final = "list_lines_differ"


@dataclass(frozen=True, slots=True)
class ListGiver:
    """Gives transfers to lists."""

    ledger: Ledger
    lists: PaymentLists
    alerts: Alerts
    clock: Clock

    def give(
        self,
        held: PaymentList,
        evidence: Mapping[str, str],
        rule: MatchRule | None = None,
        payers: Sequence[BulkPayer] = (),
    ) -> None:
        """Decide that the transfer that a list names is its; without a person's rule only one of its payer that waits.

        Raises:
            NotFound: no such payment.
            Conflict: the transfer is not in suspense, or not the list's sum, or the kept lines are not (LINES_DIFFER).
            Stale: others decided meanwhile.
        """
        landlord_id = held.landlord_id
        payment = self.ledger.payment(landlord_id, held.payment_id or "")
        if rule is None and sender_of(payment, payers) != held.payer_id:
            raise Stale
        self._check_lines(held)
        by, at = held.decided_by or AUTOMATION, instant_text(self.clock.now())
        decision = give_list(payment, held, evidence, rule, by, at)
        self.ledger.commit_decision(landlord_id, payment, decision, (), self.lists.given(held))
        self.alerts.close(landlord_id, AlertKind.LIST_NOT_PAIRED, held.list_id, at)

    def _check_lines(self, held: PaymentList) -> None:
        """What is posted are the lines: they must be the sum that the list is known by."""
        parts = (self.lists.lines(held, part) for part in range(1, held.parts + 1))
        kept: Cents = sum(line.cents for lines in parts for line in lines)
        if kept != held.total_cents:
            message = "The kept lines are not the sum of the list."
            raise Conflict(LINES_DIFFER, message, total_cents=held.total_cents, lines_cents=kept)
