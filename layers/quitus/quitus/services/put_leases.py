"""New and changed leases, many at a time: a new one gets its account and its virtual IBAN in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from quitus.domain.calendar import instant_text
from quitus.domain.errors import Contention
from quitus.domain.household import MOST_LEASES
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Lease
from quitus.services.issue_accounts import AccountIssuer
from quitus.services.leases import (
    Fate,
    HeldLease,
    LeaseStore,
    LeaseWrite,
    Origin,
    fate_of_known,
    superseded,
)
from quitus.services.ports import Clock
from quitus.services.refusals import Refusal

_PATIENCE = 12


@dataclass(frozen=True, slots=True)
class LeaseOutcome:
    """What became of a wanted lease; a refused one has a reason and, unless it is new, is held as it was."""

    fate: Fate
    held: HeldLease | None
    created: bool = False
    reason: Refusal | None = None


@dataclass(slots=True)
class _Round:
    """What one reading of the leases leads to."""

    writes: list[LeaseWrite] = field(default_factory=list)
    outcomes: dict[str, LeaseOutcome] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LeaseWriter:
    """Creates and replaces leases."""

    leases: LeaseStore
    issuer: AccountIssuer
    clock: Clock

    def put(
        self, landlord: Landlord, wanted: Sequence[Lease], origin: Origin | None = None
    ) -> Mapping[str, LeaseOutcome]:
        """Bring leases (no two with the same id) to what is wanted; every one has its outcome when this returns.

        Raises:
            Contention: others kept writing to one of them.
        """
        pending = {lease.lease_id: lease for lease in wanted}
        outcomes: dict[str, LeaseOutcome] = {}
        for attempt in range(_PATIENCE):
            decided = self._decide(landlord, pending.values(), origin)
            late = self._write(landlord.landlord_id, decided, origin)
            outcomes |= {name: outcome for name, outcome in decided.outcomes.items() if name not in late}
            pending = {name: pending[name] for name in late}
            if not pending:
                return outcomes
            self.clock.pause(attempt)
        raise Contention("lease_busy", "Others kept writing to the same leases.", landlord_id=landlord.landlord_id)

    def _write(self, landlord_id: str, decided: _Round, origin: Origin | None) -> set[str]:
        at = instant_text(self.clock.now())
        late = self.leases.write_leases(landlord_id, decided.writes, at) if decided.writes else set()
        if decided.confirmed and origin is not None:
            self.leases.confirm_leases(landlord_id, decided.confirmed, origin.sequence)
        return late

    def _decide(self, landlord: Landlord, wanted: Iterable[Lease], origin: Origin | None) -> _Round:
        leases = list(wanted)
        held = self.leases.held(landlord.landlord_id, [lease.lease_id for lease in leases])
        decided = _Round()
        crowded = self._crowded(landlord.landlord_id, leases)
        for lease in leases:
            known = held.get(lease.lease_id)
            if lease.lease_id in crowded and not (known and superseded(known.origin, origin)):
                reason = Refusal.ACCOUNT_GROUP_FULL
                decided.outcomes[lease.lease_id] = LeaseOutcome(Fate.REFUSED, known, reason=reason)
            elif known is not None:
                _change(known, lease, origin, decided)
        new = [lease for lease in leases if lease.lease_id not in held and lease.lease_id not in crowded]
        self._open(landlord, new, origin, decided)
        return decided

    def _crowded(self, landlord_id: str, leases: Sequence[Lease]) -> set[str]:
        """Leases for which there is no room in the account group that they want: the first ones get in."""
        members = self.leases.members(landlord_id, {lease.account_group for lease in leases if lease.account_group})
        inside = {group: set(held) for group, held in members.items()}
        crowded = set[str]()
        for lease in leases:
            if lease.account_group is not None:
                group = inside.setdefault(lease.account_group, set())
                if lease.lease_id not in group and len(group) >= MOST_LEASES:
                    crowded.add(lease.lease_id)
                else:
                    group.add(lease.lease_id)
        return crowded

    def _open(self, landlord: Landlord, new: Sequence[Lease], origin: Origin | None, decided: _Round) -> None:
        if not new:
            return
        accounts = self.issuer.take(landlord, len(new))
        for lease, account in zip(new, accounts, strict=False):
            opened = lease.paid_to(account)
            books = Account(lease.lease_id, status=lease.status, version=1, group=lease.account_group)
            decided.writes.append(LeaseWrite(opened, 1, books, origin))
            held = HeldLease(opened, books, 1, origin)
            decided.outcomes[lease.lease_id] = LeaseOutcome(Fate.ACCEPTED, held, created=True)
        for lease in new[len(accounts) :]:
            decided.outcomes[lease.lease_id] = LeaseOutcome(Fate.REFUSED, None, reason=Refusal.VIRTUAL_IBAN_EXHAUSTED)


def _change(held: HeldLease, lease: Lease, origin: Origin | None, decided: _Round) -> None:
    wanted = _kept(lease, held.lease)
    if superseded(held.origin, origin):
        decided.outcomes[lease.lease_id] = LeaseOutcome(fate_of_known(held.origin, origin), held)
        return
    if wanted == held.lease:
        decided.confirmed.append(lease.lease_id)
        decided.outcomes[lease.lease_id] = LeaseOutcome(Fate.UNCHANGED, held)
        return
    account = held.account
    moved, left = None, held.lease.account_group if held.lease.account_group != wanted.account_group else None
    if (account.status, account.group) != (wanted.status, wanted.account_group):
        group, version = wanted.account_group, account.version + 1
        moved = account = replace(account, status=wanted.status, group=group, version=version)
    kept = origin or held.origin
    decided.writes.append(LeaseWrite(wanted, held.version + 1, moved, kept, left=left))
    changed = HeldLease(wanted, account, held.version + 1, kept)
    decided.outcomes[lease.lease_id] = LeaseOutcome(Fate.ACCEPTED, changed)


def _kept(lease: Lease, held: Lease) -> Lease:
    """The description that is wanted with what was issued for the lease, which never changes."""
    return replace(
        lease,
        virtual_iban=held.virtual_iban,
        bic=held.bic,
        payee_name=held.payee_name,
        payment_reference=held.payment_reference,
    )
