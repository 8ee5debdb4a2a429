"""What S3 announces, what the sweep finds, and where files may be dropped."""

from __future__ import annotations

import json
from pathlib import Path

from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt

from quitus.services.drops import DroppedObject, announced, announcement, place_of
from quitus.services.registry import Area, FileStatus

EVENTS = Path(__file__).parents[3] / "events"


def test_a_notification_names_its_objects_and_a_test_event_none() -> None:
    record = json.loads((EVENTS / "s3_drop_bank.json").read_text(encoding="utf-8"))["Records"][0]
    (dropped,) = announced(json.loads(record["body"]))
    assert dropped.key == "semiga/bank/relevé du 5 novembre+1.xml"
    assert list(announced({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "drop"})) == []


def test_the_sweep_announces_an_object_as_s3_does() -> None:
    dropped = DroppedObject("semiga/bank/relevé n°1+2 %.xml", "v1", "etag")
    (again,) = announced(json.loads(json.dumps(announcement(dropped))))
    assert again == dropped
    assert again.file_id == dropped.file_id


def test_another_version_is_another_file_even_without_versions() -> None:
    ids = {
        DroppedObject("semiga/bank/a", version, etag).file_id
        for version, etag in [("v1", "x"), ("v2", "x"), (None, "x"), (None, "y"), ("null", "y")]
    }
    assert len(ids) == 4


def test_places() -> None:
    place = place_of("semiga/bank/2026/11/releve.xml")
    assert place is not None
    assert (place.landlord_id, place.area, place.name) == ("semiga", Area.BANK, "2026/11/releve.xml")
    assert [place_of(key) for key in ("semiga", "semiga/", "semiga/bank/", "/bank/a", "a#b/bank/c")] == [None] * 5
    elsewhere = place_of("semiga/banque/a.xml")
    assert elsewhere is not None
    assert (elsewhere.area, elsewhere.name) == (Area.OTHER, "banque/a.xml")


def test_a_file_in_the_wrong_folder_is_quarantined_and_one_of_nobody_is_dropped() -> None:
    counter = Counter()
    file = counter.drop(b"x", folder=f"{LANDLORD}/banque")
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "unknown_folder")
    assert counter.intake().take(counter.put("a", b"x", folder="nobody/bank")) is None


def test_the_sweep_finds_what_was_never_announced_once_it_is_old_enough() -> None:
    counter = Counter()
    counter.drop(camt(a_statement([Entry(100)])))
    lost = counter.put("perdu.xml", camt(a_statement([Entry(200)], name="S2")))
    counter.put("a", b"x", folder="nobody/bank")
    counter.bucket.arrived = counter.clock.instant
    assert counter.sweep().missed == 0
    counter.bucket.arrived = counter.clock.instant.replace(hour=1)
    assert counter.sweep().missed == 1
    (found,) = announced(json.loads(counter.swept.sent[0]))
    counter.intake().take(found)
    assert counter.sweep().missed == 0
    assert found == lost


def test_an_object_that_is_gone_is_quarantined() -> None:
    counter = Counter()
    dropped = DroppedObject(f"{LANDLORD}/bank/parti.xml", "v1", "etag")
    file = counter.intake().take(dropped)
    assert file is not None
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "missing")
