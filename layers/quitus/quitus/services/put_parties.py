"""New and changed parties, many at a time: a co-tenant gets a virtual IBAN of its own where the landlord wants that."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.landlord import Landlord, VirtualIbanPer
from quitus.domain.party import Party, PartyKey, PartyRole
from quitus.services.contention import until_written
from quitus.services.issue_accounts import AccountIssuer
from quitus.services.leases import Fate, HeldParty, LeaseStore, Origin, PartyWrite, fate_of_known, superseded
from quitus.services.ports import Clock, Ledger
from quitus.services.refusals import Refusal
from quitus.services.table import Stale


@dataclass(frozen=True, slots=True)
class PartyOutcome:
    """What became of a wanted party; a refused one has a reason."""

    fate: Fate
    reason: Refusal | None = None


@dataclass(slots=True)
class _Round:
    """What one reading of the parties leads to."""

    writes: list[PartyWrite] = field(default_factory=list)
    outcomes: dict[PartyKey, PartyOutcome] = field(default_factory=dict)

    def write(self, write: PartyWrite) -> None:
        """Write a party; one that is the same stays the word of an earlier file, confirmed by this one."""
        confirmed = replace(write, origin=Origin(write.origin.sequence)) if write.is_same else write
        self.writes.append(confirmed)
        self.outcomes[write.party.key] = PartyOutcome(Fate.UNCHANGED if write.is_same else Fate.ACCEPTED)


@dataclass(frozen=True, slots=True)
class PartyWriter:
    """Creates and replaces parties."""

    parties: LeaseStore
    ledger: Ledger
    issuer: AccountIssuer
    clock: Clock

    def put(self, landlord: Landlord, wanted: Sequence[Party], origin: Origin) -> Mapping[PartyKey, PartyOutcome]:
        """Bring parties (no two with the same key) to what a file wants; every one has its outcome when this returns.

        Raises:
            Contention: others kept writing to one of them.
        """
        left = {party.key: party for party in wanted}
        outcomes: dict[PartyKey, PartyOutcome] = {}

        def attempt() -> None:
            decided = self._decide(landlord, list(left.values()), origin)
            at = instant_text(self.clock.now())
            late = self.parties.write_parties(landlord.landlord_id, decided.writes, at) if decided.writes else set()
            for key in [key for key in left if key not in late]:
                outcomes[key] = decided.outcomes[key]
                del left[key]
            if left:
                raise Stale

        until_written(attempt, self.clock)
        return outcomes

    def _decide(self, landlord: Landlord, wanted: Sequence[Party], origin: Origin) -> _Round:
        leases = self.ledger.accounts(landlord.landlord_id, {party.lease_id for party in wanted})
        held = self.parties.held_parties(landlord.landlord_id, wanted)
        decided, today = _Round(), paris_day(self.clock.now())
        wished = list[PartyWrite]()
        for party in wanted:
            known = held.get(party.key)
            if outcome := _without_change(party, known, leases, origin):
                decided.outcomes[party.key] = outcome
            else:
                said = party if known is None else party.succeeding(known.party, today)
                wished.append(PartyWrite(said, origin, known))
        for write in self._with_accounts(landlord, wished, today):
            if _is_to_have_account(landlord, write.party, today):
                refused = PartyOutcome(Fate.REFUSED, Refusal.VIRTUAL_IBAN_EXHAUSTED)
                decided.outcomes[write.party.key] = refused
            else:
                decided.write(write)
        return decided

    def _with_accounts(self, landlord: Landlord, wished: Sequence[PartyWrite], today: date) -> Iterator[PartyWrite]:
        """The same, each party that is to have a virtual account with one, while there are any."""
        asking = [write.party.key for write in wished if _is_to_have_account(landlord, write.party, today)]
        accounts = iter(self.issuer.take(landlord, len(asking)) if asking else ())
        leases = self.parties.held(landlord.landlord_id, {lease_id for lease_id, _ in asking})
        for write in wished:
            party = write.party
            account = next(accounts, None) if party.key in asking else None
            if account is None:
                yield write
            else:
                lease = leases[party.lease_id].lease
                yield replace(write, party=replace(party, account=account), lease_iban=lease.virtual_iban)


def _without_change(
    party: Party, known: HeldParty | None, leases: Container[str], origin: Origin
) -> PartyOutcome | None:
    """The outcome of a party that is not written: it cannot be, or a file at least as new spoke of it."""
    if party.lease_id not in leases:
        return PartyOutcome(Fate.REFUSED, Refusal.UNKNOWN_LEASE)
    if known is not None and superseded(known.origin, origin):
        return PartyOutcome(fate_of_known(known.origin, origin))
    return None


def _is_to_have_account(landlord: Landlord, party: Party, today: date) -> bool:
    """Whether a virtual account is to be opened for it: holders pay to the lease's, guarantors have none."""
    is_wanted = landlord.virtual_iban_per is VirtualIbanPer.COTENANT and party.role is PartyRole.COTENANT
    return is_wanted and party.account is None and not party.is_gone(today)
