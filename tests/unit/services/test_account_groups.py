"""Account groups through the store: who is in one, and money that is posted on several leases, each once."""

from __future__ import annotations

import contextlib
import threading
from datetime import date

import pytest
from acceptance.case import Case
from builders import BANK_ACCOUNT, a_credit, a_landlord, a_poster, reported
from faults import FaultyTable, Killed
from hypothesis import given, settings
from hypothesis import strategies as st

from quitus.adapters import keys
from quitus.adapters.ledger_rows import LedgerRows
from quitus.domain.identity import account_tag

LEASES = ("D", "P1", "P2")


def a_household(today: str = "2026-11-05") -> Case:
    """A dwelling and two parkings, which owe 480.00, 45.00 and 30.00."""
    case = Case(today=today)
    LedgerRows(case.office.table).add_channel("semiga", account_tag(BANK_ACCOUNT), "camt.053")
    for lease_id, kind, euros in (("D", "dwelling", "480.00"), ("P1", "parking", "45.00"), ("P2", "bike", "30.00")):
        case.let(lease_id, unit_kind=kind, account_group="G1")
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", euros, lease_id=lease_id)
    return case


def members(case: Case, group: str) -> set[str]:
    row = case.office.table.get(keys.account_group("semiga", group)) or {}
    return {name.removeprefix(keys.MEMBER) for name in row if name.startswith(keys.MEMBER)}


def chains(case: Case) -> None:
    """Every lease's chain is whole, and says its balance."""
    case.office.follow()
    for lease_id in LEASES:
        previous = None
        account = LedgerRows(case.office.table).accounts("semiga", [lease_id])[lease_id]
        rows = case.office.table.query(keys.lease_partition("semiga", lease_id), keys.CHAIN).rows
        for sequence, row in enumerate(rows, 1):
            assert (row["sequence"], row.get("previous")) == (sequence, previous)
            previous = row["hash"]
        assert account.last_hash == previous
    case.holds(*LEASES)


def test_a_lease_joins_moves_and_leaves() -> None:
    case = a_household()
    assert members(case, "G1") == set(LEASES)
    case.let("P1", unit_kind="parking", account_group="G2")
    case.let("P2", unit_kind="bike")
    assert (members(case, "G1"), members(case, "G2")) == ({"D"}, {"P1"})
    case.receive("555.00", lease_id="D")
    assert (case.credit("D"), case.balance("P1"), case.balance("P2")) == ("75.00", "45.00", "30.00")
    chains(case)


def test_a_group_holds_twenty_leases() -> None:
    case = Case()
    for number in range(20):
        case.let(f"L{number:02d}", account_group="G1")
    refused = case.office.ask("PUT", "/v1/leases/L20", case.described("L00") | {"account_group": "G1"})
    assert (refused.status, refused.code) == (409, "account_group_full")
    case.let("L00", account_group="G1", holder_name="Noé Blanc")
    case.let("L00")
    case.let("L20", account_group="G1")
    assert len(members(case, "G1")) == 20


def test_the_order_is_that_of_the_law_over_all_leases_of_the_group() -> None:
    case = a_household()
    case.call("old", "rent", "2026-10-10", "45.00", lease_id="P1")
    paid = case.receive("500.00", lease_id="D")
    assert case.settled(paid) == {"old": "45.00", "nov-D": "455.00"}
    named = case.receive("30.00", lease_id="D", due_ids=("nov-P2",))
    assert (case.settled(named), case.rules(named)) == ({"nov-P2": "30.00"}, ["target"])
    chains(case)


def test_a_plan_of_one_lease_counts_for_the_group() -> None:
    case = Case(today="2026-12-15")
    case.let("L1", account_group="G1")
    case.let("P", unit_kind="parking", account_group="G1")
    case.call("old", "rent", "2026-06-10", "960.00")
    case.agree(["old"], [(f"2027-{month:02d}-10", "80.00") for month in range(1, 13)])
    case.call("jan", "rent", "2027-01-10", "510.00")
    case.call("place", "rent", "2027-01-10", "45.00", lease_id="P")
    paid = case.receive("635.00", "2027-01-10", lease_id="P")
    assert case.settled(paid) == {"jan": "510.00", "place": "45.00", "old": "80.00"}
    assert set(case.rules(paid)) == {"plan"}
    case.holds("L1", "P")


