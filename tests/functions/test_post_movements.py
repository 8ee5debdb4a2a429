"""The handler that posts: batches of files from one queue, payment events from another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from builders import FixedClock, a_landlord, a_poster, a_table_with, a_virtual_iban, an_account, an_open_due

from post_movements.app import handler
from quitus import bootstrap
from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.event_rows import EventRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.link_rows import LinkRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.payment_link import LinkedDue, PaymentLink
from quitus.services.post_batches import BatchPoster
from quitus.services.post_events import EventPoster

EVENTS = Path(__file__).parents[2] / "events"
BATCH = json.loads((EVENTS / "movement_batch.json").read_text(encoding="utf-8"))
EVENT = json.loads((EVENTS / "payment_event.json").read_text(encoding="utf-8"))
LEASE, OTHER = a_virtual_iban(1), a_virtual_iban(2)


class Notebook:
    """Keeps what a function reports: batches done and actions."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, int, dict[str, int]]] = []
        self.actions: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []

    def batch_done(
        self, landlord_id: str, file_id: str, number: int, counts: Mapping[str, int], results: Sequence[Any], at: str
    ) -> bool:
        self.batches.append((file_id, number, dict(counts)))
        return True

    def record(self, landlord_id: str, kind: str, name: str, body: Mapping[str, Any], at: datetime) -> None:
        self.actions.append((kind, name))
        with suppress(ValueError, KeyError, TypeError):
            self.said.append((kind, json.loads(body["event"])["event_id"]))


@pytest.fixture
def table() -> MemoryTable:
    landlord = a_landlord()
    leases = [(LEASE, an_account(an_open_due("nov", 45000))), (OTHER, an_account(lease_id="L2"))]
    table = a_table_with(landlord, leases)
    LandlordRows(table).put(landlord)
    return table


def an_event_poster(table: Any, notebook: Notebook, clock: FixedClock | None = None) -> EventPoster:
    poster = a_poster(table)
    events, links = EventRows(table), LinkRows(table)
    return EventPoster(poster, LandlordRows(table), events, links, AlertRows(table), notebook, clock or FixedClock())


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch, table: MemoryTable) -> Notebook:
    notebook, clock = Notebook(), FixedClock()
    poster, landlords = a_poster(table, clock), LandlordRows(table)
    batches = BatchPoster(poster, landlords, notebook, clock)
    events = an_event_poster(table, notebook)
    monkeypatch.setenv("PAYMENT_EVENTS_QUEUE_ARN", EVENT["Records"][0]["eventSourceARN"])
    monkeypatch.setattr(bootstrap, "batch_poster", lambda: batches)
    monkeypatch.setattr(bootstrap, "event_poster", lambda: events)
    return notebook


def balance(table: MemoryTable) -> int:
    return LedgerRows(table).accounts("semiga", ["L1"])["L1"].balance_cents


def alerts(table: MemoryTable) -> list[str]:
    return [row["kind"] for key, row in table.rows.items() if key.pk == "semiga#alerts"]


def sent(**changes: Any) -> dict[str, Any]:
    record = EVENT["Records"][0]
    return {"Records": [record | {"body": json.dumps(json.loads(record["body"]) | changes)}]}


def test_a_batch_is_posted_and_counted_on_its_file(table: MemoryTable, notebook: Notebook) -> None:
    assert handler(BATCH, None) == {"batchItemFailures": []}
    assert balance(table) == 0
    assert notebook.batches == [("0f3b2c1d4e5f60718293", 0, {"posted": 1, "suspense": 1})]


def test_a_repeated_message_changes_nothing(table: MemoryTable, notebook: Notebook) -> None:
    handler(BATCH, None)
    before = dict(table.rows)
    handler(BATCH, None)
    assert table.rows == before


def test_a_broken_batch_fails_alone(table: MemoryTable, notebook: Notebook) -> None:
    broken = BATCH["Records"][0] | {"messageId": "broken", "body": "{}"}
    answer = handler({"Records": [broken, *BATCH["Records"]]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert balance(table) == 0


def test_an_event_pays_its_lease_once(table: MemoryTable, notebook: Notebook) -> None:
    for _ in range(2):
        assert handler(EVENT, None) == {"batchItemFailures": []}
    assert balance(table) == 0


def test_the_event_and_the_statement_of_the_same_money_are_one(table: MemoryTable, notebook: Notebook) -> None:
    handler(EVENT, None)
    handler(BATCH, None)
    assert balance(table) == 0
    assert notebook.batches[0][2] == {"duplicates": 1, "suspense": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 0},
        {"amount_cents": 450.5},
        {"amount_cents": True},
        {"amount_cents": "45000"},
        {"booking_date": "05/11/2026"},
        {"kind": "gift"},
        {"schema": "quitus.payment-event/2"},
        {"bank_reference": ""},
        {"currency": "CHF"},
        {"account_iban": "FR1420041010050500013M02606"},
        {"means": "barter"},
    ],
)
def test_an_invalid_event_is_a_rejected_row_and_an_alert_not_a_retry(
    table: MemoryTable, notebook: Notebook, changes: dict[str, Any]
) -> None:
    assert handler(sent(**changes), None) == {"batchItemFailures": []}
    assert alerts(table) == ["event_rejected"]
    assert len([key for key in table.rows if key.pk == "semiga#rejected-events"]) == 1
    assert ("rejected-events", "evt-1") in notebook.said
    assert balance(table) == 45000


