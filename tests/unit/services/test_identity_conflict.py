"""One bank reference, two amounts: an alarm, nothing posted twice, and a person who decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BANK_ACCOUNT, DAY, a_credit, reported
from unit.views.estate import IBANS, Estate, L

from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.view_rows import ViewRows
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
    assert not [counter for counter in contribution(payment, None) if isinstance(counter, LedgerDay)]


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
