"""Whose money is it? The certain rungs of the attribution ladder (product.md, 4): virtual IBAN, payment reference, and
the end-to-end id of a direct debit that names a due. What memory and names may say comes after (`weighing`).

A tie or a doubt is suspense with its reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from quitus.domain.ibans import virtual_iban_of_reference
from quitus.domain.movement import Means, Movement

DUES = "due_ids"
"""The evidence that names the dues which the payer chose, where nothing else named a lease."""

LEASE_IBAN = "lease_iban"
"""The evidence that gives the virtual IBAN of a lease that a person chose, or of whose co-tenant another one is."""
PARTY = "party_id"
"""The evidence that names the co-tenant whose virtual IBAN it is."""
SPLIT = "split"
"""The evidence that says which cents a person put on which lease."""
DUE = "due_id"
"""The evidence that names the due whose id a direct debit carries."""

PAYER = "payer"
"""The evidence that names the payer who sent a transfer for many leases, or its list."""
LIST, LINE, BENEFICIARY, DEPARTED = "list", "line", "beneficiary", "departed_lease"
"""The evidence of a line of such a list: which list, which line, whose number, and the ended lease that it is of."""

DEBTOR = "debtor"
"""The evidence of a decision that says whose debt it pays, where that is not what the payment's means say."""

MEANS = "means"
"""The evidence of a decision that says by what means the values were received that a line of the bank's brings."""

REFUND = "refund"
"""The evidence that names the refund that a row is of, or those (blanks between) that a debit of the bank's paid."""

LINK_PATH = "link"
"""Where a virtual IBAN was found that only the payment link names by which the tenant paid."""

REVERSES = "reverses"
"""The evidence of a return that names the payment, by id, that it takes back."""


class MatchRule(StrEnum):
    """Why a payment is on its lease (contract.md, rules named)."""

    VIRTUAL_IBAN = "virtual_iban"
    REFERENCE = "reference"
    LINK = "link"
    END_TO_END_ID = "end_to_end_id"
    KNOWN_PAYER = "known_payer"
    NAME_AMOUNT = "name_amount"
    PERSON = "person"


class SuspenseReason(StrEnum):
    """Why a payment is on no lease."""

    NO_EVIDENCE = "no_evidence"
    UNKNOWN_VIRTUAL_IBAN = "unknown_virtual_iban"
    SEVERAL_LEASES = "several_leases"
    DOUBT = "doubt"
    """Memory or names point at leases, but not surely enough: the evidence says which and why not (`Doubt`)."""
    UNASSIGNED = "unassigned"
    IDENTITY_CONFLICT = "identity_conflict"
    """The same bank reference told another amount before: posted by a person, or not at all."""
    AWAITING_LIST = "awaiting_list"
    """It is for many leases: the list of its payer says for which."""
    UNKNOWN_BENEFICIARY = "unknown_beneficiary"
    """A line of a list whose beneficiary is of no lease that is known."""
    DEPARTED_BENEFICIARY = "departed_beneficiary"
    """A line of a list for a tenant who left: it may have to be paid back to its payer."""
    REPLACED = "replaced"
    """It only announced other payments, which are booked now."""


@dataclass(frozen=True, slots=True)
class Match:
    """The lease, the rule and what it rests on; without a lease, `reason` says why not."""

    lease_id: str | None
    rule: MatchRule | None
    evidence: Mapping[str, str]
    reason: SuspenseReason | None = None

    @property
    def is_certain(self) -> bool:
        """Whether a person, or what the payment itself names, put it there; memory and likeness are not certain."""
        return self.rule in _CERTAIN or (self.rule is MatchRule.END_TO_END_ID and DUE in self.evidence)

    @property
    def virtual_iban(self) -> str | None:
        """The virtual IBAN of the lease: what led there, what the payment reference stands for, what a person chose."""
        if self.lease_id is None:
            return None
        if LEASE_IBAN in self.evidence:
            return self.evidence[LEASE_IBAN]
        return self._named

    @property
    def party_iban(self) -> str | None:
        """The virtual IBAN of the co-tenant who is named."""
        return self._named if PARTY in self.evidence else None

    @property
    def _named(self) -> str | None:
        referred = virtual_iban_of_reference(self.evidence.get("payment_reference", ""))
        return self.evidence.get("virtual_iban") or (referred.text if referred else None)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a virtual IBAN was issued for: a lease, or one co-tenant of it; `lease_iban` is then the lease's own."""

    lease_id: str
    party_id: str | None = None
    lease_iban: str | None = None

    @property
    def evidence(self) -> Mapping[str, str]:
        """What it adds to the evidence: the co-tenant, and the lease's own virtual IBAN."""
        if self.party_id is None or self.lease_iban is None:
            return {}
        return {PARTY: self.party_id, LEASE_IBAN: self.lease_iban}


