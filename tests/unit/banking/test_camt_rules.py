"""What real camt files force a reader to accept, and how it proves what it accepted (bank-formats.md §1 to §4)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from unit.banking.camt_files import (
    ACCOUNT,
    OTHER_VIRTUAL,
    VIRTUAL,
    Detail,
    a_detail,
    a_notification,
    a_statement,
    an_entry,
    balance,
    codes,
    read,
)

from quitus.banking.profiles import profile_named
from quitus.domain.movement import Means, Nature, Status


def test_a_statement_says_its_account_balances_and_sums() -> None:
    _, (statement,) = read(a_statement(an_entry(a_detail()), an_entry(amount="56.00", sign="DBIT", code="")))
    assert (statement.account, statement.message_id, statement.statement_id) == (ACCOUNT, "M-1", "S-1")
    assert statement.electronic_sequence == "7"
    assert (statement.balances.opening_cents, statement.balances.closing_cents) == (100000, 139400)
    assert (statement.movements, statement.credits_cents, statement.debits_cents) == (2, 45000, 5600)
    assert statement.days == ((date(2026, 11, 23), 45000, 5600),)
    assert statement.problems == ()


def test_a_transfer_received_is_a_receipt_on_its_virtual_iban() -> None:
    (movement,), _ = read(a_statement(an_entry(a_detail(debtor_iban="FR14 2004 1010 0505 0001 3M02 606"))))
    assert movement.virtual_iban == VIRTUAL
    assert movement.virtual_iban_path == "TxDtls/RltdPties/CdtrAcct/Id/IBAN"
    assert (movement.nature, movement.means, movement.bank_code) == (Nature.RECEIPT, Means.TRANSFER, "PMNT/RCDT/ESCT")
    assert (movement.debtor_name, movement.debtor_iban) == ("Jeanne Petit", "FR1420041010050500013M02606")
    assert (movement.position, movement.amount_cents) == ("0.0.0", 45000)


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_only_booked_entries_count(status: str) -> None:
    (movement,), (statement,) = read(a_statement(an_entry(a_detail(), status=status)))
    assert movement.status is Status.PENDING
    assert (statement.movements, statement.credits_cents, statement.problems) == (0, 0, ())


def test_an_entry_without_status_is_booked_in_a_statement_and_pending_in_a_notice() -> None:
    (booked,), _ = read(a_statement(an_entry(status=""), closing="1450.00"))
    (pending,), _ = read(a_notification(an_entry(status="")))
    assert (booked.status, pending.status) == (Status.BOOKED, Status.PENDING)


def test_a_lone_detail_without_amount_has_the_entrys() -> None:
    (movement,), (statement,) = read(a_statement(an_entry(a_detail())))
    assert (movement.amount_cents, statement.problems) == (45000, ())


def test_the_instructed_amount_is_never_the_amount() -> None:
    instructed = "<AmtDtls><InstdAmt><Amt Ccy='EUR'>50.00</Amt></InstdAmt></AmtDtls>"
    entry = an_entry(a_detail(amount="53.00", inside=instructed, returned="MD06"), amount="53.00", sign="DBIT")
    (movement,), (statement,) = read(a_statement(entry))
    assert (movement.amount_cents, movement.instructed_cents) == (-5300, 5000)
    assert (movement.nature, movement.return_reason) == (Nature.RETURN, "MD06")
    assert statement.problems == ()


def test_a_batch_gives_one_receipt_per_detail() -> None:
    entry = an_entry(
        a_detail(amount="100.00", references={"EndToEndId": "A"}),
        a_detail(transaction_amount="350.00", references={"EndToEndId": "B"}, creditor_iban=OTHER_VIRTUAL),
        bank_reference="ENTRY-1",
        batch="<Btch><PmtInfId>BATCH-1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>",
    )
    movements, (statement,) = read(a_statement(entry))
    assert [(m.position, m.amount_cents, m.end_to_end_id) for m in movements] == [
        ("0.0.0", 10000, "A"),
        ("0.0.1", 35000, "B"),
    ]
    assert {movement.bank_reference for movement in movements} == {None}
    assert {(movement.batch_references, movement.entry_reference) for movement in movements} == {
        (("BATCH-1",), "ENTRY-1")
    }
    assert statement.problems == ()


def test_an_entry_may_be_the_net_of_credits_and_debits() -> None:
    entry = an_entry(
        a_detail(amount="500.00", sign="CRDT"), a_detail(amount="50.00", sign="DBIT", returned="AM04"), amount="450.00"
    )
    movements, (statement,) = read(a_notification(entry))
    assert [(m.amount_cents, m.nature) for m in movements] == [(50000, Nature.RECEIPT), (-5000, Nature.RETURN)]
    assert (statement.credits_cents, statement.debits_cents, statement.problems) == (50000, 5000, ())


def test_a_reversal_does_not_flip_the_sign() -> None:
    (movement,), _ = read(a_statement(an_entry(sign="DBIT", reversal=True)))
    assert (movement.amount_cents, movement.nature) == (-45000, Nature.RETURN)


def test_details_that_do_not_add_up_are_a_problem() -> None:
    entry = an_entry(a_detail(amount="100.00"), a_detail(amount="100.00"))
    movements, statements = read(a_statement(entry))
    assert codes(statements) == ["details_mismatch"]
    assert [(m.position, m.amount_cents, m.nature) for m in movements] == [
        ("0.0.0", 10000, Nature.RECEIPT),
        ("0.0.1", 10000, Nature.RECEIPT),
        ("0.0.rest", 25000, Nature.RECEIPT),
    ]


def test_a_lone_detail_that_contradicts_its_entry_is_a_problem_and_the_entry_is_what_was_booked() -> None:
    movements, statements = read(a_statement(an_entry(a_detail(amount="449.99"))))
    assert [movement.amount_cents for movement in movements] == [45000]
    assert codes(statements) == ["details_mismatch"]


def test_details_in_another_currency_than_their_entry_are_a_problem_and_never_booked() -> None:
    dollars = '<Amt Ccy="USD">120.00</Amt>'
    entry = an_entry(a_detail(amount="300.00"), a_detail(inside=dollars), a_detail(inside=dollars))
    movements, statements = read(a_statement(entry))
    assert codes(statements) == ["currency"]
    assert [movement.amount_cents for movement in movements] == [30000, 15000]


def test_charges_that_the_bank_states_explain_the_difference() -> None:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3.00</TtlChrgsAndTaxAmt></Chrgs>'
    entry = an_entry(a_detail(amount="450.00"), amount="447.00", inside=charges)
    movements, (statement,) = read(a_statement(entry))
    assert [(m.amount_cents, m.nature) for m in movements] == [(45000, Nature.RECEIPT), (-300, Nature.OTHER)]
    assert statement.problems == ()


@pytest.mark.parametrize("several", [False, True])
def test_charges_beside_cards_are_of_the_line_that_brings_them(several: bool) -> None:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3.00</TtlChrgsAndTaxAmt></Chrgs>'
    amounts = ("400.00", "50.00") if several else ("450.00",)
    details = [a_detail(amount=amount) for amount in amounts]
    entry = an_entry(*details, amount="447.00", inside=charges, code="PMNT/MCRD/POSP")
    movements, (statement,) = read(a_statement(entry))
    assert (movements[-1].amount_cents, {m.nature for m in movements}) == (-300, {Nature.CLEARING})
    assert statement.problems == ()


def test_charges_of_each_detail_explain_the_difference_too() -> None:
    charge = '<Chrgs><Rcrd><Amt Ccy="EUR">0.50</Amt></Rcrd></Chrgs>'
    entry = an_entry(
        a_detail(amount="100.00", inside=charge), a_detail(amount="100.00", inside=charge), amount="199.00"
    )
    movements, (statement,) = read(a_statement(entry))
    assert [movement.amount_cents for movement in movements] == [10000, 10000, -100]
    assert statement.problems == ()


def test_a_batch_without_details_awaits_them() -> None:
    batch = "<Btch><MsgId>MSG-9</MsgId><NbOfTxs>20</NbOfTxs></Btch>"
    (movement,), (statement,) = read(a_statement(an_entry(batch=batch, bank_reference="E-1")))
    assert (movement.awaiting_details, movement.batch_references, movement.entry_reference) == (True, ("MSG-9",), "E-1")
    assert statement.problems == ()


def test_one_detail_that_only_repeats_its_batch_stands_for_none() -> None:
    batch = "<Btch><PmtInfId>P-9</PmtInfId><NbOfTxs>20</NbOfTxs></Btch>"
    bare = Detail(references={"PmtInfId": "P-9", "EndToEndId": "NOTPROVIDED"}, amount="450.00")
    (movement,), (statement,) = read(a_statement(an_entry(bare, batch=batch)))
    assert (movement.amount_cents, movement.awaiting_details, statement.problems) == (45000, True, ())


def test_one_detail_that_names_its_payment_is_that_payment_whatever_the_batch_counts() -> None:
    batch = "<Btch><NbOfTxs>20</NbOfTxs></Btch>"
    detail = Detail(references={"EndToEndId": "E2E-1"}, amount="450.00")
    (movement,), _ = read(a_statement(an_entry(detail, batch=batch)))
    assert (movement.end_to_end_id, movement.awaiting_details) == ("E2E-1", False)


def test_several_details_without_any_amount_are_a_batch_that_awaits_them() -> None:
    (movement,), (statement,) = read(a_statement(an_entry(a_detail(), a_detail(), a_detail())))
    assert (movement.amount_cents, movement.awaiting_details, statement.problems) == (45000, True, ())


BOOKED = f"<BookgDt><Dt>{date(2026, 11, 20)}</Dt></BookgDt>"


def test_what_an_entry_says_behind_its_first_detail_counts_too() -> None:
    text = a_statement(an_entry(a_detail(), a_detail(amount="450.00"), booking=None)).text()
    (movement,), _ = read(text.replace("</TxDtls>", f"</TxDtls></NtryDtls>{BOOKED}<NtryDtls>", 1))
    assert movement.booking_date == date(2026, 11, 20)


def test_an_entry_that_no_date_can_be_given_to_is_a_problem() -> None:
    text = a_notification(an_entry(a_detail(), booking=None)).text()
    movements, statements = read(re.sub("<CreDtTm>.*?</CreDtTm>", "", text))
    assert (movements, codes(statements)) == ([], ["missing_date"])


def test_what_an_entry_says_behind_several_details_is_not_trusted() -> None:
    text = a_statement(an_entry(a_detail(amount="200.00"), a_detail(amount="250.00"))).text()
    assert codes(read(text)[1]) == []
    assert codes(read(text.replace("</NtryDtls>", f"</NtryDtls>{BOOKED}"))[1]) == ["bad_record"]
    assert "bad_record" in codes(read(text.replace("</NtryDtls>", "</NtryDtls><Sts><Cd>PDNG</Cd></Sts>"))[1])


def test_one_detail_among_several_without_an_amount_is_a_problem() -> None:
    _, statements = read(a_statement(an_entry(a_detail(amount="450.00"), a_detail())))
    assert codes(statements) == ["missing_amount"]


@pytest.mark.parametrize("text", ["NOTPROVIDED", "NONREF", "", "NotProvided", " "])
def test_placeholders_are_no_references(text: str) -> None:
    entry = an_entry(a_detail(references={"EndToEndId": text, "UETR": text}), bank_reference=text)
    (movement,), _ = read(a_statement(entry))
    assert (movement.end_to_end_id, movement.uetr, movement.bank_reference) == (None, None, None)


def test_the_virtual_iban_is_looked_for_in_the_profiles_order() -> None:
    entry = an_entry(a_detail(creditor_iban=None, unstructured=[f"loyer {OTHER_VIRTUAL}"]), reference=VIRTUAL)
    (movement,), _ = read(a_statement(entry))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "Ntry/NtryRef")
    assert movement.other_accounts == ((OTHER_VIRTUAL, "TxDtls/RmtInf/Ustrd"),)


def test_a_profile_may_leave_free_texts_alone() -> None:
    entry = an_entry(a_detail(creditor_iban=None, unstructured=[f"loyer {OTHER_VIRTUAL}"]))
    (movement,), _ = read(a_statement(entry), profile_named("structured"))
    assert movement.virtual_iban is None


def test_the_statements_own_account_is_no_evidence() -> None:
    entry = an_entry(a_detail(creditor_iban=ACCOUNT, unstructured=[f"virement pour {VIRTUAL}"]))
    (movement,), _ = read(a_statement(entry))
    assert (movement.virtual_iban, movement.virtual_iban_path) == (VIRTUAL, "TxDtls/RmtInf/Ustrd")


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        (
            f"<RltdPties><CdtrAcct><Id><Othr><Id>{VIRTUAL[4:]}</Id></Othr></Id></CdtrAcct></RltdPties>",
            "CdtrAcct/Id/Othr/Id",
        ),
        (
            f"<RltdPties><UltmtCdtr><Id><OrgId><Othr><Id>{VIRTUAL}</Id></Othr></OrgId></Id></UltmtCdtr></RltdPties>",
            "UltmtCdtr/Id",
        ),
        (f"<RmtInf><Strd><CdtrRefInf><Ref>{VIRTUAL}</Ref></CdtrRefInf></Strd></RmtInf>", "CdtrRefInf/Ref"),
        (f"<AddtlTxInf>VIR {VIRTUAL} MERCI</AddtlTxInf>", "AddtlTxInf"),
    ],
)
def test_each_place_of_the_default_profile(inside: str, path: str) -> None:
    (movement,), _ = read(
        a_statement(an_entry(a_detail(creditor_iban=None, debtor=None, unstructured=(), inside=inside)))
    )
    assert movement.virtual_iban == VIRTUAL
    assert movement.virtual_iban_path is not None
    assert movement.virtual_iban_path.endswith(path)


def test_the_text_of_an_entry_is_searched_only_when_it_is_about_one_movement() -> None:
    note = f"VERSEMENT {VIRTUAL}"
    (alone,), _ = read(a_statement(an_entry(note=note)))
    several = an_entry(
        a_detail(amount="225.00", creditor_iban=None), a_detail(amount="225.00", creditor_iban=None), note=note
    )
    movements, _ = read(a_statement(several))
    assert (alone.virtual_iban, alone.virtual_iban_path) == (VIRTUAL, "Ntry/AddtlNtryInf")
    assert {movement.virtual_iban for movement in movements} == {None}


def test_an_iban_whose_key_is_wrong_is_none() -> None:
    wrong = VIRTUAL[:-1] + str((int(VIRTUAL[-1]) + 1) % 10)
    (movement,), _ = read(a_statement(an_entry(a_detail(creditor_iban=wrong))))
    assert movement.virtual_iban is None


@pytest.mark.parametrize(
    "unstructured",
    [
        ["LOYER RF18539007547034"],
        ["LOYER RF18 5390 0754 7034"],
        ["LOYER RF18539", "007547034 NOVEMBRE"],
        ["loyer", "rf18539007547034"],
    ],
)
def test_a_payment_reference_is_found_however_the_bank_cut_the_text(unstructured: list[str]) -> None:
    (movement,), _ = read(a_statement(an_entry(a_detail(unstructured=unstructured))))
    assert movement.payment_reference == "RF18539007547034"


def test_a_structured_reference_comes_first_and_must_be_valid() -> None:
    (right,), _ = read(a_statement(an_entry(a_detail(structured="RF18 5390 0754 7034"))))
    (wrong,), _ = read(a_statement(an_entry(a_detail(structured="RF19539007547034"))))
    assert (right.payment_reference, wrong.payment_reference) == ("RF18539007547034", None)


@pytest.mark.parametrize(
    ("code", "sign", "means", "nature"),
    [
        ("PMNT/RCDT/ESCT", "CRDT", Means.TRANSFER, Nature.RECEIPT),
        ("PMNT/RRCT/ESCT", "CRDT", Means.INSTANT_TRANSFER, Nature.RECEIPT),
        ("PMNT/RCDT/ISCT", "CRDT", Means.INSTANT_TRANSFER, Nature.RECEIPT),
        ("PMNT/IDDT/ESDD", "CRDT", Means.DIRECT_DEBIT, Nature.RECEIPT),
        ("PMNT/IDDT/UPDD", "DBIT", Means.DIRECT_DEBIT, Nature.RETURN),
        ("PMNT/IDDT/PRDD", "DBIT", Means.DIRECT_DEBIT, Nature.RETURN),
        ("PMNT/RCDT/RRTN", "DBIT", Means.TRANSFER, Nature.RETURN),
        ("PMNT/RCDT/CHRG", "DBIT", Means.TRANSFER, Nature.OTHER),
        ("PMNT/RCDT/BOOK", "DBIT", Means.TRANSFER, Nature.OTHER),
        ("PMNT/ICDT/ESCT", "DBIT", Means.TRANSFER, Nature.OTHER),
        ("PMNT/RDDT/ESDD", "DBIT", Means.DIRECT_DEBIT, Nature.OTHER),
        ("PMNT/MCRD/POSP", "CRDT", Means.CARD, Nature.CLEARING),
        ("PMNT/RCHQ/CCHQ", "CRDT", Means.CHEQUE, Nature.CLEARING),
        ("PMNT/CNTR/CDPT", "CRDT", Means.CASH, Nature.CLEARING),
        ("PMNT/RCHQ/UPCQ", "DBIT", Means.CHEQUE, Nature.RETURN),
        ("05/0811", "CRDT", Means.TRANSFER, Nature.RECEIPT),
        ("C2", "CRDT", Means.INSTANT_TRANSFER, Nature.RECEIPT),
        ("A1", "CRDT", Means.DIRECT_DEBIT, Nature.RECEIPT),
        ("B3/0811", "DBIT", Means.DIRECT_DEBIT, Nature.RETURN),
        ("02", "CRDT", Means.CHEQUE, Nature.CLEARING),
        ("03", "DBIT", Means.CHEQUE, Nature.RETURN),
        ("30", "CRDT", Means.CARD, Nature.CLEARING),
        ("38", "DBIT", Means.CARD, Nature.RETURN),
        ("62", "DBIT", Means.OTHER, Nature.OTHER),
        ("NTRF+166", "CRDT", Means.TRANSFER, Nature.RECEIPT),
        ("544", "CRDT", Means.OTHER, Nature.RECEIPT),
        ("", "CRDT", Means.OTHER, Nature.RECEIPT),
    ],
)
def test_the_bank_code_says_means_and_nature(code: str, sign: str, means: Means, nature: Nature) -> None:
    (movement,), _ = read(a_statement(an_entry(code=code, sign=sign)))
    assert (movement.means, movement.nature) == (means, nature)


def test_the_details_own_code_wins() -> None:
    (movement,), _ = read(a_statement(an_entry(a_detail(code="PMNT/RRCT/ESCT"), code="544")))
    assert (movement.bank_code, movement.means) == ("PMNT/RRCT/ESCT", Means.INSTANT_TRANSFER)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>tout va bien</AddtlInf></RtrInf>", "AC04"),
        (
            "<RtrInf><Rsn><Cd>NARR</Cd></Rsn><AddtlInf>compte</AddtlInf><AddtlInf>clos</AddtlInf></RtrInf>",
            "NARR: compte clos",
        ),
        ("<RtrInf><Rsn><Prtry>R07</Prtry></Rsn></RtrInf>", "R07"),
        ("<RtrInf><AddtlInf>PROVISION</AddtlInf></RtrInf>", "PROVISION"),
        ("<RtrInf><Rsn><Cd>0000</Cd></Rsn></RtrInf>", None),
    ],
)
def test_a_return_says_why(inside: str, reason: str | None) -> None:
    entry = an_entry(a_detail(inside=inside), sign="DBIT", code="")
    (movement,), _ = read(a_statement(entry))
    assert movement.return_reason == reason
    assert movement.nature is (Nature.RETURN if reason else Nature.OTHER)


def test_a_debit_to_a_supplier_has_no_virtual_iban() -> None:
    (movement,), _ = read(a_statement(an_entry(a_detail(), sign="DBIT", code="PMNT/ICDT/ESCT")))
    assert (movement.nature, movement.virtual_iban) == (Nature.OTHER, None)


def test_balances_that_do_not_close_are_a_problem() -> None:
    _, statements = read(a_statement(an_entry(), closing="1450.01"))
    assert codes(statements) == ["balance_mismatch"]


def test_a_balance_without_its_sign_has_the_one_that_closes() -> None:
    balances = balance("OPBD", "100.00", sign="") + balance("CLBD", "350.00")
    _, (statement,) = read(a_statement(an_entry(), balances=balances))
    assert (statement.balances.opening_cents, statement.problems) == (-10000, ())


@pytest.mark.parametrize(
    "balances",
    [
        balance("PRCD", "1000.00") + balance("CLBD", "1450.00"),
        balance("OPBD", "1000.00") + balance("ITBD", "1450.00"),
        balance("ITBD", "1000.00") + balance("ITBD", "1450.00"),
        balance("ITBD", "1000.00") + balance("CLBD", "1450.00") + balance("CLAV", "9.00"),
    ],
)
def test_pages_are_proved_by_their_interim_balances(balances: str) -> None:
    _, (statement,) = read(a_statement(an_entry(), balances=balances))
    assert (statement.balances.opening_cents, statement.balances.closing_cents) == (100000, 145000)
    assert statement.problems == ()


def test_a_notification_has_no_balances_and_no_problem() -> None:
    _, (statement,) = read(a_notification(an_entry()))
    assert (statement.balances.opening_cents, statement.balances.closing_cents, statement.problems) == (None, None, ())


def test_another_currency_than_the_euro_is_a_problem() -> None:
    _, (statement,) = read(a_notification(an_entry(currency="CHF"), an_entry(currency="CHF")))
    assert [problem.code for problem in statement.problems] == ["currency"]
    assert statement.currency == "CHF"


@pytest.mark.parametrize("amount", ["4,5O", "", "1e3", "-5.00", "1.001", "99999999999999999999999999999999", "²", "٤٥"])
def test_what_is_no_amount_is_a_problem(amount: str) -> None:
    _, statements = read(a_notification(an_entry(amount=amount)))
    assert "bad_amount" in codes(statements)


def test_five_decimals_are_read_when_they_are_zeros() -> None:
    (movement,), (statement,) = read(a_statement(an_entry(amount="450.00000")))
    assert (movement.amount_cents, statement.problems) == (45000, ())


@pytest.mark.parametrize(
    "booking", ["<Dt>2026-02-30</Dt>", "<Dt>20261123</Dt>", "<DtTm>2026-11-23T25:00:00</DtTm>", "<Dt>?</Dt>"]
)
def test_a_date_that_is_not_in_the_calendar_is_a_problem(booking: str) -> None:
    _, statements = read(a_statement(an_entry(booking=booking)))
    assert codes(statements) == ["bad_date"]


@pytest.mark.parametrize(
    ("booking", "day"),
    [
        ("<Dt>2026-11-23</Dt>", date(2026, 11, 23)),
        ("<Dt>2026-11-23+01:00</Dt>", date(2026, 11, 23)),
        ("<DtTm>2026-11-23T00:00:00+01:00</DtTm>", date(2026, 11, 23)),
        ("<DtTm>2026-11-22T23:30:00Z</DtTm>", date(2026, 11, 23)),
        ("<DtTm>2026-07-22T22:30:00.123Z</DtTm>", date(2026, 7, 23)),
        ("<DtTm>2026-11-23T23:59:59</DtTm>", date(2026, 11, 23)),
    ],
)
def test_booking_days_are_days_in_paris(booking: str, day: date) -> None:
    (movement,), _ = read(a_statement(an_entry(booking=booking)))
    assert movement.booking_date == day


def test_an_entry_without_dates_is_booked_on_the_statements_last_day() -> None:
    period = "<FrToDt><FrDtTm>2026-11-20T00:00:00</FrDtTm><ToDtTm>2026-11-21T23:59:59</ToDtTm></FrToDt>"
    (movement,), (statement,) = read(a_statement(an_entry(booking=None), statement_inside=period))
    assert movement.booking_date == date(2026, 11, 21)
    assert (statement.from_date, statement.to_date) == (date(2026, 11, 20), date(2026, 11, 21))


def test_an_entry_that_is_neither_credit_nor_debit_is_a_problem() -> None:
    movements, statements = read(a_notification(an_entry(sign="CREDIT")))
    assert (movements, codes(statements)) == ([], ["missing_sign"])


def test_a_statement_about_no_account_is_a_problem() -> None:
    text = a_statement(an_entry()).text().replace(f"<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>", "")
    _, statements = read(text)
    assert codes(statements) == ["missing_account"]


def test_several_statements_and_accounts_in_one_file() -> None:
    one = a_statement(an_entry()).text()
    body = one[one.index("<Stmt>") : one.index("</Stmt>") + len("</Stmt>")]
    movements, statements = read(one.replace("</Stmt>", "</Stmt>" + body.replace(ACCOUNT, OTHER_VIRTUAL)))
    assert [statement.account for statement in statements] == [ACCOUNT, OTHER_VIRTUAL]
    assert [movement.position for movement in movements] == ["0.0.0", "1.0.0"]
    assert codes(statements) == []


def test_a_prefix_an_envelope_or_no_namespace_make_no_difference() -> None:
    plain = a_statement(an_entry(a_detail(references={"EndToEndId": "E&amp;1"})))
    text = plain.text().removeprefix(plain.declaration)
    prefixed = text.replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:").replace("xmlns=", "xmlns:n=")
    expected = read(plain)
    assert expected[0][0].end_to_end_id == "E&1"
    assert read(prefixed) == expected
    assert read(f"<Envelope><Header/><Body>{text}</Body></Envelope>") == expected
    assert read(a_statement(an_entry(a_detail(references={"EndToEndId": "E&amp;1"})), namespace=False)) == expected


def test_comments_cdata_and_references_are_text_like_any_other() -> None:
    plain = a_statement(an_entry(a_detail(debtor="Petit &lt; Fils", unstructured=["A", "B"])))
    marked = (
        plain.text()
        .replace("Petit &lt; Fils", "<![CDATA[Petit < ]]>F<!-- <Nm>no</Nm> -->il&#115;")
        .replace("<Ntry>", "<?page <br> ?><Ntry><!-- <Ntry> -->")
    )
    assert read(marked) == read(plain)
    assert read(marked)[0][0].debtor_name == "Petit < Fils"


def test_what_we_do_not_know_is_passed_over() -> None:
    text = a_statement(an_entry(a_detail())).text()
    extra = "<SplmtryData><Envlp><Ntry><Amt Ccy='EUR'>9.99</Amt></Ntry><TxDtls/></Envlp></SplmtryData>"
    assert read(text.replace("</TxDtls>", extra + "</TxDtls>").replace("</Stmt>", extra + "</Stmt>")) == read(text)
