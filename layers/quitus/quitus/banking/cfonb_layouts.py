"""A CFONB 120 movement, `04`, and its complements, `05`, end to end in one text (bank-formats.md §5).

The movements of a file have their complements in few orders: each order is laid out once, then movements are read by
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from quitus.banking.profiles import CFONB_STATEMENT, Places
from quitus.banking.references import (
    as_iban,
    compact,
    creditor_reference,
    creditor_references,
    found_ibans,
    may_begin_account,
    reference,
)
from quitus.domain.movement import Facts, Nature

WIDTH: Final = 120
_TEXT: Final = slice(48, 118)
_UNQUALIFIED_TEXT: Final = slice(40, 81)
_WHOLE: Final = slice(0, 70)
_LEFT: Final = slice(0, 35)
_RIGHT: Final = slice(35, 70)
_REMITTANCE: Final = ("LCC", "LC2")
_LABEL: Final = "LIB"
_END_TO_END: Final = "RCN"
_MAX_LAYOUTS: Final = 1024
_MAX_PATTERNS: Final = 64

_UNQUALIFIED: Final = "?"
_FREE: Final = (*_REMITTANCE, _LABEL, _UNQUALIFIED)
_MOVEMENT_PATTERN: Final = "(04.{17}+[2 ].{28}+)(.{31}+).{11}+([0-9]{13}+)([{}0-9A-R])(.{16}+)"
_MOVEMENT_GROUPS: Final = 5
_COMPLEMENT_PATTERN: Final = "05.{38}+     "
_WHOLE_TEXT, _LEFT_TEXT, _WORDS_TEXT, _ANY_TEXT = "(.{70}+)..", "(.{35}+).{37}+", "([A-Za-z]{4}+.{66}+)..", ".{72}+"
_UNQUALIFIED_WORDS: Final = "05.{38}+([A-Za-z]{4}+.{37}+).{39}+"
_UNQUALIFIED_ANY: Final = "05.{38}+(?! {5}).{80}+"
_END_PATTERN: Final = "(?!05)()"


def _payer(facts: Facts, text: str) -> None:
    facts["debtor_name"] = facts["debtor_name"] or text or None


def _end_to_end(facts: Facts, text: str) -> None:
    facts["end_to_end_id"] = reference(text)


def _mandate(facts: Facts, text: str) -> None:
    facts["mandate_id"] = reference(text)


def _payer_account(facts: Facts, text: str) -> None:
    facts["debtor_iban"] = compact(text) or None


def _batch(facts: Facts, text: str) -> None:
    named = reference(text)
    facts["batch_references"] = (named,) if named else ()


def _transaction(facts: Facts, text: str) -> None:
    facts["bank_reference"] = facts["bank_reference"] or reference(text)


def _instructed(facts: Facts, text: str) -> None:
    """Currency, decimals and original amount: kept where it is in euros and not what was booked."""
    digits = text[4:18].strip()
    if text.startswith("EUR2") and digits.isascii() and digits.isdigit() and int(digits) != abs(facts["amount_cents"]):
        facts["instructed_cents"] = int(digits)


def _note(facts: Facts, text: str) -> None:
    """What no other field takes is kept with the label: nothing of a file is read over."""
    facts["note"] = f"{facts['note']} / {text}" if facts["note"] else text


def _noted(qualifier: str) -> Callable[[Facts, str], None]:
    def note(facts: Facts, text: str) -> None:
        if text:
            _note(facts, f"{qualifier} {text}")

    return note


_TOLD: Final[tuple[tuple[str, slice, Callable[[Facts, str], None]], ...]] = (
    (_END_TO_END, _LEFT, _end_to_end),
    ("REF", _LEFT, _batch),
    ("REF", _RIGHT, _transaction),
    ("MMO", _WHOLE, _instructed),
    ("RUM", _LEFT, _mandate),
    ("CPY", _WHOLE, _payer_account),
)
"""Qualifier, part of its text, what it tells; of what several tell, the first has it."""


type _Texts = tuple[tuple[str, tuple[slice, ...]], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the texts of a movement are whose complements come in one order."""

    told: tuple[tuple[Callable[[Facts, str], None], slice], ...]
    remittance: tuple[slice, ...]
    labels: tuple[slice, ...]
    references: tuple[slice, ...]
    """Where a payment reference stands alone."""
    searched: tuple[slice, ...]
    """Where one may be among other words."""
    sure: _Texts
    """The places that hold an account number or nothing."""
    places: _Texts

    def tell(self, facts: Facts, records: str, own: str) -> None:
        """Add to the facts all that the complements say; `own` is the statement's account, which is no evidence."""
        remittance, labels = _stripped(records, self.remittance), _stripped(records, self.labels)
        facts["remittance"] = _remittance(remittance) or _joined(labels)
        for tell, cut in self.told:
            tell(facts, records[cut].strip())
        free = "".join([*remittance, *labels]).upper()
        if self.references or "RF" in free:
            references, searched = _stripped(records, self.references), _stripped(records, self.searched)
            facts["payment_reference"] = creditor_reference(references, searched)
            _tell_others(facts, references)
        if facts["nature"] is not Nature.OTHER:
            named = "FR" in free or any(map(may_begin_account, (*remittance, *labels)))
            _tell_accounts(facts, self.places if named else self.sure, records, own)


