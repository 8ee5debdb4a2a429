"""S3 announces objects at least once and sometimes never, and workers die: the sweep announces what was never
registered, and has taken up again what stopped half-way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import batched
from typing import Final, Protocol

from quitus.services.drops import DroppedObject, Drops, Listed, announcement, place_of
from quitus.services.ports import Clock, Landlords, Queue
from quitus.services.registry import DroppedFile, FileRegistry
from quitus.services.resume import is_stuck, resume_message

PATIENCE: Final = timedelta(minutes=1)
"""How long an announcement may take."""
PAGES: Final = 40
"""Listing pages of one run, of a thousand versions each; the next run goes on where this one ends."""
_AT_ONCE: Final = 100


class UnfinishedFiles(Protocol):
    """The files that are being processed."""

    def unfinished(self) -> Iterator[DroppedFile]:
        """All of them, whoever's, as they stand, oldest first; one of the last second may be missing."""
        ...


class SweepMark(Protocol):
    """Where the next run begins."""

    def read(self) -> str | None:
        """The place in the listing; None: its beginning."""
        ...

    def write(self, place: str | None) -> None:
        """Remember the place."""
        ...


@dataclass(frozen=True, slots=True)
class Swept:
    """What a run found: objects that were never registered, and files that were stuck."""

    missed: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """Compares the drop bucket with the registry, and looks after the files that are being processed."""

    drops: Drops
    landlords: Landlords
    files: FileRegistry
    unfinished: UnfinishedFiles
    mark: SweepMark
    queue: Queue
    clock: Clock

    def sweep(self) -> Swept:
        """Announce what was missed, and have taken up again what is stuck."""
        missed = 0
        for some in batched(self._expected(), _AT_ONCE, strict=False):
            known = self.files.known([(landlord_id, dropped.file_id) for landlord_id, dropped in some])
            lost = [dropped for landlord_id, dropped in some if (landlord_id, dropped.file_id) not in known]
            self._send(map(announcement, lost))
            missed += len(lost)
        now = self.clock.now()
        stuck = [file for file in self.unfinished.unfinished() if is_stuck(file, now)]
        self._send(map(resume_message, stuck))
        return Swept(missed, len(stuck))

    def _send(self, messages: Iterable[object]) -> None:
        if held := list(messages):
            self.queue.send(held)

    def _expected(self) -> Iterator[tuple[str, DroppedObject]]:
        """Objects of known landlords that are old enough to have been registered."""
        is_known = cache(lambda landlord_id: self.landlords.find(landlord_id) is not None)
        since = self.clock.now() - PATIENCE
        for dropped, arrived in self._listed():
            place = place_of(dropped.key)
            if place is not None and arrived < since and is_known(place.landlord_id):
                yield place.landlord_id, dropped

    def _listed(self) -> Iterator[Listed]:
        """The next pages of the listing, from the mark on; the mark moves once they were all looked at."""
        began = place = self.mark.read()
        for _ in range(PAGES):
            page = self.drops.page(place)
            yield from page.objects
            place = page.after
            if place is None:
                break
        if place != began:
            self.mark.write(place)
