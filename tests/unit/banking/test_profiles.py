"""Where a bank puts the virtual IBAN, the references and the payer is data: a profile says it, per format."""

from __future__ import annotations

import pytest

from quitus.banking.profiles import CAMT, CFONB, CFONB_STATEMENT, MT940, PROFILES, profile_named
from quitus.domain.errors import Invalid

from .camt_files import a_detail, a_statement, an_entry, read
from .other_files import cfonb, complement, mt940, operation, read_fields, read_records, record

RF = "RF18539007547034"
ULTIMATE = "<RltdPties><UltmtDbtr><Nm>Caisse pour Jeanne</Nm></UltmtDbtr></RltdPties>"
SOMEWHERE = {*CAMT.virtual_iban, *CAMT.payer, *CAMT.reference, "TxDtls/Refs/EndToEndId"}
IN_MT940 = {*MT940.virtual_iban, *MT940.payer, *MT940.reference}


def an_mt940_line(details: str) -> bytes:
    return mt940(":61:2611231123CR450,00NTRFNONREF//B1", f":86:{details}")


def a_cfonb_movement(*complements: str) -> bytes:
    return cfonb(record("01", 100000), operation(45000), *complements, record("07", 145000))


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_reads_every_format_at_places_that_the_format_has(name: str) -> None:
    profile = profile_named(name)
    assert {*profile.camt.virtual_iban, *profile.camt.payer, *profile.camt.reference} <= SOMEWHERE
    assert {*profile.mt940.virtual_iban, *profile.mt940.payer, *profile.mt940.reference} <= IN_MT940
    assert set(profile.cfonb.payer) == set(CFONB.payer)
    assert set(profile.cfonb.virtual_iban) <= {*CFONB.virtual_iban, CFONB_STATEMENT}
    camt, _ = read(a_statement(an_entry(a_detail())), profile)
    records, _ = read_records(a_cfonb_movement(complement("NPY", "JEANNE PETIT")), profile)
    fields, _ = read_fields(an_mt940_line("166?00VIREMENT?32JEANNE PETIT"), profile)
    assert [movement.amount_cents for movement in (*camt, *records, *fields)] == [45000] * 3
    assert [movement.debtor_name for movement in (*records, *fields)] == ["JEANNE PETIT"] * 2


@pytest.mark.parametrize(("profile", "payer"), [("default", "Jeanne Petit"), ("on-behalf", "Caisse pour Jeanne")])
def test_who_pays_for_another_is_named_first_where_the_profile_says_so(profile: str, payer: str) -> None:
    entry = an_entry(a_detail(inside=ULTIMATE))
    (movement,), _ = read(a_statement(entry), profile_named(profile))
    assert movement.debtor_name == payer
    records = a_cfonb_movement(complement("NPY", "Jeanne Petit"), complement("NPO", "Caisse pour Jeanne"))
    (movement,), _ = read_records(records, profile_named(profile))
    assert movement.debtor_name == payer


@pytest.mark.parametrize("names", [("NPO", "NPY"), ("NPY", "NPO")])
def test_the_order_of_the_records_does_not_choose_the_payer(names: tuple[str, str]) -> None:
    records = a_cfonb_movement(*(complement(name, name) for name in names))
    assert [read_records(records, profile_named(name))[0][0].debtor_name for name in ("default", "on-behalf")] == [
        "NPY",
        "NPO",
    ]


def test_a_payment_reference_may_come_as_the_end_to_end_id() -> None:
    statement = a_statement(an_entry(a_detail(references={"EndToEndId": RF}, unstructured=["LOYER"])))
    assert read(statement)[0][0].payment_reference is None
    assert read(statement, profile_named("reference-as-end-to-end"))[0][0].payment_reference == RF


def test_a_profile_without_free_text_takes_no_reference_from_it() -> None:
    strict = profile_named("structured")
    camt = a_statement(an_entry(a_detail(unstructured=[f"LOYER {RF}"])))
    assert [read(camt)[0][0].payment_reference, read(camt, strict)[0][0].payment_reference] == [RF, None]
    free = a_cfonb_movement(complement("LCC", f"LOYER {RF}"))
    assert [read_records(free)[0][0].payment_reference, read_records(free, strict)[0][0].payment_reference] == [
        RF,
        None,
    ]
    structured = a_cfonb_movement(complement("LCS", RF), complement("LCC", "LOYER"))
    assert read_records(structured, strict)[0][0].payment_reference == RF
    line = an_mt940_line(f"166?00VIREMENT?20LOYER {RF}?32JEANNE PETIT")
    assert [read_fields(line)[0][0].payment_reference, read_fields(line, strict)[0][0].payment_reference] == [RF, None]


def test_a_profile_that_nobody_knows_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Invalid) as refused:
        profile_named("ma-banque")
    assert refused.value.detail["known"] == sorted(PROFILES)