@dataclass(slots=True)
class Pattern:
    """Finds the movements of a layout, or only those that are `usual`: their complements are at most payer, end-to-end
    id, one free text that begins with a word, and one account number, which is at `account_place` of the profile.

    `ordered` gives of the groups found columns 1-48, label, digits and last digit of the amount, reference, then these
    four, empty where there is none. `hits` counts what was found.
    """

    layout: Layout
    usual: bool
    match: Callable[[str, int, int], re.Match[str] | None]
    ordered: Callable[[Sequence[str]], Sequence[str]]
    account_place: str = ""
    hits: int = 0


class Layouts:
    """The layouts met in a file, and patterns of the first ones; `places` are where the profile looks."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[tuple[str, ...], Layout] = {}
        self._patterns: list[Pattern] = []

    def of(self, records: str) -> Layout:
        """The layout of a movement and its complements, end to end."""
        qualifiers = tuple(_qualifier(records, at) for at in range(WIDTH, len(records), WIDTH))
        return self._known.get(qualifiers) or self._learned(qualifiers)

    def patterns(self) -> list[Pattern]:
        """Those that find most come first."""
        self._patterns.sort(key=lambda pattern: pattern.hits, reverse=True)
        return self._patterns

    def _learned(self, qualifiers: tuple[str, ...]) -> Layout:
        if len(self._known) == _MAX_LAYOUTS:
            self._known.clear()
        layout = self._known[qualifiers] = _laid_out(qualifiers, self._places)
        if len(self._patterns) < _MAX_PATTERNS:
            self._patterns += _patterns(layout, qualifiers, self._places)
        return layout


def _qualifier(records: str, at: int) -> str:
    """Columns 46-48 of a complement, or that it has none: then its text begins in column 41 already."""
    return _UNQUALIFIED if records[at + 40 : at + 45].strip() else records[at + 45 : at + 48]


def _laid_out(qualifiers: Sequence[str], profile: Places) -> Layout:
    payers = tuple((name, _WHOLE, _payer) for name in profile.payer)
    taken = {*profile.payer, *profile.virtual_iban, *profile.reference, *_FREE, *(name for name, _, _ in _TOLD)}
    found: dict[str, list[slice]] = {}
    for number, qualifier in enumerate(qualifiers, 1):
        name, text = (_LABEL, _UNQUALIFIED_TEXT) if qualifier == _UNQUALIFIED else (qualifier, _TEXT)
        found.setdefault(name, []).append(_part(slice(number * WIDTH, (number + 1) * WIDTH), text))
    places = tuple(
        (place, tuple(_searched(place, found, profile.virtual_iban)))
        for place in profile.virtual_iban
        if place in found or place == CFONB_STATEMENT
    )
    told = [(tell, _part(found[name][0], part)) for name, part, tell in (*payers, *_TOLD) if name in found]
    noted = [(_noted(name), cut) for name, cuts in found.items() if name not in taken for cut in cuts]
    return Layout(
        told=(*told, *noted),
        remittance=tuple(cut for name in _REMITTANCE for cut in found.get(name, ())),
        labels=tuple(found.get(_LABEL, ())),
        references=tuple(cut for name in profile.reference if name not in _FREE for cut in found.get(name, ())),
        searched=tuple(cut for name in profile.reference if name in _FREE for cut in found.get(name, ())),
        sure=tuple((place, cuts) for place, cuts in places if place not in _FREE),
        places=places,
    )


def _searched(place: str, found: Mapping[str, list[slice]], places: Sequence[str]) -> list[slice]:
    """The texts of a place; what `LC2` goes on with began in `LCC`."""
    first, second = _REMITTANCE
    begun = found.get(first, []) if place == second and first in places else []
    return [*begun, *found.get(place, ())]


def _part(text: slice, part: slice) -> slice:
    return slice(text.start + part.start, min(text.start + part.stop, text.stop))


def _patterns(layout: Layout, qualifiers: Sequence[str], profile: Places) -> Iterator[Pattern]:
    """The pattern of the usual ones, if these complements can be, and of all."""
    payer = next((name for name in profile.payer if name in qualifiers), "")
    free = next((name for name in qualifiers if name in _FREE), "")
    account = next((name for name in profile.virtual_iban if name in qualifiers and name not in _FREE), "")
    roles = (payer, _END_TO_END, free, account)
    once = len(set(qualifiers)) == len(qualifiers) and account not in {payer, _END_TO_END}
    if once and set(qualifiers) <= set(roles) and CFONB_STATEMENT not in profile.virtual_iban:
        texts = {payer: _WHOLE_TEXT, _END_TO_END: _LEFT_TEXT, free: _WORDS_TEXT, account: _LEFT_TEXT}
        complements = [_complement(name, _UNQUALIFIED_WORDS, texts[name]) for name in qualifiers]
        absent = _MOVEMENT_GROUPS + len(qualifiers)
        groups = [_MOVEMENT_GROUPS + qualifiers.index(role) if role in qualifiers else absent for role in roles]
        yield Pattern(layout, True, _matching(complements), itemgetter(*range(_MOVEMENT_GROUPS), *groups), account)
    complements = [_complement(name, _UNQUALIFIED_ANY, _ANY_TEXT) for name in qualifiers]
    absent = _MOVEMENT_GROUPS
    yield Pattern(layout, False, _matching(complements), itemgetter(*range(_MOVEMENT_GROUPS), *[absent] * 4))


def _complement(qualifier: str, unqualified: str, text: str) -> str:
    return unqualified if qualifier == _UNQUALIFIED else f"{_COMPLEMENT_PATTERN}{re.escape(qualifier)}{text}"


def _matching(complements: Sequence[str]) -> Callable[[str, int, int], re.Match[str] | None]:
    return re.compile(f"{_MOVEMENT_PATTERN}{''.join(complements)}{_END_PATTERN}", re.DOTALL).match


def _stripped(records: str, cuts: tuple[slice, ...]) -> list[str]:
    return [records[cut].rstrip() for cut in cuts]


def _remittance(texts: list[str]) -> str | None:
    """The payer's text: `LCC` and `LC2`, 70 characters each, cut anywhere."""
    if len(texts) > 1 and all(len(text) == 70 for text in texts[:-1]):
        return "".join(texts).strip() or None
    return _joined(texts)


def _joined(texts: list[str]) -> str | None:
    return " ".join(bare for text in texts if (bare := text.strip())) or None


def _tell_others(facts: Facts, references: Sequence[str]) -> None:
    """References of another standard than ours: they are the remittance of a movement without text, else noted."""
    others = " ".join(text for text in references if reference(text) and not creditor_references([text])).strip()
    if others and facts["remittance"]:
        _note(facts, others)
    elif others:
        facts["remittance"] = others


def _tell_accounts(facts: Facts, places: _Texts, records: str, own: str) -> None:
    """Valid account numbers, in the profile's order; the statement's own only where the profile asks for it."""
    found: dict[str, str] = {}
    for place, cuts in places:
        texts = [own] if place == CFONB_STATEMENT else _stripped(records, cuts)
        ibans = [iban for text in texts if (iban := as_iban(text[_LEFT])) is not None]
        if place in _FREE or not ibans:
            ibans += found_ibans(texts)
        evident = (iban for iban in ibans if iban != own or place == CFONB_STATEMENT)
        found.update((iban, place) for iban in evident if iban not in found)
    if found:
        first, *others = found.items()
        facts["virtual_iban"], facts["virtual_iban_path"] = first
        facts["other_accounts"] = tuple(others)
