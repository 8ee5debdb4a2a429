"""Is this the same money? One bank movement may be reported by several channels, in any order (bank-formats.md §3).

The permanent row of a movement is named by its *bucket* (account, booking date, signed amount) and an ordinal within
it. An incoming report pairs with a row that its own channel has not reported yet, strongest evidence first; otherwise
it is a new row. Reports that name two different leases never pair, nor, short of a shared bank reference, do two
co-tenants, two end-to-end ids, nor the sum of a batch and a single payment. A bank reference that comes again on the
same channel in another message, and agrees in lease, payer or end-to-end id, is the same money told again.

How many rows there are is decided by count: a report begins a new row only if the rows that exist cannot explain all
reports, each channel speaking of each movement once (`crowd`). So a report may stand for a row by count alone, when
what it says is about a row of which its channel spoke before with less evidence: it is *exchanged*, and its row learns
nothing of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from quitus.domain.calendar import days_beside
from quitus.domain.errors import NotFound
from quitus.domain.money import Cents

_LONGEST_COUNTER = 6
_PAYMENT_ID = re.compile(r"(\d{8})-(n?)(\d{1,15})-([0-9a-f]{10})-(\d{1,6})", re.ASCII)


class Bucket(NamedTuple):
    """All movements of one account, day and signed amount; `account` is a tag, not the number itself."""

    account: str
    day: date
    amount_cents: Cents

    def neighbours(self) -> tuple[Bucket, ...]:
        """The same account and amount on the days beside, to the next banking day: what comes instantly at a weekend
        is on Monday's statement.
        """
        return tuple(Bucket(self.account, day, self.amount_cents) for day in days_beside(self.day))

    def payment_id(self, ordinal: int) -> str:
        """The public name of the movement with this ordinal."""
        sign = "n" if self.amount_cents < 0 else ""
        return f"{self.day.isoformat().replace('-', '')}-{sign}{abs(self.amount_cents)}-{self.account}-{ordinal}"


def reference_key(reference: str) -> str:
    """A reference as it is compared: some formats know capitals only, and some cut a text with a blank."""
    return (reference if reference.isalnum() else "".join(reference.split())).casefold()


def is_counter(reference: str) -> bool:
    """Whether a bank reference is a mere number, with zeros before it or not, as many banks give anew in each
    message.
    """
    return reference.isdigit() and len(reference.lstrip("0")) <= _LONGEST_COUNTER


def reference_tag(reference: str) -> str:
    """A short name of a bank reference: a collision needs the same lease, a neighbouring day and another channel."""
    return hashlib.sha256(reference_key(reference).encode()).hexdigest()[:8]


@lru_cache(maxsize=1024)
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
    `position` the place within the message. Together they name the report: the same three again is a replay.
    References are compared, not shown: they are `reference_key`s.
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
    party_iban: str | None = None
    """That of one of its co-tenants; so do these."""
    payer: str | None = None
    is_total: bool = False
    """The sum of a batch without its details: no single payment."""
    takes_back: bool | None = None
    """Whether it takes a payment back, or is known not to; None of a debit that says neither."""
    of_list_payer: bool = False
    """It says that somebody sent it who pays for many leases, by lists."""
    brings: bool | None = None
    """Whether it brings values that were received otherwise, or is known to be somebody's payment; None where nothing
    says, or what says so is outweighed.
    """
    exchanged: bool = False
    """It stands for its row by count alone: what it says is about another row, of which its channel said less."""

    @property
    def names_somebody(self) -> bool:
        """Whether it says whose payment it is: then it is no batch's sum."""
        return bool(self.lease_iban or self.end_to_end_id or self.payer)

    def contradicts(self, other: Report) -> bool:
        """Whether the two cannot be the same money, short of a shared bank reference."""
        return (
            self.names_another_lease(other)
            or _differ(self.party_iban, other.party_iban)
            or _differ(self.end_to_end_id, other.end_to_end_id)
            or _differ(self.takes_back, other.takes_back)
            or (self._is_of_another_kind(other) and not _agree(self, other))
            or (self.is_total and other.names_somebody)
            or (other.is_total and self.names_somebody)
        )

    def _is_of_another_kind(self, other: Report) -> bool:
        """Whether one brings values and the other is somebody's payment, or one pays for many leases and the other is
        somebody else's for one: a doubt only where both name the same, since channels code and call things their way.
        """
        return _differ(self.brings, other.brings) or self._is_for_many(other) or other._is_for_many(self)

    def _is_for_many(self, other: Report) -> bool:
        is_others = other.payer is not None and not other.of_list_payer
        return self.of_list_payer and is_others and other.lease_iban is not None

    def names_another_lease(self, other: Report) -> bool:
        """Whether the two name different leases: never the same money."""
        return _differ(self.lease_iban, other.lease_iban)

    @property
    def name(self) -> tuple[str, str, str]:
        """What names the report for ever."""
        return (self.channel, self.message, self.position)


