"""Take a bulk transfer back, on a person's word: each line of its list by itself and once, then the transfer with its
return, so that whoever dies in between has the next request go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from quitus.domain.distributing import Distribution
from quitus.domain.errors import Conflict, Contention
from quitus.domain.landlord import Landlord
from quitus.domain.list_returns import called_off, check_goes_back, gone_back, in_order
from quitus.domain.matching import MatchRule
from quitus.domain.money import Cents
from quitus.domain.payment import FEE, Payment, PaymentStatus, Reversal
from quitus.domain.payment_list import PaymentList
from quitus.domain.reversing import TakeBack, fee_lines, reverses
from quitus.services.contention import until_written
from quitus.services.payment_lists import PaymentLists
from quitus.services.ports import Clock, Ledger
from quitus.services.take_back import Occurrence, Reverser, Settled, is_on_bank

LINES_AT_ONCE: Final = 200
"""Lines that one request takes back: well within its time."""


@dataclass(frozen=True, slots=True)
class ListReverser:
    """Takes back transfers whose lists are posted."""

    ledger: Ledger
    lists: PaymentLists
    clock: Clock

    def taking(self, landlord: Landlord, occurrence: Occurrence, transfer: Payment, cents: Cents) -> Settled:
        """What follows when a return takes a transfer back, once its lines are taken back.

        Raises:
            Conflict: not every line can be taken back, or not all of the transfer.
            Contention: only a part of the lines is taken back yet: ask again.
            Stale: others wrote meanwhile.
        """
        returned, chart = occurrence.returned, landlord.chart
        if not is_on_bank(returned):
            message = "What took it back is in collection, not of the bank's account."
            raise Conflict("list_not_reversible", message)
        held = self.lists.get(landlord.landlord_id, transfer.list_id or "")
        lines = self._lines(landlord, held, transfer, occurrence.at)
        check_goes_back(transfer, held, lines, cents, occurrence.return_id)
        self._take_all(landlord, occurrence, in_order(lines))
        decision = gone_back(transfer, _order(occurrence, cents))
        fee = returned.cents - cents
        evidence = dict(occurrence.evidence) | ({FEE: str(fee)} if fee else {})
        match = reverses(transfer, MatchRule.PERSON, evidence)
        return Settled(transfer, decision, (), match, fee_lines(chart, fee, occurrence.origin))

    def _lines(self, landlord: Landlord, held: PaymentList, transfer: Payment, at: str) -> list[Payment]:
        """The payments that the lines of a list are."""
        distribution = Distribution(held, transfer, landlord.chart, at)
        parts = (self.lists.lines(held, part) for part in range(1, held.parts + 1))
        buckets = {distribution.placement(line)[0] for lines in parts for line in lines}
        return list(self.ledger.payments(landlord.landlord_id, buckets))

    def _take_all(self, landlord: Landlord, occurrence: Occurrence, lines: Sequence[Payment]) -> None:
        for line in lines[:LINES_AT_ONCE]:
            until_written(partial(self._take, landlord, occurrence, line.payment_id), self.clock)
        left = len(lines) - LINES_AT_ONCE
        if left > 0:
            raise Contention("rows_busy", "A part of the list is taken back: ask again for the rest.", lines=left)

    def _take(self, landlord: Landlord, occurrence: Occurrence, line_id: str) -> None:
        landlord_id = landlord.landlord_id
        line = self.ledger.payment(landlord_id, line_id)
        if line.status is PaymentStatus.REVERSED:  # the same request, twice at once
            return
        if line.is_recovery:
            decision = called_off(line, occurrence.evidence, occurrence.by, occurrence.at)
            self.ledger.commit_replacement(landlord_id, line, decision)
            return
        order = _order(occurrence, line.left_cents)
        held, decision, made = Reverser(self.ledger, self.clock).taken(landlord, line_id, order)
        self.ledger.commit_reversal(landlord_id, held, decision, made, None)


def _order(occurrence: Occurrence, cents: Cents) -> TakeBack:
    returned = occurrence.returned
    reversal = Reversal(occurrence.return_id, cents, returned.day, returned.reason)
    return TakeBack(reversal, occurrence.origin, occurrence.on, occurrence.evidence, occurrence.by, occurrence.at)