def test_a_person_may_target_a_due_of_any_lease_of_the_group_and_of_no_other() -> None:
    case = a_household()
    case.let("X", holder_name="Noé Blanc")
    case.call("theirs", "rent", "2026-11-10", "10.00", lease_id="X")
    case.record("30.00", "cash", "2026-11-05", lease_id="D", due_ids=["nov-P2"], requested_by="tenant")
    assert case.balance("P2") == "0.00"
    cheque = {"lease_id": "D", "amount_cents": 1000, "means": "cheque", "received_on": "2026-11-05"}
    refused = case.office.ask("POST", "/v1/payments", cheque | {"due_ids": ["theirs"]})
    assert refused.code == "due_not_of_lease"
    chains(case)


def test_what_was_assigned_over_a_group_is_taken_back_over_it() -> None:
    case = a_household()
    paid = case.report("540.00")
    assert case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "P2", "reason": "seen"}).status == 200
    assert [case.balance(lease_id) for lease_id in LEASES] == ["0.00", "0.00", "15.00"]
    chains(case)
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "a mistake"}).status == 200
    assert [case.balance(lease_id) for lease_id in LEASES] == ["480.00", "45.00", "30.00"]
    assert case.ask("POST", f"/v1/payments/{paid}/assign", {"lease_id": "D", "reason": "after all"}).status == 200
    assert [case.balance(lease_id) for lease_id in LEASES] == ["0.00", "0.00", "15.00"]
    chains(case)


def test_a_lease_that_left_since_still_gives_its_money_back() -> None:
    case = a_household()
    paid = case.receive("525.00", lease_id="D")
    case.let("P1", unit_kind="parking")
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "a mistake"}).status == 200
    assert [case.balance(lease_id) for lease_id in LEASES] == ["480.00", "45.00", "30.00"]
    chains(case)


def test_a_due_cancelled_after_a_payment_gives_its_credit_to_its_own_lease() -> None:
    case = a_household()
    case.receive("525.00", lease_id="D")
    case.call("nov-P1", "rent", "2026-11-10", "0.00", lease_id="P1")
    assert (case.credit("P1"), case.balance("P2")) == ("45.00", "30.00")
    chains(case)


def test_what_the_caf_sends_is_for_the_lease_alone() -> None:
    case = a_household()
    case.call("apl", "aid_apl", "2026-11-10", "-100.00", lease_id="D")
    case.receive("100.00", lease_id="D", means="caf")
    assert (case.aid_open("D"), case.balance("D"), case.balance("P1")) == ("0.00", "380.00", "45.00")
    chains(case)


def test_a_payment_is_in_the_list_of_entries_of_every_lease_that_it_settles() -> None:
    case = a_household()
    paid = case.receive("525.00", lease_id="P1")
    entries = {lease_id: case.entries(lease_id) for lease_id in LEASES}
    assert [len(entries[lease_id]) for lease_id in LEASES] == [1, 1, 0]
    ids = [entry["entry_id"] for lease_id in LEASES for entry in entries[lease_id]]
    assert sorted(ids) == [f"{paid}-1", f"{paid}-1-2"]


@pytest.mark.parametrize("after", [False, True])
def test_a_payment_over_a_group_is_whole_or_not_at_all_wherever_the_process_dies(after: bool) -> None:
    for call in range(1, 9):
        case = a_household()
        iban = case.lease("P1")["virtual_iban"]
        movement = reported(a_credit(52500, iban))
        poster = a_poster(FaultyTable(case.office.table, call, after=after))
        with contextlib.suppress(Killed):
            poster.post(a_landlord(), [movement])
        a_poster(case.office.table).post(a_landlord(), [movement])
        assert [case.balance(lease_id) for lease_id in LEASES] == ["0.00", "0.00", "30.00"]
        chains(case)


