"""Names as banks and ERPs write them: who is the same, who is only near, who is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.name_index import HOLDER, NameIndex
from quitus.domain.names import persons_of, words_of


def an_index(*names: str) -> NameIndex:
    """A lease for each name, called A, B, C…"""
    index = NameIndex()
    for letter, name in zip("ABCDEFG", names, strict=False):
        index.put(letter, {HOLDER: name})
    return index


def same(payer: str, *names: str) -> list[str]:
    return [one.lease_id for one in an_index(*names).look_up(payer).same]


def near(payer: str, *names: str) -> list[str]:
    return [one.lease_id for one in an_index(*names).look_up(payer).near]


@pytest.mark.parametrize(
    ("payer", "tenant"),
    [
        ("MARTIN JEAN", "Jean Martin"),
        ("M. JEAN MARTIN", "MARTIN Jean"),
        ("MR OU MME MARTIN JEAN", "Jean Martin"),
        ("M ET MME MARTIN JEAN", "Jean Martin"),
        ("M/MME MARTIN JEAN", "Jean Martin"),
        ("MLLE LEFEVRE ZOE", "Zoé Lefèvre"),
        ("LEFE\u0300VRE ZOE\u0301", "Zoé Lefèvre"),
        ("M JEAN PIERRE O'BRIEN", "Jean-Pierre O’Brien"),
        ("N DIAYE AWA", "Awa N'Diaye"),
        ("DE LA CROIX ANNE", "Anne de La Croix"),
        ("DELACROIX ANNE", "Anne de La Croix"),
        ("MME DURAND SOPHIE NEE PETIT", "Sophie Durand"),
        ("ST JUST PAUL", "Paul Saint-Just"),
        ("MARTIN JEAN OU DURAND SOPHIE", "Sophie Durand"),
        ("MADAME MARIE CHRISTINE DELA", "Marie-Christine Delacroix-Martin"),  # cut at 27
        ("MONSIEUR JEAN BAPTISTE MARTIN GARCIA DE LOPEZ"[:35], "Jean-Baptiste Martin García de López"),
        ("BŒUF AÏSSATA", "Aïssata Boeuf"),
        ("ИВАНОВ ПЁТР", "Пётр Иванов"),
        ("SARL MARTIN", "SARL Martin"),
    ],
)
def test_the_same_person_however_it_is_written(payer: str, tenant: str) -> None:
    assert same(payer, tenant) == ["A"]


@pytest.mark.parametrize(
    ("payer", "tenant"),
    [
        ("DUPOND MARIE", "Marie Dupont"),
        ("MARTIN JEAN PIERRE", "Jean Martin"),
        ("MARTIN JEANNE", "Jean Martin"),
        ("J MARTIN", "Jean Martin"),
        ("SARL MARTIN JEAN", "Jean Martin"),
        ("SUCCESSION MARTIN JEAN", "Jean Martin"),
        ("MADAME MARIE CHRISTINE DEL", "Marie Christine Dubois"),
    ],
)
def test_a_name_that_is_only_like_another_is_not_the_same(payer: str, tenant: str) -> None:
    assert same(payer, tenant) == []


@pytest.mark.parametrize(
    ("payer", "tenant"),
    [
        ("DUPOND MARIE", "Marie Dupont"),
        ("MARTIN JEAN PIERRE", "Jean Martin"),
        ("MARTIN JEANNE", "Jean Martin"),
        ("J MARTIN", "Jean Martin"),
        ("MARTNI JEAN", "Jean Martin"),
        ("MARTIN JAEN", "Jean Martin"),
        ("MOHAMED BENALI", "Mohammed Benali"),
        ("SARL MARTIN JEAN", "Jean Martin"),
    ],
)
def test_a_like_name_is_near(payer: str, tenant: str) -> None:
    assert near(payer, tenant, "Noé Blanc") == ["A"]


@pytest.mark.parametrize("payer", ["", None, "MARTIN", "M OU MME", "DUPONT ET FILS", "JEAN DURAND", "XY Z", "A B"])
def test_one_word_or_another_name_is_nobody(payer: str | None) -> None:
    assert an_index("Jean Martin", "Sophie Petit", "A B").look_up(payer).same == ()


def test_two_tenants_of_one_name_even_swapped_are_both_told() -> None:
    assert same("PAUL MARTIN", "Paul Martin", "Martin Paul", "Paule Martin") == ["A", "B"]


def test_a_cut_name_is_both_whom_it_may_be() -> None:
    cut = "MADAME MARIE CHRISTINE DELA"
    assert same(cut, "Marie-Christine Delacroix", "Marie-Christine Delaunay", "Marie-Christine Dubois") == ["A", "B"]


def test_those_who_share_a_rare_word_are_told_as_kin() -> None:
    index = an_index("Jean Martin", "Marie Martin", "Noé Blanc")
    assert index.look_up("MARTIN JEAN").kin == {"A", "B"}


def test_a_text_names_leases_by_their_id_and_tenants_by_all_their_words() -> None:
    index = NameIndex()
    index.put("12345-0042", {HOLDER: "Jean Martin", "P2": "Sophie Durand"})
    index.put("2026", {HOLDER: "Noé Blanc"})
    for text in ("LOYER 12345-0042", "loyer de Mme DURAND Sophie", "MARTIN, JEAN nov. 2026"):
        assert index.named_in(text) == {"12345-0042"}, text
    assert index.named_in("loyer martin novembre 2026") == index.named_in(None) == frozenset()


def test_names_that_are_replaced_are_forgotten() -> None:
    index = an_index("Jean Martin")
    index.put("A", {HOLDER: "Sophie Durand"})
    assert not index.look_up("MARTIN JEAN").same
    assert [one.lease_id for one in index.look_up("DURAND SOPHIE").same] == ["A"]
    index.put("A", {})
    assert not index.look_up("DURAND SOPHIE").same


@given(st.text(max_size=60))
def test_any_text_has_words_and_persons(text: str) -> None:
    assert all(word == word.upper() and word for word in words_of(text))
    assert all(len(person) > 1 for person in persons_of(text))


WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=12)


@given(st.lists(WORDS, min_size=2, max_size=4))
def test_a_person_is_found_in_any_order_of_its_words(words: list[str]) -> None:
    """But for words that end a name where they stand (`EPSE`), or are none (`VEUVE`)."""
    index, back = an_index(" ".join(words)), words[::-1]
    if all(persons_of(" ".join(told)) == (tuple(told),) for told in (words, back)):
        assert [one.lease_id for one in index.look_up(" ".join(back)).same] == ["A"]


def test_a_name_of_many_words_is_looked_up_as_any_other() -> None:
    words = [f"MOT{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ"]
    index = an_index(" ".join(words), "MOTA MOTB", "MOTA AUTRE")
    found = index.look_up(" ".join(reversed(words)))
    assert [(one.lease_id, one.score) for one in (*found.same, *found.near)] == [("A", 100), ("B", 90)]
