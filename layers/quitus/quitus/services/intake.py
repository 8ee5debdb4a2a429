"""Dropped files: registered first, kept for ever, then taken in by kind; the same version of an object is one file."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile

from quitus.banking.recognition import MAX_BYTES
from quitus.domain.calendar import instant_text
from quitus.domain.errors import UnreadableFile
from quitus.domain.landlord import Landlord
from quitus.services.bank_intake import BankIntake
from quitus.services.drops import DroppedObject, Drops, place_of
from quitus.services.erp_files import LARGEST_FILE
from quitus.services.erp_intake import ErpIntake
from quitus.services.ports import Clock, Landlords
from quitus.services.registry import Area, DroppedFile, FileRegistry, FileStatus


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes dropped objects in."""

    drops: Drops
    landlords: Landlords
    files: FileRegistry
    bank: BankIntake
    erp: ErpIntake
    clock: Clock

    def take(self, dropped: DroppedObject) -> DroppedFile | None:
        """The file as it stands once its movements or rows are queued, or its refusal is told; None: of no landlord."""
        place = place_of(dropped.key)
        landlord = self.landlords.find(place.landlord_id) if place else None
        if place is None or landlord is None:
            return None
        received = instant_text(self.clock.now())
        arrived = DroppedFile(place.landlord_id, dropped.file_id, place.area, place.name, received)
        file = self.files.register(arrived)
        if file.status is FileStatus.PROCESSING and not file.queued:
            self._read(landlord, file, dropped)
        return self.files.find(file.landlord_id, file.file_id)

    def _read(self, landlord: Landlord, file: DroppedFile, dropped: DroppedObject) -> None:
        try:
            self._take(landlord, file, dropped)
        except UnreadableFile as refusal:
            if file.area is Area.ERP:
                self.erp.refuse(file, refusal)
            else:
                self.bank.quarantine(file, refusal)

    def _take(self, landlord: Landlord, file: DroppedFile, dropped: DroppedObject) -> None:
        if file.area is Area.OTHER:
            raise UnreadableFile("unknown_folder", "Files are dropped under bank/ or erp/.")
        with TemporaryFile() as content:
            self.drops.fetch(dropped, content, LARGEST_FILE if file.area is Area.ERP else MAX_BYTES)
            if file.area is Area.ERP:
                self.erp.take(file, content)
            else:
                self.bank.take(landlord, file, content)
