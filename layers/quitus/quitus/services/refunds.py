"""Refund requests: one person asks, another decides, the bank's line ends it. Each step names the version it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Protocol

from quitus.domain.aid_money import aid_money
from quitus.domain.alert import AlertKind
from quitus.domain.charged import Charging, Paid
from quitus.domain.errors import Conflict, Forbidden, Invalid, NotFound
from quitus.domain.ibans import checked_iban
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account
from quitus.domain.matching import MatchRule
from quitus.domain.money import Cents
from quitus.domain.payment import Decision, Payment
from quitus.domain.refund import (
    IbanCheck,
    PayOut,
    Refund,
    RefundStatus,
    RefundStep,
    call_off,
    came_from,
    hold,
    let_go,
    pay_out,
    refund_of_lot,
)
from quitus.domain.releasing import payments_of_dues
from quitus.services.contention import until_written
from quitus.services.idempotent_requests import Attempt
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import ActionLog, Alerts, Clock, Landlords, Ledger
from quitus.services.spend_credits import CreditSpender
from quitus.services.table import Write

_NOTHING: Final[Mapping[str, str]] = {}


class RefundStore(Protocol):
    """Refunds; strongly consistent, but for listings."""

    def find(self, landlord_id: str, refund_id: str) -> Refund | None:
        """The refund, or None."""
        ...

    def page(self, landlord_id: str, after: str | None) -> Iterator[Refund]:
        """All of them, newest first, after one."""
        ...

    def open(self, landlord_id: str) -> Iterator[Refund]:
        """Those that are approved and not paid; one of the last second may be missing."""
        ...

    def begin(self, landlord_id: str, refund: Refund, account: Account) -> None:
        """Keep a new refund with the account that holds its credit. Raises Stale."""
        ...

    def drop(self, landlord_id: str, refund: Refund, made: Charging, at: str) -> None:
        """Keep the step that ends a refund before its approval, with the account. Raises Stale."""
        ...

    def approve(self, landlord_id: str, refund: Refund, paid: PayOut, at: str) -> None:
        """Keep an approval with its entry, its due, and the account. Raises Stale."""
        ...

    def call_off(self, landlord_id: str, refund: Refund, entered: Payment, decision: Decision, made: Charging) -> None:
        """Keep that an approved refund is not paid, with what follows. Raises Stale."""
        ...

    def paid(self, landlord_id: str, refund: Refund) -> list[Write]:
        """What writes that a refund is paid, with the decision on the bank's line."""
        ...


