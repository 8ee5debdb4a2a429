"""What each co-tenant bears and paid, month by month: a view, the debt itself is the lease's (sector.md §7, 1, 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Protocol

from quitus.domain.calendar import paris_day, years_before
from quitus.domain.lease import DueStanding
from quitus.domain.matching import PARTY
from quitus.domain.money import Cents
from quitus.domain.party import Party
from quitus.domain.payers import Attributed, Part, attribute_parts
from quitus.domain.refund import DUE_PREFIX
from quitus.domain.shares import Share, shares_on, split
from quitus.services.ports import Clock
from quitus.services.read_leases import DUES_SHOWN_YEARS, LeaseDesk


class LeasePayments(Protocol):
    """The payments that settled dues of a lease, a view: seconds behind the ledger."""

    def payments_on(self, landlord_id: str, lease_id: str) -> Iterator[Mapping[str, Any]]:
        """The answers of the payments with an entry on the lease, oldest entry first."""
        ...


@dataclass(frozen=True, slots=True)
class PartyMonth:
    """What a party bears of a month and paid; `difference_cents` < 0: something is missing."""

    party_id: str
    share_cents: Cents
    paid_cents: Cents

    @property
    def difference_cents(self) -> Cents:
        """What was paid more (> 0) or less (< 0) than the share."""
        return self.paid_cents - self.share_cents


@dataclass(frozen=True, slots=True)
class Month:
    """The dues of a period, what was paid of them, and by whom."""

    period: str
    called_cents: Cents
    open_cents: Cents
    unshared_cents: Cents
    """What no party's share covers."""
    parties: tuple[PartyMonth, ...]
    payments: tuple[Attributed, ...]

    @property
    def paid_cents(self) -> Cents:
        """What payments settled."""
        return sum(item.part.cents for item in self.payments)

    @property
    def unattributed_cents(self) -> Cents:
        """What was paid by nobody knows whom."""
        return sum(item.part.cents for item in self.payments if item.party_id is None)


@dataclass(frozen=True, slots=True)
class SharesView:
    """The parties with their shares on a day, and the months up to it, oldest first."""

    lease_id: str
    on: date
    parties: tuple[Party, ...]
    shares: tuple[Share, ...]
    months: tuple[Month, ...]

    @property
    def unshared(self) -> Fraction:
        """What no share covers on the day, as a part of the whole; negative when shares are more than a whole."""
        return 1 - sum((share.part for share in self.shares), Fraction(0))

    def total(self, party_id: str) -> PartyMonth:
        """What a party bears and paid over the months."""
        own = [one for month in self.months for one in month.parties if one.party_id == party_id]
        return PartyMonth(party_id, sum(one.share_cents for one in own), sum(one.paid_cents for one in own))


@dataclass(frozen=True, slots=True)
class ShareDesk:
    """Looks shares up."""

    leases: LeaseDesk
    payments: LeasePayments
    clock: Clock

    def on(self, landlord_id: str, lease_id: str, on: date | None = None) -> SharesView:
        """The shares of a lease on a day (today unless told).

        Raises:
            NotFound: no such lease.
            Contention: it changed each time it was read.
        """
        day = on or paris_day(self.clock.now())
        since = years_before(day, DUES_SHOWN_YEARS)
        full = self.leases.one(landlord_id, lease_id, since)
        dues = [one for one in full.dues if one.due.due_date >= since and _is_called(one, day)]
        payments = list(self.payments.payments_on(landlord_id, lease_id)) if dues else []
        periods = sorted({one.due.period for one in dues})
        months = (_month(period, dues, full.parties, payments, lease_id) for period in periods)
        return SharesView(lease_id, day, full.parties, shares_on(full.parties, day), tuple(months))


def _is_called(standing: DueStanding, on: date) -> bool:
    due = standing.due
    return not due.due_id.startswith(DUE_PREFIX) and (due.due_date <= on or due.period <= f"{on:%Y-%m}")


def _month(
    period: str,
    dues: Sequence[DueStanding],
    parties: Sequence[Party],
    payments: Iterable[Mapping[str, Any]],
    lease_id: str,
) -> Month:
    own = {one.due.due_id: one for one in dues if one.due.period == period}
    called = sum(one.due.amount_cents for one in own.values())
    shares = _shares_of(period, parties)
    parts = split(called, [share.part for share in shares])
    borne = {share.party.party_id: cents for share, cents in zip(shares, parts, strict=True)}
    told = attribute_parts(
        list(_parts(payments, lease_id, own)), {party.party_id: party.name for party in parties}, borne
    )
    paid = {party.party_id: 0 for party in parties}
    for item in told:
        if item.party_id is not None:
            paid[item.party_id] += item.part.cents
    return Month(
        period,
        called,
        sum(one.open_cents for one in own.values()),
        called - sum(parts),
        tuple(
            PartyMonth(party_id, borne.get(party_id, 0), cents)
            for party_id, cents in sorted(paid.items())
            if party_id in borne or cents
        ),
        told,
    )


def _parts(payments: Iterable[Mapping[str, Any]], lease_id: str, own: Mapping[str, Any]) -> Iterator[Part]:
    for payment in payments:
        allocations = [item for item in payment["allocations"] if item["lease_id"] == lease_id]
        cents = sum(item["amount_cents"] for item in allocations if item["due_id"] in own)
        if cents and payment["means"] != "caf":
            yield Part(payment["payment_id"], payment["debtor_name"], cents, party_of(payment))


def party_of(payment: Mapping[str, Any]) -> str | None:
    """The co-tenant on whose virtual IBAN a payment came, from its answer."""
    party_id: str | None = payment["match"]["evidence"].get(PARTY)
    return party_id


def _shares_of(period: str, parties: Sequence[Party]) -> tuple[Share, ...]:
    """The shares of a month: those of its first day; of its last day where nobody bore anything on the first."""
    year, month = int(period[:4]), int(period[5:])
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return shares_on(parties, first) or shares_on(parties, last)
