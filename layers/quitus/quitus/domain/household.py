"""The leases whose dues one payment may settle: a lease alone, or those of its account group (sector.md §7, case 16).

A payment names one lease, the *main* one: what it settles of the others' dues is booked on their accounts, what is left
stays with the main one as credit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from quitus.domain.allocation import Allocation, AllocationRule, Settlement, settle
from quitus.domain.lease import Account, CreditLot, Debtor, LeaseStatus, Recent
from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, sealed
from quitus.domain.money import Cents

MOST_LEASES = 20
"""Leases of one account group: a payment and all their accounts fit one transaction, with room for other payments."""


@dataclass(frozen=True, slots=True)
class Household:
    """The accounts that a payment on the main lease may settle; `annexes` are the leases that are no dwelling."""

    main: str
    accounts: Mapping[str, Account]
    annexes: frozenset[str] = frozenset()

    @classmethod
    def alone(cls, account: Account) -> Household:
        """A lease in no group."""
        return cls(account.lease_id, {account.lease_id: account})

    @property
    def main_account(self) -> Account:
        """The account of the lease that the payment names."""
        return self.accounts[self.main]

    @property
    def together(self) -> str:
        """Names what is written together: the lease, or its account group."""
        group = self.main_account.group
        return f"group {group}" if group else self.main

    def facing(self, debtor: Debtor) -> Mapping[str, Account]:
        """The accounts as a debtor sees them; aids are paid for one lease only."""
        if debtor is Debtor.PAYER:
            return {self.main: self.main_account.facing(debtor)}
        return self.accounts


@dataclass(frozen=True, slots=True)
class Households:
    """Accounts as read, and who shares them: the leases of each account group, each with whether it is an annex."""

    accounts: Mapping[str, Account]
    groups: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    def of(self, lease_id: str, accounts: Mapping[str, Account] | None = None) -> Household:
        """The household of a lease, by the accounts as they are meanwhile."""
        held = self.accounts if accounts is None else accounts
        members = self.groups.get(held[lease_id].group or "")
        if members is None:
            return Household.alone(held[lease_id])
        own = {name: held[name] for name in sorted({lease_id, *members}) if name in held}
        return Household(lease_id, own, frozenset(name for name, is_annex in members.items() if is_annex))

    def changed(self, accounts: Mapping[str, Account]) -> dict[str, Account]:
        """Those of the accounts that are not as they were read, their version raised."""
        read = self.accounts
        return {
            lease_id: account.at_version(read[lease_id].version + 1)
            for lease_id, account in accounts.items()
            if account is not read[lease_id]
        }


class Part(NamedTuple):
    """What a payment does on one account (as its debtor sees it): what is paid, and what is left as credit."""

    account: Account
    settlement: Settlement

    @property
    def lease_id(self) -> str:
        """The lease."""
        return self.account.lease_id

    @property
    def paid_cents(self) -> Cents:
        """What settles dues."""
        return sum([cents for _, cents, _ in self.settlement.paid])

    @property
    def is_booked(self) -> bool:
        """Whether the payment does anything there."""
        return bool(self.settlement.paid or self.settlement.rest_cents)

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """Which dues, by which rule."""
        lease_id = self.account.lease_id
        return tuple([Allocation(lease_id, due_id, cents, rule) for due_id, cents, rule in self.settlement.paid])


class Choice(NamedTuple):
    """What decides the order besides the dues: the dues that were named, and the rules' names."""

    target: Sequence[str] = ()
    target_rule: AllocationRule = AllocationRule.TARGET
    rule: AllocationRule | None = None


_NO_CHOICE = Choice()


def spread(
    household: Household, debtor: Debtor, cents: Cents, on: date, choice: Choice | None = None
) -> tuple[Part, ...]:
    """The parts of a payment, the main lease's first; parts of other leases that get nothing are left out."""
    chosen = _NO_CHOICE if choice is None else choice
    facing = household.facing(debtor)
    if len(facing) == 1:
        return (_alone(facing[household.main], cents, on, chosen),)
    owner = {due.due_id: lease_id for lease_id, account in facing.items() for due in account.open_dues}
    settlement = settle(
        [due for account in facing.values() for due in account.open_dues],
        cents,
        on,
        target=chosen.target,
        target_rule=chosen.target_rule,
        plans=[account.plan for account in facing.values() if account.plan],
        annexes=frozenset(due_id for due_id, lease_id in owner.items() if lease_id in household.annexes),
        rule=chosen.rule,
    )
    parts = [
        _part(account, settlement, owner, settlement.rest_cents if lease_id == household.main else 0)
        for lease_id, account in facing.items()
    ]
    parts.sort(key=lambda part: part.lease_id != household.main)
    return tuple(part for part in parts if part.is_booked or part.lease_id == household.main)


