"""Who among tens of thousands of tenants a payer's name may be: a token index, then rapidfuzz over the few it finds.

Persons are found by whole words, and by the first or last four letters of two words at once, so that a mistyped or cut
word is forgiven; who shares a rare word (kin, perhaps) is known too. What the index answers decides nothing alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from quitus.domain.names import NEAR, SURE, Person, begins, is_cut, likeness, persons_of, words_of

HOLDER = "@"
"""Under which the lease's holder is kept: no id of a party."""

_MOST = 100
_GRAM = 4
_RARE = 60
"""A word that no more people bear may be the name of a family, whichever word it is."""
_MOST_COMPARED = 300
_MOST_WORDS = 5
"""A name of more words is held against each person: its parts are too many to be looked up."""


class Namesake(NamedTuple):
    """A person of a lease whose name is like the payer's; the nearest come first."""

    distance: int
    """0 for the very same words."""
    whose: tuple[str, str]
    """The lease and the party."""

    @property
    def lease_id(self) -> str:
        """The lease."""
        return self.whose[0]

    @property
    def party_id(self) -> str:
        """The party of the lease."""
        return self.whose[1]

    @property
    def score(self) -> int:
        """How like, 0 to 100."""
        return _MOST - self.distance


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


type _Bearers = Mapping[str, set[int]]
"""Who bears each word of a name; initials are left out."""


