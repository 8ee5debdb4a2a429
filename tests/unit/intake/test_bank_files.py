"""Bank files: proved before anything is queued, each taken once, whatever it is called and however it is packed."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from datetime import date
from functools import partial

import pytest
from builders import BANK_ACCOUNT, a_landlord
from faults import every_death, every_moment
from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt, counts, day_report, notice

from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.statement_rows import StatementRows
from quitus.domain.landlord import BankAccount
from quitus.services.registry import FileStatus

OTHER_ACCOUNT = "FR1420041010050500013M02606"
THREE = [Entry(45_000), Entry(51_230), Entry(-1_290)]


def zipped(*names: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_statement_that_adds_up_is_posted_and_its_file_says_so() -> None:
    counter = Counter()
    file = counter.drop(camt(a_statement(THREE)))
    assert (file.status, file.kind, file.name) == (FileStatus.PROCESSED, "camt.053", "releve.xml")
    assert counts(file) == {"movements": 3, "suspense": 2, "ignored": 1}
    assert (file.opening_cents, file.closing_cents) == (100_000, 194_940)
    assert counter.posted() == [-1_290, 45_000, 51_230]


def test_pending_entries_are_counted_as_ignored_and_never_posted() -> None:
    counter = Counter()
    file = counter.drop(camt(a_statement([Entry(45_000), Entry(10_000, status="PDNG")])))
    assert counts(file) == {"movements": 2, "suspense": 1, "ignored": 1}
    assert counter.posted() == [45_000]


def test_a_statement_without_movements_is_processed_at_once() -> None:
    counter = Counter()
    dropped = counter.put("vide.xml", camt(a_statement([])))
    file = counter.intake().take(dropped)
    assert file is not None
    assert file.status is FileStatus.PROCESSED
    assert counter.movements.sent == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (camt(a_statement(THREE, closing=1)), "balance_mismatch"),
        (camt(a_statement(THREE, account=OTHER_ACCOUNT)), "unknown_account"),
        (camt(a_statement(THREE, currency="CHF")), "currency"),
        (camt(a_statement(THREE), a_statement(THREE, name="S2", closing=1)), "balance_mismatch"),
        (camt(a_statement(THREE))[:-40], "truncated"),
        (b"hello", "unknown_format"),
        (b"", "empty"),
        (zipped("a.xml", "b.xml", content=b"<a/>"), "archive"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_kept_out_whole(content: bytes, reason: str) -> None:
    counter = Counter()
    file = counter.drop(content)
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, reason)
    assert counter.alerts() == ["file_quarantined"]
    assert (counter.posted(), counts(file)) == ([], {})
    assert counter.raw.held == {f"semiga/{file.raw}": content}


def test_the_same_bytes_under_another_name_or_packing_are_a_duplicate() -> None:
    counter, content = Counter(), camt(a_statement(THREE))
    counter.drop(content)
    for name, again in [
        ("autre.xml", content),
        ("releve.xml.gz", gzip.compress(content)),
        ("releve.zip", zipped("releve.xml", "__MACOSX/._releve.xml", content=content)),
    ]:
        file = counter.drop(again, name)
        assert (file.status, counts(file)) == (FileStatus.DUPLICATE, {"movements": 3, "duplicates": 3})
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert counter.raw.held[f"semiga/{file.raw}"] == again
    assert len(counter.raw.held) == 3
    assert len(counter.posted()) == 3


def test_the_same_statement_in_other_bytes_is_a_duplicate() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    file = counter.drop(camt(a_statement(THREE), message="M2").replace(b"><", b">\r\n<"))
    assert file.status is FileStatus.DUPLICATE
    assert len(counter.posted()) == 3


def test_the_same_statement_with_other_content_is_quarantined() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    file = counter.drop(camt(a_statement([*THREE, Entry(1)])))
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "statement_conflict")
    assert len(counter.posted()) == 3


def test_a_statement_issued_again_under_another_id_is_a_duplicate() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    file = counter.drop(camt(a_statement(THREE, name="S1-bis"), message="M2"))
    assert (file.status, counts(file)) == (FileStatus.DUPLICATE, {"movements": 3, "duplicates": 3})
    assert (len(counter.posted()), counter.alerts()) == (3, [])


def test_a_statement_issued_again_beside_a_new_one_posts_the_new_one_alone() -> None:
    counter = Counter()
    without = [Entry(45_000, reference="NONREF"), Entry(45_000, reference="NONREF")]
    counter.drop(camt(a_statement(without)))
    second = a_statement([Entry(7_700)], name="S2", day="2026-11-06", opening=190_000)
    file = counter.drop(camt(second, a_statement(without, name="S1-bis"), message="M2"))
    assert (file.status, counts(file)) == (FileStatus.PROCESSED, {"movements": 3, "suspense": 1, "duplicates": 2})
    assert counter.alerts() == []


def test_one_statement_twice_in_a_file_is_posted_once() -> None:
    counter = Counter()
    without = [Entry(45_000, reference="NONREF")]
    file = counter.drop(camt(a_statement(without), a_statement(without), a_statement(without, name="S1-bis")))
    assert (file.status, file.movements) == (FileStatus.PROCESSED, 3)
    assert (counter.posted(), counter.alerts()) == ([45_000], [])


@pytest.mark.parametrize("after", [False, True])
def test_a_missing_statement_is_told_wherever_the_process_dies_and_however_soon_its_movements_are_posted(
    after: bool,
) -> None:
    for death in every_death(after=after):
        counter = Counter()
        counter.drop(camt(a_statement(THREE)))
        dropped = counter.put("3.xml", camt(a_statement([Entry(400)], name="S3", day="2026-11-07", opening=600)))
        with death:
            counter.intake(death.on(counter.memory)).take(dropped)
        counter.work()
        counter.intake().take(dropped)
        counter.work()
        assert counter.alerts() == ["statement_gap"], death


def test_two_issues_of_a_statement_taken_at_the_same_time_post_once() -> None:
    without = [Entry(45_000, reference="NONREF")]
    for moment in every_moment():
        counter = Counter()
        one = counter.put("a.xml", camt(a_statement(without)))
        other = counter.put("b.xml", camt(a_statement(without, name="S1-bis"), message="M2"))
        taken = partial(counter.intake().take, other)
        counter.intake(moment.on(counter.memory, taken)).take(one)
        taken()
        counter.work()
        assert (counter.posted(), counter.alerts()) == ([45_000], []), moment


def test_a_statement_corrected_under_another_id_is_an_overlap() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    file = counter.drop(camt(a_statement([*THREE, Entry(1)], name="S1-bis"), message="M2"))
    assert file.status is FileStatus.PROCESSED
    assert counter.alerts() == ["statement_overlap"]


def test_the_same_statement_with_another_opening_balance_is_an_overlap() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    counter.drop(camt(a_statement(THREE, opening=100_050), message="M2"))
    assert counter.alerts() == ["statement_overlap"]


def test_a_statement_that_is_missing_within_a_day_is_told_until_it_comes() -> None:
    counter = Counter()
    counter.drop(camt(a_statement([Entry(100)], name="P1", opening=0)))
    counter.drop(camt(a_statement([Entry(300)], name="P3", opening=150)))
    assert counter.alerts() == ["statement_gap"]
    counter.drop(camt(a_statement([Entry(50)], name="P2", opening=100)))
    assert counter.alerts() == []


def test_a_new_statement_beside_a_known_one_is_posted_alone() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    second = a_statement([Entry(7_700)], name="S2", day="2026-11-06", opening=194_940)
    file = counter.drop(camt(a_statement(THREE), second))
    assert (file.status, counts(file)) == (FileStatus.PROCESSED, {"movements": 4, "suspense": 1, "duplicates": 3})


def test_a_known_statement_is_known_at_another_place_of_a_file() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    second = a_statement([Entry(7_700)], name="S2", day="2026-11-06", opening=194_940)
    file = counter.drop(camt(second, a_statement(THREE)))
    assert counts(file) == {"movements": 4, "suspense": 1, "duplicates": 3}
    assert counter.posted() == [-1_290, 7_700, 45_000, 51_230]


def test_two_notices_of_one_id_are_two_when_their_messages_are() -> None:
    counter = Counter()
    counter.drop(notice([Entry(45_000)]))
    second = notice([Entry(46_000, reference="OTHER")]).replace(b"<MsgId>N1", b"<MsgId>N2")
    file = counter.drop(second)
    assert (file.status, counts(file)) == (FileStatus.PROCESSED, {"movements": 1, "suspense": 1})
    assert counter.posted() == [45_000, 46_000]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("references", ["REF-A REF-B REF-C", "NONREF NONREF NONREF", "3 2 1"])
def test_a_report_that_grew_adds_only_what_came_since(references: str, newest_first: bool) -> None:
    counter, known = Counter(), references.split()
    for count in (1, 2, 3):
        told = [45_000, 20_000, 45_000][:count]
        numbered = known[-count:] if known[0].isdigit() else known
        entries = [Entry(cents, reference=named) for cents, named in zip(told, numbered, strict=False)]
        file = counter.drop(day_report(entries[::-1] if newest_first else entries), f"{count}.xml")
        assert (file.kind, file.status) == ("camt.052", FileStatus.PROCESSED)
    assert counter.posted() == [20_000, 45_000, 45_000]


def test_one_message_with_other_content_is_quarantined() -> None:
    counter = Counter()
    counter.drop(notice([Entry(45_000)]))
    file = counter.drop(notice([Entry(46_000)]))
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "statement_conflict")


def test_a_notice_then_the_statement_of_the_day_post_once() -> None:
    counter = Counter()
    counter.drop(notice(THREE[:2]))
    file = counter.drop(camt(a_statement(THREE)))
    assert counts(file) == {"movements": 3, "duplicates": 2, "ignored": 1}
    assert len(counter.posted()) == 3


def test_a_quarantined_file_is_taken_once_its_account_is_declared() -> None:
    counter, content = Counter(a_landlord(bank_accounts=(BankAccount(OTHER_ACCOUNT, "X"),))), camt(a_statement(THREE))
    assert counter.drop(content).reason == "unknown_account"
    LandlordRows(counter.memory).put(a_landlord())
    assert counter.drop(content, "encore.xml").status is FileStatus.PROCESSED


def test_a_thousand_movements_go_in_batches_numbered_through_the_file() -> None:
    counter = Counter()
    first = a_statement([Entry(100 + index) for index in range(450)])
    second = a_statement([Entry(1_000 + index) for index in range(550)], account=OTHER_ACCOUNT, name="S2")
    both = a_landlord(bank_accounts=(BankAccount(BANK_ACCOUNT, "X"), BankAccount(OTHER_ACCOUNT, "Y", "structured")))
    LandlordRows(counter.memory).put(both)
    file = counter.intake().take(counter.put("gros.xml", camt(first, second)))
    assert file is not None
    assert (file.status, file.batches, file.sent) == (FileStatus.PROCESSING, 11, 11)
    counter.work()
    assert counts(counter.file(file.file_id)) == {"movements": 1000, "suspense": 1000}
    assert counter.file(file.file_id).status is FileStatus.PROCESSED
    assert len(counter.posted()) == 1000


@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_and_announced_again_the_file_is_taken_once(after: bool) -> None:
    for death in every_death(after=after):
        counter = Counter()
        entries = [Entry(100 + index) for index in range(220)] + [Entry(5, status="PDNG")]
        dropped = counter.put("releve.xml", camt(a_statement(entries)))
        with death:
            counter.intake(death.on(counter.memory)).take(dropped)
        if death.came:
            counter.work()
            counter.intake().take(dropped)
        counter.work()
        file = counter.file(dropped.file_id)
        assert file.status is FileStatus.PROCESSED
        assert counts(file) == {"movements": 221, "suspense": 220, "ignored": 1}
        assert len(counter.posted()) == 220


def test_a_queue_that_fails_half_way_is_taken_up_where_it_stopped() -> None:
    counter = Counter()
    dropped = counter.put("releve.xml", camt(a_statement([Entry(100 + index) for index in range(5_000)])))
    counter.movements.fails_after = 45
    with pytest.raises(ConnectionError):
        counter.intake().take(dropped)
    assert counter.file(dropped.file_id).sent == 40
    counter.intake().take(dropped)
    assert len(counter.movements.sent) == 45 + 10
    counter.work()
    assert counts(counter.file(dropped.file_id)) == {"movements": 5_000, "suspense": 5_000}


def test_one_account_by_iban_or_by_domestic_number_is_one() -> None:
    counter = Counter()
    entries = [Entry(45_000, reference="A")]
    domestic = a_statement(entries).replace(
        f"<IBAN>{BANK_ACCOUNT}</IBAN>", f"<Othr><Id>{BANK_ACCOUNT[4:25]}</Id></Othr>"
    )
    counter.drop(camt(domestic))
    assert counter.drop(camt(a_statement(entries), message="M2")).status is FileStatus.DUPLICATE


DAYS = [
    a_statement([Entry(100)], name="S1", day="2026-11-02", opening=0),
    a_statement([Entry(200)], name="S2", day="2026-11-03", opening=100),
    a_statement([Entry(300)], name="S3", day="2026-11-04", opening=300),
]


def test_a_missing_statement_is_told_and_forgotten_when_it_comes() -> None:
    counter = Counter()
    counter.drop(camt(DAYS[0]))
    counter.drop(camt(DAYS[2]))
    assert counter.alerts() == ["statement_gap"]
    counter.drop(camt(DAYS[1]))
    assert counter.alerts() == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_statements_that_follow_each_other_raise_nothing_in_any_order(order: tuple[int, ...]) -> None:
    counter = Counter()
    for index in order:
        counter.drop(camt(DAYS[index]))
    assert counter.alerts() == []


def test_a_statement_that_covers_days_already_covered_is_an_overlap() -> None:
    counter = Counter()
    for day in DAYS:
        counter.drop(camt(day))
    period = "<FrToDt><FrDtTm>2026-11-02T00:00:00</FrDtTm><ToDtTm>2026-11-05T00:00:00</ToDtTm></FrToDt>"
    month = a_statement([Entry(999)], name="MONTH", day="2026-11-05", opening=0).replace("<Acct>", f"{period}<Acct>", 1)
    counter.drop(camt(month))
    assert counter.alerts() == ["statement_overlap"]


def test_two_statements_of_one_day_that_follow_each_other_raise_nothing() -> None:
    counter = Counter()
    counter.drop(camt(DAYS[0]))
    counter.drop(camt(a_statement([Entry(2)], name="B", day="2026-11-03", opening=101)))
    assert counter.alerts() == ["statement_gap"]
    counter.drop(camt(a_statement([Entry(1)], name="A", day="2026-11-03", opening=100)))
    assert counter.alerts() == []


def test_statements_are_there_for_the_proof() -> None:
    counter = Counter()
    counter.drop(camt(a_statement(THREE)))
    day = date(2026, 11, 5)
    (statement,) = StatementRows(counter.memory).closing(LANDLORD, BANK_ACCOUNT, day, day)
    assert statement.days == ((day, 96_230, 1_290),)
    assert (statement.opening_cents, statement.closing_cents) == (100_000, 194_940)
