"""What people did, listed on the table beside the action log: a row of its own for each act, written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from quitus.adapters import keys, records
from quitus.adapters.listings import listed
from quitus.services.audit import Act, act_of
from quitus.services.ports import ActionLog
from quitus.services.table import New, Put, Stale, Table

NEVER_LISTED = New()


class AuditedLog:
    """`ports.ActionLog` that also lists what people did: the log first, so that nothing is listed that it lacks."""

    def __init__(self, log: ActionLog, table: Table) -> None:
        self._log = log
        self._table = table

    def record(self, landlord_id: str, kind: str, name: str, body: Mapping[str, Any], at: datetime) -> None:
        """See `ActionLog.record`."""
        self._log.record(landlord_id, kind, name, body, at)
        act = act_of(kind, name, body, at)
        if act is not None:
            listed = {"GSI1PK": keys.acts(landlord_id), "GSI1SK": f"{act.at}#{act.audit_id}"}
            row = keys.act(landlord_id, act.audit_id).row(**records.dense(act) | listed)
            with suppress(Stale):
                self._table.write([Put(row, NEVER_LISTED)])


class AuditRows:
    """`audit.Acts` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def acts(self, landlord_id: str, after: str | None) -> Iterator[Act]:
        """See `Acts.acts`."""
        start = None if after is None else keys.act(landlord_id, after)
        rows = listed(self._table, keys.acts(landlord_id), after=start, newest_first=True)
        yield from (records.record(row, Act) for row in rows)
