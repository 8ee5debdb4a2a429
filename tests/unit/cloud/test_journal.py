"""What functions logged on a local cloud, read back."""

import json
from pathlib import Path

import pytest

from cloud import places
from cloud.errors import NotUp
from cloud.journal import FAILED, logged
from cloud.places import Place

INFO = json.dumps({"level": "INFO", "message": "posted"})
ERROR = json.dumps({"level": "ERROR", "message": "A request broke down", "error_id": "r2"})
TIMED_OUT = FAILED + json.dumps({"errorType": "Sandbox.Timedout"})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(places, "LOCAL", tmp_path)
    return Place(4566)


@pytest.fixture
def told(place: Place) -> Place:
    place.folder.mkdir()
    place.journal.write_text(
        f"staff-api r1 {INFO}\nstaff-api r2 {ERROR}\npush-erp r3 {TIMED_OUT}\n"
        "push-erp r4 \nstaff-api r5 Traceback (most\n"
    )
    return place


def test_all_of_it(told: Place) -> None:
    assert list(logged(told)) == told.journal.read_text().splitlines()


def test_errors_are_what_says_so_and_what_no_function_means_to_say(told: Place) -> None:
    errors = [f"staff-api r2 {ERROR}", f"push-erp r3 {TIMED_OUT}", "staff-api r5 Traceback (most"]
    assert list(logged(told, errors=True)) == errors


def test_one_function_only(told: Place) -> None:
    assert list(logged(told, "push-erp", errors=True)) == [f"push-erp r3 {TIMED_OUT}"]


def test_where_nothing_was_up_nothing_is_said_in_its_name(place: Place) -> None:
    with pytest.raises(NotUp, match="4566"):
        list(logged(place))
