"""Give lists their transfers, and post their lines: once, whatever comes first, comes again, or dies in between.

Listings only say where to look. That a transfer is a list's is one decision on the transfer, written with the list's
state; each line then has a permanent row of its own, so that whoever goes on finds what is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.distributing import Distribution, sender_of
from quitus.domain.errors import Conflict
from quitus.domain.identity import parse_payment_id
from quitus.domain.landlord import Landlord
from quitus.domain.matching import SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.payment import AUTOMATION, Payment
from quitus.domain.payment_list import BulkTransfer, ListLine, ListStatus, ListWait, Paired, PaymentList, pair
from quitus.domain.posting import Posted
from quitus.services.contention import until_written
from quitus.services.give_lists import LINES_DIFFER, ListGiver
from quitus.services.messages import PendingCheck
from quitus.services.payment_lists import Beneficiaries, ListProgress, PaymentLists, Recoveries
from quitus.services.pending_checks import ListedPayment, PendingLists
from quitus.services.ports import Alerts, Clock, Landlords, Ledger
from quitus.services.spend_credits import CreditSpender
from quitus.services.table import Oversized, Stale

PARTS_AT_ONCE: Final = 10
"""Parts of a list that one step posts: a thousand lines; the change of the list's row has the next step made."""


@dataclass(frozen=True, slots=True)
class ListSettler:
    """Pairs lists with transfers and posts them."""

    giver: ListGiver
    ledger: Ledger
    lists: PaymentLists
    beneficiaries: Beneficiaries
    recoveries: Recoveries
    waiting: PendingLists
    alerts: Alerts
    clock: Clock
    landlords: Landlords
    spender: CreditSpender

    def settle(self, check: PendingCheck) -> int:
        """Settle what a change may have settled; again changes nothing. How many lists went on."""
        if not check.lists and not any(cents > 0 for cents in check.amounts):
            return 0
        landlord = self.landlords.get(check.landlord_id)
        if not check.lists and not landlord.bulk_payers:
            return 0
        return self._settle(landlord, check.lists, check.waiting)

    def review(self, landlord_id: str) -> int:
        """Settle what is late in being settled."""
        return self._settle(self.landlords.get(landlord_id))

    def _settle(self, landlord: Landlord, named: Iterable[str] = (), waiting: Iterable[str] = ()) -> int:
        landlord_id = landlord.landlord_id
        listed = {one.list_id: one for one in self.lists.open(landlord_id)}
        for list_id in set(named) - listed.keys():
            found = self.lists.find(landlord_id, list_id)
            listed |= {list_id: found} if found is not None else {}
        self._pair(landlord, [one for one in listed.values() if one.status is ListStatus.WAITING], waiting)
        held = [self.lists.get(landlord_id, list_id) for list_id in sorted(listed)]
        decided = [one for one in held if one.status is not ListStatus.WAITING]
        self._close_alerts(decided)
        return sum(self.post(landlord, one) for one in decided if one.status is ListStatus.POSTING)

    def _close_alerts(self, decided: Iterable[PaymentList]) -> None:
        """Whoever decided may have died before closing the alert, or another raised it just after. Every change of a
        list's row has it looked at again.
        """
        at = instant_text(self.clock.now())
        for one in decided:
            self.alerts.close(one.landlord_id, AlertKind.LIST_NOT_PAIRED, one.list_id, at)

    def _pair(self, landlord: Landlord, lists: Sequence[PaymentList], named: Iterable[str]) -> None:
        if not lists:
            return
        transfers = list(self._transfers(landlord, {one.total_cents for one in lists}, named))
        for payer_id in sorted({one.payer_id for one in lists}):
            of_payer = [one for one in lists if one.payer_id == payer_id]
            found = pair(of_payer, [_transfer(paid) for sender, paid in transfers if sender == payer_id])
            for one in of_payer:
                self._decide(landlord, one, found[one.list_id])

    def _transfers(
        self, landlord: Landlord, totals: Collection[Cents], named: Iterable[str]
    ) -> Iterator[tuple[str, Payment]]:
        """What waits for a list, with its sender: as it was posted, or, for money of a list's amount, as any channel
        told since.
        """
        listed = {held.payment_id for held in self.waiting.waiting(landlord.landlord_id) if _may_wait(held, totals)}
        for payment_id in sorted({*listed, *named}):
            payment = self.ledger.payment(landlord.landlord_id, payment_id)
            sender = sender_of(payment, landlord.bulk_payers)
            if sender is not None:
                yield sender, payment

    def _decide(self, landlord: Landlord, one: PaymentList, found: Paired) -> None:
        """Unless others decided meanwhile: then there is a change again, and another look."""
        wait = found.wait
        if wait is None and not self._knows_any(one):
            wait = ListWait.NO_KNOWN_BENEFICIARY
        if wait is not None:
            self._explain(one, wait, found.payment_id)
            return
        payment_id = found.payment_id or ""
        try:
            given = replace(one, payment_id=payment_id, decided_by=AUTOMATION)
            self.giver.give(given, {}, payers=landlord.bulk_payers)
        except Conflict as error:
            if error.code == LINES_DIFFER:
                self._explain(one, ListWait.LINES_DIFFER, payment_id)
        except Stale:
            return

    def _explain(self, one: PaymentList, wait: ListWait, payment_id: str | None) -> None:
        at, kind = instant_text(self.clock.now()), AlertKind.LIST_NOT_PAIRED
        if wait.is_for_people:
            about = {"payment_id": payment_id} if payment_id else {}
            detail = {"reason": wait.value, "payer_id": one.payer_id, "total_cents": one.total_cents}
            self.alerts.alert(one.landlord_id, Alert(kind, one.list_id, detail | about), at)
        else:
            self.alerts.close(one.landlord_id, kind, one.list_id, at)
        self.lists.explain(one, wait)

    def _knows_any(self, one: PaymentList) -> bool:
        """Whether any line is of a lease that is known."""
        parts = (self.lists.lines(one, part) for part in range(1, one.parts + 1))
        return any(self.ledger.accounts(one.landlord_id, self._leases(one, lines).values()) for lines in parts)

    def post(self, landlord: Landlord, held: PaymentList) -> int:
        """Post the parts of a list that are not yet, so many at most; 1 if there were any."""
        transfer = self.ledger.payment(landlord.landlord_id, held.payment_id or "")
        at = instant_text(self.clock.now())
        distribution = Distribution(held, transfer, landlord.chart, at)
        missing = sorted(set(range(1, held.parts + 1)) - self.lists.worked(landlord.landlord_id, held.list_id))
        for part in missing[:PARTS_AT_ONCE]:
            self._post_part(landlord, distribution, part)
        if len(missing) > PARTS_AT_ONCE:
            self.lists.go_on(held)
        else:
            self.lists.finish(held)
        return 1

    def _post_part(self, landlord: Landlord, distribution: Distribution, part: int) -> None:
        held, landlord_id = distribution.held, landlord.landlord_id
        lines = self.lists.lines(held, part)
        until_written(partial(self._write, landlord_id, distribution, lines), self.clock)
        debited = [line for line in lines if line.cents < 0]
        owing = {lease_id for line in debited if (lease_id := self._recover(landlord_id, distribution, line))}
        if owing:
            self.spender.spend(landlord, owing)
        rows = self.ledger.posted(landlord_id, map(distribution.placement, lines)).values()
        self.lists.record_part(held, part, _counted(rows), instant_text(self.clock.now()))

    def _write(self, landlord_id: str, distribution: Distribution, lines: Sequence[ListLine]) -> None:
        """The lines that have no row yet, but for recoveries on leases. Accounts are read before rows: a posting of
        the same lines by another worker either shows in the rows or changes an account and makes the write fail.
        """
        leases = self._leases(distribution.held, lines)
        households = self.ledger.households(landlord_id, set(leases.values()))
        known = self.ledger.posted(landlord_id, map(distribution.placement, lines))
        plan = distribution.plan(lines, leases, households, known)
        try:
            self.ledger.commit(landlord_id, plan, distribution.at)
        except Oversized:
            for some in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
                self._write(landlord_id, distribution, some)

    def _recover(self, landlord_id: str, distribution: Distribution, line: ListLine) -> str | None:
        """Debit the tenant of a line; the lease, None for a line that is apart."""

        def attempt() -> str | None:
            leases = self._leases(distribution.held, [line])
            accounts = self.ledger.accounts(landlord_id, leases.values())
            known = self.ledger.posted(landlord_id, [distribution.placement(line)])
            for row in known.values():
                return row.lease_id
            if not distribution.recoveries([line], leases, accounts):
                self._write(landlord_id, distribution, [line])
                raise Stale
            recovery = distribution.recovery(line, accounts[leases[line.number]])
            self.recoveries.commit(landlord_id, recovery, distribution.at)
            return recovery.posted.lease_id

        return until_written(attempt, self.clock)

    def _leases(self, held: PaymentList, lines: Iterable[ListLine]) -> dict[int, str]:
        """The leases of lines: as the list says, else whose number it names."""
        told = list(lines)
        numbers = {line.beneficiary for line in told if line.beneficiary is not None and line.lease_id is None}
        known = self.beneficiaries.leases(held.landlord_id, held.payer_id, numbers)
        found = {line.number: line.lease_id or known.get(line.beneficiary or "") for line in told}
        return {number: lease_id for number, lease_id in found.items() if lease_id is not None}


