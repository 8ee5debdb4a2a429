"""The last rungs of the ladder through the API: what memory and names put on a lease, and what they must not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from acceptance.case import Case, erp_worker
from builders import a_credit, reported

from quitus.services.erp_files import ErpKind
from quitus.services.erp_rows import record_of
from quitus.services.leases import Origin

IBAN = "FR7630001007941234567890185"
OTHER_IBAN = "FR1420041010050500013M02606"


def a_case(**leases: str) -> Case:
    """Leases by their holders' names, each called 450.00 for November; `today` is after it was called."""
    case = Case()
    for lease_id, holder in (leases or {"A": "Jean Martin", "B": "Sophie Durand"}).items():
        case.let(lease_id, holder_name=holder)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "450.00", lease_id=lease_id)
    case.catch_up()
    return case


def again(case: Case, euros: str = "450.00", *lease_ids: str) -> None:
    """December is called."""
    for lease_id in lease_ids or ("A", "B"):
        case.call(f"dec-{lease_id}", "rent", "2026-12-10", euros, lease_id=lease_id)


def found(case: Case, payment_id: str) -> tuple[str | None, str | None]:
    payment = case.payment(payment_id)
    return payment["lease_id"], payment["match"]["rule"]


def doubt(case: Case, payment_id: str) -> tuple[str, str]:
    """Why a payment is in suspense."""
    payment = case.payment(payment_id)
    assert (payment["status"], payment["lease_id"]) == ("suspense", None)
    return payment["match"]["reason"], payment["match"]["evidence"].get("doubt", "")


def live_in(case: Case, lease_id: str, **cells: str) -> None:
    """Somebody of a lease, as a file of the ERP says it."""
    sequence = next(case._numbers)
    told = {"lease_id": lease_id, "party_id": f"P{sequence}", "role": "cotenant", "share_percent": "50"} | cells
    worker, landlord = erp_worker(case.office.table, case.office.clock), case.office.desk.landlords.get("semiga")
    worker.work(landlord, ErpKind.PARTIES, {3: record_of(ErpKind.PARTIES, told)}, Origin(sequence, f"P{sequence}"))


def suggested(case: Case, payment_id: str) -> list[tuple[str, list[str]]]:
    return [(one["lease_id"], one["reasons"]) for one in case.suggestions(payment_id)]


def test_a_payer_known_from_a_virtual_iban_is_known_by_its_account_and_amount() -> None:
    case = a_case()
    first = case.receive("450.00", lease_id="A", debtor_name="M TARTEMPION", debtor_iban=IBAN)
    again(case)
    later = case.report(
        "450.00", "2026-12-05", debtor_name="M TARTEMPION", debtor_iban="FR76 3000 1007 9412 3456 7890 185"
    )
    assert found(case, later) == ("A", "known_payer")
    assert case.payment(later)["match"]["evidence"] == {"learned_from": first, "amount": "owed"}
    assert case.balance("A") == "0.00"


def test_what_a_name_put_on_a_lease_teaches_nothing() -> None:
    case = a_case()
    assert found(case, case.report("450.00", debtor_name="MARTIN JEAN", debtor_iban=IBAN)) == ("A", "name_amount")
    again(case)
    unnamed = case.report("450.00", "2026-12-05", debtor_iban=IBAN)
    assert doubt(case, unnamed) == ("no_evidence", "")


def test_another_amount_of_a_known_payer_is_a_doubt_and_its_lease_is_suggested() -> None:
    case = a_case()
    case.receive("450.00", lease_id="A", debtor_iban=IBAN)
    again(case)
    odd = case.report("123.45", "2026-12-05", debtor_iban=IBAN)
    assert doubt(case, odd) == ("doubt", "amount")
    assert suggested(case, odd) == [("A", ["known_payer"])]


def test_a_part_that_the_payer_paid_before_is_enough_while_as_much_is_owed() -> None:
    case = a_case()
    case.receive("200.00", lease_id="A", debtor_iban=IBAN)
    part = case.report("200.00", "2026-11-06", debtor_iban=IBAN)
    assert found(case, part) == ("A", "known_payer")
    assert doubt(case, case.report("200.00", "2026-11-07", debtor_iban=IBAN)) == ("doubt", "amount")


def test_a_payer_of_two_leases_is_told_apart_by_the_amount_or_not_at_all() -> None:
    case = a_case()
    case.call("garage", "rent", "2026-11-10", "80.00", lease_id="B")
    case.receive("450.00", lease_id="A", debtor_iban=IBAN)
    case.receive("530.00", lease_id="B", debtor_iban=IBAN)
    again(case)
    case.call("garage-dec", "rent", "2026-12-10", "80.00", lease_id="B")
    assert found(case, case.report("530.00", "2026-12-05", debtor_iban=IBAN)) == ("B", "known_payer")
    case.call("jan-A", "rent", "2027-01-10", "530.00", lease_id="A")
    case.call("jan-B", "rent", "2027-01-10", "530.00", lease_id="B")
    case.today_is("2027-01-12")
    tie = case.report("530.00", "2027-01-11", debtor_iban=IBAN)
    assert doubt(case, tie) == ("doubt", "tie")
    assert {lease_id for lease_id, _ in suggested(case, tie)} == {"A", "B"}


