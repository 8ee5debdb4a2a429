"""Who among tens of thousands of tenants a payer's name may be: a token index, then rapidfuzz over the few it finds.

Persons are found by whole words, and by the first or last four letters of two words at once, so that a mistyped or cut
word is forgiven; who shares a rare word (kin, perhaps) is known too. What the index answers decides nothing alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from quitus.domain.names import NEAR, SURE, Person, begins, is_cut, likeness, persons_of, words_of

HOLDER = "@"
"""Under which the lease's holder is kept: no id of a party."""

_GRAM = 4
_RARE = 60
"""A word that no more people bear may be the name of a family, whichever word it is."""
_MOST_COMPARED = 300


class Namesake(NamedTuple):
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
    """Where there are such: leases of people who share a rare word with the payer, or the rarest that it has."""
    is_common: bool = False
    """Every word of a name is borne by hundreds: nobody can say who is of the family."""


class _Entry(NamedTuple):
    lease_id: str
    party_id: str
    person: Person
    words: frozenset[str]
    has_initial: bool


class NameIndex:
    """The persons of a landlord's leases; a lease's persons are replaced whole."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._texts: dict[int, str] = {}
        """The words of each person in the order of the alphabet."""
        self._of_lease: dict[str, list[int]] = {}
        self._words: dict[str, set[int]] = {}
        self._leases: dict[str, set[str]] = {}
        """The leases of those who bear a word."""
        self._pairs: dict[str, tuple[int, ...]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._of_lease)

    def put(self, lease_id: str, names: Mapping[str, str]) -> None:
        """Replace the names of a lease, by party id."""
        for number in self._of_lease.pop(lease_id, ()):
            self._forget(number)
        told = ((party_id, person) for party_id, text in names.items() for person in persons_of(text))
        self._of_lease[lease_id] = [self._add(lease_id, party_id, person) for party_id, person in told]

    def look_up(self, text: str | None) -> Namesakes:
        """The persons that a payer's name may be."""
        persons, cut = persons_of(text or ""), is_cut(text or "")
        alike = [(-score, *entry[:2]) for person in persons for entry, score in self._alike(person, cut=cut)]
        found = dict[str, Namesake]()
        for minus, lease_id, party_id in sorted(alike):
            if lease_id not in found:
                found[lease_id] = Namesake(lease_id, party_id, -minus)
        ranked = found.values()
        same = tuple(one for one in ranked if one.score >= SURE)
        near = tuple(one for one in ranked if one.score < SURE)
        if not same:
            return Namesakes(near=near)
        return Namesakes(
            same, near, self._kin(persons), any(len(self._rarest(person)) > _MOST_COMPARED for person in persons)
        )

    def named_in(self, text: str | None) -> frozenset[str]:
        """The leases that a free text names: by their id, or by all the words of a person."""
        raw = (text or "").replace(",", " ").replace(";", " ").replace(":", " ").split()
        words = set(words_of(text or ""))
        ids = {token for token in raw if len(token) >= _GRAM and token in self._of_lease and not token.isdigit()}
        counted = (held for word in words if len(held := self._words.get(word, _NOBODY)) <= _MOST_COMPARED)
        entries = (self._entries[number] for number in set[int]().union(*counted))
        return frozenset(ids | {entry.lease_id for entry in entries if words.issuperset(entry.person)})

    def _alike(self, person: Person, *, cut: bool) -> Iterator[tuple[_Entry, int]]:
        """Those whose name is at least near: by words where two are shared, else as rapidfuzz compares letters."""
        sharing = set[int]().union(*[one & other for one, other in combinations(self._bearers(person).values(), 2)])
        others = self._like(person) - sharing
        words, kept = frozenset(person), frozenset(person[:-1]) if cut else _NO_WORDS
        begun = others.intersection(*[self._words.get(word, _NOBODY) for word in kept])
        if is_short := len(words) == 1 or _has_initial(person):
            begun |= {number for number in others if _may_be_short_for(person, self._entries[number].person)}
        letters = others - begun
        for number in sharing | begun:
            entry = self._entries[number]
            held = entry.words
            is_begun = kept <= held and begins(person, entry.person)
            if not (words <= held or held <= words or is_begun or is_short or entry.has_initial):
                letters.add(number)
            elif (score := likeness(person, entry.person, cut=cut)) >= NEAR:
                yield entry, score
        yield from self._near(person, letters)

    def _near(self, person: Person, numbers: Collection[int]) -> Iterator[tuple[_Entry, int]]:
        """Those that are near by their letters alone."""
        if not numbers:
            return
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - loaded by those who look for names only

        places, text, known = tuple(numbers), " ".join(sorted(person)), self._texts
        texts = [known[number] for number in places]
        for _, score, place in process.extract(text, texts, scorer=fuzz.ratio, score_cutoff=NEAR, limit=None):
            yield self._entries[places[place]], min(int(score), SURE - 1)

    def _like(self, person: Person) -> set[int]:
        """Who shares a beginning or end of two words; and who bears the rarest word, if few do."""
        found = set[int]().union(*[self._pairs.get(pair, ()) for pair in _pairs(person)])
        rarest = self._rarest(person)
        return found | rarest if len(rarest) <= _RARE else found

    def _kin(self, persons: Iterable[Person]) -> frozenset[str]:
        """The leases of people who share a rare word with one of these, or the rarest that it has."""
        family = set[str]()
        for person in persons:
            borne = self._bearers(person)
            family |= {word for word, bearers in borne.items() if len(bearers) <= _RARE}
            rarest = min(
                (word for word, bearers in borne.items() if bearers), key=lambda word: len(borne[word]), default=""
            )
            family |= {rarest} if len(self._words.get(rarest, _NOBODY)) <= _MOST_COMPARED else set()
        return frozenset().union(*(self._leases.get(word, ()) for word in family))

    def _bearers(self, person: Person) -> dict[str, set[int]]:
        return {word: self._words.get(word, _NOBODY) for word in person if len(word) > 1}

    def _rarest(self, person: Person) -> set[int]:
        """Who bears the rarest of the words that anybody bears."""
        return min(filter(None, self._bearers(person).values()), key=len, default=_NOBODY)

    def _add(self, lease_id: str, party_id: str, person: Person) -> int:
        number, self._next = self._next, self._next + 1
        self._entries[number] = _Entry(lease_id, party_id, person, frozenset(person), _has_initial(person))
        self._texts[number] = " ".join(sorted(person))
        for word in person:
            self._words.setdefault(word, set()).add(number)
            self._leases.setdefault(word, set()).add(lease_id)
        for pair in _pairs(person):
            self._pairs[pair] = (*self._pairs.get(pair, ()), number)
        return number

    def _forget(self, number: int) -> None:
        lease_id, _, person, *_ = self._entries.pop(number)
        del self._texts[number]
        for word in person:
            self._words[word].discard(number)
            self._leases[word].discard(lease_id)
        for pair in _pairs(person):
            self._pairs[pair] = tuple(held for held in self._pairs[pair] if held != number)


_NOBODY: set[int] = set()
_NO_WORDS = frozenset({""})
"""No name has all of these."""


def _has_initial(person: Person) -> bool:
    return min(map(len, person)) == 1


def _may_be_short_for(short: Person, whole: Person) -> bool:
    """Whether each word of one begins a word of the other."""
    return all(any(held.startswith(word) for held in whole) for word in short)


def _pairs(person: Person) -> set[str]:
    """What two words of a person begin or end with, two at a time: one is left where one word is mistyped."""
    return {
        f"{one}|{other}"
        for first, second in combinations(sorted(person), 2)
        for one, other in (
            (first[:_GRAM], second[:_GRAM]),
            (first[-_GRAM:], second[:_GRAM]),
            (first[:_GRAM], second[-_GRAM:]),
        )
    }
