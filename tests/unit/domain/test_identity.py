"""One movement in several files is one; twins are two (bank-formats.md §3, sector.md case 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import DAY, a_credit, reported
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.errors import NotFound
from quitus.domain.identity import BY_PERSON, Bucket, Known, Report, account_tag, parse_payment_id
from quitus.domain.pairing import Pairing, Register, Verdict

BUCKET = Bucket(account_tag("FR76"), DAY, 45000)


def a_report(channel: str, position: str = "1", **evidence: Any) -> Report:
    references = frozenset({str(evidence.pop("reference"))} if "reference" in evidence else ())
    return Report(channel, f"{channel}-message", position, references, **evidence)


def verdicts(register: Register, *reports: Report) -> list[Verdict]:
    return [register.pair(BUCKET, [report])[0].verdict for report in reports]


def test_the_same_movement_in_three_channels_is_posted_once() -> None:
    reports = [a_report("event:psp", reference="R1"), a_report("camt.054", reference="R1"), a_report("cfonb120")]
    assert verdicts(Register(), *reports) == [Verdict.NEW, Verdict.SAME, Verdict.SAME]


def test_the_same_report_again_is_a_replay() -> None:
    report = a_report("camt.053")
    assert verdicts(Register(), report, report) == [Verdict.NEW, Verdict.REPLAY]


def test_twins_of_one_statement_are_two() -> None:
    assert verdicts(Register(), a_report("camt.053", "1"), a_report("camt.053", "2")) == [Verdict.NEW, Verdict.NEW]


def test_twins_reported_twice_by_two_channels_stay_two() -> None:
    reports = [a_report(channel, position) for channel in ("camt.054", "camt.053") for position in ("1", "2")]
    assert verdicts(Register(), *reports) == [Verdict.NEW, Verdict.NEW, Verdict.SAME, Verdict.SAME]


@pytest.mark.parametrize("evidence", [{}, {"reference": "R1"}, {"end_to_end_id": "E1"}])
def test_payments_that_name_two_leases_are_never_the_same_money(evidence: dict[str, Any]) -> None:
    reports = [a_report("camt.054", lease_iban="FR1", **evidence), a_report("camt.053", lease_iban="FR2", **evidence)]
    assert verdicts(Register(), *reports) == [Verdict.NEW, Verdict.NEW]


def test_an_account_that_is_nobodys_of_ours_contradicts_nothing() -> None:
    reports = [a_report("camt.054", virtual_iban="FR1", lease_iban="FR1"), a_report("camt.053", virtual_iban="DE2")]
    assert verdicts(Register(), *reports) == [Verdict.NEW, Verdict.SAME]


def test_the_banks_own_reference_outweighs_a_cut_end_to_end_id() -> None:
    reports = [
        a_report("camt.054", reference="R1", end_to_end_id="LOYER-2026-11"),
        a_report("camt.053", reference="R1", end_to_end_id="LOYER-20"),
    ]
    assert verdicts(Register(), *reports) == [Verdict.NEW, Verdict.SAME]


def test_a_row_that_exists_by_count_is_of_the_lease_that_has_none_yet() -> None:
    told = a_report("camt.053", "2", lease_iban="FR2", exchanged=True)
    rows = [
        Known(BUCKET, 1, (a_report("event:psp", "1"), told), decided=BY_PERSON),
        Known(BUCKET, 2, (a_report("event:psp", "2", lease_iban="FR1"), a_report("camt.053", "1"))),
        Known(BUCKET, 3, (a_report("camt.053", "3", lease_iban="FR1", exchanged=True),)),
    ]
    assert Register({BUCKET: rows}).by_count(BUCKET) == {"FR2": 3}
    placed = [*rows[:2], replace(rows[2], decided="FR2"), Known(BUCKET, 4, (a_report("camt.053", "4"),))]
    assert Register({BUCKET: placed}).by_count(BUCKET) == {}


def test_a_claim_counts_for_a_lease_only_while_the_lease_has_its_money_in_no_other_row() -> None:
    claim = a_report("event:psp", "5", lease_iban="FR1")
    claimed = Known(BUCKET, 1, (a_report("event:psp"), a_report("camt.054", lease_iban="FR1")))
    begun = Known(BUCKET, 2, (a_report("camt.053", "2", lease_iban="FR1"),))
    counted = Known(BUCKET, 3, (a_report("camt.053", "3", lease_iban="FR1", exchanged=True),))

    def may_go(rows: list[Known], lease_iban: str = "FR1") -> list[int]:
        register = Register({BUCKET: rows})
        return [known.ordinal for known in rows if register.may_go_to(lease_iban, BUCKET, known.ordinal)]

    assert may_go([claimed]) == [1]
    assert may_go([claimed, begun]) == [2]
    assert may_go([claimed, begun], "FR2") == []
    assert may_go([claimed, begun, counted]) == [1, 2], "one channel tells of two"
    assert may_go([claimed, begun, replace(counted, decided="FR1")]) == [2, 3]
    assert may_go([claimed, begun, replace(counted, decided="FR2")]) == [1, 2]
    assert may_go([replace(claimed, decided="FR2"), counted]) == [1, 3], "no row is the lease's yet"
    another = Known(BUCKET, 2, (a_report("event:psp", "2", lease_iban="FR1", end_to_end_id="E2", exchanged=True),))
    paid = Known(BUCKET, 3, (a_report("camt.053", "3", lease_iban="FR1", end_to_end_id="E3"),))
    assert may_go([claimed, another, paid]) == [1, 3], "each channel tells of one, but not of the same one"
    both = Known(BUCKET, 1, (a_report("camt.052"), a_report("camt.054", lease_iban="FR2"), claim))
    assert may_go([both, begun]) == [2], "the other lease's"
    assert may_go([both, begun], "FR2") == [1]
    later = Known(BUCKET, 4, (a_report("event:psp", "4"), a_report("camt.054", "4", lease_iban="FR1")))
    assert may_go([claimed, replace(later, decided=BY_PERSON), counted]) == [1, 4]
    assert may_go([claimed, begun, counted, replace(later, decided=BY_PERSON)]) == [2, 4], "a decision comes first"


def test_a_row_that_names_nobody_tells_of_the_lease_that_has_none_yet() -> None:
    held = Known(BUCKET, 1, (a_report("event:psp", reference="R1"),), decided=BY_PERSON)
    register = Register({BUCKET: [held]})
    (early,) = register.pair(BUCKET, [a_report("camt.053", "1", lease_iban="FR2")])
    assert (early.exchanged, early.about, early.has_row_to_place) == (True, None, False)
    (later,) = register.pair(BUCKET, [a_report("camt.053", "2", reference="R1")])
    assert (later.verdict, later.ordinal, later.has_row_to_place) == (Verdict.NEW, 2, True)
    assert register.by_count(BUCKET) == {"FR2": 2}


def test_a_debit_is_told_apart_from_what_takes_no_payment_back() -> None:
    """A plain one may be either."""
    plain, back, charge = (a_report(f"camt.05{n}", takes_back=said) for n, said in enumerate((None, True, False), 2))
    assert verdicts(Register(), plain, back) == verdicts(Register(), back, plain) == [Verdict.NEW, Verdict.SAME]
    assert verdicts(Register(), plain, charge) == [Verdict.NEW, Verdict.SAME]
    assert verdicts(Register(), back, charge) == verdicts(Register(), charge, back) == [Verdict.NEW, Verdict.NEW]
    named = {"reference": "R1"}
    assert verdicts(
        Register(), a_report("camt.053", takes_back=True, **named), a_report("camt.054", takes_back=False, **named)
    ) == [Verdict.NEW, Verdict.SAME]


def test_a_notice_sent_again_under_another_name_is_told_again() -> None:
    told = a_report("camt.054", reference="R1", payer="roux")
    assert verdicts(Register(), told, replace(told, message="sent again")) == [Verdict.NEW, Verdict.REPLAY]


def test_banks_that_number_anew_in_each_message_lose_nobodys_money() -> None:
    told = a_report("camt.054", reference="1", payer="roux")
    assert verdicts(Register(), told, replace(told, message="next", payer="martin")) == [Verdict.NEW, Verdict.NEW]


@pytest.mark.parametrize("number", ["1", "000001", "0000000001", "00000000000042"])
def test_a_number_with_zeros_before_it_is_one_that_is_given_anew(number: str) -> None:
    told = a_report("camt.054", reference=number, payer="roux")
    assert verdicts(Register(), told, replace(told, message="next")) == [Verdict.NEW, Verdict.NEW]


@pytest.mark.parametrize("field", ["end_to_end_id", "bank_reference", "uetr"])
def test_capitals_and_blanks_tell_no_two_references_apart(field: str) -> None:
    told: list[dict[str, Any]] = [{field: "Loyer-mai-0012"}, {field: "LOYER-MAI-0012"}, {field: "loyer-mai- 0012"}]
    reports = [reported(a_credit(45000, None, **one), f"c{number}").report for number, one in enumerate(told)]
    assert verdicts(Register(), *reports) == [Verdict.NEW, Verdict.SAME, Verdict.SAME]
    assert not any(reports[0].contradicts(other) for other in reports)


def test_strong_evidence_is_used_before_weak_whatever_the_order_in_the_statement() -> None:
    register = Register()
    verdicts(register, a_report("camt.054", "1", reference="R1"), a_report("camt.054", "2", reference="R2"))
    second, first = register.pair(BUCKET, [a_report("camt.053", "1"), a_report("camt.053", "2", reference="R1")])
    assert (first.ordinal, second.ordinal) == (1, 2)


def test_only_a_shared_reference_pairs_across_neighbouring_days() -> None:
    yesterday = Bucket(BUCKET.account, DAY - timedelta(days=1), 45000)
    held = Known(yesterday, 1, (a_report("camt.054", reference="R1", virtual_iban="FR1"),))
    assert verdicts(Register({yesterday: [held]}), a_report("camt.053", reference="R1")) == [Verdict.SAME]
    assert verdicts(Register({yesterday: [held]}), a_report("camt.053", virtual_iban="FR1")) == [Verdict.NEW]


def test_the_only_movement_of_its_amount_is_new_and_known_from_then_on() -> None:
    register, tomorrow = Register(), BUCKET._replace(day=DAY + timedelta(days=1))
    first, again = (reported(a_credit(45000, bank_reference="R1"), channel) for channel in ("camt.054", "camt.053"))
    assert register.first(BUCKET, first) == Pairing(Verdict.NEW, BUCKET, 1)
    assert (register.first(BUCKET, again), register.first(tomorrow, again)) == (None, None)
    assert register.pair(tomorrow, [again.report]) == [Pairing(Verdict.SAME, BUCKET, 1)]
    assert register.of(BUCKET) == [Known(BUCKET, 1, (first.report, again.report))]


CHANNELS = ("camt.052", "camt.054", "camt.053", "cfonb120", "event:psp")


@given(st.permutations([(channel, position) for channel in CHANNELS for position in ("1", "2", "3")]), st.data())
def test_three_movements_in_five_channels_in_any_order_are_three(
    order: list[tuple[str, str]], data: st.DataObject
) -> None:
    register = Register()
    for channel, position in order:
        named = data.draw(st.booleans())
        report = a_report(channel, position, **({"reference": f"R{position}"} if named else {}))
        register.pair(BUCKET, [report])
    assert len(register.of(BUCKET)) == 3


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-(10**12), 10**12), st.integers(1, 99999))
def test_a_payment_id_names_its_bucket_and_ordinal(day: date, cents: int, ordinal: int) -> None:
    bucket = Bucket(account_tag("FR76"), day, cents)
    assert parse_payment_id(bucket.payment_id(ordinal)) == (bucket, ordinal)


@pytest.mark.parametrize(
    "payment_id", ["", "x", "20261399-100-0123456789-1", "20261105-1-0123456789-1 ", "٢٠٢٦١١٠٥-1-0123456789-1"]
)
def test_other_texts_name_no_payment(payment_id: str) -> None:
    with pytest.raises(NotFound):
        parse_payment_id(payment_id)


def test_a_report_with_no_evidence_is_first_the_money_that_is_on_no_lease() -> None:
    register = Register()
    register.pair(BUCKET, [a_report("camt.054", "1", lease_iban="FR1", virtual_iban="FR1"), a_report("camt.054", "2")])
    register.pair(BUCKET, [a_report("cfonb120", "1")])
    rows = register.of(BUCKET)
    assert [row.lease_iban for row in rows if row.reported_by("cfonb120")] == [None]


def test_a_notice_that_was_taken_for_another_payment_gives_way_to_better_evidence() -> None:
    """The event is Anne's; the notice without a name was Bertrand's, the second one is Anne's."""
    anne, bertrand = {"lease_iban": "FR1", "virtual_iban": "FR1"}, {"lease_iban": "FR2", "virtual_iban": "FR2"}
    register = Register()
    register.pair(BUCKET, [a_report("event:psp", **anne)])
    register.pair(BUCKET, [a_report("camt.054", "1")])
    (second,) = register.pair(BUCKET, [a_report("camt.054", "2", **anne)])
    assert (second.verdict, second.exchanged) == (Verdict.NEW, True)
    stated = register.pair(BUCKET, [a_report("camt.053", "1", **bertrand), a_report("camt.053", "2", **anne)])
    assert [pairing.verdict for pairing in stated] == [Verdict.SAME, Verdict.SAME]
    assert [pairing.ordinal for pairing in stated] == [2, 1]


