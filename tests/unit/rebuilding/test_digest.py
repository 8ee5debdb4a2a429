"""One digest of a table, and what two tables do not have alike."""

from __future__ import annotations

import hashlib

import pytest

from quitus.services.rebuild import Difference, Digest, canonical_line, differences, digest
from quitus.services.table import Key, Row

ROW: Row = {"SK": "x", "PK": "l#a", "é": [None, True, -1, {"b": "ü", "a": b"\x01\xfe"}]}
LINE = '{"PK":"l#a","SK":"x","é":[null,true,-1,{"a":{"$bytes":"01fe"},"b":"ü"}]}\n'


def rows(*names: str) -> list[Row]:
    return [{"PK": "l#a", "SK": name, "n": 1} for name in names]


def test_a_row_has_one_canonical_line() -> None:
    assert canonical_line(ROW).decode() == LINE
    assert canonical_line(dict(reversed(ROW.items()))).decode() == LINE


def test_what_no_row_may_hold_has_none() -> None:
    with pytest.raises(TypeError):
        canonical_line({"PK": "l#a", "SK": "x", "n": object()})


def test_a_digest_is_the_hash_of_the_lines_that_are_wanted() -> None:
    found = digest([ROW, *rows("y", "z")], lambda key: key.sk != "y")
    (z,) = rows("z")
    assert found == Digest(2, hashlib.sha256(LINE.encode() + canonical_line(z)).hexdigest())


def test_nothing_differs_in_equal_tables() -> None:
    assert list(differences(rows("a", "b"), rows("a", "b"))) == []


def test_what_one_table_lacks_or_has_otherwise_is_named_in_order() -> None:
    other = [{**row, "n": 2} if row["SK"] == "c" else row for row in rows("b", "c", "d", "e")]
    found = list(differences(rows("a", "b", "c", "e"), other))
    assert found == [
        Difference(Key("l#a", "a"), "log"),
        Difference(Key("l#a", "c"), "both"),
        Difference(Key("l#a", "d"), "table"),
    ]


def test_an_empty_table_differs_by_everything() -> None:
    assert [one.is_in for one in differences(rows("a"), [])] == ["log"]
    assert [one.is_in for one in differences([], rows("a"))] == ["table"]
