"""S3 announces objects at least once and sometimes never: the sweep announces those that were never registered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import batched
from typing import Final

from quitus.services.drops import DroppedObject, Drops, announcement, place_of
from quitus.services.ports import Clock, Landlords, Queue
from quitus.services.registry import FileRegistry

PATIENCE: Final = timedelta(minutes=1)
"""How long an announcement may take."""
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Sweep:
    """Compares the drop bucket with the registry."""

    drops: Drops
    landlords: Landlords
    files: FileRegistry
    queue: Queue
    clock: Clock

    def sweep(self) -> int:
        """Announce what was missed; how many objects that were."""
        missed = 0
        for some in batched(self._expected(), _AT_ONCE, strict=False):
            known = self.files.known([(landlord_id, dropped.file_id) for landlord_id, dropped in some])
            lost = [dropped for landlord_id, dropped in some if (landlord_id, dropped.file_id) not in known]
            self._announce(lost)
            missed += len(lost)
        return missed

    def _announce(self, lost: Iterable[DroppedObject]) -> None:
        messages = [announcement(dropped) for dropped in lost]
        if messages:
            self.queue.send(messages)

    def _expected(self) -> Iterator[tuple[str, DroppedObject]]:
        """Objects of known landlords that are old enough to have been registered."""
        is_known = cache(lambda landlord_id: self.landlords.find(landlord_id) is not None)
        since = self.clock.now() - PATIENCE
        for dropped, arrived in self.drops.listed():
            place = place_of(dropped.key)
            if place is not None and arrived < since and is_known(place.landlord_id):
                yield place.landlord_id, dropped
