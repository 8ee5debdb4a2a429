"""Whether so many movements explain all that channels report of a bucket: a search, bounded. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from quitus.domain.identity import Report

_SEARCHED = 24
"""Beyond so many groups only the counts decide."""
_STEPS = 2000
_COMPARED = 2500
"""Pairs of reports of two channels that are compared one by one; beyond, the smaller side is taken to fit."""


def explained(reports: Sequence[Report], movements: int) -> bool:
    """Whether so many movements can be all that these reports tell of: each channel speaks of each once, reports that
    share a bank reference are one, and none contradicts another.

    Where the search would take too long, any two channels alone must be explained; then the answer is yes: no row is
    begun on a doubt, and the count of a further report decides.
    """
    channels = Counter(report.channel for report in reports)
    if max(channels.values(), default=0) > movements or _leases_named(reports) > movements:
        return False
    groups = _linked(reports)
    if len(groups) > _SEARCHED:
        return _least(reports) <= movements
    order = sorted(groups, key=lambda group: (-len(group), min(report.lease_iban or "~" for report in group)))
    return _Search(order, movements).found()


def movements_told(reports: Sequence[Report]) -> int:
    """How many movements there are at least that explain what channels report."""
    most = max(Counter(report.channel for report in reports).values(), default=0)
    return next(count for count in range(most, len(reports) + 1) if explained(reports, count))


def _least(reports: Iterable[Report]) -> int:
    """How many movements there are at least, by what any two channels say: of each movement, each speaks once."""
    by_channel: dict[str, list[Report]] = {}
    for report in reports:
        by_channel.setdefault(report.channel, []).append(report)
    pairs = combinations(by_channel.values(), 2)
    return max((len(one) + len(other) - _most_pairs(one, other) for one, other in pairs), default=0)


def _most_pairs(one: Sequence[Report], other: Sequence[Report]) -> int:
    """How many reports of two channels can be of the same movements, at most (Kuhn's bipartite matching)."""
    small, large = sorted((one, other), key=len)
    if len(small) * len(large) > _COMPARED:
        return len(small)
    friends = [[at for at, held in enumerate(large) if _may_be_one(held, report)] for report in small]
    taken: dict[int, int] = {}

    def place(index: int, seen: set[int]) -> bool:
        for at in friends[index]:
            if at not in seen:
                seen.add(at)
                if at not in taken or place(taken[at], seen):
                    taken[at] = index
                    return True
        return False

    return sum(place(index, set()) for index in range(len(small)))


class _Search:
    """Groups of reports into movements, one after the other, back when one finds no place."""

    def __init__(self, groups: Sequence[list[Report]], movements: int) -> None:
        self._groups, self._movements = groups, movements
        self._placed: list[list[Report]] = []
        self._steps = 0

    def found(self, at: int = 0) -> bool:
        """Whether all groups from `at` on find a place."""
        self._steps += 1
        if at == len(self._groups) or self._steps > _STEPS:
            return True
        group = self._groups[at]
        for movement in self._placed:
            if not _may_join(movement, group):
                continue
            movement.extend(group)
            if self.found(at + 1):
                return True
            del movement[-len(group) :]
        if len(self._placed) == self._movements:
            return False
        self._placed.append(list(group))
        if self.found(at + 1):
            return True
        self._placed.pop()
        return False


def _leases_named(reports: Iterable[Report]) -> int:
    """How many movements there are at least, by the leases that channels name."""
    named = Counter((report.lease_iban, report.channel) for report in reports if report.lease_iban)
    most: Counter[str] = Counter()
    for (lease_iban, _), count in named.items():
        most[lease_iban or ""] = max(most[lease_iban or ""], count)
    return most.total()


def _linked(reports: Iterable[Report]) -> list[list[Report]]:
    """Reports of different channels that share a bank reference, together."""
    groups: list[list[Report]] = []
    for report in reports:
        joined = next((group for group in groups if report.references and _is_same(group, report)), None)
        if joined is None:
            groups.append([report])
        else:
            joined.append(report)
    return groups


def _is_same(group: Sequence[Report], report: Report) -> bool:
    return any(held.references & report.references for held in group) and not any(
        held.channel == report.channel or held.names_another_lease(report) for held in group
    )


def _may_join(movement: Sequence[Report], group: Sequence[Report]) -> bool:
    return not any(one.channel == other.channel or one.contradicts(other) for one in movement for other in group)


def _may_be_one(one: Report, other: Report) -> bool:
    return bool(one.references & other.references) or not one.contradicts(other)
