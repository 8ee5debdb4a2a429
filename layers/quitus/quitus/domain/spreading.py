"""A late adjustment paid in parts: on the tenant's request a due is spread over dated lines (law 89-462 art. 23).

The due itself then calls nothing, and remembers what the ERP calls it; its lines call the parts. Asking never makes the
tenant late: no line is due before the day of the request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from quitus.domain.calendar import months_after
from quitus.domain.lease import Due, Spread

MOST_LINES = 24
"""All lines are written in one transaction, each with the row that says whose it is."""

_LONGEST_ID = 64


def monthly(first: date, count: int) -> tuple[date, ...]:
    """Days a month apart; months without that day have their last one."""
    return tuple(months_after(first, month) for month in range(count))


def days_asked_for(called: Due, held: Due) -> tuple[date, ...]:
    """The days of the lines that a due has, or had until it was cancelled: these hold when it is called again, unless
    it is called for a later day than the first of them.
    """
    if held.spread is None:
        return ()
    is_called_again = not held.called.amount_cents
    return () if is_called_again and held.spread.days[0] < called.due_date else held.spread.days


def spread_over(called: Due, held: Due, days: tuple[date, ...], known: Mapping[str, Due]) -> tuple[Due, ...]:
    """The due and its lines, so many as there are days; lines that it had beyond these call nothing any more.

    `called` is the due as the ERP calls it, `held` as it stands, `known` are the dues that exist: a line stays
    acknowledged. Without days, or below zero, it has no lines; one that is cancelled keeps them, should it be called
    again.
    """
    if called.amount_cents < 0:
        days = ()
    spread = replace(called, amount_cents=0, spread=Spread(called.amount_cents, days)) if days else called
    lines = tuple(_lines(called, days))
    beyond = () if held.spread is None else tuple(_lines(called, held.spread.days))[len(lines) :]
    every = (*lines, *(replace(line, amount_cents=0) for line in beyond))
    return (spread, *(_acknowledged(line, known) for line in every))


def _acknowledged(line: Due, known: Mapping[str, Due]) -> Due:
    held = known.get(line.due_id)
    return line if held is None else replace(line, acknowledged_on=held.acknowledged_on or line.acknowledged_on)


def lines_of(due: Due) -> tuple[Due, ...]:
    """The lines of a due that is spread, as it spread them."""
    return () if due.spread is None else tuple(_lines(due.called, due.spread.days))


def _lines(called: Due, days: tuple[date, ...]) -> Iterator[Due]:
    """Equal parts; the cents that are left are on the first lines."""
    for index, day in enumerate(days):
        part, left = divmod(called.amount_cents, len(days))
        ending = f".{index + 1:02d}"
        yield replace(
            called,
            due_id=f"{called.due_id[: _LONGEST_ID - len(ending)]}{ending}",
            period=f"{day:%Y-%m}",
            due_date=day,
            amount_cents=part + (index < left),
            label=f"{index + 1}/{len(days)}",
            line_of=called.due_id,
        )