def test_workers_on_all_virtual_ibans_of_a_group_lose_and_double_nothing() -> None:
    case = a_household()
    ibans = [case.lease(lease_id)["virtual_iban"] for lease_id in LEASES]
    batches = [[reported(a_credit(5000 + n, ibans[n % 3]), message=f"S{n}")] for n in range(9)]
    posters = [a_poster(case.office.table) for _ in range(18)]
    threads = [
        threading.Thread(target=poster.post, args=(a_landlord(), batch))
        for poster, batch in zip(posters, batches * 2, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(case.lease(lease_id)["balance_cents"] for lease_id in LEASES)
    assert total == 55500 - sum(5000 + n for n in range(9))
    chains(case)


def test_more_payments_of_one_group_than_a_transaction_holds_are_posted_in_halves() -> None:
    case = a_household()
    ibans = [case.lease(lease_id)["virtual_iban"] for lease_id in LEASES]
    batch = [reported(a_credit(100, ibans[n % 3], position=str(n))) for n in range(100)]
    placed = a_poster(case.office.table).post(a_landlord(), batch)
    assert len({one.posted.payment_id for one in placed}) == 100
    assert sum(case.lease(lease_id)["balance_cents"] for lease_id in LEASES) == 55500 - 10000
    chains(case)


def test_what_is_owed_again_on_many_leases_is_paid_by_many_credits_in_several_steps() -> None:
    case = Case()
    leases = [f"L{n:02d}" for n in range(20)]
    for lease_id in leases:
        case.let(lease_id, account_group="G1")
        case.call(f"nov-{lease_id}", "rent", "2026-11-10", "10.00", lease_id=lease_id)
    paid = case.receive("200.00", lease_id="L00")
    for lease_id in leases:
        for _ in range(5):
            case.receive("1.00", lease_id=lease_id)
    assert case.ask("POST", f"/v1/payments/{paid}/unassign", {"reason": "of a neighbour"}).status == 200
    accounts = LedgerRows(case.office.table).accounts("semiga", leases).values()
    assert sum(account.balance_cents for account in accounts) == 10000
    assert sum(account.credit_cents for account in accounts) == 0
    case.holds(*leases)


AMOUNTS = st.integers(1, 70_000)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(LEASES), AMOUNTS), min_size=1, max_size=5), st.data())
def test_whatever_is_paid_where_the_group_owes_what_was_called_less_what_came(
    paid: list[tuple[str, int]], data: st.DataObject
) -> None:
    case = a_household()
    called, came, payments = 55500, 0, []
    for number, (lease_id, cents) in enumerate(paid):
        iban = case.lease(lease_id)["virtual_iban"]
        day = data.draw(st.dates(date(2026, 11, 1), date(2026, 11, 20)))
        movement = a_credit(cents, iban, booking_date=day, position=str(number))
        payments.append(case.office.post(reported(movement, message=f"S{number}")))
        came += cents
        if data.draw(st.booleans()):
            due = data.draw(st.sampled_from(LEASES))
            case.call(f"more-{number}", "rent", "2026-12-10", "120.00", lease_id=due)
            called += 12000
    back = data.draw(st.sampled_from(payments))
    if data.draw(st.booleans()):
        cents = case.payment(back)["amount_cents"]
        assert case.ask("POST", f"/v1/payments/{back}/unassign", {"reason": "seen"}).status == 200
        came -= cents
    assert sum(case.lease(lease_id)["balance_cents"] for lease_id in LEASES) == called - came
    for payment_id in payments:
        payment = case.payment(payment_id)
        if payment["status"] == "posted":
            allocated = sum(item["amount_cents"] for item in payment["allocations"])
            assert allocated + payment["credit_cents"] == payment["amount_cents"]
    idle = sum(case.lease(lease_id)["credit_cents"] for lease_id in LEASES)
    owed = sum(due["open_cents"] for lease_id in LEASES for due in case.lease(lease_id)["dues"])
    assert not (idle and owed)
    chains(case)
