"""One bank reference, two amounts: an alarm, nothing posted twice, and a person who decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BANK_ACCOUNT, DAY, a_credit, reported
from unit.views.estate import IBANS, UNHELD, Estate, L

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.movement import Movement
from quitus.domain.payment import Awaiting, PaymentStatus
from quitus.domain.views import LedgerDay, contribution

TOLD = a_credit(45000, IBANS["L1"], bank_reference="REF-2026-001")


@pytest.fixture
def estate() -> Estate:
    return Estate()


def balance(estate: Estate) -> int:
    return LedgerRows(estate.table).accounts(L, ["L1"])["L1"].balance_cents


def alerts(estate: Estate) -> set[str]:
    return {one.kind for one in ViewRows(estate.table).alerts(L, None) if one.closed_at is None}


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_the_same_reference_with_another_amount_is_an_alarm_and_posts_nothing(estate: Estate, days: int) -> None:
    estate.post(reported(TOLD, "camt.054", "N1"))
    other = replace(TOLD, amount_cents=54000, booking_date=DAY + timedelta(days=days))
    payment = estate.payment(estate.post(reported(other, "camt.053", "S1")))
    assert (payment.status, payment.awaiting, payment.entries) == (PaymentStatus.PENDING, Awaiting.DECISION, ())
    estate.settle()
    assert balance(estate) == 0
    assert "identity_conflict" in alerts(estate)
    assert not [counter for counter in contribution(payment, {}) if isinstance(counter, LedgerDay)]


UNPLACED = replace(TOLD, virtual_iban=None)


@pytest.mark.parametrize(
    ("first", "second"),
    [(UNPLACED, UNPLACED), (UNPLACED, TOLD), (TOLD, UNPLACED), (TOLD, replace(TOLD, virtual_iban=UNHELD))],
    ids=["both on no lease", "only the second on a lease", "only the first on a lease", "the second on nobody's"],
)
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_it_is_an_alarm_too_where_a_lease_is_unknown(
    estate: Estate, first: Movement, second: Movement, days: int
) -> None:
    estate.post(reported(first, "camt.054", "N1"))
    estate.settle()
    other = replace(second, amount_cents=54000, booking_date=DAY + timedelta(days=days))
    payment = estate.payment(estate.post(reported(other, "camt.053", "S1")))
    assert (payment.status, payment.awaiting, payment.entries) == (PaymentStatus.PENDING, Awaiting.DECISION, ())
    estate.settle()
    assert "identity_conflict" in alerts(estate)
    side = ViewRows(estate.table).ledger_sides(L, BANK_ACCOUNT, DAY, DAY)[DAY]
    assert side.receipts_cents == 45000


def test_a_reference_on_no_lease_that_a_channel_gives_twice_is_two_payments(estate: Estate) -> None:
    estate.post(reported(UNPLACED, "camt.053", "S1"))
    estate.settle()
    payment = estate.payment(estate.post(reported(replace(UNPLACED, amount_cents=54000), "camt.053", "S2")))
    assert payment.status is PaymentStatus.SUSPENSE


def test_what_was_told_of_another_account_is_no_contradiction(estate: Estate) -> None:
    estate.post(replace(reported(UNPLACED, "camt.054", "N1"), account="FR1420041010050500013M02606"))
    estate.settle()
    payment = estate.payment(estate.post(reported(replace(UNPLACED, amount_cents=54000), "camt.053", "S1")))
    assert payment.status is PaymentStatus.SUSPENSE


def test_a_person_puts_on_a_lease_what_was_refused_on_none(estate: Estate) -> None:
    estate.post(reported(UNPLACED, "camt.054", "N1"))
    estate.settle()
    payment_id = estate.post(reported(replace(UNPLACED, amount_cents=54000), "camt.053", "S1"))
    estate.assign(payment_id, "L1")
    estate.settle()
    assert balance(estate) == 45000 - 54000
    assert "identity_conflict" not in alerts(estate)


def test_a_person_may_say_that_it_is_other_money(estate: Estate) -> None:
    estate.post(reported(TOLD, "camt.054", "N1"))
    payment_id = estate.post(reported(replace(TOLD, amount_cents=54000), "camt.053", "S1"))
    estate.assign(payment_id, "L1")
    estate.settle()
    payment = estate.payment(payment_id)
    assert [line.account for line in payment.entries[0].lines] == ["512", "4195"]
    assert balance(estate) == -54000
    assert "identity_conflict" not in alerts(estate)
    assert ViewRows(estate.table).ledger_sides(L, BANK_ACCOUNT, DAY, DAY)[DAY].receipts_cents == 99000


@pytest.mark.parametrize(
    "other",
    [
        replace(TOLD, amount_cents=54000, virtual_iban=IBANS["L2"]),
        replace(TOLD, amount_cents=54000, booking_date=DAY + timedelta(days=2)),
        replace(TOLD, amount_cents=54000, bank_reference="REF-2026-002"),
    ],
    ids=["another lease", "two days later", "another reference"],
)
def test_what_only_looks_alike_is_posted(estate: Estate, other: object) -> None:
    estate.post(reported(TOLD, "camt.054", "N1"))
    assert isinstance(other, type(TOLD))
    assert estate.payment(estate.post(reported(other, "camt.053", "S1"))).status is PaymentStatus.POSTED


def test_one_channel_may_number_two_payments_alike(estate: Estate) -> None:
    estate.post(reported(TOLD, "camt.053", "S1"))
    again = replace(TOLD, amount_cents=54000, position="2")
    assert estate.payment(estate.post(reported(again, "camt.053", "S1"))).status is PaymentStatus.POSTED


def test_mere_numbers_are_given_anew_in_each_message(estate: Estate) -> None:
    estate.post(reported(replace(TOLD, bank_reference="1"), "camt.054", "N1"))
    other = replace(TOLD, amount_cents=54000, bank_reference="1")
    assert estate.payment(estate.post(reported(other, "camt.053", "S1"))).status is PaymentStatus.POSTED
