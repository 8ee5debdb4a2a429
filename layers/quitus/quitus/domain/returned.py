"""A return: what the bank, or a provider, says of money that went back (bank-formats.md §1, sector.md §6). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quitus.domain.identity import Bucket, account_tag, is_counter, reference_key
from quitus.domain.incoming import MANUAL_ACCOUNT, Incoming, collected_book
from quitus.domain.money import Cents
from quitus.domain.movement import Means, Movement

OLDEST, NEWEST = timedelta(days=400), timedelta(days=3)
"""How long before a return its payment may be booked (13 months for an unauthorised debit, SEPA CORE rulebook 4.3), and
how much later by another channel's dates."""


@dataclass(frozen=True, slots=True)
class Return:
    """A return, as one or more channels report it."""

    reports: tuple[Incoming, ...]

    @property
    def evidence(self) -> Sequence[Incoming]:
        """The reports that call it a return, and others told under a bank's reference or an end-to-end id of one of
        these. The rest may be words about another debit of the same amount, such as whom the landlord paid.
        """
        calling = [report for report in self.reports if report.report.takes_back]
        if len(calling) == len(self.reports):
            return calling
        return [report for report in self.reports if any(_is_of(report, one) for one in calling)]

    @property
    def said(self) -> Sequence[Movement]:
        """What its channels say of it."""
        return [report.said for report in self.evidence]

    @property
    def first(self) -> Movement:
        """As it was told first."""
        return self.reports[0].movement

    @property
    def cents(self) -> Cents:
        """What it took from the account (> 0)."""
        return -self.first.amount_cents

    @property
    def day(self) -> date:
        """Its booking day."""
        return self.first.booking_date

    @property
    def reason(self) -> str | None:
        """The reason's code or text."""
        return next((movement.return_reason for movement in self.said if movement.return_reason), None)

    @property
    def named(self) -> frozenset[str]:
        """The bank references that it gives as those of its payment."""
        return frozenset(reference_key(named) for movement in self.said if (named := movement.original_reference))

    @property
    def ordered(self) -> Cents:
        """What of it was ordered, where the bank added its charge (bank-formats.md §1); else all of it."""
        return min((held for movement in self.said if (held := movement.instructed_cents or 0) > 0), default=self.cents)

    @property
    def amounts(self) -> frozenset[Cents]:
        """What it may take back: all of it, or what was ordered."""
        return frozenset({self.cents, min(self.ordered, self.cents)})

    @property
    def means(self) -> frozenset[Means]:
        """What means its channels say."""
        return frozenset(movement.means for movement in self.said)

    @property
    def accounts(self) -> frozenset[str]:
        """The bank accounts that it is of."""
        return frozenset(report.account for report in self.reports)

    def buckets(self, collectors: Iterable[str] = ()) -> list[Bucket]:
        """Where its payment may be: the same amount, on its account or among what waits in 511; `collectors` are the
        channels that tell of values in collection.
        """
        days = (OLDEST + NEWEST).days
        first = self.day - OLDEST
        return [
            Bucket(tag, first + timedelta(days=number), cents)
            for tag in sorted(self._books | self._collected(collectors))
            for cents in sorted(self.amounts)
            for number in range(days + 1)
        ]

    @property
    def _books(self) -> set[str]:
        books = {report.bucket.account for report in self.reports}
        books |= {account_tag(report.account) for report in self.reports}
        books |= {tag for report in self.reports if report.source.event_id is not None for tag in report.books}
        if not self.means.isdisjoint((Means.CHEQUE, Means.CARD)):
            books.add(account_tag(collected_book(MANUAL_ACCOUNT, MANUAL_ACCOUNT)))
        return books

    def _collected(self, collectors: Iterable[str]) -> set[str]:
        return {account_tag(collected_book(channel, account)) for channel in collectors for account in self.accounts}

    def part_of(self, left: Cents, *, may_be_part: bool) -> Cents | None:
        """What it takes of `left` of a payment: all of it, or, of one that it names, a part. The rest is a fee."""
        if left in self.amounts:
            return left
        ordered = min(self.amounts)
        return ordered if may_be_part and 0 < ordered < left else None


def are_two(one: Iterable[Incoming], other: Iterable[Incoming]) -> bool:
    """Whether a channel told of both, by a report for each: then they are no two words for one return."""
    ours, theirs = ({report.report.name for report in reports} for reports in (one, other))
    return not {channel for channel, *_ in ours - theirs}.isdisjoint(channel for channel, *_ in theirs - ours)


def _is_of(report: Incoming, calling: Incoming) -> bool:
    """Whether a report is surely about the line that another calls a return."""
    if report is calling or calling.exchanged:
        return report is calling
    one, other = report.report, calling.report
    if one.end_to_end_id is not None and one.end_to_end_id == other.end_to_end_id:
        return True
    return any(not is_counter(reference) for reference in one.references & other.references)
