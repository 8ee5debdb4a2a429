"""What people decide on a payment: this lease, or not this lease. Automation never undoes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from quitus.domain import assigning
from quitus.domain.alert import AlertKind
from quitus.domain.distributing import owed_by
from quitus.domain.errors import Conflict
from quitus.domain.known_payers import KnownPayer, Payer, lessons_of, payers_told
from quitus.domain.landlord import Landlord
from quitus.domain.matching import LEASE_IBAN, Match, SuspenseReason
from quitus.domain.payment import Decision, Payment, PaymentStatus
from quitus.domain.posting import person_match
from quitus.domain.splitting import Share, split
from quitus.services.assign_lines import ListedMoney
from quitus.services.attribution import KnownPayers
from quitus.services.contention import until_written
from quitus.services.idempotent_requests import Attempt
from quitus.services.manual_receipts import check_dues, household_of
from quitus.services.ports import ActionLog, Alerts, Clock, Landlords, Ledger
from quitus.services.read_payments import receipt_of
from quitus.services.spend_credits import CreditSpender
from quitus.services.table import Stale, Write

REQUEST = "request"
"""The evidence that names the request which made a decision."""


class DecisionsMade(Protocol):
    """The decisions on a payment, by the request that made them."""

    def made_by(self, landlord_id: str, payment_id: str, request: str) -> Decision | None:
        """What the request decided on the payment, None when it did not yet."""
        ...


@dataclass(frozen=True, slots=True)
class Assignment:
    """The lease that a payment belongs to, why, and the dues that the payer chose."""

    lease_id: str
    reason: str
    due_ids: tuple[str, ...] = ()
    requested_by: str | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which payment is decided on, by whom, in which attempt."""

    landlord_id: str
    payment_id: str
    by: str
    attempt: Attempt
    version: int | None = None
    """How many decisions there were on the payment when the person saw it; None: whatever they are."""


