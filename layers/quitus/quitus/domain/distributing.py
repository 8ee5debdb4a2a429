"""One transfer over the lines of its list: each line is a payment of its own, on a lease or apart with a reason. Pure.

The transfer stays where it was booked, D512 C471; each line takes its part from there: D471 C467 (aids) or C411, one
that is apart D471 C471, a recovery D411 C471. So bank and books agree at every moment, however far the lines are.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from quitus.domain.bulk_payers import BulkPayer
from quitus.domain.errors import Conflict
from quitus.domain.household import Households
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming, Source
from quitus.domain.lease import Account, Debtor, LeaseStatus
from quitus.domain.ledger import Chart, EntryKind, Role, next_loose
from quitus.domain.matching import (
    BENEFICIARY,
    DEBTOR,
    DEPARTED,
    LINE,
    LIST,
    PAYER,
    Match,
    MatchRule,
    SuspenseReason,
)
from quitus.domain.money import Cents
from quitus.domain.movement import Movement, Nature
from quitus.domain.pairing import Pairing, Verdict
from quitus.domain.payment import Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.payment_list import ListLine, PaymentList
from quitus.domain.posting import Flag, Plan, Posted, post_receipt
from quitus.domain.recovering import Recovered, recover, recovery_due

type Placement = tuple[Bucket, int]


def sender_of(payment: Payment, payers: Sequence[BulkPayer]) -> str | None:
    """The payer whose list says for whom a transfer in suspense is, by what any channel tells, nobody having decided on
    it.
    """
    if payment.awaits_list_of is not None:
        return payment.awaits_list_of
    reason = payment.match.reason if payment.match else None
    is_open = payment.status is PaymentStatus.SUSPENSE and not payment.decisions and not payment.reversals
    if not is_open or reason not in _NOBODYS:
        return None
    told = [report.said for report in payment.reports]
    senders = {payer.payer_id for payer in payers if any(map(payer.sent, told))}
    return senders.pop() if len(senders) == 1 else None


def is_aid(payment: Payment, payers: Sequence[BulkPayer]) -> bool:
    """Whether a payer of aids sent it, as any channel tells."""
    return any(payer.pays_aids and payer.sent(report.said) for payer in payers for report in payment.reports)


def owed_by(payment: Payment, match: Match, payers: Sequence[BulkPayer]) -> Match:
    """A person's match of a payment: what a payer of aids sent settles aids, however the bank calls it."""
    if not is_aid(payment, payers):
        return match
    return replace(match, evidence={**match.evidence, DEBTOR: Debtor.PAYER.value})


_NOBODYS = frozenset({SuspenseReason.NO_EVIDENCE, SuspenseReason.DOUBT})


