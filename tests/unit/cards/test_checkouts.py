"""Card payments begun on a page: once, for what is asked, by whoever takes the landlord's cards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from faults import InterruptedTable
from unit.cards.scenes import PAGE, Cards, demo_ended, demo_paid, takes_demo
from unit.web.office import CHEQUE, LANDLORD, RENT, Office

from quitus.domain.checkout import Checkout, CheckoutStatus, Progress, parse_checkout_id
from quitus.domain.errors import Conflict, Invalid, ProviderRefusal, Unavailable
from quitus.services.card_providers import HostedSession, ProviderBusy, ProviderFailed
from quitus.services.checkouts import CheckoutWish


@pytest.fixture
def cards() -> Cards:
    office = Office().settle_in()
    takes_demo(office)
    return Cards(office)


def test_all_that_is_left_is_asked_unless_told(cards: Cards) -> None:
    token = cards.link()
    assert cards.start(token).amount_cents == 45000
    assert cards.start(token, 30000).amount_cents == 30000


def test_amount_lease_and_account_are_the_records_and_the_provider_is_asked_under_its_name(cards: Cards) -> None:
    checkout = cards.start(cards.link(), 30000)
    (asked,) = cards.demo.opened.values()
    assert (asked[1].amount_cents, asked[1].lease_id) == (30000, "L1")
    assert asked[1].account_iban == LANDLORD["bank_accounts"][0]["iban"]
    assert list(cards.demo.opened) == [checkout.checkout_id]
    assert parse_checkout_id(checkout.checkout_id) == (checkout.link_id, 1)
    assert checkout.url == "https://cards.example.org/pay/cs_1"


def test_a_double_click_leads_to_one_payment(cards: Cards) -> None:
    token = cards.link()
    first, second = cards.start(token), cards.start(token)
    assert (first.url, cards.demo.calls) == (second.url, 1)


@pytest.mark.parametrize("call", range(1, 6))
def test_two_clicks_at_once_lead_to_one_payment(cards: Cards, call: int) -> None:
    token, others = cards.link(), list[Checkout]()
    view = cards.view(token)
    table = InterruptedTable(cards.office.table, call, lambda: others.append(cards.start(token)))
    racing = Cards(cards.office, table=table)
    racing.demo.opened = cards.demo.opened
    mine = racing.desk.start(view.landlord, view.link, view.asked, CheckoutWish(None, "fr", PAGE))
    assert [one.url for one in others] == [mine.url]
    assert len(cards.demo.opened) == 1


def test_one_that_comes_again_later_or_after_a_failure_makes_another(cards: Cards) -> None:
    token = cards.link()
    first = cards.start(token)
    cards.office.clock.instant += timedelta(minutes=10)
    second = cards.start(token)
    cards.tell_demo(demo_ended(second, "failed"))
    third = cards.start(token)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert len({one.url for one in (first, second, third)}) == 3


def test_a_provider_that_did_not_answer_is_asked_again_for_the_same(cards: Cards) -> None:
    token = cards.link()
    cards.demo.failure = Unavailable("card_provider_unavailable", "Away.")
    with pytest.raises(Unavailable):
        cards.start(token)
    cards.demo.failure = None
    assert cards.start(token).number == 1
    assert cards.alerts() == []


@pytest.mark.parametrize("failure", [ProviderFailed("failed", "Broken."), ProviderRefusal("refused", "No.")])
def test_what_a_provider_answered_without_a_page_is_over_and_the_next_one_has_another_name(
    cards: Cards, failure: Exception
) -> None:
    token = cards.link()
    cards.demo.failure = failure
    with pytest.raises(type(failure)):
        cards.start(token)
    cards.demo.failure = None
    assert progress(cards, token) is None
    assert cards.start(token).number == 2


def test_a_provider_that_is_busy_with_another_tab_is_waited_for(cards: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    token, opening = cards.link(), cards.demo.open

    def busy(*asked: Any) -> HostedSession:
        if cards.demo.calls < 3:
            cards.demo.calls += 1
            raise ProviderBusy("busy", "Wait.")
        return opening(*asked)

    monkeypatch.setattr(cards.demo, "open", busy)
    assert cards.start(token).url == "https://cards.example.org/pay/cs_1"


def test_the_other_tabs_page_is_taken_as_soon_as_it_is_known(cards: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    token, others = cards.link(), list[Checkout]()
    racing = Cards(cards.office)
    racing.demo.opened = cards.demo.opened

    def busy(*_: Any) -> HostedSession:
        others.append(cards.start(token))
        raise ProviderBusy("busy", "Wait.")

    monkeypatch.setattr(racing.demo, "open", busy)
    assert racing.start(token).url == "https://cards.example.org/pay/cs_1"
    assert (len(others), len(cards.demo.opened)) == (1, 1)


def test_a_provider_that_stays_busy_is_given_up_and_asked_for_the_same_later(cards: Cards) -> None:
    token = cards.link()
    cards.demo.failure = ProviderBusy("busy", "Wait.")
    with pytest.raises(Unavailable):
        cards.start(token)
    assert cards.demo.calls == 8
    cards.demo.failure = None
    assert cards.start(token).number == 1


def test_a_provider_that_refuses_is_the_landlords_business(cards: Cards) -> None:
    token = cards.link()
    cards.demo.failure = ProviderRefusal("card_provider_refused", "No.", status=401, provider_code="bad_api_key")
    with pytest.raises(ProviderRefusal):
        cards.start(token)
    assert [kind for kind, _ in cards.alerts()] == ["card_provider_refuses"]
    cards.demo.failure = None
    cards.start(token)
    assert cards.alerts() == []


@pytest.mark.parametrize("cents", [45001, 99, 0, -30000])
def test_no_other_amount_than_the_link_allows(cards: Cards, cents: int) -> None:
    with pytest.raises(Invalid, match="less than the link allows, or more than is left"):
        cards.start(cards.link(), cents)
    assert cards.demo.calls == 0


def test_cards_take_no_cents(cards: Cards) -> None:
    token = cards.link()
    cards.office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 44970})
    with pytest.raises(Invalid) as refused:
        cards.start(token)
    assert refused.value.code == "amount_not_for_cards"


def test_a_paid_link_and_one_that_asks_for_nothing_take_no_card(cards: Cards) -> None:
    token = cards.link()
    cards.office.ask("POST", "/v1/payments", CHEQUE)
    with pytest.raises(Conflict) as paid:
        cards.start(token)
    with pytest.raises(Conflict) as nothing:
        cards.start(cards.link())
    assert (paid.value.code, nothing.value.code) == ("link_paid", "nothing_due")
    assert cards.demo.calls == 0


def test_the_landlord_says_who_takes_its_cards_and_where_they_are_paid_out(cards: Cards) -> None:
    other = {"iban": "FR7630004000031234567890143", "bic": "BNPAFRPP", "profile": "default"}
    accounts = [*LANDLORD["bank_accounts"], other]
    settings = LANDLORD | {"bank_accounts": accounts, "card_provider": "stripe", "card_account_iban": other["iban"]}
    assert cards.office.ask("PUT", "/v1/landlords/semiga", settings).body["card_account_iban"] == other["iban"]
    checkout = cards.start(cards.link())
    assert (checkout.provider, checkout.account_iban) == ("stripe", other["iban"])
    assert (cards.stripe.calls, cards.demo.calls) == (1, 0)


def test_cards_are_paid_out_to_an_account_of_the_landlord_only(cards: Cards) -> None:
    stranger = {"card_account_iban": "FR7630004000031234567890143"}
    refused = cards.office.ask("PUT", "/v1/landlords/semiga", LANDLORD | stranger)
    assert (refused.status, refused.code) == (422, "invalid_request")
    assert cards.office.ask("PUT", "/v1/landlords/semiga", LANDLORD | {"card_provider": "paypal"}).status == 422


def test_where_nobody_takes_cards_there_is_no_button(cards: Cards) -> None:
    view = cards.view(cards.link())
    bare = Cards(cards.office)
    bare.connections.providers.clear()
    assert bare.desk.provider_of(view.landlord) is None
    with pytest.raises(Conflict) as refused:
        bare.start(cards.link())
    assert refused.value.code == "card_unavailable"


def test_the_page_says_how_the_payment_goes_on(cards: Cards) -> None:
    token = cards.link()
    assert progress(cards, token) is None
    checkout = cards.start(token)
    assert progress(cards, token, back=False) is None
    assert progress(cards, token) is Progress.RUNNING
    cards.tell_demo(demo_ended(checkout, "failed"))
    assert progress(cards, token) is Progress.FAILED
    checkout = cards.start(token)
    cards.tell_demo(demo_paid(checkout, "pay_1"))
    assert progress(cards, token, back=False) is Progress.RUNNING
    cards.post_events()
    assert progress(cards, token) is None
    assert (cards.owed(), cards.payments()) == (0, [("posted", 45000)])


def test_nobody_pays_twice_while_the_first_payment_is_being_recorded(cards: Cards) -> None:
    token = cards.link()
    cards.tell_demo(demo_paid(cards.start(token, 30000), "pay_1"))
    for cents in (30000, 15000, None):
        with pytest.raises(Conflict) as refused:
            cards.start(token, cents)
        assert refused.value.code == "payment_in_progress"
    cards.post_events()
    assert cards.start(token).amount_cents == 15000


def test_one_that_is_recorded_and_then_charged_back_is_not_awaited_again(cards: Cards) -> None:
    token = cards.link()
    checkout = cards.start(token)
    cards.tell_demo(demo_paid(checkout, "pay_1"))
    cards.post_events()
    cards.tell_demo(demo_paid(checkout, "dp_1", kind="chargeback", original_reference="pay_1"))
    cards.post_events()
    assert progress(cards, token) is None
    assert cards.start(token).number == 2


def test_a_transfer_that_comes_meanwhile_does_not_hide_a_card_payment_that_is_being_recorded(cards: Cards) -> None:
    token = cards.link()
    cards.tell_demo(demo_paid(cards.start(token, 30000), "pay_1"))
    cards.office.rent(10000)
    assert progress(cards, token) is Progress.RUNNING
    cards.post_events()
    assert progress(cards, token) is None


def test_a_failure_is_told_no_more_once_money_came_by_other_means(cards: Cards) -> None:
    token = cards.link()
    cards.tell_demo(demo_ended(cards.start(token), "failed"))
    assert progress(cards, token) is Progress.FAILED
    cards.office.rent(10000)
    assert progress(cards, token) is None


def test_what_began_an_hour_ago_is_told_of_no_more(cards: Cards) -> None:
    token = cards.link()
    cards.start(token)
    cards.office.clock.instant += timedelta(hours=1)
    assert progress(cards, token) is None


@pytest.mark.parametrize("passed", [timedelta(hours=1), timedelta(days=13)])
def test_a_payment_whose_event_waits_is_awaited_however_long_ago_it_began(cards: Cards, passed: timedelta) -> None:
    token = cards.link()
    cards.tell_demo(demo_paid(cards.start(token), "pay_1"))
    cards.office.clock.instant += passed
    with pytest.raises(Conflict):
        cards.start(token)
    cards.post_events()
    assert (progress(cards, token), cards.owed()) == (None, 0)


def test_what_is_not_recorded_after_two_weeks_was_refused_and_is_awaited_no_more(cards: Cards) -> None:
    token = cards.link()
    cards.tell_demo(demo_paid(cards.start(token), "pay_1"))
    cards.office.clock.instant += timedelta(days=14)
    assert progress(cards, token) is None


def test_a_payment_on_an_earlier_hosted_page_is_awaited_too(cards: Cards) -> None:
    token = cards.link()
    first, _, last = cards.start(token, 30000), cards.start(token, 20000), cards.start(token, 10000)
    cards.tell_demo(demo_ended(last, "failed"))
    cards.tell_demo(demo_paid(first, "pay_1"))
    assert progress(cards, token, back=False) is Progress.RUNNING
    with pytest.raises(Conflict):
        cards.start(token)
    cards.post_events()
    assert cards.start(token).amount_cents == 15000


def test_of_a_links_hosted_pages_only_the_last_takes_money(cards: Cards) -> None:
    token = cards.link()
    first = cards.start(token, 30000)
    assert cards.demo.closed == []
    second = cards.start(token, 20000)
    assert cards.demo.closed == [first.checkout_id]
    held = cards.desk.checkouts.find("semiga", first.link_id, first.number)
    assert held is not None
    assert held.status is CheckoutStatus.EXPIRED
    cards.office.clock.instant += timedelta(minutes=10)
    cards.start(token, 20000)
    assert cards.demo.closed == [first.checkout_id, second.checkout_id]


def test_of_the_same_dues_two_links_do_not_take_more_than_is_left(cards: Cards) -> None:
    one, other = cards.link(), cards.link(due_ids=["nov-L1"])
    first = cards.start(one)
    cards.start(other)
    assert cards.demo.closed == [first.checkout_id]
    cards.demo.taken.add("cs_2")
    with pytest.raises(Conflict) as refused:
        cards.start(one)
    assert refused.value.code == "payment_in_progress"


def test_a_payment_by_another_link_is_waited_for(cards: Cards) -> None:
    one, other = cards.link(), cards.link()
    cards.tell_demo(demo_paid(cards.start(one), "pay_1"))
    with pytest.raises(Conflict) as refused:
        cards.start(other)
    assert refused.value.code == "payment_in_progress"
    cards.post_events()
    with pytest.raises(Conflict) as refused:
        cards.start(other)
    assert (refused.value.code, cards.owed()) == ("link_paid", 0)


def test_parts_that_fit_together_are_paid_side_by_side(cards: Cards) -> None:
    one, other = cards.link(), cards.link()
    first, second = cards.start(one, 25_000), cards.start(other, 20_000)
    assert cards.demo.closed == []
    for checkout, name in ((first, "pay_1"), (second, "pay_2")):
        cards.tell_demo(demo_paid(checkout, name))
    cards.post_events()
    assert (cards.owed(), len(cards.payments())) == (0, 2)


def test_parts_that_do_not_fit_together_with_all_others_wait_or_end_the_oldest(cards: Cards) -> None:
    tokens = list[str]()
    for _ in range(3):
        cards.office.clock.instant += timedelta(seconds=1)
        tokens.append(cards.link())
    begun = [cards.start(token, 20_000) for token in tokens]
    assert cards.demo.closed == [begun[0].checkout_id]
    for checkout, name in ((begun[1], "pay_1"), (begun[2], "pay_2")):
        cards.tell_demo(demo_paid(checkout, name))
    with pytest.raises(Conflict) as refused:
        cards.start(tokens[0], 20_000)
    assert refused.value.code == "payment_in_progress"
    cards.post_events()
    assert cards.start(tokens[0], 5_000).amount_cents == 5_000
    assert cards.owed() == 5_000


def test_links_that_overlap_take_what_is_left_of_both(cards: Cards) -> None:
    december = RENT | {"period": "2026-12", "due_date": "2026-12-10"}
    assert cards.office.ask("PUT", "/v1/leases/L1/dues/dec-L1", december).status == 201
    both, one = cards.link(due_ids=["nov-L1", "dec-L1"]), cards.link(due_ids=["dec-L1"])
    first = cards.start(both, 45_000)
    cards.start(one, 45_000)
    assert cards.demo.closed == []
    cards.start(both, 90_000)
    assert {*cards.demo.closed} == {first.checkout_id, f"{cards.view(one).link.link_id}-1"}


def test_what_was_paid_since_the_page_was_read_is_not_paid_again(cards: Cards) -> None:
    token, other = cards.link(), cards.link()
    view = cards.view(token)
    cards.tell_demo(demo_paid(cards.start(other), "pay_1"))
    cards.post_events()
    with pytest.raises(Conflict) as refused:
        cards.desk.start(view.landlord, view.link, view.asked, CheckoutWish(None, "fr", PAGE))
    assert (refused.value.code, cards.owed()) == ("payment_in_progress", 0)


def test_links_for_other_dues_do_not_meet(cards: Cards) -> None:
    december = RENT | {"period": "2026-12", "due_date": "2026-12-10"}
    assert cards.office.ask("PUT", "/v1/leases/L1/dues/dec-L1", december).status == 201
    cards.start(cards.link(due_ids=["nov-L1"]))
    cards.start(cards.link(due_ids=["dec-L1"]))
    assert cards.demo.closed == []


@pytest.mark.parametrize("call", range(1, 7))
def test_two_who_begin_at_once_are_both_logged(cards: Cards, call: int) -> None:
    token = cards.link()
    view, others = cards.view(token), list[Checkout]()
    table = InterruptedTable(cards.office.table, call, lambda: others.append(cards.start(token, 20_000)))
    racing = Cards(cards.office, table=table)
    racing.demo.opened = cards.demo.opened
    mine = racing.desk.start(view.landlord, view.link, view.asked, CheckoutWish(45_000, "fr", PAGE))
    kept = {(one.checkout_id, one.amount_cents) for one in (*others, mine)}
    actions = cards.office.outside.action_log.actions.items()
    logged = {(body["checkout_id"], body["amount_cents"]) for (_, kind, _), body in actions if kind == "checkouts"}
    assert (len(others), kept <= logged) == (1, True)


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(hours=2)])
def test_no_other_is_begun_once_the_provider_says_that_one_was_paid(cards: Cards, passed: timedelta) -> None:
    token = cards.link()
    first = cards.start(token, 30000)
    cards.demo.taken.add(first.session_id or "")
    cards.office.clock.instant += passed
    with pytest.raises(Conflict) as refused:
        cards.start(token, 20000)
    assert (refused.value.code, len(cards.demo.opened)) == ("payment_in_progress", 1)
    cards.tell_demo(demo_paid(first, "pay_1"))
    cards.post_events()
    assert cards.start(token).amount_cents == 15000


def test_a_provider_that_does_not_say_whether_one_is_ended_opens_no_other(cards: Cards) -> None:
    token = cards.link()
    cards.start(token, 30000)
    cards.demo.failure = Unavailable("away", "Away.")
    with pytest.raises(Unavailable):
        cards.start(token, 20000)
    cards.demo.failure = None
    assert cards.start(token, 20000).number == 2


def test_one_that_its_provider_knows_no_more_does_not_keep_another_from_being_begun(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = cards.link()
    cards.start(token, 30000)

    def unknown(*_: Any) -> bool:
        raise ProviderRefusal("card_provider_refused", "No such session.", status=404)

    monkeypatch.setattr(cards.demo, "close", unknown)
    assert cards.start(token, 20000).number == 2


def progress(cards: Cards, token: str, *, back: bool = True) -> Progress | None:
    view = cards.view(token)
    return cards.desk.progress(view.landlord, view.link, view.asked, back=back)


def test_what_failed_may_still_be_paid_and_what_is_paid_fails_no_more(cards: Cards) -> None:
    checkout = cards.start(cards.link())
    cards.tell_demo(demo_ended(checkout, "expired"))
    cards.tell_demo(demo_paid(checkout, "pay_1"))
    cards.tell_demo(demo_ended(checkout, "failed"))
    held = cards.desk.checkouts.find("semiga", checkout.link_id, checkout.number)
    assert held is not None
    assert (held.status, held.reference) == (CheckoutStatus.PAID, "pay_1")


def test_ids_that_are_none_lead_nowhere() -> None:
    for text in (None, "", "-1", "a", "a-0", "a-01", "a-1-2", "a-1\n", "a#b-1", "é-1", f"{'a' * 65}-1", "a-1234567"):
        assert parse_checkout_id(text) is None
