"""Every reason why a bank file, or a part of it, cannot be read or trusted; `docs/bank-file-problems.md` says what to
do.
"""

from __future__ import annotations

from enum import StrEnum

from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Problem


class Reason(StrEnum):
    """The codes of problems and refusals; each has its line in `docs/bank-file-problems.md`."""

    EMPTY = "empty"
    """The file holds nothing."""
    UNKNOWN_FORMAT = "unknown_format"
    """Neither camt.052/053/054, nor CFONB 120, nor MT940."""
    TRUNCATED = "truncated"
    """The file stops before its end."""
    NOT_XML = "not_xml"
    """The markup is broken."""
    DOCTYPE = "doctype"
    """A document type declaration, which no bank file needs and attacks use."""
    TOO_DEEP = "too_deep"
    """Elements nested deeper than 64."""
    TOO_LARGE = "too_large"
    """The file, one of its parts or what it unpacks to is beyond the limits."""
    ENCODING = "encoding"
    """Bytes that are no text in the file's encoding, or an encoding that no bank uses."""
    ARCHIVE = "archive"
    """A gzip or zip that is broken, encrypted, or does not hold exactly one file."""
    ENCRYPTED = "encrypted"
    """Encrypted, and no key opens it."""
    NO_STATEMENT = "no_statement"
    """The right format, but no statement in it."""
    BALANCE_MISMATCH = "balance_mismatch"
    """Opening balance + booked movements is not the closing balance."""
    DETAILS_MISMATCH = "details_mismatch"
    """The details of an entry do not add up to the entry, charges included."""
    CURRENCY = "currency"
    """An amount that is not in euros."""
    MISSING_AMOUNT = "missing_amount"
    """A booked entry, or one detail among several, without an amount."""
    BAD_AMOUNT = "bad_amount"
    """An amount that is no number of euros and cents."""
    MISSING_SIGN = "missing_sign"
    """An entry that is neither credit nor debit."""
    MISSING_DATE = "missing_date"
    """A booked movement that no date of the statement can be given to."""
    BAD_DATE = "bad_date"
    """A date that is not in the calendar."""
    MISSING_ACCOUNT = "missing_account"
    """A statement that does not say which account it is about."""
    UNSTARTED_STATEMENT = "unstarted_statement"
    """A closing balance without an opening balance."""
    UNFINISHED_STATEMENT = "unfinished_statement"
    """A statement without its closing record."""
    MOVEMENT_OUTSIDE_STATEMENT = "movement_outside_statement"
    """A movement before the opening balance or after the closing one."""
    UNSTARTED_MOVEMENT = "unstarted_movement"
    """A complement that follows no movement."""
    BAD_RECORD = "bad_record"
    """A record whose code, length or order is not of the format."""
    TOO_MANY_PROBLEMS = "too_many_problems"
    """More problems than are listed."""


def unreadable(reason: Reason, message: str, where: str | None = None) -> UnreadableFile:
    """The refusal of a whole file."""
    return UnreadableFile(reason, message, where=where)


class Problems:
    """The problems of one statement, at most `LIMIT` of them, then one that says that there are more."""

    LIMIT = 100

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, reason: Reason, message: str, where: str | None = None) -> None:
        """Note a problem; the same reason at the same place counts once."""
        if len(self._found) > self.LIMIT:
            return
        problem = Problem(reason.value, message, where)
        if len(self._found) == self.LIMIT:
            problem = Problem(
                Reason.TOO_MANY_PROBLEMS.value, f"More than {self.LIMIT} problems: the rest is not listed."
            )
        if problem not in self._found:
            self._found.append(problem)

    def add_currency(self, currency: str, where: str) -> None:
        """Note amounts that are not in euros."""
        self.add(Reason.CURRENCY, f"Amounts in {currency[:10]}: only euros are kept.", where)

    @property
    def any(self) -> bool:
        """Whether there is a problem."""
        return bool(self._found)

    def listed(self) -> tuple[Problem, ...]:
        """The problems in the order found."""
        return tuple(self._found)
