"""Why a bank file cannot be trusted: every problem of its statements, and where it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from quitus.banking.problems import Reason
from quitus.domain.errors import UnreadableFile
from quitus.domain.landlord import BankAccount
from quitus.domain.movement import CLOSING_CHANNELS, Problem, Statement
from quitus.services.releases import UNKNOWN_ACCOUNT

SHOWN: Final = 20
"""How many problems of a file are kept whole."""
_LONGEST: Final = 300
_NUMBERS: Final = re.compile(r"(\d+)(?:\.(\d+))?", re.ASCII)


@dataclass(slots=True)
class Doubts:
    """The problems of a file: the first SHOWN of them, how many there are, and the codes of all."""

    problems: list[Problem] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    count: int = 0
    statements: list[tuple[str, ...]] = field(default_factory=list)
    """The names of each statement; empty when not all of the file could be read."""

    @classmethod
    def of(cls, refusal: UnreadableFile) -> Doubts:
        """What a refusal says."""
        if isinstance(refusal, DoubtfulFile):
            return refusal.doubts
        doubts = cls()
        where = refusal.detail.get("where")
        numbers = _NUMBERS.match(where) if where else None
        place = _placed(where, int(numbers.group(1)) + 1) if numbers else where
        doubts.add(Problem(str(refusal.code), refusal.message, place))
        return doubts

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.count += 1
        if problem.code not in self.codes:
            self.codes.append(problem.code)
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(problem.code, problem.message[:_LONGEST], problem.where))


class DoubtfulFile(UnreadableFile):
    """A bank file that was read, with problems that nobody answers for; the first one is its reason."""

    def __init__(self, doubts: Doubts) -> None:
        first = doubts.problems[0]
        super().__init__(first.code, first.message, where=first.where)
        self.doubts = doubts


def unread(refusal: UnreadableFile, doubts: Doubts) -> DoubtfulFile:
    """The refusal of a file that cannot be read to its end: that is its reason, before what its statements say."""
    whole = Doubts.of(refusal)
    for problem in doubts.problems:
        whole.add(problem)
    return DoubtfulFile(whole)


def problems_of(statement: Statement, account: BankAccount | None, ordinal: int) -> Iterator[Problem]:
    """Everything that speaks against a statement, the nth of its file; `account` is the landlord's, if it is one."""
    place = f"statement {ordinal}"
    if statement.account and account is None:
        message = "The statement is about an account that the landlord has not declared."
        yield Problem(UNKNOWN_ACCOUNT, message, place)
    if statement.currency != "EUR":
        yield Problem(Reason.CURRENCY, f"The statement is in {statement.currency[:3]}.", place)
    for problem in statement.problems:
        yield Problem(problem.code, problem.message, _placed(problem.where, ordinal))
    codes = {problem.code for problem in statement.problems}
    if not statement.account and Reason.MISSING_ACCOUNT not in codes:
        yield Problem(Reason.MISSING_ACCOUNT, "The statement does not say which account it is about.", place)


def _placed(where: str | None, ordinal: int) -> str:
    """Where in the file, for people: readers count statements and entries from 0, records and lines from 1."""
    if where is None:
        return f"statement {ordinal}"
    numbers = _NUMBERS.match(where)
    if numbers is None:
        return f"statement {ordinal}, {where}"
    entry = numbers.group(2)
    return f"statement {ordinal}" if entry is None else f"statement {ordinal}, entry {int(entry) + 1}"


def names_of(statement: Statement, channel: str) -> tuple[str, ...]:
    """What tells that another file brings this statement again, corrected: any name that both have.

    An end-of-day statement keeps its id, last day, and at least one of its balances (pages that share an id have
    neither in common); a report or notice keeps its message. Without an id nothing tells.
    """
    if not statement.statement_id:
        return ()
    last = statement.to_date.isoformat() if statement.to_date else ""
    common = (statement.account, channel, statement.statement_id, statement.electronic_sequence or "", last)
    if channel not in CLOSING_CHANNELS:
        return (_hashed(*common, statement.message_id),)
    balances = (("from", statement.balances.opening_cents), ("to", statement.balances.closing_cents))
    return tuple(_hashed(*common, end, str(cents)) for end, cents in balances if cents is not None)


def _hashed(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]
