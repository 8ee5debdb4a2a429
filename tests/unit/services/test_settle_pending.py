"""What the bank only announced, or booked in one sum, is replaced by the payments that it turns out to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from builders import BANK_ACCOUNT, DAY, FixedClock, a_credit, reported
from unit.views.estate import IBANS, Estate, L

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.incoming import Incoming
from quitus.domain.movement import Movement, Nature, Status
from quitus.domain.payment import Awaiting, PaymentStatus
from quitus.services.proof import LedgerSide

BATCH = ("PMT-2026-11",)


@pytest.fixture
def estate() -> Estate:
    return Estate()


def announced(cents: int = 45000, message: str = "M1", **changes: Any) -> Incoming:
    return reported(a_credit(cents, status=Status.PENDING, **changes), "camt.052", message)


def a_sum(cents: int, **changes: Any) -> Movement:
    return a_credit(cents, None, **{"awaiting_details": True, "batch_references": BATCH} | changes)


def detail(cents: int, iban: str | None, place: int, **changes: Any) -> Movement:
    return a_credit(cents, iban, position=str(place), **{"batch_references": BATCH} | changes)


def balances(estate: Estate) -> list[int]:
    return [account.balance_cents for _, account in sorted(LedgerRows(estate.table).accounts(L, IBANS).items())]


def ledger_side(estate: Estate, day: date = DAY) -> LedgerSide:
    side = ViewRows(estate.table).ledger_sides(L, BANK_ACCOUNT, day, day).get(day, LedgerSide())
    return replace(side, unstated=0)


def listed(estate: Estate) -> list[tuple[str, int]]:
    shown = ViewRows(estate.table).payments(L, None, None, None)
    return sorted((one.answer["status"], one.answer["amount_cents"]) for one in shown)


def open_alerts(estate: Estate) -> set[str]:
    return {one.kind for one in ViewRows(estate.table).alerts(L, None) if one.closed_at is None}


def test_what_is_only_announced_is_pending_and_in_no_balance(estate: Estate) -> None:
    payment = estate.payment(estate.post(announced(virtual_iban=IBANS["L1"])))
    assert (payment.status, payment.awaiting, payment.entries) == (PaymentStatus.PENDING, Awaiting.BOOKING, ())
    assert estate.settle() == 0
    assert listed(estate) == [("pending", 45000)]
    assert balances(estate) == [45000, 45000, 45000]
    assert ledger_side(estate) == LedgerSide()


@pytest.mark.parametrize("days", [-1, 0, 1, 6])
@pytest.mark.parametrize("first", ["announced", "booked"])
def test_once_booked_the_announcement_is_in_no_list_whatever_came_first(estate: Estate, first: str, days: int) -> None:
    booked = reported(a_credit(45000, IBANS["L1"], booking_date=DAY + timedelta(days=days)))
    order = [announced(), booked] if first == "announced" else [booked, announced()]
    ids = [estate.post(one) for one in order]
    assert estate.settle() == 1
    waiting, posted = ids if first == "announced" else reversed(ids)
    assert estate.payment(waiting).replaced_by == (posted,)
    assert listed(estate) == [("posted", 45000)]
    assert balances(estate)[0] == 0


def test_the_same_announcement_in_every_report_of_the_day_is_one(estate: Estate) -> None:
    ids = {estate.post(announced(message=f"M{number}")) for number in range(5)}
    assert len(ids) == 1


def test_two_equal_announcements_await_two_bookings(estate: Estate) -> None:
    estate.post(announced(position="1"), announced(position="2"))
    estate.post(reported(a_credit(45000, IBANS["L1"])))
    assert estate.settle() == 1
    assert listed(estate) == [("pending", 45000), ("posted", 45000)]
    estate.post(reported(a_credit(45000, IBANS["L2"], position="2")))
    assert estate.settle() == 1
    assert listed(estate) == [("posted", 45000), ("posted", 45000)]


def test_an_announcement_that_names_another_lease_is_not_the_payment(estate: Estate) -> None:
    estate.post(announced(virtual_iban=IBANS["L1"]))
    estate.post(reported(a_credit(45000, IBANS["L2"])))
    assert estate.settle() == 0


def test_what_is_never_booked_is_an_alert_after_two_business_days_until_it_is(estate: Estate) -> None:
    thursday = announced()
    payment_id = estate.post(thursday)
    estate.settle()
    for day, alerts in ((date(2026, 11, 9), set[str]()), (date(2026, 11, 10), {"pending_unconfirmed"})):
        estate.settler(FixedClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))).review(L)
        assert open_alerts(estate) == alerts
    estate.post(reported(a_credit(45000, IBANS["L1"], booking_date=date(2026, 11, 10))))
    assert estate.settle() == 1
    assert open_alerts(estate) == set()
    assert estate.payment(payment_id).is_replaced


def test_a_review_settles_what_no_change_did(estate: Estate) -> None:
    estate.post(announced())
    estate.post(reported(a_credit(45000, IBANS["L1"])))
    estate.refresh()
    assert estate.settler().review(L) == 1
    assert estate.settler().review(L) == 0


def test_a_batch_without_details_is_parked_inside_the_proof(estate: Estate) -> None:
    payment = estate.payment(estate.post(reported(a_sum(90000))))
    assert (payment.status, payment.awaiting) == (PaymentStatus.PENDING, Awaiting.DETAILS)
    estate.settle()
    assert listed(estate) == [("pending", 90000)]
    assert ledger_side(estate) == LedgerSide(other_cents=90000)


def test_a_sum_that_only_a_notice_told_is_not_on_the_books_of_the_day(estate: Estate) -> None:
    estate.post(reported(a_sum(90000), "camt.054", "N1"))
    estate.settle()
    assert ledger_side(estate) == LedgerSide()
    assert list(ViewRows(estate.table).unstated(L, BANK_ACCOUNT, DAY)) == []


PARTS = {
    "sum in the statement": lambda: [reported(a_sum(80000))],
    "details in the notice": lambda: [
        reported(detail(45000, IBANS["L1"], 1), "camt.054", "N1"),
        reported(detail(35000, IBANS["L2"], 2), "camt.054", "N1"),
    ],
    "sum in the report": lambda: [reported(a_sum(80000), "camt.052", "R1")],
}


@pytest.mark.parametrize("order", list(permutations(PARTS)), ids=" → ".join)
def test_the_details_are_posted_once_and_replace_the_sum_in_every_order(estate: Estate, order: tuple[str, ...]) -> None:
    for part in order:
        estate.post(*PARTS[part]())
        estate.settle()
    assert balances(estate) == [0, 10000, 45000]
    assert listed(estate) == [("posted", 35000), ("posted", 45000)]
    assert ledger_side(estate) == LedgerSide(receipts_cents=80000)


def test_the_details_count_on_the_day_on_which_the_statement_tells_the_sum(estate: Estate) -> None:
    told = DAY + timedelta(days=1)
    estate.post(*PARTS["details in the notice"]())
    estate.post(reported(a_sum(80000, booking_date=told)))
    assert estate.settle() == 1
    estate.settle()
    assert (ledger_side(estate), ledger_side(estate, told)) == (LedgerSide(), LedgerSide(receipts_cents=80000))
    assert list(ViewRows(estate.table).unstated(L, BANK_ACCOUNT, DAY)) == []


@pytest.mark.parametrize("details_first", [True, False])
def test_details_of_both_signs_count_as_the_bank_netted_them(estate: Estate, details_first: bool) -> None:
    details = [
        reported(detail(45000, IBANS["L1"], 1), "camt.054", "N1"),
        reported(detail(36000, IBANS["L2"], 2), "camt.054", "N1"),
        reported(detail(-1000, None, 3, nature=Nature.RETURN, return_reason="AM04"), "camt.054", "N1"),
    ]
    net = [reported(a_sum(80000))]
    for some in [details, net] if details_first else [net, details]:
        estate.post(*some)
        estate.settle()
    side = ledger_side(estate)
    assert (side.receipts_cents, side.reversals_cents, side.other_cents) == (81000, 1000, 0)
    assert (side.credits_cents, side.debits_cents) == (80000, 0)


def test_details_that_do_not_add_up_leave_the_sum_waiting_and_the_difference_shown(estate: Estate) -> None:
    estate.post(reported(a_sum(90000)))
    estate.post(reported(detail(45000, IBANS["L1"], 1), "camt.054", "N1"))
    assert estate.settle() == 0
    assert ledger_side(estate) == LedgerSide(receipts_cents=45000, other_cents=90000)


def test_payments_that_name_another_batch_are_no_details(estate: Estate) -> None:
    estate.post(reported(a_sum(80000)))
    for place, (lease_id, cents) in enumerate({"L1": 45000, "L2": 35000}.items()):
        other = detail(cents, IBANS[lease_id], place, batch_references=("OTHER",))
        estate.post(reported(other, "camt.054", "N1"))
    assert estate.settle() == 0


def test_the_details_of_one_batch_are_not_those_of_its_twin(estate: Estate) -> None:
    estate.post(reported(a_sum(80000, position="1")), reported(a_sum(80000, position="2")))
    estate.post(
        reported(detail(45000, IBANS["L1"], 1), "camt.054", "N1"),
        reported(detail(35000, IBANS["L2"], 2), "camt.054", "N1"),
    )
    assert estate.settle() == 1
    assert listed(estate) == [("pending", 80000), ("posted", 35000), ("posted", 45000)]


@pytest.mark.parametrize("details_first", [True, False])
def test_a_format_that_cannot_say_that_a_line_is_a_batch_posts_nothing_twice(
    estate: Estate, details_first: bool
) -> None:
    line = reported(a_credit(80000, bank_reference="PMT-2026-11"), "cfonb120", "C1")
    parts = [
        reported(detail(45000, IBANS["L1"], 1), "camt.054", "N1"),
        reported(detail(35000, IBANS["L2"], 2), "camt.054", "N1"),
    ]
    for some in [parts, [line]] if details_first else [[line], parts]:
        estate.post(*some)
        estate.settle()
    assert balances(estate) == [0, 10000, 45000]
    assert listed(estate) == [("posted", 35000), ("posted", 45000)]
    assert ledger_side(estate) == LedgerSide(receipts_cents=80000)
    assert sum(row["amount_cents"] for row in estate.rows(f"{L}#payments#suspense")) == 0


def part(cents: int, iban: str | None, position: str, of: int, **changes: Any) -> Movement:
    """A detail of an entry that has no name but its sum."""
    return a_credit(cents, iban, position=position, entry_cents=of, **changes)


def parts(entry: str = "1", channel: str = "camt.054", message: str = "N1") -> list[Incoming]:
    return [
        reported(part(45000, IBANS["L1"], f"{entry}.0", 80000), channel, message),
        reported(part(35000, IBANS["L2"], f"{entry}.1", 80000), channel, message),
    ]


NAMELESS: dict[str, Callable[[], list[Incoming]]] = {
    "sum in the statement": lambda: [reported(a_credit(80000, None, awaiting_details=True))],
    "sum in another format": lambda: [reported(a_credit(80000, None), "cfonb120", "C1")],
    "details in the notice": parts,
    "details in the report": lambda: parts("7", "camt.052", "R1"),
}


@pytest.mark.parametrize("order", list(permutations(NAMELESS)), ids=" → ".join)
def test_a_batch_that_nothing_names_is_known_by_its_sum(estate: Estate, order: tuple[str, ...]) -> None:
    for some in order:
        estate.post(*NAMELESS[some]())
        estate.settle()
    assert balances(estate) == [0, 10000, 45000]
    assert listed(estate) == [("posted", 35000), ("posted", 45000)]
    assert ledger_side(estate) == LedgerSide(receipts_cents=80000)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(lambda: [*parts(), reported(a_credit(80000, None), "camt.054", "N2")], id="who told the details"),
        pytest.param(lambda: [*parts(), *parts("2"), reported(a_credit(80000, None))], id="two entries of the sum"),
        pytest.param(lambda: [*parts(), reported(a_credit(80000, None, booking_date=DAY + timedelta(5)))], id="later"),
        pytest.param(lambda: [*parts()[:1], reported(a_credit(80000, None))], id="a detail is missing"),
    ],
)
def test_money_of_the_same_amount_as_a_batch_is_not_its_sum(estate: Estate, told: Callable[[], list[Incoming]]) -> None:
    for one in told():
        estate.post(one)
    assert estate.settle() == 0
    assert ("suspense", 80000) in listed(estate)


def test_two_batches_of_one_sum_with_names_of_their_own_are_two(estate: Estate) -> None:
    estate.post(reported(a_sum(80000, batch_references=("X",))))
    theirs = {"batch_references": ("Y",)}
    estate.post(
        reported(part(45000, IBANS["L1"], "1.0", 80000, **theirs), "camt.054", "N1"),
        reported(part(35000, IBANS["L2"], "1.1", 80000, **theirs), "camt.054", "N1"),
    )
    assert estate.settle() == 0
    assert ("pending", 80000) in listed(estate)


def test_a_returned_batch_waits_for_its_details_too(estate: Estate) -> None:
    returned = {"nature": Nature.RETURN}
    estate.post(reported(a_sum(-80000, **returned)))
    estate.post(
        reported(detail(-45000, None, 1, **returned), "camt.054", "N1"),
        reported(detail(-35000, None, 2, **returned), "camt.054", "N1"),
    )
    assert estate.settle() == 1
    assert ledger_side(estate) == LedgerSide(reversals_cents=80000)


def test_a_batch_still_without_details_after_two_business_days_is_an_alert(estate: Estate) -> None:
    estate.post(reported(a_sum(80000)))
    estate.settle()
    estate.settler(FixedClock(datetime(2026, 11, 10, 12, tzinfo=UTC))).review(L)
    assert open_alerts(estate) == {"batch_without_details"}


def test_what_a_person_decided_on_is_never_replaced(estate: Estate) -> None:
    line = reported(a_credit(80000, bank_reference="PMT-2026-11"), "cfonb120", "C1")
    payment_id = estate.post(line)
    estate.assign(payment_id, "L1")
    estate.post(
        reported(detail(45000, IBANS["L1"], 1), "camt.054", "N1"),
        reported(detail(35000, IBANS["L2"], 2), "camt.054", "N1"),
    )
    assert estate.settle() == 0
    assert estate.payment(payment_id).lease_id == "L1"


def test_settling_again_changes_nothing(estate: Estate) -> None:
    estate.post(announced())
    estate.post(reported(a_credit(45000, IBANS["L1"])))
    estate.settle()
    before = dict(estate.table.rows)
    estate.settle()
    assert dict(estate.table.rows) == before
