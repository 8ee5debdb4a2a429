"""From the table's stream to what changed, for those who keep views."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from quitus.adapters.changes import KEYS_PER_MESSAGE, changed, forward, matters, messages
from quitus.domain.errors import Unavailable
from quitus.domain.name_index import HOLDER
from quitus.services.messages import Changes, from_json, to_json
from quitus.services.table import Key
from quitus.services.update_views import Changed

STREAM = Path(__file__).parents[3] / "events" / "stream.json"


class ListedQueue:
    """A queue that keeps what it takes."""

    def __init__(self) -> None:
        self.messages: list[object] = []

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        self.messages += messages


class FullQueue:
    """A queue that takes nothing."""

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        raise Unavailable("backend_unavailable", "A queue refused messages.", count=len(list(messages)))


def a_record(pk: str, sk: str) -> dict[str, Any]:
    return {"eventName": "INSERT", "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": sk}}}}


def test_a_stream_goes_on_without_the_rows_that_are_views() -> None:
    queue = ListedQueue()
    forward(json.loads(STREAM.read_text(encoding="utf-8"))["Records"], queue)
    movement = ("semiga#movement#2847f6106a#2026-11-23#45000", "000001")
    assert queue.messages == [Changes((movement, ("semiga#lease#B-0042", "lease")))]


def test_the_message_is_its_schema_and_keys() -> None:
    assert json.loads(to_json(Changes((("l#lease#1", "lease"),)))) == {
        "schema": "quitus.changes/1",
        "keys": [["l#lease#1", "lease"]],
    }


@pytest.mark.parametrize(
    "key",
    [
        Key("l#movement#a#2026-11-23#100", "000001"),
        Key("l#movement#a#2026-11-23#100", "000001#claim#camt.054"),
        Key("l#movement#a#2026-11-23#100", "000001#decision#0001"),
        Key("l#lease#B-1", "lease"),
        Key("l#virtual-iban#FR76", "virtual-iban"),
    ],
)
def test_rows_that_views_are_made_from_matter(key: Key) -> None:
    assert matters(key)


@pytest.mark.parametrize(
    "key",
    [
        Key("l#lease#B-1", "account"),
        Key("l#lease#B-1", "entry#000000001"),
        Key("l#lease#B-1", "due#D-1"),
        Key("l#landlord", "issued"),
        Key("l#payments#2026-11-23", "p"),
        Key("l#alerts", "a"),
        Key("l#receipts#2026-11-23", "r#c#m"),
        Key("client#abc", "client"),
        Key("odd", "odd"),
    ],
)
def test_other_rows_do_not_matter(key: Key) -> None:
    assert not matters(key)


def test_a_key_that_changed_often_goes_on_once() -> None:
    queue = ListedQueue()
    forward([a_record(f"l#lease#{number}", "lease") for number in (2, 1, 2)], queue)
    assert queue.messages == [Changes((("l#lease#2", "lease"), ("l#lease#1", "lease")))]


def test_a_thousand_changes_make_ten_messages() -> None:
    queue = ListedQueue()
    forward((a_record(f"l#lease#{number}", "lease") for number in range(1000)), queue)
    sizes = [len(message.keys) for message in queue.messages if isinstance(message, Changes)]
    assert sizes == [KEYS_PER_MESSAGE] * 10


def test_a_message_is_read_as_it_was_sent() -> None:
    (sent,) = messages([Key("l#lease#1", "lease", listed_at="somewhere")])
    told = from_json(to_json(sent), Changes)
    assert told == sent == Changes((("l#lease#1", "lease"),))
    assert changed(told.keys) == [Changed("l", lease_ids=frozenset({"1"}), named=frozenset({("1", HOLDER)}))]


def test_a_queue_that_takes_nothing_stops_the_stream() -> None:
    with pytest.raises(Unavailable):
        forward([a_record("l#lease#1", "lease")], FullQueue())
