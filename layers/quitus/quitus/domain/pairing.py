"""Pairing: what an incoming report is to the rows already known. Pure; `identity` says what makes two reports the same
money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from zlib import crc32

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
    """The verdict on one report, and the row concerned.

    `exchanged`: what the report says is about another row, which its channel took for this one's money before.
    """

    verdict: Verdict
    bucket: Bucket
    ordinal: int
    exchanged: bool = False


CROWD = 20
"""From so many rows on, batches that work on one bucket at the same time begin at different ordinals."""


class Crowd:
    """The rows of a bucket, found by what reports say of them."""

    def __init__(self, rows: Iterable[Known] = ()) -> None:
        self.rows: dict[int, Known] = {}
        self._named: dict[tuple[str, str, str], int] = {}
        self._by_reference: dict[str, list[int]] = {}
        self._by_end_to_end: dict[str, list[int]] = {}
        self._by_virtual_iban: dict[str, list[int]] = {}
        self._by_payer: dict[str, list[int]] = {}
        for known in rows:
            self.rows[known.ordinal] = known
            for report in known.reports:
                self._index(known.ordinal, report)

    def add(self, known: Known, report: Report) -> None:
        """Keep a row that is new, or stands for one more report."""
        self.rows[known.ordinal] = known
        self._index(known.ordinal, report)

    def named(self, report: Report) -> Known | None:
        """The row that holds this very report."""
        ordinal = self._named.get(report.name)
        return None if ordinal is None else self.rows[ordinal]

    def told(self, report: Report) -> Known | None:
        """The row that the report's channel told before, under the same bank reference."""
        ordinals = self._sharing(Evidence.REFERENCE, report)
        return next((self.rows[number] for number in ordinals if self.rows[number].told_by(report)), None)

    def like(self, evidence: Evidence, report: Report) -> Known | None:
        """The first row, free for the report's channel and not contradicting it, that shares the evidence."""
        for ordinal in self._sharing(evidence, report):
            known = self.rows[ordinal]
            denies = report.names_another_lease if evidence is Evidence.REFERENCE else report.contradicts
            if not known.reported_by(report.channel) and not any(map(denies, known.reports)):
                return known
        return None

    def _sharing(self, evidence: Evidence, report: Report) -> Iterable[int]:
        match evidence:
            case Evidence.REFERENCE:
                return sorted({number for name in report.references for number in self._by_reference.get(name, ())})
            case Evidence.END_TO_END:
                return self._by_end_to_end.get(report.end_to_end_id or "", ())
            case Evidence.VIRTUAL_IBAN:
                return self._by_virtual_iban.get(report.virtual_iban or "", ())
            case Evidence.PAYER:
                return self._by_payer.get(report.payer or "", ())
            case Evidence.ORDINAL:
                return self._free_order(report)

    def taken(self, report: Report) -> Known | None:
        """The row that the report speaks of, though its channel spoke of it already with less evidence."""
        shared = {number for evidence in NAMING for number in self._sharing(evidence, report)}
        rows = (self.rows[number] for number in sorted(shared))
        return next((row for row in rows if row.reported_by(report.channel) and row.is_rather(report)), None)

    def _free_order(self, report: Report) -> list[int]:
        """Without evidence: a report that names no lease is first of all the money that is on none."""
        if report.lease_iban:
            return list(self.rows)
        return sorted(self.rows, key=lambda number: (self.rows[number].names_a_lease(), number))

    def _index(self, ordinal: int, report: Report) -> None:
        self._named[report.name] = ordinal
        for reference in report.references:
            self._by_reference.setdefault(reference, []).append(ordinal)
        if report.end_to_end_id:
            self._by_end_to_end.setdefault(report.end_to_end_id, []).append(ordinal)
        if report.virtual_iban:
            self._by_virtual_iban.setdefault(report.virtual_iban, []).append(ordinal)
        if report.payer:
            self._by_payer.setdefault(report.payer, []).append(ordinal)


class Register:
    """The known rows of the buckets in question; grows as reports are paired."""

    def __init__(self, rows: Mapping[Bucket, Iterable[Known]] | None = None) -> None:
        self._crowds = {bucket: Crowd(known) for bucket, known in (rows or {}).items()}
        self._begun: set[Bucket] = set()

    def of(self, bucket: Bucket) -> list[Known]:
        """The rows of a bucket, by ordinal."""
        return sorted(self._crowd(bucket).rows.values(), key=lambda known: known.ordinal)

    def pair(self, bucket: Bucket, reports: Sequence[Report]) -> list[Pairing]:
        """Pair the reports of one bucket, strongest evidence first over all of them; the result is in their order."""
        found: dict[int, Pairing] = {}
        for index, report in enumerate(reports):
            if held := self._replayed(bucket, report):
                found[index] = Pairing(Verdict.REPLAY, held.bucket, held.ordinal)
        for evidence in NAMING:
            for index, report in enumerate(reports):
                if index not in found and (known := self._like(bucket, evidence, report)):
                    found[index] = self._claim(known, report)
        for index, report in enumerate(reports):
            if index not in found:
                found[index] = self._left_over(bucket, report)
        return [found[index] for index in range(len(reports))]

    def _left_over(self, bucket: Bucket, report: Report) -> Pairing:
        """Without evidence for a free row: one that is free all the same, else a new one."""
        exchanged = self._crowd(bucket).taken(report) is not None
        told = report.bare if exchanged else report
        known = self._like(bucket, Evidence.ORDINAL, told)
        return replace(self._claim(known, told) if known else self._add(bucket, told), exchanged=exchanged)

    def _crowd(self, bucket: Bucket) -> Crowd:
        return self._crowds.setdefault(bucket, Crowd())

    def _replayed(self, bucket: Bucket, report: Report) -> Known | None:
        replayed = next((held for crowd in self._near(bucket) if (held := crowd.named(report))), None)
        return replayed or self._crowd(bucket).told(report)

    def _like(self, bucket: Bucket, evidence: Evidence, report: Report) -> Known | None:
        """Only a shared reference pairs across neighbouring days."""
        shared = evidence in (Evidence.REFERENCE, Evidence.END_TO_END)
        crowds = self._near(bucket) if shared else [self._crowd(bucket)]
        return next((known for crowd in crowds if (known := crowd.like(evidence, report))), None)

    def _near(self, bucket: Bucket) -> list[Crowd]:
        days = (bucket, *bucket.neighbours())
        return [self._crowds[day] for day in days if day in self._crowds]

    def _claim(self, known: Known, report: Report) -> Pairing:
        self._crowd(known.bucket).add(known.with_report(report), report)
        return Pairing(Verdict.SAME, known.bucket, known.ordinal)

    def _add(self, bucket: Bucket, report: Report) -> Pairing:
        crowd = self._crowd(bucket)
        ordinal = max(crowd.rows, default=0) + 1
        if bucket not in self._begun and len(crowd.rows) >= CROWD:
            ordinal += 100 * (crc32("#".join(report.name).encode()) % 10)
        self._begun.add(bucket)
        crowd.add(Known(bucket, ordinal, (report,)), report)
        return Pairing(Verdict.NEW, bucket, ordinal)
