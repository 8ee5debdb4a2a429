"""Whose money may it be, when it names no lease itself? The ladder's last rungs: an end-to-end id that came before, a
known payer with the amount, a name and amount that are nobody else's (contract.md, rules named; decision 0024).

What memory and names point at is weighed against the accounts as they are read with it. Whatever speaks against, or for
another lease as well, is a doubt: suspense, with what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quitus.domain.household import Household, Households
from quitus.domain.known_payers import Acquaintance, KnownPayer, Payer, is_distinctive, standing_tag
from quitus.domain.lease import Debtor, LeaseStatus
from quitus.domain.matching import Match, MatchRule, SuspenseReason
from quitus.domain.movement import Movement, Nature
from quitus.domain.name_index import HOLDER, Namesakes
from quitus.domain.owing import is_owed, owes


class Doubt(StrEnum):
    """Why what was found is not enough."""

    TIE = "tie"
    """Several leases are as likely."""
    AMOUNT = "amount"
    """The lease does not owe this amount, nor did the payer pay it before."""
    ENDED = "ended"
    """The lease has ended."""
    DISTRUSTED = "distrusted"
    """A person took this payer's money off the lease before."""
    MANY_LEASES = "many_leases"
    """The payer pays for more leases than memory keeps apart."""
    NAMED_ELSEWHERE = "named_elsewhere"
    """The text of the payment names another lease, or somebody of it."""
    PAID_BESIDE = "paid_beside"
    """Another payment of the same batch is for the lease."""
    NAME_NEAR = "name_near"
    """Somebody of a like name, or of the same family by the look of it, owes the same amount."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What memory, the names of tenants and its own text say of a movement."""

    known: Mapping[Payer, KnownPayer] = field(default_factory=dict)
    """Its payers, as far as anything is known of them."""
    namesakes: Namesakes = field(default_factory=Namesakes)
    named: frozenset[str] = frozenset()
    """The leases that its text names."""

    @property
    def leases(self) -> frozenset[str]:
        """The leases whose accounts weighing asks for: kin only where one name could be enough."""
        remembered = {lease_id for known in self.known.values() for lease_id in known.trusted}
        named = {one.lease_id for one in (*self.namesakes.same, *self.namesakes.near)}
        kin = self.namesakes.kin if self.namesakes.same else frozenset()
        return frozenset(remembered | named | kin | self.named)

    @property
    def by_account(self) -> KnownPayer | None:
        """What is known of the payer's account."""
        return next((known for payer, known in self.known.items() if payer.has_account), None)

    @property
    def by_name(self) -> KnownPayer | None:
        """What is known of the payer's name, where accounts were not told."""
        return next((known for payer, known in self.known.items() if not payer.has_account), None)


def may_be_weighed(movement: Movement) -> bool:
    """Whether it is a receipt of a tenant's debt: what pays aids comes with a list (sector.md §2), and what the
    landlord had sent and comes back is no payment of the one whom it was sent to.
    """
    of_tenant, comes_back = movement.means.debtor is Debtor.TENANT, movement.return_reason is not None
    return movement.nature is Nature.RECEIPT and movement.amount_cents > 0 and of_tenant and not comes_back


