"""What people say of returns: this payment, or none of ours; and what came back without a word of the bank's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from quitus.domain.denying import check_deniable, denied, restored
from quitus.domain.errors import Conflict, Invalid
from quitus.domain.incoming import bank_role
from quitus.domain.landlord import Landlord
from quitus.domain.ledger import Role
from quitus.domain.money import Cents
from quitus.domain.payment import Payment, PaymentStatus, Reversal
from quitus.domain.returned import Return
from quitus.domain.reversing import (
    TakeBack,
    by_hand,
    check_is_payment,
    check_open,
    check_reversible,
    check_sent_back,
    dismissed,
    may_be_sent_back,
    waiting_lines,
)
from quitus.domain.tracing import is_unconfirmed
from quitus.services.decide_payments import REQUEST, DecisionDesk, Occasion, check_version
from quitus.services.left_out import LeftOut
from quitus.services.list_returns import ListReverser
from quitus.services.ports import Clock, Landlords, Ledger
from quitus.services.read_payments import receipt_of
from quitus.services.table import Stale
from quitus.services.take_back import Occurrence, Reverser, Settled, confirming, is_on_bank


@dataclass(frozen=True, slots=True)
class Original:
    """Which payment a waiting return takes back, why a person says so, and what of it is the bank's fee."""

    payment_id: str
    reason: str
    fee_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """A cheque, card or cash receipt that came back, or what the bank never booked: all that is left of it, or some;
    the reason; the day.
    """

    reason: str
    reversed_on: date
    amount_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class ReturnDesk:
    """Takes decisions on returns; one that takes money back is final (sector.md, reversals), a dismissal is not."""

    decisions: DecisionDesk
    ledger: Ledger
    landlords: Landlords
    clock: Clock
    left_out: LeftOut
    lists: ListReverser

    def trace(self, occasion: Occasion, order: Original) -> Payment:
        """Say which payment a return takes back that waits, or was dismissed, or which money in suspense the landlord
        sent back by a debit that is nothing else; the return, or debit, as it stands then.

        Raises:
            NotFound: no such return, debit, or payment.
            Conflict: the return took a payment back, was decided on since it was read, or the payment cannot be taken
                back, or not so much of it.
        """
        if not may_be_sent_back(self.ledger.payment(occasion.landlord_id, occasion.payment_id)):
            receipt_of(self.ledger, occasion.landlord_id, occasion.payment_id)
        receipt_of(self.ledger, occasion.landlord_id, order.payment_id)
        landlord = self.landlords.get(occasion.landlord_id)
        logged = {"kind": "trace", "payment_id": order.payment_id, "reason": order.reason, "fee_cents": order.fee_cents}
        returned = self.decisions.decide(occasion, logged, lambda: self._trace(landlord, occasion, order))
        self._spend(landlord, self.ledger.payment(occasion.landlord_id, order.payment_id))
        return returned

    def dismiss(self, occasion: Occasion, reason: str) -> Payment:
        """Say that a waiting return takes back nothing of the landlord's: a bank line like others. Or of one that took
        a payment back, that the bank never booked it: no closing statement holds it.

        Raises:
            NotFound: no such return.
            Conflict: it waits no more and a statement holds it, or may yet, or it did not take one payment back,
                whole; or it was decided on since it was read.
        """
        receipt_of(self.ledger, occasion.landlord_id, occasion.payment_id)
        logged = {"kind": "dismiss", "reason": reason}
        return self.decisions.decide(occasion, logged, lambda: self._dismiss(occasion, reason))

    def came_back(self, occasion: Occasion, order: CameBack) -> Payment:
        """Take back a receipt whose money is, or was, in collection; the bank's own line of it will clear 511. Or what
        the bank told, and left out of the closing statement of its day.

        Raises:
            NotFound: no such payment.
            Invalid: a day before the receipt, or to come; of what the bank left out, another day than its own.
            Conflict: a statement holds it, or may yet, less is left, or it was decided on since it was read.
        """
        payment = receipt_of(self.ledger, occasion.landlord_id, occasion.payment_id)
        check_is_payment(payment)
        if order.reversed_on > occasion.attempt.day:
            raise Invalid("reversed_in_future", "Money cannot come back in the future.")
        if order.reversed_on < payment.posted.incoming.movement.booking_date:
            raise Invalid("invalid_date", "Money comes back on the day of its receipt or later.")
        landlord = self.landlords.get(occasion.landlord_id)
        logged = {
            "kind": "reverse",
            "reason": order.reason,
            "reversed_on": order.reversed_on.isoformat(),
            "amount_cents": order.amount_cents,
        }
        payment = self.decisions.decide(occasion, logged, lambda: self._reverse(landlord, occasion, order))
        self._spend(landlord, payment)
        return payment

    def _trace(self, landlord: Landlord, occasion: Occasion, order: Original) -> None:
        landlord_id = occasion.landlord_id
        waiting = self.ledger.payment(landlord_id, occasion.payment_id)
        check_version(waiting, occasion)
        check_open(waiting)
        returned = Return(waiting.reports)
        original = self.ledger.payment(landlord_id, order.payment_id)
        on, at = occasion.attempt.day, occasion.attempt.instant
        said = evidence_of(occasion, order.reason)
        occurrence = Occurrence(waiting.payment_id, returned, Role.SUSPENSE, on, at, occasion.by, said)
        settled = self._settled(landlord, occurrence, original, order.fee_cents)
        if may_be_sent_back(waiting):
            check_sent_back(original)
            settled = replace(settled, lines=waiting_lines(waiting, landlord.chart) + settled.lines)
        self._reverser.commit(landlord_id, waiting, settled, occurrence)

    def _settled(
        self, landlord: Landlord, occurrence: Occurrence, original: Payment, fee_cents: Cents | None
    ) -> Settled:
        """What follows from what a person says: the bank's own line of what was taken back, a transfer with the lines
        of its list, or a payment.
        """
        returned = occurrence.returned
        told = _told(returned, original, fee_cents) if is_on_bank(returned) else ()
        if told:
            return confirming(landlord, occurrence, original, told)
        cents = _taken(returned, original, fee_cents)
        if original.list_id is not None and original.status is PaymentStatus.POSTED:
            return self.lists.taking(landlord, occurrence, original, cents)
        check_reversible(original, cents)
        return self._reverser.taking(landlord, occurrence, original, cents)

    @property
    def _reverser(self) -> Reverser:
        """A new one for each decision: it reads each payment once."""
        return Reverser(self.ledger, self.clock)

    def _dismiss(self, occasion: Occasion, reason: str) -> None:
        waiting = self.ledger.payment(occasion.landlord_id, occasion.payment_id)
        check_version(waiting, occasion)
        evidence = evidence_of(occasion, reason)
        if waiting.reverses is not None:
            self._deny(occasion, waiting, evidence)
            return
        decision = dismissed(waiting, evidence, occasion.by, occasion.attempt.instant)
        self.ledger.commit_replacement(occasion.landlord_id, waiting, decision)

    def _deny(self, occasion: Occasion, returned: Payment, evidence: dict[str, str]) -> None:
        landlord_id, at = occasion.landlord_id, occasion.attempt.instant
        landlord = self.landlords.get(landlord_id)
        original = self.ledger.payment(landlord_id, returned.reverses or "")
        check_deniable(returned, original)
        if objection := self.left_out.objection(landlord_id, returned):
            raise Conflict("return_not_waiting", objection, status=returned.status.value)
        if self.ledger.payment(landlord_id, returned.payment_id).version != returned.version:
            raise Stale  # a statement may hold it since
        back = restored(original, returned.payment_id, evidence, occasion.by, at)
        own = denied(returned, evidence, landlord.chart, occasion.by, at)
        self.ledger.commit_reversal(landlord_id, original, back, (), (returned, own))

    def _reverse(self, landlord: Landlord, occasion: Occasion, order: CameBack) -> None:
        landlord_id = occasion.landlord_id
        payment = self.ledger.payment(landlord_id, occasion.payment_id)
        check_version(payment, occasion)
        cents = payment.left_cents if order.amount_cents is None else order.amount_cents
        check_reversible(payment, cents)
        origin = bank_role(payment.posted.incoming)
        if origin is not Role.COLLECTION:
            self._check_left_out(landlord_id, payment)
        reversal = by_hand(payment, cents, order.reversed_on, order.reason)
        on = reversal.booking_date if reversal.is_unbooked else occasion.attempt.day
        said, at = evidence_of(occasion, order.reason), occasion.attempt.instant
        take_back = TakeBack(reversal, origin, on, said, occasion.by, at)
        held, decision, made = self._reverser.taken(landlord, payment.payment_id, take_back)
        if held.version != payment.version:  # a statement may hold it since
            raise Stale
        self.ledger.commit_reversal(landlord_id, held, decision, made, None)

    def _check_left_out(self, landlord_id: str, payment: Payment) -> None:
        if objection := self.left_out.objection(landlord_id, payment):
            raise Conflict("payment_not_in_collection", objection)

    def _spend(self, landlord: Landlord, payment: Payment) -> None:
        """Other credits of the leases may pay what is owed again."""
        leases = {entry.lease_id for entry in payment.entries if entry.lease_id is not None}
        self.decisions.spender.spend(landlord, leases)


