"""A movement is a value, however it was made."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import date
from typing import get_type_hints

import msgspec
import pytest

from quitus.domain.movement import Facts, Means, Movement


def a_movement() -> Movement:
    return Movement("0.0", 45000, date(2026, 11, 23), means=Means.CARD, debtor_name="Jeanne Petit")


def test_its_facts_are_its_fields_in_order_and_type() -> None:
    assert list(Facts.__annotations__) == [field.name for field in fields(Movement)]
    assert get_type_hints(Facts) == {field.name: get_type_hints(Movement)[field.name] for field in fields(Movement)}


def test_one_made_of_facts_is_like_any_other() -> None:
    made = Movement.of(a_movement().facts())
    assert (made, hash(made), repr(made)) == (a_movement(), hash(a_movement()), repr(a_movement()))
    assert replace(made, position="0.1") == replace(a_movement(), position="0.1")
    assert msgspec.json.encode(made) == msgspec.json.encode(a_movement())
    assert msgspec.json.decode(msgspec.json.encode(made), type=Movement) == made


def test_it_never_changes() -> None:
    movement = a_movement()
    facts = movement.facts()
    facts["amount_cents"] = 1
    assert movement == a_movement()
    for one in (movement, Movement.of(facts)):
        for name in ("amount_cents", "amount_euros"):
            with pytest.raises(FrozenInstanceError):
                setattr(one, name, 2)
