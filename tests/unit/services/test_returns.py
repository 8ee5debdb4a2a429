"""Returns take payments back: at once when the payment is known, later when it comes, each once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations, product
from typing import Any

import pytest
from builders import BANK_ACCOUNT, DAY, a_credit, a_poster, reported
from faults import every_death
from unit.views.estate import IBANS, LANDLORD, TAG, Estate, L, books

from quitus.adapters.erp_outbox import ErpOutboxRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.erp_batch import Feed
from quitus.domain.errors import Conflict
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming
from quitus.domain.ledger import Entry
from quitus.domain.matching import MatchRule
from quitus.domain.movement import Means, Nature
from quitus.domain.payment import Awaiting, PaymentStatus
from quitus.domain.refund import Refund, RefundStatus, RefundStep, paid_by
from quitus.services.proof import LedgerSide
from quitus.services.read_payments import ShownPayment

E2E: dict[str, Any] = {"end_to_end_id": "E2E-1"}
SENDER: dict[str, Any] = {"debtor_iban": "FR7630006000011234567890189", "debtor_name": "ANNE ROUX"}
APPROVED = RefundStep(RefundStatus.APPROVED, "ada", DAY.isoformat())
REFUND = Refund("RB0123456789ABCDEF", "L2", 45000, "FR7630006000011234567890189", "Anne Roux", (), (APPROVED,))


@pytest.fixture
def estate() -> Estate:
    return Estate()


def paid(
    cents: int = 45000, lease_id: str = "L1", on: date = DAY, channel: str = "camt.053", **changes: Any
) -> Incoming:
    movement = a_credit(cents, IBANS[lease_id], booking_date=on, **changes)
    return reported(movement, channel, f"S-{on}")


def taken_back(
    cents: int = 45000, on: date = DAY + timedelta(days=3), channel: str = "camt.053", message: str = "", **changes: Any
) -> Incoming:
    said = {"nature": Nature.RETURN, "return_reason": "AM04", "means": Means.DIRECT_DEBIT, "position": "9"} | changes
    return reported(a_credit(-cents, None, booking_date=on, **said), channel, message or f"S-{on}")


def pay_refund(estate: Estate, payment_id: str, *refunds: Refund) -> None:
    """The bank's line of a refund is recognised, or a person says of which refunds it is the sum."""
    ledger, line = LedgerRows(estate.table), estate.payment(payment_id)
    decision = paid_by(line, refunds or [REFUND], MatchRule.REFERENCE, estate.landlord.chart, "ada", DAY.isoformat())
    ledger.commit_decision(L, line, decision, ())


def balance(estate: Estate, lease_id: str = "L1") -> int:
    return LedgerRows(estate.table).accounts(L, [lease_id])[lease_id].balance_cents


def side(estate: Estate, on: date) -> LedgerSide:
    return ViewRows(estate.table).ledger_sides(L, BANK_ACCOUNT, on, on).get(on, LedgerSide())


def received(estate: Estate) -> dict[str, int]:
    counted = ViewRows(estate.table).receipts(L, DAY - timedelta(days=60), DAY + timedelta(days=60))
    return {one.day: one.amount_cents for one in counted if one.amount_cents}


def listed(estate: Estate) -> list[tuple[str, int]]:
    shown = ViewRows(estate.table).payments(L, None, None, None)
    return sorted((one.answer["status"], one.answer["amount_cents"]) for one in shown)


def open_alerts(estate: Estate) -> set[str]:
    return {one.kind for one in ViewRows(estate.table).alerts(L, None) if one.closed_at is None}


def lines(entry: Entry) -> dict[str, int]:
    return {line.account: line.debit_cents - line.credit_cents for line in entry.lines}


def booked(estate: Estate) -> Mapping[str, int]:
    return books(estate.table)


