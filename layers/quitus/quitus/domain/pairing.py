"""Pairing: what an incoming report is to the rows already known. Pure; `identity` says what makes two reports the same
money, `crowd` how many movements there must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from quitus.domain.crowd import Crowd
from quitus.domain.identity import NAMING, Bucket, Evidence, Known, Report


class Verdict(StrEnum):
    """What an incoming report is."""

    NEW = "new"
    """A movement never seen: it gets a row."""
    SAME = "same"
    """Another channel's word for a known row: the row is claimed, nothing is posted."""
    REPLAY = "replay"
    """The very report that a row already holds: nothing happens."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The verdict on one report, and the row concerned."""

    verdict: Verdict
    bucket: Bucket
    ordinal: int
    exchanged: bool = False
    """The report stands for the row by count alone."""
    about: int | None = None
    """The row of the bucket that, by count, must be of the lease that the report names, though no report that stands
    for it says so.
    """
    has_row_to_place: bool = False
    """The report names no lease, and some row of the bucket must be of one that others named."""
    turned: int | None = None
    """The row of the bucket of which nothing said so before, and which now takes a payment back. A debit's row: it is
    on no lease, hence never renumbered, nor new in the same plan.
    """
    plain: bool = False
    """It begins a row by count, of a debit that is no return, though the report tells of one."""


class Telling(Protocol):
    """A movement whose report is made on demand."""

    @property
    def report(self) -> Report:
        """What it says of its identity."""
        ...


def renumbered(pairings: Sequence[Pairing], order: Sequence[int]) -> list[Pairing]:
    """The pairings with the ordinals of their new rows in this order (indexes of pairings), bucket by bucket.

    Rows are written in that order, in one transaction or several: each then begins with the ordinal next to what is
    there, so that of two writers who know as much of a bucket one fails, and looks again.
    """
    free: dict[Bucket, list[int]] = {}
    for pairing in pairings:
        if pairing.verdict is Verdict.NEW:
            free.setdefault(pairing.bucket, []).append(pairing.ordinal)
    numbers = {bucket: iter(sorted(ordinals)) for bucket, ordinals in free.items()}
    fresh = [pairings[index] for index in order if pairings[index].verdict is Verdict.NEW]
    now = {(pairing.bucket, pairing.ordinal): next(numbers[pairing.bucket]) for pairing in fresh}
    return [_moved(pairing, now) for pairing in pairings]


def _moved(pairing: Pairing, now: Mapping[tuple[Bucket, int], int]) -> Pairing:
    ordinal = now.get((pairing.bucket, pairing.ordinal), pairing.ordinal)
    about = None if pairing.about is None else now.get((pairing.bucket, pairing.about), pairing.about)
    unmoved = (ordinal, about) == (pairing.ordinal, pairing.about)
    return pairing if unmoved else replace(pairing, ordinal=ordinal, about=about)