_CERTAIN = frozenset({MatchRule.VIRTUAL_IBAN, MatchRule.REFERENCE, MatchRule.LINK, MatchRule.PERSON})


def account_candidates(movement: Movement) -> dict[str, str]:
    """Every account number that may name a lease, with the path where it was found, best evidence first."""
    found = {} if movement.virtual_iban is None else {movement.virtual_iban: movement.virtual_iban_path or "event"}
    for account, path in movement.other_accounts:
        found.setdefault(account, path)
    return found


def reference_account(movement: Movement) -> str | None:
    """The virtual IBAN that the movement's payment reference stands for."""
    if movement.payment_reference is None:
        return None
    found = virtual_iban_of_reference(movement.payment_reference)
    return found.text if found else None


def issued_id(movement: Movement) -> str | None:
    """The end-to-end id of a direct debit: the landlord's side gave it, so it may be the id of a due."""
    return movement.end_to_end_id if movement.means is Means.DIRECT_DEBIT else None


def chosen_dues(movement: Movement) -> tuple[str, ...]:
    """The dues that the payer chose (Code civil 1342-10): those that a link, a code or an event names, or the one whose
    id a direct debit carries.
    """
    issued = issued_id(movement)
    return movement.due_ids or (() if issued is None else (issued,))


def due_candidates(movement: Movement) -> tuple[str, ...]:
    """The dues that may name a lease: that whose id a direct debit carries; those chosen where no account is named."""
    issued = issued_id(movement)
    return (*([issued] if issued else []), *_chosen(movement))


def _chosen(movement: Movement) -> tuple[str, ...]:
    names_account = account_candidates(movement) or movement.payment_reference
    return () if names_account else movement.due_ids


def attribute(
    movement: Movement,
    holders: Mapping[str, Holder | None],
    numbered: tuple[str, ...],
    dues: Mapping[str, str] = MappingProxyType({}),
) -> Match:
    """Find the lease of a credit by what it names itself.

    `holders` maps the virtual IBANs in question to whom they are of (None: of the pool, of nobody); `numbered` are the
    first characters (bank, branch, account prefix) of the landlord's ranges, former ones too. A number of the pool or
    of a range that is on no lease is an unassigned virtual IBAN. `dues` maps the ids of dues in question to leases.
    """
    candidates = account_candidates(movement)
    hits = {held.lease_id: (account, held) for account in reversed(candidates) if (held := holders.get(account))}
    if len(hits) > 1:
        return Match(None, None, {"leases": " ".join(sorted(hits))}, SuspenseReason.SEVERAL_LEASES)
    if hits:
        lease_id, (account, holder) = hits.popitem()
        path = candidates[account]
        rule = MatchRule.LINK if path == LINK_PATH else MatchRule.VIRTUAL_IBAN
        return Match(lease_id, rule, {"virtual_iban": account, "path": path, **holder.evidence})
    reference = reference_account(movement)
    referred = holders.get(reference or "")
    if referred is not None:
        named = {"payment_reference": movement.payment_reference or "", **referred.evidence}
        return Match(referred.lease_id, MatchRule.REFERENCE, named)
    by_dues = _by_dues(movement, dues)
    if by_dues is not None:
        return by_dues
    told = [*candidates, *([reference] if reference else [])]
    ours = (account for account in told if account in holders or account[4:].startswith(numbered))
    unassigned = next(ours, None)
    if unassigned is not None:
        return Match(None, None, {"virtual_iban": unassigned}, SuspenseReason.UNKNOWN_VIRTUAL_IBAN)
    return Match(None, None, {}, SuspenseReason.NO_EVIDENCE)


def _by_dues(movement: Movement, dues: Mapping[str, str]) -> Match | None:
    """The lease of the dues that the movement names, by their leases; None when it names none that is known."""
    due_id = issued_id(movement)
    if due_id is not None and due_id in dues:
        return Match(dues[due_id], MatchRule.END_TO_END_ID, {"end_to_end_id": due_id, DUE: due_id})
    owners = sorted({dues[due_id] for due_id in _chosen(movement) if due_id in dues})
    if len(owners) > 1:
        return Match(None, None, {"leases": " ".join(owners)}, SuspenseReason.SEVERAL_LEASES)
    return Match(owners[0], MatchRule.REFERENCE, {DUES: " ".join(movement.due_ids)}) if owners else None
