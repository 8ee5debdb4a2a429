"""The certain rungs of attribution: what a movement names itself, each with the evidence that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from builders import RANGE, a_credit, a_virtual_iban

from quitus.domain.ibans import VirtualIban
from quitus.domain.matching import (
    DUE,
    DUES,
    LEASE_IBAN,
    LINK_PATH,
    PARTY,
    Holder,
    Match,
    MatchRule,
    SuspenseReason,
    account_candidates,
    attribute,
    chosen_dues,
    due_candidates,
    issued_id,
    reference_account,
)
from quitus.domain.movement import Means

ONE, TWO, STRANGER, OWN = (a_virtual_iban(number) for number in range(1, 5))
LEASES: Mapping[str, Holder | None] = {ONE: Holder("L1"), TWO: Holder("L2")}
NUMBERED = (f"{RANGE.bank_code}{RANGE.branch_code}{RANGE.account_prefix}",)
FOREIGN = "FR7630006000011234567890189"


def reference_of(iban: str) -> str:
    return VirtualIban(iban).payment_reference


def test_the_virtual_iban_in_its_own_field_is_the_first_candidate_others_follow_with_where_they_were() -> None:
    movement = a_credit(1, ONE, other_accounts=((TWO, "RmtInf"), (ONE, "Purp")))
    assert account_candidates(movement) == {ONE: "RltdPties/CdtrAcct/Id/IBAN", TWO: "RmtInf"}
    assert account_candidates(a_credit(1, virtual_iban=ONE, virtual_iban_path=None)) == {ONE: "event"}
    assert account_candidates(a_credit(1)) == {}


def test_a_virtual_iban_names_its_lease() -> None:
    evidence = {"virtual_iban": ONE, "path": "RltdPties/CdtrAcct/Id/IBAN"}
    assert attribute(a_credit(1, ONE), LEASES, NUMBERED) == Match("L1", MatchRule.VIRTUAL_IBAN, evidence)
    again = a_credit(1, FOREIGN, other_accounts=((ONE, "RmtInf"),))
    assert attribute(again, LEASES, NUMBERED).evidence == {"virtual_iban": ONE, "path": "RmtInf"}


def test_money_paid_by_a_link_says_so() -> None:
    evidence = {"virtual_iban": ONE, "path": LINK_PATH}
    movement = a_credit(1, ONE, link_id="PL1")
    assert attribute(replace(movement, virtual_iban_path=LINK_PATH), LEASES, NUMBERED) == Match(
        "L1", MatchRule.LINK, evidence
    )


def test_of_two_numbers_of_one_lease_the_best_told_is_the_evidence() -> None:
    movement = a_credit(1, ONE, other_accounts=((TWO, "RmtInf"),))
    assert attribute(movement, {ONE: Holder("L1"), TWO: Holder("L1")}, NUMBERED).evidence["virtual_iban"] == ONE


def test_a_co_tenants_number_leads_to_the_lease_and_says_whose_it_is() -> None:
    holders = {**LEASES, OWN: Holder("L1", "P2", ONE)}
    whose = {PARTY: "P2", LEASE_IBAN: ONE}
    by_number = attribute(a_credit(1, OWN), holders, NUMBERED)
    evidence = {"virtual_iban": OWN, "path": "RltdPties/CdtrAcct/Id/IBAN"}
    assert by_number == Match("L1", MatchRule.VIRTUAL_IBAN, evidence | whose)
    by_reference = attribute(a_credit(1, payment_reference=reference_of(OWN)), holders, NUMBERED)
    assert by_reference == Match("L1", MatchRule.REFERENCE, {"payment_reference": reference_of(OWN)} | whose)
    assert by_number.virtual_iban == by_reference.virtual_iban == ONE
    of_the_lease = attribute(a_credit(1, ONE, other_accounts=((OWN, "RmtInf"),)), holders, NUMBERED)
    assert (of_the_lease.lease_id, of_the_lease.evidence.get(PARTY)) == ("L1", None)


def test_two_leases_are_a_tie() -> None:
    movement = a_credit(1, TWO, other_accounts=((ONE, "RmtInf"),))
    assert attribute(movement, LEASES, NUMBERED) == Match(
        None, None, {"leases": "L1 L2"}, SuspenseReason.SEVERAL_LEASES
    )


def test_a_payment_reference_names_the_lease_of_the_virtual_iban_that_it_stands_for() -> None:
    reference = reference_of(ONE)
    movement = a_credit(1, payment_reference=reference)
    assert reference_account(movement) == ONE
    evidence = {"payment_reference": reference}
    match = attribute(movement, LEASES, NUMBERED)
    assert match == Match("L1", MatchRule.REFERENCE, evidence)
    assert match.virtual_iban == ONE
    assert reference_account(a_credit(1)) is None
    assert reference_account(a_credit(1, payment_reference="RF00NONSENSE")) is None


def test_a_direct_debit_carries_the_id_of_its_due_and_nothing_else_does() -> None:
    debit = a_credit(1, means=Means.DIRECT_DEBIT, end_to_end_id="nov")
    assert (issued_id(debit), issued_id(a_credit(1, end_to_end_id="nov"))) == ("nov", None)
    match = attribute(debit, LEASES, NUMBERED, {"nov": "L2"})
    assert match == Match("L2", MatchRule.END_TO_END_ID, {"end_to_end_id": "nov", DUE: "nov"})
    assert (match.is_certain, chosen_dues(debit), match.virtual_iban) == (True, ("nov",), None)
    assert attribute(debit, LEASES, NUMBERED, {}).reason is SuspenseReason.NO_EVIDENCE
    assert attribute(debit, LEASES, NUMBERED).reason is SuspenseReason.NO_EVIDENCE
    assert attribute(a_credit(1, means=Means.DIRECT_DEBIT), LEASES, NUMBERED, {"nov": "L2"}).lease_id is None


def test_dues_that_the_payer_chose_name_their_lease_where_no_account_does() -> None:
    dues = {"nov": "L2", "dec": "L2", "other": "L1"}
    chosen = a_credit(1, due_ids=("nov", "dec", "unheard-of"))
    assert due_candidates(chosen) == ("nov", "dec", "unheard-of")
    match = attribute(chosen, LEASES, NUMBERED, dues)
    assert match == Match("L2", MatchRule.REFERENCE, {DUES: "nov dec unheard-of"})
    assert match.is_certain
    of_two = attribute(a_credit(1, due_ids=("nov", "other")), LEASES, NUMBERED, dues)
    assert of_two == Match(None, None, {"leases": "L1 L2"}, SuspenseReason.SEVERAL_LEASES)
    unknown = attribute(a_credit(1, due_ids=("unheard-of",)), LEASES, NUMBERED, dues)
    assert unknown.reason is SuspenseReason.NO_EVIDENCE


def test_an_account_that_is_named_decides_over_the_dues_that_are() -> None:
    for named in (a_credit(1, ONE, due_ids=("nov",)), a_credit(1, payment_reference="RF18", due_ids=("nov",))):
        assert due_candidates(named) == ()
    assert attribute(a_credit(1, STRANGER, due_ids=("nov",)), LEASES, NUMBERED, {"nov": "L2"}).lease_id is None


def test_a_number_of_the_landlord_that_no_lease_has_is_said() -> None:
    def unknown(number: str) -> Match:
        return Match(None, None, {"virtual_iban": number}, SuspenseReason.UNKNOWN_VIRTUAL_IBAN)

    assert attribute(a_credit(1, STRANGER), LEASES, NUMBERED) == unknown(STRANGER)
    assert attribute(a_credit(1, FOREIGN), {FOREIGN: None}, NUMBERED) == unknown(FOREIGN)
    by_reference = a_credit(1, FOREIGN, payment_reference=reference_of(STRANGER))
    assert attribute(by_reference, LEASES, NUMBERED) == unknown(STRANGER)
    assert attribute(a_credit(1, STRANGER), LEASES, ("99999",)).reason is SuspenseReason.NO_EVIDENCE


def test_nothing_named_is_nothing_known() -> None:
    nothing = Match(None, None, {}, SuspenseReason.NO_EVIDENCE)
    assert attribute(a_credit(1), LEASES, NUMBERED) == nothing
    assert attribute(a_credit(1, FOREIGN), LEASES, NUMBERED) == nothing


@pytest.mark.parametrize(
    ("rule", "certain"),
    [
        (MatchRule.VIRTUAL_IBAN, True),
        (MatchRule.REFERENCE, True),
        (MatchRule.LINK, True),
        (MatchRule.PERSON, True),
        (MatchRule.END_TO_END_ID, False),
        (MatchRule.KNOWN_PAYER, False),
        (MatchRule.NAME_AMOUNT, False),
        (None, False),
    ],
)
def test_memory_and_likeness_are_not_certain(rule: MatchRule | None, certain: bool) -> None:
    assert Match("L1", rule, {}).is_certain is certain
    assert Match("L1", rule, {DUE: "nov"}).is_certain is (certain or rule is MatchRule.END_TO_END_ID)


def test_the_virtual_iban_of_a_match_is_what_a_person_chose_else_what_led_there() -> None:
    assert Match("L1", MatchRule.PERSON, {LEASE_IBAN: ONE, "virtual_iban": TWO}).virtual_iban == ONE
    assert Match("L1", MatchRule.VIRTUAL_IBAN, {"virtual_iban": TWO}).virtual_iban == TWO
    assert Match(None, None, {"virtual_iban": TWO}).virtual_iban is None
    assert Match("L1", MatchRule.KNOWN_PAYER, {}).virtual_iban is None
