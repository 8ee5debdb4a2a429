"""What was changed, lost or added by anybody else than the product shows in a rebuild, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from rebuilds import compared, rebuilt
from simulation.day import in_order
from simulation.story import begin
from simulation.world import LANDLORD, RAW, Saved, World

from quitus.adapters import keys
from quitus.adapters.memory import MemoryTable
from quitus.services.rebuild import Difference
from quitus.services.table import Key, Put, Update
from rebuilding.findings import Wrong
from rebuilding.run import Report

type Image = dict[str, Any]


@pytest.fixture(scope="module")
def evening() -> Iterator[Saved]:
    """A day's end: files, events, a cheque, a return, a decision."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = World(monkeypatch)
        begin(world)
        in_order(world)
        yield world.saved()


@pytest.fixture
def objects(evening: Saved) -> dict[tuple[str, str], bytes]:
    return dict(evening.buckets.objects)


@pytest.fixture
def table(evening: Saved) -> MemoryTable:
    return evening.table.copy()


def rewritten(objects: dict[tuple[str, str], bytes], change: Callable[[Image], Image | None]) -> int:
    """Change the rows that the log holds (None: leave out); how many are different."""
    count = 0
    for name in [name for name in objects if "/rows/" in name[1]]:
        action = json.loads(objects[name])
        before = deepcopy(action["changes"])
        found = ((sequence, change(image)) for sequence, image in action["changes"])
        action["changes"] = [[sequence, image] for sequence, image in found if image is not None]
        count += sum(one not in action["changes"] for one in before)
        objects[name] = json.dumps(action).encode()
    return count


def found(objects: dict[tuple[str, str], bytes]) -> set[Wrong]:
    report, _ = rebuilt(objects, RAW)
    assert not report.is_clean
    return set(report.findings.counts)


def first_receipt(image: Image) -> bool:
    return "#movement#" in image["PK"]["S"] and image["SK"]["S"] == "000001" and "entries" in image


def test_nothing_is_found_where_nothing_was_done(objects: Any, evening: Saved) -> None:
    assert compared(objects, RAW, evening.table).is_clean


def test_a_lost_line_of_the_log_is_a_bank_line_without_a_row_and_an_account_ahead(objects: Any) -> None:
    def lose(image: Image) -> Image | None:
        return None if first_receipt(image) and image["PK"]["S"].endswith("#45000") else image

    assert rewritten(objects, lose) == 1
    assert {Wrong.NO_ROW, Wrong.ACCOUNT_BEHIND} <= found(objects)


def test_an_account_whose_last_line_is_lost_is_behind_its_entries(objects: Any) -> None:
    report, table = rebuilt(objects, RAW)
    assert report.is_clean
    key = keys.account(LANDLORD, "L3")
    last = str(table.rows[key]["version"])

    def lose(image: Image) -> Image | None:
        is_it = (image["PK"]["S"], image["SK"]["S"]) == key[:2] and image["version"]["N"] == last
        return None if is_it else image

    assert rewritten(objects, lose) == 1
    assert found(objects) == {Wrong.ACCOUNT_BEHIND}


def test_a_cent_more_in_an_entry_breaks_its_seal_and_the_balance(objects: Any) -> None:
    def more(image: Image) -> Image:
        if first_receipt(image):
            line = image["entries"]["L"][0]["M"]["lines"]["L"][1]["L"]
            line[2]["N"] = str(int(line[2]["N"]) - 1)
        return image

    assert rewritten(objects, more) > 0
    assert Wrong.CHAIN_BROKEN in found(objects)


def test_a_row_under_another_amount_is_no_line_of_the_bank(objects: Any) -> None:
    def more(image: Image) -> Image:
        partition, _, cents = image["PK"]["S"].rpartition("#")
        if "#movement#" in partition and cents == "30000":
            image["PK"]["S"] = f"{partition}#30001"
        return image

    assert rewritten(objects, more) > 0
    assert Wrong.OTHER_MONEY in found(objects)


def test_a_row_that_no_bank_told_of_is_named(objects: Any) -> None:
    added: list[Image] = []

    def double(image: Image) -> Image:
        if first_receipt(image) and "file_id" in image["source"]["M"] and not added:
            copy = deepcopy(image)
            copy["SK"]["S"] = "000009"
            copy["movement"]["M"]["position"]["S"] = "9.9"
            del copy["entries"]
            added.append(copy)
        return image

    rewritten(objects, double)
    action = {"stream": "2026-11-02T00:00:00.000", "changes": [["1", added[0]]]}
    objects[RAW, f"actions/{LANDLORD}/rows/forged.json"] = json.dumps(action).encode()
    assert found(objects) == {Wrong.NO_BANK_LINE}


def test_a_raw_file_that_is_gone_or_was_altered_is_named(objects: Any) -> None:
    raw = sorted(name for name in objects if name[1].startswith("raw/"))
    del objects[raw[0]]
    objects[raw[1]] += b" "
    assert found(objects) == {Wrong.RAW_MISSING, Wrong.RAW_ALTERED}


def test_an_accepted_event_that_was_never_posted_is_named(objects: Any) -> None:
    name = next(name for name in objects if "/events/" in name[1])
    action = json.loads(objects[name])
    event = json.loads(action["event"]) | {"bank_reference": "NEVER-POSTED"}
    objects[RAW, f"{name[1]}.more"] = json.dumps(action | {"event": json.dumps(event)}).encode()
    assert found(objects) == {Wrong.NO_EVENT_ROW}


def unlike(report: Report) -> list[Difference]:
    assert not report.is_clean
    assert not report.findings.counts
    return report.unlike


def test_a_row_that_somebody_changed_in_the_table_is_named(objects: Any, table: MemoryTable) -> None:
    """The log is told by the stream: here the table was changed without it, as a restore or a fault would."""
    key = keys.account(LANDLORD, "L1")
    table.write([Update(key, set={"sequence": 77})])
    assert unlike(compared(objects, RAW, table)) == [Difference(key, "both")]


def test_a_row_that_somebody_deleted_or_added_is_named(objects: Any, table: MemoryTable) -> None:
    deleted, added = keys.account(LANDLORD, "L1"), Key(f"{LANDLORD}#due#ghost", "due")
    del table.rows[deleted]
    table.write([Put(added.row(lease_id="L1"))])
    assert unlike(compared(objects, RAW, table)) == [Difference(added, "table"), Difference(deleted, "log")]


def test_a_view_that_differs_is_told_apart(objects: Any, table: MemoryTable) -> None:
    table.write([Update(keys.issued(LANDLORD), set={"count": 77})])
    report = compared(objects, RAW, table)
    assert report.is_clean
    assert report.live is not None
    assert report.live.views != report.log.views
