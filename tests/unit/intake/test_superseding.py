"""What a quarantined file should have told comes in a later one: the alert ends, and nobody needs to decide."""

from __future__ import annotations

import gzip

import pytest
from faults import every_death
from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt, notice

from quitus.services.registry import FileStatus

TWO = [Entry(45_000), Entry(51_230)]
WHOLE = camt(a_statement(TWO))


def test_a_corrected_statement_takes_the_place_of_the_wrong_one() -> None:
    counter = Counter()
    wrong = counter.drop(camt(a_statement(TWO, closing=1)))
    right = counter.drop(camt(a_statement(TWO), message="M2"), "corrigé.xml")
    assert right.status is FileStatus.PROCESSED
    wrong = counter.file(wrong.file_id)
    assert (wrong.status, wrong.reason, wrong.superseded_by) == (
        FileStatus.QUARANTINED, "balance_mismatch", right.file_id,
    )  # fmt: skip
    assert (counter.alerts(), counter.posted()) == ([], [45_000, 51_230])


def test_a_statement_with_its_opening_balance_corrected_is_the_same() -> None:
    counter = Counter()
    wrong = counter.drop(camt(a_statement(TWO, opening=1, closing=196_230)))
    right = counter.drop(camt(a_statement(TWO), message="M2"))
    assert counter.file(wrong.file_id).superseded_by == right.file_id


@pytest.mark.parametrize(
    "later",
    [
        camt(a_statement(TWO, name="S2", opening=196_230)),
        camt(a_statement(TWO, opening=196_230)),
        camt(a_statement(TWO, day="2026-11-06")),
        camt(a_statement(TWO, name="")),
        camt(a_statement([*TWO, Entry(1)], closing=2), message="M2"),
        notice(TWO, name="S1"),
    ],
    ids=["another statement", "its next page", "another day", "without an id", "wrong too", "a notice"],
)
def test_another_statement_takes_nobodys_place(later: bytes) -> None:
    counter = Counter()
    wrong = counter.drop(camt(a_statement(TWO, closing=1)))
    counter.drop(later, "autre.xml")
    assert counter.file(wrong.file_id).superseded_by is None
    assert "file_quarantined" in counter.alerts()


def test_a_file_of_several_statements_is_made_good_only_by_all_of_them() -> None:
    counter = Counter()
    second = a_statement(TWO, name="S2", day="2026-11-06", opening=196_230)
    wrong = counter.drop(camt(a_statement(TWO, closing=1), second))
    counter.drop(WHOLE, "un.xml")
    assert counter.file(wrong.file_id).superseded_by is None
    both = counter.drop(camt(a_statement(TWO), second, message="M3"), "deux.xml")
    assert counter.file(wrong.file_id).superseded_by == both.file_id
    assert counter.posted() == [45_000, 45_000, 51_230, 51_230]


