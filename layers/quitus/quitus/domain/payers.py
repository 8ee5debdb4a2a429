"""Which co-tenant a payment came from, by its payer's name or its amount: told with what it rests on, never forced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quitus.domain.money import Cents
from quitus.domain.names import words_of


class Basis(StrEnum):
    """What an attribution rests on."""

    VIRTUAL_IBAN = "virtual_iban"
    """It came on the virtual IBAN of one co-tenant."""
    NAME = "name"
    AMOUNT = "amount"
    """It is exactly what one co-tenant alone still misses."""
    REST = "rest"
    """Only one co-tenant still misses anything, and not less."""


@dataclass(frozen=True, slots=True)
class Part:
    """Cents of a payment that settle dues of a month; `party_id`: of the co-tenant on whose virtual IBAN it came."""

    payment_id: str
    payer: str | None
    cents: Cents
    party_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attributed:
    """A part with the co-tenant that it came from, None when nothing says so."""

    part: Part
    party_id: str | None
    basis: Basis | None


def attribute_parts(
    parts: Sequence[Part], names: Mapping[str, str], shares: Mapping[str, Cents]
) -> tuple[Attributed, ...]:
    """The co-tenants of the parts of a month, in their order. Own virtual IBANs count first, then payers who are named,
    then what is missing.

    `names` and `shares` are by party id.
    """
    told = [_said(part, names) for part in parts]
    missing = dict(shares)
    for item in told:
        if item.party_id is not None:
            missing[item.party_id] = missing.get(item.party_id, 0) - item.part.cents
    for index, item in enumerate(told):
        if item.party_id is not None:
            continue
        misser, basis = _missed_by(item.part.cents, missing)
        told[index] = Attributed(item.part, misser, basis)
        if misser is not None:
            missing[misser] -= item.part.cents
    return tuple(told)


def _said(part: Part, names: Mapping[str, str]) -> Attributed:
    """The co-tenant that the payment itself tells."""
    if part.party_id in names:
        return Attributed(part, part.party_id, Basis.VIRTUAL_IBAN)
    by_name = named(part.payer, names)
    return Attributed(part, by_name, None if by_name is None else Basis.NAME)


def _missed_by(cents: Cents, missing: Mapping[str, Cents]) -> tuple[str | None, Basis | None]:
    exactly = [party_id for party_id, amount in missing.items() if amount == cents]
    if len(exactly) == 1:
        return exactly[0], Basis.AMOUNT
    still = [party_id for party_id, amount in missing.items() if amount > 0]
    if len(still) == 1 and cents <= missing[still[0]]:
        return still[0], Basis.REST
    return None, None


def named(payer: str | None, names: Mapping[str, str]) -> str | None:
    """The one party whose name the payer's holds: all its words, or all of the payer's, two at least unless equal."""
    words = frozenset(words_of(payer or ""))
    hits = [party_id for party_id, name in names.items() if _same_person(words, frozenset(words_of(name)))]
    return hits[0] if len(hits) == 1 else None


def _same_person(one: frozenset[str], other: frozenset[str]) -> bool:
    if not one or not other:
        return False
    return one == other or (len(one & other) >= 2 and (one <= other or other <= one))
