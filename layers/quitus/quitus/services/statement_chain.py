"""How the closing statements of one account follow each other: each begins with the balance that the last ended with.

Statements with one last day may come in any order and under any name: only their balances say which comes first. Pure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from quitus.domain.money import Cents
from quitus.services.registry import StatementRecord

PREFERRED = ("camt.053", "cfonb120", "mt940")
"""The closing channels, the best first."""

_DIGITS = re.compile(r"(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Break:
    """A statement that does not begin where the one before it ended."""

    statement: StatementRecord
    previous: StatementRecord
    overlaps: bool
    """Both tell of the same days or balances; otherwise something between them is missing."""

    @property
    def jump_cents(self) -> Cents:
        """By how much the balance changes without a movement."""
        return opening_of(self.statement) - closing_of(self.previous)


@dataclass(frozen=True, slots=True)
class Link:
    """The statements with one last day in the order of their balances, and where that order breaks."""

    statements: tuple[StatementRecord, ...]
    breaks: tuple[Break, ...] = ()

    @property
    def endings(self) -> frozenset[Cents]:
        """The balance that the next statement begins with; several are possible when it is not certain."""
        if any(found.statement is not self.statements[0] for found in self.breaks):
            return frozenset(map(closing_of, self.statements))
        return frozenset({closing_of(self.statements[-1])})


def opening_of(statement: StatementRecord) -> Cents:
    """The opening balance of a closing statement."""
    return statement.opening_cents or 0


def closing_of(statement: StatementRecord) -> Cents:
    """The closing balance of a closing statement."""
    return statement.closing_cents or 0


def best(statements: Sequence[StatementRecord]) -> list[StatementRecord]:
    """Without those whose days a better channel closes too."""
    return [held for held in statements if not any(_covers_better(other, held) for other in statements)]


def chained(statements: Iterable[StatementRecord], before: Link | None = None) -> list[Link]:
    """Closing statements by last day, each day after the one before it; `before` is the link that came first."""
    days = [list(held) for _, held in groupby(sorted(statements, key=_last_day), key=_last_day)]
    links: list[Link] = []
    for index, held in enumerate(days):
        following = days[index + 1] if index + 1 < len(days) else ()
        links.append(link(held, links[-1] if links else before, frozenset(map(opening_of, following))))
    return links


def joins(statements: Iterable[StatementRecord], before: Iterable[StatementRecord]) -> bool:
    """Whether closing statements begin where those before them ended; the very first join nothing."""
    last = chained(before)
    return not last or opening_of(chained(statements, last[-1])[0].statements[0]) in last[-1].endings


def link(statements: Sequence[StatementRecord], before: Link | None, after: Collection[Cents] = ()) -> Link:
    """Statements with one last day in order; `after` are the balances that the next day begins with."""
    begins = before.endings if before else frozenset()
    ordered = _in_order(statements, begins, after)
    breaks = [Break(one, last, _overlap(one, last)) for last, one in pairwise(ordered) if not _joins(last, one)]
    if before is not None and opening_of(ordered[0]) not in begins:
        last = before.statements[-1]
        breaks.insert(0, Break(ordered[0], last, ordered[0].from_date <= last.to_date))
    return Link(tuple(ordered), tuple(breaks))


def _in_order(
    statements: Sequence[StatementRecord], begins: Collection[Cents], after: Collection[Cents]
) -> list[StatementRecord]:
    """Every statement once, each after one that ends where it begins, as far as there is such an order."""
    leaving: dict[Cents, list[StatementRecord]] = defaultdict(list)
    for statement in sorted(statements, key=_natural_order):
        leaving[opening_of(statement)].append(statement)
    ordered: list[StatementRecord] = []
    while left := [statement for held in leaving.values() for statement in held]:
        ordered += _walk(leaving, _start(left, begins, after))
    return ordered


def _walk(leaving: dict[Cents, list[StatementRecord]], start: Cents) -> list[StatementRecord]:
    """What can be reached from a balance, in an order without a break if there is one (Hierholzer)."""
    walked: list[StatementRecord] = []
    stack: list[tuple[Cents, StatementRecord | None]] = [(start, None)]
    while stack:
        balance, came = stack[-1]
        if leaving[balance]:
            following = leaving[balance].pop()
            stack.append((closing_of(following), following))
        else:
            stack.pop()
            walked += [came] if came else []
    return walked[::-1]


def _start(statements: Sequence[StatementRecord], begins: Collection[Cents], after: Collection[Cents]) -> Cents:
    """The balance to begin with: known from the day before, or left more often than reached, or reached at the end."""
    surplus = Counter(map(opening_of, statements))
    surplus.subtract(map(closing_of, statements))
    openings = [opening_of(statement) for statement in sorted(statements, key=_natural_order)]
    left_more = [cents for cents in openings if surplus[cents] > 0]
    known = [cents for cents in openings if cents in begins]
    best = [cents for cents in known if cents in left_more] or known or left_more
    return (best or [cents for cents in openings if cents in after] or openings)[0]


def _covers_better(other: StatementRecord, record: StatementRecord) -> bool:
    overlaps = other.from_date <= record.to_date and record.from_date <= other.to_date
    return overlaps and PREFERRED.index(other.channel) < PREFERRED.index(record.channel)


def _joins(last: StatementRecord, one: StatementRecord) -> bool:
    return closing_of(last) == opening_of(one)


def _overlap(one: StatementRecord, other: StatementRecord) -> bool:
    """Whether two statements with one last day tell of the same: days before it, a balance, or equal sums."""
    sums = (one.credits_cents, one.debits_cents)
    return (
        min(one.from_date, other.from_date) < one.to_date
        or opening_of(one) == opening_of(other)
        or closing_of(one) == closing_of(other)
        or (sums != (0, 0) and sums == (other.credits_cents, other.debits_cents))
    )


def _last_day(statement: StatementRecord) -> str:
    return statement.to_date.isoformat()


def _natural_order(statement: StatementRecord) -> tuple[object, ...]:
    """For want of balances that decide: by the bank's own numbers, S9 before S10."""
    numbered = (_natural(statement.sequence or ""), _natural(statement.statement_id), _natural(statement.name))
    return (statement.from_date, *numbered)


def _natural(text: str) -> list[str | int]:
    return [int(part) if index % 2 else part for index, part in enumerate(_DIGITS.split(text))]