def test_a_notice_is_made_good_by_its_own_message_only() -> None:
    counter = Counter()
    broken = notice(TWO).replace(b"450.00", b"450.0x", 1)
    wrong = counter.drop(broken)
    counter.drop(notice([Entry(1)]).replace(b"<MsgId>N1", b"<MsgId>N2"), "autre.xml")
    assert counter.file(wrong.file_id).superseded_by is None
    right = counter.drop(notice(TWO), "corrigé.xml")
    assert counter.file(wrong.file_id).superseded_by == right.file_id


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", ["releve.xml", "releve-2.xml"])
def test_an_interrupted_upload_is_made_good_by_the_whole_one(name: str, pack: type[bytes]) -> None:
    counter = Counter()
    content = pack(WHOLE)
    for size in (100, len(content) // 2, len(content) - 20):
        cut = counter.drop(content[:size])
        assert cut.status is FileStatus.QUARANTINED
    whole = counter.drop(content, name)
    assert whole.status is FileStatus.PROCESSED
    files = [key for key in counter.memory.rows if key.sk == "file"]
    held = [counter.file(key.pk.rpartition("#")[2]) for key in files]
    assert [file.superseded_by for file in held if file.status is FileStatus.QUARANTINED] == [whole.file_id] * 3
    assert (counter.alerts(), counter.posted()) == ([], [45_000, 51_230])


def test_an_empty_upload_is_made_good_under_its_own_name_only() -> None:
    counter = Counter()
    empty = counter.drop(b"")
    counter.drop(WHOLE, "autre.xml")
    assert counter.file(empty.file_id).superseded_by is None
    again = counter.drop(WHOLE)
    assert again.status is FileStatus.DUPLICATE
    assert counter.file(empty.file_id).superseded_by == again.file_id
    assert counter.alerts() == []


def test_a_file_that_comes_every_day_under_one_name_is_not_the_one_of_the_day_before() -> None:
    counter = Counter()
    monday = counter.drop(camt(a_statement(TWO, closing=1)))
    counter.drop(camt(a_statement(TWO, name="S2", day="2026-11-06", opening=196_230), message="M2"))
    assert counter.file(monday.file_id).superseded_by is None


@pytest.mark.parametrize("after", [False, True])
def test_the_alert_of_a_file_that_was_made_good_ends_wherever_the_process_dies(after: bool) -> None:
    for death in every_death(after=after):
        counter = Counter()
        wrong = counter.drop(camt(a_statement(TWO, closing=1)))
        right = counter.put("corrigé.xml", camt(a_statement(TWO), message="M2"))
        with death:
            counter.intake(death.on(counter.memory)).take(right)
        counter.work()
        counter.intake().take(right)
        counter.work()
        assert (counter.alerts(), counter.posted()) == ([], [45_000, 51_230]), death
        assert counter.file(wrong.file_id).superseded_by == right.file_id, death


def test_what_was_decided_on_is_left_alone() -> None:
    counter = Counter()
    wrong = counter.drop(camt(a_statement(TWO, closing=1)))
    counter.reject(wrong)
    counter.drop(WHOLE, "corrigé.xml")
    assert counter.file(wrong.file_id).superseded_by is None
    assert counter.file(wrong.file_id).status is FileStatus.REFUSED


def test_what_came_before_makes_nothing_good() -> None:
    counter = Counter()
    counter.drop(WHOLE, "bon.xml")
    wrong = counter.drop(camt(a_statement(TWO, closing=1), message="M2"))
    assert (wrong.reason, wrong.superseded_by) == ("balance_mismatch", None)
    assert counter.alerts() == ["file_quarantined"]


def test_a_released_file_says_nothing_of_other_wrong_ones() -> None:
    counter = Counter()
    first = counter.drop(camt(a_statement(TWO, closing=1)))
    counter.wait(minutes=1)
    second = counter.drop(camt(a_statement(TWO, closing=2), message="M2"))
    counter.release(second)
    assert counter.file(first.file_id).superseded_by is None


def test_every_problem_of_a_file_is_shown_with_its_place() -> None:
    counter = Counter()
    broken = a_statement(TWO, name="S2").replace("512.30", "512.3x", 1)
    file = counter.drop(camt(a_statement(TWO, closing=1), broken, a_statement(TWO, currency="CHF", name="S3")))
    shown = [(problem.code, problem.where) for problem in file.problems]
    assert shown[0] == ("balance_mismatch", "statement 1")
    assert ("bad_amount", "statement 2, entry 2") in shown
    assert ("currency", "statement 3") in shown
    assert file.problem_count >= len(shown)


def test_a_file_that_breaks_off_says_so_first() -> None:
    counter = Counter()
    many = [Entry(100)] * 500
    second = a_statement(many, name="S2", day="2026-11-06")
    file = counter.drop(camt(a_statement(many, closing=1), second)[:-300])
    assert [problem.code for problem in file.problems] == ["truncated", "balance_mismatch"]
    assert file.reason == "truncated"


def test_many_problems_are_counted_and_the_first_shown() -> None:
    counter = Counter()
    wrong = [a_statement(TWO, name=f"S{number}", closing=1) for number in range(50)]
    file = counter.drop(camt(*wrong))
    assert (len(file.problems), file.problem_count, file.problem_codes) == (20, 50, ("balance_mismatch",))
    assert file.problems[-1].where == "statement 20"
    row = next(row for key, row in counter.memory.rows.items() if key.sk == "open" and LANDLORD in key.pk)
    assert len(row["statements"]) == 50