@dataclass(frozen=True, slots=True)
class Weighing:
    """One movement, what points at leases, and the accounts; `paid` are the homes that others of its batch pay."""

    movement: Movement
    clues: Clues
    households: Households
    paid: frozenset[str] = frozenset()

    def match(self) -> Match:
        """The lease, or the doubt; each rung is asked only where those before found nothing to go by."""
        clues = self.clues
        if clues.by_account is not None:
            return self._by_standing_order(clues.by_account) or self._by_payer(clues.by_account)
        if clues.by_name is not None and (found := self._by_standing_order(clues.by_name, named_only=True)):
            return found
        return self._by_name(clues.by_name or KnownPayer())

    def _by_standing_order(self, known: KnownPayer, *, named_only: bool = False) -> Match | None:
        end_to_end_id = self.movement.end_to_end_id
        if end_to_end_id is None:
            return None
        tag = standing_tag(end_to_end_id)
        carried = {name: held for name, held in self._remembered(known) if tag in held.standing_ids}
        homes = self._homes(carried)
        if len(homes) != 1 or (named_only and not self._is_nobody_else(homes, end_to_end_id)):
            return None
        lease_id = next(iter(homes.values()))
        amount = self._amount(lease_id, carried[lease_id])
        if amount is None or not (is_distinctive(end_to_end_id) or self._owes(lease_id)):
            return None
        evidence = {"end_to_end_id": end_to_end_id, "learned_from": carried[lease_id].learned_from, "amount": amount}
        return self._unless_doubted(lease_id, MatchRule.END_TO_END_ID, evidence)

    def _is_nobody_else(self, homes: Mapping[str, str], end_to_end_id: str) -> bool:
        """Whether a name stands for an account that is not told: no other tenant's is like it, the id nobody else's."""
        alike = (one.lease_id for one in (*self.clues.namesakes.same, *self.clues.namesakes.near))
        return is_distinctive(end_to_end_id) and self._homes(alike).keys() <= homes.keys()

    def _by_payer(self, known: KnownPayer) -> Match:
        remembered = dict(self._remembered(known))
        if not remembered:
            many = len(known.leases) > len(known.trusted) + len(known.distrusted)
            return _doubt(Doubt.MANY_LEASES if many else Doubt.DISTRUSTED, known.distrusted)
        fitting = {}
        for lease_id, held in remembered.items():
            amount = self._amount(lease_id, held)
            if amount == _OWED or (amount and self._owes(lease_id)):
                fitting[lease_id] = amount
        homes = self._homes(fitting)
        if len(homes) > 1:
            return _tie(fitting)
        if not homes:
            return _doubt(Doubt.AMOUNT, remembered)
        lease_id = next(iter(homes.values()))
        evidence = {"learned_from": remembered[lease_id].learned_from, "amount": fitting[lease_id]}
        return self._unless_doubted(lease_id, MatchRule.KNOWN_PAYER, evidence)

    def _by_name(self, known: KnownPayer) -> Match:
        namesakes = {one.lease_id: one for one in self.clues.namesakes.same}
        homes = self._homes(namesakes)
        if not homes:
            return Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
        if len(homes) > 1:
            return _tie(namesakes)
        ((home, lease_id),) = homes.items()
        if lease_id in known.distrusted or self._homes(known.trusted).keys() - {home}:
            return _doubt(Doubt.DISTRUSTED, [lease_id])
        if not self._is_owed(lease_id):
            return _doubt(Doubt.AMOUNT, [lease_id])
        if (rivals := self._rivals(home)) or self.clues.namesakes.is_common:
            return _doubt(Doubt.NAME_NEAR, [lease_id, *rivals])
        found = namesakes[lease_id]
        evidence = {"party": found.party_id if found.party_id != HOLDER else "holder", "amount": _OWED}
        return self._unless_doubted(lease_id, MatchRule.NAME_AMOUNT, evidence)

    def _rivals(self, home: str) -> list[str]:
        """Other leases of a like name, or that share a rare word of it, and owe the same."""
        others = {one.lease_id for one in self.clues.namesakes.near} | self.clues.namesakes.kin
        return sorted(
            name for name in others if self._is_known(name) and self._home(name) != home and self._is_owed(name)
        )

    def _unless_doubted(self, lease_id: str, rule: MatchRule, evidence: Mapping[str, str]) -> Match:
        home = self._home(lease_id)
        elsewhere = self._homes(self.clues.named)
        if self.households.accounts[lease_id].status is LeaseStatus.ENDED:
            return _doubt(Doubt.ENDED, [lease_id])
        if home in self.paid:
            return _doubt(Doubt.PAID_BESIDE, [lease_id])
        if elsewhere and home not in elsewhere:
            return _doubt(Doubt.NAMED_ELSEWHERE, [lease_id, *elsewhere.values()])
        return Match(lease_id, rule, evidence)

    def _remembered(self, known: KnownPayer) -> Iterator[tuple[str, Acquaintance]]:
        return ((name, held) for name, held in known.trusted.items() if self._is_known(name))

    def _amount(self, lease_id: str, held: Acquaintance) -> str | None:
        """What the amount has to do with the lease."""
        if self._is_owed(lease_id):
            return _OWED
        return _CAME_BEFORE if self.movement.amount_cents in held.cents else None

    def _is_owed(self, lease_id: str) -> bool:
        return is_owed(self._household(lease_id), self.movement.amount_cents, self.movement.booking_date)

    def _owes(self, lease_id: str) -> bool:
        return owes(self._household(lease_id), self.movement.amount_cents)

    def _household(self, lease_id: str) -> Household:
        return self.households.of(lease_id)

    def _is_known(self, lease_id: str) -> bool:
        return lease_id in self.households.accounts

    def _home(self, lease_id: str) -> str:
        return home_of(self.households, lease_id)

    def _homes(self, lease_ids: Iterable[str]) -> dict[str, str]:
        """The households of leases, each with the lease that a payment names: the dwelling before annexes."""
        homes = dict[str, str]()
        for lease_id in sorted(filter(self._is_known, lease_ids), key=self._is_annex):
            homes.setdefault(self._home(lease_id), lease_id)
        return homes

    def _is_annex(self, lease_id: str) -> tuple[bool, str]:
        return lease_id in self._household(lease_id).annexes, lease_id


def home_of(households: Households, lease_id: str) -> str:
    """Names the household of a lease: its account group, or itself."""
    group = households.accounts[lease_id].group
    return f"group {group}" if group else lease_id


_OWED, _CAME_BEFORE = "owed", "paid_before"
_TOLD = 10
"""More leases than this help nobody who reads why."""


def _doubt(doubt: Doubt, lease_ids: Iterable[str]) -> Match:
    evidence = {"doubt": doubt.value} | ({"leases": told} if (told := _listed(lease_ids)) else {})
    return Match(None, None, evidence, SuspenseReason.DOUBT)


def _tie(lease_ids: Iterable[str]) -> Match:
    return _doubt(Doubt.TIE, lease_ids)


def _listed(lease_ids: Iterable[str]) -> str:
    return " ".join(sorted(lease_ids)[:_TOLD])
