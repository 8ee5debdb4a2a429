"""Whether the closing statements of an account go on from each other, in whatever formats they tell of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from quitus.services.registry import StatementRecord
from quitus.services.statement_chain import PREFERRED, Break, Link, best, chained, link, opening_of

type _Days = Mapping[date, Sequence[StatementRecord]]
"""Closing statements by last day."""


def touched(day: date, statements: Sequence[StatementRecord]) -> set[date]:
    """The last days of closing statements that those of a day may join, part or hide: that day, the next one, and later
    ones whose statements tell of these days too; before it, the days of which its own statements tell. The day may have
    none: of two statements of a file with one name and day the last is kept, which may lack a balance.
    """
    days = _by_last_day(statements)
    begins = min((held.from_date for held in days.get(day, ())), default=day)
    following = min((last for last in days if last > day), default=day)
    return {last for last, held in days.items() if begins <= last <= following or _first_day(held) <= following < last}


def continuity(
    first: date, last_days: Collection[date], statements: Sequence[StatementRecord]
) -> Iterator[tuple[StatementRecord, Break | None]]:
    """The closing statements of some last days, each with its break if it has one; before the first day only those that
    surely have none.

    `statements` are all of the account around that day. Each begins where those before it ended, of any channel; what a
    better channel tells of too breaks nothing, as in the proof.
    """
    days = _by_last_day(statements)
    standing = _by_last_day(best(statements))
    for last in last_days:
        group = standing.get(last, ())
        breaks = link(group, _before(last, group, days)).breaks if group and last >= first else ()
        broken = {found.statement.key: found for found in breaks}
        for statement in days.get(last, ()):
            if last >= first or statement not in group:
                yield statement, broken.get(statement.key)


def _by_last_day(statements: Sequence[StatementRecord]) -> _Days:
    days: dict[date, list[StatementRecord]] = defaultdict(list)
    for statement in statements:
        days[statement.to_date].append(statement)
    return dict(days)


def _before(day: date, group: Sequence[StatementRecord], days: _Days) -> Link | None:
    """What statements with one last day go on from: they begin where it ended, or should. Usually it is of the last day
    before, of any channel; where they tell of that day too, and their own channel does not end on it, of a day before.
    """
    openings, begins = set(map(opening_of, group)), _first_day(group)
    for last in sorted((held for held in days if held < day), reverse=True):
        links = _links(days[last])
        joined = [one for one in links.values() if openings & one.endings]
        own = links.get(group[0].channel)
        if joined or own or last < begins:
            return next(chain(joined, [own] if own else links.values()))
    return None


def _links(statements: Sequence[StatementRecord]) -> dict[str, Link]:
    """Statements with one last day in the order of their balances, by channel, the best first."""
    told = {channel: [held for held in statements if held.channel == channel] for channel in PREFERRED}
    return {channel: chained(held)[0] for channel, held in told.items() if held}


def _first_day(statements: Sequence[StatementRecord]) -> date:
    return min(held.from_date for held in statements)
