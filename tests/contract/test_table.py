"""The table's contract: every claim holds in memory and on DynamoDB alike."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from cloud import process
from cloud.clients import client
from cloud.places import CLOUD_PYTHON, Place
from quitus.adapters.dynamo import DynamoTable
from quitus.adapters.memory import MemoryTable
from quitus.services.table import Below, Is, Key, Lacks, New, Put, Row, Stale, Table, Update, Write

_PARTITIONS = count(1)


@pytest.fixture(scope="module")
def dynamo() -> Iterator[DynamoTable]:
    """A table on an emulator that lives as long as these tests."""
    if not CLOUD_PYTHON.exists():
        pytest.skip("the emulator is not installed: scripts/test does it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = Place(free.getsockname()[1])
    started = process.start(place, None)
    try:
        process.wait_until_ready(place, started)
        yield _created(place)
    finally:
        _end(place, started)


def _created(place: Place) -> DynamoTable:
    names = ("PK", "SK", "GSI1PK", "GSI1SK")
    client(place, "dynamodb").create_table(
        TableName="contract",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return DynamoTable(client(place, "dynamodb"), "contract")


def _end(place: Place, started: subprocess.Popen[bytes]) -> None:
    process.stop(place)
    if started.stdin is not None:
        started.stdin.close()
    started.wait(timeout=20)


@pytest.fixture(params=["memory", "dynamo"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "memory":
        return MemoryTable()
    found: Table = request.getfixturevalue("dynamo")
    return found


@pytest.fixture
def pk() -> str:
    """A partition of the test's own."""
    return f"test#{next(_PARTITIONS)}"


def a_row(pk: str, sk: str = "row", **attributes: Any) -> Row:
    return {"PK": pk, "SK": sk, **attributes}


def test_a_row_comes_back_as_it_was_written(table: Table, pk: str) -> None:
    held: dict[str, Any] = {
        "text": "é€",
        "number": -(10**15),
        "flag": True,
        "none": None,
        "bytes": b"\x00\xff",
        "list": [1, ["a"], {}],
    }
    table.write([Put(a_row(pk, **held, map={"a": {"b": 1}}))])
    assert table.get(Key(pk, "row")) == a_row(pk, **held, map={"a": {"b": 1}})


def test_a_missing_row_is_none(table: Table, pk: str) -> None:
    assert table.get(Key(pk, "row")) is None


def test_a_float_is_refused(table: Table, pk: str) -> None:
    with pytest.raises(TypeError):
        table.write([Put(a_row(pk, amount=4.5))])


def test_what_is_new_is_written_once(table: Table, pk: str) -> None:
    table.write([Put(a_row(pk, n=1), New())])
    with pytest.raises(Stale) as stale:
        table.write([Put(a_row(pk, n=2), New())])
    assert stale.value.failed == (0,)
    assert (table.get(Key(pk, "row")) or {})["n"] == 1


def test_a_transaction_writes_all_or_nothing_and_names_what_failed(table: Table, pk: str) -> None:
    table.write([Put(a_row(pk, "held", version=1))])
    writes: list[Write] = [Put(a_row(pk, "other"), New()), Put(a_row(pk, "held", version=3), Is("version", 2))]
    with pytest.raises(Stale) as stale:
        table.write(writes)
    assert stale.value.failed == (1,)
    assert table.get(Key(pk, "other")) is None


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (New(), False),
        (Is("n", 5), True),
        (Is("n", 4), False),
        (Is("other", None), False),
        (Lacks("other"), True),
        (Lacks("n"), False),
        (Below("n", 6), True),
        (Below("n", 5), False),
        (Below("other", 0), True),
    ],
)
def test_a_condition_decides(table: Table, pk: str, condition: Any, holds: bool) -> None:
    table.write([Put(a_row(pk, n=5))])
    writes: list[Write] = [Update(Key(pk, "row"), set={"m": 1}, condition=condition), Put(a_row(pk, "marker"))]
    if holds:
        table.write(writes)
    else:
        with pytest.raises(Stale):
            table.write(writes)
    assert (table.get(Key(pk, "marker")) is not None) == holds


