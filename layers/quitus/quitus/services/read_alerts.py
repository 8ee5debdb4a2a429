"""Alerts as people look them up, newest first, and close them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.alert import CLOSED_BY_PERSON, AlertKind
from quitus.domain.errors import Conflict, NotFound
from quitus.domain.ids import is_id
from quitus.services.idempotent_requests import Attempt
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import ActionLog


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as it stands; `subject` is the id of what it is about."""

    alert_id: str
    kind: str
    severity: str
    subject: str
    detail: Mapping[str, str | int | None]
    raised_at: str
    closed_at: str | None
    closed_by: str | None = None
    """The person who closed it, if one did."""


class AlertLists(Protocol):
    """The alerts of a landlord."""

    def alerts(self, landlord_id: str, after: str | None) -> Iterator[ShownAlert]:
        """Newest first, after an alert."""
        ...


class KeptAlerts(Protocol):
    """Alerts one by one; strongly consistent."""

    def find(self, landlord_id: str, alert_id: str) -> ShownAlert | None:
        """The alert, or None."""
        ...

    def close_by(self, landlord_id: str, alert_id: str, by: str, at: str) -> None:
        """Close an open alert on a person's word; one that is closed stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """Looks alerts up; a person closes what nothing else does."""

    lists: AlertLists
    kept: KeptAlerts
    log: ActionLog

    def page(self, landlord_id: str, kind: AlertKind | None, after: Place | None, limit: int) -> Listed[ShownAlert]:
        """A page of alerts, open and closed ones."""
        found = self.lists.alerts(landlord_id, after[0] if after else None)
        return fill((((shown.alert_id,), shown if kind in (None, shown.kind) else None) for shown in found), limit)

    def close(self, landlord_id: str, alert_id: str, by: str, reason: str, attempt: Attempt) -> ShownAlert:
        """Close an alert that a person has seen to. Again, or when it is closed already, changes nothing.

        Raises:
            NotFound: no such alert.
            Conflict: it closes by itself, once what it tells of is no more.
        """
        shown = self._one(landlord_id, alert_id)
        if shown.kind not in CLOSED_BY_PERSON:
            message = "The alert closes by itself, once what it tells of is no more."
            raise Conflict("alert_closes_itself", message, kind=shown.kind)
        body = {"kind": "close_alert", "alert_id": alert_id, "alert_kind": shown.kind, "subject": shown.subject}
        self.log.record(landlord_id, "alert-decisions", attempt.name, body | {"reason": reason, "by": by}, attempt.at)
        self.kept.close_by(landlord_id, alert_id, by, attempt.instant)
        return self._one(landlord_id, alert_id)

    def _one(self, landlord_id: str, alert_id: str) -> ShownAlert:
        found = self.kept.find(landlord_id, alert_id) if is_id(alert_id) else None
        if found is None:
            raise NotFound("alert_not_found", "There is no alert with this id.", alert_id=alert_id[:64])
        return found