def test_a_standing_order_is_known_by_its_end_to_end_id_even_in_advance() -> None:
    case = a_case()
    case.receive("450.00", lease_id="A", debtor_iban=IBAN, end_to_end_id="VIRPERM-000123")
    early = case.report("450.00", "2026-11-28", debtor_iban=IBAN, end_to_end_id="VIRPERM-000123")
    assert found(case, early) == ("A", "end_to_end_id")
    stranger = case.report("450.00", "2026-11-28", debtor_iban=OTHER_IBAN, end_to_end_id="VIRPERM-000123")
    assert doubt(case, stranger) == ("no_evidence", "")


def test_a_word_that_anybody_may_write_is_no_standing_order_once_nothing_is_owed() -> None:
    case = a_case()
    case.receive("450.00", lease_id="A", debtor_iban=IBAN, end_to_end_id="LOYER")
    assert doubt(case, case.report("450.00", "2026-11-28", debtor_iban=IBAN, end_to_end_id="LOYER"))[0] == "doubt"
    again(case)
    assert found(case, case.report("450.00", "2026-12-05", debtor_iban=IBAN, end_to_end_id="LOYER")) == (
        "A",
        "end_to_end_id",
    )


def test_where_the_bank_tells_no_account_the_name_stands_for_it_while_it_is_nobody_elses() -> None:
    case = a_case()
    told = {"debtor_name": "MME LEFEVRE ANNE", "end_to_end_id": "VIRPERM-000123", "channel": "cfonb120"}
    case.receive("450.00", lease_id="A", **told)
    assert found(case, case.report("450.00", "2026-11-28", **told)) == ("A", "end_to_end_id")
    case.let("C", holder_name="Anne Lefèvre")
    case.catch_up()
    assert doubt(case, case.report("450.00", "2026-12-28", **told))[0] == "doubt"


def test_a_direct_debit_that_carries_the_id_of_a_due_is_for_that_due() -> None:
    case = a_case()
    case.call("old", "rent", "2026-10-10", "450.00", lease_id="A")
    debited = case.report("450.00", means="direct_debit", end_to_end_id="nov-A")
    assert found(case, debited) == ("A", "end_to_end_id")
    assert (case.settled(debited), case.rules(debited)) == ({"nov-A": "450.00"}, ["target"])
    assert doubt(case, case.report("450.00", "2026-11-06", end_to_end_id="nov-A")) == ("no_evidence", "")


def test_a_payer_that_a_person_moved_is_not_trusted_until_a_person_does() -> None:
    case = a_case()
    case.receive("450.00", lease_id="A", debtor_iban=IBAN)
    again(case)
    wrong = case.report("450.00", "2026-12-05", debtor_iban=IBAN)
    assert found(case, wrong) == ("A", "known_payer")
    assert case.ask("POST", f"/v1/payments/{wrong}/unassign", {"reason": "the son's"}).status == 200
    case.office.follow()
    later = case.report("450.00", "2026-12-06", debtor_iban=IBAN)
    assert doubt(case, later) == ("doubt", "distrusted")
    for payment_id in (wrong, later):
        assert case.ask("POST", f"/v1/payments/{payment_id}/assign", {"lease_id": "B", "reason": "seen"}).status == 200
    case.call("jan-B", "rent", "2027-01-10", "450.00", lease_id="B")
    assert found(case, case.report("450.00", "2027-01-05", debtor_iban=IBAN)) == ("B", "known_payer")
    assert case.ask("POST", f"/v1/payments/{wrong}/unassign", {"reason": "after all"}).status == 200
    assert case.ask("POST", f"/v1/payments/{wrong}/assign", {"lease_id": "A", "reason": "hers"}).status == 200
    case.call("feb-A", "rent", "2027-02-10", "460.00", lease_id="A")
    assert found(case, case.report("460.00", "2027-02-05", debtor_iban=IBAN)) == ("A", "known_payer")


def test_a_name_that_a_person_corrected_is_not_followed_again() -> None:
    case = a_case()
    wrong = case.report("450.00", debtor_name="MARTIN JEAN")
    assert found(case, wrong) == ("A", "name_amount")
    assert case.ask("POST", f"/v1/payments/{wrong}/unassign", {"reason": "a homonym"}).status == 200
    assert doubt(case, case.report("450.00", "2026-11-06", debtor_name="MARTIN JEAN")) == ("doubt", "distrusted")


