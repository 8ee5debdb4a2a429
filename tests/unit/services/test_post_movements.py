"""Posting through the store: exactly once, whatever is repeated, lost, or done at the same time."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from builders import (
    BANK_ACCOUNT,
    DAY,
    a_credit,
    a_landlord,
    a_poster,
    a_table_with,
    a_virtual_iban,
    an_account,
    an_open_due,
    reported,
)
from faults import every_death, every_moment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.memory import MemoryTable
from quitus.domain.assigning import assign
from quitus.domain.household import Choice, Household
from quitus.domain.ibans import VirtualIban
from quitus.domain.incoming import Incoming, Source
from quitus.domain.lease import Account, LeaseStatus
from quitus.domain.ledger import seal
from quitus.domain.matching import Match, MatchRule
from quitus.domain.movement import Means, Nature
from quitus.domain.pairing import Verdict
from quitus.services.post_batches import count

LANDLORD = a_landlord()
ONE, TWO = a_virtual_iban(1), a_virtual_iban(2)


@pytest.fixture
def table() -> MemoryTable:
    rent = an_open_due("nov", 45000)
    return a_table_with(LANDLORD, [(ONE, an_account(rent)), (TWO, an_account(rent, lease_id="L2"))])


def account(table: MemoryTable, lease_id: str = "L1") -> Account:
    return LedgerRows(table).accounts("semiga", [lease_id])[lease_id]


def fates(table: Any, *batch: Incoming, file_id: str = "F1") -> dict[str, int]:
    poster = a_poster(table)
    poster.ledger.add_channel("semiga", batch[0].bucket.account, batch[0].source.channel)
    return dict(count(poster.post(LANDLORD, batch), file_id))


def test_a_credit_on_a_virtual_iban_pays_its_lease(table: MemoryTable) -> None:
    assert fates(table, reported(a_credit(45000, ONE))) == {"posted": 1}
    assert account(table).balance_cents == 0


def test_the_same_movement_in_three_files_is_posted_once(table: MemoryTable) -> None:
    movement = a_credit(45000, ONE, bank_reference="R1")
    assert fates(table, reported(movement, "camt.054", "N1", "F1")) == {"posted": 1}
    assert fates(table, reported(replace(movement, virtual_iban=None), "camt.053", "S1", "F2"), file_id="F2") == {
        "duplicates": 1
    }
    assert fates(table, reported(movement, "cfonb120", "C1", "F3"), file_id="F3") == {"duplicates": 1}
    payment = LedgerRows(table).payment("semiga", reported(movement).bucket.payment_id(1))
    assert [source.file_id for source in payment.sources] == ["F1", "F2", "F3"]
    assert account(table).balance_cents == 0


def test_the_bank_may_date_the_same_money_a_day_later(table: MemoryTable) -> None:
    movement = a_credit(45000, ONE, bank_reference="R1")
    fates(table, reported(movement, "camt.054", "N1"))
    later = replace(movement, booking_date=DAY + timedelta(days=1))
    assert fates(table, reported(later, "camt.053", "S1", "F2"), file_id="F2") == {"duplicates": 1}
    assert account(table).balance_cents == 0
    payment = LedgerRows(table).payment("semiga", reported(movement).bucket.payment_id(1))
    assert payment.stated_on == DAY + timedelta(days=1)


def test_two_true_transfers_of_one_day_and_payer_are_two(table: MemoryTable) -> None:
    twins = [a_credit(20000, ONE, position=str(place)) for place in (1, 2)]
    assert fates(table, *map(reported, twins)) == {"posted": 2}
    assert account(table).balance_cents == 5000


def test_the_same_batch_again_changes_nothing_and_counts_the_same(table: MemoryTable) -> None:
    batch = [reported(a_credit(45000, ONE)), reported(a_credit(999, None, position="2"))]
    assert fates(table, *batch) == fates(table, *batch) == {"posted": 1, "suspense": 1}
    assert account(table).version == 2


def test_money_without_a_lease_is_in_suspense_with_its_reason(table: MemoryTable) -> None:
    placed = a_poster(table).post(LANDLORD, [reported(a_credit(27500, a_virtual_iban(99)))])
    row = placed[0].posted
    assert row.match is not None
    assert (row.match.reason, row.flags) == ("unknown_virtual_iban", ("unassigned_virtual_iban",))
    (entry,) = row.entries
    assert [line.account for line in entry.lines] == ["512", "471"]


def test_two_leases_named_by_one_payment_are_a_tie_and_ties_are_never_guessed(table: MemoryTable) -> None:
    movement = a_credit(45000, ONE, other_accounts=((TWO, "Ustrd"),))
    assert fates(table, reported(movement)) == {"suspense": 1}


def test_the_payment_reference_finds_the_lease_when_no_virtual_iban_does(table: MemoryTable) -> None:
    movement = a_credit(45000, None, payment_reference=VirtualIban(TWO).payment_reference)
    placed = a_poster(table).post(LANDLORD, [reported(movement)])
    assert placed[0].posted.match is not None
    assert (placed[0].posted.lease_id, placed[0].posted.match.rule) == ("L2", "reference")


def test_a_payment_on_an_ended_lease_pays_that_lease_and_says_so() -> None:
    ended = an_account(an_open_due("mar", 12000, date(2026, 3, 5)), status=LeaseStatus.ENDED)
    table = a_table_with(LANDLORD, [(ONE, ended)])
    (placed,) = a_poster(table).post(LANDLORD, [reported(a_credit(50000, ONE))])
    assert account(table).credit_cents == 38000
    assert placed.posted.flags == ("payment_on_ended_lease",)


def test_a_double_payment_is_seen_though_later_money_was_told_before_it(table: MemoryTable) -> None:
    told = [(45000, date(2026, 11, 15)), (2000, date(2026, 12, 16)), (45000, date(2026, 11, 14))]
    batch = [reported(a_credit(cents, ONE, booking_date=day), message=f"S-{day}") for cents, day in told]
    flags = [placed.posted.flags for one in batch for placed in a_poster(table).post(LANDLORD, [one])]
    assert flags == [(), (), ("double_payment",)]


def test_the_second_of_two_equal_payments_is_a_credit_and_a_double_payment(table: MemoryTable) -> None:
    fates(table, reported(a_credit(45000, ONE)))
    again = a_credit(45000, ONE, booking_date=DAY + timedelta(days=2))
    (placed,) = a_poster(table).post(LANDLORD, [reported(again, message="S2")])
    assert placed.posted.flags == ("double_payment",)
    assert account(table).credit_cents == 45000


def test_debits_that_return_nothing_of_ours_are_kept_without_an_entry(table: MemoryTable) -> None:
    fee = a_credit(-1250, None, nature=Nature.OTHER)
    assert fates(table, reported(fee)) == {"ignored": 1}


def test_a_return_without_its_original_waits_visibly(table: MemoryTable) -> None:
    (placed,) = a_poster(table).post(LANDLORD, [reported(a_credit(-45000, None, nature=Nature.RETURN))])
    assert placed.posted.flags == ("return_without_original",)
    payment = LedgerRows(table).payment("semiga", placed.posted.payment_id)
    assert payment.status == "pending"


def test_the_entries_of_a_lease_form_a_chain(table: MemoryTable) -> None:
    amounts = (10000, 20000, 30000)
    batch = [reported(a_credit(cents, ONE, position=str(cents))) for cents in amounts]
    entries = [entry for placed in a_poster(table).post(LANDLORD, batch) for entry in placed.posted.entries]
    previous = None
    for sequence, entry in enumerate(entries, 1):
        assert (entry.sequence, entry.previous_hash) == (sequence, previous)
        assert seal(entry).hash == entry.hash
        previous = entry.hash
    assert account(table).last_hash == previous


@pytest.mark.parametrize("after", [False, True])
def test_a_process_killed_at_any_call_and_begun_again_posts_once(after: bool) -> None:
    batch = [
        reported(a_credit(45000 + place, iban, position=str(place))) for place, iban in enumerate((ONE, TWO, None))
    ]
    for death in every_death(after=after):
        fresh = a_table_with(LANDLORD, [(ONE, an_account()), (TWO, an_account(lease_id="L2"))])
        with death:
            a_poster(death.on(fresh)).post(LANDLORD, batch)
        assert fates(fresh, *batch) == {"posted": 2, "suspense": 1}
        assert (account(fresh).credit_cents, account(fresh, "L2").credit_cents) == (45000, 45001)


def test_eight_workers_on_one_lease_lose_and_double_nothing(table: MemoryTable) -> None:
    batches = [[reported(a_credit(1000 + worker, ONE), message=f"S{worker}")] for worker in range(8)]
    threads = [threading.Thread(target=a_poster(table).post, args=(LANDLORD, batch)) for batch in batches * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account(table).balance_cents == 45000 - sum(1000 + worker for worker in range(8))


CHANNELS = ("event:psp", "camt.052", "camt.054", "camt.053", "cfonb120")
FACTS = [(45000, ONE, "R1"), (45000, ONE, "R2"), (45000, TWO, "R3"), (12000, ONE, "R4"), (9900, None, "R5")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(CHANNELS), st.data())
def test_five_channels_in_any_order_with_any_references_missing_post_five_movements(
    order: list[str], data: st.DataObject
) -> None:
    table = a_table_with(LANDLORD, [(ONE, an_account()), (TWO, an_account(lease_id="L2"))])
    for channel in order:
        facts = data.draw(st.permutations(list(enumerate(FACTS))))
        batch = [
            reported(
                a_credit(
                    cents,
                    iban,
                    position=str(place),
                    bank_reference=reference if data.draw(st.booleans()) else None,
                    debtor_name=data.draw(st.sampled_from([None, "Camille Roux"])),
                ),
                channel,
                f"{channel}-1",
            )
            for place, (cents, iban, reference) in facts
        ]
        fates(table, *batch)
    assert account(table).credit_cents == 45000 * 2 + 12000
    assert account(table, "L2").credit_cents == 45000


def test_verdicts_are_told_in_the_order_of_the_batch(table: MemoryTable) -> None:
    first, second = reported(a_credit(1, ONE)), reported(a_credit(2, ONE, position="2"))
    a_poster(table).post(LANDLORD, [first])
    placed = a_poster(table).post(LANDLORD, [second, first])
    assert [item.verdict for item in placed] == [Verdict.NEW, Verdict.REPLAY]


def test_a_batch_that_is_all_one_leases_is_posted_whole(table: MemoryTable) -> None:
    batch = [reported(a_credit(100, ONE, position=str(place))) for place in range(100)]
    assert fates(table, *batch) == {"posted": 100}
    assert account(table).balance_cents == 35000


def test_hundreds_of_equal_rents_of_one_day_are_posted_by_workers_side_by_side() -> None:
    ibans = [a_virtual_iban(number) for number in range(300)]
    crowd = a_table_with(LANDLORD, [(iban, an_account(lease_id=f"L{n}")) for n, iban in enumerate(ibans)])
    batches = [
        [reported(a_credit(45000, iban, position=f"{start + n}")) for n, iban in enumerate(ibans[start : start + 30])]
        for start in range(0, 300, 30)
    ]
    threads = [threading.Thread(target=a_poster(crowd).post, args=(LANDLORD, batch)) for batch in batches * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accounts = LedgerRows(crowd).accounts("semiga", [f"L{n}" for n in range(300)])
    assert {account.credit_cents for account in accounts.values()} == {45000}


def test_values_in_collection_are_never_taken_for_a_transfer_of_the_same_amount(table: MemoryTable) -> None:
    card = a_credit(45000, ONE, position="event", means=Means.CARD)
    fates(table, Incoming(card, BANK_ACCOUNT, Source("event:psp", "C1", event_id="e1")))
    (placed,) = a_poster(table).post(LANDLORD, [reported(a_credit(45000, ONE))])
    assert placed.posted.flags == ("double_payment",)
    assert account(table).credit_cents == 45000


def test_evidence_that_comes_with_a_later_channel_takes_the_money_out_of_suspense(table: MemoryTable) -> None:
    bare = a_credit(45000, None, bank_reference="R1")
    assert fates(table, reported(bare, "camt.054", "N1", "F1")) == {"suspense": 1}
    full = replace(bare, virtual_iban=ONE)
    for _ in range(2):
        assert fates(table, reported(full, "camt.053", "S1", "F2"), file_id="F2") == {"duplicates": 1}
    payment = LedgerRows(table).payment("semiga", reported(bare).bucket.payment_id(1))
    assert (payment.status, payment.lease_id, payment.decisions) == ("posted", "L1", 1)
    assert account(table).balance_cents == 0


def put_by_a_person(table: MemoryTable, told: Incoming, lease_id: str) -> None:
    ledger, by_person = LedgerRows(table), Match(None, MatchRule.PERSON, {"reason": "known payer"})
    payment = ledger.payment("semiga", told.bucket.payment_id(1))
    household = Household.alone(account(table, lease_id))
    ledger.commit_decision(
        "semiga", payment, *assign(payment, household, by_person, Choice(), LANDLORD.chart, DAY, "officer", "at")
    )


def test_what_a_person_decided_is_not_undone_by_later_evidence(table: MemoryTable) -> None:
    bare = a_credit(45000, None, bank_reference="R1")
    fates(table, reported(bare, "camt.054", "N1", "F1"))
    put_by_a_person(table, reported(bare), "L2")
    fates(table, reported(replace(bare, virtual_iban=ONE), "camt.053", "S1", "F2"), file_id="F2")
    assert (account(table).balance_cents, account(table, "L2").balance_cents) == (45000, 0)


def test_what_names_a_lease_is_not_what_a_person_put_on_another(table: MemoryTable) -> None:
    """Of two equal credits one was told before, without a name: it is the one that still names nobody."""
    told = reported(a_credit(45000, None, bank_reference="R1"), "event:bank", "R1")
    fates(table, told)
    put_by_a_person(table, told, "L2")
    named = a_credit(45000, ONE, position="1.1", bank_reference="R2")
    fates(table, reported(named), reported(a_credit(45000, None, position="1.2")))
    assert (account(table).balance_cents, account(table, "L2").balance_cents) == (0, 0)
    assert movement_rows(table) == 2


def test_an_entry_of_zero_is_no_payment(table: MemoryTable) -> None:
    assert fates(table, reported(a_credit(0, ONE))) == {"ignored": 1}


def test_a_channel_that_speaks_up_while_another_posts_is_seen() -> None:
    """The other channel dates the same money a day earlier and is quicker, wherever in between it comes."""
    today = a_credit(45000, ONE, bank_reference="R1")
    yesterday = replace(today, booking_date=DAY - timedelta(days=1))
    for moment in every_moment():
        fresh = a_table_with(LANDLORD, [(ONE, an_account(an_open_due("nov", 45000)))])
        other = partial(fates, fresh, reported(yesterday, "camt.054", "N1"))
        a_poster(moment.on(fresh, other)).post(LANDLORD, [reported(today, "camt.053", "S1")])
        other()
        assert (movement_rows(fresh), account(fresh).balance_cents) == (1, 0), moment


def test_equal_money_of_a_lease_and_of_nobody_stays_apart_whoever_comes_between() -> None:
    """A notice takes what an event told for the lease's; the statement, which tells of both, is quicker somewhere."""
    nobodys = a_credit(45000, None, position="1", bank_reference="R1")
    leases = a_credit(45000, ONE, position="2", bank_reference="R2")
    for moment in every_moment():
        fresh = a_table_with(LANDLORD, [(ONE, an_account(an_open_due("nov", 45000)))])
        fates(fresh, reported(nobodys, "event:bank", "R1"))
        statement = partial(fates, fresh, reported(nobodys), reported(leases))
        fates(moment.on(fresh, statement), reported(leases, "camt.054", "N1"))
        statement()
        assert (movement_rows(fresh), account(fresh).balance_cents) == (2, 0), moment


