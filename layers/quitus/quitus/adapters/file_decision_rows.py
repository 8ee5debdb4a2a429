"""What people decided on files, on the table: one row per decision, and the file as it is since."""

from __future__ import annotations

from quitus.adapters import file_keys, open_file_rows, records
from quitus.adapters.file_rows import NOT_YET, STILL_QUARANTINED, FileRows
from quitus.services.file_decisions import FileDecision, Verdict
from quitus.services.registry import DroppedFile, FileStatus
from quitus.services.table import New, Put, Table, Update, Write

NEVER_DECIDED = New()


class FileDecisionRows:
    """`decide_files.FileDecisions` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._files = FileRows(table)

    def file(self, landlord_id: str, file_id: str) -> DroppedFile:
        """See `FileDecisions.file`."""
        return self._files.file(landlord_id, file_id)

    def decided_by(self, file: DroppedFile, request: str) -> bool:
        """See `FileDecisions.decided_by`."""
        if file.decisions == 0:
            return False
        rows = self._table.query(file_keys.file(file.landlord_id, file.file_id).pk, file_keys.DECISIONS).rows
        return any(row["request"] == request for row in rows)

    def decide(self, file: DroppedFile, decision: FileDecision, request: str) -> None:
        """See `FileDecisions.decide`. The decision's number is its own condition: of two, one finds it taken."""
        landlord_id, file_id, number = file.landlord_id, file.file_id, file.decisions + 1
        held = records.dense(decision)
        row = file_keys.file_decision(landlord_id, file_id, number).row(
            **held, request=request, reason_code=file.reason, problem_codes=list(file.problem_codes)
        )
        self._table.write([Put(row, NEVER_DECIDED), *_after(file, held, decision)])


def _after(file: DroppedFile, held: dict[str, object], decision: FileDecision) -> list[Write]:
    key = file_keys.file(file.landlord_id, file.file_id)
    decided = {"decision": held, "decisions": file.decisions + 1}
    if decision.kind is Verdict.REJECT:
        refused = decided | {"status": FileStatus.REFUSED.value}
        listed = open_file_rows.unlisted(file.landlord_id, file.file_id)
        return [Update(key, set=refused, condition=STILL_QUARANTINED), listed]
    again = decided | {
        "status": FileStatus.PROCESSING.value,
        "takes": 1,
        "taken_at": decision.decided_at,
    }
    update = Update(key, set=again, remove=NOT_YET, condition=STILL_QUARANTINED)
    return [update, open_file_rows.processing(file)]