def test_a_return_reverses_its_payment_at_once_by_entries_of_its_own(estate: Estate) -> None:
    payment_id = estate.post(paid(**E2E))
    assert balance(estate) == 0
    return_id = estate.post(taken_back(**E2E))
    payment = estate.payment(payment_id)
    assert (payment.status, payment.allocations, payment.left_cents) == (PaymentStatus.REVERSED, (), 0)
    assert lines(payment.entries[-1]) == {"512": -45000, "411": 45000}
    assert (payment.entries[-1].kind, payment.entries[-1].sequence) == ("reversal", 2)
    assert payment.entries[-1].previous_hash == payment.entries[0].hash
    (reversal,) = payment.reversals
    assert (reversal.reversal_id, reversal.reason) == (return_id, "AM04")
    assert balance(estate) == 45000
    estate.settle()
    assert listed(estate) == [("reversed", 45000)]
    assert received(estate) == {"2026-11-05": 45000, "2026-11-08": -45000}
    assert (side(estate, DAY), side(estate, DAY + timedelta(days=3))) == (
        LedgerSide(receipts_cents=45000),
        LedgerSide(reversals_cents=45000),
    )
    assert (booked(estate), open_alerts(estate)) == ({}, set())


def test_a_return_that_comes_first_waits_visibly_and_is_settled_when_its_payment_comes(estate: Estate) -> None:
    return_id = estate.post(taken_back(**E2E))
    waiting = estate.payment(return_id)
    assert (waiting.status, waiting.awaiting) == (PaymentStatus.PENDING, Awaiting.ORIGINAL)
    assert estate.settle() == 0
    assert (listed(estate), open_alerts(estate)) == ([("pending", 45000)], {"return_without_original"})
    payment_id = estate.post(paid(**E2E))
    assert balance(estate) == 0
    assert estate.settle() == 1
    assert (balance(estate), estate.payment(payment_id).status) == (45000, PaymentStatus.REVERSED)
    assert lines(estate.payment(payment_id).entries[-1]) == {"471": -45000, "411": 45000}
    assert (listed(estate), open_alerts(estate), booked(estate)) == ([("reversed", 45000)], set(), {})
    assert side(estate, DAY + timedelta(days=3)) == LedgerSide(reversals_cents=45000)
    assert estate.settle() == 0


def test_what_the_bank_adds_to_a_return_is_its_fee_and_never_the_tenants(estate: Estate) -> None:
    payment_id = estate.post(paid(5000, **E2E))
    estate.post(taken_back(5300, instructed_cents=5000, **E2E))
    estate.settle()
    assert [reversal.amount_cents for reversal in estate.payment(payment_id).reversals] == [5000]
    assert (balance(estate), booked(estate)) == (45000, {"512": -300, "627": 300})
    assert side(estate, DAY + timedelta(days=3)) == LedgerSide(
        reversals_cents=5000, other_cents=-300, other_debits_cents=300
    )


def test_the_fee_of_a_return_that_waited_is_apart_too(estate: Estate) -> None:
    estate.post(taken_back(5300, instructed_cents=5000, **E2E))
    estate.settle()
    assert booked(estate) == {"471": 5300, "512": -5300}
    estate.post(paid(5000, **E2E))
    assert estate.settle() == 1
    assert (balance(estate), booked(estate)) == (45000, {"512": -300, "627": 300})
    assert side(estate, DAY + timedelta(days=3)) == LedgerSide(
        reversals_cents=5000, other_cents=-300, other_debits_cents=300
    )


TELLINGS = {
    "notice": lambda: taken_back(channel="camt.054", message="N1", bank_reference="R-77", **E2E),
    "statement a day later": lambda: taken_back(on=DAY + timedelta(days=4), **E2E),
    "another account system two days later": lambda: taken_back(
        on=DAY + timedelta(days=5), channel="cfonb120", message="C1", **E2E
    ),
    "payment": lambda: paid(**E2E),
}


@pytest.mark.parametrize("order", list(permutations(TELLINGS)), ids=" → ".join)
def test_one_return_told_by_three_channels_is_one_reversal_in_every_order(
    estate: Estate, order: tuple[str, ...]
) -> None:
    for telling in order:
        estate.post(TELLINGS[telling]())
        estate.settle()
        estate.post(TELLINGS[telling]())
        estate.settle()
    assert (balance(estate), listed(estate)) == (45000, [("reversed", 45000)])
    (payment,) = LedgerRows(estate.table).payments(L, [paid().bucket])
    assert len(payment.reversals) == 1
    assert (booked(estate), open_alerts(estate)) == ({}, set())
    days = [side(estate, DAY + timedelta(days=days)).reversals_cents for days in range(7)]
    assert sorted(days) == [0] * 6 + [45000]


