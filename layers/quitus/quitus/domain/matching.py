"""Whose money is it? The first rungs of the attribution ladder: virtual IBAN, then payment reference (product.md, 4).

A tie or a doubt is suspense with its reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quitus.domain.ibans import virtual_iban_of_reference
from quitus.domain.movement import Movement

LEASE_IBAN = "lease_iban"
"""The evidence that gives the virtual IBAN of a lease that a person chose."""

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
    UNASSIGNED = "unassigned"
    IDENTITY_CONFLICT = "identity_conflict"
    """The same bank reference told another amount before: posted by a person, or not at all."""
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
    def virtual_iban(self) -> str | None:
        """The virtual IBAN of the lease: what led there, what the payment reference stands for, what a person chose."""
        if self.lease_id is None:
            return None
        if LEASE_IBAN in self.evidence:
            return self.evidence[LEASE_IBAN]
        referred = virtual_iban_of_reference(self.evidence.get("payment_reference", ""))
        return self.evidence.get("virtual_iban") or (referred.text if referred else None)


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


def attribute(movement: Movement, leases: Mapping[str, str | None], numbered: tuple[str, ...]) -> Match:
    """Find the lease of a credit.

    `leases` maps the virtual IBANs in question to their leases (None: of the pool, on no lease); `numbered` are the
    first characters (bank, branch, account prefix) of the landlord's ranges, former ones too. A number of the pool or
    of a range that is on no lease is an unassigned virtual IBAN.
    """
    candidates = account_candidates(movement)
    hits = {lease_id: account for account in reversed(candidates) if (lease_id := leases.get(account)) is not None}
    if len(hits) > 1:
        return Match(None, None, {"leases": " ".join(sorted(hits))}, SuspenseReason.SEVERAL_LEASES)
    if hits:
        lease_id, account = hits.popitem()
        evidence = {"virtual_iban": account, "path": candidates[account]}
        return Match(lease_id, MatchRule.VIRTUAL_IBAN, evidence)
    referred = leases.get(reference_account(movement) or "")
    if referred is not None:
        return Match(referred, MatchRule.REFERENCE, {"payment_reference": movement.payment_reference or ""})
    ours = (account for account in candidates if account in leases or account[4:].startswith(numbered))
    unassigned = next(ours, None)
    if unassigned is not None:
        return Match(None, None, {"virtual_iban": unassigned}, SuspenseReason.UNKNOWN_VIRTUAL_IBAN)
    return Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
