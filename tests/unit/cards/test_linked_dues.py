"""A link's own payment settles what the link asks for, whatever else the household owes; a plain transfer may not."""

from __future__ import annotations

from typing import Any

import pytest
from unit.cards.scenes import Cards, demo_paid, takes_demo
from unit.web.office import LEASE, RENT, Office


@pytest.fixture
def cards() -> Cards:
    office = Office().settle_in()
    takes_demo(office)
    return Cards(office)


def call(cards: Cards, lease_id: str, due_id: str, **changes: Any) -> None:
    """The ERP calls a due."""
    assert cards.office.ask("PUT", f"/v1/leases/{lease_id}/dues/{due_id}", RENT | changes).status == 201


def let_a_parking(cards: Cards) -> None:
    """The tenant of L1 rents the parking P1 too, in one account group."""
    assert cards.office.ask("PUT", "/v1/leases/L1", LEASE | {"account_group": "G"}).status == 200
    parking = LEASE | {"unit_kind": "parking", "account_group": "G"}
    assert cards.office.ask("PUT", "/v1/leases/P1", parking).status == 201
    call(cards, "P1", "park", kind="annex", amount_cents=4_500)
    cards.office.follow()


def a_link(cards: Cards, lease_id: str, **body: Any) -> tuple[str, str]:
    """The id and the token of a new link."""
    made = cards.office.ask("POST", f"/v1/leases/{lease_id}/payment-links", body).body
    return made["link_id"], made["url"].rpartition("/")[2]


def pay_by_card(cards: Cards, token: str) -> None:
    checkout = cards.start(token)
    cards.tell_demo(demo_paid(checkout, f"pay_{checkout.checkout_id}"))
    cards.post_events()


def standing(cards: Cards, link_id: str) -> tuple[str, int]:
    link = cards.office.get(f"/v1/payment-links/{link_id}")
    return link["status"], link["rest_cents"]


def balances(cards: Cards) -> list[int]:
    return [cards.office.get(f"/v1/leases/{lease_id}")["balance_cents"] for lease_id in ("L1", "P1")]


@pytest.mark.parametrize("body", [{}, {"due_ids": ["park"]}, {"amount_cents": 4_500}])
def test_a_parking_s_link_pays_the_parking_not_the_dwelling(cards: Cards, body: dict[str, Any]) -> None:
    let_a_parking(cards)
    link_id, token = a_link(cards, "P1", **body)
    pay_by_card(cards, token)
    assert standing(cards, link_id) == ("paid", 0)
    assert balances(cards) == [45_000, 0]


def test_a_plain_transfer_would_pay_the_dwelling_first_and_the_parking_s_link_says_so(cards: Cards) -> None:
    let_a_parking(cards)
    link_id, token = a_link(cards, "P1")
    assert not cards.view(token).asked.by_transfer
    assert cards.view(a_link(cards, "L1")[1]).asked.by_transfer
    cards.office.rent(4_500, "P1")
    assert (standing(cards, link_id), balances(cards)) == (("open", 4_500), [40_500, 4_500])
    cards.office.rent(40_500, "L1")
    assert cards.view(token).asked.by_transfer


def test_a_link_pays_what_it_asked_for_not_what_was_called_since(cards: Cards) -> None:
    link_id, token = a_link(cards, "L1")
    call(cards, "L1", "back", kind="charges", due_date="2026-10-10", amount_cents=8_000)
    assert not cards.view(token).asked.by_transfer
    pay_by_card(cards, token)
    assert (standing(cards, link_id), cards.owed()) == (("paid", 0), 8_000)


def test_what_a_plan_asks_for_goes_where_the_plan_has_it_by_card_and_by_transfer(cards: Cards) -> None:
    call(cards, "L1", "debt", period="2026-06", due_date="2026-06-10", amount_cents=96_000)
    instalments = [{"due_date": day, "amount_cents": 48_000} for day in ("2026-11-05", "2027-01-10")]
    plan = {"instalments": instalments, "due_ids": ["debt"], "version": None}
    assert cards.office.ask("PUT", "/v1/leases/L1/plan", plan).status == 201
    _, token = a_link(cards, "L1")
    assert (cards.view(token).asked.rest_cents, cards.view(token).asked.by_transfer) == (93_000, True)
    checkout = cards.start(token, 50_000)
    cards.tell_demo(demo_paid(checkout, "pay_1"))
    cards.post_events()
    open_now = {due["due_id"]: due["open_cents"] for due in cards.office.get("/v1/leases/L1")["dues"]}
    assert open_now == {"nov-L1": 0, "debt": 91_000}
