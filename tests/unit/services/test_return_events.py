"""Returns and chargebacks that a provider's events tell: they name their payment, whatever its age and amount."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from builders import BANK_ACCOUNT, FixedClock, a_poster
from faults import InterruptedTable
from unit.erp.office import Notebook
from unit.services.test_returns import balance, booked, listed, open_alerts, side, taken_back
from unit.views.estate import IBANS, Estate, L

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.event_rows import EventRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.link_rows import LinkRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.payment import Payment, PaymentStatus
from quitus.services.post_events import EventPoster
from quitus.services.proof import LedgerSide

CREDIT: dict[str, Any] = {
    "schema": "quitus.payment-event/1",
    "event_id": "E-C",
    "landlord_id": L,
    "source": "psp:demo",
    "kind": "credit",
    "bank_reference": "C-1",
    "amount_cents": 45000,
    "currency": "EUR",
    "booking_date": "2026-11-05",
    "account_iban": BANK_ACCOUNT,
    "virtual_iban": IBANS["L1"],
    "means": "card",
}
CHARGEBACK = CREDIT | {
    "event_id": "E-B",
    "kind": "chargeback",
    "bank_reference": "B-1",
    "original_reference": "C-1",
    "booking_date": "2026-11-20",
    "virtual_iban": None,
    "reason": "fraud",
}

RETURNED_ON = date(2026, 11, 20)
TODAY = FixedClock(datetime(2026, 11, 20, 9, tzinfo=UTC))


@pytest.fixture
def estate() -> Estate:
    return Estate()


def tell(estate: Estate, event: dict[str, Any], clock: FixedClock = TODAY, **changes: Any) -> None:
    poster(estate.table, clock).post(json.dumps(event | changes))
    estate.settle()


def poster(table: Any, clock: FixedClock = TODAY) -> EventPoster:
    landlords, events, links, alerts = LandlordRows(table), EventRows(table), LinkRows(table), AlertRows(table)
    return EventPoster(a_poster(table, clock), landlords, events, links, alerts, Notebook(), clock)


def the_payment(estate: Estate) -> Payment:
    (shown,) = [
        one for one in ViewRows(estate.table).payments(L, None, None, None) if one.answer["status"] != "pending"
    ]
    return estate.payment(shown.payment_id)


@pytest.mark.parametrize("means", ["card", None])
def test_a_chargeback_takes_back_what_waits_in_collection(estate: Estate, means: str | None) -> None:
    tell(estate, CREDIT)
    assert balance(estate) == 0
    tell(estate, CHARGEBACK, means=means)
    payment = the_payment(estate)
    assert (payment.status, payment.reversals[0].reason) == (PaymentStatus.REVERSED, "fraud")
    assert (balance(estate), booked(estate), listed(estate)) == (45000, {}, [("reversed", 45000)])


ORDERS = [(CREDIT, CHARGEBACK), (CHARGEBACK, CREDIT)]


@pytest.mark.parametrize("events", ORDERS, ids=["after", "before"])
@pytest.mark.parametrize("kind", ["return", "chargeback"])
@pytest.mark.parametrize(
    ("paid", "said"), [("card", None), ("cheque", "other"), ("cash", "transfer"), ("card", "card")]
)
def test_a_return_is_booked_where_its_payment_waits_whatever_means_it_says(
    estate: Estate, paid: str, said: str | None, kind: str, events: list[dict[str, Any]]
) -> None:
    tell_both(estate, events, kind, paid, said)
    payment = the_payment(estate)
    assert (payment.status, payment.reversals[0].in_collection) == (PaymentStatus.REVERSED, True)
    assert (balance(estate), booked(estate), in_collection(estate)) == (45000, {}, {})
    assert (side(estate, RETURNED_ON), open_alerts(estate)) == (LedgerSide(), set())


@pytest.mark.parametrize("events", ORDERS, ids=["after", "before"])
@pytest.mark.parametrize("kind", ["return", "chargeback"])
@pytest.mark.parametrize(("paid", "said"), [("instant_transfer", None), ("transfer", "card"), (None, "cheque")])
def test_a_return_of_what_is_on_the_bank_is_the_banks_line(
    estate: Estate, paid: str | None, said: str | None, kind: str, events: list[dict[str, Any]]
) -> None:
    tell_both(estate, events, kind, paid, said)
    payment = the_payment(estate)
    assert (payment.status, payment.reversals[0].in_collection) == (PaymentStatus.REVERSED, False)
    assert (balance(estate), booked(estate), in_collection(estate)) == (45000, {}, {})
    assert side(estate, RETURNED_ON) == LedgerSide(reversals_cents=45000, unstated=1)
    estate.post(taken_back(on=RETURNED_ON, bank_reference="B-1", original_reference="C-1", virtual_iban=IBANS["L1"]))
    estate.settle()
    assert side(estate, RETURNED_ON) == LedgerSide(reversals_cents=45000)
    assert (balance(estate), booked(estate), open_alerts(estate)) == (45000, {}, set())


def tell_both(estate: Estate, events: list[dict[str, Any]], kind: str, paid: str | None, said: str | None) -> None:
    for event in events * 2:
        changes: dict[str, Any] = {"means": paid} if event is CREDIT else {"means": said, "kind": kind}
        tell(estate, event, **changes)


def in_collection(estate: Estate) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for row in estate.rows(f"{L}#collection"):
        place = row["SK"].partition("#")
        sums[place[0], place[2]] = row.get("received_cents", 0) - row.get("cleared_cents", 0)
    return {place: cents for place, cents in sums.items() if cents and not place[1]}


def test_a_return_whose_payment_is_unknown_is_the_banks_unless_its_means_say_otherwise(estate: Estate) -> None:
    tell(estate, CHARGEBACK, means=None)
    assert booked(estate) == {"471": 45000, "512": -45000}
    tell(estate, CHARGEBACK, event_id="E-B2", bank_reference="B-2", original_reference="C-2", means="card")
    assert booked(estate) == {"471": 90000, "511": -45000, "512": -45000}


def test_the_means_of_an_event_that_comes_again_move_nothing(estate: Estate) -> None:
    for means in ("card", None, "transfer"):
        tell(estate, CREDIT, means=means)
    assert (balance(estate), booked(estate), listed(estate)) == (0, {"411": -45000, "511": 45000}, [("posted", 45000)])


def test_a_refund_of_a_part_names_its_payment_and_takes_no_more(estate: Estate) -> None:
    tell(estate, CREDIT, amount_cents=50000)
    assert balance(estate) == -5000
    tell(estate, CHARGEBACK, kind="return", amount_cents=12000)
    payment = the_payment(estate)
    assert (payment.status, payment.left_cents, payment.credit_cents) == (PaymentStatus.POSTED, 38000, 0)
    assert balance(estate) == 7000
    tell(estate, CHARGEBACK, kind="return", event_id="E-B2", bank_reference="B-2", amount_cents=38000)
    assert (the_payment(estate).status, balance(estate), booked(estate)) == (PaymentStatus.REVERSED, 45000, {})
    tell(estate, CHARGEBACK, kind="return", event_id="E-B3", bank_reference="B-3", amount_cents=100)
    assert (balance(estate), open_alerts(estate)) == (45000, {"return_without_original"})


def test_a_refund_of_a_part_that_comes_first_waits_for_its_payment(estate: Estate) -> None:
    tell(estate, CHARGEBACK, kind="return", amount_cents=12000)
    assert (listed(estate), open_alerts(estate)) == ([("pending", 12000)], {"return_without_original"})
    tell(estate, CREDIT)
    assert (balance(estate), the_payment(estate).left_cents, open_alerts(estate)) == (12000, 33000, set())


def test_a_payment_of_years_ago_is_found_by_its_name(estate: Estate) -> None:
    tell(estate, CREDIT, FixedClock(datetime(2023, 5, 5, 9, tzinfo=UTC)), booking_date="2023-05-05")
    tell(estate, CHARGEBACK)
    assert the_payment(estate).status is PaymentStatus.REVERSED


def test_the_same_event_again_and_another_source_change_nothing(estate: Estate) -> None:
    tell(estate, CREDIT)
    for _ in range(3):
        tell(estate, CHARGEBACK)
    assert (len(the_payment(estate).reversals), balance(estate)) == (1, 45000)


def test_an_event_never_takes_a_payment_that_it_does_not_name(estate: Estate) -> None:
    tell(estate, CREDIT)
    tell(estate, CHARGEBACK, original_reference="C-2", virtual_iban=IBANS["L1"])
    assert (balance(estate), open_alerts(estate)) == (0, {"return_without_original"})
    tell(estate, CREDIT, event_id="E-C2", bank_reference="C-2", booking_date="2026-11-06")
    assert (balance(estate), open_alerts(estate)) == (0, set())


def test_a_reversal_of_a_reversal_is_refused(estate: Estate) -> None:
    tell(estate, CREDIT)
    tell(estate, CHARGEBACK)
    tell(estate, CHARGEBACK, event_id="E-BB", bank_reference="BB-1", original_reference="B-1")
    assert (balance(estate), listed(estate)) == (45000, [("reversed", 45000)])
    assert open_alerts(estate) == {"event_rejected"}


def test_two_providers_that_tell_of_one_part_at_once_take_it_back_once() -> None:
    """They date it differently; the payment is larger, so that what is left would pay for the same part again."""
    told = 0

    def back(table: Any, place: int) -> None:
        source, name = PROVIDERS[place]
        part = {"event_id": f"B-{name}", "bank_reference": f"B-{name}", "original_reference": name}
        part |= {"booking_date": f"2026-11-{19 + place}"}
        poster(table).post(json.dumps(CHARGEBACK | BY_TRANSFER | part | {"source": source, "amount_cents": 20000}))

    def other(table: Any) -> None:
        nonlocal told
        told += 1
        back(table, 1)

    for call in range(1, 40):
        estate = Estate()
        for source, name in PROVIDERS:
            tell(estate, CREDIT | BY_TRANSFER, source=source, event_id=name, bank_reference=name)
        back(InterruptedTable(estate.table, call, partial(other, estate.table)), 0)
        back(estate.table, 1)
        estate.settle()
        assert [reversal.amount_cents for reversal in the_payment(estate).reversals] == [20000]
        assert balance(estate) == 20000
    assert 10 < told < 39


PROVIDERS = (("psp:demo", "C-1"), ("psp:desk", "D-1"))
BY_TRANSFER = {"means": "transfer"}
