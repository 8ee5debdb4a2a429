"""Alerts as people look them up, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.alert import AlertKind
from quitus.services.paging import Listed, Place, fill


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


class AlertLists(Protocol):
    """The alerts of a landlord."""

    def alerts(self, landlord_id: str, after: str | None) -> Iterator[ShownAlert]:
        """Newest first, after an alert."""
        ...


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """Looks alerts up."""

    lists: AlertLists

    def page(self, landlord_id: str, kind: AlertKind | None, after: Place | None, limit: int) -> Listed[ShownAlert]:
        """A page of alerts, open and closed ones."""
        found = self.lists.alerts(landlord_id, after[0] if after else None)
        return fill((((shown.alert_id,), shown if kind in (None, shown.kind) else None) for shown in found), limit)