def test_a_second_return_of_the_same_channel_waits_for_a_person(estate: Estate) -> None:
    estate.post(paid(**E2E))
    estate.post(taken_back(**E2E))
    estate.post(taken_back(on=DAY + timedelta(days=5), **E2E))
    estate.settle()
    assert listed(estate) == [("pending", 45000), ("reversed", 45000)]
    assert (balance(estate), open_alerts(estate)) == (45000, {"return_without_original"})


def test_money_in_suspense_is_taken_back_out_of_suspense(estate: Estate) -> None:
    payment_id = estate.post(reported(a_credit(20000, None, **E2E)))
    estate.post(taken_back(20000, **E2E))
    estate.settle()
    assert estate.payment(payment_id).status is PaymentStatus.REVERSED
    assert (listed(estate), booked(estate)) == ([("reversed", 20000)], {})
    assert list(ViewRows(estate.table).suspense(L)) == []


def test_money_in_suspense_and_a_return_that_waited_need_no_entry(estate: Estate) -> None:
    estate.post(taken_back(20000, **E2E))
    payment_id = estate.post(reported(a_credit(20000, None, **E2E)))
    assert estate.settle() == 1
    assert [entry.kind for entry in estate.payment(payment_id).entries] == ["receipt"]
    assert booked(estate) == {}


def test_a_payment_that_a_person_assigned_is_taken_back_too_and_cannot_be_assigned_again(estate: Estate) -> None:
    payment_id = estate.post(reported(a_credit(20000, None, **E2E)))
    estate.assign(payment_id, "L1")
    estate.post(taken_back(20000, **E2E))
    assert (balance(estate), estate.payment(payment_id).status) == (45000, PaymentStatus.REVERSED)
    estate.settle()
    assert booked(estate) == {}


def test_another_channel_may_still_tell_of_a_payment_that_was_taken_back(estate: Estate) -> None:
    payment_id = estate.post(paid(bank_reference="REF-1"))
    estate.post(taken_back(bank_reference="REF-1"))
    again = reported(a_credit(45000, None, bank_reference=None), "camt.054", "N1")
    assert estate.post(again) == payment_id
    assert estate.payment(payment_id).status is PaymentStatus.REVERSED


def test_last_months_payment_is_never_taken_for_one_that_is_not_known_yet(estate: Estate) -> None:
    estate.post(paid(on=DAY - timedelta(days=30), debtor_name="Camille Roux"))
    estate.post(taken_back(debtor_name="Camille Roux"))
    estate.settle()
    assert (balance(estate), listed(estate)) == (0, [("pending", 45000), ("posted", 45000)])
    payment_id = estate.post(paid(on=DAY, debtor_name="Camille Roux"))
    assert estate.settle() == 1
    assert estate.payment(payment_id).status is PaymentStatus.REVERSED


def test_of_two_leases_payments_that_it_may_be_of_a_return_takes_none(estate: Estate) -> None:
    estate.post(paid(debtor_name="Camille Roux"))
    estate.post(paid(lease_id="L2", debtor_name="Camille Roux", position="2"))
    estate.post(taken_back(debtor_name="Camille Roux"))
    estate.settle()
    assert (balance(estate), balance(estate, "L2")) == (0, 0)
    assert open_alerts(estate) == {"return_without_original"}


def test_of_true_twins_each_return_takes_one(estate: Estate) -> None:
    ids = [estate.post(paid(20000, position=place, **E2E)) for place in ("1", "2")]
    for place in ("8", "9"):
        estate.post(taken_back(20000, position=place, **E2E))
    assert {estate.payment(payment_id).status for payment_id in ids} == {PaymentStatus.REVERSED}
    assert balance(estate) == 45000
    estate.settle()
    assert booked(estate) == {}


def test_a_double_payment_that_is_returned_is_no_alert_any_more(estate: Estate) -> None:
    estate.post(paid())
    estate.post(paid(on=DAY + timedelta(days=1), **E2E))
    estate.settle()
    assert open_alerts(estate) == {"double_payment"}
    estate.post(taken_back(**E2E))
    estate.settle()
    assert (balance(estate), open_alerts(estate)) == (0, set())


