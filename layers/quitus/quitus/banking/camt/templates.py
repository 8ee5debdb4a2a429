"""Templates: the exact markup of a segment of a camt message, learned once, with a gap for the text of each leaf.

A segment runs from one boundary (end of a balance, detail, entry, statement…) to the next; an entry of one detail is
one segment. Two entries that differ only in the texts of their leaves have the same template, down to attributes and
blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from quitus.banking.camt.paths import UNKNOWN, Element, Mark
from quitus.banking.problems import Reason, unreadable
from quitus.domain.errors import UnreadableFile

MAX_DEPTH: Final = 64

_TAG: Final = re.compile(r"<(/?)([^\s/>=\"'<&!?]+)((?:[^\"'<>]|\"[^\"<]*\"|'[^'<]*')*)>")
_CURRENCY: Final = re.compile(r"\bCcy\s*=\s*[\"']([^\"']*)")
_REFERENCE: Final = re.compile(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Run(NamedTuple):
    """Consecutive values of a segment that go to one scope: one per key, or all of them to one repeated key."""

    scope: int
    keys: tuple[str, ...]
    repeated: bool
    place: slice


@dataclass(frozen=True, slots=True)
class Gap:
    """The markup before a leaf's text, and the place of that text among the wanted ones (-1: not wanted)."""

    markup: str
    slot: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a segment says apart from its texts: where they go, what it opens and closes, which elements stay open.

    `message` is the format of the message that it opens, empty when it opens none.
    """

    runs: tuple[Run, ...]
    message: str
    statement: bool
    entry: bool
    batch: bool
    detail: bool
    closes: Mark
    after: tuple[Element, ...]


class Template:
    """The markup of a segment with its gaps; remembers which gaps have always held the same text, and matches those at
    once.
    """

    def __init__(self, gaps: Sequence[Gap], tail: str, base: Sequence[str], meaning: Meaning) -> None:
        self.meaning = meaning
        self._gaps, self._tail, self._base = tuple(gaps), tail, list(base)
        self._stable: dict[int, str] = {}
        self._fast: tuple[list[str], list[tuple[str, int, int]], str] | None = None
        self._met = 0

    def match(self, text: str, at: int) -> tuple[list[str], int] | None:
        """The wanted texts of the segment at this place and where it ends; None when its markup is another."""
        if self._fast is not None:
            base, gaps, tail = self._fast
            values = base.copy()
            start, starts, find = at, text.startswith, text.find
            for markup, length, slot in gaps:
                if not starts(markup, at):
                    break
                at += length
                end = find("<", at)
                if slot >= 0:
                    values[slot] = text[at:end]
                at = end
            else:
                if at >= 0 and starts(tail, at):
                    return values, at + len(tail)
            at = start
        return self._match(text, at)

    def _match(self, text: str, at: int) -> tuple[list[str], int] | None:
        texts = []
        for gap in self._gaps:
            if not text.startswith(gap.markup, at):
                return None
            start = at + len(gap.markup)
            at = text.find("<", start)
            if at < 0:
                return None
            texts.append(text[start:at])
        if not text.startswith(self._tail, at):
            return None
        self._remember(texts)
        values = self._base.copy()
        for gap, found in zip(self._gaps, texts, strict=True):
            if gap.slot >= 0:
                values[gap.slot] = found
        return values, at + len(self._tail)

    def _remember(self, texts: list[str]) -> None:
        """Keep as stable the gaps whose text has never changed, and weld them to the markup around them."""
        self._met += 1
        if self._met == 1:
            self._stable = dict(enumerate(texts))
            return
        self._stable = {index: text for index, text in self._stable.items() if texts[index] == text}
        base, gaps, before = self._base.copy(), [], ""
        for index, gap in enumerate(self._gaps):
            before += gap.markup
            if index not in self._stable:
                gaps.append((before, len(before), gap.slot))
                before = ""
                continue
            before += self._stable[index]
            if gap.slot >= 0:
                base[gap.slot] = self._stable[index]
        self._fast = base, gaps, before + self._tail


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
                return _template(walk, detail, text, at)
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
                return _template(walk, cut, text, at)
            detail = cut
    return None


def _template(walk: _Walk, cut: _Cut, text: str, at: int) -> tuple[Template, int]:
    leaves = walk.leaves[: cut.leaves]
    wanted = _wanted(leaves)
    slots = {item.leaf.start: slot for slot, item in enumerate(wanted) if item.fixed is None}
    gaps, previous = [], at
    for leaf in leaves:
        gaps.append(Gap(text[previous : leaf.start], slots.get(leaf.start, -1)))
        previous = leaf.end
    meaning = Meaning(
        runs=_runs(wanted),
        message=walk.message,
        statement=Mark.STATEMENT in walk.opens,
        entry=Mark.ENTRY in walk.opens,
        batch=Mark.BATCH in walk.opens,
        detail=Mark.DETAIL in walk.opens,
        closes=cut.mark,
        after=cut.stack,
    )
    base = [item.fixed or "" for item in wanted]
    return Template(gaps, text[previous : cut.end], base, meaning), cut.end - at


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A text that we want: a leaf's, or one that its tag fixes, as `Ccy` of an amount."""

    leaf: _Leaf
    key: str
    fixed: str | None = None


def _wanted(leaves: list[_Leaf]) -> list[_Wanted]:
    """The texts that we want, those of one run together; of a key that does not repeat, the first."""
    found: dict[tuple[object, ...], _Wanted] = {}
    for leaf in leaves:
        scope, key = leaf.element.scope, leaf.element.key
        if scope is None:
            continue
        found.setdefault((scope, key, leaf.start if leaf.element.repeated else None), _Wanted(leaf, key))
        currency = None if leaf.element.repeated else _CURRENCY.search(leaf.head)
        if currency is not None:
            key = f"{key}_currency"
            found.setdefault((scope, key), _Wanted(leaf, key, currency.group(1)))
    return sorted(found.values(), key=_run_of)


def _run_of(wanted: _Wanted) -> tuple[int, bool, str]:
    element = wanted.leaf.element
    return (int(element.scope or 0), element.repeated, element.key if element.repeated else "")


def _runs(wanted: list[_Wanted]) -> tuple[Run, ...]:
    runs, start = [], 0
    for (scope, repeated, _), group in groupby(wanted, key=_run_of):
        keys = tuple(item.key for item in group)
        runs.append(Run(scope, keys, repeated, slice(start, start + len(keys))))
        start += len(keys)
    return tuple(runs)


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