def test_the_sum_of_a_batch_is_no_single_payment() -> None:
    total = a_report("camt.053", is_total=True)
    assert verdicts(Register(), a_report("event:psp", lease_iban="FR1"), total) == [Verdict.NEW, Verdict.NEW]
    assert verdicts(Register(), a_report("cfonb120"), total) == [Verdict.NEW, Verdict.SAME]


@pytest.mark.parametrize(
    ("told", "stated", "verdict"),
    [
        (date(2026, 11, 7), date(2026, 11, 9), Verdict.SAME),
        (date(2026, 11, 6), date(2026, 11, 9), Verdict.SAME),
        (date(2026, 4, 4), date(2026, 4, 7), Verdict.SAME),
        (date(2026, 11, 5), date(2026, 11, 9), Verdict.NEW),
    ],
)
def test_what_comes_at_a_weekend_is_on_mondays_statement(told: date, stated: date, verdict: Verdict) -> None:
    event, statement = a_report("event:psp", reference="REF-1"), a_report("camt.053", reference="REF-1")
    known = Known(BUCKET._replace(day=told), 1, (event,))
    register = Register({known.bucket: [known]})
    assert register.pair(BUCKET._replace(day=stated), [statement])[0].verdict is verdict


@pytest.mark.parametrize(("reference", "verdict"), [("1", Verdict.NEW), ("2026110500000001", Verdict.REPLAY)])
def test_a_mere_number_does_not_say_that_a_message_repeats_another(reference: str, verdict: Verdict) -> None:
    first = a_report("camt.053", reference=reference, payer="ROUX")
    second = replace(first, message="the next statement")
    register = Register()
    assert verdicts(register, first, second) == [Verdict.NEW, verdict]


@pytest.mark.parametrize("crowd", [3, 23, 24, 40])
def test_in_a_crowd_of_any_size_what_nobody_told_before_is_a_row_of_its_own(crowd: int) -> None:
    register = Register()
    for number in range(crowd):
        assert verdicts(register, a_report("camt.054", str(number), end_to_end_id=f"E-{number}")) == [Verdict.NEW]
    event = a_report("event:psp", end_to_end_id="E-NEW", lease_iban="FR1")
    assert register.pair(BUCKET, [event])[0] == Pairing(Verdict.NEW, BUCKET, crowd + 1)