def test_an_older_reason_free_return_is_no_guess(estate: Estate) -> None:
    estate.post(paid(mandate_id="RUM-1", on=DAY - timedelta(days=30)))
    estate.post(paid(mandate_id="RUM-1"))
    estate.post(taken_back(mandate_id="RUM-1", return_reason="MD06"))
    estate.settle()
    assert open_alerts(estate) >= {"return_without_original"}


def test_what_a_bank_finds_within_days_is_of_the_last_debit_of_the_mandate(estate: Estate) -> None:
    old = estate.post(paid(mandate_id="RUM-1", on=DAY - timedelta(days=30)))
    new = estate.post(paid(mandate_id="RUM-1"))
    estate.post(taken_back(mandate_id="RUM-1", return_reason="AM04"))
    assert [estate.payment(one).status for one in (old, new)] == [PaymentStatus.POSTED, PaymentStatus.REVERSED]


def told_to_the_erp(estate: Estate, feed: Feed = Feed.REVERSALS) -> list[dict[str, Any]]:
    return [dict(item.document) for item in ErpOutboxRows(estate.table).ready(L, feed, 10)]


def test_the_erp_is_told_what_went_back_and_why_once(estate: Estate) -> None:
    payment_id = estate.post(paid(**E2E))
    return_id = estate.post(taken_back(**E2E))
    for _ in range(2):
        estate.settle()
        assert told_to_the_erp(estate) == [
            {
                "reversal_id": return_id,
                "payment_id": payment_id,
                "lease_id": "L1",
                "amount_cents": 45000,
                "booking_date": "2026-11-08",
                "reason": "AM04",
            }
        ]


def test_the_erp_is_told_of_a_receipt_and_of_what_it_settles_whenever_that_changes(estate: Estate) -> None:
    payment_id = estate.post(paid(50000, remittance="LOYER NOV", bank_reference="BR-1", **E2E))
    for _ in range(2):
        estate.settle()
    estate.post(taken_back(50000, **E2E))
    for _ in range(2):
        estate.settle()
    first, last = told_to_the_erp(estate, Feed.RECEIPTS)
    assert first == {
        "payment_id": payment_id,
        "number": 1,
        "status": "posted",
        "lease_id": "L1",
        "amount_cents": 50000,
        "left_cents": 50000,
        "booking_date": "2026-11-05",
        "value_date": None,
        "means": "transfer",
        "debtor_name": None,
        "remittance": "LOYER NOV",
        "end_to_end_id": "E2E-1",
        "bank_reference": "BR-1",
    }
    assert last == first | {"number": 2, "status": "reversed", "left_cents": 0}
    line = {"lease_id": "L1", "due_id": "nov-L1", "amount_cents": 45000, "rule": "oldest_due"}
    said = {"payment_id": payment_id, "number": 1, "lease_id": "L1", "allocations": [line], "credit_cents": 5000}
    assert told_to_the_erp(estate, Feed.ALLOCATIONS) == [
        said,
        said | {"number": 2, "allocations": [], "credit_cents": 0},
    ]


def test_the_erp_is_told_of_money_in_suspense_and_of_no_return(estate: Estate) -> None:
    estate.post(taken_back(**E2E))
    payment_id = estate.post(reported(a_credit(45000, None)))
    estate.settle()
    assert [(one["status"], one["lease_id"]) for one in told_to_the_erp(estate, Feed.RECEIPTS)] == [("suspense", None)]
    assert told_to_the_erp(estate, Feed.ALLOCATIONS) == []
    estate.assign(payment_id, "L2")
    estate.settle()
    told = [(one["number"], one["status"], one["lease_id"]) for one in told_to_the_erp(estate, Feed.RECEIPTS)]
    assert told == [(1, "suspense", None), (2, "posted", "L2")]


def test_views_made_afresh_say_the_same(estate: Estate) -> None:
    estate.post(paid(**E2E))
    estate.settle()
    estate.post(taken_back(5300, instructed_cents=5000, end_to_end_id="E2E-2"))
    estate.post(taken_back(**E2E))
    estate.settle()
    estate.post(paid(5000, end_to_end_id="E2E-2"))
    estate.settle()
    said = estate.views()
    again = estate.rebuilt().views()
    assert {key: row for key, row in said.items() if "alerts" not in key.pk} == {
        key: row for key, row in again.items() if "alerts" not in key.pk
    }