class Register:
    """The known rows of the buckets in question; grows as reports are paired."""

    def __init__(self, rows: Mapping[Bucket, Iterable[Known]] | None = None) -> None:
        self._crowds = {bucket: Crowd(known) for bucket, known in (rows or {}).items()}
        self._alone: dict[Bucket, Telling] = {}
        """What the first row of a bucket is told by of which nothing was asked since: most of them, always. Its report
        is made once it is compared with another."""
        self._told = {(bucket.account, bucket.amount_cents) for bucket in self._crowds}
        """The amounts, by account, that there is anything of."""

    def of(self, bucket: Bucket) -> list[Known]:
        """The rows of a bucket, by ordinal."""
        return sorted(self._crowd(bucket).rows.values(), key=lambda known: known.ordinal)

    def by_count(self, bucket: Bucket) -> Mapping[str, int]:
        """By the virtual IBAN of a lease that channels name more often than rows are on it, a row on no lease: it must
        be of that lease, though no report that stands for it says so.
        """
        crowd = self._crowd(bucket)
        placed = ((iban, crowd.place(iban)) for iban in crowd.leases_told)
        return {iban: ordinal for iban, ordinal in placed if ordinal is not None}

    def may_go_to(self, lease_iban: str, bucket: Bucket, ordinal: int) -> bool:
        """Whether a row is a lease's or may be, and not only claimed for it by one of several who told at once."""
        return self._crowd(bucket).may_go_to(lease_iban, ordinal)

    def first(self, bucket: Bucket, telling: Telling) -> Pairing | None:
        """A new row for the only movement told of a bucket, if nothing is there to compare it with; else None."""
        if self._near(bucket):
            return None
        self._alone[bucket] = telling
        self._told.add((bucket.account, bucket.amount_cents))
        return Pairing(Verdict.NEW, bucket, 1)

    def pair(self, bucket: Bucket, reports: Sequence[Report]) -> list[Pairing]:
        """Pair the reports of one bucket, strongest evidence first over all of them; the result is in their order."""
        found: dict[int, Pairing] = {}
        for index, report in enumerate(reports):
            if replayed := self._replayed(bucket, report):
                found[index] = replayed
        for evidence in NAMING:
            for index, report in enumerate(reports):
                if index not in found and (known := self._like(bucket, evidence, report)):
                    found[index] = self._claim(known, report)
        for index, report in enumerate(reports):
            if index not in found:
                found[index] = self._left_over(bucket, report)
        return [self._placed(found[index], report) for index, report in enumerate(reports)]

    def _placed(self, pairing: Pairing, report: Report) -> Pairing:
        """Once all reports are paired, every lease has as many rows as a channel names it."""
        crowd = self._crowd(pairing.bucket)
        is_credit = pairing.bucket.amount_cents > 0
        about = crowd.place(report.lease_iban) if is_credit else None
        has_row = is_credit and report.lease_iban is None and crowd.has_row_to_place
        unchanged = (about, has_row) == (pairing.about, pairing.has_row_to_place)
        return pairing if unchanged else replace(pairing, about=about, has_row_to_place=has_row)

    def _left_over(self, bucket: Bucket, report: Report) -> Pairing:
        """Without evidence for a free row: another free one, or by count alone, or a new one if there must be one."""
        crowd = self._crowd(bucket)
        if known := crowd.certain_return(report):
            return self._claim(known, report)
        if crowd.is_counted(report):
            return self._exchange(bucket, report)
        known = crowd.free(report)
        if known is not None:
            return self._claim(known, report)
        is_enough = crowd.suffices(report) and crowd.has_room(report)
        return self._exchange(bucket, report) if is_enough else self._add(bucket, report)

    def _exchange(self, bucket: Bucket, report: Report) -> Pairing:
        crowd, told = self._crowd(bucket), replace(report, exchanged=True)
        known = crowd.unspoken(told)
        if known is not None:
            return replace(self._claim(known, told), exchanged=True)
        begun = self._add(bucket, told)
        is_return = report.takes_back and crowd.turn(begun.ordinal) is not None
        return replace(begun, exchanged=True, plain=bool(report.takes_back) and not is_return)

    def _crowd(self, bucket: Bucket) -> Crowd:
        if bucket not in self._crowds:
            alone = self._alone.pop(bucket, None)
            self._crowds[bucket] = Crowd(() if alone is None else (Known(bucket, 1, (alone.report,)),))
            self._told.add((bucket.account, bucket.amount_cents))
        return self._crowds[bucket]

    def _replayed(self, bucket: Bucket, report: Report) -> Pairing | None:
        for crowd in self._near(bucket):
            if held := crowd.named(report):
                known, told = held
                return Pairing(Verdict.REPLAY, known.bucket, known.ordinal, told.exchanged)
        before = self._crowd(bucket).told(report)
        return None if before is None else Pairing(Verdict.REPLAY, before.bucket, before.ordinal)

    def _like(self, bucket: Bucket, evidence: Evidence, report: Report) -> Known | None:
        """Only a shared reference pairs across neighbouring days."""
        shared = evidence in (Evidence.REFERENCE, Evidence.END_TO_END)
        crowds = self._near(bucket) if shared else [self._crowd(bucket)]
        return next((known for crowd in crowds if (known := crowd.like(evidence, report))), None)

    def _near(self, bucket: Bucket) -> list[Crowd]:
        if (bucket.account, bucket.amount_cents) not in self._told:
            return []
        days = (bucket, *bucket.neighbours())
        return [self._crowd(day) for day in days if day in self._crowds or day in self._alone]

    def _claim(self, known: Known, report: Report) -> Pairing:
        crowd = self._crowd(known.bucket)
        crowd.add(known.with_report(report), report)
        is_turned = report.takes_back and known.takes_back is None and not report.exchanged
        turned = known.ordinal if is_turned else crowd.turn(known.ordinal)
        return Pairing(Verdict.SAME, known.bucket, known.ordinal, turned=turned)

    def _add(self, bucket: Bucket, report: Report) -> Pairing:
        crowd = self._crowd(bucket)
        ordinal = max(crowd.rows, default=0) + 1
        crowd.add(Known(bucket, ordinal, (report,)), report)
        return Pairing(Verdict.NEW, bucket, ordinal)
