"""Statements of the landlord's accounts: none is taken twice, and each begins where the one before ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import Contention
from quitus.domain.identity import account_tag
from quitus.services.ports import Alerts, Clock
from quitus.services.registry import FileRegistry, StatementRecord, StatementStore
from quitus.services.table import Stale

_PATIENCE = 8
_GROWING = "camt.052"
"""Intraday reports may come again with more in them under the same name."""


class Standing(StrEnum):
    """What a file's statements are to those held."""

    NEW = "new"
    HELD = "held"
    """Every one of them is held, with equal content."""
    CONFLICT = "conflict"
    """One of them is held with other content."""


@dataclass(frozen=True, slots=True)
class StatementBook:
    """Keeps statements and watches their continuity."""

    files: FileRegistry
    statements: StatementStore
    alerts: Alerts
    clock: Clock

    def keep(self, landlord_id: str, file_id: str, records: Sequence[StatementRecord]) -> Standing:
        """Keep the statements of a file, unless they are held or contradict what is held; again changes nothing."""
        for attempt in range(_PATIENCE):
            held = {record.key: record for record in self.statements.held(landlord_id, records)}
            taken = self._taken(landlord_id, file_id, held.values())
            others = [held[key] for key in taken]
            standing = _standing(records, {record.key: record.fingerprint for record in others})
            if standing is not Standing.NEW:
                return standing
            fresh = [record for record in records if _is_fresh(record, file_id, held.get(record.key), taken)]
            replaced = {key: record.file_id for key, record in held.items()}
            try:
                if fresh:
                    self.statements.keep(landlord_id, fresh, replaced)
            except Stale:
                self.clock.pause(attempt)
            else:
                return Standing.NEW
        raise Contention("statements_busy", "Others kept writing the same statements.", file_id=file_id)

    def _taken(self, landlord_id: str, file_id: str, held: Iterable[StatementRecord]) -> set[str]:
        """The keys of statements whose movements another file surely brought."""
        owners: dict[str, bool] = {file_id: False}
        taken: set[str] = set()
        for record in held:
            if record.file_id not in owners:
                owner = self.files.find(landlord_id, record.file_id)
                owners[record.file_id] = owner is not None and owner.is_taken
            if owners[record.file_id]:
                taken.add(record.key)
        return taken

    def watch(self, landlord_id: str, records: Iterable[StatementRecord]) -> None:
        """Raise or close the alerts on gaps and overlaps around these statements, whatever order they came in."""
        for record in records:
            if record.is_closing:
                before, after = self.statements.around(landlord_id, record)
                same_day = [other for other in before if other.to_date == record.to_date]
                next_day = [other for other in after if other.to_date == after[0].to_date]
                for touched in {other.key: other for other in (record, *same_day, *next_day)}.values():
                    self._check(landlord_id, touched)

    def _check(self, landlord_id: str, record: StatementRecord) -> None:
        """Twice: the statement that was missing may come in while its absence is being told."""
        for _ in range(2):
            found = self._break(landlord_id, record)
            at = instant_text(self.clock.now())
            for kind in (AlertKind.STATEMENT_GAP, AlertKind.STATEMENT_OVERLAP):
                if found is None or found.kind is not kind:
                    self.alerts.close(landlord_id, kind, _subject(record), at)
            if found is None:
                return
            self.alerts.alert(landlord_id, found, at)

    def _break(self, landlord_id: str, record: StatementRecord) -> Alert | None:
        """What is wrong between a statement and those before it; None also for the first one."""
        others = [other for other in self.statements.around(landlord_id, record)[0] if other.key != record.key]
        earlier = [other for other in others if other.to_date < record.to_date]
        if not earlier:
            return None
        last = earlier[0]
        candidates = [other for other in others if other.to_date >= last.to_date]
        if any(other.closing_cents == record.opening_cents for other in candidates):
            return None
        kind = AlertKind.STATEMENT_OVERLAP if record.from_date <= last.to_date else AlertKind.STATEMENT_GAP
        detail: dict[str, str | int] = {
            "account": record.account,
            "statement_id": record.statement_id,
            "opening_cents": record.opening_cents or 0,
            "previous_statement_id": last.statement_id,
            "previous_closing_cents": last.closing_cents or 0,
        }
        return Alert(kind, _subject(record), detail)


def _standing(records: Sequence[StatementRecord], taken: dict[str, str]) -> Standing:
    strict = [record for record in records if record.channel != _GROWING and record.key in taken]
    if any(taken[record.key] != record.fingerprint for record in strict):
        return Standing.CONFLICT
    if records and all(taken.get(record.key) == record.fingerprint for record in records):
        return Standing.HELD
    return Standing.NEW


def _is_fresh(record: StatementRecord, file_id: str, held: StatementRecord | None, taken: set[str]) -> bool:
    if held is None:
        return True
    return held.file_id != file_id and (record.key not in taken or held.fingerprint != record.fingerprint)


def _subject(record: StatementRecord) -> str:
    return f"{account_tag(record.account)}/{record.key}"
