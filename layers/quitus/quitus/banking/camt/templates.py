"""Templates: the exact markup of a segment of a camt message, learned once, with a gap for the text of each leaf.

A segment runs from one boundary (end of a balance, detail, entry, statement…) to the next; an entry of one detail is
one segment. Two entries that differ only in the texts of their leaves have the same template, down to attributes and
blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from quitus.banking.camt.paths import UNKNOWN, Element, Mark, Scope
from quitus.banking.problems import Reason, unreadable
from quitus.domain.errors import UnreadableFile

MAX_DEPTH: Final = 64

_TAG: Final = re.compile(r"<(/?)([^\s/>=\"'<&!?]++)((?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_CURRENCY: Final = re.compile(r"\bCcy\s*=\s*[\"']([^\"']*)")
_REFERENCE: Final = re.compile(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));")
_ENTRY_SCOPES: Final = (Scope.ENTRY, Scope.DETAIL)
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


type Found = list[dict[str, str]]
"""The texts of a segment by key, one dictionary for each scope of its `Meaning`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The markup before a leaf's text, and where that text goes: to which scope (-1: nowhere) under which key."""

    markup: str
    part: int
    key: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a segment says apart from its texts: their scopes, what it opens and closes, which elements stay open.

    `repeated` says, for a scope and a key, under which keys its several texts are found. `message` is the format of the
    message that the segment opens, empty when it opens none. `whole`: the segment is one entry from its start to its
    end, its scopes are those of the entry and of its only detail.
    """

    scopes: tuple[Scope, ...]
    repeated: tuple[tuple[Scope, str, tuple[str, ...]], ...]
    message: str
    statement: bool
    entry: bool
    batch: bool
    detail: bool
    whole: bool
    closes: Mark
    after: tuple[Element, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Segments of one template that also have some texts in common; the others, by scope and key, are `differing`.

    `length` counts the characters that they have in common.
    """

    meaning: Meaning
    differing: frozenset[tuple[Scope, str]]
    length: int


class Template:
    """The markup of a segment with its gaps.

    It remembers which gaps have held the same text ever since, and welds those into the markup: what is left to find is
    what differs from entry to entry.
    """

    kind: Kind

    def __init__(
        self, gaps: Sequence[Gap], tail: str, ahead: int, texts: Sequence[str], base: Found, meaning: Meaning
    ) -> None:
        """`tail` is the markup after the last gap; as many characters of it as `ahead` says are of the next segment."""
        self._gaps, self._tail, self._ahead, self._base, self._meaning = tuple(gaps), tail, ahead, base, meaning
        self._stable = dict(enumerate(texts))
        self.matched = 0
        self._weld()

    def match(self, text: str, at: int) -> tuple[Found, int] | None:
        """The texts of the segment at this place and where it ends; None when its markup or a stable text is
        another.
        """
        found = [part.copy() for part in self._common]
        starts, find = text.startswith, text.find
        for markup, length, part, key in self._welded:
            if not starts(markup, at):
                return None
            at += length
            end = find("<", at)
            if part >= 0:
                found[part][key] = text[at:end]
            at = end
        if at < 0 or not starts(self._end, at):
            return None
        return found, at + self._size

    def match_again(self, text: str, at: int) -> tuple[Found, int] | None:
        """The same by the markup alone; what differs from before is no longer stable."""
        texts, place = [], at
        for gap in self._gaps:
            if not text.startswith(gap.markup, place):
                return None
            start = place + len(gap.markup)
            place = text.find("<", start)
            if place < 0:
                return None
            texts.append(text[start:place])
        if not text.startswith(self._tail, place):
            return None
        self._stable = {index: stable for index, stable in self._stable.items() if texts[index] == stable}
        self._weld()
        return self.match(text, at)

    def is_cut(self, text: str, at: int) -> bool:
        """Whether the text is this markup as far as it goes, and stops within it."""
        for markup in (*(gap.markup for gap in self._gaps), self._tail):
            if not text.startswith(markup, at):
                return markup.startswith(text[at : at + len(markup)])
            at = text.find("<", at + len(markup))
            if at < 0:
                return True
        return False

    def _weld(self) -> None:
        common, welded, before = [part.copy() for part in self._base], [], ""
        for index, gap in enumerate(self._gaps):
            before += gap.markup
            stable = self._stable.get(index)
            if gap.part >= 0:
                common[gap.part][gap.key] = stable or ""  # a copy that has all its keys is never enlarged
            if stable is None:
                welded.append((before, len(before), gap.part, gap.key))
                before = ""
            else:
                before += stable
        self._welded, self._common, self._end = welded, common, before + self._tail
        self._size = len(self._end) - self._ahead
        differing = {(self._meaning.scopes[part], key.partition(" ")[0]) for _, _, part, key in welded if part >= 0}
        length = len(self._end) + sum(length for _, length, _, _ in welded)
        self.kind = Kind(self._meaning, frozenset(differing), length)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf's text lies between two places; `head` is its start tag."""

    element: Element
    head: str
    start: int
    end: int


