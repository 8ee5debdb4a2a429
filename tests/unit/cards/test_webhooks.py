"""What providers tell becomes a payment once, whatever comes twice, late, in disorder, or not from them."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from faults import Fault, Killed
from unit.cards.scenes import (
    DEMO_KEY,
    Cards,
    a_number,
    demo_ended,
    demo_paid,
    secrets_of,
    stripe_dispute,
    stripe_event,
    stripe_refund,
    stripe_session,
    takes_demo,
)
from unit.web.office import Office

from quitus.domain.checkout import Checkout
from quitus.domain.errors import Invalid, NotFound, Unauthenticated
from quitus.services.card_providers import Delivery

COMPLETED = "checkout.session.completed"


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


@pytest.fixture
def stripe(office: Office) -> Cards:
    return Cards(office)


@pytest.fixture
def demo(office: Office) -> Cards:
    takes_demo(office)
    return Cards(office)


def test_a_payment_is_posted_to_the_dues_of_its_link(demo: Cards) -> None:
    demo.tell_demo(demo_paid(demo.start(demo.link(), 30000), "pay_1"))
    assert demo.post_events() == 1
    assert (demo.owed(), demo.payments()) == (15000, [("posted", 30000)])
    (payment,) = demo.office.get("/v1/payments")["items"]
    assert (payment["means"], payment["match"]["rule"], payment["lease_id"]) == ("card", "link", "L1")


def test_stripes_session_is_posted_alike(stripe: Cards) -> None:
    stripe.tell_stripe(stripe_event(COMPLETED, stripe_session(stripe.start(stripe.link(), 30000), "pi_1")))
    assert stripe.post_events() == 1
    (payment,) = stripe.office.get("/v1/payments")["items"]
    assert (payment["amount_cents"], payment["means"], payment["booking_date"]) == (30000, "card", "2026-11-05")
    assert stripe.owed() == 15000


def test_an_event_told_again_is_taken_once(demo: Cards) -> None:
    event = demo_paid(demo.start(demo.link()), "pay_1")
    for _ in range(3):
        demo.tell_demo(event)
    assert len(demo.events.sent) == 1
    demo.tell_demo(event | {"event_id": a_number("evt")})
    demo.post_events()
    assert (demo.payments(), demo.alerts()) == ([("posted", 45000)], [])


def test_the_same_payment_told_on_another_day_is_the_same(demo: Cards) -> None:
    event = demo_paid(demo.start(demo.link()), "pay_1")
    demo.tell_demo(event)
    demo.tell_demo(event | {"event_id": "other", "booking_date": "2026-11-06"})
    demo.post_events()
    assert (demo.payments(), demo.alerts()) == ([("posted", 45000)], [])


def test_two_payments_of_one_checkout_are_money_twice(demo: Cards) -> None:
    checkout = demo.start(demo.link())
    demo.tell_demo(demo_paid(checkout, "pay_1"))
    demo.tell_demo(demo_paid(checkout, "pay_2"))
    demo.post_events()
    assert demo.payments() == [("posted", 45000), ("posted", 45000)]
    assert demo.owed() == -45000


@pytest.mark.parametrize("outcome", ["failed", "expired"])
def test_what_ended_without_money_is_no_receipt(demo: Cards, outcome: str) -> None:
    demo.tell_demo(demo_ended(demo.start(demo.link()), outcome))
    assert (demo.post_events(), demo.payments(), demo.owed()) == (0, [], 45000)


@pytest.mark.parametrize("kind", ["checkout.session.async_payment_failed", "checkout.session.expired"])
def test_so_it_is_at_stripe(stripe: Cards, kind: str) -> None:
    stripe.tell_stripe(stripe_event(kind, stripe_session(stripe.start(stripe.link()), None)))
    assert (stripe.post_events(), stripe.owed()) == (0, 45000)


def test_a_session_completed_before_its_money_counts_when_that_comes(stripe: Cards) -> None:
    checkout = stripe.start(stripe.link())
    session = stripe_session(checkout, "pi_1")
    stripe.tell_stripe(stripe_event(COMPLETED, session | {"payment_status": "unpaid"}))
    assert stripe.post_events() == 0
    stripe.tell_stripe(stripe_event("checkout.session.async_payment_succeeded", session))
    assert (stripe.post_events(), stripe.owed()) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount_cents": 45001}, "other_amount"),
        ({"amount_cents": 1}, "other_amount"),
        ({"checkout_id": "never-1"}, "unknown_checkout"),
        ({"checkout_id": "x"}, "unknown_checkout"),
    ],
)
def test_money_that_does_not_fit_its_record_is_in_suspense_once(
    demo: Cards, changes: dict[str, Any], reason: str
) -> None:
    event = demo_paid(demo.start(demo.link()), "pay_1") | changes
    demo.tell_demo(event)
    demo.tell_demo(event)
    assert demo.post_events() == 1
    demo.tell_demo(event | {"event_id": "told-again"})
    demo.post_events()
    assert demo.payments() == [("suspense", event["amount_cents"])]
    assert (demo.owed(), demo.alerts()) == (45000, [("card_payment_unclear", reason)])


@pytest.mark.parametrize("changes", [{"currency": "USD"}, {"amount_cents": 0}, {"amount_cents": -5}])
def test_what_is_no_money_in_euros_is_told_only(demo: Cards, changes: dict[str, Any]) -> None:
    demo.tell_demo(demo_paid(demo.start(demo.link()), "pay_1") | changes)
    assert (demo.post_events(), demo.payments()) == (0, [])
    assert demo.alerts() == [("card_payment_unclear", "other_amount")]
    (alert,) = demo.office.get("/v1/alerts")["items"]
    closed = demo.office.ask("POST", f"/v1/alerts/{alert['alert_id']}/close", {"reason": "Vu avec le prestataire"})
    assert (closed.status, bool(closed.body["closed_by"]), demo.alerts()) == (200, True, [])


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("unknown", [False, True])
def test_what_is_in_suspense_is_taken_back_by_its_refund(stripe: Cards, *, late: bool, unknown: bool) -> None:
    session = stripe_session(stripe.start(stripe.link()), "pi_1", amount_total=45001)
    if unknown:
        session["metadata"] |= {"checkout_id": "never-1"}
    events = [
        stripe_event(COMPLETED, session),
        stripe_event("refund.created", stripe_refund("pi_1", 45001)),
    ]
    for event in events if late else reversed(events):
        stripe.tell_stripe(event)
    stripe.post_events()
    assert (stripe.payments(), stripe.owed()) == ([("reversed", 45001)], 45000)


def test_money_of_a_landlord_without_an_account_is_told_only(demo: Cards) -> None:
    demo.tell_demo(demo_paid(demo.start(demo.link()), "pay_1") | {"landlord_id": "nobody"})
    assert demo.post_events() == 0


def test_so_it_is_with_stripes_sums(stripe: Cards) -> None:
    checkout = stripe.start(stripe.link())
    stripe.tell_stripe(stripe_event(COMPLETED, stripe_session(checkout, "pi_1", currency="usd")))
    assert (stripe.post_events(), stripe.alerts()) == (0, [("card_payment_unclear", "other_amount")])


def story(checkout: Checkout) -> list[dict[str, Any]]:
    """Paid, refunded in part, charged back, and the chargeback won."""
    dispute = stripe_dispute("pi_1", 30000)
    return [
        stripe_event(COMPLETED, stripe_session(checkout, "pi_1")),
        stripe_event("refund.created", stripe_refund("pi_1", 15000)),
        stripe_event("charge.dispute.funds_withdrawn", dispute),
        stripe_event("charge.dispute.funds_reinstated", dispute, created=1794000000),
    ]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_leads_to_the_same_books(stripe: Cards, order: tuple[int, ...]) -> None:
    events = story(stripe.start(stripe.link()))
    for place in order:
        stripe.tell_stripe(events[place])
        stripe.tell_stripe(events[place])
    stripe.post_events()
    assert stripe.owed() == 15000
    statuses = [status for status, _ in stripe.payments()]
    assert statuses == ["posted", "reversed"]
    assert stripe.alerts() == []


def test_a_chargeback_reverses(demo: Cards) -> None:
    checkout = demo.start(demo.link())
    demo.tell_demo(demo_paid(checkout, "pay_1"))
    taken = demo_paid(checkout, "dp_1", kind="chargeback", original_reference="pay_1", reason="fraudulent")
    demo.tell_demo(taken)
    demo.tell_demo(taken)
    demo.post_events()
    assert (demo.owed(), demo.payments()) == (45000, [("reversed", 45000)])
    (payment,) = demo.office.get("/v1/payments")["items"]
    assert [one["reason"] for one in payment["reversals"]] == ["fraudulent"]


def test_an_inquiry_and_a_refund_under_way_move_nothing(stripe: Cards) -> None:
    stripe.tell_stripe(stripe_event(COMPLETED, stripe_session(stripe.start(stripe.link()), "pi_1")))
    stripe.post_events()
    stripe.tell_stripe(stripe_event("charge.dispute.created", stripe_dispute("pi_1", 45000, status="warning_under")))
    refund = stripe_refund("pi_1", 45000, "pending")
    stripe.tell_stripe(stripe_event("refund.created", refund))
    assert stripe.post_events() == 0
    stripe.tell_stripe(stripe_event("refund.updated", refund | {"status": "succeeded"}))
    stripe.tell_stripe(stripe_event("charge.refund.updated", refund | {"status": "succeeded"}))
    stripe.post_events()
    assert (stripe.owed(), stripe.payments()) == (45000, [("reversed", 45000)])


def test_a_refund_that_failed_is_a_persons_business(stripe: Cards) -> None:
    stripe.tell_stripe(stripe_event(COMPLETED, stripe_session(stripe.start(stripe.link()), "pi_1")))
    stripe.tell_stripe(stripe_event("refund.failed", stripe_refund("pi_1", 45000, "failed")))
    stripe.post_events()
    assert (stripe.alerts(), stripe.owed()) == ([("card_payment_unclear", "refund_failed")], 0)


def test_what_others_sell_in_the_same_account_is_of_no_concern(stripe: Cards) -> None:
    checkout = stripe.start(stripe.link())
    for event in (
        stripe_event(COMPLETED, stripe_session(checkout, "pi_9", metadata={"order": "17"})),
        stripe_event(COMPLETED, stripe_session(checkout, "pi_9") | {"metadata": None}),
        stripe_event("customer.created", {"id": "cus_1", "metadata": {"anything": "else"}, "amount": "text"}),
        stripe_event("charge.dispute.funds_withdrawn", stripe_dispute("pi_9", 100)),
        stripe_event("refund.created", stripe_refund("pi_9", 100)),
    ):
        stripe.tell_stripe(event)
    assert (stripe.post_events(), stripe.alerts(), stripe.owed()) == (0, [], 45000)


def test_one_landlords_key_says_nothing_of_anothers_payments(office: Office) -> None:
    office.settle_in("habitat")
    cards = Cards(office)
    event = stripe_event(COMPLETED, stripe_session(cards.start(cards.link()), "pi_1"))
    with pytest.raises(Unauthenticated):
        cards.tell_stripe(event, key="whsec_habitat")
    cards.tell_stripe(event, landlord="habitat", key="whsec_habitat")
    assert (cards.post_events(), cards.owed(), cards.alerts()) == (0, 45000, [])


@pytest.mark.parametrize("landlord", ["", "nobody", "-", "client", "semiga/../habitat", "a#b"])
def test_an_unknown_landlord_is_answered_like_a_wrong_key_and_no_secret_is_asked_for(
    stripe: Cards, landlord: str
) -> None:
    with pytest.raises(Unauthenticated):
        stripe.tell_stripe({"id": "evt", "type": "x"}, landlord=landlord)
    assert stripe.secrets.asked == 0


@pytest.mark.parametrize("header", [None, "", "v1=0", "t=1,v1=" + "0" * 64, "t=x,v1=" + "0" * 64, "t=1793871000"])
def test_what_no_key_can_prove_causes_no_look_up_of_keys(stripe: Cards, header: str | None) -> None:
    told = {} if header is None else {"stripe-signature": header}
    with pytest.raises(Unauthenticated):
        stripe.webhooks.take("stripe", Delivery(b"{}", told, {"landlord": "semiga"}))
    assert stripe.secrets.asked == 0


def test_an_unknown_provider_is_not_found(demo: Cards) -> None:
    with pytest.raises(NotFound):
        demo.webhooks.take("paypal", demo.told(b"{}", DEMO_KEY))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"schema": "quitus.payment-event/2", "event_id": "e", "landlord_id": "semiga"}',
        b'{"schema": "quitus.payment-event/1", "event_id": "", "landlord_id": "semiga", "source": "psp:demo"}',
        b'{"schema": "quitus.payment-event/1", "event_id": "e", "landlord_id": "@x", "source": "psp:demo"}',
        b'{"schema": "quitus.payment-event/1", "event_id": "e", "landlord_id": "semiga", "source": "bank:x"}',
        b'{"schema": "quitus.checkout-event/1", "event_id": "e", "landlord_id": "semiga", "outcome": "paid"}',
    ],
)
def test_a_signed_text_that_is_no_event_is_refused_and_kept_nowhere(demo: Cards, body: bytes) -> None:
    before = dict(demo.office.table.rows)
    with pytest.raises(Invalid):
        demo.webhooks.take("demo", demo.told(body, DEMO_KEY))
    assert demo.office.table.rows == before
    assert demo.events.sent == []


def test_a_payment_event_of_the_contract_is_posted_as_from_the_queue(demo: Cards) -> None:
    iban = demo.office.get("/v1/leases/L1")["virtual_iban"]
    checkout = demo.start(demo.link())
    event = {
        name: value for name, value in demo_paid(checkout, "B-1").items() if name not in ("checkout_id", "link_id")
    }
    demo.tell_demo(event | {"virtual_iban": iban, "amount_cents": 12345, "means": "instant_transfer"})
    assert demo.post_events() == 1
    assert (demo.payments(), demo.owed()) == ([("posted", 12345)], 32655)


def test_a_wrong_one_is_rejected_as_from_the_queue(demo: Cards) -> None:
    event = demo_paid(demo.start(demo.link()), "B-1") | {"checkout_id": None, "amount_cents": -1}
    demo.tell_demo(event)
    demo.post_events()
    assert (demo.payments(), demo.alerts()) == ([], [("event_rejected", "invalid_event")])


def test_keys_are_rotated_without_a_gap(office: Office) -> None:
    takes_demo(office)
    cards = Cards(office, secrets_of("new", DEMO_KEY))
    checkout = cards.start(cards.link())
    cards.tell_demo(demo_paid(checkout, "pay_1"))
    cards.webhooks.take("demo", cards.told(json.dumps(demo_paid(checkout, "pay_2")).encode(), "new"))
    assert cards.post_events() == 2
    retired = Cards(office, secrets_of("new"))
    with pytest.raises(Unauthenticated):
        retired.tell_demo(demo_paid(checkout, "pay_3"))


def calls_of(told: str) -> int:
    """How many calls of the table, the queue and the log a webhook makes."""
    call = 1
    while True:
        if not _interrupted(told, call, after=False)[1]:
            return call - 1
        call += 1


def _interrupted(told: str, call: int, *, after: bool) -> tuple[Cards, bool]:
    """The story with a process that dies at a call while an event is taken, which is told again later."""
    office = Office().settle_in()
    cards = Cards(office)
    events = story(cards.start(cards.link()))
    chosen = {"paid": events[0], "refund": events[1]}[told]
    others = [event for event in events[:2] if event is not chosen]
    fault = Fault(call, after=after)
    faulty = Cards(office, table=fault.on(office.table))
    events, log = fault.on(cards.events), fault.on(office.outside.action_log.notebook)
    faulty.webhooks = replace(faulty.webhooks, events=events, log=log)
    died = False
    try:
        faulty.tell_stripe(chosen)
    except Killed:
        died = True
    for event in (*others, chosen):
        cards.tell_stripe(event)
    cards.post_events()
    return cards, died


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("told", ["paid", "refund"])
def test_a_process_that_dies_anywhere_loses_and_doubles_nothing(told: str, *, after: bool) -> None:
    calls = calls_of(told)
    assert calls >= 6
    for call in range(1, calls + 1):
        cards, died = _interrupted(told, call, after=after)
        assert died
        assert cards.owed() == 15000, call
        assert cards.payments() == [("posted", 45000)], call