@pytest.mark.parametrize(
    ("today", "day", "accepted"),
    [
        ("2026-11-05T09:30Z", "1970-01-01", False),
        ("2026-11-05T09:30Z", "2016-11-03", False),
        ("2026-11-05T09:30Z", "2016-11-05", True),
        ("2026-11-05T09:30Z", "2026-11-09", True),
        ("2026-11-05T23:30Z", "2027-11-07", True),
        ("2026-11-05T09:30Z", "2027-11-07", False),
        ("2026-11-05T09:30Z", "2199-12-31", False),
    ],
)
def test_an_event_is_of_a_day_that_may_be(table: MemoryTable, today: str, day: str, accepted: bool) -> None:
    event = json.loads(EVENT["Records"][0]["body"]) | {"booking_date": day}
    an_event_poster(table, Notebook(), FixedClock(datetime.fromisoformat(today))).post(json.dumps(event))
    refused = [row["reason"] for key, row in table.rows.items() if key.pk == "semiga#rejected-events"]
    assert (refused, balance(table)) == (([], 0) if accepted else (["implausible_date"], 45000))
    assert alerts(table) == ([] if accepted else ["event_rejected"])


def test_a_reference_that_comes_back_with_another_amount_is_an_alarm(table: MemoryTable, notebook: Notebook) -> None:
    handler(EVENT, None)
    handler(sent(event_id="evt-2", amount_cents=44000), None)
    assert sorted(alerts(table)) == ["event_rejected", "identity_conflict"]
    assert balance(table) == 0


@pytest.mark.parametrize(
    ("first", "again", "contradicts"),
    [
        (LEASE, a_virtual_iban(2), True),
        (None, LEASE, True),
        (LEASE, None, False),
        (LEASE, f"{LEASE[:4]} {LEASE[4:]}", False),
        (None, None, False),
    ],
)
def test_a_reference_that_comes_back_with_another_virtual_iban_is_an_alarm(
    table: MemoryTable, notebook: Notebook, first: str | None, again: str | None, contradicts: bool
) -> None:
    for _ in range(2):
        handler(sent(virtual_iban=first), None)
    paid, silent = balance(table), alerts(table)
    for _ in range(2):
        handler(sent(event_id="evt-2", virtual_iban=again), None)
    assert sorted(alerts(table)) == (["event_rejected", "identity_conflict"] if contradicts else silent)
    refused = [row["reason"] for key, row in table.rows.items() if key.pk == "semiga#rejected-events"]
    assert refused == (["identity_conflict"] if contradicts else [])
    assert (silent, balance(table)) == ([], paid)


@pytest.mark.parametrize(
    "body", ["", "[]", "nonsense", '{"landlord_id": "../x"}', '{"landlord_id": "nobody"}', "\ud800"]
)
def test_nonsense_is_rejected_for_nobody(table: MemoryTable, notebook: Notebook, body: str) -> None:
    record = EVENT["Records"][0] | {"body": body}
    assert handler({"Records": [record]}, None) == {"batchItemFailures": []}
    assert balance(table) == 45000


def a_link(table: MemoryTable, lease_id: str = "L1", *, by_plan: bool = False) -> PaymentLink:
    link = PaymentLink(
        link_id=f"link-{lease_id}",
        lease_id=lease_id,
        virtual_iban=LEASE if lease_id == "L1" else OTHER,
        dues=(LinkedDue("nov", 45000),),
        by_plan=by_plan,
        made_by="sub",
        made_at="2026-11-01T08:00:00.000+00:00",
        expires_at="2026-11-02T08:00:00.000+00:00",
    )
    LinkRows(table).make("semiga", link, lease_id)
    return link


def the_payment(table: MemoryTable) -> Any:
    (row,) = (row for key, row in table.rows.items() if key.pk.startswith("semiga#movement#") and "posted_at" in row)
    return row


def test_a_link_leads_to_its_lease_and_its_dues_even_after_its_end(table: MemoryTable, notebook: Notebook) -> None:
    link = a_link(table)
    assert handler(sent(virtual_iban=None, link_id=link.link_id), None) == {"batchItemFailures": []}
    payment = the_payment(table)
    assert (payment["match"]["lease_id"], payment["match"]["rule"]) == ("L1", "link")
    assert payment["allocations"] == [["nov", 45000, "target"]]


def test_a_virtual_iban_comes_before_the_link_which_still_says_what_is_paid(
    table: MemoryTable, notebook: Notebook
) -> None:
    link = a_link(table)
    handler(sent(link_id=link.link_id), None)
    payment = the_payment(table)
    assert payment["match"]["rule"] == "virtual_iban"
    assert payment["allocations"] == [["nov", 45000, "target"]]


def test_a_link_of_another_lease_than_the_virtual_iban_says_leaves_it_in_suspense(
    table: MemoryTable, notebook: Notebook
) -> None:
    link = a_link(table, "L2")
    handler(sent(link_id=link.link_id), None)
    assert the_payment(table)["match"]["reason"] == "several_leases"


def test_an_unknown_link_names_nothing(table: MemoryTable, notebook: Notebook) -> None:
    handler(sent(virtual_iban=None, link_id="nobodys"), None)
    assert the_payment(table)["match"].get("lease_id") is None


def test_a_link_for_what_a_plan_asks_leaves_the_choice_to_the_plan(table: MemoryTable, notebook: Notebook) -> None:
    link = a_link(table, by_plan=True)
    handler(sent(virtual_iban=None, link_id=link.link_id), None)
    payment = the_payment(table)
    assert payment["match"]["rule"] == "link"
    assert payment["allocations"] == [["nov", 45000, "oldest_due"]]


def test_what_is_told_of_an_account_of_before_is_taken(table: MemoryTable, notebook: Notebook) -> None:
    landlord = a_landlord()
    moved = replace(landlord.bank_accounts[0], iban="FR7630004000031234567890143")
    LandlordRows(table).put(replace(landlord, bank_accounts=(moved,)))
    handler(EVENT, None)
    assert alerts(table) == []
    assert balance(table) == 0
