"""Co-tenants' shares: a dated view of a debt that stays whole on the lease (sector.md §3, colocation).

Shares are never reset: an earlier share keeps its dates, and a co-tenant who goes or comes changes nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from quitus.domain.money import Cents
from quitus.domain.party import Party, PartyRole

_WHOLE = 10_000
"""A whole, in hundredths of a percent."""

_SHARING = frozenset({PartyRole.HOLDER, PartyRole.COTENANT})


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the debt a party bears on a day; `is_given`: the ERP said it, else it follows from the others'."""

    party: Party
    part: Fraction
    is_given: bool


def shares_on(parties: Iterable[Party], on: date) -> tuple[Share, ...]:
    """The shares in force on a day, by party id. Their sum may be less than a whole, or more: it is shown, not mended.

    Without any given share, all bear the same; without some, those bear the rest in equal parts. Percentages have two
    decimals and cannot say a third: where all differ by a hundredth at most, they are equal parts.
    """
    bearing = sorted((party for party in parties if _bears(party, on)), key=lambda party: party.party_id)
    given = {party.party_id: share for party in bearing if (share := _hundredths(party, on)) is not None}
    if not given or _are_equal(list(given.values()), len(bearing)):
        return tuple(Share(party, Fraction(1, len(bearing)), party.party_id in given) for party in bearing)
    silent = len(bearing) - len(given)
    rest = Fraction(max(_WHOLE - sum(given.values()), 0), silent * _WHOLE) if silent else Fraction(0)
    return tuple(
        Share(party, Fraction(given[party.party_id], _WHOLE), is_given=True)
        if party.party_id in given
        else Share(party, rest, is_given=False)
        for party in bearing
    )


def split(cents: Cents, parts: Sequence[Fraction]) -> tuple[Cents, ...]:
    """An amount in parts, exact to the cent: their sum is the amount times the sum of the parts, rounded.

    The cents that rounding down leaves go to the largest remainders, the first of equal ones first. The hundredths of a
    percent that rounding took from the shares count as a whole.
    """
    sign, amount = (-1, -cents) if cents < 0 else (1, cents)
    whole = sum(parts, Fraction(0))
    if abs(whole - 1) <= Fraction(len(parts), _WHOLE):
        whole = Fraction(1)
    exact = [part * amount for part in parts]
    shares = [int(part) for part in exact]
    left = round(whole * amount) - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda index: (shares[index] - exact[index], index))
    while left > 0 and by_remainder:
        for index in by_remainder[:left]:
            shares[index] += 1
        left = round(whole * amount) - sum(shares)
    return tuple(sign * share for share in shares)


def _bears(party: Party, on: date) -> bool:
    held = party.share_on(on)
    begun = held.from_date is None or held.from_date <= on
    return party.role in _SHARING and begun and (held.to_date is None or on <= held.to_date)


def _hundredths(party: Party, on: date) -> int | None:
    text = party.share_on(on).share_percent
    if text is None:
        return None
    percent, _, decimals = text.partition(".")
    return int(percent) * 100 + int(decimals.ljust(2, "0"))


def _are_equal(hundredths: Sequence[int], count: int) -> bool:
    near = max(hundredths) - min(hundredths) <= 1 and abs(sum(hundredths) - _WHOLE) <= count
    return len(hundredths) == count and near
