"""Keep the register of tenants' names in step with leases and parties: what payers' names are looked up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from quitus.services.contention import until_written
from quitus.services.ports import Clock

type PartyName = tuple[str, str]
"""A lease and one of its parties, or `HOLDER`."""


@dataclass(frozen=True, slots=True)
class HeldNames:
    """The names of a lease in the register, by party id, and their version."""

    names: Mapping[str, str]
    version: int = 0


class NameViewStore(Protocol):
    """Leases and parties, and what the register holds of their names; reads are strongly consistent."""

    def held_names(self, landlord_id: str, lease_ids: Iterable[str]) -> Mapping[str, HeldNames]:
        """What the register holds of these leases, as far as it knows them."""
        ...

    def present_names(self, landlord_id: str, parties: Iterable[PartyName]) -> Mapping[PartyName, str | None]:
        """The names of holders and parties as they are now; None for who is no tenant (any more)."""
        ...

    def put_names(self, landlord_id: str, changed: Mapping[str, HeldNames]) -> None:
        """Replace the names of leases, unless others did since they were read. Raises Stale."""
        ...


@dataclass(frozen=True, slots=True)
class NameViews:
    """Brings the register of names up to date; again changes nothing."""

    store: NameViewStore
    clock: Clock

    def refresh(self, landlord_id: str, parties: Iterable[PartyName]) -> None:
        """Show the present names of these holders and parties.

        What the register holds is read first: who shows a later name meanwhile makes the write fail.
        """
        wanted = frozenset(parties)
        if wanted:
            until_written(lambda: self._refresh(landlord_id, wanted), self.clock)

    def _refresh(self, landlord_id: str, parties: frozenset[PartyName]) -> None:
        held = self.store.held_names(landlord_id, {lease_id for lease_id, _ in parties})
        changed = dict[str, HeldNames]()
        for (lease_id, party_id), name in self.store.present_names(landlord_id, parties).items():
            known = changed.get(lease_id) or held.get(lease_id, HeldNames({}))
            names = {party: text for party, text in known.names.items() if party != party_id}
            names |= {party_id: name} if name else {}
            if names != known.names:
                changed[lease_id] = HeldNames(names, known.version)
        if changed:
            self.store.put_names(landlord_id, changed)