class LinePayer(Protocol):
    """Writes that a line of the bank's paid refunds."""

    def pay(
        self, landlord: Landlord, refunds: Sequence[Refund], payment_id: str, step: RefundStep, rule: MatchRule
    ) -> None:
        """Write it, for all of them or for none. Raises NotFound, Conflict, Stale."""
        ...

    def told(self, landlord_id: str, refund_ids: Iterable[str], payment_id: str, at: str) -> None:
        """Close what was told of refunds that are paid, and of their line; again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """How much of a lease's credit is to be paid back, where, and why."""

    lease_id: str
    amount_cents: Cents
    iban: str
    account_holder: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundOccasion:
    """Which refund is decided on, at which version, by whom, why, in which attempt."""

    landlord_id: str
    refund_id: str
    version: int
    by: str
    reason: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class RefundDesk:
    """Takes requests and decisions."""

    refunds: RefundStore
    ledger: Ledger
    landlords: Landlords
    spender: CreditSpender
    payer: LinePayer
    alerts: Alerts
    log: ActionLog
    clock: Clock

    def one(self, landlord_id: str, refund_id: str) -> Refund:
        """A refund. Raises NotFound."""
        found = self.refunds.find(landlord_id, refund_id)
        if found is None:
            raise NotFound("refund_not_found", "There is no refund with this id.", refund_id=refund_id[:64])
        return found

    def page(
        self, landlord_id: str, status: RefundStatus | None, lease_id: str | None, after: Place | None, limit: int
    ) -> Listed[Refund]:
        """A page of refunds, newest first."""
        found = self.refunds.page(landlord_id, after[0] if after else None)
        return fill((((one.refund_id,), one if _is_wanted(one, status, lease_id) else None) for one in found), limit)

    def is_known(self, landlord_id: str, refund: Refund) -> bool:
        """Whether all of the credit came from the account, and who asked for the refund put none of it on the lease."""
        return all(
            source is not None and came_from(self.ledger.payment(landlord_id, source), refund)
            for source in self._brought_by(landlord_id, refund)
        )

    def _brought_by(self, landlord_id: str, refund: Refund) -> Iterator[str | None]:
        """The payments that brought its credit, also through a refund that was called off; None for a negative due."""
        for lot in refund.lots:
            called_off = refund_of_lot(lot)
            if called_off is None:
                yield lot.payment_id
            else:
                yield from self._brought_by(landlord_id, self.one(landlord_id, called_off))

    def request(self, landlord_id: str, wish: Wish, by: str, attempt: Attempt) -> Refund:
        """Ask for a refund; its credit is held from now on. The same attempt again finds it.

        Raises:
            NotFound: no such lease.
            Invalid: the account is not one, or one of the landlord's own.
            Conflict: more than the tenant's free credit.
            Contention: others kept writing to the lease.
        """
        landlord = self.landlords.get(landlord_id)
        asked = replace(wish, iban=_checked(landlord, wish.iban))
        self._account(landlord_id, wish.lease_id)
        body = {"kind": "request_refund", "lease_id": wish.lease_id, "amount_cents": wish.amount_cents}
        told = {"iban": asked.iban, "account_holder": wish.account_holder, "reason": wish.reason, "by": by}
        self.log.record(landlord_id, "refunds", attempt.name, body | told, attempt.at)
        until_written(lambda: self._hold(landlord_id, asked, by, attempt), self.clock)
        return self.one(landlord_id, refund_id_of(wish.lease_id, attempt))

    def _hold(self, landlord_id: str, wish: Wish, by: str, attempt: Attempt) -> None:
        refund_id = refund_id_of(wish.lease_id, attempt)
        if self.refunds.find(landlord_id, refund_id) is not None:
            return
        account = self._account(landlord_id, wish.lease_id)
        aids = aid_money(account, self.ledger.history(landlord_id, wish.lease_id))
        holding, lots = hold(account, wish.amount_cents, aids)
        step = RefundStep(RefundStatus.REQUESTED, by, attempt.instant, wish.reason, attempt.name)
        refund = Refund(
            refund_id, wish.lease_id, wish.amount_cents, wish.iban, wish.account_holder, lots, steps=(step,)
        )
        self.refunds.begin(landlord_id, refund, holding)

    def approve(self, occasion: RefundOccasion, iban_remark: str | None) -> Refund:
        """Approve a refund that another person asked for. Again changes nothing.

        Raises:
            NotFound: no such refund.
            Conflict: the same person, an account that nobody answers for, credit that was taken back, another step
                since.
            Contention: others kept writing to the lease.
        """
        said = {} if iban_remark is None else {"iban_remark": iban_remark}
        status = RefundStatus.APPROVED
        return self._step(occasion, status, lambda refund: self._approve(occasion, refund, iban_remark), said)

    def _approve(self, occasion: RefundOccasion, refund: Refund, iban_remark: str | None) -> None:
        landlord_id, attempt = occasion.landlord_id, occasion.attempt
        _check_status(refund, RefundStatus.REQUESTED)
        _check_second(occasion, refund)
        known = self.is_known(landlord_id, refund)
        if not known and iban_remark is None:
            message = "The credit is not known to have come from the account: say how it was checked."
            raise Conflict("iban_not_verified", message)
        check = IbanCheck.KNOWN_PAYER if known else IbanCheck.CONFIRMED
        household = self.ledger.households(landlord_id, [refund.lease_id]).of(refund.lease_id)
        on, at = attempt.day, attempt.instant
        paid = pay_out(household, refund, on, self.landlords.get(landlord_id).chart, at)
        checked = replace(refund, iban_check=check, iban_remark=iban_remark, entry_payment=paid.posted.payment_id)
        self.refunds.approve(landlord_id, self._stepped(occasion, checked, RefundStatus.APPROVED), paid, at)

    def reject(self, occasion: RefundOccasion) -> Refund:
        """Refuse a refund: the credit is the tenant's again. Again changes nothing. Raises as `approve` does."""

        def step(refund: Refund) -> None:
            _check_status(refund, RefundStatus.REQUESTED)
            _check_second(occasion, refund)
            self._let_go(occasion, refund, RefundStatus.REJECTED)

        return self._spent(occasion, self._step(occasion, RefundStatus.REJECTED, step))

    def cancel(self, occasion: RefundOccasion, *, approved_too: bool) -> Refund:
        """Call a refund off that was asked for, or approved and not paid. Again changes nothing.

        Raises:
            Forbidden: it is approved, and who cancels it may not call that off (`approved_too`): its transfer may be
                on its way.
            And as `approve` does.
        """

        def step(refund: Refund) -> None:
            _check_status(refund, RefundStatus.REQUESTED, RefundStatus.APPROVED)
            if refund.status is RefundStatus.REQUESTED:
                self._let_go(occasion, refund, RefundStatus.CANCELLED)
                return
            if not approved_too:
                raise Forbidden("forbidden", "Once approved, a refund is cancelled by an accountant: ask one.")
            self._call_off(occasion, refund)

        return self._spent(occasion, self._step(occasion, RefundStatus.CANCELLED, step))

    def paid(self, occasion: RefundOccasion, payment_id: str, others: Sequence[str] = ()) -> Refund:
        """Say which of the bank's lines paid an approved refund, alone or with `others` in one sum. Again changes
        nothing. What is approved has one version only: while the others are, nobody changed them.

        Raises:
            Invalid: a refund is named twice.
            And as `approve` does.
        """
        landlord = self.landlords.get(occasion.landlord_id)
        _check_named_once(occasion.refund_id, *others)

        def step(refund: Refund) -> None:
            together = [refund, *(self.one(occasion.landlord_id, refund_id) for refund_id in others)]
            for one in together:
                _check_status(one, RefundStatus.APPROVED)
            made = self._made(occasion, RefundStatus.PAID)
            self.payer.pay(landlord, together, payment_id, made, MatchRule.PERSON)

        said = {"payment_id": payment_id} | ({"refund_ids": " ".join(others)} if others else {})
        refund = self._step(occasion, RefundStatus.PAID, step, said)
        self.payer.told(occasion.landlord_id, [refund.refund_id, *others], payment_id, occasion.attempt.instant)
        return refund

    def _spent(self, occasion: RefundOccasion, refund: Refund) -> Refund:
        """The refund, once all that follows its end is done: by a retry too, where the first attempt was cut short."""
        at = occasion.attempt.instant
        for kind in (AlertKind.REFUND_UNPAID, AlertKind.REFUND_UNCOVERED):
            self.alerts.close(occasion.landlord_id, kind, refund.refund_id, at)
        self.spender.spend(self.landlords.get(occasion.landlord_id), [refund.lease_id])
        return refund

    def _let_go(self, occasion: RefundOccasion, refund: Refund, status: RefundStatus) -> None:
        landlord = self.landlords.get(occasion.landlord_id)
        account = self._account(occasion.landlord_id, refund.lease_id)
        on, at = occasion.attempt.day, occasion.attempt.instant
        made = let_go(account, refund.lots, on, landlord.chart)
        self.refunds.drop(occasion.landlord_id, self._stepped(occasion, refund, status), made, at)

    def _call_off(self, occasion: RefundOccasion, refund: Refund) -> None:
        landlord_id, attempt = occasion.landlord_id, occasion.attempt
        landlord = self.landlords.get(landlord_id)
        account = self._account(landlord_id, refund.lease_id)
        entered = self.ledger.payment(landlord_id, refund.entry_payment or "")
        paid = self._paid(landlord_id, refund)
        on, at = attempt.day, attempt.instant
        decision, made = call_off(entered, account, paid, refund, on, landlord.chart, occasion.by, at)
        ended = self._stepped(occasion, refund, RefundStatus.CANCELLED)
        self.refunds.call_off(landlord_id, ended, entered, decision, made)

    def _paid(self, landlord_id: str, refund: Refund) -> Sequence[Paid]:
        """What payments paid of a refund's due, the oldest first, as their credits are used: those whose credit was
        held for it, and those that paid it since.
        """
        held = {lot.payment_id for lot in refund.lots if lot.payment_id is not None}
        since = self.spender.dues.paid(landlord_id, refund.lease_id, {refund.due_id})
        known = sorted(held | {one.payment_id for one in since})
        payments = [self.ledger.payment(landlord_id, payment_id) for payment_id in known]
        return payments_of_dues(payments, refund.lease_id, {refund.due_id})[::-1]

    def _step(
        self,
        occasion: RefundOccasion,
        status: RefundStatus,
        write: Callable[[Refund], None],
        said: Mapping[str, str] = _NOTHING,
    ) -> Refund:
        """Take a step once; what contradicts the request's own step, made before, is not refused. `said`: what else
        the person said, for the log.
        """
        landlord_id, attempt = occasion.landlord_id, occasion.attempt
        seen = self.one(landlord_id, occasion.refund_id)
        if not _made_by(seen, attempt):
            body = {"kind": f"refund_{status}", "refund_id": seen.refund_id, "lease_id": seen.lease_id}
            told = {"version": occasion.version, "reason": occasion.reason, "by": occasion.by, **said}
            self.log.record(landlord_id, "refunds", attempt.name, body | told, attempt.at)
            until_written(lambda: self._once(occasion, write), self.clock)
        return self.one(landlord_id, occasion.refund_id)

    def _once(self, occasion: RefundOccasion, write: Callable[[Refund], None]) -> None:
        refund = self.one(occasion.landlord_id, occasion.refund_id)
        if _made_by(refund, occasion.attempt):
            return
        if refund.version != occasion.version:
            message = "Something was decided on the refund since it was read: look at it again."
            raise Conflict("refund_changed", message, version=refund.version)
        write(refund)

    def _stepped(self, occasion: RefundOccasion, refund: Refund, status: RefundStatus) -> Refund:
        return refund.stepped(self._made(occasion, status))

    def _made(self, occasion: RefundOccasion, status: RefundStatus) -> RefundStep:
        at = occasion.attempt.instant
        return RefundStep(status, occasion.by, at, occasion.reason, occasion.attempt.name)

    def _account(self, landlord_id: str, lease_id: str) -> Account:
        held = self.ledger.accounts(landlord_id, [lease_id])
        if lease_id not in held:
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return held[lease_id]