@pytest.mark.parametrize("said", [{"end_to_end_id": "Loyer-11"}, {"mandate_id": "Rum-7"}])
def test_a_format_of_capitals_only_names_the_same_payment(estate: Estate, said: dict[str, Any]) -> None:
    estate.post(paid(**said))
    capitals: dict[str, Any] = {name: text.upper() for name, text in said.items()}
    estate.post(taken_back(channel="cfonb120", **capitals))
    estate.settle()
    assert balance(estate) == 45000


def payment_bucket(on: date) -> Bucket:
    return Bucket(TAG, on, -45000)


def by_day(estate: Estate) -> list[ShownPayment]:
    return list(ViewRows(estate.table).payments(L, DAY, DAY + timedelta(days=5), None))


def said_nothing(cents: int = 45000, on: date = DAY + timedelta(days=3), **changes: Any) -> Incoming:
    """A debit as a format that says little tells it."""
    movement = a_credit(-cents, None, booking_date=on, nature=Nature.OTHER, position="7", **changes)
    return reported(movement, "mt940", f"M-{on}", "F9")


@pytest.mark.parametrize("order", list(permutations(("payment", "plain", "return"))), ids=" → ".join)
@pytest.mark.parametrize("plainly", [{}, E2E], ids=["a bare debit", "a debit with its id"])
@pytest.mark.parametrize("watched", [False, True], ids=["in a row", "views between"])
def test_a_return_is_one_whichever_channel_told_its_debit_first(
    estate: Estate, order: tuple[str, ...], plainly: dict[str, Any], *, watched: bool
) -> None:
    told = {"payment": paid(**E2E), "plain": said_nothing(**plainly), "return": taken_back(channel="camt.054", **E2E)}
    ids = {}
    for name in order:
        ids[name] = estate.post(told[name])
        if watched:
            estate.settle()
    for _ in range(2):
        estate.settle()
        for name in order:
            assert estate.post(told[name]) == ids[name]
    estate.settle()
    payment = estate.payment(ids["payment"])
    assert (payment.status, [held.amount_cents for held in payment.reversals]) == (PaymentStatus.REVERSED, [45000])
    assert ids["plain"] == ids["return"]
    assert (estate.payment(ids["return"]).reverses, balance(estate)) == (ids["payment"], 45000)
    moved = side(estate, DAY + timedelta(days=3))
    assert moved == LedgerSide(reversals_cents=45000)
    assert (booked(estate), listed(estate), open_alerts(estate)) == ({}, [("reversed", 45000)], set())
    afresh = estate.rebuilt()
    LedgerRows(afresh.table).add_channel(L, TAG, "mt940")
    assert estate.views() == afresh.views()


def test_what_a_further_channel_calls_a_return_waits_for_its_payment_visibly(estate: Estate) -> None:
    plain = estate.post(said_nothing())
    estate.settle()
    assert (estate.payment(plain).is_other, booked(estate), listed(estate)) == (True, {}, [])
    estate.post(taken_back(channel="camt.054", **E2E))
    waiting = estate.payment(plain)
    assert (waiting.status, waiting.awaiting, waiting.is_return) == (PaymentStatus.PENDING, Awaiting.ORIGINAL, True)
    estate.settle()
    assert open_alerts(estate) == {"return_without_original"}
    assert booked(estate) == {"471": 45000, "512": -45000}
    assert waiting.entries[0].booking_date == DAY + timedelta(days=3)
    assert side(estate, DAY + timedelta(days=3)) == LedgerSide(reversals_cents=45000)
    assert [one.payment_id for one in ViewRows(estate.table).waiting(L)] == [plain]
    assert [(one.payment_id, one.answer["returned"]["reason"]) for one in by_day(estate)] == [(plain, "AM04")]
    assert [one.payment_id for one in ViewRows(estate.table).payments_with_status(L, "pending", None)] == [plain]


