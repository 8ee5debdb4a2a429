"""What letters say: what is called and asked, a quittance or a reçu, in the tenant's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from builders import a_due, a_virtual_iban
from letters import DUE_DAY, PERIOD, TODAY, a_called, a_let, a_standing, composed, the_landlord, the_month

from quitus.domain.ibans import VirtualAccount
from quitus.domain.lease import CreditLot, DueKind, DueStanding
from quitus.domain.letter import Letter, Sums
from quitus.domain.letter_texts import LetterKind, LetterText
from quitus.domain.movement import Means
from quitus.domain.party import Party, PartyRole
from quitus.domain.plan import Instalment, InstalmentPlan
from quitus.services.compose_letters import Composer, DocumentKind, NoLetter
from quitus.services.letter_parts import Paid

PLAIN = {0xA0: " ", 0x202F: " "}
NOTICE, RECEIPT = DocumentKind.NOTICE, DocumentKind.RECEIPT


def table_of(letter: Letter) -> dict[str, tuple[str, ...]]:
    assert isinstance(letter.sums, Sums)
    return {row.label: tuple(amount.translate(PLAIN) for amount in row.amounts) for row in letter.sums.rows}


def said(letter: Letter) -> str:
    return "\n".join(letter.paragraphs).translate(PLAIN)


def refused(kind: DocumentKind, *dues: DueStanding) -> Letter | NoLetter:
    return Composer(the_landlord(), {}, TODAY).compose(kind, a_standing(*dues), PERIOD)


def test_a_notice_asks_line_by_line_aids_deducted() -> None:
    letter = composed(NOTICE, a_standing(*the_month(open_cents=272_00)))
    assert list(table_of(letter).items()) == [
        ("Loyer", ("420,00 €",)),
        ("Charges", ("80,00 €",)),
        ("Réduction de loyer de solidarité (RLS)", ("−38,00 €",)),
        ("APL", ("−190,00 €",)),
        ("Total de l’échéance", ("272,00 €",)),
        ("Total à payer", ("272,00 €",)),
    ]
    assert "novembre 2026" in letter.title.translate(PLAIN)
    assert "Merci de régler 272,00 € au plus tard le 10 novembre 2026." in said(letter)


def test_what_was_paid_before_and_what_is_still_owed_of_earlier_months_is_told() -> None:
    october = a_called(DueKind.RENT, 400_00, 50_00, period="2026-10")
    rows = table_of(composed(NOTICE, a_standing(october, *the_month(open_cents=242_00))))
    assert rows["Déjà réglé"] == ("−30,00 €",)
    assert rows["Reste dû des mois précédents"] == ("50,00 €",)
    assert rows["Total à payer"] == ("292,00 €",)


def test_case_14_a_credit_note_that_cleared_arrears_is_told_and_463_80_is_asked() -> None:
    credit_note = a_called(DueKind.ADJUSTMENT, -86_20)
    rows = table_of(composed(NOTICE, a_standing(a_called(DueKind.RENT, 500_00, 463_80), credit_note)))
    assert rows["Total de l’échéance"] == ("413,80 €",)
    assert rows["Avoir porté sur un reste dû"] == ("50,00 €",)
    assert rows["Total à payer"] == ("463,80 €",)


def test_a_plan_asks_for_its_instalment_and_not_for_what_it_covers() -> None:
    debt = a_called(DueKind.RENT, 960_00, 960_00, period="2026-01")
    plan = InstalmentPlan(
        1, (Instalment(DUE_DAY, 80_00), Instalment(date(2026, 12, 10), 880_00)), ((debt.due.due_id, 960_00),)
    )
    rows = table_of(composed(NOTICE, a_standing(debt, a_called(DueKind.RENT, 510_00, 510_00), plan=plan)))
    assert rows["Échéance de votre plan d’apurement"] == ("80,00 €",)
    assert "Reste dû des mois précédents" not in rows
    assert rows["Total à payer"] == ("590,00 €",)


def test_what_is_time_barred_is_not_asked_for_unless_a_plan_covers_it() -> None:
    old, rent = an_old_rent(), a_called(DueKind.RENT, 50_00, 50_00)
    letter = composed(NOTICE, a_standing(old, rent))
    rows = table_of(letter)
    assert "Reste dû des mois précédents" not in rows
    assert rows["Total à payer"] == ("50,00 €",)
    assert b"EUR50.00" in letter.codes[0].content
    assert "400" not in said(letter) + str(rows)
    plan = InstalmentPlan(1, (Instalment(DUE_DAY, 400_00),), ((old.due.due_id, 400_00),))
    kept = table_of(composed(NOTICE, a_standing(old, rent, plan=plan)))
    assert kept["Total à payer"] == ("450,00 €",)


def test_a_month_that_is_time_barred_has_no_notice() -> None:
    full = a_standing(an_old_rent())
    assert Composer(the_landlord(), {}, TODAY).compose(NOTICE, full, "2020-01") is NoLetter.TIME_BARRED


def an_old_rent() -> DueStanding:
    return DueStanding(a_due("rent-2020-01", 400_00, date(2020, 1, 10), DueKind.RENT, period="2020-01"), 400_00)


def test_a_plan_that_covers_the_month_itself_asks_for_its_instalment_alone() -> None:
    rent = a_called(DueKind.RENT, 510_00, 510_00)
    plan = InstalmentPlan(
        1, (Instalment(DUE_DAY, 100_00), Instalment(date(2026, 12, 10), 300_00)), ((rent.due.due_id, 400_00),)
    )
    rows = table_of(composed(NOTICE, a_standing(rent, plan=plan)))
    assert rows["Total de l’échéance"] == ("510,00 €",)
    assert rows["Repris dans votre plan d’apurement"] == ("−400,00 €",)
    assert rows["Échéance de votre plan d’apurement"] == ("100,00 €",)
    assert rows["Total à payer"] == ("210,00 €",)


def test_a_month_that_is_covered_asks_for_nothing_and_shows_no_code() -> None:
    letter = composed(NOTICE, a_standing(*the_month(), credits=(CreditLot("p", 30_00),)))
    rows = table_of(letter)
    assert (rows["Total à payer"], rows["Avance qui reste sur votre compte"]) == (("0,00 €",), ("30,00 €",))
    assert "Avance utilisée" not in rows
    assert "rien à payer" in said(letter)
    assert not letter.codes
    assert not letter.account


def test_a_credit_pays_what_it_can_of_what_a_notice_asks() -> None:
    full = a_standing(*the_month(open_cents=272_00), credits=(CreditLot("p", 30_00),))
    rows = table_of(composed(NOTICE, full))
    assert (rows["Avance utilisée"], rows["Total à payer"]) == (("−30,00 €",), ("242,00 €",))
    assert "Avance qui reste sur votre compte" not in rows


def test_the_codes_are_the_page_s_first_and_the_transfer_s_second() -> None:
    full = a_standing(*the_month(open_cents=272_00))
    page, transfer = composed(NOTICE, full, "https://pay.example/p/t").codes
    assert page.content == b"https://pay.example/p/t"
    assert (page.title[:2], transfer.title[:2]) == ("1.", "2.")
    lines = transfer.content.decode().split("\n")
    lease = full.standing.lease
    assert lines[4:8] == ["SWNBFR22XXX", "SEMIGA", lease.virtual_iban, "EUR272.00"]
    assert lines[9] == lease.payment_reference
    assert [code.content for code in composed(NOTICE, full).codes] == [transfer.content]


def test_a_payee_name_that_no_app_takes_leaves_the_account_without_code() -> None:
    letter = composed(DocumentKind.RIB, a_standing(lease=a_let(payee_name="SEMI\u202eAGI")))
    assert not letter.codes
    assert dict(letter.account)["Titulaire du compte"] == "SEMI\u202eAGI"


def test_a_month_paid_in_full_has_a_quittance_that_tells_rent_from_charges() -> None:
    letter = composed(RECEIPT, a_standing(*the_month()))
    assert letter.kind is LetterKind.FULL_RECEIPT
    assert table_of(letter)["Loyer"] == ("420,00 €", "420,00 €", "0,00 €")
    assert table_of(letter)["Charges"] == ("80,00 €", "80,00 €", "0,00 €")
    assert table_of(letter)["Réduction de loyer de solidarité (RLS)"][0] == "−38,00 €"
    assert table_of(letter)["Total"] == ("272,00 €", "272,00 €", "0,00 €")
    assert "SEMIGA reconnaît avoir reçu de Camille Roux la somme de 272,00 €" in said(letter)
    assert "en donne quittance" in said(letter)
    assert "encaissement" not in said(letter)
    assert "article 21" in letter.notes[0]


@pytest.mark.parametrize("open_cents", [1, 2_00, 271_99])
def test_whatever_is_open_makes_it_a_recu_never_a_quittance(open_cents: int) -> None:
    letter = composed(RECEIPT, a_standing(*the_month(open_cents=open_cents)))
    assert letter.kind is LetterKind.PART_RECEIPT
    assert "quittance" not in said(letter)
    assert "paiement partiel" in said(letter)
    assert "n’est pas une quittance" in letter.notes[0]


def test_an_aid_that_is_awaited_is_receipted_with_reserve() -> None:
    letter = composed(RECEIPT, a_standing(*the_month(aid_open=190_00)))
    assert letter.kind is LetterKind.FULL_RECEIPT
    assert "Sous réserve d’encaissement de l’aide au logement attendue, soit 190,00 €." in said(letter)


def test_a_receipt_names_its_payments_if_they_add_up() -> None:
    full = a_standing(*the_month())
    rent, day = "rent-2026-11", date(2026, 11, 2)
    known = [
        Paid(rent, day, Means.CARD, 100_00),
        Paid(rent, day, Means.CARD, 22_00),
        Paid("charges-2026-11", date(2026, 11, 1), Means.CHEQUE, 150_00),
        Paid("rent-2026-10", day, Means.CARD, 400_00),
    ]
    composer = Composer(the_landlord(), {}, TODAY)
    whole, late = (composer.compose(RECEIPT, full, PERIOD, payments) for payments in (known, known[1:]))
    assert isinstance(whole, Letter)
    assert isinstance(late, Letter)
    assert "Paiements reçus : 150,00 € – 1er novembre 2026, chèque ; 122,00 € – 2 novembre 2026, carte." in said(whole)
    assert "Paiements" not in said(late)


CO_TENANTS = (
    Party("p1", "L1", PartyRole.HOLDER, "Camille Roux"),
    Party("p2", "L1", PartyRole.COTENANT, "Dominique Martin"),
    Party("p3", "L1", PartyRole.GUARANTOR, "Garant Garant"),
)


def of_each(*payments: Paid, parties: Sequence[Party] = CO_TENANTS, open_cents: int = 72_00) -> list[str]:
    """Whom the receipts of a month name, paid but for 72.00 unless told."""
    full = a_standing(*the_month(open_cents=open_cents), parties=parties)
    made = Composer(the_landlord(), {}, TODAY).compose_each(RECEIPT, full, PERIOD, payments)
    assert not isinstance(made, NoLetter)
    return [letter.paragraphs[0].translate(PLAIN).removeprefix("SEMIGA reconnaît avoir reçu de ") for letter in made]


def a_payment(cents: int, payer: str | None) -> Paid:
    return Paid("rent-2026-11", TODAY, Means.TRANSFER, cents, payer)


def test_each_co_tenant_who_paid_a_part_has_a_recu_of_it() -> None:
    camille, dominique = of_each(
        a_payment(100_00, "ROUX CAMILLE"), a_payment(60_00, "M DOMINIQUE MARTIN"), a_payment(40_00, "Camille Roux")
    )
    assert camille.startswith("Camille Roux la somme de 140,00 €, en paiement partiel")
    assert dominique.startswith("Dominique Martin la somme de 60,00 €")
    assert "Il reste 72,00 € à payer" in dominique


def test_the_account_on_which_it_came_tells_whose_part_it_is() -> None:
    own = a_payment(60_00, "Camille Roux")._replace(party_id="p2")
    camille, dominique = of_each(a_payment(140_00, "Camille Roux"), own)
    assert camille.startswith("Camille Roux la somme de 140,00 €")
    assert dominique.startswith("Dominique Martin la somme de 60,00 €")


@pytest.mark.parametrize(
    "payments",
    [
        (a_payment(100_00, "Camille Roux"), a_payment(100_00, None)),
        (a_payment(100_00, "Camille Roux"), a_payment(100_00, "Garant Garant")),
        (a_payment(100_00, "Camille Roux"),),
        (),
    ],
)
def test_who_paid_is_not_guessed(payments: tuple[Paid, ...]) -> None:
    (all_of_them,) = of_each(*payments)
    assert all_of_them.startswith("Camille Roux, Dominique Martin la somme de 200,00 €")


def test_a_quittance_and_a_tenant_alone_have_one_letter() -> None:
    (whole,) = of_each(a_payment(272_00, "Camille Roux"), open_cents=0)
    assert whole.startswith("Camille Roux, Dominique Martin la somme de 272,00 €")
    (alone,) = of_each(a_payment(200_00, "Camille Roux"), parties=())
    assert alone.startswith("Camille Roux la somme de 200,00 €")


def test_nothing_called_or_nothing_paid_makes_no_letter() -> None:
    assert refused(NOTICE) is refused(RECEIPT) is NoLetter.NOTHING_CALLED
    assert refused(NOTICE, a_called(DueKind.AID_APL, -190_00)) is NoLetter.NOTHING_CALLED
    assert refused(RECEIPT, *the_month(open_cents=272_00)) is NoLetter.NOTHING_PAID
    assert refused(RECEIPT, a_called(DueKind.DEPOSIT, 400_00)) is NoLetter.NOTHING_CALLED


def test_what_is_no_rent_neither_stops_a_quittance_nor_is_in_it() -> None:
    beside = (
        a_called(DueKind.DEPOSIT, 400_00, 400_00),
        a_called(DueKind.FEE, 10_00, 10_00),
        a_called(DueKind.INSTALMENT, 80_00, 80_00),
        a_called(DueKind.ADJUSTMENT, -20_00),
        DueStanding(a_due("refund-r1", 30_00, DUE_DAY, DueKind.ADJUSTMENT), 30_00),
        a_called(DueKind.RENT, 420_00, 420_00, period="2026-10"),
    )
    letter = composed(RECEIPT, a_standing(*beside, *the_month()))
    assert letter.kind is LetterKind.FULL_RECEIPT
    assert table_of(letter)["Total"] == ("272,00 €", "272,00 €", "0,00 €")


def test_aids_above_the_rent_are_told_and_nothing_was_paid() -> None:
    aid, rent = a_called(DueKind.AID_APL, -450_00), a_called(DueKind.RENT, 420_00)
    letter = composed(RECEIPT, a_standing(rent, aid))
    assert table_of(letter)["Excédent d’aide, porté à votre compte"] == ("30,00 €", "30,00 €", "0,00 €")
    assert table_of(letter)["Total"] == ("0,00 €", "0,00 €", "0,00 €")
    assert "la somme de 0,00 €" in said(letter)


def test_an_english_tenant_reads_english_and_the_law_s_words_in_french() -> None:
    letter = composed(RECEIPT, a_standing(*the_month(), lease=a_let(language="en")))
    assert "SEMIGA has received €272.00 from Camille Roux" in said(letter)
    assert "en donne quittance" in letter.french[0]
    notice = composed(NOTICE, a_standing(*the_month(open_cents=272_00), lease=a_let(language="en")))
    assert "Please pay €272.00 by 10 November 2026" in said(notice)
    assert not notice.french
    other = composed(NOTICE, a_standing(*the_month(open_cents=272_00), lease=a_let(language="de")))
    assert "Merci de régler" in said(other)


def test_letters_name_the_household_of_today() -> None:
    parties = (
        Party("p1", "L1", PartyRole.HOLDER, "Camille Roux"),
        Party("p2", "L1", PartyRole.COTENANT, "Dominique Martin"),
        Party("p3", "L1", PartyRole.COTENANT, "Claude Parti", to_date=date(2026, 10, 31)),
        Party("p4", "L1", PartyRole.COTENANT, "Noa Futur", from_date=date(2026, 12, 1)),
        Party("p5", "L1", PartyRole.GUARANTOR, "Garant Garant"),
    )
    letter = composed(DocumentKind.RIB, a_standing(parties=parties))
    assert letter.recipient == ("Camille Roux", "Dominique Martin", "1 rue des Arènes", "30900 Nîmes")
    assert letter.sender == ("SEMIGA", "6 avenue du Général Leclerc", "30000 Nîmes")
    assert dict(letter.contact)["Téléphone"] == "04 66 00 00 00"


@pytest.mark.parametrize("kind", [DocumentKind.RIB, DocumentKind.VIRTUAL_IBAN])
def test_who_has_an_account_has_its_letter_all_others_have_the_lease_s(kind: DocumentKind) -> None:
    own = VirtualAccount(a_virtual_iban(7), "SWNBFR22XXX", "SEMIGA")
    parties = (
        Party("p1", "L1", PartyRole.HOLDER, "Camille Roux"),
        Party("p2", "L1", PartyRole.COTENANT, "Dominique Martin", account=own),
        Party("p3", "L1", PartyRole.COTENANT, "Claude Parti", to_date=date(2026, 10, 31), account=own),
    )
    full = a_standing(parties=parties)
    made = Composer(the_landlord(), {}, TODAY).compose_each(kind, full)
    assert not isinstance(made, NoLetter)
    told = {letter.recipient[0]: dict(letter.account)["IBAN"].translate(PLAIN).replace(" ", "") for letter in made}
    assert told == {"Camille Roux": full.standing.lease.virtual_iban, "Dominique Martin": own.iban}
    assert own.payment_reference in dict(made[1].account).values()
    assert all(len(letter.recipient) == 3 for letter in made)


def test_where_all_have_accounts_the_lease_s_is_told_to_nobody() -> None:
    numbers = {"Camille Roux": a_virtual_iban(7), "Dominique Martin": a_virtual_iban(8)}
    parties = tuple(
        Party(name, "L1", PartyRole.COTENANT, name, account=VirtualAccount(iban, "SWNBFR22XXX", "SEMIGA"))
        for name, iban in numbers.items()
    )
    made = Composer(the_landlord(), {}, TODAY).compose_each(DocumentKind.RIB, a_standing(parties=parties))
    assert not isinstance(made, NoLetter)
    assert [letter.recipient[0] for letter in made] == list(numbers)


def test_a_receipt_names_all_who_paid_the_rent_though_the_window_shows_three() -> None:
    names = ("Camille Roux", "Dominique Martin", "Noa Petit", "Sacha Blanc", "Charlie Noir")
    parties = tuple(Party(f"p{number}", "L1", PartyRole.COTENANT, name) for number, name in enumerate(names[1:]))
    letter = composed(RECEIPT, a_standing(*the_month(open_cents=0), parties=parties))
    assert letter.recipient[:4] == (*names[:3], "1 rue des Arènes")
    assert f"reçu de {', '.join(names)} " in letter.paragraphs[0].translate(PLAIN)


def test_a_rib_has_the_number_in_both_notations_and_the_name_that_the_bank_answers() -> None:
    lease = a_let(payee_name="SEMIGA SA")
    letter = composed(DocumentKind.RIB, a_standing(lease=lease))
    account = {label: value.translate(PLAIN).replace(" ", "") for label, value in letter.account}
    assert account["IBAN"] == lease.virtual_iban
    assert account["Banque · guichet · compte · clé"].replace("·", "") == lease.virtual_iban[4:]
    assert (account["BIC"], account["Titulaire du compte"]) == ("SWNBFR22XXX", "SEMIGASA")
    assert "« SEMIGA SA »" in said(letter)


def test_a_landlord_s_own_words_take_the_place_of_the_usual_ones() -> None:
    texts = {LetterKind.NOTICE: LetterText(fr="{holder}, payez {total} pour {period} avant le {pay_by}.")}
    composer = Composer(the_landlord(), texts, TODAY)
    french, english = (
        composer.compose(NOTICE, a_standing(*the_month(open_cents=272_00), lease=a_let(language=code)), PERIOD)
        for code in ("fr", "en")
    )
    assert isinstance(french, Letter)
    assert isinstance(english, Letter)
    assert said(french) == "Camille Roux, payez 272,00 € pour novembre 2026 avant le 10 novembre 2026."
    assert "Please pay" in said(english)


def test_a_lease_without_account_number_gets_no_letter() -> None:
    full = a_standing(*the_month(), lease=replace(a_let(), virtual_iban=""))
    assert Composer(the_landlord(), {}, TODAY).compose(NOTICE, full, PERIOD) is NoLetter.NO_VIRTUAL_IBAN
