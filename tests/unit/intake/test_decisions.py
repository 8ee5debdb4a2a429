"""A person decides on a quarantined file: taken on their word, or never; each movement is posted once, in any order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import permutations

import pytest
from builders import BANK_ACCOUNT, a_landlord
from faults import FaultyTable, InterruptedTable, Killed, every_moment
from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt, counts, notice

from quitus.adapters import file_keys
from quitus.adapters.landlord_rows import LandlordRows
from quitus.banking.problems import Reason
from quitus.domain.errors import Conflict
from quitus.domain.landlord import BankAccount
from quitus.services.file_decisions import Contradiction, Verdict
from quitus.services.list_files import ListRefusal
from quitus.services.registry import DroppedFile, FileStatus
from quitus.services.releases import ADVICE, MISSING, RELEASABLE, UNKNOWN_FOLDER
from quitus.services.table import Key

TWO = [Entry(45_000, reference="NONREF"), Entry(51_230, reference="NONREF")]
TWINS = [Entry(45_000, reference="NONREF"), Entry(45_000, reference="NONREF")]
WRONG = camt(a_statement(TWO, closing=1))
RIGHT = camt(a_statement(TWO), message="M2")


def refused(counter: Counter, file: DroppedFile, name: str = "request-1") -> Conflict:
    with pytest.raises(Conflict) as caught:
        counter.release(file, name=name)
    return caught.value


def test_a_file_that_does_not_add_up_is_posted_on_a_persons_word() -> None:
    counter = Counter()
    file = counter.release(counter.drop(WRONG))
    assert (file.status, file.reason, file.problems) == (FileStatus.PROCESSED, None, ())
    assert counts(file) == {"movements": 2, "suspense": 2}
    assert (counter.posted(), counter.alerts()) == ([45_000, 51_230], [])
    assert file.decision is not None
    assert (file.decision.kind, file.decision.reason) == (Verdict.RELEASE, "vu avec la banque")
    assert (file.decision.decided_by, file.decision.vouched) == ("sub-accountant", ("balance_mismatch",))


def test_a_decision_is_kept_outside_the_table_and_beside_the_file() -> None:
    counter = Counter()
    file = counter.release(counter.drop(WRONG))
    kept = counter.book.actions["file-decisions/request-1"]
    assert (kept["file_id"], kept["kind"], kept["by"]) == (file.file_id, "release", "sub-accountant")
    row = counter.memory.get(file_keys.file_decision(LANDLORD, file.file_id, 1))
    assert row is not None
    assert (row["reason_code"], row["request"]) == ("balance_mismatch", "request-1")


def test_details_that_do_not_add_up_are_posted_on_a_persons_word() -> None:
    counter = Counter()
    detail = '<TxDtls><Amt Ccy="EUR">{:.2f}</Amt></TxDtls>'
    details = f"<NtryDtls>{detail.format(200)}{detail.format(240)}</NtryDtls>"
    statement = a_statement([Entry(45_000)])
    start, end = statement.index("<NtryDtls>"), statement.index("</Ntry>")
    file = counter.drop(camt(statement[:start] + details + statement[end:]))
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "details_mismatch")
    assert file.problems[0].where == "statement 1, entry 1"
    released = counter.release(file)
    assert (released.status, released.counts["suspense"]) == (FileStatus.PROCESSED, 3)
    assert counter.posted() == [1_000, 20_000, 24_000]  # what no detail explains came in all the same


def test_an_account_declared_since_is_all_that_an_unknown_one_needed() -> None:
    other = BankAccount("FR1420041010050500013M02606", "X")
    counter = Counter(a_landlord(bank_accounts=(other,)))
    file = counter.drop(camt(a_statement(TWO)))
    again = counter.release(file)
    assert (again.status, again.reason, again.decisions) == (FileStatus.QUARANTINED, "unknown_account", 1)
    assert (counter.alerts(), counter.posted()) == (["file_quarantined"], [])
    LandlordRows(counter.memory).put(a_landlord())
    taken = counter.release(file, name="request-2")
    assert (taken.status, taken.decisions, counter.alerts()) == (FileStatus.PROCESSED, 2, [])
    assert counter.posted() == [45_000, 51_230]
    assert taken.decision is not None
    assert taken.decision.vouched == ()


def test_a_release_answers_only_for_what_was_shown() -> None:
    counter = Counter(a_landlord(bank_accounts=(BankAccount("FR1420041010050500013M02606", "X"),)))
    file = counter.drop(camt(a_statement(TWO)))
    LandlordRows(counter.memory).put(a_landlord())
    counter.raw.held[f"{LANDLORD}/{file.raw}"] = WRONG
    again = counter.release(file)
    assert (again.status, again.reason) == (FileStatus.QUARANTINED, "balance_mismatch")
    assert counter.posted() == []


def test_a_rejected_file_is_never_posted_and_its_bytes_stay() -> None:
    counter = Counter()
    file = counter.reject(counter.drop(WRONG))
    assert (file.status, file.reason) == (FileStatus.REFUSED, "balance_mismatch")
    assert (counter.alerts(), counter.posted(), counter.swept.sent) == ([], [], [])
    assert counter.raw.held[f"{LANDLORD}/{file.raw}"] == WRONG
    assert file.decision is not None
    assert (file.decision.kind, file.decision.reason) == (Verdict.REJECT, "faux")
    assert refused(counter, file, "request-2").code == "file_not_quarantined"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (WRONG[:-40], "truncated"),
        (b"<a><b></a>", "not_xml"),
        (b"-----BEGIN PGP MESSAGE-----\n", "encrypted"),
        (camt(a_statement(TWO, currency="CHF")), "currency"),
        (b"", "empty"),
        (camt(a_statement(TWO)).replace(b"450.00", b"450.0x", 1), "bad_amount"),
    ],
)
def test_what_cannot_be_read_whole_is_never_released(content: bytes, reason: str) -> None:
    counter = Counter()
    file = counter.drop(content)
    refusal = refused(counter, file)
    assert (file.reason, refusal.code) == (reason, "file_not_releasable")
    assert refusal.detail["advice"] == ADVICE[reason]
    assert (counter.file(file.file_id).status, counter.alerts()) == (FileStatus.QUARANTINED, ["file_quarantined"])


def test_one_problem_that_nobody_may_answer_for_bars_the_whole_file() -> None:
    counter = Counter()
    broken = a_statement(TWO, name="S2").replace("450.00", "450.0x", 1)
    file = counter.drop(camt(a_statement(TWO, closing=1), broken))
    assert file.problem_codes == ("balance_mismatch", "bad_amount")
    assert refused(counter, file).detail["reason"] == "bad_amount"


def test_every_reason_is_either_releasable_or_says_what_to_do() -> None:
    beside = {"unknown_account", "statement_conflict", UNKNOWN_FOLDER, MISSING}
    reasons = {reason.value for kind in (Reason, ListRefusal) for reason in kind} | beside
    assert RELEASABLE | ADVICE.keys() == reasons
    assert not RELEASABLE & ADVICE.keys()


def test_only_a_quarantined_file_is_decided_on() -> None:
    counter = Counter()
    file = counter.drop(camt(a_statement(TWO)))
    assert refused(counter, file).code == "file_not_quarantined"
    with pytest.raises(Conflict):
        counter.reject(file)
    assert not counter.book.actions


# The same money, told by a released file and by others


@pytest.mark.parametrize("entries", [TWO, TWINS])
@pytest.mark.parametrize(
    "order", [*permutations(("release", "correct", "notice")), *permutations(("release", "rename", "notice"))]
)
def test_whatever_else_tells_of_a_released_files_movements_they_are_posted_once(
    order: tuple[str, ...], entries: list[Entry]
) -> None:
    counter = Counter()
    file = counter.drop(camt(a_statement(entries, closing=1)))
    for number, step in enumerate(order):
        if step == "release":
            counter.release(file, name=f"request-{number}")
        elif step == "correct":
            counter.drop(camt(a_statement(entries[::-1]), message="M2"))
        elif step == "rename":
            counter.drop(camt(a_statement(entries, name="S1-bis", opening=99_000), message="M3"))
        else:
            counter.drop(notice(entries))
    assert counter.posted() == sorted(entry.cents for entry in entries)


def test_a_file_released_after_the_corrected_one_contradicts_it_until_a_person_says_more() -> None:
    counter = Counter()
    file = counter.drop(WRONG)
    counter.drop(RIGHT)
    again = counter.release(file)
    assert (again.status, again.reason) == (FileStatus.QUARANTINED, "statement_conflict")
    taken = counter.release(file, name="request-2")
    assert (taken.status, counts(taken)) == (FileStatus.PROCESSED, {"movements": 2, "duplicates": 2})
    assert counter.posted() == [45_000, 51_230]


def test_two_wrong_issues_of_a_statement_that_are_both_released_are_posted_once() -> None:
    counter = Counter()
    first, second = counter.drop(WRONG), counter.drop(camt(a_statement(TWO, closing=2), message="M2"))
    counter.release(first)
    counter.release(second, name="request-2")
    counter.release(second, name="request-3")
    assert counter.file(second.file_id).status is FileStatus.PROCESSED
    assert counter.posted() == [45_000, 51_230]


def test_the_same_bytes_quarantined_twice_are_one_file_once_released() -> None:
    counter = Counter()
    first, second = counter.drop(WRONG), counter.drop(WRONG, "encore.xml")
    counter.release(first)
    assert counter.file(second.file_id).superseded_by == first.file_id
    assert counter.release(second, name="request-2").status is FileStatus.DUPLICATE
    assert (counter.posted(), counter.alerts()) == ([45_000, 51_230], [])


def conflicting(counter: Counter, *more: Entry) -> DroppedFile:
    counter.drop(camt(a_statement(TWO)))
    file = counter.drop(camt(a_statement([*TWO[::-1], *more])))
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "statement_conflict")
    assert file.problems[0].where == "statement 1"
    return file


def test_a_statement_that_replaces_another_posts_what_is_new_in_it() -> None:
    counter = Counter()
    file = conflicting(counter, Entry(7_700, reference="NONREF"))
    taken = counter.release(file)
    assert (taken.status, counts(taken)) == (FileStatus.PROCESSED, {"movements": 3, "duplicates": 2, "suspense": 1})
    assert counter.posted() == [7_700, 45_000, 51_230]


def test_a_statement_that_adds_to_another_posts_all_of_it() -> None:
    counter = Counter()
    counter.drop(notice(TWO))
    file = counter.drop(notice([Entry(45_000, reference="NONREF")]))
    assert file.reason == "statement_conflict"
    taken = counter.release(file, contradiction=Contradiction.ADDS)
    assert (taken.status, counts(taken)) == (FileStatus.PROCESSED, {"movements": 1, "suspense": 1})
    assert counter.posted() == [45_000, 45_000, 51_230]


@pytest.mark.parametrize("contradiction", list(Contradiction))
@pytest.mark.parametrize("call", range(1, 22))
def test_killed_anywhere_a_released_file_goes_on_as_it_began(call: int, contradiction: Contradiction) -> None:
    counter = Counter()
    file = conflicting(counter, Entry(7_700, reference="NONREF"))
    counter.decisions().release(counter.occasion(file), "vu", contradiction)
    (asked,) = counter.asked()
    try:
        counter.intake(FaultyTable(counter.memory, call, after=True)).resume(asked)
    except Killed:
        counter.work()
    counter.resume()
    assert counter.file(file.file_id).status is FileStatus.PROCESSED
    once, added = [7_700, 45_000, 51_230], [7_700, 45_000, 45_000, 51_230, 51_230]
    assert counter.posted() == (once if contradiction is Contradiction.REPLACES else added)


# Several people, several attempts


@pytest.mark.parametrize("call", range(1, 7))
def test_of_two_who_decide_at_once_exactly_one_wins(call: int) -> None:
    counter, won = Counter(), list[Verdict]()
    file = counter.drop(WRONG)

    def attempt(decide: Callable[[], object], verdict: Verdict) -> None:
        with suppress(Conflict):
            decide()
            won.append(verdict)

    def reject() -> None:
        attempt(lambda: counter.reject(file, "request-2"), Verdict.REJECT)

    desk = counter.decisions(InterruptedTable(counter.memory, call, reject))
    attempt(lambda: desk.release(counter.occasion(file), "vu", Contradiction.REPLACES), Verdict.RELEASE)
    decided = counter.file(file.file_id)
    assert decided.decision is not None
    assert (won, decided.decisions) == ([decided.decision.kind], 1)
    assert counter.alerts() == []


@pytest.mark.parametrize("call", range(1, 7))
def test_a_corrected_file_that_comes_while_a_person_decides_is_posted_once(call: int) -> None:
    counter = Counter()
    file = counter.drop(WRONG)
    desk = counter.decisions(InterruptedTable(counter.memory, call, lambda: counter.drop(RIGHT, "corrigé.xml")))
    desk.release(counter.occasion(file), "vu", Contradiction.REPLACES)
    counter.resume()
    released = counter.file(file.file_id)
    assert counter.posted() == [45_000, 51_230]
    if released.status is FileStatus.QUARANTINED:
        assert (released.reason, counter.alerts()) == ("statement_conflict", ["file_quarantined"])
    else:
        assert (released.status, counter.alerts()) == (FileStatus.PROCESSED, [])


def release_if_kept_out(counter: Counter, file: DroppedFile) -> None:
    if counter.file(file.file_id).status is FileStatus.QUARANTINED:
        counter.release(file)


def test_a_file_that_is_released_while_the_corrected_one_is_taken_in_is_posted_once() -> None:
    for moment in every_moment():
        counter = Counter()
        file = counter.drop(WRONG)
        right = counter.put("corrigé.xml", RIGHT)
        release = partial(release_if_kept_out, counter, file)
        counter.intake(moment.on(counter.memory, release)).take(right)
        counter.work()
        assert counter.posted() == [45_000, 51_230], moment
        files = [counter.file(one.file_id) for one in (file, right)]
        kept_out = [one for one in files if one.status is FileStatus.QUARANTINED and one.superseded_by is None]
        assert counter.alerts() == ["file_quarantined"] * len(kept_out), moment


def test_a_decision_about_what_the_file_said_before_is_refused() -> None:
    counter = Counter(a_landlord(bank_accounts=(BankAccount("FR1420041010050500013M02606", "X"),)))
    file = counter.drop(camt(a_statement(TWO)))
    interrupted = InterruptedTable(counter.memory, 2, lambda: counter.release(file, name="request-2"))
    with pytest.raises(Conflict) as caught:
        counter.decisions(interrupted).reject(counter.occasion(file), "faux")
    assert caught.value.code == "file_decided_meanwhile"
    assert counter.file(file.file_id).status is FileStatus.QUARANTINED


def test_the_same_request_again_changes_nothing() -> None:
    counter = Counter()
    file = counter.drop(WRONG)
    counter.release(file)
    again = counter.decisions().release(counter.occasion(file, again=True), "vu", Contradiction.REPLACES)
    assert (again.status, again.decisions) == (FileStatus.PROCESSED, 1)
    assert counter.swept.sent == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, 9))
def test_killed_while_deciding_the_same_request_decides_once(call: int, after: bool) -> None:
    counter = Counter()
    file = counter.drop(WRONG)
    try:
        counter.decisions(FaultyTable(counter.memory, call, after=after)).release(
            counter.occasion(file), "vu", Contradiction.REPLACES
        )
    except Killed:
        counter.decisions().release(counter.occasion(file, again=True), "vu", Contradiction.REPLACES)
    counter.resume()
    decided = counter.file(file.file_id)
    assert (decided.status, decided.decisions) == (FileStatus.PROCESSED, 1)
    assert (counter.posted(), counter.alerts()) == ([45_000, 51_230], [])


def test_the_alert_of_a_release_that_died_half_way_ends_when_the_file_is_taken_up() -> None:
    counter = Counter()
    file = counter.drop(WRONG)
    with pytest.raises(Killed):
        counter.decisions(FaultyTable(counter.memory, 3, after=True)).release(
            counter.occasion(file), "vu", Contradiction.REPLACES
        )
    assert counter.file(file.file_id).status is FileStatus.PROCESSING
    assert (counter.alerts(), counter.swept.sent) == (["file_quarantined"], [])
    counter.wait(hours=1)
    counter.sweep()
    counter.resume()
    assert counter.file(file.file_id).status is FileStatus.PROCESSED
    assert counter.alerts() == []


def test_a_released_file_answers_for_its_own_account_only() -> None:
    counter = Counter()
    file = counter.release(counter.drop(WRONG))
    (tag,) = {key.pk for key in counter.memory.rows if "#channels#" in key.pk}
    voices = {name for name in counter.memory.rows[Key(tag, "channels")] if name.startswith("on:")}
    assert voices == {f"on:camt.053~{file.file_id}"}
    assert BANK_ACCOUNT not in tag