def _alone(account: Account, cents: Cents, on: date, chosen: Choice) -> Part:
    """The only part of a payment on a lease in no group."""
    settlement = settle(
        account.open_dues,
        cents,
        on,
        target=chosen.target,
        target_rule=chosen.target_rule,
        plans=account.plans,
        rule=chosen.rule,
    )
    return Part(account, settlement)


def _part(account: Account, settlement: Settlement, owner: Mapping[str, str], rest: Cents) -> Part:
    lease_id = account.lease_id
    still_open = tuple(due for due in settlement.open_dues if owner[due.due_id] == lease_id)
    paid = tuple(item for item in settlement.paid if owner[item[0]] == lease_id)
    return Part(account, Settlement(still_open, paid, rest))


class Booking(NamedTuple):
    """What the entries of a payment's parts have in common: D `origin`, C411 and C4195 of each lease."""

    payment_id: str
    entry_id: str
    kind: EntryKind
    on: date
    origin: Role
    debtor: Debtor
    chart: Chart

    def book(
        self, parts: Sequence[Part], recent: tuple[Recent, ...] | None = None
    ) -> tuple[tuple[Entry, ...], dict[str, Account]]:
        """The entries of the parts, one per lease, and the accounts after them; `recent` replaces the receipts of the
        last weeks of the first.
        """
        entries: list[Entry] = []
        accounts: dict[str, Account] = {}
        for part in parts:
            account = part.account
            told = account.recent if recent is None or accounts else recent
            if part.is_booked:
                entry = self.entry(account, part.paid_cents, part.settlement.rest_cents, len(entries))
                entries.append(entry)
                account = self._after(part, entry, told)
            elif told is not account.recent:
                account = replace(account, recent=told)
            accounts[account.lease_id] = account.facing(self.debtor)
        return tuple(entries), accounts

    def lines(self, lease_id: str, paid: Cents, rest: Cents) -> tuple[Line, ...]:
        """The lines of a part."""
        debit = self.chart.debit(self.origin, paid + rest)
        return (debit, *self.chart.settled(self.debtor, lease_id, paid, rest))

    def entry(self, account: Account, paid: Cents, rest: Cents, index: int) -> Entry:
        """The entry of a part, the payment's nth."""
        return next_entry(
            account, nth_entry(self.entry_id, index), self.kind, self.on, self.lines(account.lease_id, paid, rest)
        )

    def _after(self, part: Part, entry: Entry, recent: tuple[Recent, ...]) -> Account:
        settlement, held = part.settlement, part.account
        lot = (CreditLot(self.payment_id, settlement.rest_cents),) if settlement.rest_cents else ()
        return held.booked(entry.sequence, entry.hash, settlement.open_dues, (*held.credits, *lot), recent)


def nth_entry(entry_id: str, index: int) -> str:
    """The id of the nth entry of one step of a payment: the first has the step's own."""
    return entry_id if index == 0 else f"{entry_id}-{index + 1}"


def next_entry(account: Account, entry_id: str, kind: EntryKind, on: date, lines: tuple[Line, ...]) -> Entry:
    """The next entry of the lease's chain, sealed."""
    return sealed(entry_id, account.lease_id, account.sequence + 1, kind, on, lines, account.last_hash)


def allocations_of(parts: Sequence[Part]) -> tuple[Allocation, ...]:
    """The allocations of all parts."""
    return tuple([allocation for part in parts for allocation in part.allocations])


def rest_of(parts: Sequence[Part]) -> Cents:
    """What is left as credit."""
    return sum([part.settlement.rest_cents for part in parts])


def is_on_ended_lease(parts: Sequence[Part]) -> bool:
    """Whether any lease that gets something has ended."""
    return any(part.account.status is LeaseStatus.ENDED for part in parts if part.is_booked)
