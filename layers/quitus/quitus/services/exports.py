"""Exports: a person asks for one, a worker writes it, the answer is a link signed for a few minutes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Protocol

from quitus.domain import fec
from quitus.domain.errors import NotFound
from quitus.services.close_days import DayCloser, refuse_first
from quitus.services.idempotent_requests import Attempt
from quitus.services.messages import ExportOrder
from quitus.services.ports import ActionLog, Landlords, Queue
from quitus.services.proof import AccountProof, ProofDesk, ProofStatus

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


class PieceDays(Protocol):
    """The days of what is journalled on another day."""

    def piece_days(self, landlord_id: str, first: date, last: date) -> Collection[date]:
        """The own days of the entries journalled between two days, inclusive, on another one; each once, in order."""
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
    pieces: PieceDays
    log: ActionLog

    def order(self, landlord_id: str, kind: ExportKind, first: date, last: date, by: str, attempt: Attempt) -> Export:
        """Ask for an export; the same attempt again is the same export. An order of the FEC closes its days. Who asked
        for what is in the action log first, also where it is refused then.

        Raises:
            Conflict: bank and books differ on a day; or it is of the FEC, whose numbers never change, and a day cannot
                be closed, or is the own day of an entry that came late and is on no statement.
        """
        days = {"from": first.isoformat(), "to": last.isoformat()}
        body = {"export_id": attempt.name, "export": kind.value, **days, "by": by}
        self.log.record(landlord_id, "exports", attempt.name, body, attempt.at)
        if kind is ExportKind.FEC:
            self.closer.close(landlord_id, last, by, attempt.at)
            self._check_fec(landlord_id, first, last)
        else:
            refuse_first(self.proofs.between(landlord_id, first, last), _differs, _NOT_PROVED)
        at = attempt.instant
        export = Export(attempt.name, kind, first, last, ExportStatus.PENDING, by, at)
        self.exports.add(landlord_id, export)
        self.queue.send([ExportOrder(landlord_id, export.export_id)])
        return export

    def _check_fec(self, landlord_id: str, first: date, last: date) -> None:
        """Closed days were proved once; what came late since is in the file with its own day, maybe an earlier one."""
        earlier = (day for day in self.pieces.piece_days(landlord_id, first, last) if day < first)
        proofs = (self.proofs.of(landlord_id, day) for day in earlier)
        refuse_first(chain(proofs, self.proofs.between(landlord_id, first, last)), _is_unproved, _NOT_PROVED)

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


def _differs(account: AccountProof) -> bool:
    return account.status is ProofStatus.GAP


def _is_unproved(account: AccountProof) -> bool:
    """Whether bank and books differ, or something is booked that no statement tells of."""
    booked = account.receipts_cents or account.reversals_cents or account.other_cents
    return _differs(account) or (account.status is ProofStatus.AWAITING and booked != 0)


_NOT_PROVED = ("day_not_proved", "Bank and books differ on a day.")
"""Such a day is not given out (sector.md §7, case 23)."""
