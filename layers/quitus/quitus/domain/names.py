"""Names as banks and ERPs write them: the persons that a text names, whether two are the same, how near they are.

Banks write in capitals, without accents, hyphens or apostrophes, with a title, in either order, and cut what is long
(27 and 35 characters); an account may be of two people (`M OU MME`). Nothing here knows which word is the surname.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

type Person = tuple[str, ...]
"""The words of one person's (or company's) name, in the order written: capitals, plain letters and digits."""

NEAR = 80
"""From this likeness on (0 to 100) two names may be the same person's, or mistaken for each other."""

SURE = 95
"""From here on they are the same words, or the bank cut one of them."""

_SAME, _CUT, _WITHIN, _INITIALS = 100, SURE, 90, 88
_CUT_AT = frozenset({26, 27, 34, 35})
"""Lengths of a name that may have been cut at 27 or 35 characters: a blank at the end is not seen."""
_FEWEST_LETTERS = 5
_JOINING = str.maketrans(dict.fromkeys("'’ʼ`´′", ""))
_PLAIN = {code: chr(code).upper() if chr(code).isalnum() else " " for code in range(128)} | _JOINING
"""Of ASCII, what each character becomes."""
_SPELT = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS", "İ": "I"})
_TITLES = frozenset(
    [
        "M",
        "MR",
        "MME",
        "MLE",
        "MLLE",
        "MELLE",
        "MM",
        "MRS",
        "MS",
        "MONSIEUR",
        "MADAME",
        "MADEMOISELLE",
        "MESSIEURS",
        "MESDAMES",
        "DR",
        "ME",
        "VVE",
        "VEUVE",
    ]
)
_AND = frozenset({"ET", "OU", "AND", "OR"})
_ALSO_AND = frozenset("&/+")
_BORN = frozenset({"NEE", "EPOUSE", "EPSE", "EP"})
"""What follows is another name of the same person."""
_PARTICLES = frozenset(
    [
        "D",
        "DE",
        "DU",
        "DES",
        "L",
        "LE",
        "LA",
        "LES",
        "N",
        "O",
        "EL",
        "AL",
        "BEN",
        "DA",
        "DI",
        "DOS",
        "VAN",
        "VON",
        "DER",
        "DEN",
        "MAC",
        "MC",
    ]
)
"""Written apart or not: they belong to the word that follows."""
_WRITTEN_OUT = {"ST": "SAINT", "STE": "SAINTE"}


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text: capitals without accents, apostrophes joined, everything else a blank."""
    if text.isascii():
        return tuple(text.translate(_PLAIN).split())
    spelt = text.translate(_JOINING).upper().translate(_SPELT)
    if not spelt.isascii():
        plain = (char for char in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(char))
        spelt = "".join(plain).upper()
    return tuple("".join([char if char.isalnum() else " " for char in spelt]).split())


def joined(text: str) -> str:
    """The same without blanks: how texts are compared that banks cut anywhere."""
    return "".join(words_of(text))


def persons_of(text: str) -> tuple[Person, ...]:
    """The persons that a name names, without titles; words alone (`M OU MME X Y`: `M`) are no person."""
    persons, held = list[Person](), list[str]()
    if not _ALSO_AND.isdisjoint(text):
        text = text.replace("&", " ET ").replace("/", " OU ").replace("+", " ET ")
    for word in (*words_of(text), "ET"):
        if word not in _AND:
            held.append(word)
            continue
        person = _person(held)
        if len(person) > 1:
            persons.append(person)
        held = []
    return tuple(persons)


def is_cut(text: str) -> bool:
    """Whether a name is as long as what banks cut names to."""
    return len(text.strip()) in _CUT_AT


def is_same(one: Person, other: Person) -> bool:
    """Whether two names have the very same words, in any order, and are long enough to name somebody."""
    return len(one) == len(other) and sum(map(len, one)) >= _FEWEST_LETTERS and sorted(one) == sorted(other)


def begins(cut: Person, whole: Person) -> bool:
    """Whether a name that was cut may be the beginning of another: its last word may be, the others are all there."""
    *complete, last = cut
    left = list(whole)
    for word in complete:
        if word not in left:
            return False
        left.remove(word)
    enough = len(complete) >= 2 or len(last) >= _FEWEST_LETTERS
    return bool(complete) and enough and any(word.startswith(last) for word in left)


def likeness(one: Person, other: Person, *, cut: bool = False) -> int:
    """How near two names are, 0 to 100; 100 only for the very same words. `cut`: the first may have been cut."""
    if is_same(one, other):
        return _SAME
    if cut and begins(one, other):
        return _CUT
    words, held = set(one), set(other)
    if min(len(words), len(held)) >= 2 and (words <= held or held <= words):
        return _WITHIN
    if _are_initials(one, other) or _are_initials(other, one):
        return _INITIALS
    from rapidfuzz import fuzz  # noqa: PLC0415 - loaded by those who look for names only

    return min(int(fuzz.ratio(" ".join(sorted(one)), " ".join(sorted(other)))), SURE - 1)


def _person(words: Iterable[str]) -> Person:
    """The words without titles and what is said of birth or marriage; particles joined to what they belong to."""
    person, particle = list[str](), ""
    for word in words:
        if word in _TITLES and not particle:
            continue
        if word in _BORN and person:
            break
        if word in _PARTICLES:
            particle += word
            continue
        person.append(particle + _WRITTEN_OUT.get(word, word))
        particle = ""
    return (*person, particle) if particle else tuple(person)


def _are_initials(short: Person, whole: Person) -> bool:
    """Whether every word of one is a word of the other, or its first letter (`J MARTIN`)."""
    if len(short) != len(whole) or min(map(len, short)) > 1:
        return False
    left = list(whole)
    for word in sorted(short, key=len, reverse=True):
        found = next((held for held in left if held == word or (len(word) == 1 and held.startswith(word))), None)
        if found is None:
            return False
        left.remove(found)
    return True
