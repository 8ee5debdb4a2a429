"""Lists of beneficiaries: read whole by their payer's mapping, and kept until their transfer is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from quitus.domain.bulk_payers import BulkPayer
from quitus.domain.calendar import instant_text
from quitus.domain.errors import UnreadableFile
from quitus.domain.landlord import Landlord
from quitus.domain.payment_list import ListWait, PaymentList
from quitus.services.contention import until_written
from quitus.services.list_files import LARGEST_LIST, ListRefusal, ReadList, read_list
from quitus.services.payment_lists import LINES_AT_ONCE, PaymentLists
from quitus.services.ports import Clock
from quitus.services.raw_files import RawFiles, size_of
from quitus.services.registry import DroppedFile, FileRegistry, FileStatus

KIND = "list"


@dataclass(frozen=True, slots=True)
class ListIntake:
    """Takes lists in."""

    files: FileRegistry
    lists: PaymentLists
    raw: RawFiles
    clock: Clock

    def take(self, landlord: Landlord, file: DroppedFile, content: BinaryIO) -> None:
        """Keep a list, `{payer}/{name}`; one with the content of another is its duplicate. Again changes nothing,
        whatever the mapping is by then.

        Raises:
            UnreadableFile: the list must be kept out; `code` is a ListRefusal.
        """
        if self.lists.find(landlord.landlord_id, file.file_id) is not None:
            self._settle(file, file.file_id)
            return
        sha256 = self.raw.keep(landlord.landlord_id, content)
        size = size_of(content)
        self.files.update(landlord.landlord_id, file.file_id, raw=sha256, sha256=sha256, size=size, kind=KIND)
        payer_id, _, name = file.name.partition("/")
        payer = landlord.bulk_payer(payer_id) if name else None
        if payer is None:
            message = "The folder names no payer of the landlord's who sends lists."
            raise UnreadableFile(ListRefusal.UNKNOWN_PAYER, message)
        if size > LARGEST_LIST:
            raise UnreadableFile(ListRefusal.TOO_LARGE, "A list holds 16 MB at most.")
        content.seek(0)
        read = read_list(content.read(), payer.layout)
        kept, named = _kept(landlord, file, payer, read), f"{payer_id}-{read.content}"
        first = until_written(lambda: self.lists.register(kept, read.lines, named), self.clock)
        self._settle(file, first)

    def _settle(self, file: DroppedFile, first: str) -> None:
        """The list has a life of its own from now on: the file is done."""
        at = instant_text(self.clock.now())
        status = FileStatus.PROCESSED if first == file.file_id else FileStatus.DUPLICATE
        self.files.settle(file.landlord_id, file.file_id, status, None, at)


def _kept(landlord: Landlord, file: DroppedFile, payer: BulkPayer, read: ReadList) -> PaymentList:
    return PaymentList(
        landlord_id=landlord.landlord_id,
        list_id=file.file_id,
        name=file.name,
        received_at=file.received_at,
        payer_id=payer.payer_id,
        payer_name=payer.name,
        means=payer.means,
        total_cents=read.total_cents,
        lines=len(read.lines),
        parts=-(-len(read.lines) // LINES_AT_ONCE),
        reading=read.reading,
        reference=read.reference,
        wait=ListWait.NO_TRANSFER,
    )
