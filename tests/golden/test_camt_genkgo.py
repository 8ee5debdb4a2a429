"""Against the JSON that another reader (genkgo/camt) wrote beside its samples.

Where the two differ, the oracle is wrong or says less: each deviation is named here with its reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from golden.corpora import codes_of, needs_corpora, read_sample, samples

from quitus.domain.movement import Movement, Statement, Status

pytestmark = needs_corpora

FILES = [path for path in samples("camt-genkgo", "*.xml") if path.with_suffix(".json").exists()]


def oracle(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    return data


def entries_of(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = oracle(path)["getEntries"]
    return entries


def movements_of(path: Path) -> list[Movement]:
    return [movement for _, movements in read_sample(path).statements for movement in movements]


def groups_of(path: Path) -> list[list[Movement]]:
    """Our movements by entry, of the last statement only where the oracle forgot the others (it keeps one entry per
    number).
    """
    groups = by_entry(movements_of(path))
    return groups[1:] if path.name == "camt053.v2.multi.statement.xml" else groups


def by_entry(movements: list[Movement]) -> list[list[Movement]]:
    groups: dict[str, list[Movement]] = {}
    for movement in movements:
        groups.setdefault(movement.position.rpartition(".")[0], []).append(movement)
    return list(groups.values())


def cents(money: dict[str, Any]) -> int:
    """The oracle counts in the currency's own unit: yen have no hundredths."""
    amount = int(money["getAmount"])
    return amount * 100 if money["getCurrency"]["getCode"] == "JPY" else amount


def day(instant: dict[str, Any] | None) -> str | None:
    """The oracle's instants are UTC; no sample has one that is another day in Paris."""
    return instant["0"][:10] if instant else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_entry_has_the_oracles_amount_dates_and_status(path: Path) -> None:
    groups = groups_of(path)
    entries = entries_of(path)
    assert len(groups) == len(entries)
    for group, entry in zip(groups, entries, strict=True):
        assert sum(movement.amount_cents for movement in group) == cents(entry["getAmount"])
        for movement in group:
            assert movement.status == (Status.BOOKED if entry["getStatus"] == "BOOK" else Status.PENDING)
            assert day(entry["getBookingDate"]) in {movement.booking_date.isoformat(), None}
            assert (movement.value_date.isoformat() if movement.value_date else None) == day(entry["getValueDate"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_references_and_texts_are_the_oracles(path: Path) -> None:
    for group, entry in zip(groups_of(path), entries_of(path), strict=True):
        movement, detail = group[0], entry["getTransactionDetail"]
        reference = (detail or {}).get("getReference") or {}
        own = reference.get("getAccountServicerReference") or entry["getAccountServicerReference"]
        assert own in {movement.bank_reference, movement.entry_reference}
        if not detail or movement.awaiting_details:
            continue
        assert movement.end_to_end_id == reference.get("getEndToEndId")
        assert movement.uetr == reference.get("getUuidEndToEndReference")
        blocks = ((detail.get("getRemittanceInformation") or {}).get("getUnstructuredBlock")) or {}
        if blocks and movement.remittance:
            assert movement.remittance.startswith(blocks["getMessage"].strip())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_account_is_the_oracles(path: Path) -> None:
    statements = [statement for statement, _ in read_sample(path).statements]
    for entry in entries_of(path):
        account = entry["getRecord"]["getAccount"]["getIdentification"]
        assert account in {statement.account for statement in statements}


def opening_and_closing(statement: Statement) -> tuple[int | None, int | None]:
    return statement.balances.opening_cents, statement.balances.closing_cents


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_balances_are_the_oracles(path: Path) -> None:
    for statement, _ in read_sample(path).statements:
        records = [entry["getRecord"] for entry in entries_of(path)]
        balances = [
            (balance["getType"], cents(balance["getAmount"]))
            for record in records
            if record["getId"] == statement.statement_id
            for balance in record.get("getBalances", ())
        ]
        opening, closing = opening_and_closing(statement)
        if opening is not None and balances:
            assert opening in [amount for kind, amount in balances if kind in {"opening", "previously_closed"}]
        if closing is not None and balances:
            assert closing in [amount for kind, amount in balances if kind in {"closing", "interim"}]


def test_a_message_without_a_statement_is_refused() -> None:
    understood = read_sample(next(iter(samples("camt-genkgo", "camt053.v2.wrong.xml"))))
    assert [problem.code for problem in understood.problems] == ["no_statement"]


def test_the_statements_that_close_have_no_problem() -> None:
    clean = {path.name for path in samples("camt-genkgo", "*.xml") if not codes_of(read_sample(path))}
    assert clean == {"camt053.v2.multi.statement.xml", "camt053.v2.with-account-name.xml"}


def test_what_is_wrong_in_the_samples_is_named() -> None:
    problems = {path.name: codes_of(read_sample(path)) for path in samples("camt-genkgo", "*.xml")}
    assert problems["camt053.v2.five.decimals.xml"] == {"balance_mismatch"}  # 18.15 + 8.85 is not 27.05
    assert problems["camt053.v2.minimal.xml"] == {"balance_mismatch", "currency"}  # a balance in SEK
    assert problems["camt053.v3.xml"] >= {"details_mismatch"}  # a detail of 105.75 in an entry of 8.85
    assert problems["camt054.v2.xml"] == {"currency"}