class NameIndex:
    """The persons of a landlord's leases; a lease's persons are replaced whole."""

    def __init__(self) -> None:
        self._persons: list[Person] = []
        """By number, as all that follows. A number is never given again; what is forgotten is found by nothing."""
        self._whose: list[tuple[str, str]] = []
        """The lease and the party of each person."""
        self._texts: list[str] = []
        """The words of each person in the order of the alphabet."""
        self._of_lease: dict[str, list[int]] = {}
        self._words: dict[str, set[int]] = {}
        self._leases: dict[str, set[str]] = {}
        """The leases of those who bear a word."""
        self._pairs: dict[str, tuple[int, ...]] = {}
        self._wholes: dict[str, tuple[int, ...]] = {}
        """Who has these words and no others."""
        self._with_initial: set[int] = set()

    def __len__(self) -> int:
        return len(self._of_lease)

    def put(self, lease_id: str, names: Mapping[str, str]) -> None:
        """Replace the names of a lease, by party id."""
        for number in self._of_lease.pop(lease_id, ()):
            self._forget(number)
        told = ((party_id, person) for party_id, text in names.items() for person in persons_of(text))
        self._of_lease[lease_id] = [self._add((lease_id, party_id), person) for party_id, person in told]

    def look_up(self, text: str | None) -> Namesakes:
        """The persons that a payer's name may be."""
        cut = is_cut(text or "")
        asked = [(person, self._bearers(person)) for person in persons_of(text or "")]
        alike = [one for person, bearers in asked for one in self._alike(person, bearers, cut=cut)]
        ranked = _ranked(alike)
        sure = sum([one.distance <= _MOST - SURE for one in ranked])
        if not sure:
            return Namesakes(near=ranked)
        borne = [bearers for _, bearers in asked]
        is_common = any(len(bearers.get(_rarest(bearers), _NOBODY)) > _MOST_COMPARED for bearers in borne)
        return Namesakes(ranked[:sure], ranked[sure:], self._kin(borne), is_common)

    def named_in(self, text: str | None) -> frozenset[str]:
        """The leases that a free text names: by their id, or by all the words of a person."""
        raw = (text or "").replace(",", " ").replace(";", " ").replace(":", " ").split()
        words = set(words_of(text or ""))
        ids = {token for token in raw if len(token) >= _GRAM and token in self._of_lease and not token.isdigit()}
        counted = (held for word in words if len(held := self._words.get(word, _NOBODY)) <= _MOST_COMPARED)
        numbers = set[int]().union(*counted)
        return frozenset(
            ids | {self._whose[number][0] for number in numbers if words.issuperset(self._persons[number])}
        )

    def _alike(self, person: Person, bearers: _Bearers, *, cut: bool) -> list[Namesake]:
        """Those whose name is at least near: by words where two are shared, else as rapidfuzz compares letters."""
        sharing = set[int]().union(*[one & other for one, other in combinations(bearers.values(), 2)])
        among = self._like(person, bearers, sharing)
        by_words = self._by_words(person, bearers, sharing, among)
        if cut:
            by_words |= self._begun(person, among)
        alike = self._near(person, among - by_words)
        for number in by_words:
            if (score := likeness(person, self._persons[number], cut=cut)) >= NEAR:
                alike.append(Namesake(_MOST - score, self._whose[number]))
        return alike

    def _like(self, person: Person, bearers: _Bearers, sharing: set[int]) -> set[int]:
        """Those who share words, and who share a beginning or end of two; and who bears the rarest word, if few do."""
        rarest = bearers.get(_rarest(bearers), _NOBODY)
        pairs = [self._pairs.get(pair, ()) for pair in _pairs(person)]
        return sharing.union(*pairs, rarest if len(rarest) <= _RARE else ())

    def _by_words(self, person: Person, bearers: _Bearers, sharing: set[int], among: set[int]) -> set[int]:
        """Who is compared word by word: who has all of its words, or none but them; and where there are initials."""
        if len(bearers) == 1 or _has_initial(person):
            return sharing | {number for number in among if _may_be_short_for(person, self._persons[number])}
        if len(bearers) > _MOST_WORDS:
            return {number for number in sharing if _is_by_words(bearers, self._persons[number])}
        parts = [part for size in range(2, len(bearers)) for part in combinations(sorted(bearers), size)]
        if not parts:
            return set(sharing)
        whole = set.intersection(*bearers.values())
        return whole.union(*[self._wholes.get(" ".join(part), ()) for part in parts], sharing & self._with_initial)

    def _begun(self, cut: Person, among: set[int]) -> set[int]:
        """Of these, whose name a name that was cut may begin."""
        kept = among.intersection(*[self._words.get(word, _NOBODY) for word in cut[:-1]])
        last, known = cut[-1], self._texts
        return {number for number in kept if last in known[number] and begins(cut, self._persons[number])}

    def _near(self, person: Person, numbers: Collection[int]) -> list[Namesake]:
        """Those that are near by their letters alone."""
        if not numbers:
            return []
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - loaded by those who look for names only

        places, known, whose = tuple(numbers), self._texts, self._whose
        texts = [known[number] for number in places]
        found = process.extract(" ".join(sorted(person)), texts, scorer=fuzz.ratio, score_cutoff=NEAR, limit=None)
        return [Namesake(_MOST - min(int(score), SURE - 1), whose[places[place]]) for _, score, place in found]

    def _kin(self, borne: Sequence[_Bearers]) -> frozenset[str]:
        """The leases of people who share a rare word, or the rarest that a name has."""
        family = {word for bearers in borne for word, held in bearers.items() if len(held) <= _RARE}
        rarest = ((_rarest(bearers), bearers) for bearers in borne)
        family |= {word for word, bearers in rarest if len(bearers.get(word, _NOBODY)) <= _MOST_COMPARED}
        return frozenset().union(*[self._leases.get(word, ()) for word in family])

    def _bearers(self, person: Person) -> _Bearers:
        return {word: self._words.get(word, _NOBODY) for word in person if len(word) > 1}

    def _add(self, whose: tuple[str, str], person: Person) -> int:
        number = len(self._persons)
        self._persons.append(person)
        self._whose.append(whose)
        self._texts.append(" ".join(sorted(person)))
        for word in person:
            self._words.setdefault(word, set()).add(number)
            self._leases.setdefault(word, set()).add(whose[0])
        for held, names in self._tuples(person):
            for name in names:
                held[name] = (*held.get(name, ()), number)
        if _has_initial(person):
            self._with_initial.add(number)
        return number

    def _forget(self, number: int) -> None:
        person, (lease_id, _) = self._persons[number], self._whose[number]
        for word in person:
            self._words[word].discard(number)
            self._leases[word].discard(lease_id)
        for held, names in self._tuples(person):
            for name in names:
                held[name] = tuple(kept for kept in held[name] if kept != number)
        self._with_initial.discard(number)

    def _tuples(self, person: Person) -> tuple[tuple[dict[str, tuple[int, ...]], Collection[str]], ...]:
        """Where a person's number stands in small tuples, and under which names."""
        return (self._pairs, _pairs(person)), (self._wholes, (" ".join(sorted(set(person))),))


_NOBODY: set[int] = set()


def _ranked(alike: list[Namesake]) -> tuple[Namesake, ...]:
    """The nearest first; of each lease the nearest only."""
    alike.sort()
    found = dict[str, Namesake]()
    for one in alike:
        found.setdefault(one.whose[0], one)
    return tuple(found.values()) if len(found) < len(alike) else tuple(alike)


def _rarest(bearers: _Bearers) -> str:
    """The rarest of the words that anybody bears; none, if nobody bears any."""
    return min([word for word, held in bearers.items() if held], key=lambda word: len(bearers[word]), default="")


def _is_by_words(bearers: _Bearers, held: Person) -> bool:
    """Whether one name has all the words of the other, or there are initials."""
    words = bearers.keys()
    return words <= set(held) or words >= set(held) or _has_initial(held)


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
