"""Who among tens of thousands of tenants a payer's name may be: a token index, then rapidfuzz over the few it finds.

Persons are found by the first and last four letters of their words, two words at once, so that one mistyped or cut word
is forgiven; who shares a rare word (kin, by likelihood) is known too. What the index answers decides nothing alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from quitus.domain.names import NEAR, Person, begins, is_cut, is_same, likeness, persons_of, words_of

HOLDER = "@"
"""Under which the lease's holder is kept: no id of a party."""

_GRAM = 4
_MOST_COMPARED = 300
_RARE = 60
"""A word that no more people bear may be the name of a family, whichever word it is."""


@dataclass(frozen=True, slots=True)
class Namesake:
    """A person of a lease whose name is like the payer's: `score` 0 to 100, 100 for the very same words."""

    lease_id: str
    party_id: str
    score: int


@dataclass(frozen=True, slots=True)
class Namesakes:
    """What the index knows of a payer's name."""

    same: tuple[Namesake, ...] = ()
    """Whose name has the very same words, or begins with them where the bank cut the name."""
    near: tuple[Namesake, ...] = ()
    """Whose name is only like it, the nearest first."""
    kin: frozenset[str] = frozenset()
    """Leases of people who share a rare word with the payer, or the rarest that it has."""
    is_common: bool = False
    """Every word of a name is borne by hundreds: nobody can say who is of the family."""


@dataclass(frozen=True, slots=True)
class _Entry:
    lease_id: str
    party_id: str
    person: Person


class NameIndex:
    """The persons of a landlord's leases; a lease's persons are replaced whole."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._of_lease: dict[str, list[int]] = {}
        self._grams: dict[str, set[int]] = {}
        self._words: dict[str, set[int]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._of_lease)

    def put(self, lease_id: str, names: Mapping[str, str]) -> None:
        """Replace the names of a lease, by party id."""
        for number in self._of_lease.pop(lease_id, ()):
            entry = self._entries.pop(number)
            self._forget(number, entry.person)
        numbers = [self._add(_Entry(lease_id, party, one)) for party, text in names.items() for one in persons_of(text)]
        self._of_lease[lease_id] = numbers

    def look_up(self, text: str | None) -> Namesakes:
        """The persons that a payer's name may be."""
        found = dict[str, Namesake]()
        persons, cut = persons_of(text or ""), is_cut(text or "")
        for person in persons:
            for entry in self._candidates(person):
                score = likeness(person, entry.person, cut=cut)
                held = found.get(entry.lease_id)
                if score >= NEAR and (held is None or held.score < score):
                    found[entry.lease_id] = Namesake(entry.lease_id, entry.party_id, score)
        ranked = sorted(found.values(), key=lambda one: (-one.score, one.lease_id))
        same = {one.lease_id for one in ranked if self._is_certain(one, persons, cut=cut)}
        return Namesakes(
            tuple(one for one in ranked if one.lease_id in same),
            tuple(one for one in ranked if one.lease_id not in same),
            frozenset(self._entries[number].lease_id for number in self._kin(persons)),
            any(len(self._rarest(person)) > _MOST_COMPARED for person in persons),
        )

    def named_in(self, text: str | None) -> frozenset[str]:
        """The leases that a free text names: by their id, or by all the words of a person."""
        raw = (text or "").replace(",", " ").replace(";", " ").replace(":", " ").split()
        words = set(words_of(text or ""))
        ids = {token for token in raw if len(token) >= _GRAM and token in self._of_lease and not token.isdigit()}
        counted = (number for word in words for number in self._few(word))
        entries = (self._entries[number] for number in set(counted))
        return frozenset(ids | {entry.lease_id for entry in entries if words >= set(entry.person)})

    def _is_certain(self, found: Namesake, persons: Iterable[Person], *, cut: bool) -> bool:
        own = (self._entries[number].person for number in self._of_lease[found.lease_id])
        return any(
            is_same(one, other) or (cut and begins(one, other)) for other in tuple(own) for one in tuple(persons)
        )

    def _few(self, word: str) -> set[int]:
        held = self._words.get(word, set())
        return held if len(held) <= _MOST_COMPARED else set()

    def _kin(self, persons: Iterable[Person]) -> set[int]:
        held = [self._words.get(word, set()) for person in persons for word in person if len(word) > 1]
        rare = [numbers for numbers in held if len(numbers) <= _RARE]
        rarest = [numbers for person in persons if len(numbers := self._rarest(person)) <= _MOST_COMPARED]
        return set[int]().union(*rare, *rarest)

    def _rarest(self, person: Person) -> set[int]:
        """Who bears the rarest of the words that anybody bears."""
        return min(filter(None, (self._words.get(word) for word in person)), key=len, default=set())

    def _candidates(self, person: Person) -> list[_Entry]:
        """Who shares a gram of two words; else, with one word mistyped beyond that, who has the rarest other word."""
        sets = [self._sharing(word) for word in dict.fromkeys(person)]
        numbers = set[int]().union(*(one & other for one, other in combinations(sets, 2)))
        rarest = self._rarest(person)
        numbers |= rarest if len(rarest) <= _MOST_COMPARED else set()
        return [self._entries[number] for number in numbers]

    def _sharing(self, word: str) -> set[int]:
        grams = _grams(word)
        return set[int]().union(*(self._grams.get(gram, set()) for gram in grams))

    def _add(self, entry: _Entry) -> int:
        number, self._next = self._next, self._next + 1
        self._entries[number] = entry
        for word in entry.person:
            self._words.setdefault(word, set()).add(number)
            for gram in _grams(word):
                self._grams.setdefault(gram, set()).add(number)
        return number

    def _forget(self, number: int, person: Person) -> None:
        for word in person:
            self._words.get(word, set()).discard(number)
            for gram in _grams(word):
                self._grams.get(gram, set()).discard(number)


def _grams(word: str) -> tuple[str, ...]:
    if len(word) <= _GRAM:
        return (f"^{word}", f"{word}$")
    return (f"^{word[:_GRAM]}", f"{word[-_GRAM:]}$")
