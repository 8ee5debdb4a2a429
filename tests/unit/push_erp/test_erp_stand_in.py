"""The stand-in of an ERP refuses what breaks the contract: a green push means something."""

from __future__ import annotations

from dataclasses import replace

from unit.push_erp.scenes import a_chain, an_entry

from erp_stand_in import Journal, Reply
from quitus.domain.erp_batch import Feed, batch_body, entry_item
from quitus.domain.ledger import Entry, seal


def post(journal: Journal, *entries: Entry, key: str = "B1", **headers: str) -> Reply:
    body = batch_body(key, Feed.ENTRIES, [entry_item(("p", entry.entry_id), entry, "P") for entry in entries])
    return journal.answer("POST", "/entries", {"idempotency-key": key, **headers}, body)


def test_entries_in_order_are_applied_and_added_up() -> None:
    journal = Journal()
    first, second = a_chain("A", 2)
    assert post(journal, first).status == 200
    assert post(journal, second, an_entry(None), key="B2").status == 200
    summary = journal.summary()
    assert (summary["batches"], summary["entries"], summary["errors"]) == (2, 3, 0)
    assert summary["accounts"]["512"] == {"debit_cents": 135000, "credit_cents": 0}
    assert summary["accounts"]["471"] == {"debit_cents": 0, "credit_cents": 45000}
    assert summary["receipts_cents"] == 135000


def test_the_same_batch_again_gets_the_same_answer_and_is_applied_once() -> None:
    journal = Journal()
    assert post(journal, an_entry("A")) == post(journal, an_entry("A"))
    assert (len(journal.entries), journal.duplicates, journal.errors) == (1, 1, [])


def test_the_same_key_with_another_body_is_an_error() -> None:
    journal = Journal()
    post(journal, an_entry("A"))
    assert post(journal, an_entry("B")).status == 422
    assert (len(journal.entries), len(journal.errors)) == (1, 1)


def test_a_gap_a_repeat_and_a_broken_chain_are_errors() -> None:
    journal = Journal()
    first, second, third = a_chain("A", 3)
    assert post(journal, second, key="gap").status == 422
    assert post(journal, first, third, key="hole").status == 422
    assert post(journal, first, key="first").status == 200
    assert post(journal, first, key="repeat").status == 422
    assert post(journal, seal(replace(second, previous_hash="00")), key="chain").status == 422
    assert post(journal, replace(second, hash="00"), key="hash").status == 422
    assert (len(journal.entries), len(journal.errors)) == (1, 5)


def test_an_unbalanced_or_malformed_batch_is_an_error_and_applies_nothing() -> None:
    journal = Journal()
    entry = an_entry("A")
    assert post(journal, replace(entry, lines=entry.lines[:1])).status == 422
    for body in (b"", b"[]", b'{"batch_id":"B","entries":{}}', b'{"batch_id":"B","entries":[{"entry_id":"x"}]}'):
        assert journal.answer("POST", "/entries", {"idempotency-key": "B"}, body).status == 422
    assert journal.answer("POST", "/entries", {}, batch_body("B", Feed.ENTRIES, [])).status == 422
    assert (journal.entries, len(journal.errors)) == ([], 6)


def test_a_wrong_token_is_refused_before_anything_is_read() -> None:
    journal = Journal("secret")
    assert post(journal, an_entry("A")).status == 401
    assert post(journal, an_entry("A"), authorization="Bearer secret").status == 200
    assert journal.errors == []


def test_it_fails_as_often_as_it_is_told() -> None:
    journal = Journal()
    assert journal.answer("POST", "/mode", {}, b'{"mode":"error_after_applying","times":1}').status == 200
    assert post(journal, an_entry("A")).status == 500
    assert post(journal, an_entry("A")).status == 200
    assert (len(journal.entries), journal.duplicates) == (1, 1)
    assert journal.answer("POST", "/mode", {}, b'{"mode":"odd"}').status == 422
