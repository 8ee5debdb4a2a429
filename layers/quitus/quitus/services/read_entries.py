"""The journal of a lease, oldest first: its chain of entries, or its chargings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.errors import NotFound
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import Ledger
from quitus.services.write_exports import BookedEntry


class Journals(Protocol):
    """The entries of a lease by sequence; those of the chain are a view."""

    def entries(self, landlord_id: str, lease_id: str, after: int | None) -> Iterator[BookedEntry]:
        """The entries that are pushed to the ERP, after a sequence."""
        ...

    def charges(self, landlord_id: str, lease_id: str, after: int | None) -> Iterator[BookedEntry]:
        """The charging entries, which the ERP already has, after a sequence."""
        ...


@dataclass(frozen=True, slots=True)
class JournalDesk:
    """Looks journals up."""

    journals: Journals
    ledger: Ledger

    def page(
        self, landlord_id: str, lease_id: str, after: Place | None, limit: int, *, charging: bool
    ) -> Listed[BookedEntry]:
        """A page of a lease's journal. Raises NotFound: no such lease."""
        if lease_id not in self.ledger.accounts(landlord_id, [lease_id]):
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        read = self.journals.charges if charging else self.journals.entries
        found = read(landlord_id, lease_id, int(after[0]) if after else None)
        return fill((((str(booked.entry.sequence),), booked) for booked in found), limit)