def a_crowd(count: int, iban: str | None = None, channel: str = "camt.053", message: str = "S1") -> list[Incoming]:
    """Equal credits of one day."""
    return [
        reported(a_credit(45000, iban if place % 2 else None, position=f"{message}.{place}"), channel, message)
        for place in range(count)
    ]


def movement_rows(table: MemoryTable) -> int:
    return sum("#movement#" in key.pk and key.sk.isdecimal() for key in table.rows)


def others_tell(crowded: MemoryTable, told: list[Incoming]) -> None:
    fates(crowded, *a_crowd(7, message="S3"))
    fates(crowded, *told)


@pytest.mark.parametrize(
    "told",
    [
        a_crowd(12, ONE, message="S2"),
        a_crowd(12, ONE, channel="camt.054", message="N2"),
        a_crowd(12, channel="camt.054", message="N2"),
    ],
    ids=["the same message again", "another channel", "another channel that names no lease"],
)
def test_equal_money_of_a_crowded_day_is_posted_once_whoever_comes_between(told: list[Incoming]) -> None:
    """Half of the money is on no lease, so that no account ties it: the rows' numbers must."""
    for moment in every_moment():
        crowded = a_table_with(LANDLORD, [(ONE, an_account(an_open_due("nov", 45000)))])
        fates(crowded, *a_crowd(25, message="before"))
        fates(crowded, *a_crowd(1, channel="camt.054", message="before"))
        others = partial(others_tell, crowded, told)
        before = movement_rows(crowded)
        a_poster(moment.on(crowded, others)).post(LANDLORD, a_crowd(12, ONE, message="S2"))
        others()
        assert movement_rows(crowded) - before == 12 + 7, moment
