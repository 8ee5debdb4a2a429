"""ERP files: refused whole or applied row by row, acknowledged line by line, replayed without effect."""

from __future__ import annotations

import pytest
from faults import FaultyTable, Killed
from unit.erp.office import DUE_HEADER, LEASE_HEADER, a_file, a_lease_line
from unit.intake.counter import LANDLORD, Counter

from quitus.services.registry import DroppedFile, FileStatus

ERP = f"{LANDLORD}/erp"
TWO = a_file("leases", LEASE_HEADER, [a_lease_line("L1"), a_lease_line("L2")])


def drop(counter: Counter, content: bytes, name: str = "leases.csv") -> DroppedFile:
    return counter.drop(content, name, folder=ERP)


def test_leases_are_acknowledged_on_their_physical_lines() -> None:
    counter = Counter()
    file = drop(counter, TWO, "x/leases.csv")
    assert (file.status, file.kind, file.sequence) == (FileStatus.PROCESSED, "erp.leases", 1)
    assert counter.book.acknowledged["x/leases.csv"] == "line;key;status;reason\n3;L1;accepted;\n4;L2;accepted;\n"


def test_an_acknowledgement_names_rows_as_the_file_did() -> None:
    counter = Counter()
    drop(counter, a_file("leases", LEASE_HEADER, [a_lease_line("-L1"), a_lease_line("=L2")]))
    assert counter.book.acknowledged["leases.csv"].splitlines()[1:] == [
        "3;-L1;accepted;",
        "4;'=L2;refused;invalid_id",
    ]


def test_a_replay_is_a_duplicate_and_says_unchanged() -> None:
    counter = Counter()
    drop(counter, TWO)
    file = drop(counter, TWO, "again.csv")
    assert (file.status, dict(file.rows)) == (FileStatus.DUPLICATE, {"accepted": 0, "unchanged": 2, "refused": 0})
    assert counter.book.acknowledged["again.csv"].splitlines()[1:] == ["3;L1;unchanged;", "4;L2;unchanged;"]


DUES = a_file("dues", DUE_HEADER, ["D1;L1;rent;2026-11;2026-12-10;450.00;Loyer"], control="450.00")


def test_a_replay_answers_what_became_of_the_first_and_changes_nothing() -> None:
    counter = Counter()
    drop(counter, DUES, "dues.csv")
    drop(counter, TWO)
    file = drop(counter, DUES, "dues-again.csv")
    assert (file.status, file.kind, file.sequence) == (FileStatus.DUPLICATE, "erp.dues", 1)
    assert dict(file.rows) == {"accepted": 0, "unchanged": 0, "refused": 1}
    assert counter.book.acknowledged["dues-again.csv"] == counter.book.acknowledged["dues.csv"]
    assert counter.office.account("L1").balance_cents == 0


def test_a_replay_of_a_file_that_died_is_worked() -> None:
    counter = Counter()
    first = counter.put("leases.csv", TWO, folder=ERP)
    counter.intake().take(first)
    counter.rows.sent.clear()
    assert drop(counter, TWO, "again.csv").status is FileStatus.PROCESSED
    assert counter.office.account("L2").balance_cents == 0
    assert counter.file(first.file_id).status is FileStatus.PROCESSING


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, 13))
def test_a_replay_is_answered_wherever_its_intake_dies(call: int, after: bool) -> None:
    counter = Counter()
    drop(counter, TWO)
    dropped = counter.put("again.csv", TWO, folder=ERP)
    try:
        counter.intake(FaultyTable(counter.memory, call, after=after)).take(dropped)
    except Killed:
        counter.intake().take(dropped)
    counter.work()
    assert (counter.file(dropped.file_id).status, counter.file(dropped.file_id).unchanged) == (FileStatus.DUPLICATE, 2)
    assert counter.book.acknowledged["again.csv"].splitlines()[1:] == ["3;L1;unchanged;", "4;L2;unchanged;"]


def test_the_same_number_with_other_bytes_is_refused_whole() -> None:
    counter = Counter()
    drop(counter, TWO)
    file = drop(counter, a_file("leases", LEASE_HEADER, [a_lease_line("L3")]), "other.csv")
    assert (file.status, file.reason, file.kind) == (FileStatus.REFUSED, "sequence_reused", "erp.leases")
    assert counter.book.acknowledged["other.csv"] == "line;key;status;reason\n1;;refused;sequence_reused\n"
    assert counter.alerts() == ["erp_file_refused"]


def test_numbers_count_per_kind_and_a_refused_file_takes_none() -> None:
    counter = Counter()
    drop(counter, TWO.replace(b"#end;2", b"#end;3"), "cut.csv")
    assert drop(counter, TWO).status is FileStatus.PROCESSED
    dues = a_file("dues", DUE_HEADER, [], control="0.00")
    assert drop(counter, dues, "dues.csv").status is FileStatus.PROCESSED


def test_an_empty_file_is_acknowledged_at_once() -> None:
    counter = Counter()
    file = drop(counter, a_file("leases", LEASE_HEADER, []))
    assert file.status is FileStatus.PROCESSED
    assert counter.book.acknowledged["leases.csv"] == "line;key;status;reason\n"


def test_a_gap_is_an_alert_that_closes_when_the_missing_file_comes() -> None:
    counter = Counter()
    for sequence, expected in [(4, []), (6, ["erp_sequence_gap"]), (5, [])]:
        lines = [a_lease_line(f"L{sequence}")]
        assert drop(counter, a_file("leases", LEASE_HEADER, lines, sequence)).status is FileStatus.PROCESSED
        assert counter.alerts() == expected


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, 13))
def test_killed_anywhere_and_announced_again_every_row_has_its_result(call: int, after: bool) -> None:
    counter = Counter()
    lines = [a_lease_line(f"L{number}") for number in range(250)]
    dropped = counter.put("leases.csv", a_file("leases", LEASE_HEADER, lines), folder=ERP)
    try:
        counter.intake(FaultyTable(counter.memory, call, after=after)).take(dropped)
    except Killed:
        counter.work()
        counter.intake().take(dropped)
    counter.work()
    file = counter.file(dropped.file_id)
    assert (file.status, file.accepted) == (FileStatus.PROCESSED, 250)
    assert len(counter.book.acknowledged["leases.csv"].splitlines()) == 251


def test_every_message_twice_and_in_reverse_changes_nothing() -> None:
    counter = Counter()
    lines = [a_lease_line(f"L{number}") for number in range(250)]
    dropped = counter.put("leases.csv", a_file("leases", LEASE_HEADER, lines), folder=ERP)
    counter.intake().take(dropped)
    counter.rows.sent = counter.rows.sent[::-1] + counter.rows.sent
    counter.work()
    assert counter.file(dropped.file_id).accepted == 250
    assert ";unchanged;" not in counter.book.acknowledged["leases.csv"]
