"""Alerts on the table."""

from __future__ import annotations

from contextlib import suppress

from quitus.adapters import keys
from quitus.adapters.log import logger
from quitus.domain.alert import Alert, AlertKind
from quitus.services.read_alerts import ShownAlert
from quitus.services.table import Lacks, New, Put, Row, Stale, Table, Update

_log = logger()
NEVER_RAISED = New()
STILL_OPEN = Lacks("closed_at")


class AlertRows:
    """`ports.Alerts` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def alert(self, landlord_id: str, alert: Alert, at: str) -> None:
        """See `Alerts.alert`."""
        key = keys.alert(landlord_id, alert.alert_id)
        row = alert_row(landlord_id, alert, at)
        try:
            self._table.write([Put(row, NEVER_RAISED)])
        except Stale:
            held = self._table.get(key)
            if held is None or "closed_at" not in held or _is_seen_to(held, alert):
                return
            self._table.write([Put(row)])
        announce(landlord_id, alert)

    def close(self, landlord_id: str, kind: AlertKind, subject: str, at: str) -> None:
        """See `Alerts.close`."""
        key = keys.alert(landlord_id, Alert(kind, subject).alert_id)
        if self._table.get(key) is None:
            return
        try:
            self._table.write([Update(key, set={"closed_at": at}, condition=STILL_OPEN)])
        except Stale:
            return

    def find(self, landlord_id: str, alert_id: str) -> ShownAlert | None:
        """See `read_alerts.KeptAlerts.find`."""
        row = self._table.get(keys.alert(landlord_id, alert_id))
        return None if row is None else shown_alert(row)

    def close_by(self, landlord_id: str, alert_id: str, by: str, at: str) -> None:
        """See `read_alerts.KeptAlerts.close_by`."""
        closed = {"closed_at": at, "closed_by": by}
        with suppress(Stale):
            self._table.write([Update(keys.alert(landlord_id, alert_id), set=closed, condition=STILL_OPEN)])


def shown_alert(row: Row) -> ShownAlert:
    """The alert of a row."""
    return ShownAlert(
        alert_id=row["SK"],
        kind=row["kind"],
        severity=row["severity"],
        subject=row["subject"],
        detail=row["detail"],
        raised_at=row["raised_at"],
        closed_at=row.get("closed_at"),
        closed_by=row.get("closed_by"),
    )


def _is_seen_to(held: Row, alert: Alert) -> bool:
    """Whether a person closed the same: it is raised again only with something else to tell."""
    return "closed_by" in held and held["detail"] == dict(alert.detail)


def announce(landlord_id: str, alert: Alert) -> None:
    """Log that an alert was raised, by ids only: what the alarms of the stack count."""
    fields = {"landlord_id": landlord_id, "alert_kind": alert.kind.value, "subject": alert.subject}
    fields["severity"] = alert.severity.value
    _log.warning("alert", extra=fields)


def alert_row(landlord_id: str, alert: Alert, at: str) -> Row:
    """An open alert raised at an instant."""
    key = keys.alert(landlord_id, alert.alert_id)
    return key.row(
        GSI1PK=keys.alerts(landlord_id),
        GSI1SK=f"{at}#{alert.alert_id}",
        kind=alert.kind.value,
        severity=alert.severity.value,
        subject=alert.subject,
        detail=dict(alert.detail),
        raised_at=at,
    )
