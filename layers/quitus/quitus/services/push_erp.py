"""Push what the ERP should know to it: each thing once, in order, unchanged until it is acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.erp_batch import (
    ALERT_AFTER,
    MOST_ITEMS,
    Answer,
    Feed,
    Item,
    Lane,
    Outcome,
    Ref,
    batch_id,
    delay_seconds,
)
from quitus.domain.landlord import ErpKind, Landlord
from quitus.services.contention import until_written
from quitus.services.messages import ErpWake
from quitus.services.ports import Alerts, Clock, Landlords, Queue
from quitus.services.table import Stale

SECONDS_PER_BATCH = 20
"""A batch is not begun with less time left."""

_COUNTED = 1000
"""An alert counts no further."""

_ALERTS = (AlertKind.ERP_BACKLOG, AlertKind.ERP_PUSH_REFUSED)
_log = logging.getLogger(__name__)


class Outbox(Protocol):
    """What waits for the ERPs, and where each push stands; strongly consistent but for what is listed."""

    def lane(self, landlord_id: str, feed: Feed) -> Lane:
        """The lane; a new one has version 0."""
        ...

    def save(self, landlord_id: str, feed: Feed, lane: Lane) -> Lane:
        """Replace a lane that nobody changed; the result has the next version. Raises Stale."""
        ...

    def knock(self, landlord_id: str, feed: Feed, lane: Lane) -> None:
        """Tell the lane's owner that there is more: its next write is stale. Raises Stale when it left."""
        ...

    def ready(self, landlord_id: str, feed: Feed, most: int) -> Sequence[Item]:
        """What may travel now: at most one entry per lease, whose predecessor is acknowledged."""
        ...

    def items(self, feed: Feed, refs: Iterable[Ref]) -> Sequence[Item]:
        """The items of an open batch, in its order."""
        ...

    def acknowledge(self, landlord_id: str, feed: Feed, lane: Lane, at: str) -> Lane:
        """Mark the batch's items as acknowledged and move the lane on, all or nothing. Raises Stale."""
        ...

    def backlog(self, landlord_id: str, feed: Feed, most: int) -> int:
        """How many items wait, counted up to `most`."""
        ...


class Erp(Protocol):
    """The ERP of one landlord."""

    def send(self, feed: Feed, name: str, items: Sequence[Item]) -> Answer:
        """Send a batch under its permanent name; never raises for what the ERP does."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One worker's turn: its name and how many seconds it has left."""

    owner: str
    seconds_left: Callable[[], float]


@dataclass(frozen=True, slots=True)
class ErpPusher:
    """Pushes the feeds of one landlord until nothing is left, the ERP fails, or time is nearly out."""

    outbox: Outbox
    landlords: Landlords
    alerts: Alerts
    wakes: Queue
    clock: Clock
    connect: Callable[[Landlord], Erp]

    def push(self, landlord_id: str, run: Run) -> None:
        """Push what waits; safe to call from several workers at once and again at any point."""
        landlord = self.landlords.find(landlord_id)
        if landlord is None or landlord.erp.kind is ErpKind.NONE:
            return
        erp = self.connect(landlord)
        for feed in Feed:
            _Push(self, landlord_id, feed, erp, run).drain()

    def wake(self, landlord_ids: Iterable[str]) -> None:
        """Wake the push of every landlord for whom something waits."""
        waiting = [name for name in landlord_ids if any(self._has_work(name, feed) for feed in Feed)]
        self.wakes.send(ErpWake(name) for name in waiting)

    def _has_work(self, landlord_id: str, feed: Feed) -> bool:
        return bool(self.outbox.lane(landlord_id, feed).batch or self.outbox.backlog(landlord_id, feed, 1))


