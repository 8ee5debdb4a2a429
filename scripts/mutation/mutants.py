"""Prints every mutant of the functions of some modules, one JSON line each, by mutmut's operators. Runs where mutmut is
installed, which is an environment of its own; nothing of the product is imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_LEFT_ALONE = (cst.Annotation, cst.Decorator, cst.Param, cst.SimpleStatementSuite)
"""What is no decision: types, decorators; defaults are of the definition, not of the call."""


class _Finder(cst.CSTVisitor):  # type: ignore[misc]  # libcst is of another environment
    """Nodes of functions with what they become, in the order of the source."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, int, cst.CSTNode, cst.CSTNode]] = []
        self._scopes: list[str] = []
        self._depth = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _LEFT_ALONE) or _is_docstring(node):
            return False
        if self._depth:
            self._mutate(node)
        if isinstance(node, cst.ClassDef | cst.FunctionDef) and not self._depth:
            self._scopes.append(node.name.value)
        self._depth += isinstance(node, cst.FunctionDef)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._depth -= isinstance(original_node, cst.FunctionDef)
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef) and not self._depth:
            self._scopes.pop()

    def _mutate(self, node: cst.CSTNode) -> None:
        line = self.get_metadata(PositionProvider, node).start.line
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.found += [(".".join(self._scopes), line, node, changed) for changed in operator(node)]


def _is_docstring(node: cst.CSTNode) -> bool:
    is_alone = isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1
    return is_alone and isinstance(node.body[0], cst.Expr) and isinstance(node.body[0].value, cst.BaseString)


def mutants(source: str) -> Iterator[dict[str, object]]:
    """Each mutant once: its function, the line, what the lines were and are, and the whole source that it makes."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder()
    wrapper.visit(finder)
    seen = {source}
    for function, line, node, changed in finder.found:
        mutated = wrapper.module.deep_replace(node, changed)
        text = mutated.code if isinstance(mutated, cst.Module) else source
        if text in seen:
            continue
        seen.add(text)
        before, after = _differing(source.splitlines(), text.splitlines())
        yield {"function": function, "line": line, "was": before, "is": after, "source": text}


def _differing(one: list[str], other: list[str]) -> tuple[str, str]:
    """The lines that differ, between those that both begin and end with."""
    begin = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    shared = min(len(one), len(other)) - begin
    end = next((n for n in range(shared) if one[-1 - n] != other[-1 - n]), shared)
    return tuple("\n".join(line.strip() for line in lines[begin : len(lines) - end]) for lines in (one, other))  # type: ignore[return-value]  # a text for each of the two


if __name__ == "__main__":
    layer, *modules = sys.argv[1:]
    for module in modules:
        path = Path(layer, *module.split(".")).with_suffix(".py")
        for mutant in mutants(path.read_text(encoding="utf-8")):
            print(json.dumps({"module": module} | mutant, ensure_ascii=False))
