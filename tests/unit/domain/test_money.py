"""Money is exact: what would need rounding is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.money import AmountError, format_euros, parse_bank_amount, parse_euros


@given(st.integers(-(10**12), 10**12))
def test_euros_read_back_what_was_written(cents: int) -> None:
    assert parse_euros(format_euros(cents)) == cents


@pytest.mark.parametrize("text", ["10.005", "1,50", "", "1e3", "NaN", "--1", " 1", "1_000", "٣", "99999999999999"])
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError):
        parse_euros(text)


def test_bank_amounts_may_have_five_decimals_but_no_fraction_of_a_cent() -> None:
    assert parse_bank_amount("450.00000") == 45000
    assert parse_bank_amount("7") == 700
    assert parse_bank_amount(".50") == 50
    assert parse_bank_amount("9999999999999.99") == 999_999_999_999_999
    for text in ("1.005", ".", ",", "", "10000000000000.00", "1234567890123456.78", "12345678901234567"):
        with pytest.raises(AmountError):
            parse_bank_amount(text)
