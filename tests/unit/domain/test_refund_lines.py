"""What of a bank's debit says that it paid a refund, or several that it books in one sum: whole, to the last field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import DAY, a_credit, reported

from quitus.domain.errors import Conflict
from quitus.domain.folding import fold
from quitus.domain.ledger import Chart, EntryKind
from quitus.domain.matching import Match, MatchRule
from quitus.domain.movement import Nature
from quitus.domain.payment import Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.posting import Posted
from quitus.domain.refund import Refund, RefundStatus, RefundStep, paid_by, refund_of

AT, ON, CHART = "2026-11-09T09:30:00.000+00:00", DAY + timedelta(days=3), Chart()
APPROVED = RefundStep(RefundStatus.APPROVED, "ada", AT)
IBAN = "FR7630006000011234567890189"
ONE = Refund("RB0000000000000001", "L1", 10000, IBAN, "Anne Roux", (), (APPROVED,))
TWO = replace(ONE, refund_id="RB0000000000000002", lease_id="L2", amount_cents=12000)


def a_debit(cents: int, remittance: str = "VIR SEPA") -> Posted:
    movement = a_credit(-cents, None, booking_date=ON, nature=Nature.OTHER, remittance=remittance)
    incoming = reported(movement)
    return Posted(incoming.bucket, 1, incoming, None, posted_at=AT)


def of(posted: Posted, *decisions: Decision) -> Payment:
    return fold(posted, decisions, (), ())


def test_one_decision_names_all_refunds_of_a_sum_and_has_one_entry_on_the_banks_day() -> None:
    posted = a_debit(22000)
    decision = paid_by(of(posted), [ONE, TWO], MatchRule.PERSON, CHART, "ada", AT)
    (entry,) = decision.entries
    match = Match(None, MatchRule.PERSON, {"refund": "RB0000000000000001 RB0000000000000002"})
    assert decision == Decision(1, DecisionKind.REFUND, match, (), 0, (entry,), "ada", AT)
    assert (entry.kind, entry.booking_date, entry.lease_id) == (EntryKind.ALLOCATION, ON, None)
    assert [(line.account, line.debit_cents, line.credit_cents) for line in entry.lines] == [
        ("471", 22000, 0),
        ("512", 0, 22000),
    ]
    paid = of(posted, decision)
    assert paid.refund_ids == (ONE.refund_id, TWO.refund_id)
    assert (paid.status, paid.is_bank_line, paid.is_other, paid.is_listed) == (PaymentStatus.POSTED, True, False, False)


def test_a_refund_alone_is_named_alone() -> None:
    posted = a_debit(10000)
    decision = paid_by(of(posted), [ONE], MatchRule.REFERENCE, CHART, "automation", AT)
    assert decision.match == Match(None, MatchRule.REFERENCE, {"refund": ONE.refund_id})
    assert (of(posted).refund_ids, of(posted, decision).refund_ids) == ((), (ONE.refund_id,))


@pytest.mark.parametrize("cents", [21999, 22001, 10000, 12000, -22000])
def test_they_add_up_to_the_debit_or_it_is_not_theirs(cents: int) -> None:
    with pytest.raises(Conflict) as refused:
        paid_by(of(a_debit(cents)), [ONE, TWO], MatchRule.PERSON, CHART, "ada", AT)
    assert (refused.value.code, refused.value.detail) == (
        "refund_not_this_line",
        {"amount_cents": -cents, "refunds_cents": 22000},
    )


def test_a_debit_that_paid_refunds_pays_no_others() -> None:
    posted = a_debit(22000)
    paid = of(posted, paid_by(of(posted), [ONE, TWO], MatchRule.PERSON, CHART, "ada", AT))
    with pytest.raises(Conflict):
        paid_by(paid, [ONE, TWO], MatchRule.PERSON, CHART, "ada", AT)


@pytest.mark.parametrize("text", [IBAN, f"{ONE.refund_id} {TWO.refund_id}", ONE.refund_id])
def test_a_sum_is_never_recognised_by_what_it_says(text: str) -> None:
    assert refund_of(of(a_debit(22000, text)), [ONE, TWO]) is None
