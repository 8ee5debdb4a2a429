"""Which quarantined files people may release, and what to do about the others. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from quitus.banking.problems import Reason
from quitus.services.file_decisions import FileDecision, Verdict
from quitus.services.list_files import ListRefusal

UNKNOWN_ACCOUNT: Final = "unknown_account"
STATEMENT_CONFLICT: Final = "statement_conflict"
UNKNOWN_FOLDER: Final = "unknown_folder"
MISSING: Final = "missing"

VOUCHABLE: Final = frozenset({Reason.BALANCE_MISMATCH, Reason.DETAILS_MISMATCH})
"""Every movement was read, only the sums are wrong: a person may answer for the movements, never for the day."""
RELEASABLE: Final = frozenset({*VOUCHABLE, UNKNOWN_ACCOUNT, STATEMENT_CONFLICT, *ListRefusal})
"""Beside these, something is missing or in another currency: whatever was posted would be a guess. A list is read again
by the mapping as it is then, and kept out again if that does not do.
"""

_UNREAD: Final = "It cannot be read to its end: ask the sender to drop a whole file."
_INCOMPLETE: Final = "What it says is incomplete: ask the bank for a corrected file, which replaces this one."
_ATTACK: Final = "No bank needs this: ask the sender where the file came from."
ADVICE: Final[Mapping[str, str]] = {
    Reason.EMPTY: _UNREAD,
    Reason.UNKNOWN_FORMAT: "It is no bank statement that Quitus knows: ask the bank for camt, CFONB 120 or MT940.",
    Reason.TRUNCATED: _UNREAD,
    Reason.NOT_XML: _UNREAD,
    Reason.DOCTYPE: _ATTACK,
    Reason.TOO_DEEP: _ATTACK,
    Reason.TOO_LARGE: "It is beyond the limits: ask the sender for smaller files.",
    Reason.ENCODING: _UNREAD,
    Reason.ARCHIVE: "The archive cannot be unpacked: ask the sender to drop the files one by one.",
    Reason.ENCRYPTED: "No key opens it: make one or restore it, then have the file dropped again.",
    Reason.NO_STATEMENT: "There is no statement in it, so nothing to post: reject it.",
    Reason.CURRENCY: "Only euros are kept: declare euro accounts only, and reject the file.",
    Reason.MISSING_AMOUNT: _INCOMPLETE,
    Reason.BAD_AMOUNT: _INCOMPLETE,
    Reason.MISSING_SIGN: _INCOMPLETE,
    Reason.MISSING_DATE: _INCOMPLETE,
    Reason.BAD_DATE: _INCOMPLETE,
    Reason.MISSING_ACCOUNT: _INCOMPLETE,
    Reason.UNSTARTED_STATEMENT: _INCOMPLETE,
    Reason.UNFINISHED_STATEMENT: _INCOMPLETE,
    Reason.MOVEMENT_OUTSIDE_STATEMENT: _INCOMPLETE,
    Reason.UNSTARTED_MOVEMENT: _INCOMPLETE,
    Reason.BAD_RECORD: _INCOMPLETE,
    Reason.TOO_MANY_PROBLEMS: "It has more problems than anyone could answer for: ask the bank for a corrected file.",
    UNKNOWN_FOLDER: "Have it dropped again under bank/, erp/ or lists/{payer}/.",
    MISSING: "Its bytes are gone: have it dropped again.",
}
"""What to do about a file that cannot be released, by reason."""


def unreleasable(codes: Collection[str]) -> str | None:
    """The first of a file's problems that nobody may answer for; None when it may be released."""
    return next((code for code in codes if code not in RELEASABLE), None)


def vouched(codes: Collection[str], before: FileDecision | None) -> tuple[str, ...]:
    """What a release answers for: these problems, and those that an earlier release of the file answered for."""
    earlier = before.vouched if before is not None and before.kind is Verdict.RELEASE else ()
    mended = {UNKNOWN_ACCOUNT, *ListRefusal}
    return tuple(dict.fromkeys((*earlier, *(code for code in codes if code not in mended))))
