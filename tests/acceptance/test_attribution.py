"""Payments that name no lease: attributed where memory or a name leaves no doubt, else suggested to a person."""

from __future__ import annotations

from acceptance.words import Words

PAYER = {"debtor_name": "M OU MME TARTEMPION", "debtor_iban": "FR7630001007941234567890185"}
HOMONYM = {"debtor_name": "M. MARTIN JEAN", "debtor_iban": "FR1420041010050500013M02606"}


def match(case: Words, payment_id: str) -> tuple[str | None, str | None]:
    payment = case.payment(payment_id)
    return payment["lease_id"], payment["match"]["rule"]


def test_a_known_payer_needs_no_reference_and_a_homonym_needs_a_person_once(case: Words) -> None:
    tenants = {"L1": "Camille Roux", "L2": "Jean Martin", "L3": "Jean Martin"}
    for lease_id, holder in tenants.items():
        case.let(lease_id, holder_name=holder)
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "450.00", lease_id=lease_id)
    case.receive("450.00", lease_id="L1", **PAYER)
    case.call("dec-L1", "rent", "2026-12-10", "450.00")
    assert match(case, case.report("450.00", "2026-12-05", **PAYER)) == ("L1", "known_payer")
    assert match(case, case.report("450.00", "2026-11-06", debtor_name="ROUX CAMILLE")) == (None, None)

    unclear = case.report("450.00", **HOMONYM)
    told = case.payment(unclear)
    assert (told["status"], told["match"]["reason"], told["match"]["evidence"]["doubt"]) == ("suspense", "doubt", "tie")
    suggested = case.suggestions(unclear)
    assert [one["lease_id"] for one in suggested] == ["L2", "L3"]
    assert {tuple(one["reasons"]) for one in suggested} == {("same_name", "amount_owed")}
    assert suggested[0]["due_ids"] == ["nov-L2"]

    decided = case.ask("POST", f"/v1/payments/{unclear}/assign", {"lease_id": "L3", "reason": "seen on the slip"})
    assert (decided.status, decided.body["match"]["rule"]) == (200, "person")
    (act,) = [one for one in case.get("/v1/audit")["items"] if one["action"] == "assign"]
    assert (act["about"], act["reason"]) == ({"payment_id": unclear, "lease_id": "L3"}, "seen on the slip")
    case.call("dec-L3", "rent", "2026-12-10", "455.00", lease_id="L3")
    later = case.report("455.00", "2026-12-05", **HOMONYM)
    assert match(case, later) == ("L3", "known_payer")
    assert case.payment(later)["match"]["evidence"]["learned_from"] == unclear
    case.holds("L1", "L2", "L3")
