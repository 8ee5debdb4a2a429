"""Cases 4 and 21 of sector.md §7: one transfer, a list of whose money it is."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance.case import Case
from unit.web.office import CAF
from unit.web.office import LANDLORD as SETTINGS

from quitus.domain.money import format_euros, parse_euros
from quitus.services.resume import Resume

FSL: dict[str, Any] = {
    "payer_id": "fsl",
    "name": "FSL 30",
    "means": "transfer",
    "names": ["DEPARTEMENT DU GARD FSL"],
    "layout": {"columns": {"amount": "amount", "lease": "lease"}, "separator": ",", "amounts": "point"},
}
OCTOBER = "2026-10"


def a_case() -> Case:
    return Case(bulk_payers=[CAF, FSL])


def caf_list(*lines: tuple[str, str], month: str = OCTOBER) -> str:
    rows = [f"{number};M. {number};{euros.replace('.', ',')};{month}" for number, euros in lines]
    return "\r\n".join(["Allocataire;Nom;Montant;Mois", *rows, ""])


def tenant(case: Case, lease_id: str, number: str, aid: str | None = None, **fields: Any) -> None:
    """A lease whose tenant the CAF knows under a number, with an aid that was called."""
    case.let(lease_id, **fields)
    assert case.ask("PUT", f"/v1/payers/caf/beneficiaries/{number}", {"lease_id": lease_id}).status == 201
    if aid is not None:
        case.call(f"rent-{lease_id}", "rent", "2026-10-10", "480.00", lease_id=lease_id)
        case.call(f"apl-{lease_id}", "aid_apl", "2026-10-10", f"-{aid}", lease_id=lease_id)


def suspense(case: Case) -> list[tuple[str, str]]:
    items = case.get("/v1/payments", status="suspense")["items"]
    return sorted((format_euros(item["amount_cents"]), item["match"]["reason"]) for item in items)


def test_case_04_caf_bulk() -> None:
    case = a_case()
    known = {f"L{number}": f"1{number:06d}" for number in range(1, 40)}
    for lease_id, number in known.items():
        tenant(case, lease_id, number, "308.60" if lease_id != "L39" else "308.45")
    tenant(case, "GONE", "2000001", status="ended", end_date="2026-08-31")
    lines = [(number, "308.60") for number in list(known.values())[:38]] + [(known["L39"], "308.45")]
    list_id = case.drop_list(caf_list(*lines, ("2000001", "210.00"), ("9999999", "185.30")))
    case.settle()
    assert case.get(f"/v1/lists/{list_id}")["wait"] == "no_transfer"
    transfer = case.report("12430.55", debtor_name="CAF DU GARD", remittance="APL OCTOBRE")
    case.settle()
    held = case.get(f"/v1/lists/{list_id}")
    assert (held["status"], held["payment_id"]) == ("posted", transfer)
    assert {name: held["counts"][name] for name in ("posted_cents", "departed_cents", "unknown_cents")} == {
        "posted_cents": 1203525,
        "departed_cents": 21000,
        "unknown_cents": 18530,
    }
    assert suspense(case) == [("185.30", "unknown_beneficiary"), ("210.00", "departed_beneficiary")]
    assert {case.aid_open(lease_id) for lease_id in known} == {"0.00"}
    assert case.balance("L1") == "171.40"
    assert (case.balance("GONE"), case.aid_open("GONE")) == ("0.00", "0.00")
    case.holds(*known, "GONE")
    posted = case.get("/v1/dashboard", by="means")
    assert [(row["key"], row["amount_cents"]) for row in posted["rows"]] == [("caf", 1203525)]
    assert posted["suspense_cents"] == 39530


@pytest.mark.parametrize("transfer", ["12430.54", "12430.56"])
def test_case_04_a_total_that_is_not_the_transfer_posts_nothing(transfer: str) -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    list_id = case.drop_list(caf_list(("1000001", "12430.55")))
    paid = case.report(transfer, debtor_name="CAF DU GARD 30")
    case.settle()
    held = case.get(f"/v1/lists/{list_id}")
    assert (held["status"], held["wait"]) == ("waiting", "total_mismatch")
    assert ("list_not_paired", list_id) in case.alerts()
    assert (case.aid_open(), suspense(case)) == ("190.00", [(transfer, "awaiting_list")])
    assert case.payment(paid)["status"] == "suspense"


def test_case_04_a_recovery_debits_that_tenant() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    tenant(case, "L2", "1000002", "210.00")
    case.report("154.00", debtor_name="CAF DU GARD")
    list_id = case.drop_list(caf_list(("1000002", "210.00"), ("1000001", "-56.00")))
    before = case.balance("L1")
    case.settle()
    assert case.lines(list_id) == [("210.00", "L2", "posted", None), ("-56.00", "L1", "posted", None)]
    assert parse_euros(case.balance("L1")) - parse_euros(before) == 5600
    assert case.still_open()[f"recovery-{list_id}-2"] == "56.00"
    (entry,) = [entry for entry in case.entries("L1") if entry["kind"] == "reversal"]
    assert [(line["account"], line["debit_cents"] - line["credit_cents"]) for line in entry["lines"]] == [
        ("411", 5600),
        ("471", -5600),
    ]
    case.holds("L1", "L2")
    assert case.get("/v1/dashboard")["total_cents"] == 15400
    assert suspense(case) == []


def test_case_21_fsl_for_two_tenants_is_split_by_its_list() -> None:
    case = a_case()
    for lease_id, euros in (("L1", "500.00"), ("L2", "240.00")):
        case.let(lease_id)
        case.call(f"rent-{lease_id}", "rent", "2026-10-10", euros, lease_id=lease_id)
    case.report("640.00", debtor_name="DEPARTEMENT DU GARD FSL")
    case.drop_list("lease,amount\nL1,400.00\nL2,240.00\n", "fsl")
    case.settle()
    assert (case.balance("L1"), case.balance("L2"), suspense(case)) == ("100.00", "0.00", [])
    case.holds("L1", "L2")


def test_a_list_posts_once_however_often_and_under_whatever_name_it_comes() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    told = caf_list(("1000001", "190.00"))
    first = case.drop_list(told)
    case.report("190.00", debtor_name="CAF DU GARD")
    case.settle()
    copies = [case.drop_list(told, name="copie.csv"), case.drop_list(told.replace("\r\n", "\n"), name="unix.csv")]
    case.report("190.00", "2026-11-04", debtor_name="CAF DU GARD")
    case.settle()
    assert [case.get(f"/v1/files/{one}")["status"] for one in (first, *copies)] == [
        "processed",
        "duplicate",
        "duplicate",
    ]
    assert case.aid_open() == "0.00"
    assert suspense(case) == [("190.00", "awaiting_list")]


def test_the_month_that_the_list_names_settles_that_month_also_of_a_tenant_who_left_since() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00", status="ended", end_date="2026-10-31")
    case.call("apl-sep", "aid_apl", "2026-09-10", "-190.00")
    list_id = case.drop_list(caf_list(("1000001", "190.00")))
    paid = case.report("190.00", debtor_name="CAF DU GARD")
    case.settle()
    (line,) = case.get(f"/v1/lists/{list_id}/lines")["items"]
    assert case.settled(line["payment_id"]) == {"apl-L1": "190.00"}
    assert line["payment_id"] != paid


def test_a_line_of_nobody_is_assigned_by_a_person_and_its_number_is_remembered() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    tenant(case, "L2", "1000002", "150.00")
    case.drop_list(caf_list(("1000001", "190.00"), ("77", "150.00")))
    case.report("340.00", debtor_name="CAF DU GARD")
    case.settle()
    (apart,) = case.get("/v1/payments", status="suspense")["items"]
    body = {"lease_id": "L2", "reason": "nouveau numéro"}
    assert case.ask("POST", f"/v1/payments/{apart['payment_id']}/assign", body).body["lease_id"] == "L2"
    assert case.aid_open("L2") == "0.00"
    again = case.drop_list(caf_list(("77", "150.00"), month="2026-11"))
    case.report("150.00", "2026-11-04", debtor_name="CAF DU GARD")
    case.settle()
    assert case.lines(again) == [("150.00", "L2", "posted", None)]
    case.holds("L1", "L2")


def test_a_recovery_of_nobody_is_told_and_debits_whom_a_person_says() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    list_id = case.drop_list(caf_list(("1000001", "190.00"), ("77", "-56.00")))
    case.report("134.00", debtor_name="CAF DU GARD")
    case.settle()
    assert case.lines(list_id)[1] == ("-56.00", None, "suspense", None)
    apart = case.get(f"/v1/lists/{list_id}/lines")["items"][1]["payment_id"]
    assert ("recovery_apart", apart) in case.alerts()
    before = parse_euros(case.balance())
    assigned = case.ask("POST", f"/v1/payments/{apart}/assign", {"lease_id": "L1", "reason": "c'est lui"})
    assert assigned.status == 200, assigned
    assert parse_euros(case.balance()) - before == 5600
    assert ("recovery_apart", apart) not in case.alerts()
    refused = case.ask("POST", f"/v1/payments/{apart}/unassign", {"reason": "non"})
    assert (refused.status, refused.body["error"]["code"]) == (409, "payment_is_recovery")
    case.holds("L1")


def test_of_two_equal_transfers_a_person_says_which_is_the_lists() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    one, other = (case.report("190.00", day, debtor_name="CAF DU GARD") for day in ("2026-11-03", "2026-11-04"))
    list_id = case.drop_list(caf_list(("1000001", "190.00")))
    case.settle()
    assert case.get(f"/v1/lists/{list_id}")["wait"] == "several_transfers"
    assert case.aid_open() == "190.00"
    body = {"payment_id": other, "reason": "vu avec la CAF"}
    given = case.ask("POST", f"/v1/lists/{list_id}/transfer", body)
    assert (given.status, given.body["status"]) == (200, "posting")
    case.settle()
    assert (case.aid_open(), case.get(f"/v1/lists/{list_id}")["status"]) == ("0.00", "posted")
    assert [item["payment_id"] for item in case.get("/v1/payments", status="suspense")["items"]] == [one]
    again = case.ask("POST", f"/v1/lists/{list_id}/transfer", {"payment_id": one, "reason": "et celui-ci"})
    assert (again.status, again.body["error"]["code"]) == (409, "list_not_waiting")
    acts = [(act["action"], act["about"].get("list_id")) for act in case.get("/v1/audit")["items"]]
    assert ("give_list", list_id) in acts


def test_a_list_of_nobody_at_all_waits_for_a_person() -> None:
    case = a_case()
    list_id = case.drop_list(caf_list(("1000001", "190.00"), ("1000002", "20.00")))
    case.report("210.00", debtor_name="CAF DU GARD")
    case.settle()
    assert case.get(f"/v1/lists/{list_id}")["wait"] == "no_known_beneficiary"
    withdrawn = case.ask("POST", f"/v1/lists/{list_id}/withdraw", {"reason": "mauvais fichier"})
    assert (withdrawn.status, withdrawn.body["status"]) == (200, "withdrawn")
    assert suspense(case) == [("210.00", "awaiting_list")]
    tenant(case, "L1", "1000001", "190.00")
    again = [case.drop_list(caf_list(("1000001", "190.00"), ("1000002", "20.00")), name=name) for name in ("a", "b")]
    case.settle()
    assert [case.get(f"/v1/files/{one}")["status"] for one in again] == ["processed", "duplicate"]
    assert [one["status"] for one in case.get("/v1/lists")["items"]].count("posted") == 1
    assert (case.aid_open(), suspense(case)) == ("0.00", [("20.00", "unknown_beneficiary")])


def test_a_list_that_cannot_be_read_is_kept_out_until_its_mapping_is_mended() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    list_id = case.drop_list("Allocataire;Nom;A payer;Mois\n1000001;X;190,00;2026-10\n")
    file = case.get(f"/v1/files/{list_id}")
    assert (file["status"], file["kind"], file["reason"]) == ("quarantined", "list", "list_missing_column")
    assert case.ask("GET", f"/v1/lists/{list_id}").status == 404
    columns = CAF["layout"]["columns"] | {"amount": "A payer"}
    mended = CAF | {"layout": CAF["layout"] | {"columns": columns}}
    assert case.ask("PUT", "/v1/landlords/semiga", SETTINGS | {"bulk_payers": [mended]}, role="admin").status == 200
    released = case.ask("POST", f"/v1/files/{list_id}/release", {"reason": "colonne corrigée"})
    assert (released.status, released.body["status"]) == (200, "processing")
    case.drops.intake(case.office.table).resume(Resume("semiga", list_id))
    case.report("190.00", debtor_name="CAF DU GARD")
    case.settle()
    assert (case.get(f"/v1/lists/{list_id}")["status"], case.aid_open()) == ("posted", "0.00")


def test_a_transfer_whose_sender_only_a_later_channel_tells_finds_its_list() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    list_id = case.drop_list(caf_list(("1000001", "190.00")))
    case.report("190.00", channel="camt.054", bank_reference="BK-CAF")
    case.settle()
    assert (suspense(case), case.get(f"/v1/lists/{list_id}")["wait"]) == ([("190.00", "no_evidence")], "no_transfer")
    case.report("190.00", bank_reference="BK-CAF", debtor_name="CAF DU GARD")
    case.settle()
    assert (case.get(f"/v1/lists/{list_id}")["status"], case.aid_open(), suspense(case)) == ("posted", "0.00", [])


def test_the_erp_takes_a_recovery_off_by_changing_its_due() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    case.report("134.00", debtor_name="CAF DU GARD")
    list_id = case.drop_list(caf_list(("1000001", "190.00"), ("1000001", "-56.00")))
    case.settle()
    before = parse_euros(case.balance())
    case.call(f"recovery-{list_id}-2", "adjustment", "2026-11-05", "0.00")
    assert before - parse_euros(case.balance()) == 5600
    case.holds("L1")


def test_a_person_takes_a_line_off_a_lease_and_puts_it_on_another() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    tenant(case, "L2", "1000002", "190.00")
    list_id = case.drop_list(caf_list(("1000001", "190.00")))
    case.report("190.00", debtor_name="CAF DU GARD")
    case.settle()
    (line,) = case.get(f"/v1/lists/{list_id}/lines")["items"]
    path = f"/v1/payments/{line['payment_id']}"
    assert case.ask("POST", f"{path}/unassign", {"reason": "erreur de la CAF"}).status == 200
    assert (case.aid_open("L1"), suspense(case)) == ("190.00", [("190.00", "unassigned")])
    assert case.ask("POST", f"{path}/assign", {"lease_id": "L2", "reason": "vu avec la CAF"}).status == 200
    assert (case.aid_open("L1"), case.aid_open("L2")) == ("190.00", "0.00")
    case.holds("L1", "L2")


def test_a_recovery_is_paid_at_once_by_what_the_tenant_has_in_credit() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    case.receive("400.00", "2026-11-03")
    assert case.credit() == "110.00"
    case.report("134.00", debtor_name="CAF DU GARD")
    case.drop_list(caf_list(("1000001", "190.00"), ("1000001", "-56.00")))
    case.settle()
    assert (case.credit(), case.balance(), case.aid_open(), case.still_open()) == ("54.00", "-54.00", "0.00", {})
    case.holds("L1")


def test_a_household_pays_with_its_fsl_line_what_its_other_lease_owes() -> None:
    case = a_case()
    case.let("L1", account_group="G1")
    case.let("P1", account_group="G1", unit_kind="parking")
    case.call("rent", "rent", "2026-10-10", "400.00", lease_id="L1")
    case.call("box", "annex", "2026-10-10", "45.00", lease_id="P1")
    list_id = case.drop_list("lease,amount\nL1,425.00\n", "fsl")
    case.report("425.00", debtor_name="DEPARTEMENT DU GARD FSL DEP")
    case.settle()
    (line,) = case.get(f"/v1/lists/{list_id}/lines")["items"]
    assert case.settled(line["payment_id"]) == {"rent": "400.00", "box": "25.00"}
    case.holds("L1", "P1")


def test_what_the_caf_sent_by_transfer_settles_the_aid_when_a_person_assigns_it() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "150.00")
    sent = case.report("150.00", debtor_name="CAF DU GARD")
    assert case.ask("POST", f"/v1/payments/{sent}/assign", {"lease_id": "L1", "reason": "seen"}).status == 200
    assert (case.balance(), case.aid_open(), case.settled(sent)) == ("330.00", "0.00", {"apl-L1": "150.00"})
    assert case.ask("POST", f"/v1/payments/{sent}/unassign", {"reason": "wrong"}).status == 200
    assert (case.balance(), case.aid_open()) == ("330.00", "150.00")
    case.holds()


def test_what_the_caf_sent_is_split_over_aids() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "150.00")
    tenant(case, "L2", "1000002", "100.00")
    sent = case.report("250.00", debtor_name="CAF DU GARD")
    parts = [{"lease_id": "L1", "amount_cents": 15000}, {"lease_id": "L2", "amount_cents": 10000}]
    assert case.ask("POST", f"/v1/payments/{sent}/split", {"parts": parts, "reason": "seen"}).status == 200
    assert (case.aid_open("L1"), case.aid_open("L2"), case.balance("L1")) == ("0.00", "0.00", "330.00")
    case.take_back(sent, "2026-11-06", "250.00", "FOCR")
    assert (case.aid_open("L1"), case.aid_open("L2"), case.balance("L1")) == ("150.00", "100.00", "330.00")
    case.holds("L1", "L2")


def test_the_cafs_money_is_never_matched_by_a_virtual_iban() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "150.00")
    sent = case.receive("150.00", debtor_name="CAF DU GARD")
    assert (case.payment(sent)["lease_id"], case.balance()) == (None, "330.00")
    assert suspense(case) == [("150.00", "awaiting_list")]


def test_nor_by_that_which_another_channel_says_of_it() -> None:
    case = a_case()
    tenant(case, "L1", "1000001", "150.00")
    sent = case.report("150.00", debtor_name="CAF DU GARD")
    assert case.receive("150.00", channel="cfonb120") == sent
    assert (case.payment(sent)["lease_id"], case.aid_open()) == (None, "150.00")


def test_the_fsl_may_pay_on_a_virtual_iban() -> None:
    case = a_case()
    tenant(case, "L1", "1000001")
    case.call("oct", "rent", "2026-10-10", "100.00")
    paid = case.receive("100.00", debtor_name="DEPARTEMENT DU GARD FSL")
    assert (case.settled(paid), case.balance()) == ({"oct": "100.00"}, "0.00")


@pytest.mark.parametrize("list_comes", ["first", "between", "last"])
@pytest.mark.parametrize("order", ["caf tenant", "tenant caf"])
def test_a_tenants_transfer_is_never_taken_for_an_equal_one_of_the_caf(order: str, list_comes: str) -> None:
    """An event tells of the tenant's; then a statement of both, with other references."""
    case = a_case()
    tenant(case, "L1", "1000001", "190.00")
    case.let("L2")
    case.call("nov-L2", "rent", "2026-11-01", "190.00", lease_id="L2")
    text, sent = caf_list(("1000001", "190.00")), {"debtor_name": "CAF DU GARD"}
    paid = {"debtor_name": "TENANT TWO", "virtual_iban": case.lease("L2")["virtual_iban"]}
    if list_comes == "first":
        case.drop_list(text)
    case.report("190.00", channel="camt.054", bank_reference=None, **sent)
    case.report("190.00", channel="event:bank:instant", bank_reference="T-1", **paid)
    assert case.balance("L2") == "0.00"
    if list_comes == "between":
        case.drop_list(text)
    case.settle()
    for said in order.split():
        case.report("190.00", bank_reference=None, **(sent if said == "caf" else paid))
    if list_comes == "last":
        case.drop_list(text)
    case.settle()
    assert (case.balance("L2"), case.aid_open("L1"), suspense(case)) == ("0.00", "0.00", [])
    case.holds("L1", "L2")


@pytest.mark.parametrize("names", [("DEPT DU GARD", "DEPARTEMENT DU GARD FSL"), ("FSL 30", "FSL 30")])
def test_a_transfer_on_a_lease_is_one_whatever_channels_call_its_payer(names: tuple[str, str]) -> None:
    """The second channel tells it when, or in words by which, it is known that the payer sends lists."""
    case = Case(bulk_payers=[])
    case.let()
    iban = case.lease()["virtual_iban"]
    case.report("100.00", channel="camt.054", virtual_iban=iban, debtor_name=names[0], bank_reference=None)
    case.change_settings(bulk_payers=[FSL | {"names": [names[1]]}])
    case.report("100.00", virtual_iban=iban, debtor_name=names[1], bank_reference=None)
    assert (case.balance(), len(case.get("/v1/payments")["items"])) == ("-100.00", 1)
