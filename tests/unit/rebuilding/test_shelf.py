"""Rows on a shelf: the last one under each key, in order, however the changes come."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from quitus.services.rebuild import Change, Place
from quitus.services.table import Key, Row
from rebuilding.shelf import DiskShelf

BEFORE, AFTER = "2026-11-01T00:00:00.000", "2026-12-01T00:00:00.000"


def a_row(pk: str = "l#lease#1", sk: str = "account", version: int = 1) -> Row:
    return {"PK": pk, "SK": sk, "version": version, "hash": b"\x00\xff", "dues": [["d1", None, True]]}


def test_rows_come_back_whole_by_partition_and_place(tmp_path: Path) -> None:
    rows = [a_row(pk, sk) for pk in ("l#a", "l#A", "l#é", "m#a") for sk in ("2", "10", "~")]
    with DiskShelf(tmp_path / "rows") as shelf:
        shelf.keep_rows(random.Random(1).sample(rows, len(rows)))
        assert list(shelf.rows()) == sorted(rows, key=Key.of)
        assert (len(shelf), shelf.get(Key("l#é", "10")), shelf.get(Key("l#é", "11"))) == (12, rows[7], None)


@given(st.lists(st.integers(min_value=1, max_value=10**38), min_size=1, max_size=8, unique=True), st.randoms())
def test_the_last_change_of_a_row_wins_in_whatever_order_and_however_often_they_come(
    sequences: list[int], chance: random.Random
) -> None:
    changes = [Change(Place(BEFORE, sequence), a_row(version=sequence % 97)) for sequence in sequences]
    last = max(changes, key=lambda change: change.place).row
    told = changes * 2
    chance.shuffle(told)
    with DiskShelf() as shelf:
        shelf.keep(told[:3])
        shelf.keep(told[3:])
        assert list(shelf.rows()) == [last]


def test_what_a_rebuilt_table_told_is_later_than_all_that_the_old_one_did() -> None:
    old, new = Change(Place(BEFORE, 9_000), a_row(version=9)), Change(Place(AFTER, 1), a_row(version=10))
    for order in ([old, new], [new, old]):
        with DiskShelf() as shelf:
            shelf.keep(order)
            assert [row["version"] for row in shelf.rows()] == [10]