@dataclass(frozen=True, slots=True)
class _Push:
    """One feed to one ERP in one worker's turn."""

    pusher: ErpPusher
    landlord_id: str
    feed: Feed
    erp: Erp
    run: Run

    def drain(self) -> None:
        """Send batch after batch."""
        while self.run.seconds_left() >= SECONDS_PER_BATCH:
            lane = until_written(self._enter, self.pusher.clock)
            if lane is None or not self._deliver(lane):
                return
        until_written(self._hand_over, self.pusher.clock)
        self.pusher.wakes.send([ErpWake(self.landlord_id)])

    def _enter(self) -> Lane | None:
        """The lane with an open batch, held by us; None when there is nothing to do now."""
        lane = self.pusher.outbox.lane(self.landlord_id, self.feed)
        now = self.pusher.clock.now()
        if lane.is_held_by_another(self.run.owner, now):
            self.pusher.outbox.knock(self.landlord_id, self.feed, lane)
            return None
        if lane.waits(now):
            return None
        if not lane.batch:
            items = self.pusher.outbox.ready(self.landlord_id, self.feed, MOST_ITEMS)
            if not items:
                self._leave(lane)
                return None
            lane = lane.opened(batch_id(self.landlord_id, self.feed, items), items)
        return self._save(lane.held(self.run.owner, now))

    def _leave(self, lane: Lane) -> None:
        if lane.troubled:
            at = instant_text(self.pusher.clock.now())
            for kind in _ALERTS:
                self.pusher.alerts.close(self.landlord_id, kind, self._subject, at)
        if lane.troubled or lane.owner is not None:
            self._save(lane.left())

    def _hand_over(self) -> None:
        lane = self.pusher.outbox.lane(self.landlord_id, self.feed)
        if lane.owner == self.run.owner:
            self._save(lane.handed_over())

    def _deliver(self, lane: Lane) -> bool:
        """Send the open batch; True when it is acknowledged and the lane is still ours."""
        items = self.pusher.outbox.items(self.feed, lane.batch)
        answer = self.erp.send(self.feed, str(lane.batch_id), items)
        if answer.outcome is Outcome.ACCEPTED:
            return self._settle(lane, self._acknowledge) is not None
        self._fail(lane, answer)
        return False

    def _settle(self, lane: Lane, write: Callable[[Lane], Lane]) -> Lane | None:
        """Write a lane that others may have knocked on meanwhile; None when it is no longer ours."""

        def attempt() -> Lane | None:
            current = self.pusher.outbox.lane(self.landlord_id, self.feed)
            if (current.owner, current.batch_id) != (self.run.owner, lane.batch_id):
                return None
            return write(replace(lane, version=current.version))

        try:
            return write(lane)
        except Stale:
            return until_written(attempt, self.pusher.clock)

    def _acknowledge(self, lane: Lane) -> Lane:
        at = instant_text(self.pusher.clock.now())
        return self.pusher.outbox.acknowledge(self.landlord_id, self.feed, lane, at)

    def _fail(self, lane: Lane, answer: Answer) -> None:
        now = self.pusher.clock.now()
        failed = lane.failed(answer.outcome, now)
        _log.warning(
            "The ERP did not take a batch",
            extra={
                "landlord_id": self.landlord_id,
                "feed": self.feed.value,
                "batch_id": lane.batch_id,
                "reason": answer.reason,
                "failures": failed.failures,
            },
        )
        self._alert(answer, failed.failures, instant_text(now))
        self._settle(lane, lambda current: self._save(replace(failed, version=current.version)))
        self.pusher.wakes.send([ErpWake(self.landlord_id)], delay_seconds(answer.outcome, failed.failures))

    def _alert(self, answer: Answer, failures: int, at: str) -> None:
        detail: dict[str, str | int] = {"feed": self.feed.value, "reason": answer.reason, "failures": failures}
        if answer.outcome is Outcome.REFUSED:
            self.pusher.alerts.alert(self.landlord_id, Alert(AlertKind.ERP_PUSH_REFUSED, self._subject, detail), at)
        if failures >= ALERT_AFTER:
            detail["entries"] = self.pusher.outbox.backlog(self.landlord_id, self.feed, _COUNTED)
            self.pusher.alerts.alert(self.landlord_id, Alert(AlertKind.ERP_BACKLOG, self._subject, detail), at)

    def _save(self, lane: Lane) -> Lane:
        return self.pusher.outbox.save(self.landlord_id, self.feed, lane)

    @property
    def _subject(self) -> str:
        return self.landlord_id if self.feed is Feed.ENTRIES else f"{self.landlord_id}/{self.feed.value}"
