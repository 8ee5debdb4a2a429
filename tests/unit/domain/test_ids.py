"""Ids that outsiders give."""

from __future__ import annotations

import pytest

from quitus.domain.ids import is_id, is_landlord_id


@pytest.mark.parametrize("text", ["L1", "semiga", "2026.11-L_1", "x" * 64, "-"])
def test_letters_digits_dots_dashes_and_underscores_make_an_id(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "x" * 65, "a b", "a#b", "a/b", "é", "١", "L1\n", "@erp"])
def test_nothing_else_does(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize("text", ["semiga", "clients", "Range", "l-client", "0"])
def test_a_landlord_may_have_any_other_id(text: str) -> None:
    assert is_landlord_id(text)


@pytest.mark.parametrize("text", ["client", "range", "-", "-semiga", "@erp", "a#b", ""])
def test_no_landlord_shares_a_partition_with_the_deployment_or_with_nobody(text: str) -> None:
    assert not is_landlord_id(text)
