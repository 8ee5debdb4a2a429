"""French as it is printed: no-break spaces where French wants them, and its own apostrophe."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from inspect import getsource
from types import ModuleType

import pytest

from quitus.domain import letter_texts, mail_wording, return_reasons
from quitus.services import letter_words
from quitus.web.pay import texts

WRONG = re.compile(r"[^\W\d_]} [:;?!]|[^\W\d_] [:;?!»]|« |\b(?:[cdjlmnst]|qu|jusqu)'", re.IGNORECASE)


def said(module: ModuleType) -> Iterator[str]:
    """The texts of a module but for docstrings, and for SMS, where a no-break space would double the price."""
    tree = ast.parse(getsource(module))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_SMS":
            silent |= {id(held) for held in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


@pytest.mark.parametrize("module", [letter_texts, mail_wording, return_reasons, letter_words, texts])
def test_french_is_spaced_as_french_is(module: ModuleType) -> None:
    told = list(said(module))
    assert any("é" in text for text in told)
    assert not [text for text in told if WRONG.search(text)]