@dataclass(frozen=True, slots=True)
class DecisionDesk:
    """Takes decisions."""

    ledger: Ledger
    made: DecisionsMade
    landlords: Landlords
    alerts: Alerts
    log: ActionLog
    clock: Clock
    spender: CreditSpender
    payers: KnownPayers
    lines: ListedMoney

    def assign(self, occasion: Occasion, order: Assignment) -> Payment:
        """Put a payment in suspense on a lease; the same attempt again changes nothing.

        Raises:
            NotFound: no such payment, or no such lease.
            Invalid: a due of another lease.
            Conflict: the payment is not in suspense, or was decided on since it was read.
            Contention: others kept writing to the lease.
        """
        landlord_id = occasion.landlord_id
        receipt_of(self.ledger, landlord_id, occasion.payment_id)
        household = household_of(self.ledger, landlord_id, order.lease_id)
        check_dues(self.ledger, landlord_id, household.accounts, order.due_ids)
        landlord = self.landlords.get(landlord_id)
        match = self._on(landlord_id, order.lease_id, _match(occasion, order.reason, order.requested_by))
        logged = {"kind": "assign", **msgspec.to_builtins(order)}
        payment = self.decide(occasion, logged, lambda: self._assign(landlord, occasion, order, match))
        at = occasion.attempt.instant
        self.alerts.close(landlord_id, AlertKind.UNASSIGNED_VIRTUAL_IBAN, occasion.payment_id, at)
        if payment.is_recovery:
            self.spender.spend(landlord, [order.lease_id])
        return payment

    def split(self, occasion: Occasion, shares: tuple[Share, ...], reason: str, requested_by: str | None) -> Payment:
        """Put a payment in suspense on several leases; the same attempt again changes nothing.

        Raises:
            NotFound: no such payment, or no such lease.
            Invalid: a due of another lease, or shares that are not the payment's amount.
            Conflict: not in suspense, decided on since it was read, or a share but the first that leaves a credit.
            Contention: others kept writing to the leases.
        """
        landlord_id = occasion.landlord_id
        receipt_of(self.ledger, landlord_id, occasion.payment_id)
        for share in shares:
            household_of(self.ledger, landlord_id, share.lease_id)
            check_dues(self.ledger, landlord_id, [share.lease_id], share.due_ids)
        landlord = self.landlords.get(landlord_id)
        match = self._on(landlord_id, shares[0].lease_id, _match(occasion, reason, requested_by))
        parts = [msgspec.to_builtins(share) for share in shares]
        logged = {"kind": "split", "parts": parts, "reason": reason, "requested_by": requested_by}
        self.decide(occasion, logged, lambda: self._split(landlord, occasion, shares, match))
        at = occasion.attempt.instant
        self.alerts.close(landlord_id, AlertKind.UNASSIGNED_VIRTUAL_IBAN, occasion.payment_id, at)
        self.spender.spend(landlord, [share.lease_id for share in shares])
        return self.ledger.payment(landlord_id, occasion.payment_id)

    def unassign(self, occasion: Occasion, reason: str, lease_id: str | None = None) -> Payment:
        """Take a payment off its lease, back to suspense; the same attempt again changes nothing.

        Raises:
            NotFound: no such payment.
            Conflict: the payment is on no lease, not on `lease_id`, or was decided on since it was read.
            Contention: others kept writing to the lease.
        """
        receipt_of(self.ledger, occasion.landlord_id, occasion.payment_id)
        landlord = self.landlords.get(occasion.landlord_id)
        match = replace(_match(occasion, reason, None), reason=SuspenseReason.UNASSIGNED)
        logged = {"kind": "unassign", "reason": reason, "lease_id": lease_id}
        payment = self.decide(occasion, logged, lambda: self._unassign(landlord, occasion, lease_id, match))
        decision = self.made_by(occasion)
        if decision is not None:
            self.spender.spend(landlord, {entry.lease_id for entry in decision.entries if entry.lease_id is not None})
        return payment

    def _on(self, landlord_id: str, lease_id: str, match: Match) -> Match:
        """The match with the lease's virtual IBAN: what other channels tell of this money may name it."""
        iban = self.ledger.virtual_iban_of(landlord_id, lease_id)
        return match if iban is None else replace(match, evidence={**match.evidence, LEASE_IBAN: iban})

    def decide(self, occasion: Occasion, order: Mapping[str, Any], step: Callable[[], None]) -> Payment:
        """Take a decision once, and log it before; the payment as it stands then. `step` writes it.

        Raises:
            Conflict: it cannot be taken.
            Contention: others kept writing to the same rows.
        """
        landlord_id, attempt = occasion.landlord_id, occasion.attempt
        body = {"payment_id": occasion.payment_id, "by": occasion.by, "order": dict(order)}
        self.log.record(landlord_id, "decisions", attempt.name, body, attempt.at)
        self._decide_once(occasion, step)
        return self.ledger.payment(landlord_id, occasion.payment_id)

    def _decide_once(self, occasion: Occasion, step: Callable[[], None]) -> None:
        """The same request may run twice at once: what contradicts its own decision is not refused."""
        if occasion.attempt.again and self.made_by(occasion):
            return
        try:
            until_written(step, self.clock)
        except Conflict:
            if not self.made_by(occasion):
                raise

    def made_by(self, occasion: Occasion) -> Decision | None:
        """What this attempt decided, None when it did not yet."""
        return self.made.made_by(occasion.landlord_id, occasion.payment_id, occasion.attempt.name)

    def _assign(self, landlord: Landlord, occasion: Occasion, order: Assignment, match: Match) -> None:
        """Accounts are read before the payment: whatever changes the payment after that changes one of them too."""
        household = household_of(self.ledger, occasion.landlord_id, order.lease_id)
        payment = self.ledger.payment(occasion.landlord_id, occasion.payment_id)
        check_version(payment, occasion)
        on, at = occasion.attempt.day, occasion.attempt.instant
        beside = self.lines.remembered(occasion.landlord_id, payment, order.lease_id, occasion.by)
        if payment.is_recovery:
            account, chart = household.main_account, landlord.chart
            told = self.lines.debited(occasion.landlord_id, payment, account, match, chart, on, occasion.by, at)
            decision, made, beside = told[0], told[1], [*beside, *told[2]]
        else:
            match = owed_by(payment, match, landlord.bulk_payers)
            choice = assigning.choice_of(payment, order.due_ids, match)
            decision, made = assigning.assign(payment, household, match, choice, landlord.chart, on, occasion.by, at)
            beside = [*beside, *self._assured(occasion.landlord_id, payment, order.lease_id)]
        self.ledger.commit_decision(occasion.landlord_id, payment, decision, made, beside)

    def _split(self, landlord: Landlord, occasion: Occasion, shares: tuple[Share, ...], match: Match) -> None:
        accounts = self.ledger.accounts(occasion.landlord_id, [share.lease_id for share in shares])
        payment = self.ledger.payment(occasion.landlord_id, occasion.payment_id)
        check_version(payment, occasion)
        on, at = occasion.attempt.day, occasion.attempt.instant
        match = owed_by(payment, match, landlord.bulk_payers)
        decision, made = split(payment, shares, accounts, match, landlord.chart, on, occasion.by, at)
        self.ledger.commit_decision(occasion.landlord_id, payment, decision, made)

    def _assured(self, landlord_id: str, payment: Payment, lease_id: str) -> list[Write]:
        """Memory of the payer once a person put its money on a lease: that lease is trusted, whatever was before."""
        lessons = lessons_of(payment, lease_id)
        known = self.payers.known(landlord_id, {lesson.payer for lesson in lessons})
        after = dict(known)
        for lesson in lessons:
            after[lesson.payer] = after.get(lesson.payer, KnownPayer()).assured(lesson)
        return self._changed(landlord_id, known, after)

    def _disowned(self, landlord_id: str, payment: Payment, lease_id: str) -> list[Write]:
        """Memory of the payer once a person took its money off a lease: none is put there again without a person."""
        payers = payers_told(payment)
        known = self.payers.known(landlord_id, payers)
        after = {payer: known.get(payer, KnownPayer()).disowned(lease_id) for payer in payers}
        return self._changed(landlord_id, known, after)

    def _changed(
        self, landlord_id: str, known: Mapping[Payer, KnownPayer], after: Mapping[Payer, KnownPayer]
    ) -> list[Write]:
        new = {payer: held for payer, held in after.items() if held != known.get(payer, KnownPayer())}
        return self.payers.writes(landlord_id, new)

    def _unassign(self, landlord: Landlord, occasion: Occasion, lease_id: str | None, match: Match) -> None:
        landlord_id = occasion.landlord_id
        held = self._lease_of(occasion, lease_id)
        known = self.ledger.payment(landlord_id, occasion.payment_id)
        accounts = self.ledger.accounts(landlord_id, {held, *assigning.settled_leases(known)})
        payment = self.ledger.payment(landlord_id, occasion.payment_id)
        if payment.lease_id != held or not accounts.keys() >= set(assigning.settled_leases(payment)):
            raise Stale
        check_version(payment, occasion)
        histories = {name: self.ledger.history(landlord_id, name) for name in accounts}
        on, at = occasion.attempt.day, occasion.attempt.instant
        decision, made = assigning.unassign(payment, accounts, histories, match, landlord.chart, on, occasion.by, at)
        beside = self._disowned(landlord_id, payment, held)
        self.ledger.commit_decision(landlord_id, payment, decision, made, beside)

    def _lease_of(self, occasion: Occasion, lease_id: str | None) -> str:
        payment = self.ledger.payment(occasion.landlord_id, occasion.payment_id)
        if payment.lease_id is None or payment.status is not PaymentStatus.POSTED:
            raise Conflict(
                "payment_not_posted", "Only a payment on a lease can be unassigned.", status=payment.status.value
            )
        if payment.is_refund:
            raise Conflict("payment_is_refund", "A refund is cancelled, not unassigned.", lease_id=payment.lease_id)
        if payment.is_recovery:
            message = "The tenant owes what a payer took back: change its due instead."
            raise Conflict("payment_is_recovery", message, lease_id=payment.lease_id)
        if lease_id not in (None, payment.lease_id):
            raise Conflict("payment_on_other_lease", "The payment is on another lease.", lease_id=payment.lease_id)
        return payment.lease_id


def check_version(payment: Payment, occasion: Occasion) -> None:
    """Who says what they saw decides on that only. Raises Conflict."""
    if occasion.version not in (None, payment.decisions):
        message = "Something was decided on the payment since it was read: look at it again."
        raise Conflict("payment_changed", message, version=payment.decisions)


def _match(occasion: Occasion, reason: str, requested_by: str | None) -> Match:
    match = person_match(reason, requested_by)
    return replace(match, evidence={**match.evidence, "decided_by": occasion.by, REQUEST: occasion.attempt.name})
