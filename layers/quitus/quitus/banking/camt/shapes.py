"""Shapes: the exact tags of a segment of a camt message, learned once, and where its wanted texts are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from quitus.banking.camt.paths import UNKNOWN, Element, Mark, Scope
from quitus.banking.problems import Reason, unreadable
from quitus.domain.errors import UnreadableFile

MAX_DEPTH: Final = 64

_TAG: Final = re.compile(r"([^\s/>=\"'<&!?]+)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>")
_CURRENCY: Final = re.compile(r"\bCcy\s*=\s*[\"']([^\"']*)")
_ENTITY: Final = re.compile(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

type Pick = Callable[[Sequence[str]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive values of a segment that go to one scope: one per key, or all of them to one repeated key."""

    scope: Scope
    keys: tuple[str, ...]
    start: int
    stop: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """The tags between two boundaries. `plain` picks the pieces that must be equal, `leaves` those that start with a leaf's
    tag (`heads`), `wanted` those whose text we want, in the order of `runs`."""

    size: int
    last: str
    plain: Pick
    plain_expected: tuple[str, ...]
    leaves: Pick
    heads: tuple[str, ...]
    head_lengths: tuple[int, ...]
    wanted: Pick
    wanted_lengths: tuple[int, ...]
    runs: tuple[Run, ...]
    currencies: tuple[tuple[Scope, str, str], ...]
    opens: frozenset[Mark]
    closes: Mark
    message: str
    after: tuple[Element, ...]

    def matches(self, segment: Sequence[str]) -> bool:
        """Whether a segment of the right size and end has exactly these tags."""
        if self.plain(segment) != self.plain_expected:
            return False
        return tuple([piece[:length] for piece, length in zip(self.leaves(segment), self.head_lengths)]) == self.heads

    def values(self, segment: Sequence[str]) -> list[str]:
        """The wanted texts of a segment that matches, references resolved."""
        values = [piece[length:] for piece, length in zip(self.wanted(segment), self.wanted_lengths)]
        joined = "".join(values)
        return [_resolved(value) for value in values] if "&" in joined or "\r" in joined else values


@dataclass(frozen=True, slots=True)
class _Leaf:
    index: int
    head: str
    element: Element


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
            raise _broken()
        return self.stack.pop().closes


def learn(stack: tuple[Element, ...], pieces: Sequence[str], start: int) -> Shape | None:
    """The shape of the segment that starts here; None when its end is not in the pieces.

    Raises:
        UnreadableFile: too deep, or no tags at all.
    """
    walk = _Walk(stack)
    index, count = start, len(pieces)
    while index < count:
        piece = pieces[index]
        if piece.startswith("/"):
            mark = walk.close()
            if mark is not None:
                return _shape(walk, mark, pieces[start : index + 1])
        else:
            tag = _TAG.match(piece)
            if tag is None:
                raise _broken()
            element = walk.open(tag.group(1))
            if tag.group(2).endswith("/"):
                mark = walk.close()
                if mark is not None:
                    return _shape(walk, mark, pieces[start : index + 1])
            elif index + 1 < count and pieces[index + 1].startswith("/"):
                walk.leaves.append(_Leaf(index - start, tag.group(), element))
        index += 1
    return None


def _shape(walk: _Walk, mark: Mark, segment: Sequence[str]) -> Shape:
    last = len(segment) - 1
    leaves = [leaf for leaf in walk.leaves if leaf.index != last]
    at_leaves = {leaf.index for leaf in leaves}
    plain = _pick([index for index in range(last) if index not in at_leaves])
    wanted = _wanted(leaves)
    return Shape(
        size=len(segment),
        last=_tag_of(segment[last]),
        plain=plain,
        plain_expected=plain(segment),
        leaves=_pick([leaf.index for leaf in leaves]),
        heads=tuple(leaf.head for leaf in leaves),
        head_lengths=tuple(len(leaf.head) for leaf in leaves),
        wanted=_pick([leaf.index for leaf in wanted]),
        wanted_lengths=tuple(len(leaf.head) for leaf in wanted),
        runs=_runs(wanted),
        currencies=_currencies(wanted),
        opens=frozenset(walk.opens),
        closes=mark,
        message=walk.message,
        after=tuple(walk.stack),
    )


def _tag_of(piece: str) -> str:
    tag = None if piece.startswith("/") else _TAG.match(piece)
    return tag.group() if tag else piece[: piece.index(">") + 1]


def _wanted(leaves: Sequence[_Leaf]) -> list[_Leaf]:
    """The leaves that we want, those of one run together; of a key that does not repeat, the first."""
    found: dict[tuple[object, ...], _Leaf] = {}
    for leaf in leaves:
        scope, key = leaf.element.scope, leaf.element.key
        if scope is not None:
            found.setdefault((scope, key, leaf.index if leaf.element.repeated else None), leaf)
    return sorted(found.values(), key=_run_of)


def _run_of(leaf: _Leaf) -> tuple[int, bool, str]:
    element = leaf.element
    return (int(element.scope or 0), element.repeated, element.key if element.repeated else "")


def _runs(wanted: Sequence[_Leaf]) -> tuple[Run, ...]:
    runs, start = [], 0
    for (scope, repeated, _), group in groupby(wanted, key=_run_of):
        keys = tuple(leaf.element.key for leaf in group)
        runs.append(Run(Scope(scope), keys, start, start + len(keys), repeated))
        start += len(keys)
    return tuple(runs)


def _currencies(wanted: Sequence[_Leaf]) -> tuple[tuple[Scope, str, str], ...]:
    return tuple(
        (leaf.element.scope, f"{leaf.element.key}_currency", match.group(1))
        for leaf in wanted
        if leaf.element.scope is not None and (match := _CURRENCY.search(leaf.head))
    )


def _pick(indexes: Sequence[int]) -> Pick:
    """Takes the pieces at these places, always as a tuple."""
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda segment: tuple(segment[index] for index in indexes)


def _resolved(text: str) -> str:
    """The text with line ends as XML has them, and character and predefined references replaced (expat allowed no other)."""
    return _ENTITY.sub(_character, text.replace("\r\n", "\n").replace("\r", "\n"))


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _broken() -> UnreadableFile:
    return unreadable(Reason.NOT_XML, "Broken markup: tags that do not follow each other.")


def too_deep() -> UnreadableFile:
    """The refusal of nesting that no bank file has."""
    return unreadable(Reason.TOO_DEEP, f"Elements are nested deeper than {MAX_DEPTH}.")
