"""Keep what people and the ERP see of leases in step: the residences, and the virtual IBANs issued."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.erp_batch import IssuedIban
from quitus.domain.views import Residence
from quitus.services.contention import until_written
from quitus.services.ports import Clock


class LeaseViewStore(Protocol):
    """Leases and virtual IBANs, and what the views hold of them; reads are strongly consistent."""

    def residences_of(self, landlord_id: str, lease_ids: Iterable[str]) -> Mapping[str, Residence]:
        """The residences of these leases, by residence id."""
        ...

    def residences(self, landlord_id: str, residence_ids: Iterable[str]) -> Mapping[str, Residence]:
        """What the view holds of these residences."""
        ...

    def put_residence(self, landlord_id: str, residence: Residence) -> None:
        """Replace a residence in the view. Raises Stale."""
        ...

    def notices_of(self, landlord_id: str, ibans: Iterable[str]) -> Sequence[IssuedIban]:
        """Those of these virtual IBANs that are on a lease."""
        ...

    def noticed(self, landlord_id: str, ibans: Iterable[str]) -> frozenset[str]:
        """Those of these virtual IBANs that were counted."""
        ...

    def add_notices(self, landlord_id: str, notices: Sequence[IssuedIban], *, pushed: bool) -> None:
        """Count virtual IBANs, each once; `pushed` lists them for the ERP. Raises Stale."""
        ...


@dataclass(frozen=True, slots=True)
class LeaseViews:
    """Brings the views of leases up to date; again changes nothing."""

    store: LeaseViewStore
    clock: Clock

    def refresh_residences(self, landlord_id: str, lease_ids: Iterable[str]) -> None:
        """Show the residences of these leases."""
        wanted = frozenset(lease_ids)
        until_written(lambda: self._refresh_residences(landlord_id, wanted), self.clock)

    def _refresh_residences(self, landlord_id: str, lease_ids: frozenset[str]) -> None:
        found = self.store.residences_of(landlord_id, lease_ids)
        held = self.store.residences(landlord_id, found)
        for residence_id, residence in found.items():
            if held.get(residence_id) != residence:
                self.store.put_residence(landlord_id, residence)

    def refresh_virtual_ibans(self, landlord_id: str, ibans: Iterable[str], *, pushed: bool) -> bool:
        """Count the virtual IBANs that are on a lease; True when any is."""
        wanted = frozenset(ibans)
        return until_written(lambda: self._refresh_virtual_ibans(landlord_id, wanted, pushed=pushed), self.clock)

    def _refresh_virtual_ibans(self, landlord_id: str, ibans: frozenset[str], *, pushed: bool) -> bool:
        notices = self.store.notices_of(landlord_id, ibans)
        known = self.store.noticed(landlord_id, [notice.iban for notice in notices])
        if new := [notice for notice in notices if notice.iban not in known]:
            self.store.add_notices(landlord_id, new, pushed=pushed)
        return bool(notices)
