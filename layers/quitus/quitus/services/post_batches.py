"""Post the batches of bank files, and count on each file what became of its movements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quitus.domain.calendar import instant_text
from quitus.domain.incoming import Incoming, Source
from quitus.domain.movement import Nature
from quitus.domain.pairing import Verdict
from quitus.domain.posting import Flag, Placed
from quitus.services.messages import MovementBatch
from quitus.services.ports import Clock, Files, Landlords
from quitus.services.post_movements import MovementPoster


@dataclass(frozen=True, slots=True)
class BatchPoster:
    """Posts a batch of a file and counts it on the file."""

    poster: MovementPoster
    landlords: Landlords
    files: Files
    clock: Clock

    def post(self, batch: MovementBatch) -> None:
        """Post the batch; again changes nothing."""
        landlord = self.landlords.get(batch.landlord_id)
        source = Source(batch.channel, batch.message, batch.file_id, vouched=batch.vouched)
        reported = [Incoming(item, batch.account, source) for item in batch.movements]
        booked, announced = ([item for item in reported if item.is_booked is is_so] for is_so in (True, False))
        placed = [*self.poster.post(landlord, booked), *self.poster.post(landlord, announced)]
        counts = count(placed, batch.file_id)
        at = instant_text(self.clock.now())
        self.files.batch_done(batch.landlord_id, batch.file_id, batch.number, counts, (), at)


def count(placed: Sequence[Placed], file_id: str) -> Mapping[str, int]:
    """How many movements of a file were posted, went to suspense, were known already, or are nothing of ours."""
    return Counter(_fate(item, file_id) for item in placed)


def _fate(item: Placed, file_id: str) -> str:
    if not item.incoming.is_booked:
        return "ignored"
    if item.verdict is Verdict.SAME or item.posted.incoming.source.file_id != file_id:
        return "duplicates"
    if not item.posted.entries and item.posted.reverses is None:
        return "suspense" if Flag.IDENTITY_CONFLICT in item.posted.flags else "ignored"
    movement = item.incoming.movement
    if movement.nature is Nature.CLEARING and movement.amount_cents < 0:
        return "ignored"
    if item.posted.lease_id is not None or movement.nature in (Nature.RETURN, Nature.CLEARING):
        return "posted"
    return "suspense"
