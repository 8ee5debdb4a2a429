"""The registry of dropped files on the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from quitus.adapters import file_keys, open_file_rows, records
from quitus.adapters.clock import SystemClock
from quitus.domain.errors import Contention, NotFound
from quitus.services.contention import until_written
from quitus.services.doubts import Doubts
from quitus.services.leases import Fate
from quitus.services.registry import DroppedFile, FileStatus, KeptOut, RowResult
from quitus.services.table import Condition, Is, Lacks, New, Page, Put, Row, Stale, Table, Update, Write

NEVER_SEEN = New()
NEVER_WORKED = New()
NEVER_TAKEN = New()
UNPLANNED = Lacks("batches")
STILL_PROCESSING = Is("status", FileStatus.PROCESSING.value)
STILL_QUARANTINED = Is("status", FileStatus.QUARANTINED.value)
NOT_YET = (
    "reason", "finished_at", "problems", "problem_count", "problem_codes", "superseded_by",
    "batches", "sent", "queued", "done",
)  # fmt: skip
"""What a file that is taken up afresh does not say yet."""
_PATIENCE = 30
_CLOCK = SystemClock()


class FileRows:
    """`registry.FileRegistry` and `ports.Files` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def register(self, file: DroppedFile) -> DroppedFile:
        """See `FileRegistry.register`."""
        key = file_keys.file(file.landlord_id, file.file_id)
        row = records.dense(file) | {
            "status": file.status.value,
            "GSI1PK": file_keys.files(file.landlord_id),
            "GSI1SK": f"{file.received_at}#{file.file_id}",
        }

        def attempt() -> DroppedFile:
            try:
                self._table.write([Put(key.row(**row), NEVER_SEEN), open_file_rows.processing(file)])
            except Stale:
                held = self.find(file.landlord_id, file.file_id)
                if held is None:  # another transaction met this one, and wrote nothing either
                    raise
                return held
            return file

        return _patiently(file.file_id, attempt)

    def find(self, landlord_id: str, file_id: str) -> DroppedFile | None:
        """See `FileRegistry.find`."""
        row = self._table.get(file_keys.file(landlord_id, file_id))
        return records.record(row, DroppedFile) if row else None

    def file(self, landlord_id: str, file_id: str) -> DroppedFile:
        """The file. Raises NotFound."""
        found = self.find(landlord_id, file_id)
        if found is None:
            raise NotFound("file_not_found", "There is no file with this id.", file_id=file_id[:64])
        return found

    def known(self, files: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of these (landlord, file id) that are registered."""
        wanted = {file_keys.file(landlord_id, file_id): (landlord_id, file_id) for landlord_id, file_id in files}
        return {wanted[key] for key in self._table.batch_get(wanted)}

    def page(self, landlord_id: str, after: str | None, limit: int) -> tuple[list[DroppedFile], str | None]:
        """Files, newest first, and the file id to go on after (None at the end)."""
        start = None if after is None else file_keys.file(landlord_id, after)
        page: Page = self._table.query_listing(
            file_keys.files(landlord_id), after=start, limit=limit, newest_first=True
        )
        files = [records.record(row, DroppedFile) for row in page.rows]
        return files, files[-1].file_id if page.after else None

    def update(self, landlord_id: str, file_id: str, **values: object) -> None:
        """See `FileRegistry.update`."""
        self._change(landlord_id, file_id, values, STILL_PROCESSING, _is_processing)

    def plan(self, landlord_id: str, file_id: str, **values: object) -> None:
        """See `FileRegistry.plan`."""
        self._change(landlord_id, file_id, values, UNPLANNED, lambda file: file.batches is None)

    def _change(
        self,
        landlord_id: str,
        file_id: str,
        values: Mapping[str, object],
        condition: Condition,
        holds: Callable[[DroppedFile], bool],
        beside: Sequence[Write] = (),
    ) -> bool:
        """Write to a file's row while a condition holds, however often others write to it; False once it does not.
        `beside` are rows of the same file that change with it.
        """
        change = Update(file_keys.file(landlord_id, file_id), set=_plain(values), condition=condition)

        def attempt() -> bool:
            try:
                self._table.write([change, *beside])
            except Stale:
                if holds(self.file(landlord_id, file_id)):
                    raise
                return False
            return True

        return _patiently(file_id, attempt)

    def record_batch(
        self,
        landlord_id: str,
        file_id: str,
        number: int,
        counts: Mapping[str, int],
        results: Sequence[RowResult],
        at: str,
    ) -> bool:
        """See `FileRegistry.record_batch`. Workers of one file meet on its row: who comes second tries again."""
        key = file_keys.file_batch(landlord_id, file_id, number)
        row: Row = {"done_at": at, "results": [[*result[:2], str(result.status), result.reason] for result in results]}
        counted = {name: count for name, count in counts.items() if count}
        writes: list[Write] = [
            Put(key.row(**row), NEVER_WORKED),
            Update(file_keys.file(landlord_id, file_id), add={"done": 1, **counted}),
        ]

        def attempt() -> None:
            try:
                self._table.write(writes)
            except Stale:
                if self._table.get(key) is None:
                    raise

        _patiently(file_id, attempt)
        return self.is_complete(landlord_id, file_id)

    def is_worked(self, landlord_id: str, file_id: str, number: int) -> bool:
        """See `FileRegistry.is_worked`."""
        return self._table.get(file_keys.file_batch(landlord_id, file_id, number)) is not None

    def worked(self, landlord_id: str, file_id: str) -> set[int]:
        """See `FileRegistry.worked`."""
        rows = self._table.query(file_keys.file(landlord_id, file_id).pk, file_keys.BATCHES).rows
        return {int(row["SK"].removeprefix(file_keys.BATCHES)) for row in rows}

    def is_complete(self, landlord_id: str, file_id: str) -> bool:
        """See `FileRegistry.is_complete`."""
        file = self.file(landlord_id, file_id)
        return file.status is FileStatus.PROCESSING and file.done == file.batches

    def batch_done(
        self, landlord_id: str, file_id: str, number: int, counts: Mapping[str, int], results: Sequence[Any], at: str
    ) -> bool:
        """See `Files.batch_done`."""
        if not self.record_batch(landlord_id, file_id, number, counts, results, at):
            return False
        return self.settle(landlord_id, file_id, FileStatus.PROCESSED, None, at)

    def results(self, landlord_id: str, file_id: str) -> Iterator[RowResult]:
        """See `FileRegistry.results`."""
        pk = file_keys.file(landlord_id, file_id).pk
        for row in self._table.query(pk, file_keys.BATCHES).rows:
            for line, name, status, reason in row["results"]:
                yield RowResult(line, name, Fate(status), reason)

    def settle(self, landlord_id: str, file_id: str, status: FileStatus, reason: str | None, at: str) -> bool:
        """See `FileRegistry.settle`."""
        final = {"status": status.value, "finished_at": at} | ({"reason": reason} if reason else {})
        beside = [open_file_rows.unlisted(landlord_id, file_id)]
        return self._change(landlord_id, file_id, final, STILL_PROCESSING, _is_processing, beside)

    def keep_out(
        self,
        file: DroppedFile,
        doubts: Doubts,
        at: str,
    ) -> bool:
        """See `FileRegistry.keep_out`."""
        held = self.file(file.landlord_id, file.file_id)
        final = {
            "status": FileStatus.QUARANTINED,
            "finished_at": at,
            "reason": doubts.codes[0],
            "problems": [records.dense(problem) for problem in doubts.problems],
            "problem_count": doubts.count,
            "problem_codes": doubts.codes,
        }
        beside = [open_file_rows.undecided(held, doubts.statements)]
        return self._change(file.landlord_id, file.file_id, final, STILL_PROCESSING, _is_processing, beside)

    def kept_out(self, landlord_id: str) -> list[KeptOut]:
        """See `FileRegistry.kept_out`."""
        return open_file_rows.kept_out(self._table, landlord_id)

    def supersede(self, landlord_id: str, file_id: str, by: str) -> None:
        """See `FileRegistry.supersede`."""
        beside = [open_file_rows.unlisted(landlord_id, file_id)]
        told = {"superseded_by": by}
        self._change(landlord_id, file_id, told, STILL_QUARANTINED, _is_quarantined, beside)

    def first_with(self, landlord_id: str, sha256: str) -> str | None:
        """See `FileRegistry.first_with`."""
        row = self._table.get(file_keys.raw(landlord_id, sha256))
        return row["file_id"] if row else None

    def remember_bytes(self, landlord_id: str, sha256: str, file_id: str) -> None:
        """See `FileRegistry.remember_bytes`."""
        self._table.write([Put(file_keys.raw(landlord_id, sha256).row(file_id=file_id))])

    def take_sequence(self, landlord_id: str, kind: str, sequence: int, sha256: str, file_id: str) -> tuple[str, str]:
        """See `FileRegistry.take_sequence`."""
        key = file_keys.erp_sequence(landlord_id, kind, sequence)
        try:
            self._table.write([Put(key.row(sha256=sha256, file_id=file_id), NEVER_TAKEN)])
        except Stale:
            row = self._table.get(key)
            if row is None:
                raise
            return row["sha256"], row["file_id"]
        return sha256, file_id

    def sequences_around(self, landlord_id: str, kind: str, sequence: int) -> tuple[int | None, int | None]:
        """See `FileRegistry.sequences_around`."""
        key = file_keys.erp_sequence(landlord_id, kind, sequence)
        below = self._table.query(key.pk, after=key.sk, limit=1, newest_first=True).rows
        above = self._table.query(key.pk, after=key.sk, limit=1).rows
        return (int(below[0]["SK"]) if below else None, int(above[0]["SK"]) if above else None)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value.value if isinstance(value, StrEnum) else value for name, value in values.items()}


def _is_processing(file: DroppedFile) -> bool:
    return file.status is FileStatus.PROCESSING


def _is_quarantined(file: DroppedFile) -> bool:
    return file.status is FileStatus.QUARANTINED


def _patiently[T](file_id: str, attempt: Callable[[], T]) -> T:
    busy = Contention("file_busy", "Others kept writing to the file's row.", file_id=file_id)
    return until_written(attempt, _CLOCK, patience=_PATIENCE, busy=busy)
