"""Of the movements of one kind, what their common texts say is read once.

Nobody declares which facts depend on which texts: each reading is watched once while it looks texts up. Where all that
it looked at is common to the kind, it would find the same in each segment of the kind, whatever it does with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from quitus.banking.camt.paths import Scope
from quitus.banking.camt.templates import Kind
from quitus.domain.movement import Facts, Movement, Nature

_MAX_RECIPES: Final = 256
_LONGEST: Final = 8192
_BLANK: Final = Movement(position="", amount_cents=0, booking_date=date.min)


class Fields:
    """The texts found in one part of the message: those that come once, and those that may repeat.

    `kind` is that of the segment that gave them all, where it was one.
    """

    __slots__ = ("kind", "many", "one")

    def __init__(self, one: dict[str, str] | None = None, kind: Kind | None = None) -> None:
        self.one: dict[str, str] = {} if one is None else one
        self.many: dict[str, list[str]] = {}
        self.kind = kind


class Told(NamedTuple):
    """What a movement is read from: the texts of its entry (`whole`) and of its detail, and what is known of it.

    `taken_back`: the entry is marked as a reversal. `lone`: the entry has no other movement, so that all that it says
    is about this one. `awaiting`: the movement is a batch's sum, whose details are to come.
    """

    whole: dict[str, str]
    one: dict[str, str]
    many: dict[str, list[str]]
    credit: bool
    taken_back: bool
    lone: bool
    awaiting: bool


type Accounts = dict[str, str]
"""Account numbers and where each was found first."""

type Reading = Callable[[Told, Facts, Accounts], None]
"""Reads one thing that is told: always sets the same facts, or adds accounts; looks texts up by their keys, and at no
fact.
"""


class Recipes:
    """The readings of a movement, and for each kind met those that are needed for each one."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = tuple(readings)
        self._known: dict[tuple[object, ...], _Recipe] = {}

    def facts(self, told: Told, kind: Kind | None) -> Facts:
        """All that the readings tell; `kind` is that of the segment that holds the detail, where it is one."""
        key = kind, told[3:]
        recipe = self._known.get(key)
        if recipe is None:
            recipe = _Recipe(self._readings, told, kind)
            if len(self._known) == _MAX_RECIPES:
                self._known.clear()
            if kind is None or kind.length < _LONGEST:
                self._known[key] = recipe
        facts = recipe.same.copy()
        accounts: Accounts = {}
        for reading in recipe.readings:
            reading(told, facts, accounts)
        if accounts and facts["nature"] is not Nature.OTHER:
            found = tuple(accounts.items())
            facts["virtual_iban"], facts["virtual_iban_path"] = found[0]
            facts["other_accounts"] = found[1:]
        return facts


class _Recipe:
    """The facts that are the same for all movements of a kind, and the readings that give the others."""

    __slots__ = ("readings", "same")

    def __init__(self, readings: Sequence[Reading], told: Told, kind: Kind | None) -> None:
        self.same = _BLANK.facts()
        self.readings = [reading for reading in readings if kind is None or self._differs(reading, told, kind)]

    def _differs(self, reading: Reading, told: Told, kind: Kind) -> bool:
        """Whether it looks at a text that differs within the kind, as all texts of an entry in another segment may.

        Accounts are searched each time, where there are any: the first one counts, whichever text it is in.
        """
        whole, one, many = _Watched(told.whole), _Watched(told.one), _Watched(told.many)
        accounts: Accounts = {}
        reading(told._replace(whole=whole, one=one, many=many), self.same, accounts)
        if accounts or (whole.looked and not kind.meaning.whole):
            return True
        looked = {(Scope.DETAIL, key) for key in one.looked | many.looked}
        return not kind.differing.isdisjoint(looked | {(Scope.ENTRY, key) for key in whole.looked})


class _Watched[Text](dict[str, Text]):
    """Notes the keys that are looked up, there or not."""

    def __init__(self, texts: Mapping[str, Text]) -> None:
        super().__init__(texts)
        self.looked: set[str] = set()

    def __getitem__(self, key: str) -> Text:
        self.looked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.looked.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """As of a dict."""
        self.looked.add(key)
        return super().get(key, default)
