"""Cells that a spreadsheet shows and never computes."""

from __future__ import annotations

import pytest

from quitus.domain.csv_cells import inert, key_cell


@pytest.mark.parametrize("text", ["=1+1", "+33612345678", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_could_be_a_formula_gets_a_quote(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Loyer", "L1", "1-2", "'=1", "é=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("key", ["-D1", "-", "L1/-P", "-L1/P1", "D1"])
def test_a_key_is_found_again_as_it_was_given(key: str) -> None:
    assert key_cell(key) == key


@pytest.mark.parametrize("key", ["=1+1", "-D1+cmd", "-1/ 2", "-a|b", "+33", "@x/y"])
def test_what_is_no_key_is_a_cell_like_others(key: str) -> None:
    assert key_cell(key) == f"'{key}"