BY_PERSON = "-"


@dataclass(frozen=True, slots=True)
class Known:
    """A permanent row: its bucket and ordinal, and every report that it stands for."""

    bucket: Bucket
    ordinal: int
    reports: tuple[Report, ...]
    decided: str | None = None
    """The virtual IBAN of the lease on which a decision put it; `BY_PERSON` if a person's did."""
    turned: bool = False
    """A decision says that it takes a payment back."""

    @property
    def payment_id(self) -> str:
        """The public name of the row."""
        return self.bucket.payment_id(self.ordinal)

    def told_by(self, report: Report) -> bool:
        """Whether the report's channel told this movement before, in another message, under the same bank reference.

        Some banks number anew in each message: a mere number says nothing, and the reports must also agree in something
        and contradict in nothing.
        """
        telling = frozenset(reference for reference in report.references if not is_counter(reference))
        return any(
            held.channel == report.channel
            and held.message != report.message
            and bool(held.references & telling)
            and not report.contradicts(held)
            and _agree(held, report)
            for held in self.reports
        )

    def reported_by(self, channel: str) -> bool:
        """Whether the channel already spoke of this row: then it speaks of another movement now."""
        return any(report.channel == channel for report in self.reports)

    @property
    def evidence(self) -> Sequence[Report]:
        """The reports that say something about this very money."""
        return [report for report in self.reports if not report.exchanged]

    @property
    def names_somebody(self) -> bool:
        """Whether any report says whose payment it is."""
        return any(held.names_somebody for held in self.evidence)

    @property
    def lease_iban(self) -> str | None:
        """The lease that it is known to be of, by its virtual IBAN."""
        return self.decided or next((held.lease_iban for held in self.evidence if held.lease_iban), None)

    @property
    def put_on(self) -> str | None:
        """The lease on which its first report or the count put it in the books, a person's decision apart."""
        if self.decided not in (None, BY_PERSON):
            return self.decided
        first = self.reports[0]
        return None if first.exchanged else first.lease_iban

    @property
    def claimed_for(self) -> tuple[str, ...]:
        """The leases of which only later reports say that it is; several, if their channels told at once."""
        if self.put_on:
            return ()
        return tuple(dict.fromkeys(held.lease_iban for held in self.evidence if held.lease_iban))

    def claimed_only_for(self, lease_iban: str | None) -> Known:
        """The row as if reports that claim it for any other lease stood for it by count alone."""
        others = set(self.claimed_for) - {lease_iban}
        told = (replace(held, exchanged=True) if held.lease_iban in others else held for held in self.reports)
        return replace(self, reports=tuple(told))

    @property
    def takes_back(self) -> bool | None:
        """True: it takes a payment back. False: it is known not to. None: nobody said."""
        if self.turned or any(held.takes_back for held in self.evidence):
            return True
        return False if any(held.takes_back is False for held in self.evidence) else None

    def may_be(self, report: Report) -> bool:
        """Whether the report's channel has not spoken of it, and nothing known of it denies that it is the same."""
        free = not self.reported_by(report.channel)
        return free and self.decided in (None, report.lease_iban) and not self.denies(report)

    def denies(self, report: Report) -> bool:
        """Whether what is known of it says that the report is of other money, short of a shared bank reference."""
        turned = self.turned and report.takes_back is False
        return turned or any(map(report.contradicts, self.evidence))

    def with_report(self, report: Report) -> Known:
        """The row once it stands for this report too."""
        return replace(self, reports=(*self.reports, report))


class Evidence(StrEnum):
    """What makes two reports the same money, strongest first."""

    REFERENCE = "reference"
    END_TO_END = "end_to_end"
    VIRTUAL_IBAN = "virtual_iban"
    PAYER = "payer"
    ORDINAL = "ordinal"


NAMING = (Evidence.REFERENCE, Evidence.END_TO_END, Evidence.VIRTUAL_IBAN, Evidence.PAYER)


def shared_evidence(one: Report, other: Report) -> Iterator[Evidence]:
    """Everything that makes the two the same money."""
    if one.references & other.references:
        yield Evidence.REFERENCE
    pairs = (
        (Evidence.END_TO_END, one.end_to_end_id, other.end_to_end_id),
        (Evidence.VIRTUAL_IBAN, one.virtual_iban, other.virtual_iban),
        (Evidence.PAYER, one.payer, other.payer),
    )
    yield from (evidence for evidence, mine, its in pairs if mine is not None and mine == its)


def _agree(held: Report, report: Report) -> bool:
    """Whether the two share anything but a bank reference."""
    return any(evidence is not Evidence.REFERENCE for evidence in shared_evidence(held, report))


def _differ[T](one: T | None, other: T | None) -> bool:
    return one is not None and other is not None and one != other