def refund_id_of(lease_id: str, attempt: Attempt) -> str:
    """Names the refund that a request asks for; short enough for a transfer's end-to-end id, unlike anything else."""
    return f"RB{sha256(f'{lease_id}|{attempt.name}'.encode()).hexdigest()[:16].upper()}"


def _checked(landlord: Landlord, text: str) -> str:
    """A right account number of somebody else's. Raises Invalid."""
    iban = checked_iban(text)
    if iban in landlord.every_account or iban[4:].startswith(landlord.numbered):
        raise Invalid("iban_of_landlord", "The account is the landlord's own, or a virtual one.")
    return iban


def _check_status(refund: Refund, *wanted: RefundStatus) -> None:
    if refund.status not in wanted:
        message = f"The refund is {refund.status}: this cannot be decided on it any more."
        raise Conflict("refund_decided", message, status=refund.status.value, refund_id=refund.refund_id)


def _check_named_once(*refund_ids: str) -> None:
    if len(set(refund_ids)) != len(refund_ids):
        raise Invalid("refund_twice", "A refund is named twice: once in the path, the others in `refund_ids`.")


def _check_second(occasion: RefundOccasion, refund: Refund) -> None:
    if occasion.by == refund.requested_by:
        message = "A refund is decided by another person than asked for it, who may cancel it."
        raise Conflict("refund_needs_second_person", message)


def _made_by(refund: Refund, attempt: Attempt) -> bool:
    return any(step.request == attempt.name for step in refund.steps)


def _is_wanted(refund: Refund, status: RefundStatus | None, lease_id: str | None) -> bool:
    return status in (None, refund.status) and lease_id in (None, refund.lease_id)
