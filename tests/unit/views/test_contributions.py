"""What a payment adds to the counters."""

from __future__ import annotations

from builders import BANK_ACCOUNT, DAY, a_credit, reported
from unit.views.estate import IBANS, R2, TAG, UNHELD, Estate, L

from quitus.adapters import view_keys
from quitus.domain.incoming import Incoming, Source
from quitus.domain.ledger import EntryKind
from quitus.domain.movement import Means, Nature
from quitus.domain.views import Collection, Home, LedgerDay, contribution, difference, entry_rule, is_unstated

R1 = {"L1": Home("R1", "Nîmes")}


def test_a_receipt_counts_where_its_lease_is_and_on_its_bank_account() -> None:
    estate = Estate()
    payment = estate.payment(estate.post(reported(a_credit(45000, IBANS["L1"]))))
    counted = contribution(payment, R1)
    assert sorted(sum(amounts.values()) for amounts in counted.values()) == [45001, 45001]


def test_money_in_suspense_counts_on_its_bank_account_only() -> None:
    estate = Estate()
    payment = estate.payment(estate.post(reported(a_credit(27500, UNHELD))))
    assert contribution(payment, {}) == {LedgerDay(BANK_ACCOUNT, DAY): {"count": 1, "receipts_cents": 27500}}


def test_a_receipt_typed_in_by_a_person_moves_no_bank_account() -> None:
    estate = Estate()
    cheque = a_credit(45000, IBANS["L1"], means=Means.CHEQUE)
    payment = estate.payment(estate.post(Incoming(cheque, "manual", Source("manual", "M1"))))
    counter, *collected = contribution(payment, R1)
    assert not isinstance(counter, LedgerDay)
    assert {type(other) for other in collected} == {Collection}


def test_a_card_payment_waits_in_511_and_moves_no_bank_account() -> None:
    estate = Estate()
    card = a_credit(45000, IBANS["L1"], means=Means.CARD)
    event = Incoming(card, BANK_ACCOUNT, Source("event:psp:demo", "E1", event_id="E1"))
    counter, *collected = contribution(estate.payment(estate.post(event)), R1)
    assert not isinstance(counter, LedgerDay)
    assert {type(other) for other in collected} == {Collection}


def test_a_debit_that_returns_nothing_is_other_with_its_sign() -> None:
    estate = Estate()
    fee = a_credit(-1250, nature=Nature.OTHER)
    payment = estate.payment(estate.post(reported(fee)))
    amounts = {"count": 1, "other_cents": -1250, "other_debits_cents": 1250}
    assert contribution(payment, {}) == {LedgerDay(BANK_ACCOUNT, DAY): amounts}


def test_what_is_in_no_book_counts_once_a_closing_statement_holds_it() -> None:
    estate = Estate()
    fee = a_credit(-1250, nature=Nature.OTHER)
    payment_id = estate.post(reported(fee, channel="camt.054"))
    assert contribution(estate.payment(payment_id), {}) == {}
    assert estate.post(reported(fee)) == payment_id
    assert list(contribution(estate.payment(payment_id), {})) == [LedgerDay(BANK_ACCOUNT, DAY)]


def test_a_return_without_its_original_is_a_reversal_of_the_bank_account() -> None:
    estate = Estate()
    payment = estate.payment(estate.post(reported(a_credit(-45000, nature=Nature.RETURN))))
    assert contribution(payment, {}) == {LedgerDay(BANK_ACCOUNT, DAY): {"count": 1, "reversals_cents": 45000}}


def test_the_difference_takes_back_what_no_longer_holds() -> None:
    day = LedgerDay(BANK_ACCOUNT, DAY)
    assert difference({day: {"count": 1, "receipts_cents": 5}}, {day: {"count": 1, "other_cents": 5}}) == {
        day: {"receipts_cents": -5, "other_cents": 5}
    }
    assert difference({day: {"count": 1}}, {day: {"count": 1}}) == {}
    assert difference({day: {"count": 1}}, {}) == {day: {"count": -1}}


def test_a_payment_is_unstated_once_a_closing_statement_reports_it() -> None:
    estate = Estate()
    movement = a_credit(45000, IBANS["L1"], bank_reference="R1")
    payment_id = estate.post(reported(movement, "camt.054", "N1"))
    assert is_unstated(estate.payment(payment_id))
    estate.post(reported(movement, "camt.053", "S1"))
    assert not is_unstated(estate.payment(payment_id))


def test_each_entry_names_the_rule_that_it_rests_on() -> None:
    estate = Estate()
    payment_id = estate.post(reported(a_credit(45000, UNHELD)))
    estate.assign(payment_id, "L1")
    estate.unassign(payment_id)
    payment = estate.payment(payment_id)
    assert [entry.kind for entry in payment.entries] == [EntryKind.RECEIPT, *[EntryKind.ASSIGNMENT] * 2]
    assert [entry_rule(payment, entry) for entry in payment.entries] == [None, "person", None]
    on_lease = estate.payment(estate.post(reported(a_credit(45000, IBANS["L2"], position="2"))))
    assert entry_rule(on_lease, on_lease.entries[0]) == "virtual_iban"


def test_a_lease_that_moves_keeps_its_receipts_where_they_were_posted() -> None:
    estate = Estate()
    estate.post(reported(a_credit(45000, IBANS["L1"], bank_reference="R1"), "camt.054", "N1"))
    estate.refresh()
    estate.describe("L1", R2)
    estate.post(reported(a_credit(45000, IBANS["L1"], bank_reference="R1"), "camt.053", "S1"))
    estate.refresh()
    (counter,) = estate.rows(view_keys.receipts_of_day(L, DAY))
    assert (counter["residence_id"], counter["count"], counter["amount_cents"]) == ("R1", 1, 45000)
    assert estate.row(view_keys.ledger_days(L, TAG), DAY.isoformat())["receipts_cents"] == 45000
