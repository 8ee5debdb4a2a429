"""Virtual IBANs: French, right in both checks, unguessable, and their payment reference."""

from __future__ import annotations

import itertools

import pytest
from builders import RANGE
from schwifty import IBAN

from quitus.domain.errors import InvalidIban
from quitus.domain.ibans import (
    VirtualIban,
    VirtualIbanRange,
    checked_iban,
    creditor_reference,
    is_creditor_reference,
    virtual_iban_of_reference,
)


def test_every_number_of_a_range_has_a_right_french_key() -> None:
    for counter in range(200):
        assert IBAN(RANGE.number(counter, b"secret").text, validate_bban=True).bank_code == "17328"


def test_a_range_gives_each_of_its_numbers_exactly_once() -> None:
    small = VirtualIbanRange("17328", "89900", "41234567", "SWNBFR22XXX", "SEMIGA")
    assert len({small.number(counter, b"secret").text for counter in range(small.capacity)}) == small.capacity == 1000


def test_neighbouring_counters_do_not_give_neighbouring_numbers() -> None:
    numbers = [int(RANGE.number(counter, b"secret").text[15:25]) for counter in range(50)]
    assert min(abs(one - other) for one, other in itertools.pairwise(numbers)) > 1000


def test_the_secret_decides_the_order() -> None:
    assert RANGE.number(1, b"secret") != RANGE.number(1, b"another")


def test_the_payment_reference_stands_for_the_virtual_iban_and_back() -> None:
    iban = RANGE.number(7, b"secret")
    assert is_creditor_reference(iban.payment_reference)
    assert virtual_iban_of_reference(iban.payment_reference) == iban


def test_the_published_creditor_reference_is_right() -> None:
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert not is_creditor_reference("RF19539007547034")


@pytest.mark.parametrize("text", ["FR7630006000011234567890188", "FR1420041010050500013M02607", "", "hello", "FR76"])
def test_a_wrong_check_is_no_iban(text: str) -> None:
    with pytest.raises(InvalidIban):
        checked_iban(text)


def test_only_french_accounts_are_virtual_ibans() -> None:
    with pytest.raises(InvalidIban):
        VirtualIban.parse("DE89370400440532013000")