def test_what_a_person_decided_is_not_moved_by_evidence_that_comes_later() -> None:
    case = a_case()
    paid = case.report("450.00", debtor_name="MARTIN JEAN", bank_reference="R-1", channel="camt.054")
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "no"}).status == 200
    iban = case.lease("B")["virtual_iban"]
    assert case.report("450.00", virtual_iban=iban, bank_reference="R-1") == paid
    assert case.payment(paid)["status"] == "suspense"


def test_a_later_report_that_names_the_lease_moves_what_only_a_name_put_elsewhere() -> None:
    """The tenant of A pays for his mother, the tenant of B; the first channel leaves out the virtual IBAN."""
    case = a_case()
    paid = case.report("450.00", debtor_name="MARTIN JEAN", bank_reference="R-1", channel="camt.054")
    assert found(case, paid) == ("A", "name_amount")
    iban = case.lease("B")["virtual_iban"]
    assert case.report("450.00", virtual_iban=iban, bank_reference="R-1") == paid
    assert found(case, paid) == ("B", "virtual_iban")
    assert (case.balance("A"), case.balance("B")) == ("450.00", "0.00")
    case.holds("A", "B")


def test_a_text_that_names_another_tenant_is_a_doubt() -> None:
    case = a_case()
    paid = case.report("450.00", debtor_name="M JEAN MARTIN", remittance="LOYER NOVEMBRE DURAND SOPHIE")
    assert doubt(case, paid) == ("doubt", "named_elsewhere")
    assert [lease_id for lease_id, _ in suggested(case, paid)] == ["B", "A"]


def test_months_are_paid_by_name_one_after_the_other_but_not_two_in_one_batch() -> None:
    case = a_case()
    case.call("oct", "rent", "2026-10-10", "450.00", lease_id="A")
    batch = [
        reported(a_credit(45000, None, debtor_name="MARTIN JEAN", position=str(place), bank_reference=f"R{place}"))
        for place in (1, 2)
    ]
    case.office.post(*batch)
    assert case.balance("A") == "450.00"
    assert found(case, case.report("450.00", "2026-11-06", debtor_name="MARTIN JEAN"))[0] == "A"
    assert doubt(case, case.report("450.00", "2026-11-07", debtor_name="MARTIN JEAN")) == ("doubt", "amount")


def test_a_household_of_two_leases_is_one_answer() -> None:
    case = a_case(A="Jean Martin")
    case.let("P", holder_name="Jean Martin", unit_kind="parking", account_group="G")
    case.let("A", holder_name="Jean Martin", account_group="G")
    case.call("place", "rent", "2026-11-10", "45.00", lease_id="P")
    case.catch_up()
    both = case.report("495.00", debtor_name="MARTIN JEAN")
    assert found(case, both) == ("A", "name_amount")
    assert case.settled(both) == {"nov-A": "450.00", "place": "45.00"}


def test_what_pays_aids_is_never_put_on_a_tenant_by_name() -> None:
    case = a_case()
    assert doubt(case, case.report("450.00", means="caf", debtor_name="MARTIN JEAN")) == ("no_evidence", "")


def test_what_the_landlord_had_sent_and_comes_back_is_no_payment_of_whom_it_was_sent_to() -> None:
    case = a_case()
    returned = case.report("450.00", debtor_name="MARTIN JEAN", return_reason="AC01")
    assert doubt(case, returned) == ("no_evidence", "")
    assert case.balance("A") == "450.00"


def test_a_new_name_is_known_at_once_and_an_old_one_forgotten() -> None:
    case = a_case()
    assert found(case, case.report("450.00", debtor_name="MARTIN JEAN"))[0] == "A"
    case.let("B", holder_name="Paul Petit")
    case.catch_up()
    assert doubt(case, case.report("450.00", debtor_name="DURAND SOPHIE")) == ("no_evidence", "")
    assert found(case, case.report("450.00", "2026-11-06", debtor_name="PETIT PAUL"))[0] == "B"


def test_co_tenants_are_named_too_but_no_guarantor_and_nobody_who_left() -> None:
    case = a_case()
    live_in(case, "A", name="Louise Garnier")
    live_in(case, "B", name="Hugo Faure", to_date="2026-06-30")
    live_in(case, "B", name="Inès Roche", role="guarantor")
    case.catch_up()
    for payer in ("FAURE HUGO", "ROCHE INES"):
        assert doubt(case, case.report("450.00", debtor_name=payer))[0] == "no_evidence"
    assert found(case, case.report("450.00", debtor_name="GARNIER LOUISE"))[0] == "A"


@pytest.mark.parametrize("payer", [{"debtor_iban": IBAN}, {"debtor_name": "JEAN MARTIN"}])
def test_a_lease_that_has_ended_gets_nothing_by_memory_or_name(payer: dict[str, Any]) -> None:
    case = a_case()
    case.receive("100.00", lease_id="A", debtor_iban=IBAN)
    case.let("A", holder_name="Jean Martin", status="ended", end_date=date(2026, 10, 31).isoformat())
    assert doubt(case, case.report("350.00", **payer)) == ("doubt", "ended")