def test_a_cheque_that_comes_back_is_one_though_its_debit_was_told_plainly(estate: Estate) -> None:
    cheque = estate.post(paid(means=Means.CHEQUE))
    estate.post(said_nothing())
    estate.post(taken_back(channel="cfonb120", means=Means.CHEQUE, return_reason=None))
    estate.settle()
    assert estate.payment(cheque).status is PaymentStatus.REVERSED
    assert balance(estate) == 45000


def test_a_debit_that_no_channel_calls_a_return_stays_a_line_of_the_bank(estate: Estate) -> None:
    fee = estate.post(said_nothing(1250))
    estate.post(reported(a_credit(-1250, None, booking_date=DAY + timedelta(days=3), nature=Nature.OTHER)))
    estate.settle()
    assert (estate.payment(fee).is_other, booked(estate)) == (True, {})


@pytest.mark.parametrize(
    ("theirs", "plainly"),
    [
        (SENDER, SENDER),
        ({"end_to_end_id": "E2E-2"}, {"end_to_end_id": "E2E-2"}),
        ({"mandate_id": "RUM-2"}, {"mandate_id": "RUM-2"}),
        ({"bank_reference": "BR-2"}, {"bank_reference": "BR-2"}),
        ({"means": Means.CHEQUE, "remittance": "0012345"}, {"note": "FACTURE 12345"}),
        ({}, {"virtual_iban": IBANS["L2"], "virtual_iban_path": "note"}),
    ],
    ids=["payer", "end-to-end id", "mandate", "bank reference", "cheque", "lease"],
)
@pytest.mark.parametrize("plain_first", [True, False])
def test_whom_the_landlord_paid_is_not_who_gets_money_back(
    estate: Estate, theirs: dict[str, Any], plainly: dict[str, Any], *, plain_first: bool
) -> None:
    """A debit of the same amount that by count is the return: its words are of another line."""
    innocent = estate.post(paid(lease_id="L2", **theirs))
    told = [said_nothing(**plainly), taken_back(channel="camt.054")]
    for one in told if plain_first else reversed(told):
        return_id = estate.post(one)
    estate.settle()
    assert estate.payment(innocent).status is PaymentStatus.POSTED
    assert estate.payment(return_id).awaiting is Awaiting.ORIGINAL


def test_a_plain_debit_under_the_returns_own_reference_says_what_it_takes_back(estate: Estate) -> None:
    payment_id = estate.post(paid(**E2E))
    estate.post(said_nothing(bank_reference="BR-1", **E2E))
    estate.post(taken_back(channel="cfonb120", bank_reference="BR-1"))
    estate.settle()
    assert estate.payment(payment_id).status is PaymentStatus.REVERSED


@pytest.mark.parametrize("order", list(permutations(("payment", "statement", "notice"))), ids=" → ".join)
def test_a_statement_that_tells_a_return_and_a_debit_of_its_amount_tells_two(
    estate: Estate, order: tuple[str, ...]
) -> None:
    on = DAY + timedelta(days=3)
    supplier = reported(
        a_credit(-45000, None, booking_date=on, nature=Nature.OTHER, position="2"), "camt.053", f"S-{on}"
    )
    told = {
        "payment": [paid(**E2E)],
        "statement": [supplier, taken_back(**E2E)],
        "notice": [taken_back(channel="camt.054", **E2E)],
    }
    for name in order:
        estate.post(*told[name])
        estate.settle()
    assert balance(estate) == 45000
    assert side(estate, on) == LedgerSide(reversals_cents=45000, other_cents=-45000, other_debits_cents=45000)
    assert open_alerts(estate) == set()


@pytest.mark.parametrize("order", list(permutations(("P3", "P4", "R3", "R4"))), ids=" ".join)
@pytest.mark.parametrize("said", [{"mandate_id": "RUM-1"}, {"virtual_iban": IBANS["L1"], "virtual_iban_path": "note"}])
def test_a_debit_of_the_amount_and_the_return_beside_it_are_each_told_by_two_channels(
    estate: Estate, order: tuple[str, ...], said: dict[str, Any]
) -> None:
    """The tenant paid twice: the second payment is good."""
    on = DAY + timedelta(days=3)
    plain = a_credit(-45000, None, booking_date=on, nature=Nature.OTHER, position="2")
    told = {
        "P3": reported(plain, "camt.053", "S1"),
        "P4": reported(plain, "camt.054", "N1"),
        "R3": taken_back(message="S2", **said),
        "R4": taken_back(channel="camt.054", message="N2", **said),
    }
    paid_ids = [estate.post(paid(position=position, mandate_id="RUM-1")) for position in ("1", "2")]
    for name in order:
        estate.post(told[name])
        estate.settle()
    assert sorted(estate.payment(one).status for one in paid_ids) == [PaymentStatus.POSTED, PaymentStatus.REVERSED]
    assert side(estate, on) == LedgerSide(reversals_cents=45000, other_cents=-45000, other_debits_cents=45000)
    afresh = estate.rebuilt()
    assert estate.views() == afresh.views()


