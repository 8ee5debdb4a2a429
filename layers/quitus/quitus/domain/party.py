"""The persons of a lease: who they are on it, and what part of the debt they bear from when on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from quitus.domain.ibans import VirtualAccount

type PartyKey = tuple[str, str]
"""Names a party: its lease, and its id there."""


class PartyRole(StrEnum):
    """Who a person is on the lease."""

    HOLDER = "holder"
    COTENANT = "cotenant"
    GUARANTOR = "guarantor"


@dataclass(frozen=True, slots=True)
class EarlierShare:
    """The share that a party had, with its dates as they were given, before the day `until`."""

    share_percent: str | None
    from_date: date | None
    to_date: date | None
    until: date


@dataclass(frozen=True, slots=True)
class Party:
    """A person of a lease with a dated share (percent with two decimals, as text `33.33`), and those it had before.

    `account` is the virtual account that was issued for it alone, for ever; without one, it pays to the lease's.
    """

    party_id: str
    lease_id: str
    role: PartyRole
    name: str
    email: str | None = None
    phone: str | None = None
    share_percent: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    earlier_shares: tuple[EarlierShare, ...] = ()
    account: VirtualAccount | None = None

    @property
    def key(self) -> PartyKey:
        """What names it."""
        return self.lease_id, self.party_id

    def is_gone(self, today: date) -> bool:
        """Whether its last day is past."""
        return self.to_date is not None and self.to_date < today

    def succeeding(self, held: Party, today: date) -> Party:
        """The party with what was known of it: a share or first day that is not said stays, a share that changes keeps
        its dates. What is new counts from the party's new first day, if that is later than before, else from today.
        """
        share, first_day = self.share_percent or held.share_percent, self.from_date or held.from_date
        said = replace(self, share_percent=share, from_date=first_day, account=held.account)
        moved = self.from_date is not None and (held.from_date is None or self.from_date > held.from_date)
        if said.share_percent == held.share_percent and not moved:
            return replace(said, earlier_shares=held.earlier_shares)
        begins = self.from_date if moved and self.from_date else today
        until = max(begins, *(earlier.until for earlier in held.earlier_shares), date.min)
        ended = EarlierShare(held.share_percent, held.from_date, held.to_date, until)
        return replace(said, earlier_shares=(*held.earlier_shares, ended))

    def share_on(self, on: date) -> EarlierShare | Party:
        """What holds of its share on a day."""
        return next((earlier for earlier in self.earlier_shares if on < earlier.until), self)
