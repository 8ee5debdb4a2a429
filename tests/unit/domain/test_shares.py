"""Shares: exact to the cent, dated, never reset; and who paid what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.party import Party, PartyRole
from quitus.domain.payers import Attributed, Basis, Part, attribute_parts
from quitus.domain.shares import shares_on, split

ON = date(2026, 11, 5)
TODAY = date(2026, 12, 1)


def a_party(name: str, share: str | None = None, **changes: Any) -> Party:
    party = Party(name, "L1", PartyRole.COTENANT, name, share_percent=share)
    return replace(party, **changes)


def parts(*parties: Party, on: date = ON) -> dict[str, Fraction]:
    return {share.party.party_id: share.part for share in shares_on(parties, on)}


def test_without_shares_all_bear_the_same() -> None:
    assert parts(a_party("A"), a_party("B"), a_party("C")) == dict.fromkeys("ABC", Fraction(1, 3))


def test_who_has_no_share_bears_the_rest() -> None:
    assert parts(a_party("A", "60"), a_party("B"), a_party("C")) == {
        "A": Fraction(6, 10),
        "B": Fraction(2, 10),
        "C": Fraction(2, 10),
    }


def test_percentages_that_mean_equal_parts_are_equal_parts() -> None:
    for sevenths in (["14.29"] * 7, ["14.28"] * 2 + ["14.29"] * 5):
        found = parts(*(a_party(str(n), share) for n, share in enumerate(sevenths)))
        assert set(found.values()) == {Fraction(1, 7)}


def test_shares_that_are_no_whole_are_shown_and_not_mended() -> None:
    assert sum(parts(a_party("A", "40"), a_party("B", "35")).values()) == Fraction(75, 100)


def test_a_guarantor_bears_no_share() -> None:
    assert parts(a_party("A"), a_party("G", "50", role=PartyRole.GUARANTOR)) == {"A": 1}


def test_a_party_bears_between_its_dates_both_included() -> None:
    leaver = a_party("A", "50", from_date=date(2026, 1, 1), to_date=ON)
    assert parts(leaver, on=ON) != {}
    assert parts(leaver, on=date(2026, 11, 6)) == parts(leaver, on=date(2025, 12, 31)) == {}


def test_a_share_that_changes_keeps_its_dates() -> None:
    before = a_party("A", "50", from_date=date(2026, 1, 1))
    after = a_party("A", "60", from_date=date(2026, 11, 1)).succeeding(before, TODAY)
    assert parts(after, on=date(2026, 10, 31)) == {"A": Fraction(1, 2)}
    assert parts(after, on=date(2026, 11, 1)) == {"A": Fraction(6, 10)}
    assert parts(after, on=date(2025, 12, 31)) == {}


def test_a_share_that_changes_without_a_day_counts_from_today() -> None:
    after = a_party("A", "60").succeeding(a_party("A", "50"), TODAY)
    assert parts(after, on=date(2026, 11, 30)) == {"A": Fraction(1, 2)}
    assert parts(after, on=TODAY) == {"A": Fraction(6, 10)}


def test_what_a_row_does_not_say_stays() -> None:
    held = a_party("A", "50", from_date=ON)
    assert a_party("A").succeeding(held, TODAY) == held


SHARES = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)


@given(st.integers(-(10**8), 10**8), SHARES)
def test_a_split_is_exact_to_the_cent(cents: int, hundredths: list[int]) -> None:
    fractions = [Fraction(one, 10_000) for one in hundredths]
    found = split(cents, fractions)
    whole = sum(fractions, Fraction(0))
    if abs(whole - 1) <= Fraction(len(fractions), 10_000):
        assert sum(found) == cents
    else:
        assert sum(found) == (1 if cents >= 0 else -1) * round(whole * abs(cents))
    assert all(share * cents >= 0 for share in found)


@given(st.integers(0, 10**8), st.integers(1, 30))
def test_equal_parts_differ_by_a_cent_at_most_and_the_first_bear_it(cents: int, count: int) -> None:
    found = split(cents, [Fraction(1, count)] * count)
    assert sum(found) == cents
    assert max(found) - min(found) <= 1
    assert list(found) == sorted(found, reverse=True)


NAMES = {"1": "Camille Roux", "2": "Noé Blanc", "3": "Zoé Blanc"}
SHARED = {"1": 36000, "2": 31500, "3": 22500}


def attributed(*payers: tuple[str | None, int]) -> list[tuple[str | None, Basis | None]]:
    told = attribute_parts([Part(f"p{n}", name, cents) for n, (name, cents) in enumerate(payers)], NAMES, SHARED)
    return [(one.party_id, one.basis) for one in told]


def test_a_payer_is_known_by_name_whatever_order_and_titles() -> None:
    assert attributed(("M. BLANC Noe", 1)) == [("2", Basis.NAME)]


def test_a_family_name_that_two_bear_tells_nothing() -> None:
    assert attributed(("Blanc", 1)) == [(None, None)]


def test_a_named_payer_counts_before_an_amount_that_came_earlier() -> None:
    assert attributed((None, 31500), ("Noé Blanc", 31500)) == [(None, None), ("2", Basis.NAME)]


def test_an_amount_that_two_miss_tells_nothing() -> None:
    told = attribute_parts([Part("p", None, 50)], {"1": "A", "2": "B"}, {"1": 50, "2": 50})
    assert told == (Attributed(Part("p", None, 50), None, None),)


@given(st.lists(st.tuples(st.sampled_from([None, *NAMES.values(), "Autre Personne"]), st.integers(1, 40_000))))
def test_no_part_is_lost(payers: list[tuple[str | None, int]]) -> None:
    given = [Part(f"p{n}", name, cents) for n, (name, cents) in enumerate(payers)]
    assert [one.part for one in attribute_parts(given, NAMES, SHARED)] == given


def test_the_virtual_iban_of_a_co_tenant_tells_more_than_names_and_amounts() -> None:
    parts = [Part("p", "B", 30, "1"), Part("q", None, 20), Part("r", "B", 50, "gone")]
    told = attribute_parts(parts, {"1": "A", "2": "B"}, {"1": 50, "2": 50})
    assert [(one.party_id, one.basis) for one in told] == [
        ("1", Basis.VIRTUAL_IBAN),
        ("1", Basis.AMOUNT),
        ("2", Basis.NAME),
    ]
