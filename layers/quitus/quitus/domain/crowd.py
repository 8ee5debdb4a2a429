"""The rows of one bucket: which of them a report may be, and whether they explain all that was reported. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations

from quitus.domain.identity import BY_PERSON, Evidence, Known, Report

_SEARCHED = 24
"""Beyond so many groups only the counts decide."""
_STEPS = 2000
_COMPARED = 2500
"""Pairs of reports of two channels that are compared one by one; beyond, the smaller side is taken to fit."""


class Crowd:
    """The rows of a bucket, found by what reports say of them."""

    def __init__(self, rows: Iterable[Known] = ()) -> None:
        self.rows: dict[int, Known] = {}
        self._named: dict[tuple[str, str, str], int] = {}
        self._by_evidence: dict[tuple[Evidence, str], list[int]] = {}
        self._told: Counter[str] = Counter()
        self._leases_told: dict[str, Counter[str]] = {}
        self._on_lease: dict[str, set[int]] = {}
        self._returns: dict[int, None] = {}
        """The rows that take a payment back, in the order in which that was told."""
        self._returns_told: Counter[str] = Counter()
        self._short: set[str] = set()
        """The leases that some channel names more often than rows are on them."""
        for known in rows:
            self.rows[known.ordinal] = known
            if known.decided is not None:
                self._put_on(known.decided, known.ordinal)
            if known.turned:
                self._returns[known.ordinal] = None
            for report in known.reports:
                self._index(known.ordinal, report)

    def add(self, known: Known, report: Report) -> None:
        """Keep a row that is new, or stands for one more report."""
        self.rows[known.ordinal] = known
        self._index(known.ordinal, report)

    def named(self, report: Report) -> tuple[Known, Report] | None:
        """The row that holds this very report, and the report as it stands for it."""
        ordinal = self._named.get(report.name)
        if ordinal is None:
            return None
        known = self.rows[ordinal]
        return known, next(held for held in known.reports if held.name == report.name)

    def told(self, report: Report) -> Known | None:
        """The row that the report's channel told before, under the same bank reference."""
        ordinals = self._sharing(Evidence.REFERENCE, report)
        return next((self.rows[number] for number in ordinals if self.rows[number].told_by(report)), None)

    def like(self, evidence: Evidence, report: Report) -> Known | None:
        """The first row that the report may be and shares the evidence with; a reference outweighs an end-to-end id."""
        for ordinal in self._sharing(evidence, report):
            known = self.rows[ordinal]
            is_same = known.may_be(report) or (evidence is Evidence.REFERENCE and _is_referred(known, report))
            if is_same and self._may_place(known, report):
                return known
        return None

    def free(self, report: Report) -> Known | None:
        """A row that the report may be for all that is known; one on no lease first, for a return one told as such."""
        if self._told[report.channel] >= len(self.rows):
            return None
        rows: Iterable[Known] = self._unplaced_first(report)
        if report.takes_back:
            rows = chain((self.rows[number] for number in self._returns), rows)
        return next((known for known in rows if known.may_be(report) and self._may_place(known, report)), None)

    def unspoken(self, report: Report) -> Known | None:
        """A row of which the report's channel has not spoken, whatever it is; one on no lease first."""
        rows = self._unplaced_first(report)
        return next((known for known in rows if not known.reported_by(report.channel)), None)

    def is_counted(self, report: Report) -> bool:
        """Whether the lease that it names has its rows already, or the returns have theirs, where it tells of one: its
        channel spoke of them without saying so.
        """
        if report.takes_back and self._returns_told[report.channel] < len(self._returns):
            return any(_may_be_return(self.rows[number], report) for number in self._returns)
        if report.lease_iban is None:
            return False
        told = self._leases_told.get(report.lease_iban, Counter())
        return told[report.channel] < self._placed(report.lease_iban)

    def place(self, lease_iban: str | None) -> int | None:
        """Put a row on this lease, if some channel names the lease more often than rows are on it: its ordinal."""
        if lease_iban not in self._short:
            return None
        ordinal = self._unplaced
        if ordinal is not None:
            self.rows[ordinal] = replace(self.rows[ordinal], decided=lease_iban)
            self._put_on(lease_iban, ordinal)
        return ordinal

    @property
    def lacks_return(self) -> bool:
        """Whether some channel tells of more returns than there are rows of them."""
        return max(self._returns_told.values(), default=0) > len(self._returns)

    def turn(self, first: int) -> int | None:
        """If a return has no row yet, make it one of which nothing said what it is, this one first: its ordinal."""
        ordinal = self._unsaid(first) if self.lacks_return else None
        if ordinal is not None:
            self.rows[ordinal] = replace(self.rows[ordinal], turned=True)
            self._returns[ordinal] = None
        return ordinal

    def has_room(self, report: Report) -> bool:
        """Whether the rows hold one more return of the report's channel, if it tells of one, or may."""
        enough = not report.takes_back or self._returns_told[report.channel] < len(self._returns)
        return enough or self._unsaid(min(self.rows)) is not None

    @property
    def may_place(self) -> bool:
        """Whether a row that is on no lease must be one's that channels name more often than rows are on it."""
        return bool(self._short) and self._unplaced is not None

    @property
    def leases_told(self) -> list[str]:
        """The virtual IBANs of the leases that any report names."""
        return sorted(self._leases_told)

    def suffices(self, report: Report) -> bool:
        """Whether the rows can explain this report too, together with all others."""
        if self._told[report.channel] >= len(self.rows):
            return False
        reports = [*(held for known in self.rows.values() for held in known.reports), report]
        return explained(reports, len(self.rows))

    def _may_place(self, known: Known, report: Report) -> bool:
        """Whether the report may put the row on its lease: only while channels name the lease more often than that."""
        if report.lease_iban is None or known.lease_iban is not None:
            return True
        told = self._leases_told.get(report.lease_iban, Counter())
        most = max((*told.values(), told[report.channel] + 1))
        return most > self._placed(report.lease_iban)

    def _unsaid(self, first: int) -> int | None:
        """A row of which nothing says whether it takes a payment back, this one first."""
        return next((number for number in (first, *sorted(self.rows)) if self.rows[number].takes_back is None), None)

    @property
    def _unplaced(self) -> int | None:
        return next((number for number in sorted(self.rows) if _is_unplaced(self.rows[number])), None)

    def _put_on(self, lease_iban: str, ordinal: int) -> None:
        self._on_lease.setdefault(lease_iban, set()).add(ordinal)
        self._recount(lease_iban)

    def _recount(self, lease_iban: str) -> None:
        most = max(self._leases_told.get(lease_iban, Counter()).values(), default=0)
        (self._short.add if most > self._placed(lease_iban) else self._short.discard)(lease_iban)

    def _placed(self, lease_iban: str) -> int:
        return len(self._on_lease.get(lease_iban, ()))

    def _unplaced_first(self, report: Report) -> Iterator[Known]:
        if report.lease_iban:
            yield from self.rows.values()
            return
        for placed in (False, True):
            yield from (known for known in self.rows.values() if (known.lease_iban is not None) is placed)

    def _sharing(self, evidence: Evidence, report: Report) -> Iterable[int]:
        found = (number for name in _names(evidence, report) for number in self._by_evidence.get((evidence, name), ()))
        return dict.fromkeys(found)

    def _is_elsewhere(self, ordinal: int, lease_iban: str) -> bool:
        """Whether the count put the row on another lease before a report said by reference that it is of this one: then
        this one has its money in another row. Where a person put it, it is this one's money all the same.
        """
        return self.rows[ordinal].decided not in (None, BY_PERSON, lease_iban)

    def _index(self, ordinal: int, report: Report) -> None:
        self._named[report.name] = ordinal
        self._told[report.channel] += 1
        if report.takes_back:
            self._returns_told[report.channel] += 1
            if not report.exchanged:
                self._returns[ordinal] = None
        if report.lease_iban:
            self._leases_told.setdefault(report.lease_iban, Counter())[report.channel] += 1
            self._recount(report.lease_iban)
            if not report.exchanged and not self._is_elsewhere(ordinal, report.lease_iban):
                self._put_on(report.lease_iban, ordinal)
        if report.exchanged:
            return
        for evidence in Evidence:
            for name in _names(evidence, report):
                self._by_evidence.setdefault((evidence, name), []).append(ordinal)


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


def _may_be_return(known: Known, report: Report) -> bool:
    """Whether a return that is told may be the one of this row, by what calls it one."""
    return not any(report.contradicts(held) for held in known.evidence if held.takes_back)


def _is_unplaced(known: Known) -> bool:
    return known.lease_iban is None and not any(report.is_total for report in known.evidence)


def _is_referred(known: Known, report: Report) -> bool:
    if known.reported_by(report.channel):
        return False
    return not any(map(report.names_another_lease, known.evidence))


def _names(evidence: Evidence, report: Report) -> Iterable[str]:
    match evidence:
        case Evidence.REFERENCE:
            return sorted(report.references)
        case Evidence.END_TO_END:
            return filter(None, (report.end_to_end_id,))
        case Evidence.VIRTUAL_IBAN:
            return dict.fromkeys(filter(None, (report.lease_iban, report.virtual_iban)))
        case Evidence.PAYER:
            return filter(None, (report.payer,))
    return ()
