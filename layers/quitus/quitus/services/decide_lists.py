"""Lists of beneficiaries as people see them, and what people decide on them and on payers' numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from quitus.domain.alert import AlertKind
from quitus.domain.distributing import Distribution
from quitus.domain.errors import Conflict, NotFound
from quitus.domain.ids import is_id
from quitus.domain.ledger import Chart
from quitus.domain.matching import MatchRule
from quitus.domain.payment_list import ListLine, ListStatus, PaymentList
from quitus.services.contention import until_written
from quitus.services.decide_payments import REQUEST, DecisionDesk, Occasion
from quitus.services.give_lists import ListGiver
from quitus.services.idempotent_requests import Attempt
from quitus.services.leases import Beneficiary
from quitus.services.manual_receipts import household_of
from quitus.services.paging import Listed, Place, fill
from quitus.services.payment_lists import LINES_AT_ONCE, Beneficiaries, ListProgress, PaymentLists
from quitus.services.ports import ActionLog, Alerts, Clock, Landlords, Ledger
from quitus.services.read_payments import Standing, Standings


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line, the payment that it is once it has its row, and where that stands."""

    line: ListLine
    payment_id: str | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class ListOccasion:
    """Which list is decided on, by whom, why, in which attempt."""

    landlord_id: str
    list_id: str
    by: str
    reason: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class ListDesk:
    """Shows lists, and takes decisions on them."""

    lists: PaymentLists
    ledger: Ledger
    standings: Standings
    giver: ListGiver
    decisions: DecisionDesk
    alerts: Alerts
    log: ActionLog
    clock: Clock

    def one(self, landlord_id: str, list_id: str) -> tuple[PaymentList, ListProgress]:
        """A list and what became of its lines. Raises NotFound."""
        return self.lists.get(landlord_id, list_id), self.lists.progress(landlord_id, list_id)

    def page(
        self, landlord_id: str, status: ListStatus | None, after: Place | None, limit: int
    ) -> Listed[tuple[PaymentList, ListProgress]]:
        """A page of lists, newest first."""
        found = self.lists.page(landlord_id, after[0] if after else None)
        listed = fill((((one.list_id,), one if status in (None, one.status) else None) for one in found), limit)
        told = tuple((one, self.lists.progress(landlord_id, one.list_id)) for one in listed.items)
        return Listed(told, listed.place)

    def lines(self, landlord_id: str, list_id: str, after: Place | None, limit: int) -> Listed[ShownLine]:
        """A page of a list's lines, in its order, each with what became of it. Raises NotFound."""
        held = self.lists.get(landlord_id, list_id)
        listed = fill(self._lines(held, int(after[0]) if after else 0), limit)
        return Listed(tuple(self._shown(held, listed.items)), listed.place)

    def _lines(self, held: PaymentList, after: int) -> Iterator[tuple[Place, ListLine]]:
        for part in range(after // LINES_AT_ONCE + 1, held.parts + 1):
            for line in self.lists.lines(held, part):
                if line.number > after:
                    yield (str(line.number),), line

    def _shown(self, held: PaymentList, lines: Iterable[ListLine]) -> Iterator[ShownLine]:
        told = list(lines)
        if held.payment_id is None:
            yield from map(ShownLine, told)
            return
        transfer = self.ledger.payment(held.landlord_id, held.payment_id)
        distribution = Distribution(held, transfer, Chart(), "")
        names = {line.number: distribution.payment_id(line) for line in told}
        standings = self.standings.standings(held.landlord_id, names.values())
        for line in told:
            standing = standings.get(names[line.number])
            yield ShownLine(line, names[line.number] if standing else None, standing)

    def give(self, occasion: ListOccasion, payment_id: str) -> PaymentList:
        """Say which transfer a list that waits is of; its lines are posted within seconds. Again changes nothing.

        Raises:
            NotFound: no such list or payment.
            Conflict: the list waits no more, or the transfer is not in suspense or not its sum.
            Contention: others kept writing.
        """
        landlord_id = occasion.landlord_id
        self.lists.get(landlord_id, occasion.list_id)
        evidence = {"reason": occasion.reason, "decided_by": occasion.by, REQUEST: occasion.attempt.name}

        def step() -> None:
            held = self.lists.get(landlord_id, occasion.list_id)
            _check_waiting(held)
            wished = replace(held, payment_id=payment_id, decided_by=occasion.by, reason=occasion.reason)
            self.giver.give(wished, evidence, MatchRule.PERSON)

        order = {"kind": "give_list", "list_id": occasion.list_id, "reason": occasion.reason}
        self.decisions.decide(Occasion(landlord_id, payment_id, occasion.by, occasion.attempt), order, step)
        return self.lists.get(landlord_id, occasion.list_id)

    def withdraw(self, occasion: ListOccasion) -> PaymentList:
        """Say that a list that waits is never to be posted. Again changes nothing.

        Raises:
            NotFound: no such list.
            Conflict: it waits no more.
            Contention: others kept writing.
        """
        landlord_id, attempt = occasion.landlord_id, occasion.attempt
        body = {"kind": "withdraw_list", "list_id": occasion.list_id, "reason": occasion.reason, "by": occasion.by}
        held = self.lists.get(landlord_id, occasion.list_id)
        if not self._withdrew(held, occasion):
            _check_waiting(held)
            self.log.record(landlord_id, "list-decisions", attempt.name, body, attempt.at)
            until_written(lambda: self._withdraw(occasion), self.clock)
        self.alerts.close(landlord_id, AlertKind.LIST_NOT_PAIRED, occasion.list_id, attempt.instant)
        return self.lists.get(landlord_id, occasion.list_id)

    def _withdraw(self, occasion: ListOccasion) -> None:
        held = self.lists.get(occasion.landlord_id, occasion.list_id)
        if self._withdrew(held, occasion):
            return
        _check_waiting(held)
        self.lists.withdraw(replace(held, decided_by=occasion.by, reason=occasion.reason))

    def _withdrew(self, held: PaymentList, occasion: ListOccasion) -> bool:
        """Whether this very request withdrew it before."""
        said = (held.decided_by, held.reason) == (occasion.by, occasion.reason)
        return occasion.attempt.again and held.status is ListStatus.WITHDRAWN and said


@dataclass(frozen=True, slots=True)
class BeneficiaryDesk:
    """Takes in whose payers' numbers are."""

    beneficiaries: Beneficiaries
    landlords: Landlords
    ledger: Ledger
    log: ActionLog
    clock: Clock

    def put(self, landlord_id: str, one: Beneficiary, by: str, attempt: Attempt, *, is_person: bool) -> bool:
        """Say whose a number is; True when it was nobody's. What a person says stands against the ERP.

        Raises:
            NotFound: no such payer, or no such lease.
            Conflict: a person said otherwise, and it is the ERP who asks.
            Contention: others kept writing.
        """
        if self.landlords.get(landlord_id).bulk_payer(one.payer_id) is None or not is_id(one.number):
            raise NotFound("payer_not_found", "There is no payer of lists with this id.", payer_id=one.payer_id[:64])
        household_of(self.ledger, landlord_id, one.lease_id)
        body = {"payer_id": one.payer_id, "number": one.number, "lease_id": one.lease_id, "by": by}
        self.log.record(landlord_id, "beneficiaries", attempt.name, body | {"is_person": is_person}, attempt.at)
        said, person = replace(one, number=one.number.upper()), by if is_person else None
        return until_written(lambda: self.beneficiaries.put(landlord_id, said, person), self.clock)


def _check_waiting(held: PaymentList) -> None:
    if held.status is not ListStatus.WAITING:
        message = f"Only a list that waits can be decided on: this one is {held.status}."
        raise Conflict("list_not_waiting", message, status=held.status.value)
