"""Every reason is explained to people."""

from __future__ import annotations

import re
from pathlib import Path

from quitus.banking.problems import Problems, Reason
from quitus.services.releases import ADVICE, RELEASABLE

DOCS = Path(__file__).parents[3] / "docs"
DOCUMENTS = {"bank-file-problems.md": "[a-z_]+", "payment-lists.md": "list_[a-z_]+"}
"""Where reasons are explained, and which reasons; all of a list can be released, of the others those with a mark."""


def test_every_reason_has_its_line_in_the_documents() -> None:
    documented = [
        row
        for name, code in DOCUMENTS.items()
        for row in re.findall(rf"^\| `({code})`( \*r\*)? \|", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert sorted(code for code, _ in documented) == sorted(ADVICE.keys() | RELEASABLE)
    assert {reason.value for reason in Reason} < ADVICE.keys() | RELEASABLE
    assert {code for code, mark in documented if mark or code.startswith("list_")} == RELEASABLE


def test_problems_are_listed_once_and_not_without_end() -> None:
    problems = Problems()
    for number in range(500):
        problems.add(Reason.BAD_DATE, "Not a date.", str(number))
        problems.add(Reason.BAD_DATE, "Not a date.", str(number))
    listed = problems.listed()
    assert len(listed) == Problems.LIMIT + 1
    assert listed[-1].code == "too_many_problems"
