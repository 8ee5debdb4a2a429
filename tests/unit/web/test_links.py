"""Payment links as people make, see and revoke them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from quitus.adapters import link_keys
from quitus.domain.payment_link import PageState, token_digest

from .office import CHEQUE, RENT, Office

TOKEN = re.compile(r"https://pay\.example\.org/p/([A-Za-z0-9_-]{32})")
LINKS = "/v1/leases/L1/payment-links"


@pytest.fixture
def office() -> Office:
    return Office().settle_in()


def test_a_link_asks_for_all_that_is_open(office: Office) -> None:
    made = office.ask("POST", LINKS, {}, role="collections")
    assert made.status == 201
    assert TOKEN.fullmatch(made.body["url"])
    assert made.body["qr_svg_url"] == made.body["url"] + "/qr.svg"
    assert (made.body["rest_cents"], made.body["due_ids"], made.body["status"]) == (45000, ["nov-L1"], "open")
    assert made.body["expires_at"].startswith("2026-12-05")


def test_nothing_that_is_stored_or_logged_holds_the_token(office: Office) -> None:
    url = office.ask("POST", LINKS, {}, key="k1").body["url"]
    token = url.rpartition("/")[2]
    assert token not in repr(office.table.rows)
    assert token not in repr(office.outside.action_log.actions)
    assert link_keys.token(token_digest(token)) in office.table.rows


def test_the_same_key_gives_the_same_link_and_another_key_another(office: Office) -> None:
    first, again, other = (office.ask("POST", LINKS, {"min_cents": 5000}, key=key).body for key in ("k1", "k1", "k2"))
    assert first == again
    assert other["url"] != first["url"]
    assert [link["link_id"] for link in office.get(LINKS)["items"]] in (
        [first["link_id"], other["link_id"]],
        [other["link_id"], first["link_id"]],
    )
    assert office.ask("POST", LINKS, {"min_cents": 6000}, key="k1").code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amount_cents": 45001}, "amount_above_due"),
        ({"min_cents": 45001}, "min_above_amount"),
        ({"amount_cents": 30000, "min_cents": 30001}, "min_above_amount"),
        ({"due_ids": ["nov-L2"]}, "due_not_of_lease"),
        ({"due_ids": ["nov-L1", "never"]}, "due_not_of_lease"),
        ({"expires_in_days": 0}, "invalid_request"),
        ({"expires_in_days": 367}, "invalid_request"),
        ({"amount_cents": 0}, "invalid_request"),
        ({"due_ids": []}, "invalid_request"),
    ],
)
def test_a_link_that_does_not_fit_the_lease_is_refused(office: Office, body: dict[str, object], code: str) -> None:
    refused = office.ask("POST", LINKS, body)
    assert (refused.status, refused.code) == (422, code)
    assert office.get(LINKS)["items"] == []


def test_a_settled_due_cannot_be_asked_for(office: Office) -> None:
    assert office.ask("POST", "/v1/payments", CHEQUE).status == 201
    assert office.ask("POST", LINKS, {"due_ids": ["nov-L1"]}).code == "due_not_open"


def test_a_link_is_paid_by_whatever_means(office: Office) -> None:
    link = office.ask("POST", LINKS, {"amount_cents": 30000}).body
    assert office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 10000}).status == 201
    assert _link(office, link["link_id"]) == ("open", 20000)
    assert office.ask("POST", "/v1/payments", CHEQUE | {"amount_cents": 25000}).status == 201
    assert _link(office, link["link_id"]) == ("paid", 0)


def test_a_payment_that_comes_back_makes_the_link_ask_again(office: Office) -> None:
    link = office.ask("POST", LINKS, {}).body
    cheque = office.ask("POST", "/v1/payments", CHEQUE).body
    assert _link(office, link["link_id"]) == ("paid", 0)
    taken_back = {"reason": "unpaid", "reversed_on": "2026-11-05"}
    assert office.ask("POST", f"/v1/payments/{cheque['payment_id']}/reverse", taken_back).status == 200
    assert _link(office, link["link_id"]) == ("open", 45000)


def test_a_link_of_a_lease_that_owes_nothing_is_not_paid(office: Office) -> None:
    assert office.ask("POST", "/v1/payments", CHEQUE).status == 201
    link = office.ask("POST", LINKS, {}).body
    assert (link["status"], link["rest_cents"], link["due_ids"]) == ("open", 0, [])


def test_links_end_on_their_day(office: Office) -> None:
    link = office.ask("POST", LINKS, {"expires_in_days": 2}).body
    office.clock.instant += timedelta(days=2)
    assert _link(office, link["link_id"])[0] == "expired"


def test_a_link_is_revoked_once_and_for_all(office: Office) -> None:
    link = office.ask("POST", LINKS, {}).body
    path = f"/v1/payment-links/{link['link_id']}"
    assert [office.ask("DELETE", path, role="collections").status for _ in range(2)] == [204, 204]
    assert office.get(path)["revoked_by"] == "sub-collections"
    assert [one["link_id"] for one in office.get(LINKS, query={"status": "revoked"})["items"]] == [link["link_id"]]
    assert office.get(LINKS, query={"status": "open"})["items"] == []
    acts = [act["action"] for act in office.get("/v1/audit")["items"]]
    assert acts.count("revoke_link") == acts.count("make_link") == 1


def test_links_of_others_are_unknown(office: Office) -> None:
    link = office.ask("POST", LINKS, {}).body
    office.settle_in("habitat")
    for method in ("GET", "DELETE"):
        refused = office.ask(method, f"/v1/payment-links/{link['link_id']}", landlord="habitat")
        assert (refused.status, refused.code) == (404, "payment_link_not_found")
    assert office.get(f"/v1/payment-links/{link['link_id']}")["status"] == "open"


def test_a_lease_that_nobody_knows_has_no_links(office: Office) -> None:
    for method in ("GET", "POST"):
        assert office.ask(method, "/v1/leases/nobody/payment-links", {}).code == "lease_not_found"


def test_of_a_plan_of_which_nothing_is_due_nothing_is_asked(office: Office) -> None:
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT | {"amount_cents": 0}).status == 200
    debt = RENT | {"period": "2026-06", "due_date": "2026-06-10", "amount_cents": 96_000}
    assert office.ask("PUT", "/v1/leases/L1/dues/debt", debt).status == 201
    instalments = [{"due_date": day, "amount_cents": 48_000} for day in ("2026-12-10", "2027-01-10")]
    plan = {"instalments": instalments, "due_ids": ["debt"], "version": None}
    assert office.ask("PUT", "/v1/leases/L1/plan", plan).status == 201
    link = office.ask("POST", LINKS, {}).body
    assert (link["rest_cents"], link["amount_cents"], link["status"]) == (0, 0, "open")


def test_a_link_whose_due_was_cancelled_was_paid_by_nobody(office: Office) -> None:
    link = office.ask("POST", LINKS, {"due_ids": ["nov-L1"]}).body
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT | {"amount_cents": 0}).status == 200
    assert _link(office, link["link_id"]) == ("open", 0)
    assert office.get(LINKS, query={"status": "paid"})["items"] == []


@pytest.mark.parametrize(
    ("body", "called_before", "called_after", "rest_cents"),
    [
        ({}, 45_000, 40_000, 40_000),
        ({"amount_cents": 10_000}, 45_000, 35_000, 10_000),
        ({"amount_cents": 45_000}, 45_000, 60_000, 45_000),
        ({}, 45_000, 60_000, 60_000),
    ],
)
def test_what_the_erp_changes_of_a_due_is_paid_by_nobody(
    office: Office, body: dict[str, object], called_before: int, called_after: int, rest_cents: int
) -> None:
    link = office.ask("POST", LINKS, body).body["link_id"]
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT | {"amount_cents": called_after}).status == 200
    assert (_link(office, link), _state(office, link)) == (("open", rest_cents), PageState.DUE)
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT | {"amount_cents": called_before}).status == 200
    assert _state(office, link) is PageState.DUE


def test_a_link_for_an_amount_is_paid_by_it_though_more_is_called_later(office: Office) -> None:
    link = office.ask("POST", LINKS, {"amount_cents": 45_000}).body["link_id"]
    office.rent(45_000)
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT | {"amount_cents": 50_000}).status == 200
    assert (_link(office, link), _state(office, link)) == (("paid", 0), PageState.PAID)


def test_another_due_that_is_lowered_pays_nothing_of_the_amount(office: Office) -> None:
    december = RENT | {"period": "2026-12", "due_date": "2026-12-10"}
    assert office.ask("PUT", "/v1/leases/L1/dues/dec-L1", december).status == 201
    link = office.ask("POST", LINKS, {"amount_cents": 45_000}).body["link_id"]
    assert office.ask("PUT", "/v1/leases/L1/dues/dec-L1", december | {"amount_cents": 20_000}).status == 200
    assert (_link(office, link), _state(office, link)) == (("open", 45_000), PageState.DUE)


def test_what_was_paid_before_the_due_is_lowered_counts(office: Office) -> None:
    office.rent(10_000)
    link = office.ask("POST", LINKS, {}).body["link_id"]
    assert office.ask("PUT", "/v1/leases/L1/dues/nov-L1", RENT | {"amount_cents": 40_000}).status == 200
    assert (_link(office, link), _state(office, link)) == (("open", 30_000), PageState.DUE)
    office.rent(5_000)
    assert (_link(office, link), _state(office, link)) == (("open", 25_000), PageState.PARTLY_PAID)
    office.rent(25_000)
    assert (_link(office, link), _state(office, link)) == (("paid", 0), PageState.PAID)


def _state(office: Office, link_id: str) -> PageState:
    return office.desk.links.one("semiga", link_id).asked.state


def _link(office: Office, link_id: str) -> tuple[str, int]:
    found = office.get(f"/v1/payment-links/{link_id}")
    return found["status"], found["rest_cents"]


def test_a_link_for_all_leaves_out_what_is_time_barred_and_what_a_plan_asks_later(office: Office) -> None:
    barred = {"kind": "rent", "period": "2020-01", "due_date": "2020-01-10", "amount_cents": 40_000}
    assert office.ask("PUT", "/v1/leases/L1/dues/old", barred).status == 201
    assert office.ask("POST", LINKS, {}).body["due_ids"] == ["nov-L1"]
    chosen = office.ask("POST", LINKS, {"due_ids": ["old"]}).body
    assert (chosen["due_ids"], chosen["rest_cents"]) == (["old"], 40_000)
    debt = {"kind": "rent", "period": "2026-09", "due_date": "2026-10-10", "amount_cents": 96_000}
    assert office.ask("PUT", "/v1/leases/L2/dues/debt", debt).status == 201
    instalments = [{"due_date": day, "amount_cents": 48_000} for day in ("2026-11-05", "2026-12-05")]
    plan = {"instalments": instalments, "due_ids": ["debt"], "version": None}
    assert office.ask("PUT", "/v1/leases/L2/plan", plan).status == 201
    link = office.ask("POST", "/v1/leases/L2/payment-links", {}).body
    assert link["rest_cents"] == 45_000 + 48_000
