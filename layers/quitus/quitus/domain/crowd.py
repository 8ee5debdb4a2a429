"""The rows of one bucket: which of them a report may be, and whether they explain all that was reported. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from quitus.domain.explaining import explained, movements_told
from quitus.domain.identity import BY_PERSON, Evidence, Known, Report


class _Tally:
    """Rows of one kind, a lease's or returns, held against how often each channel tells of the kind."""

    def __init__(self) -> None:
        self.rows: dict[int, None] = {}
        """In the order in which they were found to be of the kind."""
        self.told: Counter[str] = Counter()
        self.reports: list[Report] = []
        """What channels told of the kind."""

    def tell(self, report: Report) -> None:
        """A channel tells of the kind."""
        self.told[report.channel] += 1
        self.reports.append(report)

    def explains(self, report: Report) -> bool:
        """Whether the rows can be all that channels told of the kind, this report too."""
        return self.exceeds(report.channel) and explained([*self.reports, report], len(self.rows))

    @property
    def is_short(self) -> bool:
        """Whether some channel tells of more than there are rows."""
        return max(self.told.values(), default=0) > len(self.rows)

    def exceeds(self, channel: str) -> bool:
        """Whether there are more rows than the channel told of."""
        return self.told[channel] < len(self.rows)

    def has_room(self, channel: str) -> bool:
        """Whether one more word of the channel's lets one more row be of the kind."""
        return max((*self.told.values(), self.told[channel] + 1)) > len(self.rows)


