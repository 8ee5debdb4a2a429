"""Exports: a person asks for one, a worker writes it, the answer is a link signed for a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from quitus.domain import fec
from quitus.domain.errors import Conflict, NotFound
from quitus.services.close_days import DayCloser, differing, told
from quitus.services.idempotent_requests import Attempt
from quitus.services.messages import ExportOrder
from quitus.services.ports import Landlords, Queue
from quitus.services.proof import ProofDesk

URL_SECONDS = 300
"""How long a signed link lives (contract.md, exports)."""


class ExportKind(StrEnum):
    """What an export holds."""

    ENTRIES = "entries"
    RECEIPTS = "receipts"
    FEC = "fec"


class ExportStatus(StrEnum):
    """Where an export stands."""

    PENDING = "pending"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Export:
    """An export that a person asked for; `first` and `last` are inclusive booking dates."""

    export_id: str
    kind: ExportKind
    first: date
    last: date
    status: ExportStatus
    requested_by: str
    requested_at: str


class Exports(Protocol):
    """The exports asked for."""

    def add(self, landlord_id: str, export: Export) -> None:
        """Keep an export; one that is there already stays as it is."""
        ...

    def find(self, landlord_id: str, export_id: str) -> Export | None:
        """The export, or None."""
        ...

    def ready(self, landlord_id: str, export_id: str, lines: int, at: str) -> None:
        """Mark an export as written."""
        ...


class ExportLinks(Protocol):
    """Links to written exports."""

    def url(self, landlord_id: str, export: Export, name: str, seconds: int) -> str:
        """A link that downloads the file under a name, for anyone who holds it, for so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class ExportDesk:
    """Takes orders for exports and hands them out."""

    exports: Exports
    links: ExportLinks
    queue: Queue
    landlords: Landlords
    proofs: ProofDesk
    closer: DayCloser

    def order(self, landlord_id: str, kind: ExportKind, first: date, last: date, by: str, attempt: Attempt) -> Export:
        """Ask for an export; the same attempt again is the same export. An order of the FEC closes its days.

        Raises:
            Conflict: bank and books differ on a day; or it is of the FEC, whose numbers never change, and a day cannot
                be closed.
        """
        if kind is ExportKind.FEC:
            self.closer.close(landlord_id, last, by, attempt.at)
        else:
            self._check(landlord_id, first, last)
        at = attempt.instant
        export = Export(attempt.name, kind, first, last, ExportStatus.PENDING, by, at)
        self.exports.add(landlord_id, export)
        self.queue.send([ExportOrder(landlord_id, export.export_id)])
        return export

    def _check(self, landlord_id: str, first: date, last: date) -> None:
        """A day whose bank and books differ is not given out (sector.md §7, case 23)."""
        for proof in self.proofs.between(landlord_id, first, last):
            for account in differing(proof):
                day = proof.date.isoformat()
                raise Conflict("day_not_proved", "Bank and books differ on a day.", date=day, **told(account))

    def one(self, landlord_id: str, export_id: str) -> tuple[Export, str | None]:
        """An export and, once it is ready, a link to it. Raises NotFound."""
        export = self.exports.find(landlord_id, export_id)
        if export is None:
            raise NotFound("export_not_found", "There is no export with this id.", export_id=export_id)
        if export.status is not ExportStatus.READY:
            return export, None
        return export, self.links.url(landlord_id, export, self._name(landlord_id, export), URL_SECONDS)

    def _name(self, landlord_id: str, export: Export) -> str:
        if export.kind is ExportKind.FEC:
            return fec.file_name(self.landlords.get(landlord_id).siren, export.last)
        return f"{export.kind.value}-{export.first.isoformat()}-{export.last.isoformat()}.csv"
