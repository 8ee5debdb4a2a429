"""Is this the same money? One bank movement may be reported by several channels, in any order (bank-formats.md §3).

The permanent row of a movement is named by its *bucket* (account, booking date, signed amount) and an ordinal within
it. An incoming report pairs with a row that its own channel has not reported yet, strongest evidence first; otherwise
it is a new row. Reports that name two different leases never pair, nor, short of a shared bank reference, do two
end-to-end ids. A bank reference that comes again on the same channel in another message, and agrees in lease, payer or
end-to-end id, is the same money told again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zlib import crc32

from quitus.domain.errors import NotFound
from quitus.domain.money import Cents

_PAYMENT_ID = re.compile(r"(\d{8})-(n?)(\d{1,15})-([0-9a-f]{10})-(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """All movements of one account, day and signed amount; `account` is a tag, not the number itself."""

    account: str
    day: date
    amount_cents: Cents

    def neighbours(self) -> tuple[Bucket, Bucket]:
        """The same account and amount on the day before and on the day after."""
        one = timedelta(days=1)
        return (
            Bucket(self.account, self.day - one, self.amount_cents),
            Bucket(self.account, self.day + one, self.amount_cents),
        )

    def payment_id(self, ordinal: int) -> str:
        """The public name of the movement with this ordinal."""
        sign = "n" if self.amount_cents < 0 else ""
        return f"{self.day:%Y%m%d}-{sign}{abs(self.amount_cents)}-{self.account}-{ordinal}"


def account_tag(account: str) -> str:
    """A short name of a bank account that does not reveal it (first ten hex digits of its SHA-256)."""
    return hashlib.sha256(account.encode()).hexdigest()[:10]


def parse_payment_id(payment_id: str) -> tuple[Bucket, int]:
    """The bucket and ordinal that a payment id names.

    Raises:
        NotFound: no payment has an id of this shape.
    """
    match = _PAYMENT_ID.fullmatch(payment_id)
    if match is not None:
        day, sign, cents, account, ordinal = match.groups()
        with suppress(ValueError):  # no such day
            booked = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            return Bucket(account, booked, -int(cents) if sign else int(cents)), int(ordinal)
    raise NotFound("payment_not_found", "There is no payment with this id.", payment_id=payment_id[:64])


@dataclass(frozen=True, slots=True)
class Report:
    """What one channel says of one movement, as far as identity goes.

    `channel` is `camt.053`, `event:psp:demo`, `manual`…; `message` the statement or event within the channel;
    `position`
    the place within the message. Together they name the report: the same three again is a replay.
    """

    channel: str
    message: str
    position: str
    references: frozenset[str] = frozenset()
    """The bank's own: `AcctSvcrRef`, UETR, an event's reference."""
    end_to_end_id: str | None = None
    virtual_iban: str | None = None
    """Whatever account it names; evidence when equal."""
    lease_iban: str | None = None
    """The virtual IBAN of one of our leases that it names; two different ones contradict."""
    payer: str | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        """What names the report for ever."""
        return (self.channel, self.message, self.position)


@dataclass(frozen=True, slots=True)
class Known:
    """A permanent row: its bucket and ordinal, and every report that it stands for."""

    bucket: Bucket
    ordinal: int
    reports: tuple[Report, ...]

    @property
    def payment_id(self) -> str:
        """The public name of the row."""
        return self.bucket.payment_id(self.ordinal)

    def told_by(self, report: Report) -> bool:
        """Whether the report's channel told this movement before, in another message, under the same bank reference.

        Some banks number anew in each message, so the reports must also agree in something and contradict in nothing.
        """
        return any(
            held.channel == report.channel
            and held.message != report.message
            and bool(held.references & report.references)
            and not _contradict(held, report)
            and _agree(held, report)
            for held in self.reports
        )

    def reported_by(self, channel: str) -> bool:
        """Whether the channel already spoke of this row: then it speaks of another movement now."""
        return any(report.channel == channel for report in self.reports)

    def with_report(self, report: Report) -> Known:
        """The row once it stands for this report too."""
        return Known(self.bucket, self.ordinal, (*self.reports, report))


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
            contradict = _name_two_leases if evidence is Evidence.REFERENCE else _contradict
            if not known.reported_by(report.channel) and not any(contradict(held, report) for held in known.reports):
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
                return self.rows

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


class Evidence(StrEnum):
    """What makes two reports the same money, strongest first."""

    REFERENCE = "reference"
    END_TO_END = "end_to_end"
    VIRTUAL_IBAN = "virtual_iban"
    PAYER = "payer"
    ORDINAL = "ordinal"


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
        for evidence in Evidence:
            for index, report in enumerate(reports):
                if index not in found and (known := self._like(bucket, evidence, report)):
                    found[index] = self._claim(known, report)
        for index, report in enumerate(reports):
            if index not in found:
                found[index] = self._add(bucket, report)
        return [found[index] for index in range(len(reports))]

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


def _contradict(held: Report, report: Report) -> bool:
    return _name_two_leases(held, report) or _differ(held.end_to_end_id, report.end_to_end_id)


def _name_two_leases(held: Report, report: Report) -> bool:
    return _differ(held.lease_iban, report.lease_iban)


def _agree(held: Report, report: Report) -> bool:
    pairs = (
        (held.virtual_iban, report.virtual_iban),
        (held.end_to_end_id, report.end_to_end_id),
        (held.payer, report.payer),
    )
    return any(one is not None and one == other for one, other in pairs)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
