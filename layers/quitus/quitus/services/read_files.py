"""Dropped files as people look them up, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from quitus.services.paging import Listed, Place, fill
from quitus.services.registry import DroppedFile, FileStatus

_READ_AT_ONCE = 200


class FileReader(Protocol):
    """The registry of dropped files."""

    def file(self, landlord_id: str, file_id: str) -> DroppedFile:
        """The file. Raises NotFound."""
        ...

    def page(self, landlord_id: str, after: str | None, limit: int) -> tuple[list[DroppedFile], str | None]:
        """Files, newest first, and the file id to go on after (None at the end)."""
        ...


@dataclass(frozen=True, slots=True)
class FileDesk:
    """Looks files up."""

    files: FileReader

    def one(self, landlord_id: str, file_id: str) -> DroppedFile:
        """A file. Raises NotFound."""
        return self.files.file(landlord_id, file_id)

    def page(self, landlord_id: str, status: FileStatus | None, after: Place | None, limit: int) -> Listed[DroppedFile]:
        """A page of files."""
        found = self._files(landlord_id, after[0] if after else None)
        return fill((((file.file_id,), file if status in (None, file.status) else None) for file in found), limit)

    def _files(self, landlord_id: str, after: str | None) -> Iterator[DroppedFile]:
        while True:
            files, after = self.files.page(landlord_id, after, _READ_AT_ONCE)
            yield from files
            if after is None:
                return
