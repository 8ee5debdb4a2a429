"""A refund with a fault at every call: asked for, called off, asked for again, approved, paid by a line told twice; or
two that a person says the bank booked in one sum.

scripts/test plays a sample; `scripts/simulate --faults` plays all faults at all calls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from builders import BANK_ACCOUNT
from simulation.interleaving import Meeting, Schedules, Step
from simulation.invariants import chain_of, payments_of, the_erp_has_the_books
from simulation.single_faults import SLICES, play_with_faults
from simulation.story import DAY, OPENING, STRANGER, TRANSFER, a_rebuild_is_the_table, let, the_log_is_the_table
from simulation.world import LANDLORD, SETTINGS, Saved, World

from demonstration.bank import BIC
from demonstration.camt import Detail, Entry, Party, Statement, notice_file, statement_file

SAMPLE = 60
RENT, RECEIVED, REFUNDED = 45_000, 60_000, 12_000
OTHER = 3_000
"""A second refund of the same file of transfers."""
ASKED = {"amount_cents": REFUNDED, "iban": STRANGER, "account_holder": "Camille Roux", "reason": "trop perçu"}


@pytest.fixture(scope="module")
def morning(world: World) -> Saved:
    """A tenant who paid too much."""
    assert world.ask("PUT", f"/v1/landlords/{LANDLORD}", SETTINGS).status == 201
    let(world, "L1", holder_name="Camille Roux")
    due = {"kind": "rent", "period": "2026-11", "due_date": "2026-11-10", "amount_cents": RENT}
    assert world.ask("PUT", "/v1/leases/L1/dues/nov", due).status == 201
    world.drop(f"{LANDLORD}/bank/avis.xml", notice_file(day("N0", received(world))))
    world.settle()
    return world.saved()


def day(name: str, *entries: Entry) -> Statement:
    return Statement(name, 1, BANK_ACCOUNT, "SEMIGA", BIC, DAY, OPENING, entries)


def received(world: World) -> Entry:
    """What the tenant paid, as the statement tells it."""
    iban = world.ask("GET", "/v1/leases/L1").body["virtual_iban"]
    detail = Detail(RECEIVED, Party("CAMILLE ROUX", STRANGER, "BNPAFRPP"), Party("SEMIGA", iban, BIC), "LOYER")
    return Entry(RECEIVED, DAY, "IN", TRANSFER, (detail,))


def step(world: World, refund: Any, action: str, role: str, **fields: Any) -> Any:
    body = {"version": refund["version"], "reason": "vu"} | fields
    path = f"/v1/refunds/{refund['refund_id']}/{action}"
    answered = world.ask("POST", path, body, key=f"{action}-{refund['refund_id']}-{refund['version']}", role=role)
    assert answered.status == 200, answered
    return answered.body


def play(world: World) -> None:
    for name in ("first", "second"):
        asked = world.ask("POST", "/v1/leases/L1/refunds", ASKED, key=name, role="accountant")
        assert asked.status == 201, asked
        world.drain()
        approved = step(world, asked.body, "decision", "admin", decision="approve")
        world.drain()
        if name == "first":
            step(world, approved, "cancel", "accountant")
            world.drain()
    paid = Entry(-REFUNDED, DAY, "OUT", ("PMNT", "ICDT", "ESCT"), note=f"VIR {approved['refund_id']}")
    world.drop(f"{LANDLORD}/bank/avis-2.xml", notice_file(day("N1", paid)))
    world.drain()
    world.drop(f"{LANDLORD}/bank/releve.xml", statement_file(day("S1", received(world), paid)))
    world.settle()


def ask_for_two(world: World) -> list[Any]:
    """Two refunds, approved."""
    approved = []
    for cents in (REFUNDED, OTHER):
        body = ASKED | {"amount_cents": cents}
        asked = world.ask("POST", "/v1/leases/L1/refunds", body, key=f"{cents}", role="accountant")
        assert asked.status == 201, asked
        world.drain()
        approved.append(step(world, asked.body, "decision", "admin", decision="approve"))
        world.drain()
    return approved


def tell_the_sum(world: World) -> tuple[Entry, str]:
    """The bank's debit of both, that says nothing; the id of its line."""
    paid = Entry(-REFUNDED - OTHER, DAY, "OUT", ("PMNT", "ICDT", "ESCT"), note="VIR SEPA FICHIER")
    world.drop(f"{LANDLORD}/bank/avis-2.xml", notice_file(day("N1", paid)))
    world.drain()
    (line,) = [one.payment_id for one in payments_of(world) if one.is_other]
    return paid, line


def play_in_one_sum(world: World) -> None:
    first, second = ask_for_two(world)
    paid, line = tell_the_sum(world)
    step(world, first, "decision", "admin", decision="paid", payment_id=line, refund_ids=[second["refund_id"]])
    world.drain()
    world.drop(f"{LANDLORD}/bank/releve.xml", statement_file(day("S1", received(world), paid)))
    world.settle()


def check(world: World) -> None:
    """The second refund is paid once; books, bank, account and ERP say the same."""
    refunds = world.ask("GET", "/v1/refunds").body["items"]
    assert sorted(refund["status"] for refund in refunds) == ["cancelled", "paid"]
    everybody_says(world, REFUNDED)


def check_in_one_sum(world: World) -> None:
    """Both refunds are paid by one decision on one line; books, bank, account and ERP say the same."""
    refunds = world.ask("GET", "/v1/refunds").body["items"]
    (line,) = [payment for payment in payments_of(world) if payment.refund_ids]
    assert {(refund["status"], refund["payment_id"]) for refund in refunds} == {("paid", line.payment_id)}
    assert (line.decisions, sorted(line.refund_ids)) == (1, sorted(refund["refund_id"] for refund in refunds))
    everybody_says(world, REFUNDED + OTHER)