def test_a_debit_is_put_on_no_lease_however_often_its_lease_is_named(estate: Estate) -> None:
    on = DAY + timedelta(days=3)
    bare = a_credit(-45000, None, booking_date=on, nature=Nature.OTHER)
    estate.post(reported(bare, "mt940", "M1"))
    estate.post(reported(replace(bare, bank_code="PMNT/ICDT/ESCT"), "camt.053", "S1"))
    estate.post(reported(replace(bare, end_to_end_id="E2E-2", position="2"), "mt940", "M2"))
    named: dict[str, Any] = {"virtual_iban": IBANS["L1"], "virtual_iban_path": "note"}
    estate.post(taken_back(message="S2", **E2E, **named))
    estate.post(reported(replace(bare, position="3"), "mt940", "M3"))
    estate.settle()
    assert all(payment.lease_id is None for payment in LedgerRows(estate.table).payments(L, [payment_bucket(on)]))
    assert open_alerts(estate) == {"return_without_original"}


@pytest.mark.parametrize("code", ["PMNT/ICDT/ESCT", "06", "PMNT/MDOP/COMM"])
@pytest.mark.parametrize("first", ["sent", "return"])
def test_what_its_bank_calls_sent_or_a_charge_is_no_return(estate: Estate, code: str, first: str) -> None:
    told = {"sent": said_nothing(bank_code=code), "return": taken_back(channel="camt.054", **E2E)}
    estate.post(paid(**E2E))
    ids = {name: estate.post(told[name]) for name in sorted(told, key=lambda name: name != first)}
    estate.settle()
    assert estate.payment(ids["sent"]).is_other
    assert estate.payment(ids["return"]).reverses is not None


@pytest.mark.parametrize("order", list(permutations(("payments", "plain", "sum", "details"))), ids=" → ".join)
def test_returns_booked_in_one_sum_are_told_once_though_a_channel_tells_it_plainly(
    estate: Estate, order: tuple[str, ...]
) -> None:
    batch: dict[str, Any] = {"channel": "camt.054", "message": "N1", "batch_references": ("B1",), "entry_cents": -90000}
    told = {
        "payments": [paid(**E2E), paid(lease_id="L2", end_to_end_id="E2E-2", position="2")],
        "plain": [said_nothing(90000)],
        "sum": [taken_back(90000, awaiting_details=True, batch_references=("B1",), return_reason=None)],
        "details": [
            taken_back(position="1.1", **batch, **E2E),
            taken_back(position="1.2", end_to_end_id="E2E-2", **batch),
        ],
    }
    for name in order:
        estate.post(*told[name])
        estate.settle()
    assert (balance(estate), balance(estate, "L2"), booked(estate)) == (45000, 45000, {})
    assert side(estate, DAY + timedelta(days=3)).debits_cents == 90000
    assert open_alerts(estate) == set()


@pytest.mark.parametrize("after", [False, True])
def test_a_debit_taken_for_a_refund_at_any_moment_is_that_or_the_return_never_both(*, after: bool) -> None:
    for death in every_death(after=after):
        estate = Estate()
        payment_id, line = estate.post(paid(**E2E)), estate.post(said_nothing())
        told = taken_back(channel="camt.054", **E2E)
        with death:
            a_poster(death.on(estate.table)).post(LANDLORD, [told])
        with suppress(Conflict):
            pay_refund(estate, line)
        estate.post(told)
        estate.settle()
        assert estate.payment(payment_id).status is PaymentStatus.REVERSED
        assert (not estate.payment(line).refund_ids) == estate.payment(line).is_return


