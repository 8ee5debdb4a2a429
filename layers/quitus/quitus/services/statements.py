"""Statements of the landlord's accounts: none is taken twice, and each begins where the one before ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.errors import Contention
from quitus.domain.identity import account_tag
from quitus.domain.movement import GROWING_CHANNEL
from quitus.services.continuity import continuity, touched
from quitus.services.file_decisions import Contradiction
from quitus.services.ports import Alerts, Clock
from quitus.services.registry import FileRegistry, StatementRecord, StatementStore
from quitus.services.statement_chain import Break, closing_of, opening_of
from quitus.services.table import Stale

_PATIENCE = 8


class Standing(StrEnum):
    """What a file's statements are to those held."""

    NEW = "new"
    HELD = "held"
    """Every one of them is held, with equal content."""
    CONFLICT = "conflict"
    """One of them is held with other content."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file's statements are, and the names that they have for ever."""

    standing: Standing
    records: tuple[StatementRecord, ...]
    contradicting: frozenset[str] = frozenset()
    """The keys of those that are held with other content."""


@dataclass(frozen=True, slots=True)
class StatementBook:
    """Keeps statements and watches their continuity."""

    files: FileRegistry
    statements: StatementStore
    alerts: Alerts
    clock: Clock

    def keep(
        self,
        landlord_id: str,
        file_id: str,
        records: Sequence[StatementRecord],
        contradiction: Contradiction | None = None,
    ) -> Kept:
        """Keep the statements of a file, unless they are held, or contradict what is held and nobody said what they
        are then; again changes nothing.
        """
        for attempt in range(_PATIENCE):
            told = self.statements.with_content(landlord_id, records)
            named = _named(records, told)
            held = {record.key: record for record in self.statements.held(landlord_id, named)}
            taken = self._taken(landlord_id, file_id, held.values())
            standing = _standing(named, {key: held[key].fingerprint for key in taken})
            if standing is Standing.CONFLICT and contradiction is Contradiction.ADDS:
                return self.keep(landlord_id, file_id, _beside(named, held, taken, file_id))
            if standing is Standing.CONFLICT and contradiction is Contradiction.REPLACES:
                named = _instead(named, held, taken)
            elif standing is not Standing.NEW:
                against = (record.key for record in named if _is_taken(record, held, taken))
                return Kept(standing, named, frozenset(against))
            distinct = {record.key: record for record in named}.values()
            fresh = [record for record in distinct if _is_fresh(record, file_id, held.get(record.key), taken)]
            replaced = {key: record.file_id for key, record in held.items()}
            try:
                if fresh:
                    self.statements.keep(landlord_id, fresh, replaced, told)
            except Stale:
                self.clock.pause(attempt)
            else:
                return Kept(Standing.NEW, tuple(_as_kept(record, held.get(record.key)) for record in named))
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
        for account, day in dict.fromkeys((one.account, one.to_date) for one in records if one.is_closing):
            self._check(landlord_id, account, day)

    def _check(self, landlord_id: str, account: str, day: date) -> None:
        """What the statements that end on a day change, until nothing does: others may come while it is told."""
        days, told = set[date](), dict[StatementRecord, Break | None]()
        for _ in range(_PATIENCE):
            statements = self.statements.around(landlord_id, account, day)
            days |= touched(day, statements)
            fresh = dict(one for one in continuity(day, days, statements) if one not in told.items())
            if not fresh:
                return
            for statement, found in fresh.items():
                self._tell(landlord_id, statement, _alert(found) if found else None, instant_text(self.clock.now()))
            told |= fresh

    def _tell(self, landlord_id: str, record: StatementRecord, found: Alert | None, at: str) -> None:
        for kind in (AlertKind.STATEMENT_GAP, AlertKind.STATEMENT_OVERLAP):
            if found is None or found.kind is not kind:
                self.alerts.close(landlord_id, kind, _subject(record), at)
        if found is not None:
            self.alerts.alert(landlord_id, found, at)


def _standing(records: Sequence[StatementRecord], taken: dict[str, str]) -> Standing:
    if any(_contradicts(record, taken.get(record.key)) for record in records):
        return Standing.CONFLICT
    if records and all(taken.get(record.key) == record.fingerprint for record in records):
        return Standing.HELD
    return Standing.NEW


def _contradicts(record: StatementRecord, taken: str | None) -> bool:
    """Whether a statement of this name was taken with another fingerprint."""
    return record.channel != GROWING_CHANNEL and taken not in (None, record.fingerprint)


def _beside(
    records: Iterable[StatementRecord], held: Mapping[str, StatementRecord], taken: Collection[str], file_id: str
) -> list[StatementRecord]:
    """Statements under names of their own where theirs is taken for another content."""
    return [
        replace(record, name=f"{record.name}~{file_id}") if _is_taken(record, held, taken) else record
        for record in records
    ]


def _instead(
    records: Iterable[StatementRecord], held: Mapping[str, StatementRecord], taken: Collection[str]
) -> tuple[StatementRecord, ...]:
    """Statements that say which file's they replace."""
    return tuple(
        replace(record, replaces=held[record.key].file_id) if _is_taken(record, held, taken) else record
        for record in records
    )


def _is_taken(record: StatementRecord, held: Mapping[str, StatementRecord], taken: Collection[str]) -> bool:
    return record.key in taken and _contradicts(record, held[record.key].fingerprint)


def _as_kept(record: StatementRecord, held: StatementRecord | None) -> StatementRecord:
    """A statement as its own file kept it before, when it stopped half-way."""
    return held if held is not None and held.file_id == record.file_id else record


def _is_fresh(record: StatementRecord, file_id: str, held: StatementRecord | None, taken: set[str]) -> bool:
    if held is None:
        return True
    return held.file_id != file_id and (record.key not in taken or held.fingerprint != record.fingerprint)


def _named(records: Iterable[StatementRecord], told: Mapping[str, StatementRecord]) -> tuple[StatementRecord, ...]:
    """Statements by the name under which the same content was kept first: a bank that issues one again renames it."""
    names = {content: held.name for content, held in told.items() if held.content == content}
    return tuple(
        replace(record, name=names.setdefault(record.content, record.name)) if record.is_closing else record
        for record in records
    )


def _alert(found: Break) -> Alert:
    kind = AlertKind.STATEMENT_OVERLAP if found.overlaps else AlertKind.STATEMENT_GAP
    detail: dict[str, str | int] = {
        "account": found.statement.account,
        "statement_id": found.statement.statement_id,
        "opening_cents": opening_of(found.statement),
        "previous_statement_id": found.previous.statement_id,
        "previous_closing_cents": closing_of(found.previous),
    }
    return Alert(kind, _subject(found.statement), detail)


def _subject(record: StatementRecord) -> str:
    return f"{account_tag(record.account)}/{record.key}"
