"""Dropped files: registered first, kept for ever, then taken in by kind; the same version of an object is one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO

from quitus.banking.recognition import MAX_BYTES
from quitus.domain.alert import AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import UnreadableFile
from quitus.domain.landlord import Landlord
from quitus.services.bank_intake import BankIntake
from quitus.services.drops import DroppedObject, Drops, place_of
from quitus.services.erp_files import LARGEST_FILE
from quitus.services.erp_intake import ErpIntake
from quitus.services.list_intake import ListIntake
from quitus.services.ports import Alerts, Clock, Landlords
from quitus.services.quarantine import Quarantine
from quitus.services.raw_files import RawFiles
from quitus.services.registry import Area, DroppedFile, FileRegistry, FileStatus
from quitus.services.releases import UNKNOWN_FOLDER
from quitus.services.resume import Resume

type Fetch = Callable[[BinaryIO], None]
"""Writes the bytes of a file."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes dropped objects in."""

    drops: Drops
    raw: RawFiles
    landlords: Landlords
    files: FileRegistry
    bank: BankIntake
    erp: ErpIntake
    lists: ListIntake
    quarantine: Quarantine
    alerts: Alerts
    clock: Clock

    def take(self, dropped: DroppedObject) -> DroppedFile | None:
        """The file as it stands once its movements or rows are queued, or its refusal is told; None: of no landlord."""
        place = place_of(dropped.key)
        landlord = self.landlords.find(place.landlord_id) if place else None
        if place is None or landlord is None:
            return None
        received = instant_text(self.clock.now())
        file = self.files.register(
            DroppedFile(
                place.landlord_id, dropped.file_id, place.area, place.name, received, version_id=dropped.version_id
            )
        )
        if file.status is FileStatus.PROCESSING and not file.queued:
            self._read(landlord, file, lambda into: self.drops.fetch(dropped, into, _largest(file)))
        return self.files.find(file.landlord_id, file.file_id)

    def resume(self, asked: Resume) -> DroppedFile | None:
        """Take a file up again that stopped half-way, or that a person released: its kept bytes, or the dropped object
        where it was not kept yet. The file as it then stands; None: of no landlord.
        """
        landlord, file = self.landlords.find(asked.landlord_id), self.files.find(asked.landlord_id, asked.file_id)
        if landlord is None or file is None or file.status is not FileStatus.PROCESSING:
            return file
        at = instant_text(self.clock.now())
        if file.decision is not None:
            self.alerts.close(file.landlord_id, AlertKind.FILE_QUARANTINED, file.file_id, at)
        self.files.update(file.landlord_id, file.file_id, takes=file.takes + 1, taken_at=at)
        self._read(landlord, file, lambda into: self._fetch(file, into))
        return self.files.find(file.landlord_id, file.file_id)

    def _fetch(self, file: DroppedFile, into: BinaryIO) -> None:
        if file.raw is not None:
            self.raw.fetch(file.landlord_id, file.raw, into)
        else:
            self.drops.fetch(DroppedObject(file.key, file.version_id, ""), into, _largest(file))

    def _read(self, landlord: Landlord, file: DroppedFile, fetch: Fetch) -> None:
        try:
            self._take(landlord, file, fetch)
        except UnreadableFile as refusal:
            if file.area is Area.ERP:
                self.erp.refuse(file, refusal)
            else:
                self.quarantine.keep_out(file, refusal)

    def _take(self, landlord: Landlord, file: DroppedFile, fetch: Fetch) -> None:
        if file.area is Area.OTHER:
            raise UnreadableFile(UNKNOWN_FOLDER, "Files are dropped under bank/, erp/ or lists/{payer}/.")
        with TemporaryFile() as content:
            fetch(content)
            if file.area is Area.ERP:
                self.erp.take(file, content)
            elif file.area is Area.LISTS:
                self.lists.take(landlord, file, content)
            else:
                self.bank.take(landlord, file, content)


def _largest(file: DroppedFile) -> int:
    return LARGEST_FILE if file.area is Area.ERP else MAX_BYTES