_ANY_ORDER = tuple(permutations(("refund", "return", "payment")))
_REFUND_FIRST = tuple(order for order in _ANY_ORDER if order.index("refund") < order.index("return"))


@pytest.mark.parametrize(
    ("names_it", "order"), [*product([True], _ANY_ORDER), *product([False], _REFUND_FIRST)], ids=str
)
def test_a_return_beside_a_refund_of_its_amount_is_another_line(
    estate: Estate, order: tuple[str, ...], *, names_it: bool
) -> None:
    """The refund's line says so itself, or a person had said so."""
    told = {
        "payment": paid(**E2E),
        "refund": said_nothing(note="VIR RB0123456789ABCDEF" if names_it else "VIR"),
        "return": taken_back(channel="camt.054", **E2E),
    }
    ids = {}
    for name in order:
        ids[name] = estate.post(told[name])
        if name == "refund":
            pay_refund(estate, ids[name])
        estate.settle()
    estate.post(taken_back(channel="mt940", message=f"M-{DAY + timedelta(days=3)}", position="8"))
    estate.settle()
    assert estate.payment(ids["refund"]).refund_ids == (REFUND.refund_id,)
    assert estate.payment(ids["payment"]).status is PaymentStatus.REVERSED
    assert estate.payment(ids["return"]).reverses == ids["payment"]
    assert side(estate, DAY + timedelta(days=3)) == LedgerSide(
        reversals_cents=45000, other_cents=-45000, other_debits_cents=45000
    )


def test_a_debit_that_paid_several_refunds_is_no_returns_line(estate: Estate) -> None:
    halves = tuple(replace(REFUND, refund_id=f"RB{number:016X}", amount_cents=22500) for number in (1, 2))
    payment_id, line = estate.post(paid(**E2E)), estate.post(said_nothing())
    pay_refund(estate, line, *halves)
    returned = estate.post(taken_back(channel="camt.054", **E2E))
    estate.settle()
    assert estate.payment(line).refund_ids == tuple(half.refund_id for half in halves)
    assert (estate.payment(line).is_return, returned == line) == (False, False)
    assert estate.payment(payment_id).status is PaymentStatus.REVERSED


def test_two_bare_debits_and_two_returns_are_two(estate: Estate) -> None:
    first = estate.post(paid(**E2E))
    second = estate.post(paid(lease_id="L2", end_to_end_id="E2E-2", position="2"))
    bare = said_nothing()
    estate.post(bare, replace(bare, movement=replace(bare.movement, position="8")))
    estate.settle()
    told = taken_back(channel="camt.054", **E2E)
    estate.post(told, taken_back(channel="camt.054", position="10", end_to_end_id="E2E-2"))
    estate.settle()
    assert [estate.payment(one).status for one in (first, second)] == [PaymentStatus.REVERSED] * 2
    assert (balance(estate), balance(estate, "L2"), booked(estate)) == (45000, 45000, {})
    assert side(estate, DAY + timedelta(days=3)) == LedgerSide(reversals_cents=90000)


def test_a_return_is_the_line_that_was_told_as_one(estate: Estate) -> None:
    plain = estate.post(said_nothing())
    told = estate.post(taken_back(channel="cfonb120", position="2", end_to_end_id="E2E-2"))
    assert told == plain
    fee = estate.post(reported(a_credit(-45000, None, booking_date=DAY + timedelta(days=3), nature=Nature.OTHER)))
    more = said_nothing()
    other = estate.post(replace(more, movement=replace(more.movement, position="8")))
    assert (fee, other == plain) == (plain, False)
    assert estate.post(taken_back(channel="camt.054")) == plain


@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_while_a_debit_turns_out_to_be_a_return_it_takes_back_once(after: bool) -> None:
    for death in every_death(after=after):
        estate = Estate()
        payment_id = estate.post(paid(**E2E))
        estate.post(said_nothing())
        told = taken_back(channel="camt.054", **E2E)
        with death:
            a_poster(death.on(estate.table)).post(LANDLORD, [told])
        estate.post(told)
        estate.settle()
        assert [held.amount_cents for held in estate.payment(payment_id).reversals] == [45000]
        assert (balance(estate), booked(estate)) == (45000, {})