def _told(returned: Return, original: Payment, fee_cents: Cents | None) -> tuple[Reversal, ...]:
    """What was taken back of the payment already, in collection, and of which the return is the bank's own line: one
    reversal of the amount, else all together.
    """
    amounts = returned.amounts if fee_cents is None else {returned.cents - fee_cents}
    unconfirmed = tuple(reversal for reversal in original.reversals if is_unconfirmed(reversal))
    one = next((reversal for reversal in unconfirmed if reversal.amount_cents in amounts), None)
    if one is not None:
        return (one,)
    return unconfirmed if sum(reversal.amount_cents for reversal in unconfirmed) in amounts else ()


def _taken(returned: Return, original: Payment, fee_cents: Cents | None) -> Cents:
    """What of a return is the payment's: all but the fee that a person says, or the bank."""
    if fee_cents is not None:
        if fee_cents >= returned.cents:
            raise Conflict("reversal_exceeds_payment", "The fee is not less than the return.")
        return returned.cents - fee_cents
    return returned.cents if returned.cents <= original.left_cents else min(returned.amounts)


def evidence_of(occasion: Occasion, reason: str) -> dict[str, str]:
    """What a person's decision on a line of the bank's rests on."""
    return {"reason": reason, "decided_by": occasion.by, REQUEST: occasion.attempt.name}