def everybody_says(world: World, refunded: int) -> None:
    """What was paid back is so in the books, on the account, in the proof and to the ERP, each once."""
    lease = world.ask("GET", "/v1/leases/L1").body
    left = RECEIVED - RENT - refunded
    assert (lease["balance_cents"], lease["credit_cents"], lease["held_cents"]) == (-left, left, 0)
    payments = payments_of(world)
    lines = [line for one in payments for entry in one.entries for line in entry.lines]
    sums = {number: sum(one.debit_cents - one.credit_cents for one in lines if one.account == number) for number in
            ("512", "471", "4195")}  # fmt: skip
    assert sums["512"] == RECEIVED - refunded
    assert sums["471"] == 0
    (account,) = world.ask("GET", f"/v1/proof?date={DAY.isoformat()}").body["accounts"]
    assert (account["status"], account["difference_cents"], account["other_cents"]) == ("proved", 0, -refunded)
    chain = chain_of(payments, "L1")
    assert [entry.sequence for entry in chain] == list(range(1, len(chain) + 1))
    the_erp_has_the_books(world, payments)
    the_log_is_the_table(world)
    assert (world.table.broken, world.buckets.overwritten) == ([], []), "what is written once was written again"


STORIES = pytest.mark.parametrize(
    ("story", "holds"), [(play, check), (play_in_one_sum, check_in_one_sum)], ids=["alone", "in one sum"]
)
type Story = Callable[[World], None]


@STORIES
def test_without_a_fault(world: World, morning: Saved, story: Story, holds: Story) -> None:
    world.forget_and_become(morning)
    story(world)
    holds(world)
    a_rebuild_is_the_table(world)


@STORIES
@pytest.mark.parametrize("part", range(SLICES))
def test_a_single_fault_changes_nothing(world: World, morning: Saved, part: int, story: Story, holds: Story) -> None:
    play_with_faults(world, morning, story, holds, SAMPLE, part)


@pytest.mark.parametrize("other", ["cancel", "paid"])
def test_of_two_who_decide_at_once_on_parts_of_a_sum_one_is_refused(world: World, morning: Saved, other: str) -> None:
    world.forget_and_become(morning)
    (first, second), (_, line) = ask_for_two(world), tell_the_sum(world)
    names, noon, told = (first["refund_id"], second["refund_id"]), world.saved(), dict[str, int]()

    def act(place: str, own: str, **said: Any) -> None:
        body = {"version": 2, "reason": "vu"} | said
        told[own] = world.ask("POST", f"/v1/refunds/{own}/{place}", body, key=own).status

    def settle(own: str, beside: str) -> Step:
        return partial(act, "decision", own, decision="paid", payment_id=line, refund_ids=[beside])

    def start() -> tuple[Step, Step]:
        world.forget_and_become(noon)
        told.clear()
        world.turnstile = Meeting(table=world.table)
        return settle(*names), partial(act, "cancel", names[1]) if other == "cancel" else settle(*names[::-1])

    schedules, ends = Schedules(start), set[str]()
    for schedule in schedules.some():
        world.settle()
        assert sorted(told.values()) == [200, 409], f"schedule {schedule}"
        settled = other == "paid" or told[names[0]] == 200
        ends.add("settled" if settled else "cancelled")
        how_it_stands(world, names, line, settled=settled)
    assert ends == ({"settled", "cancelled"} if other == "cancel" else {"settled"})


def how_it_stands(world: World, names: tuple[str, str], line: str, *, settled: bool) -> None:
    """Both refunds are paid by the line; or the second one is cancelled, and nothing of it is."""
    stand = [world.ask("GET", f"/v1/refunds/{name}").body["status"] for name in names]
    assert stand == (["paid", "paid"] if settled else ["approved", "cancelled"])
    (held,) = [payment for payment in payments_of(world) if payment.payment_id == line]
    assert (held.decisions, held.is_other, len(held.refund_ids)) == ((1, False, 2) if settled else (0, True, 0))
    lease = world.ask("GET", "/v1/leases/L1").body
    left = RECEIVED - RENT - REFUNDED - (OTHER if settled else 0)
    assert (lease["credit_cents"], lease["held_cents"]) == (left, 0)
    the_log_is_the_table(world)


@pytest.mark.parametrize("other", ["approve", "reject", "cancel"])
def test_of_two_decisions_at_once_one_holds(world: World, morning: Saved, other: str) -> None:
    world.forget_and_become(morning)
    asked = world.ask("POST", "/v1/leases/L1/refunds", ASKED, key="first", role="accountant").body
    world.drain()
    noon, path = world.saved(), f"/v1/refunds/{asked['refund_id']}"
    told: list[int] = []

    def act(action: str, key: str) -> None:
        beside = {} if action == "cancel" else {"decision": action}
        place = "cancel" if action == "cancel" else "decision"
        body = {"version": 1, "reason": "vu"} | beside
        told.append(world.ask("POST", f"{path}/{place}", body, key=key, role="admin").status)

    def start() -> tuple[Step, Step]:
        world.forget_and_become(noon)
        told.clear()
        world.turnstile = Meeting(table=world.table)
        return partial(act, "approve", "one"), partial(act, other, "two")

    schedules = Schedules(start)
    for schedule in schedules.some():
        world.settle()
        refund = world.ask("GET", path, role="admin").body
        lease = world.ask("GET", "/v1/leases/L1").body
        assert sorted(told) == [200, 409], f"schedule {schedule}"
        left = RECEIVED - RENT - (REFUNDED if refund["status"] == "approved" else 0)
        assert (refund["version"], lease["credit_cents"], lease["held_cents"]) == (2, left, 0), f"schedule {schedule}"
    assert schedules.played