def give_list(
    payment: Payment, held: PaymentList, evidence: Mapping[str, str], rule: MatchRule | None, by: str, at: str
) -> Decision:
    """The decision that a transfer is the lines of a list.

    Raises:
        Conflict: it is not in suspense, or not the sum of the list.
    """
    if payment.status is not PaymentStatus.SUSPENSE or not payment.entries or payment.is_recovery:
        message = "Only a transfer in suspense can be given to a list."
        raise Conflict("payment_not_in_suspense", message, status=payment.status.value)
    if payment.left_cents != held.total_cents or payment.amount_cents != held.total_cents:
        message = "The list does not add up to the transfer."
        raise Conflict("list_total_mismatch", message, total_cents=held.total_cents, amount_cents=payment.left_cents)
    told = {LIST: held.list_id, PAYER: held.payer_id, **evidence}
    match = Match(None, rule, told)
    return Decision(payment.decisions + 1, DecisionKind.DISTRIBUTE, match, (), 0, (), by, at)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A line that debits a tenant: written by itself, with the due that it makes."""

    posted: Posted
    recovered: Recovered


@dataclass(frozen=True, slots=True)
class Distribution:
    """What the lines of a list are to the transfer that they are of."""

    held: PaymentList
    transfer: Payment
    chart: Chart
    at: str

    @property
    def day(self) -> date:
        """The transfer's booking day."""
        return self.transfer.posted.incoming.movement.booking_date

    def placement(self, line: ListLine) -> Placement:
        """Where the permanent row of a line is: the same whoever posts it, whenever."""
        return self._incoming(line).bucket, line.ordinal

    def payment_id(self, line: ListLine) -> str:
        """The payment that a line is."""
        bucket, ordinal = self.placement(line)
        return bucket.payment_id(ordinal)

    def plan(
        self,
        lines: Sequence[ListLine],
        leases: Mapping[int, str],
        households: Households,
        known: Container[Placement],
    ) -> Plan:
        """What to write for the lines that have no row yet, recoveries that debit a tenant left out.

        `leases` are the lines' leases, by number.
        """
        accounts, posted = dict(households.accounts), list[Posted]()
        for line in lines:
            if self.placement(line) in known or self._debits(line, leases, accounts):
                continue
            lease_id = leases.get(line.number)
            match = self._match(line, lease_id, accounts.get(lease_id or ""))
            if match.lease_id is None:
                posted.append(self._apart(line, match))
                continue
            household = households.of(match.lease_id, accounts)
            incoming = self._incoming(line, self._targets(line, accounts[match.lease_id]))
            place = Pairing(Verdict.NEW, *self.placement(line))
            row, changed = post_receipt(self.chart, household, incoming, match, place, self.at)
            accounts.update(changed)
            posted.append(row)
        return Plan(tuple(posted), (), households.changed(accounts), ())

    def recoveries(
        self, lines: Sequence[ListLine], leases: Mapping[int, str], accounts: Mapping[str, Account]
    ) -> list[ListLine]:
        """The lines that debit a tenant."""
        return [line for line in lines if self._debits(line, leases, accounts)]

    def recovery(self, line: ListLine, account: Account) -> Recovery:
        """What to write for a line that debits a tenant."""
        incoming, (bucket, ordinal) = self._incoming(line), self.placement(line)
        due = recovery_due(incoming, account.lease_id)
        entry_id = f"{bucket.payment_id(ordinal)}-1"
        recovered = recover(account, due, entry_id, EntryKind.REVERSAL, self.day, self.chart)
        match = self._match(line, account.lease_id, account)
        posted = Posted(bucket, ordinal, incoming, match, entries=(recovered.entry,), posted_at=self.at)
        return Recovery(posted, recovered)

    def _debits(self, line: ListLine, leases: Mapping[int, str], accounts: Mapping[str, Account]) -> bool:
        account = accounts.get(leases.get(line.number, ""))
        return line.cents < 0 and self._match(line, leases.get(line.number), account).lease_id is not None

    def _match(self, line: ListLine, lease_id: str | None, account: Account | None) -> Match:
        evidence = {LIST: self.held.list_id, LINE: str(line.number), PAYER: self.held.payer_id}
        if line.beneficiary is not None:
            evidence[BENEFICIARY] = line.beneficiary
        if account is None or lease_id is None:
            return Match(None, None, evidence, SuspenseReason.UNKNOWN_BENEFICIARY)
        if account.status is LeaseStatus.ENDED and not self._is_awaited(line, account):
            return Match(None, None, evidence | {DEPARTED: lease_id}, SuspenseReason.DEPARTED_BENEFICIARY)
        return Match(lease_id, MatchRule.REFERENCE, evidence)

    def _is_awaited(self, line: ListLine, account: Account) -> bool:
        """Whether the aid of the very month that the line names is awaited, as much or more: the tenant lived there."""
        targets = self._targets(line, account)
        due: Cents = sum(held.open_cents for held in account.aid_dues if held.due_id in targets)
        return 0 < line.cents <= due

    def _targets(self, line: ListLine, account: Account) -> tuple[str, ...]:
        """The aids of the month that the payer says it pays (Code civil 1342-10: the choice is the debtor's)."""
        if self.held.means.debtor is not Debtor.PAYER or line.period is None:
            return ()
        return tuple(due.due_id for due in account.aid_dues if due.period == line.period)

    def _apart(self, line: ListLine, match: Match) -> Posted:
        """Money, or a claim, of nobody that is known: out of the transfer's suspense, into its own."""
        incoming, (bucket, ordinal) = self._incoming(line), self.placement(line)
        sides = (self.chart.debit(Role.SUSPENSE, abs(line.cents)), self.chart.credit(Role.SUSPENSE, abs(line.cents)))
        entry = next_loose((), f"{bucket.payment_id(ordinal)}-1", EntryKind.RECEIPT, self.day, sides)
        flags = (Flag.RECOVERY_APART,) if line.cents < 0 else ()
        return Posted(bucket, ordinal, incoming, match, entries=(entry,), flags=flags, posted_at=self.at)

    def _incoming(self, line: ListLine, targets: tuple[str, ...] = ()) -> Incoming:
        told = self.transfer.posted.incoming
        said = (line.name, line.beneficiary, line.period)
        movement = Movement(
            position=str(line.number),
            amount_cents=line.cents,
            booking_date=self.day,
            value_date=told.movement.value_date,
            nature=Nature.RECOVERY if line.cents < 0 else Nature.RECEIPT,
            means=self.held.means,
            debtor_name=self.held.payer_name,
            remittance=" ".join(text for text in said if text) or None,
            due_ids=targets,
        )
        source = Source(f"list:{self.held.payer_id}", self.transfer.payment_id, self.held.list_id)
        return Incoming(movement, told.account, source, accepted_on=Role.SUSPENSE)