class _Walk:
    """Follows the tags of a segment from the elements that are open at its start."""

    def __init__(self, stack: tuple[Element, ...]) -> None:
        self.stack = list(stack)
        self.leaves: list[_Leaf] = []
        self.opens: set[Mark] = set()
        self.message = ""

    def open(self, name: str) -> Element:
        parent = self.stack[-1]
        child = parent.children.get(name.rpartition(":")[2]) or (parent if parent.searching else UNKNOWN)
        self.stack.append(child)
        if len(self.stack) > MAX_DEPTH + 1:
            raise too_deep()
        if child.opens is not None:
            self.opens.add(child.opens)
            self.message = child.message or self.message
        return child

    def close(self) -> Mark | None:
        if len(self.stack) == 1:
            raise unreadable(Reason.NOT_XML, "Broken markup: an end without a start.")
        return self.stack.pop().closes


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a segment may end."""

    mark: Mark
    end: int
    leaves: int
    stack: tuple[Element, ...]


def learn(stack: tuple[Element, ...], text: str, at: int) -> tuple[Template, int] | None:
    """The template of the segment that starts here, and its size; None when the text does not reach its end.

    Raises:
        UnreadableFile: nested too deep.
    """
    walk = _Walk(stack)
    opened: _Leaf | None = None
    detail: _Cut | None = None
    for tag in _TAG.finditer(text, at):
        ends, name, rest = tag.groups()
        if not ends:
            element = walk.open(name)
            if detail is not None and element.closes is Mark.DETAIL_END:
                return _template(walk, detail, text, at, tag.end())
            opened = _Leaf(element, tag.group(), tag.end(), tag.end())
        elif opened is not None:
            walk.leaves.append(_Leaf(opened.element, opened.head, opened.start, tag.start()))
        if ends or rest.endswith("/"):
            opened = None
            mark = walk.close()
            if mark is None:
                continue
            cut = _Cut(mark, tag.end(), len(walk.leaves), tuple(walk.stack))
            if mark is not Mark.DETAIL_END or Mark.ENTRY not in walk.opens:
                return _template(walk, cut, text, at, cut.end)
            detail = cut
    return None


def _template(walk: _Walk, cut: _Cut, text: str, at: int, seen: int) -> tuple[Template, int]:
    """The template of the segment from one place to the cut. That it ends there was told by the text up to `seen`, and
    is only told where that follows.
    """
    leaves = walk.leaves[: cut.leaves]
    whole = cut.mark is Mark.ENTRY_END and Mark.ENTRY in walk.opens and _is_of_an_entry(leaves)
    places = _Places(leaves, _ENTRY_SCOPES if whole else ())
    gaps, texts, previous = [], [], at
    for leaf in leaves:
        gaps.append(Gap(text[previous : leaf.start], *places.of(leaf)))
        texts.append(text[leaf.start : leaf.end])
        previous = leaf.end
    meaning = Meaning(
        scopes=tuple(places.scopes),
        repeated=places.repeated(),
        message=walk.message,
        statement=Mark.STATEMENT in walk.opens,
        entry=Mark.ENTRY in walk.opens,
        batch=Mark.BATCH in walk.opens,
        detail=Mark.DETAIL in walk.opens,
        whole=whole,
        closes=cut.mark,
        after=cut.stack,
    )
    return Template(gaps, text[previous:seen], seen - cut.end, texts, places.fixed, meaning), seen - at


def _is_of_an_entry(leaves: Sequence[_Leaf]) -> bool:
    return all(leaf.element.scope in _ENTRY_SCOPES or leaf.element.scope is None for leaf in leaves)


class _Places:
    """Gives each wanted leaf its scope and key; of a key that does not repeat, the first leaf has it.

    `expected` are scopes that count even where no leaf is of them.
    """

    def __init__(self, leaves: Sequence[_Leaf], expected: Sequence[Scope]) -> None:
        found = {leaf.element.scope for leaf in leaves if leaf.element.scope is not None}
        self.scopes = sorted({*expected, *found})
        self.fixed: Found = [{} for _ in self.scopes]
        self._taken: set[tuple[Scope, str]] = set()
        self._repeated: dict[tuple[Scope, str], list[str]] = {}

    def of(self, leaf: _Leaf) -> tuple[int, str]:
        """The scope's number and the key, -1 where the text is not wanted; the tag's currency is noted by the way."""
        scope, key = leaf.element.scope, leaf.element.key
        if scope is None:
            return -1, ""
        part = self.scopes.index(scope)
        if leaf.element.repeated:
            keys = self._repeated.setdefault((scope, key), [])
            keys.append(f"{key} {len(keys)}")
            return part, keys[-1]
        if (scope, key) in self._taken:
            return -1, ""
        self._taken.add((scope, key))
        currency = _CURRENCY.search(leaf.head)
        if currency is not None:
            self.fixed[part][f"{key}_currency"] = currency.group(1)
        return part, key

    def repeated(self) -> tuple[tuple[Scope, str, tuple[str, ...]], ...]:
        """Which keys hold the texts of each repeated one."""
        return tuple((scope, key, tuple(keys)) for (scope, key), keys in self._repeated.items())


def resolved(text: str) -> str:
    """The text with line ends as XML has them, and character and predefined references replaced (expat allowed no
    other).
    """
    return _REFERENCE.sub(_character, text.replace("\r\n", "\n").replace("\r", "\n"))


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def too_deep() -> UnreadableFile:
    """The refusal of nesting that no bank file has."""
    return unreadable(Reason.TOO_DEEP, f"Elements are nested deeper than {MAX_DEPTH}.")
