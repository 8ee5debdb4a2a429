"""Cells that a spreadsheet shows and never computes."""

from __future__ import annotations

import pytest

from quitus.domain.csv_cells import inert


@pytest.mark.parametrize("text", ["=1+1", "+33612345678", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_could_be_a_formula_gets_a_quote(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Loyer", "L1", "1-2", "'=1", "é=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text
