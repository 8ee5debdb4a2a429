"""Is this the same money? One bank movement may be reported by several channels, in any order (bank-formats.md §3).

The permanent row of a movement is named by its *bucket* (account, booking date, signed amount) and an ordinal within
it.
An incoming report pairs with a row that its own channel has not reported yet, strongest evidence first; otherwise it
is a
new row. Two rows that contradict each other (another virtual IBAN, another end-to-end id) never pair.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

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
    end_to_end_id: str | None = None
    virtual_iban: str | None = None
    payer: str | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        """What names the report for ever."""
        return (self.channel, self.message, self.position)

    @property
    def strong(self) -> frozenset[str]:
        """References that only this movement carries."""
        return self.references | ({self.end_to_end_id} if self.end_to_end_id else frozenset())


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


@dataclass(slots=True)
class Register:
    """The known rows of the buckets in question; grows as reports are paired."""

    rows: dict[Bucket, list[Known]] = field(default_factory=dict)

    def of(self, bucket: Bucket) -> list[Known]:
        """The rows of a bucket, by ordinal."""
        return self.rows.setdefault(bucket, [])

    def pair(self, bucket: Bucket, reports: Sequence[Report]) -> list[Pairing]:
        """Pair the reports of one bucket, strongest evidence first over all of them; the result is in their order."""
        found: dict[int, Pairing] = {}
        for finder in (self._replay, self._by_reference, self._by_virtual_iban, self._by_payer, self._by_ordinal):
            for index, report in enumerate(reports):
                if index in found:
                    continue
                known = finder(bucket, report)
                if known is not None:
                    found[index] = self._take(known, report)
        for index, report in enumerate(reports):
            if index not in found:
                found[index] = self._add(bucket, report)
        return [found[index] for index in range(len(reports))]

    def _replay(self, bucket: Bucket, report: Report) -> Known | None:
        rows = (*self.of(bucket), *self._neighbouring(bucket))
        return next((known for known in rows if any(report.name == held.name for held in known.reports)), None)

    def _by_reference(self, bucket: Bucket, report: Report) -> Known | None:
        rows = (*self.of(bucket), *self._neighbouring(bucket))
        return next(self._open(rows, report, lambda held: bool(held.strong & report.strong)), None)

    def _by_virtual_iban(self, bucket: Bucket, report: Report) -> Known | None:
        if report.virtual_iban is None:
            return None
        return next(self._open(self.of(bucket), report, lambda held: held.virtual_iban == report.virtual_iban), None)

    def _by_payer(self, bucket: Bucket, report: Report) -> Known | None:
        if report.payer is None:
            return None
        return next(self._open(self.of(bucket), report, lambda held: held.payer == report.payer), None)

    def _by_ordinal(self, bucket: Bucket, report: Report) -> Known | None:
        return next(self._open(self.of(bucket), report, lambda held: True), None)

    def _neighbouring(self, bucket: Bucket) -> Iterator[Known]:
        for neighbour in bucket.neighbours():
            yield from self.rows.get(neighbour, ())

    @staticmethod
    def _open(rows: Iterable[Known], report: Report, evidence: Callable[[Report], bool]) -> Iterator[Known]:
        for known in rows:
            if known.reported_by(report.channel) or any(_contradict(held, report) for held in known.reports):
                continue
            if any(evidence(held) for held in known.reports):
                yield known

    def _take(self, known: Known, report: Report) -> Pairing:
        if any(report.name == held.name for held in known.reports):
            return Pairing(Verdict.REPLAY, known.bucket, known.ordinal)
        rows = self.of(known.bucket)
        rows[rows.index(known)] = known.with_report(report)
        return Pairing(Verdict.SAME, known.bucket, known.ordinal)

    def _add(self, bucket: Bucket, report: Report) -> Pairing:
        rows = self.of(bucket)
        ordinal = rows[-1].ordinal + 1 if rows else 1
        rows.append(Known(bucket, ordinal, (report,)))
        return Pairing(Verdict.NEW, bucket, ordinal)


def _contradict(held: Report, report: Report) -> bool:
    return _differ(held.virtual_iban, report.virtual_iban) or _differ(held.end_to_end_id, report.end_to_end_id)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
