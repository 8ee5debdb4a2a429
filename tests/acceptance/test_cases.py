"""The acceptance cases of sector.md §7 that are about allocation and charging, with their own numbers."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case
from acceptance.words import Words
from builders import a_virtual_iban
from unit.cards.scenes import Cards, demo_paid, takes_demo

from quitus.domain.errors import Conflict
from quitus.domain.money import format_euros


def differences(month: dict[str, Any]) -> dict[str, str]:
    return {one["party_id"]: format_euros(one["difference_cents"]) for one in month["parties"]}


def borne(month: dict[str, Any]) -> dict[str, str]:
    return {one["party_id"]: format_euros(one["share_cents"]) for one in month["parties"]}


def test_case_01_three_co_tenants(case: Words) -> None:
    case.let()
    case.parties(("A", "40"), ("B", "35"), ("C", "25"))
    case.call("nov", "rent", "2026-11-10", "900.00")
    parts = [
        case.receive(euros, debtor_name=name) for euros, name in (("360.00", "A"), ("300.00", "B"), ("225.00", "C"))
    ]
    assert [case.settled(paid) for paid in parts] == [{"nov": "360.00"}, {"nov": "300.00"}, {"nov": "225.00"}]
    assert case.still_open() == {"nov": "15.00"}
    (month,) = case.shares("2026-11-05")["months"]
    assert borne(month) == {"A": "360.00", "B": "315.00", "C": "225.00"}
    assert differences(month) == {"A": "0.00", "B": "-15.00", "C": "0.00"}
    assert (len(month["payments"]), month["is_settled"]) == (3, False)
    case.receive("15.00", debtor_name="B")
    (month,) = case.shares("2026-11-05")["months"]
    assert (set(differences(month).values()), month["is_settled"], case.balance()) == ({"0.00"}, True, "0.00")


def test_case_01_without_names_the_amounts_tell(case: Words) -> None:
    case.let()
    case.parties(("A", "40"), ("B", "35"), ("C", "25"))
    case.call("nov", "rent", "2026-11-10", "900.00")
    for euros in ("360.00", "225.00", "300.00"):
        case.receive(euros)
    (month,) = case.shares("2026-11-05")["months"]
    assert differences(month) == {"A": "0.00", "B": "-15.00", "C": "0.00"}
    assert [item["basis"] for item in month["payments"]] == ["amount", "amount", "rest"]


def test_case_02_share_rounding(case: Words) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "1000.00")
    for thirds in (("", "", ""), ("33.33", "33.33", "33.33"), ("33.34", "33.33", "33.33")):
        case.parties(*zip("ABC", thirds, strict=True))
        (month,) = case.shares("2026-11-05")["months"]
        assert borne(month) == {"A": "333.34", "B": "333.33", "C": "333.33"}


def test_case_02_replacing_one_of_four_keeps_the_other_three() -> None:
    case = Case(today="2026-10-05")
    case.let()
    case.parties(("A", "40"), ("B", "30"), ("C", "20"))
    case.parties(("D", "10"), to_date="2026-10-31")
    case.parties(("E", ""), from_date="2026-11-01")
    case.call("oct", "rent", "2026-10-10", "1000.00")
    case.call("nov", "rent", "2026-11-10", "1000.00")
    october, november = case.shares("2026-11-05")["months"]
    assert borne(october) == {"A": "400.00", "B": "300.00", "C": "200.00", "D": "100.00"}
    assert borne(november) == {"A": "400.00", "B": "300.00", "C": "200.00", "E": "100.00"}
    case.parties(("A", ""), ("B", ""), ("C", ""), ("E", ""))
    assert case.shares("2026-11-05")["months"] == [october, november]


def test_case_03_late_payment_after_a_tenant_change(case: Words) -> None:
    case.let("L1", status="ended", end_date="2026-03-31")
    case.let("L2", start_date="2026-04-01", holder_name="Noé Blanc")
    case.call("mar", "rent", "2026-03-10", "120.00")
    case.call("apr", "rent", "2026-04-10", "400.00", lease_id="L2")
    paid = case.receive("500.00", "2026-04-04")
    assert case.settled(paid) == {"mar": "120.00"}
    assert (case.balance("L1"), case.credit("L1")) == ("-380.00", "380.00")
    assert case.balance("L2") == "400.00"
    assert ("payment_on_ended_lease", paid) in case.alerts()
    case.holds("L1", "L2")


def test_case_05_aid_short(case: Words) -> None:
    case.let()
    case.call("rent", "rent", "2026-11-10", "420.00")
    case.call("charges", "charges", "2026-11-10", "80.00")
    case.call("rls", "aid_rls", "2026-11-10", "-38.00")
    case.call("apl", "aid_apl", "2026-11-10", "-190.00")
    assert (case.balance(), case.aid_open()) == ("272.00", "190.00")
    paid = case.receive("150.00", "2026-11-25", means="caf")
    assert case.settled(paid) == {"apl": "150.00"}
    assert (case.balance(), case.aid_open()) == ("272.00", "40.00")
    aid = next(due for due in case.lease()["dues"] if due["due_id"] == "apl")
    assert (aid["open_cents"], aid["aid_open_cents"]) == (0, 4000)
    case.receive("272.00", "2026-11-26")
    assert (case.balance(), case.aid_open()) == ("0.00", "40.00")
    case.holds()


def test_case_09_a_cheque_settles_at_once_and_waits_in_511_for_its_bank_line() -> None:
    case = Case(today="2026-04-03")
    case.let()
    case.call("apr", "rent", "2026-04-10", "380.00")
    paid = case.record("380.00", "cheque", "2026-04-02", reference="0001234")
    assert (case.settled(paid), case.balance()) == ({"apr": "380.00"}, "0.00")
    (entry,) = case.entries()
    assert [(line["account"], line["debit_cents"], line["credit_cents"]) for line in entry["lines"]] == [
        ("511", 38000, 0),
        ("411", 0, 38000),
    ]
    case.holds()


def test_case_10_part_payment_without_label(case: Words) -> None:
    case.let()
    for due_id, due_date in (("jan", "2026-01-10"), ("feb", "2026-02-10"), ("mar", "2026-03-10")):
        case.call(due_id, "rent", due_date, "400.00")
    case.receive("250.00", "2026-01-12")
    paid = case.receive("600.00", "2026-03-15")
    assert case.settled(paid) == {"jan": "150.00", "feb": "400.00", "mar": "50.00"}
    assert case.still_open() == {"mar": "350.00"}
    case.holds()


def test_case_10_part_payment_with_a_target(case: Words) -> None:
    case.let()
    for due_id, due_date in (("jan", "2026-01-10"), ("feb", "2026-02-10"), ("mar", "2026-03-10")):
        case.call(due_id, "rent", due_date, "400.00")
    case.receive("250.00", "2026-01-12")
    paid = case.receive("600.00", "2026-03-15", due_ids=("mar",))
    assert case.settled(paid) == {"mar": "400.00", "jan": "150.00", "feb": "50.00"}
    assert case.rules(paid) == ["target", "oldest_due", "oldest_due"]


def test_a_due_of_more_than_three_years_is_paid_only_when_named_and_the_balance_still_counts_it() -> None:
    case = Case()
    case.let()
    case.call("old", "rent", "2023-10-10", "400.00")
    case.call("nov", "rent", "2026-11-10", "500.00")
    paid = case.receive("600.00")
    assert case.settled(paid) == {"nov": "500.00"}
    assert (case.balance(), case.credit()) == ("300.00", "100.00")
    named = case.receive("400.00", due_ids=("old",))
    assert (case.settled(named), case.rules(named)) == ({"old": "400.00"}, ["target"])
    assert case.balance() == "-100.00"
    case.holds()


def test_a_due_whose_limitation_was_interrupted_is_paid_as_the_oldest() -> None:
    case = Case()
    case.let()
    case.call("old", "rent", "2022-10-10", "400.00", limitation_from="2024-01-15")
    case.call("nov", "rent", "2026-11-10", "500.00")
    assert case.settled(case.receive("600.00")) == {"old": "400.00", "nov": "200.00"}


@pytest.mark.parametrize("ended_by", ["the watch", "a person"])
def test_a_plan_acknowledges_what_it_covers_whatever_becomes_of_it(ended_by: str) -> None:
    """Code civil 2240, 2231: three years run anew from the day of the plan."""
    case = Case(today="2025-06-01")
    case.let()
    case.call("old", "rent", "2022-10-10", "400.00")
    case.call("sep", "rent", "2025-09-10", "300.00")
    assert case.agree(["old"], [("2025-07-10", "200.00"), ("2025-08-10", "200.00")]).status == 201
    first = case.receive("50.00", "2025-07-10", means="direct_debit")
    case.today_is("2025-08-20")
    if ended_by == "the watch":
        case.watch_plans()
    else:
        assert case.ask("DELETE", "/v1/leases/L1/plan", None, "collections", {"version": "1"}).status == 204
    case.today_is("2026-01-15")
    assert case.settled(case.receive("350.00", "2026-01-15")) == {"old": "350.00"}
    case.take_back(first, "2026-01-16", "50.00")
    case.call("old", "rent", "2022-10-10", "410.00", limitation_from="2024-02-01")
    (old,) = (due for due in case.lease()["dues"] if due["due_id"] == "old")
    assert (old["open_cents"], old["limitation_from"], old["acknowledged_on"]) == (6000, "2024-02-01", "2025-06-01")
    assert case.settled(case.receive("60.00", "2028-06-01")) == {"old": "60.00"}
    case.call("old", "rent", "2022-10-10", "430.00")
    assert case.settled(case.receive("20.00", "2028-06-02")) == {"sep": "20.00"}
    case.holds()


@pytest.mark.parametrize(("count", "status"), [(90, 201), (91, 422)])
def test_a_plan_covers_as_many_dues_as_it_can_acknowledge_at_once(count: int, status: int) -> None:
    case = Case()
    case.let()
    case.call_together({f"d{number}": ("L1", "2026-10-10", "10.00") for number in range(count)})
    agreed = case.agree([f"d{number}" for number in range(count)], [("2026-12-10", f"{count * 10}.00")])
    assert agreed.status == status
    if status == 422:
        assert agreed.body["error"]["code"] == "plan_covers_too_many"
    days = {due["acknowledged_on"] for due in case.lease()["dues"]}
    assert days == ({"2026-11-05"} if status == 201 else {None})


def test_what_is_time_barred_makes_nobody_late() -> None:
    case = Case(today="2026-11-10")
    case.let()
    case.call("old", "rent", "2022-11-09", "20.00")
    assert (case.balance(), case.overdue()) == ("20.00", ("0.00", False))
    case.call("older", "rent", "2022-11-09", "20.00", limitation_from="2024-01-01")
    assert case.overdue() == ("20.00", True)


@pytest.mark.parametrize("how", ["by an unknown number", "by dues of two leases", "and it was taken off"])
def test_the_dues_that_the_payer_chose_stay_chosen_when_a_person_puts_the_payment_on_its_lease(how: str) -> None:
    case = Case()
    case.let()
    case.let("L2")
    case.call("oct", "rent", "2026-10-10", "100.00")
    case.call("nov", "rent", "2026-11-10", "100.00")
    case.call("x", "rent", "2026-11-10", "100.00", lease_id="L2")
    if how == "by an unknown number":
        paid = case.report("100.00", channel="event:psp:demo", virtual_iban=a_virtual_iban(999), due_ids=("nov",))
    elif how == "by dues of two leases":
        paid = case.report("100.00", channel="event:psp:demo", due_ids=("nov", "x"))
    else:
        paid = case.receive("100.00", channel="event:psp:demo", due_ids=("nov",))
        assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "vu"}).status == 200
    order = {"lease_id": "L1", "reason": "vu"}
    assert case.ask("POST", f"/v1/payments/{paid}/assign", order).status == 200
    assert (case.settled(paid), case.rules(paid)) == ({"nov": "100.00"}, ["target"])
    case.holds("L1", "L2")


def test_the_dues_that_a_person_chose_are_paid_by_rule_person_and_those_that_the_tenant_asked_for_as_a_target(
    case: Words,
) -> None:
    case.let()
    case.call("oct", "rent", "2026-10-10", "100.00")
    case.call("nov", "rent", "2026-11-10", "100.00")
    paid = case.report("100.00")
    case.holds()
    november, open_before = {"due_ids": ["nov"]}, {"oct": "100.00", "nov": "100.00"}
    for chosen, settled, rule in (
        (november, "nov", "person"),
        (november | {"requested_by": "tenant"}, "nov", "target"),
        ({}, "oct", "oldest_due"),
        ({"requested_by": "tenant"}, "oct", "oldest_due"),
    ):
        order = {"lease_id": "L1", "reason": "vu"} | chosen
        assert case.ask("POST", f"/v1/payments/{paid}/assign", order).status == 200
        assert (case.settled(paid), case.rules(paid)) == ({settled: "100.00"}, [rule])
        assert (case.balance(), settled in case.still_open()) == ("100.00", False)
        case.holds()
        assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "vu"}).status == 200
        assert (case.settled(paid), case.still_open(), case.balance()) == ({}, open_before, "200.00")
        case.holds()


def test_the_parts_of_a_split_pay_the_dues_that_the_payer_chose() -> None:
    case = Case()
    for lease_id in ("L1", "L2"):
        case.let(lease_id)
        for month in (10, 11):
            case.call(f"{lease_id}-{month}", "rent", f"2026-{month}-10", "100.00", lease_id=lease_id)
    paid = case.report("150.00", channel="event:psp:demo", due_ids=("L1-11", "L2-11"))
    parts = [{"lease_id": "L1", "amount_cents": 10000}, {"lease_id": "L2", "amount_cents": 5000}]
    assert case.ask("POST", f"/v1/payments/{paid}/split", {"parts": parts, "reason": "vu"}).status == 200
    assert (case.settled(paid), set(case.rules(paid))) == ({"L1-11": "100.00", "L2-11": "50.00"}, {"target"})


@pytest.mark.parametrize("named_by", ["virtual_iban", "payment_reference"])
def test_a_direct_debit_pays_the_due_of_its_id_whatever_else_names_the_lease(named_by: str) -> None:
    case = Case()
    case.let()
    case.call("oct", "rent", "2026-10-10", "100.00")
    case.call("nov", "rent", "2026-11-10", "100.00")
    named = {named_by: case.lease()[named_by]}
    paid = case.report("100.00", means="direct_debit", end_to_end_id="nov", **named)
    assert (case.settled(paid), case.rules(paid)) == ({"nov": "100.00"}, ["target"])
    transfer = case.report("40.00", end_to_end_id="nov", **named)
    assert (case.settled(transfer), case.rules(transfer)) == ({"oct": "40.00"}, ["oldest_due"])


def test_case_11_overpayment(case: Words) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "500.00")
    paid = case.receive("530.00")
    assert case.credit() == "30.00"
    case.call("dec", "rent", "2026-12-10", "500.00")
    assert (case.balance(), case.credit()) == ("470.00", "0.00")
    assert case.settled(paid) == {"nov": "500.00", "dec": "30.00"}
    assert case.rules(paid) == ["oldest_due", "credit"]
    assert case.alerts() == []
    case.holds()


def test_case_12_two_euros_short() -> None:
    case = Case(tolerance_cents=500)
    case.let()
    case.call("nov", "rent", "2026-11-10", "512.30")
    case.receive("510.30")
    case.today_is("2026-11-20")
    assert (case.still_open(), case.overdue()) == ({"nov": "2.00"}, ("2.00", False))
    case.call("dec", "rent", "2026-12-10", "512.30")
    assert case.balance() == "514.30"
    case.receive("514.30", "2026-12-10")
    assert case.still_open() == {}
    case.holds()


def test_case_13_a_transfer_of_what_a_card_has_paid_is_a_credit_and_the_link_takes_no_more() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    takes_demo(case.office)
    cards = Cards(case.office)
    token = cards.link()
    cards.tell_demo(demo_paid(cards.start(token), "pay_1"))
    cards.post_events()
    assert (case.balance(), case.alerts()) == ("0.00", [])
    second = case.receive("450.00")
    assert (case.balance(), case.credit()) == ("-450.00", "450.00")
    assert (case.settled(second), case.payment(second)["credit_cents"]) == ({}, 45000)
    assert case.alerts() == [("double_payment", second)]
    (link,) = case.get("/v1/leases/L1/payment-links")["items"]
    assert (link["status"], link["rest_cents"]) == ("paid", 0)
    with pytest.raises(Conflict) as refused:
        cards.start(token)
    assert refused.value.code == "link_paid"
    case.holds()


def test_case_14_negative_adjustment(case: Words) -> None:
    case.let()
    case.call("june", "rent", "2026-06-10", "50.00")
    case.call("july", "rent", "2026-07-10", "500.00")
    case.call("regul", "adjustment", "2026-07-10", "-86.20")
    assert case.still_open() == {"july": "463.80"}
    assert case.balance() == "463.80"
    case.holds()


def test_case_15_late_positive_adjustment() -> None:
    case = Case(today="2026-11-05")
    case.let()
    case.call("regul", "adjustment", "2026-10-31", "1200.00")
    assert case.overdue() == ("1200.00", True)
    order = {"lines": 12, "first_due_date": "2026-11-30"}
    asked = case.ask("POST", "/v1/leases/L1/dues/regul/spread", order, role="collections")
    assert asked.status == 200
    lines = [(line["due_date"], format_euros(line["amount_cents"])) for line in asked.body["lines"]]
    assert lines[:4] == [
        ("2026-11-30", "100.00"),
        ("2026-12-30", "100.00"),
        ("2027-01-30", "100.00"),
        ("2027-02-28", "100.00"),
    ]
    assert len(lines) == 12
    assert (case.overdue(), case.balance()) == (("0.00", False), "1200.00")
    case.receive("100.00", "2026-11-30")
    case.today_is("2026-12-01")
    assert (case.overdue(), case.balance()) == (("0.00", False), "1100.00")
    case.holds()


MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]


def a_case_with_a_plan() -> Case:
    """Debt 960.00 = 12 x 80.00 on the 10th, beside a current rent of 510.00 on the 10th."""
    case = Case(today="2026-12-15")
    case.let()
    case.call("oct", "rent", "2026-10-10", "450.00")
    case.call("nov", "rent", "2026-11-10", "510.00")
    assert case.agree(["oct", "nov"], [(f"{month}-10", "80.00") for month in MONTHS]).status == 201
    return case


def a_dwelling_and_a_parking(case: Words, group: str | None) -> None:
    """A dwelling at 480.00 and a parking at 45.00, two leases of one household."""
    case.let("D", account_group=group)
    case.let("P", unit_kind="parking", account_group=group)
    case.call("rent", "rent", "2026-11-10", "480.00", lease_id="D")
    case.call("place", "rent", "2026-11-10", "45.00", lease_id="P")


@pytest.mark.parametrize("paid_on", ["D", "P"])
def test_case_16_the_dwelling_comes_first_on_any_virtual_iban_of_the_group(case: Words, paid_on: str) -> None:
    a_dwelling_and_a_parking(case, "G1")
    paid = case.receive("480.00", lease_id=paid_on)
    allocations = case.payment(paid)["allocations"]
    assert [(item["lease_id"], item["due_id"], item["amount_cents"]) for item in allocations] == [("D", "rent", 48000)]
    assert (case.balance("D"), case.balance("P")) == ("0.00", "45.00")
    case.holds("D", "P")


@pytest.mark.parametrize("paid_on", ["D", "P"])
def test_case_16_both_are_paid_by_one_transfer_with_an_entry_each(case: Words, paid_on: str) -> None:
    a_dwelling_and_a_parking(case, "G1")
    paid = case.receive("525.00", lease_id=paid_on)
    allocations = case.payment(paid)["allocations"]
    assert {item["lease_id"]: item["amount_cents"] for item in allocations} == {"D": 48000, "P": 4500}
    assert (case.balance("D"), case.balance("P")) == ("0.00", "0.00")
    for lease_id, cents in (("D", 48000), ("P", 4500)):
        (entry,) = case.entries(lease_id)
        assert [(line["account"], line["debit_cents"], line["credit_cents"]) for line in entry["lines"]] == [
            ("512", cents, 0),
            ("411", 0, cents),
        ]
        assert (entry["lease_id"], entry["payment_id"]) == (lease_id, paid)
    case.holds("D", "P")


def test_case_16_money_in_advance_pays_the_next_dues_of_both(case: Words) -> None:
    a_dwelling_and_a_parking(case, "G1")
    paid = case.receive("1050.00", lease_id="D")
    assert (case.credit("D"), case.credit("P")) == ("525.00", "0.00")
    case.call("rent-12", "rent", "2026-12-10", "480.00", lease_id="D")
    case.call("place-12", "rent", "2026-12-10", "45.00", lease_id="P")
    assert (case.balance("D"), case.balance("P"), case.credit("D")) == ("0.00", "0.00", "0.00")
    assert case.settled(paid) == {"rent": "480.00", "place": "45.00", "rent-12": "480.00", "place-12": "45.00"}
    assert case.rules(paid)[2:] == ["credit", "credit"]
    case.holds("D", "P")
    back = case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "of a neighbour"})
    assert (back.status, case.balance("D"), case.balance("P")) == (200, "960.00", "90.00")
    case.holds("D", "P")


@pytest.mark.parametrize("paid_on", ["D", "P"])
@pytest.mark.parametrize("order", ["DP", "PD"])
def test_case_16_the_dwelling_comes_first_though_the_money_came_before_the_dues(paid_on: str, order: str) -> None:
    case = Case()
    case.let("D", account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    paid = case.receive("480.00", lease_id=paid_on)
    called = {"D": ("d", "480.00"), "P": ("p", "45.00")}
    case.call_together({called[lease_id][0]: (lease_id, "2026-11-10", called[lease_id][1]) for lease_id in order})
    assert (case.balance("D"), case.balance("P")) == ("0.00", "45.00")
    assert (case.settled(paid), case.rules(paid)) == ({"d": "480.00"}, ["credit"])
    case.holds("D", "P")


def test_case_16_the_dwelling_comes_first_too_when_a_return_leaves_a_credit_beside_dues() -> None:
    case = Case()
    case.let("D", account_group="G")
    case.let("P", account_group="G", unit_kind="parking")
    case.call_together({"d": ("D", "2026-11-10", "100.00"), "p": ("P", "2026-11-10", "60.00")})
    both = case.receive("160.00", lease_id="D", means="direct_debit")
    case.receive("100.00", lease_id="P", bank_reference="advance")
    case.take_back(both, "2026-11-06", "160.00")
    assert (case.still_open("D"), case.still_open("P")) == ({}, {"p": "60.00"})
    case.holds("D", "P")


def test_case_16_without_a_group_the_rest_is_a_credit_and_the_parking_is_suggested(case: Words) -> None:
    a_dwelling_and_a_parking(case, None)
    paid = case.receive("525.00", lease_id="D")
    reasons = {"reason": "same_holder", "reasons": ["same_holder"]}
    suggested = reasons | {"lease_id": "P", "due_ids": ["place"], "amount_cents": 4500}
    assert case.suggestions(paid) == [suggested]
    assert (case.balance("D"), case.credit("D"), case.balance("P")) == ("-45.00", "45.00", "45.00")
    case.holds("D", "P")


def test_an_event_that_names_only_dues_is_of_their_lease() -> None:
    case = Case()
    for lease_id in ("L1", "L2"):
        case.let(lease_id)
        case.call(f"oct-{lease_id}", "rent", "2026-10-10", "400.00", lease_id=lease_id)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "500.00", lease_id=lease_id)
    paid = case.report("600.00", channel="event:psp:demo", due_ids=("nov-L2",))
    assert (case.payment(paid)["lease_id"], case.payment(paid)["match"]["rule"]) == ("L2", "reference")
    assert (case.settled(paid), case.rules(paid)) == (
        {"nov-L2": "500.00", "oct-L2": "100.00"},
        ["target", "oldest_due"],
    )
    of_two = case.report("600.00", channel="event:psp:demo", due_ids=("nov-L1", "nov-L2"))
    assert (case.payment(of_two)["status"], case.payment(of_two)["match"]["reason"]) == ("suspense", "several_leases")
    case.holds("L1", "L2")


def test_a_plan_over_a_due_of_more_than_three_years_has_a_credit_pay_it_at_once() -> None:
    case = Case()
    case.let()
    case.call("old", "rent", "2022-10-10", "400.00")
    paid = case.receive("100.00")
    assert (case.settled(paid), case.credit()) == ({}, "100.00")
    agreed = case.agree(["old"], [("2026-12-10", "200.00"), ("2027-01-10", "200.00")])
    assert (agreed.status, agreed.body["settled_cents"]) == (201, 10000)
    assert (case.settled(paid), case.rules(paid), case.credit()) == ({"old": "100.00"}, ["credit"], "0.00")
    case.holds()


def test_case_17_plan_kept() -> None:
    case = a_case_with_a_plan()
    for month in MONTHS[:3]:
        case.call(month, "rent", f"{month}-10", "510.00")
        paid = case.receive("590.00", f"{month}-10")
        assert case.settled(paid) == {month: "510.00", "oct": "80.00"}
        assert set(case.rules(paid)) == {"plan"}
    assert case.still_open() == {"oct": "210.00", "nov": "510.00"}
    case.today_is("2027-03-31")
    assert (case.overdue(), case.balance()) == (("0.00", False), "720.00")
    plan = case.plan("2027-03-31")
    assert (plan["status"], plan["settled_cents"], plan["missed_cents"]) == ("running", 24000, 0)
    case.holds()


def test_case_17_plan_kept_though_the_next_months_are_called() -> None:
    case = a_case_with_a_plan()
    for month in MONTHS[:3]:
        case.call(month, "rent", f"{month}-10", "510.00")
    first = case.receive("590.00", "2027-01-10")
    before_its_day = case.receive("590.00", "2027-01-27")
    assert case.settled(first) == {MONTHS[0]: "510.00", "oct": "80.00"}
    assert case.settled(before_its_day) == {MONTHS[1]: "510.00", "oct": "80.00"}
    case.today_is("2027-02-15")
    case.watch_plans()
    assert (case.plan("2027-02-15")["status"], case.alerts()) == ("running", [])
    case.holds()


def test_case_17_instalment_missed_in_part() -> None:
    case = a_case_with_a_plan()
    case.call("jan", "rent", "2027-01-10", "510.00")
    paid = case.receive("550.00", "2027-01-10")
    assert case.settled(paid) == {"jan": "510.00", "oct": "40.00"}
    case.today_is("2027-01-11")
    assert case.overdue() == ("40.00", True)
    assert case.plan("2027-01-14")["missed_cents"] == 0
    assert case.plan("2027-01-15")["missed_cents"] == 4000
    assert case.plan("2027-01-15")["status"] == "running"


def test_case_17_two_missed_break_the_plan() -> None:
    case = a_case_with_a_plan()
    for month in MONTHS[:2]:
        case.call(month, "rent", f"{month}-10", "510.00")
        case.receive("510.00", f"{month}-10")
    case.today_is("2027-02-14")
    case.watch_plans()
    assert case.alerts() == [("plan_instalment_missed", "L1")]
    case.today_is("2027-02-15")
    case.watch_plans()
    assert case.alerts() == [("plan_broken", "L1")]
    plan = case.plan("2027-02-15")
    assert (plan["status"], plan["missed_cents"]) == ("broken", 16000)
    assert [decision["kind"] for decision in plan["decisions"]] == ["agreed", "broken"]
    paid = case.receive("510.00", "2027-02-16")
    assert (case.settled(paid), case.rules(paid)) == ({"oct": "450.00", "nov": "60.00"}, ["oldest_due", "oldest_due"])
    assert case.plan("2027-02-20")["status"] == "broken"
    case.holds()


def test_case_18_departed_tenant(case: Words) -> None:
    case.let("L1", status="ended", end_date="2026-02-28")
    case.call("arrears", "rent", "2026-02-10", "610.00")
    case.call("repairs", "fee", "2026-03-10", "120.00")
    case.call("deposit", "deposit", "2026-03-10", "-430.00")
    assert case.balance() == "300.00"
    case.receive("100.00", "2026-11-05")
    assert (case.balance(), case.lease()["status"]) == ("200.00", "ended")
    case.holds()


def test_case_19_one_movement_three_channels() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    told = [case.receive("450.00", channel=name, bank_reference="R1") for name in ("event:bank", "camt.054")]
    told.append(case.report("450.00", "2026-11-06", channel="cfonb120", bank_reference="R1"))
    assert len(set(told)) == 1
    assert case.balance() == "0.00"
    assert [source["channel"] for source in case.payment(told[0])["sources"]] == ["event:bank", "camt.054", "cfonb120"]


def test_case_19_two_true_transfers() -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    first, second = (case.receive("200.00", debtor_name="Camille Roux") for _ in range(2))
    assert first != second
    assert case.balance() == "50.00"


@pytest.mark.parametrize("later", ["camt.054", "camt.052", "mt940", "event:psp:other"])
def test_case_19_equal_payments_of_two_payers_on_one_lease_are_two_whoever_tells_of_them(later: str) -> None:
    case = Case()
    case.let()
    case.call("nov", "rent", "2026-11-10", "900.00")
    alice = {"end_to_end_id": "E2E-ALICE", "debtor_name": "ALICE MARTIN"}
    bruno = {"end_to_end_id": "E2E-BRUNO", "debtor_name": "BRUNO PETIT"}
    first = case.receive("450.00", channel="event:psp:demo", **alice)
    second = case.receive("450.00", channel=later, **bruno)
    assert (first != second, case.balance()) == (True, "0.00")
    assert [case.receive("450.00", channel="camt.053", **told) for told in (bruno, alice)] == [second, first]
    assert case.balance() == "0.00"
    case.holds()


def test_case_20_unassigned_virtual_iban(case: Words) -> None:
    case.let()
    case.call("nov", "rent", "2026-11-10", "450.00")
    own = case.lease()["virtual_iban"]
    stranger = f"{own[:14]}{int(own[14:25]) + 1:011d}{own[25:]}"
    paid = case.report("275.00", virtual_iban=stranger)
    assert (case.payment(paid)["status"], case.payment(paid)["match"]["reason"]) == ("suspense", "unknown_virtual_iban")
    assert ("unassigned_virtual_iban", paid) in case.alerts()
    order = {"lease_id": "L1", "reason": "the tenant mistyped"}
    assert case.ask("POST", f"/v1/payments/{paid}/assign", order).status == 200
    assert (case.balance(), case.alerts()) == ("175.00", [])
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "it was another"}).status == 200
    assert case.balance() == "450.00"
    case.holds()


def test_case_20_suspense_ages() -> None:
    case = Case(today="2026-11-05")
    case.let()
    paid = case.report("275.00", "2026-11-05")
    for day, age in (("2026-11-05", 0), ("2026-11-06", 1), ("2026-11-12", 7), ("2026-12-05", 30)):
        case.today_is(day)
        shown = case.get("/v1/dashboard")
        assert [one["from_days"] for one in shown["suspense"] if one["amount_cents"] == 27500] == [age]
        assert shown["suspense_cents"] == 27500
    case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "L1", "reason": "seen"})
    assert case.get("/v1/dashboard")["suspense_cents"] == 0


def test_case_21_payer_is_not_the_tenant(case: Words) -> None:
    case.let(holder_name="Camille Roux")
    case.call("nov", "rent", "2026-11-10", "450.00")
    paid = case.receive("450.00", debtor_name="Association Entraide")
    payment = case.payment(paid)
    assert (payment["lease_id"], payment["debtor_name"]) == ("L1", "Association Entraide")
    assert case.balance() == "0.00"
