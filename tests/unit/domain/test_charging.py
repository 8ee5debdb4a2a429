"""Charging: dues come, change and go; negative dues and credits are spent at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

from builders import DAY, a_due, an_account, an_open_due
from hypothesis import example, given
from hypothesis import strategies as st

from quitus.domain.charged import DueChange, History, Offset
from quitus.domain.charging import charge
from quitus.domain.lease import Account, CreditLot, Debtor, Due, DueKind
from quitus.domain.ledger import Chart
from quitus.domain.reopening import reopen

CHART = Chart()
PAYMENT = "20261105-3000-0123456789-1"


def charged(account: Account, *dues: Due, history: History | None = None) -> Account:
    return charge(account, [DueChange(None, due) for due in dues], DAY, CHART, history).account


def open_dues(account: Account) -> dict[str, int]:
    return {due.due_id: due.open_cents for due in account.open_dues}


def test_aid_and_rebate_lower_what_the_tenant_owes_and_the_aid_is_awaited_from_its_payer() -> None:
    account = charged(
        an_account(),
        a_due("rent", 42000),
        a_due("charges", 8000, kind=DueKind.CHARGES),
        a_due("rls", -3800, kind=DueKind.AID_RLS),
        a_due("apl", -19000, kind=DueKind.AID_APL),
    )
    assert account.balance_cents == 27200
    assert account.aid_open_cents == 19000


def test_a_negative_adjustment_clears_arrears_then_the_month() -> None:
    arrears = an_account(an_open_due("june", 5000, date(2026, 6, 5)))
    account = charged(arrears, a_due("july", 50000), a_due("adj", -8620, kind=DueKind.ADJUSTMENT))
    assert open_dues(account) == {"july": 46380}


def test_row_order_never_matters() -> None:
    dues = (
        a_due("rent", 42000),
        a_due("charges", 8000, kind=DueKind.CHARGES),
        a_due("apl", -19000, kind=DueKind.AID_APL),
        a_due("adj", -40000, kind=DueKind.ADJUSTMENT),
    )
    results = {
        (account.balance_cents, account.credit_cents)
        for order in permutations(dues)
        for account in [charged(an_account(), *order)]
    }
    assert results == {(-9000, 9000)}


def test_an_aid_meets_the_dues_of_its_own_period_first() -> None:
    arrears = an_account(an_open_due("june", 5000, date(2026, 6, 5)))
    account = charged(arrears, a_due("nov", 42000), a_due("apl", -19000, kind=DueKind.AID_APL))
    assert open_dues(account) == {"june": 5000, "nov": 23000}


def test_a_credit_of_a_payment_is_used_by_the_next_due_with_an_entry_of_its_own() -> None:
    account = an_account(credits=(CreditLot(PAYMENT, 3000),))
    outcome = charge(account, [DueChange(None, a_due("dec", 50000))], DAY, CHART)
    (use,) = outcome.uses
    (entry,) = use.entries
    assert open_dues(outcome.account) == {"dec": 47000}
    assert outcome.account.credits == ()
    assert [(line.account, line.debit_cents, line.credit_cents) for line in entry.lines] == [
        ("4195", 3000, 0),
        ("411", 0, 3000),
    ]
    assert outcome.account.sequence == entry.sequence == 1


def test_a_due_raised_after_part_payment_owes_the_difference() -> None:
    before = a_due("nov", 40000)
    account = an_account(before.open(10000))
    outcome = charge(account, [DueChange(before, a_due("nov", 45000))], DAY, CHART)
    assert open_dues(outcome.account) == {"nov": 15000}


def test_a_due_cancelled_after_payment_gives_the_money_back_as_credit() -> None:
    outcome = charge(an_account(), [DueChange(a_due("nov", 40000), a_due("nov", 0))], DAY, CHART)
    assert outcome.account.credit_cents == 40000
    assert outcome.account.balance_cents == -40000


def test_a_negative_due_taken_back_makes_owed_again_what_it_had_settled() -> None:
    rent, aid = a_due("rent", 42000), a_due("apl", -19000, kind=DueKind.AID_APL)
    first = charge(an_account(), [DueChange(None, rent), DueChange(None, aid)], DAY, CHART)
    history = History({"rent": rent, "apl": aid}, first.offsets)
    outcome = charge(first.account, [DueChange(aid, replace(aid, amount_cents=0))], DAY, CHART, history)
    assert open_dues(outcome.account) == {"rent": 42000}
    assert outcome.account.aid_open_cents == 0


KINDS = (DueKind.RENT, DueKind.CHARGES, DueKind.ANNEX)
AMOUNTS = st.lists(st.integers(-60_000, 60_000), min_size=1, max_size=6)


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
@example([[0, 0, 0, 2], [3, 0, -3], [-2, -3, 3], [0, 0]])
def test_whatever_changes_the_balance_is_what_is_called(rounds: list[list[int]]) -> None:
    account, known = an_account(), dict[str, Due]()
    offsets: list[Offset] = []
    for amounts in rounds:
        dues = [a_due(f"d{index}", cents, kind=KINDS[index % 3]) for index, cents in enumerate(amounts)]
        changes = [DueChange(known.get(due.due_id), due) for due in dues]
        outcome = charge(account, changes, DAY, CHART, History(dict(known), offsets))
        account, offsets = outcome.account, [*offsets, *outcome.offsets]
        known |= {due.due_id: due for due in dues}
        assert account.balance_cents == sum(due.amount_cents for due in known.values())
        assert all(due.open_cents > 0 for due in account.open_dues)
        assert all(lot.cents > 0 for lot in account.credits)
        assert not (account.open_dues and account.credits)


def test_a_lease_with_a_hundred_credits_is_charged_in_steps_that_each_fit_a_transaction() -> None:
    lots = tuple(CreditLot(f"20261105-{number}-0123456789-1", 100) for number in range(1, 101))
    made = charge(an_account(credits=lots), [DueChange(None, a_due("dec", 50000))], DAY, CHART)
    steps = [made]
    while steps[-1].unfinished:
        steps.append(charge(steps[-1].account, [], DAY, CHART))
    assert [len(step.uses) for step in steps] == [40, 40, 20]
    assert open_dues(steps[-1].account) == {"dec": 40000}


def test_a_due_cancelled_while_its_money_works_elsewhere_is_never_owed_again() -> None:
    """Paid, then cancelled, its money used by the next due: when the payment is taken off, the next due is owed."""
    first, second = a_due("nov", 40000), a_due("dec", 40000)
    cancelled = replace(first, amount_cents=0)
    freed = charge(an_account(), [DueChange(first, cancelled)], DAY, CHART)
    used = charge(freed.account, [DueChange(None, second)], DAY, CHART)
    history = History({"nov": cancelled, "dec": second}, (*freed.offsets, *used.offsets))
    account, taken = reopen(used.account, [("nov", 40000)], history)
    assert open_dues(account) == {"dec": 40000}
    assert taken == (Offset("nov", "dec", -40000),)


def test_a_due_lowered_and_raised_again_takes_its_own_money_back_first() -> None:
    full, lowered = a_due("nov", 3), a_due("nov", 1)
    freed = charge(an_account(), [DueChange(full, lowered)], DAY, CHART)
    again = charge(freed.account, [DueChange(lowered, full)], DAY, CHART)
    assert (again.account.open_dues, again.account.credits, again.offsets) == ((), (), ())


def test_an_aid_that_becomes_a_rebate_is_no_longer_awaited() -> None:
    aid = a_due("aid", -19000, kind=DueKind.AID_APL)
    account = charged(an_account(), a_due("rent", 42000), aid)
    history = History({"rent": a_due("rent", 42000), "aid": aid}, (Offset("aid", "rent", 19000),))
    rebate = replace(aid, kind=DueKind.AID_RLS)
    outcome = charge(account, [DueChange(aid, rebate)], DAY, CHART, history)
    assert (outcome.account.aid_open_cents, open_dues(outcome.account)) == (0, {"rent": 23000})


def test_an_aid_taken_back_leaves_alone_what_its_payer_paid_too_much() -> None:
    """The aid was paid, then lowered, and the rest paid the next one; cancelled, its rent is owed again."""
    aid, rent = a_due("nov", -4000, kind=DueKind.AID_APL), a_due("rent", 30000)
    spent = (Offset("nov", "rent", 4000), Offset("nov", "dec", 6000, Debtor.PAYER))
    history = History({"nov": aid, "dec": a_due("dec", -8000, kind=DueKind.AID_APL), "rent": rent}, spent)
    account = an_account(rent.open(18000))
    outcome = charge(account, [DueChange(aid, replace(aid, amount_cents=0))], DAY, CHART, history)
    assert outcome.offsets == (Offset("nov", "rent", -4000),)
    assert open_dues(outcome.account) == {"rent": 22000}