def _may_wait(held: ListedPayment, totals: Collection[Cents]) -> bool:
    return held.payer_id is not None or parse_payment_id(held.payment_id)[0].amount_cents in totals


def _transfer(payment: Payment) -> BulkTransfer:
    said = [report.movement for report in payment.reports]
    texts = [text for one in said for text in (one.remittance, one.end_to_end_id, one.bank_reference, one.note)]
    day = payment.posted.incoming.movement.booking_date
    return BulkTransfer(payment.payment_id, payment.amount_cents, day, " ".join(text for text in texts if text))


def _counted(rows: Iterable[Posted]) -> ListProgress:
    """What became of the lines of a part."""
    told: dict[str, int] = {"worked_parts": 1}
    for row in rows:
        cents, reason = row.bucket.amount_cents, row.match.reason if row.match else None
        name = _FATES.get(reason, "posted" if cents > 0 else "recovered")
        told[name] = told.get(name, 0) + 1
        told[f"{name}_cents"] = told.get(f"{name}_cents", 0) + cents
    return ListProgress(**told)


_FATES: Final[Mapping[SuspenseReason | None, str]] = {
    SuspenseReason.UNKNOWN_BENEFICIARY: "unknown",
    SuspenseReason.DEPARTED_BENEFICIARY: "departed",
}
