"""The push to the ERP: each entry once, in order per lease, through whatever the ERP or we ourselves do."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from builders import a_landlord
from faults import FaultyTable, Killed
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.push_erp.scenes import JournalErp, Lane, a_chain, an_entry
from unit.views.estate import L

from quitus.adapters import keys
from quitus.adapters.landlord_rows import LandlordRows
from quitus.domain.erp_batch import LEASED_SECONDS, Answer, Feed, Item
from quitus.services.push_erp import Run
from quitus.services.table import Page


def in_order(names: Sequence[str], lease_id: str) -> list[str]:
    return [name for name in names if name.startswith(f"{lease_id}-")]


def names(lease_id: str, length: int) -> list[str]:
    return [f"{lease_id}-{sequence}" for sequence in range(1, length + 1)]


def test_entries_are_pushed_once_and_in_order_per_lease() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 3), *a_chain("B", 2), an_entry(None))
    lane.push_until_quiet()
    assert sorted(lane.pushed()) == sorted([*names("A", 3), *names("B", 2), "loose-1"])
    assert in_order(lane.pushed(), "A") == names("A", 3)
    assert lane.journal.errors == []
    assert lane.erp.batches == [("entries", 3), ("entries", 2), ("entries", 1)]
    assert lane.table.query_listing(keys.erp_backlog(L)).rows == ()


def test_what_is_acknowledged_is_not_sent_again() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 2))
    lane.push_until_quiet()
    lane.push_until_quiet()
    assert lane.journal.summary()["duplicates"] == 0
    assert len(lane.erp.batches) == 2


def test_a_batch_is_never_larger_than_one_transaction_can_acknowledge() -> None:
    lane = Lane()
    lane.record(*(an_entry(f"A{number:03d}") for number in range(250)))
    lane.push_until_quiet()
    assert [size for _, size in lane.erp.batches] == [99, 99, 52]
    assert len(lane.pushed()) == 250


def test_virtual_ibans_have_a_feed_of_their_own() -> None:
    lane = Lane()
    lane.issue("FR01", "FR02")
    lane.push_until_quiet()
    (first, second) = lane.journal.others["virtual_ibans"]
    assert first == {
        "lease_id": "L1",
        "iban": "FR01",
        "bic": "SWNBFR22XXX",
        "payee_name": "SEMIGA",
        "payment_reference": "RF1",
    }
    assert second["iban"] == "FR02"


def test_an_erp_that_fails_after_applying_then_is_down_then_up_has_each_entry_once_in_order() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 4), *a_chain("B", 3))
    lane.journal.set_mode({"mode": "error_after_applying", "times": 1})
    lane.push()
    lane.journal.set_mode({"mode": "down", "times": 3})
    lane.push_until_quiet()
    assert in_order(lane.pushed(), "A") == names("A", 4)
    assert in_order(lane.pushed(), "B") == names("B", 3)
    assert len(lane.pushed()) == 7
    assert lane.journal.errors == []
    assert lane.journal.summary()["duplicates"] == 1
    assert lane.open_alerts() == {}


@given(
    st.lists(st.sampled_from(["down", "error_before", "error_after_applying", "garbage", "reset", "ok"]), max_size=8)
)
@settings(deadline=None, max_examples=60)
def test_whatever_the_erp_does_each_entry_arrives_once_in_order(modes: list[str]) -> None:
    lane = Lane()
    lane.record(*a_chain("A", 3), *a_chain("B", 2), an_entry(None))
    for mode in modes:
        lane.journal.set_mode({"mode": mode, "times": 1})
        lane.push()
        lane.clock.wait(1000)
    lane.journal.set_mode({"mode": "ok"})
    lane.push_until_quiet()
    assert in_order(lane.pushed(), "A") == names("A", 3)
    assert in_order(lane.pushed(), "B") == names("B", 2)
    assert (len(lane.pushed()), lane.journal.errors) == (6, [])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_push_killed_at_any_call_loses_and_doubles_nothing(after: bool) -> None:
    for call in range(1, 45):
        lane = Lane()
        lane.record(*a_chain("A", 3), *a_chain("B", 1))
        lane.issue("FR01")
        with contextlib.suppress(Killed):
            lane.push(table=FaultyTable(lane.table, call, after=after))
        lane.clock.wait(LEASED_SECONDS + 1)
        lane.push_until_quiet()
        assert in_order(lane.pushed(), "A") == names("A", 3)
        assert (len(lane.pushed()), lane.journal.errors) == (4, [])
        assert len(lane.journal.others["virtual_ibans"]) == 1


def test_workers_at_the_same_time_keep_the_order() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 6), *a_chain("B", 6))
    workers = [threading.Thread(target=lane.push) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    lane.push_until_quiet()
    assert in_order(lane.pushed(), "A") == names("A", 6)
    assert (len(lane.pushed()), lane.journal.errors) == (12, [])


def test_a_worker_whose_lane_was_taken_over_changes_nothing() -> None:
    """The ERP answers so late that another worker has sent the same batch and gone on."""
    lane = Lane()
    lane.record(*a_chain("A", 3))

    class Late(JournalErp):
        def send(self, feed: Feed, name: str, items: Sequence[Item]) -> Answer:
            answer = super().send(feed, name, items)
            lane.clock.wait(LEASED_SECONDS + 1)
            lane.push()
            return answer

    lane.push(erp=Late(lane.journal))
    lane.push_until_quiet()
    assert (lane.pushed(), lane.journal.errors) == (names("A", 3), [])


def test_a_wake_that_finds_the_lane_held_makes_its_owner_look_again() -> None:
    """The wake comes after the owner saw that nothing is left and before it leaves."""
    lane = Lane()
    lane.record(*a_chain("A", 1))
    late = a_chain("B", 1)

    class Interrupted:
        def __getattr__(self, name: str) -> object:
            return getattr(lane.table, name)

        def query_listing(self, *arguments: Any, **named: Any) -> Page:
            page = lane.table.query_listing(*arguments, **named)
            if not page.rows and late and lane.pushed():
                lane.record(late.pop())
                lane.push()
                assert lane.pushed() == ["A-1"]
            return page

    lane.push(table=Interrupted())
    assert lane.pushed() == ["A-1", "B-1"]


def test_a_listing_that_still_names_what_was_acknowledged_hides_nothing() -> None:
    """On DynamoDB the index follows a little later; here it shows what it showed before, for the next two looks."""
    lane = Lane()
    lane.record(*(an_entry(f"A{number:03d}") for number in range(330)))
    before = lane.table.query_listing(keys.erp_backlog(L), limit=200)

    class Behind:
        looks = 0

        def __getattr__(self, name: str) -> object:
            return getattr(lane.table, name)

        def query_listing(self, *arguments: Any, **named: Any) -> Page:
            self.looks += bool(lane.pushed())
            return before if self.looks in {3, 4} else lane.table.query_listing(*arguments, **named)

    behind = Behind()
    lane.push(table=behind)
    assert (len(lane.pushed()), lane.journal.errors) == (330, [])
    assert behind.looks > 4


def test_an_entry_waits_for_its_predecessor_to_reach_the_outbox() -> None:
    lane = Lane()
    first, second = a_chain("A", 2)
    lane.record(second)
    lane.push_until_quiet()
    assert lane.pushed() == []
    lane.record(first)
    lane.push_until_quiet()
    assert lane.pushed() == names("A", 2)


def test_entries_written_before_the_landlord_had_an_erp_go_first() -> None:
    lane = Lane()
    first, second, third = a_chain("A", 3)
    lane.record(first, second, pushed=False)
    lane.record(third)
    lane.push_until_quiet()
    assert lane.pushed() == names("A", 3)


def test_the_waits_double_and_a_wake_before_its_time_sends_nothing() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 1))
    lane.journal.set_mode({"mode": "down", "times": 5})
    lane.push_until_quiet()
    assert lane.wakes.sent == [1, 2, 4, 8, 16]
    lane.record(*a_chain("B", 1))
    lane.journal.set_mode({"mode": "down", "times": 1})
    lane.push()
    tried = len(lane.erp.batches)
    lane.clock.wait(-30)
    lane.push()
    assert len(lane.erp.batches) == tried


def test_three_failures_raise_an_alert_that_closes_once_drained() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 3), *a_chain("B", 1))
    lane.journal.set_mode({"mode": "down"})
    lane.push_until_quiet(most=2)
    assert lane.open_alerts() == {}
    lane.push_until_quiet(most=2)
    alert = lane.open_alerts()["erp_backlog"]
    assert (alert["subject"], alert["detail"]["entries"], alert["detail"]["reason"]) == (L, 4, "http_503")
    lane.journal.set_mode({"mode": "ok"})
    lane.clock.wait(1000)
    lane.push_until_quiet()
    assert lane.open_alerts() == {}


def test_a_refused_batch_is_never_skipped_and_retried_slowly() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 2))
    lane.journal.set_mode({"mode": "refuse"})
    lane.push()
    alert = lane.open_alerts()["erp_push_refused"]
    assert (alert["severity"], alert["detail"]["reason"]) == ("critical", "http_422")
    assert lane.wakes.sent == [60]
    lane.journal.set_mode({"mode": "ok"})
    lane.push_until_quiet()
    assert lane.pushed() == names("A", 2)
    assert lane.open_alerts() == {}


def test_a_feed_that_fails_does_not_hold_the_other() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 1))
    lane.issue("FR01")
    lane.journal.set_mode({"mode": "down", "times": 1})
    lane.push()
    assert (lane.pushed(), len(lane.journal.others["virtual_ibans"])) == ([], 1)


def test_a_run_out_of_time_hands_over_to_the_next_one() -> None:
    lane = Lane()
    lane.record(*a_chain("A", 2))
    left = iter([60.0, *[5.0] * len(Feed)])

    lane.pusher().push(L, Run("short", lambda: next(left)))
    assert lane.pushed() == ["A-1"]
    assert 0 in lane.wakes.sent
    lane.push()
    assert lane.pushed() == names("A", 2)


def test_nothing_is_pushed_for_a_landlord_without_an_erp() -> None:
    lane = Lane(landlord=a_landlord())
    lane.record(*a_chain("A", 1))
    lane.push()
    assert lane.pushed() == []


def test_the_schedule_wakes_only_landlords_for_whom_something_waits() -> None:
    lane = Lane()
    LandlordRows(lane.table).put(a_landlord(landlord_id="other", bank_accounts=(), virtual_iban_range=None))
    lane.record(*a_chain("A", 1))
    lane.pusher().wake([L, "other"])
    assert lane.wakes.sent == [0]
    lane.push()
    lane.pusher().wake([L, "other"])
    assert lane.wakes.sent == [0]
