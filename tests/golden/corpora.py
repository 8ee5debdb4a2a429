"""Published sample files, read in place; the tests that want them are skipped where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import Understood, understand

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="the sample files are not here")


def samples(folder: str, pattern: str) -> list[Path]:
    return sorted((CORPORA / folder).glob(pattern))


def read_sample(path: Path) -> Understood:
    with path.open("rb") as stream:
        return understand(stream, DEFAULT)


def codes_of(understood: Understood) -> set[str]:
    problems = [problem for statement, _ in understood.statements for problem in statement.problems]
    return {problem.code for problem in [*problems, *understood.problems]}
