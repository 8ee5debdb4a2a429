"""Co-tenants with virtual IBANs of their own (product.md, 1): the debt is one, and who paid what is certain."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case
from acceptance.words import Words
from builders import RANGE

from quitus.domain.ibans import VirtualIban


def share(case: Words) -> None:
    """A lease of 900.00 that three share, each with a number."""
    case.change_settings(virtual_iban_per="cotenant")
    case.let()
    case.parties(("A", "40"), ("B", "35"), ("C", "25"))
    case.call("nov", "rent", "2026-11-10", "900.00")


@pytest.fixture
def shared() -> Case:
    case = Case()
    share(case)
    return case


def own(case: Words, lease_id: str = "L1") -> dict[str, str | None]:
    return {party["party_id"]: party["virtual_iban"] for party in case.lease(lease_id)["parties"]}


def months(case: Words) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = case.shares("2026-11-05")["months"]
    return held


def test_each_has_a_number_of_the_range_that_nobody_else_has(shared: Case) -> None:
    numbers = [*own(shared).values(), shared.lease()["virtual_iban"]]
    assert len(set(numbers)) == 4
    assert all(VirtualIban.parse(number or "").text[4:].startswith(RANGE.beginning) for number in numbers)
    shared.catch_up()
    assert shared.get("/v1/landlords/semiga")["virtual_ibans"]["issued"] == 4


def test_whoever_pays_for_whom_the_number_says_whose_share_it_is(case: Words) -> None:
    share(case)
    numbers = own(case)
    paid = case.report("200.00", virtual_iban=numbers["B"], debtor_name="A")
    assert case.settled(paid) == {"nov": "200.00"}
    match = case.payment(paid)["match"]
    assert (match["rule"], match["evidence"]["party_id"]) == ("virtual_iban", "B")
    assert match["evidence"]["virtual_iban"] == numbers["B"]
    (month,) = months(case)
    assert [(one["party_id"], one["basis"]) for one in month["payments"]] == [("B", "virtual_iban")]
    assert case.balance() == "700.00"
    case.holds()


def test_what_one_pays_too_much_is_the_credit_of_the_lease(shared: Case) -> None:
    for name, euros in (("A", "360.00"), ("B", "315.00"), ("C", "325.00")):
        shared.report(euros, virtual_iban=own(shared)[name])
    assert (shared.balance(), shared.credit()) == ("-100.00", "100.00")
    (month,) = months(shared)
    assert (month["is_settled"], month["unattributed_cents"]) == (True, 0)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_leases_reference_and_a_co_tenants_number_name_one_payment(shared: Case, first: int) -> None:
    iban, reference = own(shared)["B"] or "", shared.lease()["payment_reference"]
    told: list[tuple[str, dict[str, Any]]] = [
        ("camt.054", {"virtual_iban": iban}),
        ("camt.053", {"payment_reference": reference}),
        ("event:psp:demo", {"payment_reference": VirtualIban(iban).payment_reference}),
    ]
    ids = {
        shared.report("300.00", channel=channel, bank_reference=None, **said)
        for channel, said in (*told[first:], *told[:first])
    }
    assert len(ids) == 1
    assert shared.balance() == "600.00"


@pytest.mark.parametrize("told", [["AB", "AB"], ["AB", "BA"], ["A", "BA"], ["B", "A", "AB"]])
def test_two_equal_payments_of_two_of_them_are_two_whoever_tells_of_which_first(shared: Case, told: list[str]) -> None:
    numbers = own(shared)
    for channel, names in zip(("camt.054", "camt.053", "mt940"), told, strict=False):
        for name in names:
            shared.report("300.00", channel=channel, bank_reference=None, virtual_iban=numbers[name])
    assert shared.balance() == "300.00"
    (month,) = months(shared)
    assert sorted(one["party_id"] for one in month["payments"]) == ["A", "B"]


def test_a_number_stays_whatever_the_file_or_the_setting_says_later(shared: Case) -> None:
    before = own(shared)
    shared.parties(("A", "30"), ("B", "35"), ("C", "35"))
    assert own(shared) == before
    shared.change_settings(virtual_iban_per="lease")
    shared.parties(("D", ""))
    assert own(shared) == before | {"D": None}
    shared.parties(("B", ""), to_date="2026-10-31")
    paid = shared.report("10.00", virtual_iban=before["B"])
    assert shared.payment(paid)["lease_id"] == "L1"


def test_who_was_there_before_the_setting_gets_a_number_with_the_next_file() -> None:
    case = Case()
    case.let()
    case.parties(("A", "50"), ("B", "50"))
    assert own(case) == {"A": None, "B": None}
    case.change_settings(virtual_iban_per="cotenant")
    case.parties(("A", "50"), ("B", "50"))
    numbers = own(case)
    assert all(numbers.values())
    case.parties(("A", "50"), ("B", "50"))
    assert own(case) == numbers


def test_who_has_left_gets_none() -> None:
    case = Case(virtual_iban_per="cotenant")
    case.let()
    case.parties(("A", "50"), to_date="2026-10-31")
    assert own(case) == {"A": None}


def test_a_lease_is_found_by_the_number_of_a_co_tenant(shared: Case) -> None:
    shared.let("L10")
    shared.catch_up()
    number = own(shared)["C"] or ""
    for text in (number, f"{number[:4]} {number[4:]}".lower()):
        assert [lease["lease_id"] for lease in shared.get("/v1/leases", q=text)["items"]] == ["L1"]


def test_what_comes_back_is_owed_by_the_lease_again(shared: Case) -> None:
    paid = shared.report("360.00", virtual_iban=own(shared)["A"])
    shared.take_back(paid, "2026-11-09", "360.00")
    assert shared.reversed(paid) == ("reversed", [("2026-11-09", "360.00", "AM04")])
    assert (shared.balance(), months(shared)[0]["paid_cents"]) == ("900.00", 0)
    shared.holds()