class Crowd:
    """The rows of a bucket, found by what reports say of them."""

    def __init__(self, rows: Iterable[Known] = ()) -> None:
        self.rows: dict[int, Known] = {}
        self._named: dict[tuple[str, str, str], int] = {}
        self._by_evidence: dict[tuple[Evidence, str], list[int]] = {}
        self._told: Counter[str] = Counter()
        self._leases: dict[str, _Tally] = {}
        self._short: set[str] = set()
        """The leases of which the tally is short."""
        self._returns = _Tally()
        for known in _with_room(list(rows)):
            self.rows[known.ordinal] = known
            if known.decided is not None:
                self._put_on(known.decided, known.ordinal)
            if known.turned:
                self._returns.rows[known.ordinal] = None
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
            if is_same and self._leaves_room_on_lease(known, report):
                return known
        return None

    def free(self, report: Report) -> Known | None:
        """A row that the report may be for all that is known; one on no lease first, for a return one told as such."""
        if self._told[report.channel] >= len(self.rows):
            return None
        rows: Iterable[Known] = self._unplaced_first(report)
        if report.takes_back:
            rows = chain((self.rows[number] for number in self._returns.rows), rows)
        return next(
            (known for known in rows if known.may_be(report) and self._leaves_room_on_lease(known, report)), None
        )

    def certain_return(self, report: Report) -> Known | None:
        """The row of which a report of a return speaks: the only one that it may be, or any of several that say of
        nobody whose they are.
        """
        if not report.takes_back:
            return None
        returns = [known for number in self._returns.rows if (known := self.rows[number]).may_be(report)]
        is_certain = len(returns) == 1 or not any(known.names_somebody for known in returns)
        return next((known for known in returns if is_certain and self._leaves_room_on_lease(known, report)), None)

    def unspoken(self, report: Report) -> Known | None:
        """A row of which the report's channel has not spoken, whatever it is; one on no lease first."""
        rows = self._unplaced_first(report)
        return next((known for known in rows if not known.reported_by(report.channel)), None)

    def is_counted(self, report: Report) -> bool:
        """Whether its row is there already, though its channel spoke of that without saying so: the lease that it
        names, or the returns, have more rows than the channel told of.
        """
        return self._is_counted_return(report) or self._is_counted_on_lease(report)

    def _is_counted_return(self, report: Report) -> bool:
        if not report.takes_back or not self._returns.exceeds(report.channel):
            return False
        return any(_may_be_return(self.rows[number], report) for number in self._returns.rows)

    def _is_counted_on_lease(self, report: Report) -> bool:
        return report.lease_iban in self._leases and self._leases[report.lease_iban].explains(report)

    def place(self, lease_iban: str | None) -> int | None:
        """Put a row on this lease, if some channel names the lease more often than rows are on it: its ordinal."""
        if lease_iban not in self._short:
            return None
        ordinal = self._unplaced
        if ordinal is not None:
            self.rows[ordinal] = replace(self.rows[ordinal], decided=lease_iban)
            self._put_on(lease_iban, ordinal)
        return ordinal

    def turn(self, first: int) -> int | None:
        """Where some channel tells of more returns than there are rows of, make one more of a row of which nothing is
        said, of `first` if it is such: its ordinal.
        """
        ordinal = self._unsaid(first) if self._returns.is_short else None
        if ordinal is not None:
            self.rows[ordinal] = replace(self.rows[ordinal], turned=True)
            self._returns.rows[ordinal] = None
        return ordinal

    def has_room(self, report: Report) -> bool:
        """Whether a report, where it tells of a return, finds a row: one that is a return already, or one of which
        nothing is said.
        """
        is_there = not report.takes_back or self._returns.exceeds(report.channel)
        return is_there or self._unsaid(min(self.rows)) is not None

    @property
    def has_row_to_place(self) -> bool:
        """Whether a row that is on no lease must be one's that channels name more often than rows are on it."""
        return bool(self._short) and self._unplaced is not None

    @property
    def leases_told(self) -> list[str]:
        """The virtual IBANs of the leases that any report names."""
        return sorted(lease_iban for lease_iban, tally in self._leases.items() if tally.told)

    def may_go_to(self, lease_iban: str, ordinal: int) -> bool:
        """Whether the row is one of the lease's, or may be: some channel names the lease more often than rows are on
        it.
        """
        return lease_iban in self._short or ordinal in self._leases.get(lease_iban, _Tally()).rows

    def suffices(self, report: Report) -> bool:
        """Whether the rows can explain this report too, together with all others."""
        if self._told[report.channel] >= len(self.rows):
            return False
        reports = [*(held for known in self.rows.values() for held in known.reports), report]
        return explained(reports, len(self.rows))

    def _leaves_room_on_lease(self, known: Known, report: Report) -> bool:
        """Whether the report may put the row on its lease: only while channels name the lease more often than that."""
        if report.lease_iban is None or known.lease_iban is not None:
            return True
        return self._leases.get(report.lease_iban, _Tally()).has_room(report.channel)

    def _unsaid(self, first: int) -> int | None:
        """A row of which nothing says whether it takes a payment back, this one first."""
        return next((number for number in (first, *sorted(self.rows)) if self.rows[number].takes_back is None), None)

    @property
    def _unplaced(self) -> int | None:
        return next((number for number in sorted(self.rows) if _is_unplaced(self.rows[number])), None)

    def _put_on(self, lease_iban: str, ordinal: int) -> None:
        self._leases.setdefault(lease_iban, _Tally()).rows[ordinal] = None
        self._recount(lease_iban)

    def _recount(self, lease_iban: str) -> None:
        if self._leases[lease_iban].is_short:
            self._short.add(lease_iban)
        else:
            self._short.discard(lease_iban)

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
            self._returns.tell(report)
            if not report.exchanged:
                self._returns.rows[ordinal] = None
        if report.lease_iban:
            self._leases.setdefault(report.lease_iban, _Tally()).tell(report)
            self._recount(report.lease_iban)
            if not report.exchanged and not self._is_elsewhere(ordinal, report.lease_iban):
                self._put_on(report.lease_iban, ordinal)
        if report.exchanged:
            return
        for evidence in Evidence:
            for name in _names(evidence, report):
                self._by_evidence.setdefault((evidence, name), []).append(ordinal)


def _with_room(rows: list[Known]) -> list[Known]:
    """The rows of a bucket, where a claim for a lease counts only while the lease lacks rows without it: of two
    channels that told its money at once, one claimed what it took for the lease's while the other began what is. Rows
    that were put on the lease come first, then what a person decided, then what is older.
    """
    claims = [known for known in rows if known.claimed_for]
    if not claims:
        return rows
    told: dict[str | None, list[Report]] = {}
    for held in chain.from_iterable(known.reports for known in rows):
        told.setdefault(held.lease_iban, []).append(held)
    put, claimed = Counter(known.put_on for known in rows), {name for known in claims for name in known.claimed_for}
    room = {lease_iban: movements_told(told[lease_iban]) - put[lease_iban] for lease_iban in claimed}
    kept = dict[int, Known]()
    for known in sorted(claims, key=lambda known: (known.decided is None, known.ordinal)):
        its = next((lease_iban for lease_iban in known.claimed_for if room[lease_iban] > 0), None)
        if its is not None:
            room[its] -= 1
        kept[known.ordinal] = known if known.claimed_for == (its,) else known.claimed_only_for(its)
    return [kept.get(known.ordinal, known) for known in rows]


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
