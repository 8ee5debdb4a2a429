"""Money that a person of the landlord received: a cheque, cash. Posted before the answer, once per attempt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quitus.domain.calendar import oldest_day, paris_day
from quitus.domain.errors import Invalid, NotFound
from quitus.domain.household import Household
from quitus.domain.incoming import MANUAL_ACCOUNT, Incoming, Source
from quitus.domain.landlord import Landlord
from quitus.domain.matching import Match, MatchRule
from quitus.domain.money import Cents
from quitus.domain.movement import Means, Movement
from quitus.domain.payment import Payment
from quitus.domain.posting import Poster
from quitus.services.contention import until_written
from quitus.services.idempotent_requests import Attempt
from quitus.services.ports import ActionLog, Clock, Landlords, Ledger

CHANNEL = "manual"
_POSITION = "1"


@dataclass(frozen=True, slots=True)
class ManualReceipt:
    """What was received, for which lease, and the dues that the payer chose."""

    lease_id: str
    amount_cents: Cents
    means: Means
    received_on: date
    reference: str | None = None
    due_ids: tuple[str, ...] = ()
    requested_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptDesk:
    """Posts manual receipts."""

    ledger: Ledger
    landlords: Landlords
    log: ActionLog
    clock: Clock

    def record(self, landlord_id: str, receipt: ManualReceipt, by: str, attempt: Attempt) -> Payment:
        """Post a receipt; the same attempt again finds the payment that it made.

        Raises:
            NotFound: no such lease.
            Invalid: received in the future or more than ten years ago, or a due of another lease.
            Contention: others kept writing to the lease.
        """
        landlord = self.landlords.get(landlord_id)
        self._check(landlord_id, receipt)
        incoming = _incoming(receipt, attempt)
        body = {"receipt": _logged(receipt), "by": by}
        self.log.record(landlord_id, "manual-receipts", attempt.name, body, attempt.at)
        match = _match(receipt, by)
        payment_id = until_written(lambda: self._post(landlord, incoming, match, attempt), self.clock)
        return self.ledger.payment(landlord_id, payment_id)

    def _check(self, landlord_id: str, receipt: ManualReceipt) -> None:
        household = household_of(self.ledger, landlord_id, receipt.lease_id)
        today = paris_day(self.clock.now())
        if receipt.received_on > today:
            raise Invalid("received_in_future", "Money cannot be received in the future.")
        if receipt.received_on < oldest_day(today):
            raise Invalid("received_long_ago", "The day is more than ten years ago: look at the year.")
        check_dues(self.ledger, landlord_id, household.accounts, receipt.due_ids)

    def _post(self, landlord: Landlord, incoming: Incoming, match: Match, attempt: Attempt) -> str:
        landlord_id, at = landlord.landlord_id, attempt.instant
        households = self.ledger.households(landlord_id, [match.lease_id or ""])
        register = self.ledger.register(landlord_id, [incoming.bucket], [CHANNEL])
        plan = Poster(landlord.chart, [match], households, register, at).decide([incoming])
        self.ledger.commit(landlord_id, plan, at)
        pairing = plan.pairings[0]
        return pairing.bucket.payment_id(pairing.ordinal)


def household_of(ledger: Ledger, landlord_id: str, lease_id: str) -> Household:
    """The lease with those of its account group. Raises NotFound: no such lease."""
    households = ledger.households(landlord_id, [lease_id])
    if lease_id not in households.accounts:
        raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
    return households.of(lease_id)


def check_dues(ledger: Ledger, landlord_id: str, lease_ids: Iterable[str], due_ids: tuple[str, ...]) -> None:
    """Refuse targets that are dues of none of the leases. Raises Invalid."""
    if due_ids:
        known = {due_id for lease_id in lease_ids for due_id in ledger.dues(landlord_id, lease_id)}
        if unknown := sorted(set(due_ids) - known):
            raise Invalid("due_not_of_lease", "These are no dues of the lease.", due_ids=unknown)


def _incoming(receipt: ManualReceipt, attempt: Attempt) -> Incoming:
    movement = Movement(
        position=_POSITION,
        amount_cents=receipt.amount_cents,
        booking_date=receipt.received_on,
        means=receipt.means,
        remittance=receipt.reference,
        due_ids=receipt.due_ids,
    )
    return Incoming(movement, MANUAL_ACCOUNT, Source(CHANNEL, attempt.name))


def _match(receipt: ManualReceipt, by: str) -> Match:
    evidence = {"recorded_by": by} | ({"requested_by": receipt.requested_by} if receipt.requested_by else {})
    return Match(receipt.lease_id, MatchRule.PERSON, evidence)


def _logged(receipt: ManualReceipt) -> dict[str, object]:
    return {
        "lease_id": receipt.lease_id,
        "amount_cents": receipt.amount_cents,
        "means": receipt.means.value,
        "received_on": receipt.received_on.isoformat(),
        "reference": receipt.reference,
        "due_ids": list(receipt.due_ids),
        "requested_by": receipt.requested_by,
    }