def test_an_update_sets_adds_and_removes(table: Table, pk: str) -> None:
    table.write([Put(a_row(pk, count=1, gone="x", kept="y"))])
    table.write([Update(Key(pk, "row"), set={"name": "z"}, add={"count": 2, "fresh": -3}, remove=["gone"])])
    assert table.get(Key(pk, "row")) == a_row(pk, count=3, fresh=-3, kept="y", name="z")


def test_an_update_makes_the_row_it_misses(table: Table, pk: str) -> None:
    table.write([Update(Key(pk, "row"), add={"count": 2})])
    assert table.get(Key(pk, "row")) == a_row(pk, count=2)


def test_reserved_words_are_names_like_others(table: Table, pk: str) -> None:
    table.write([Update(Key(pk, "row"), set={"status": "a", "count": 1, "name": "n"}, condition=Lacks("status"))])
    assert (table.get(Key(pk, "row")) or {})["status"] == "a"


def test_a_batch_reads_what_exists_however_many_and_however_often_asked(table: Table, pk: str) -> None:
    for chunk in range(0, 130, 65):
        table.write([Put(a_row(pk, f"{n:03d}", n=n)) for n in range(chunk, chunk + 65)])
    asked = [Key(pk, f"{n:03d}") for n in range(140)] * 2
    assert [row["n"] for _, row in sorted(table.batch_get(asked).items())] == list(range(130))


def test_a_query_pages_in_order_both_ways(table: Table, pk: str) -> None:
    table.write([Put(a_row(pk, f"a#{n}")) for n in range(5)] + [Put(a_row(pk, "b#0"))])
    first = table.query(pk, "a#", limit=2)
    assert [row["SK"] for row in first.rows] == ["a#0", "a#1"]
    assert first.after is not None
    rest = table.query(pk, "a#", after=first.after.sk)
    assert ([row["SK"] for row in rest.rows], rest.after) == (["a#2", "a#3", "a#4"], None)
    newest = table.query(pk, limit=2, newest_first=True)
    assert [row["SK"] for row in newest.rows] == ["b#0", "a#4"]


def test_the_listing_holds_rows_that_say_where_they_belong(table: Table, pk: str) -> None:
    for n in (2, 1, 3):
        table.write([Put(a_row(pk, f"row{n}", GSI1PK=f"{pk}#list", GSI1SK=f"{n}"))])
    table.write([Put(a_row(pk, "apart"))])
    first = table.query_listing(f"{pk}#list", limit=2)
    assert [row["SK"] for row in first.rows] == ["row1", "row2"]
    rest = table.query_listing(f"{pk}#list", after=first.after)
    assert [row["SK"] for row in rest.rows] == ["row3"]
    table.write([Update(Key(pk, "row2"), remove=["GSI1PK", "GSI1SK"])])
    assert [row["SK"] for row in table.query_listing(f"{pk}#list").rows] == ["row1", "row3"]
    assert [row["SK"] for row in table.query_listing(f"{pk}#list", after=first.after).rows] == ["row3"]
    assert [row["SK"] for row in table.query_listing(f"{pk}#list", after=Key(pk, "row1")).rows] == ["row3"]
    newest = table.query_listing(f"{pk}#list", limit=1, newest_first=True)
    assert [row["SK"] for row in newest.rows] == ["row3"]
    older = table.query_listing(f"{pk}#list", after=newest.after, newest_first=True)
    assert [row["SK"] for row in older.rows] == ["row1"]


def test_a_counter_gives_every_caller_its_own_numbers(table: Table, pk: str) -> None:
    taken: list[int] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(table.add(Key(pk, "row"), "next", 1) for _ in range(5)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 31))


def test_of_two_writers_of_one_version_exactly_one_wins(table: Table, pk: str) -> None:
    table.write([Put(a_row(pk, version=1))])
    won: list[int] = []

    def write(writer: int) -> None:
        try:
            table.write([Put(a_row(pk, version=2, by=writer), Is("version", 1)), Put(a_row(pk, f"log{writer}"), New())])
            won.append(writer)
        except Stale:
            return

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert [row["SK"] for row in table.query(pk, "log").rows] == [f"log{won[0]}"]
